"""Escalations told in one line: `Duty engineer (0-15 min) -> Rasheed (15-45 min) -> VP (45+ min)`, `First A (15 minutes),
then B (up to 45), then the board`, `Not answered within 10 minutes: B. Osei.`

A line is parted at its arrows, else at its words for `then`, else at its sentences. It is an escalation if at least two
parts are left, each names somebody, and at least one less than all say when.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tminus.importer.draft import Level
from tminus.importer.extract_reading import minutes_in
from tminus.importer.words_extract import fold

_LOOKED_AT = 800
_MOST = 8
_ARROW = re.compile(r"\s*(?:->|→|=>|⇒|➔|➜|⟶)\s*")
_THEN = re.compile(
    r"[,;.]?\s(?:and\s)?(?:then|next|after that|afterwards|finally|puis|ensuite|enfin|dann|danach|"
    r"anschließend|zuletzt|luego|después|"
    r"finalmente|depois|em seguida|por fim|poi|infine|dopodiché|dan|daarna|vervolgens|ten slotte|potem|"
    r"następnie|na koniec|sonra|"
    r"ardından)\s",
    re.IGNORECASE,
)
_COMMA = re.compile(r",\s+")
_SENTENCE = re.compile(r"(?<=[a-z)\]\d][.;])\s+(?=[^\W\d_a-z])|;\s+")
_TIME = re.compile(
    r"[<>~+]?\s?\d{1,4}\s?\+?\s?(?:(?:[-–—]|to|bis|à|a|até|do|tot)\s?\d{1,4}\s?\+?\s?)?"
    r"(?:minut\w*|min|m|hours?|h|stunden?|heures?|horas?|ore|uur|godz\w*|saat|dakika|dk)\b\.?",
    re.IGNORECASE,
)
_NO_ANSWER = re.compile(
    r"(?:not|no|un|never|nobody|keine?|nicht|niemand|sans|pas|personne|sin|nadie|não|ninguém|senza|nessun\w*|geen|niet|niemand|"
    r"brak|nie|bez|yok)[\w\s'’-]{0,30}?(?:answer|acknowledg|respon|repl|pick|react|antwort|reaktion|erreich|repons|répon|décroch|"
    r"respuesta|conte|respost|atend|rispo|antwoord|opgenomen|odpowied|odbier|cevap|yanıt)\w*",
    re.IGNORECASE,
)
_LEAD_WORDS = re.compile(
    r"^\s*(?:(?:first|then|next|finally|after that|d['’]abord|en premier|puis|ensuite|enfin|zuerst|dann|"
    r"danach|zuletzt|primero|luego|"
    r"después|primeiro|depois|prima|poi|infine|eerst|dan|daarna|najpierw|potem|önce|sonra)\b[\s,:]*)?"
    r"(?:we\s)?(?:(?:call|page|ring|phone|wake|wir rufen|on appelle|appeler|llamamos a|llamar a|ligar para|chiamare|bellen)\s)?"
    r"(?:the\s|l['’]|la\s|le\s|les\s|el\s|los\s|die\s|der\s|den\s|das\s|de\s|het\s|il\s|lo\s|o\s|a\s(?=[^\W\d_]{3}))?",
    re.IGNORECASE,
)
_GOES_TO = re.compile(
    r"\b(?:goes to|go to|is sent to|rings|reaches|wakes|pages|calls|geht an|gehen an|va à|vont à|va a|"
    r"vai para|gaat naar|trafia do)\s+",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?<!\w)(?:after|within|until|up to|for|from|nach|nach weiteren|bis|ab|après|jusqu['’]à|dès|pendant|"
    r"después de|tras|hasta|após|até|dopo|fino a|"
    r"na|tot|po|do|sonra)"
    r"(?:\s(?:the first|die ersten|der ersten|les premi\w+|los primer\w+|os primeir\w+|i primi|de eerste))?(?:\s{2,}|\s*$)",
    re.IGNORECASE,
)
_UNTIL = ("up to", "until", "till", "jusqu", "bis", "hasta", "ate", "fino", "tot", "do ", "kadar", "within", "<")


@dataclass(slots=True, frozen=True)
class _Leg:
    """One person or team, and when it is called."""

    who: str
    span: tuple[float | None, float | None] | None
    until: bool  # the time says until when, and not from when on
    unanswered: bool  # it is called where nobody answered for that time


def says_nobody_answers(text: str) -> bool:
    """Whether a title speaks of calls that nobody answers: `If nobody picks up`."""
    return len(text) < 80 and bool(_NO_ANSWER.search(text))


def waits_for_answer(text: str) -> bool:
    """Whether a line says what happens when nobody answers for some minutes: it escalates, whatever its heading."""
    return bool(_TIME.search(text[:_LOOKED_AT])) and bool(_NO_ANSWER.search(text[:_LOOKED_AT]))


def read_legs(text: str, line: int) -> list[Level]:
    """The levels of an escalation in one line, in their order; empty where the line is none."""
    short = text[:_LOOKED_AT]
    if not _TIME.search(short):
        return []
    for mark in (_ARROW, _SENTENCE, _THEN, _COMMA):
        parts = [part.strip(" .,;") for part in mark.split(short)]
        if len(parts) < 2 or len(parts) > _MOST:
            continue
        legs = [leg for part in parts if part and (leg := _leg(part)) is not None]
        if len(legs) == len([part for part in parts if part]) and _is_chain(legs, mark is _ARROW):
            return _levels(legs, line)
    return []


def _leg(part: str) -> _Leg | None:
    time = _TIME.search(part)
    unanswered = bool(_NO_ANSWER.search(part))
    if unanswered and ":" in part:
        who = part.rpartition(":")[2]
    else:
        who = re.sub(r"\([^()]*\)", " ", part)
        who = _AFTER.sub(" ", _TIME.sub(" ", who)) if time else who
        if found := _GOES_TO.search(who):
            who = who[found.end() :]
    who = _LEAD_WORDS.sub("", who.strip(" ,:;–—-"), count=1).strip(" ,:;.–—-")
    who = re.sub(r"\s{2,}", " ", who)
    if len(who.split()) > 6 or not re.search(r"[^\W\d_]{2}", who):
        return None
    before = fold(part[: time.start()]) if time else ""
    until = any(word in before[-14:] for word in _UNTIL)
    return _Leg(who, minutes_in(time[0]) if time else None, until, unanswered)


def _is_chain(legs: list[_Leg], arrows: bool) -> bool:
    timed = sum(leg.span is not None for leg in legs)
    if len(legs) < 2 or timed < len(legs) - 1 or timed < 1:
        return False
    begins = [
        leg.span[0] or 0.0 for leg in legs if leg.span is not None and (leg.span[1] is not None or leg.unanswered)
    ]
    if sorted(begins) != begins:
        return False
    return arrows or len(legs) > 2 or any(leg.unanswered for leg in legs)


def _levels(legs: list[_Leg], line: int) -> list[Level]:
    """Levels from legs: a lone time is how long one tries, or for how long nobody answered; two are a span."""
    levels: list[Level] = []
    at: float | None = 0.0
    for leg in legs:
        since, until = at, None
        if leg.span is not None:
            low, high = leg.span
            if high is not None and (low or not leg.until):
                since, until = low, high
            elif leg.unanswered or _begins(leg, legs):
                since = low if high is None else high
            else:
                until = high if high is not None else low
        if levels and leg.span is not None and since is not None and levels[-1].until is None:
            levels[-1].until = since if since > (levels[-1].since or 0.0) else None
        levels.append(Level(line, leg.who, leg.who, since, until))
        at = until if until is not None else since if leg.unanswered else None
    return levels


def _begins(leg: _Leg, legs: list[_Leg]) -> bool:
    """`A -> B (15 min) -> C (30 min)`: the first has no time, so the others say from when; `45+ min` says so itself."""
    if leg.until:
        return False
    return legs[0].span is None or (leg is legs[-1] and leg.span is not None and leg is not legs[0])
