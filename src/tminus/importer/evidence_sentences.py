"""Rules that pages tell in a sentence: `If p95 stays above 800 ms for ten minutes, the on-call rolls back`.

A sentence is a trigger where its condition has a number that is feared and its other half goes back; an alert where the
other half tells somebody; a goal where it begins with a wish. What is told of the past is a story. Sentences without a
number count only where the section is about going back.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from tminus.importer.draft import Alert, Draft, Phase, Target, Trigger
from tminus.importer.evidence_costs import read_amounts
from tminus.importer.evidence_legs import read_legs, waits_for_answer
from tminus.importer.evidence_words import CONDITIONS, GOING_BACK, MONEY_HEADS, PAST, TELLING, WISHES
from tminus.importer.extract_alerts import channels_in, first_target
from tminus.importer.extract_reading import severity_in, targets_in
from tminus.importer.page import Block, Kind
from tminus.importer.topics import Topic
from tminus.importer.words_extract import fold

_LOOKED_AT = 1500  # characters of a paragraph
_LONGEST = 320  # characters of a sentence that is a rule
_MOST = 6  # conditions of one sentence
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z]|[«“\"(])")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_COND_WORD = re.compile(
    r"(?<!\w)(?:if|when|whenever|once|as soon as|should|wenn|falls|sobald|sofern|si|s['’]ils?|quand|lorsque|dès que|cuando|"
    r"en cuanto|se|quando|caso|assim que|qualora|als|wanneer|zodra|jeśli|jeżeli|gdy|kiedy|eğer)(?!\w)",
    re.IGNORECASE,
)
_OR_WORDS = {"nl": "of", "fr": "ou(?: bien)?", "romance": "o|u|ou|oppure", "": "or|oder|lub|albo|veya|ya da"}
_DUTCH, _FRENCH = (
    frozenset(("als", "wanneer", "zodra")),
    frozenset(("si", "s'il", "s'ils", "quand", "lorsque", "dès que")),
)
_ROMANCE = frozenset(("si", "se", "cuando", "en cuanto", "quando", "caso", "assim que", "qualora"))
_OR = {
    name: re.compile(
        rf"[,;]?\s(?:{words})\s(?:(?:also|else|auch|anche|ook)\s)?(?=(?:if|when|once|wenn|falls|sobald|si|quand|lorsque|"
        r"cuando|se|quando|als|wanneer|zodra|jeśli|gdy)\s|[^,;]{0,80}\d)",
        re.IGNORECASE,
    )
    for name, words in _OR_WORDS.items()
}
_PAUSE = re.compile(r",(?=\s)|:(?=\s)|\s(?:then|dann|alors|entonces)\s")
_SOMEBODY = re.compile(
    r"(?:you|your|we(?: are|['’]re)|i am|du|sie haben|wir sind|vous|nous sommes|tu|usted|"
    r"estamos)\b",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\d\s?%")
_BACK_TOPICS = frozenset({Topic.ROLLBACK, Topic.TRIGGERS})
_SILENT = frozenset(
    {Topic.RISKS, Topic.INCIDENTS, Topic.SUPPORT, Topic.BUDGET, Topic.FACTS, Topic.ANNOUNCEMENTS, Topic.BUGS}
)  # what these say of `if` is another thing


@dataclass(slots=True, frozen=True)
class _Halves:
    """A sentence as its condition and what is done then."""

    condition: str
    then: str
    alternative: re.Pattern[str]  # the words for `or` in its language


def read_told(
    blocks: list[Block], topic: Topic | None, draft: Draft, *, taken: bool, phase: Phase | None = None
) -> list[Block]:
    """Take the rules that lines of prose tell; gives back the blocks that hold none.

    `taken`: an extractor has read the section, so that only what it left in its prose is looked at.
    """
    if topic in _SILENT:
        return blocks
    rest: list[Block] = []
    for block in blocks:
        if _may_tell(block, topic, taken):
            if _read(block, topic, draft):
                continue
            if not taken and (targets := read_wish(block, topic)):
                (phase.targets if phase is not None else draft.targets).extend(targets)
                continue
        rest.append(block)
    return rest


def _may_tell(block: Block, topic: Topic | None, taken: bool) -> bool:
    if block.fence is not None or block.checked is not None or block.children or block.kind is Kind.ROW:
        return False
    if block.kind is Kind.PAIR and topic is not Topic.BUDGET and MONEY_HEADS.find(block.label[:40]) == "money":
        return True
    if block.kind is Kind.ITEM and (taken or topic in (Topic.CRITERIA, Topic.TARGETS)):
        return False
    if block.kind not in (Kind.TEXT, Kind.PAIR, Kind.ITEM) or (taken and topic not in _BACK_TOPICS):
        return False
    some = block.text[:_LOOKED_AT]
    return any(letter.isdigit() for letter in some) or topic in _BACK_TOPICS


def _read(block: Block, topic: Topic | None, draft: Draft) -> bool:
    known = {trigger.line for trigger in draft.triggers}
    if block.line in known:
        return False
    if topic is not Topic.ESCALATION and waits_for_answer(block.text) and (legs := read_legs(block.text, block.line)):
        for leg in legs:
            leg.lines = _lines(block)
        draft.escalation.extend(legs)
        return True
    if block.kind is Kind.PAIR and MONEY_HEADS.find(block.label) == "money" and len(block.label.split()) < 5:
        costs = read_amounts(block.value, block.line, block.last)
        draft.costs.extend(costs)
        return bool(costs)
    found = False
    for sentence in _SENTENCE.split(block.text[:_LOOKED_AT]):
        if len(sentence) > _LONGEST or not (_COND_WORD.search(sentence) or CONDITIONS.find(sentence)):
            continue
        found = _triggers(sentence, block, topic, draft) or _alert(sentence, block, topic, draft) or found
    return found


def halves_of(sentence: str) -> list[_Halves]:
    """The ways to part a sentence in its condition and what is done then; empty where it has no condition."""
    ways: list[_Halves] = []
    for mark in itertools.islice(_COND_WORD.finditer(sentence), 4):
        before, after = sentence[: mark.start()], sentence[mark.end() :]
        alternative = _OR[_tongue(mark[0].lower().replace("’", "'"))]
        if _WORD.search(before.rpartition(":")[2]):
            ways.append(_Halves(after.strip(" ,.;:"), before.strip(" ,.;:"), alternative))
        for comma in itertools.islice(_PAUSE.finditer(after), 4):
            ways.append(
                _Halves(after[: comma.start()].strip(" ,.;:"), after[comma.end() :].strip(" ,.;:"), alternative)
            )
    return ways


def _tongue(word: str) -> str:
    """Which of the words for `or` go with a word for `if`: `of` is Dutch for it, and English for something else."""
    if word in _DUTCH:
        return "nl"
    return "fr" if word in _FRENCH - _ROMANCE else "romance" if word in _ROMANCE else ""


def _triggers(sentence: str, block: Block, topic: Topic | None, draft: Draft) -> bool:
    if not GOING_BACK.find(sentence) or _is_past(sentence):
        return False
    for way in halves_of(sentence):
        if not GOING_BACK.find(way.then) or len(way.condition) < 4 or _SOMEBODY.match(way.condition):
            continue
        conditions = _split(way)[:_MOST]
        targets = [first_target(one, block.line) for one in conditions]
        if (
            not any(target and target.unit not in ("d", "w", "mo", "y") for target in targets)
            and not _SHARE.search(way.condition)
            and topic not in _BACK_TOPICS
        ):
            continue
        for text, target in zip(conditions, targets, strict=True):
            draft.triggers.append(Trigger(block.line, text, target, lines=_lines(block)))
        return True
    return False


def _alert(sentence: str, block: Block, topic: Topic | None, draft: Draft) -> bool:
    """`We page the on-call when 5xx goes above 2 % for 5 minutes`; sections of alerts are read by their extractor."""
    if topic is Topic.ALERTS or topic in _BACK_TOPICS or not TELLING.find(sentence) or _is_past(sentence):
        return False
    for way in halves_of(sentence):
        if not TELLING.find(way.then):
            continue
        target = first_target(way.condition, block.line)
        if target is None or not _is_threshold(way.condition, target):
            continue
        severity = severity_in(way.then)
        lasting = target.lasting or target.over
        draft.alerts.append(
            Alert(block.line, way.condition, severity, target, lasting, channels_in(way.then), lines=_lines(block))
        )
        return True
    return False


def _is_threshold(text: str, target: Target) -> bool:
    """A number of minutes without anything measured (`if nobody answers for 10 minutes`) is a time, no threshold."""
    return bool(target.metric) and (target.unit not in ("min", "h", "d") or any(sign in text for sign in "<>≤≥"))


def _split(way: _Halves) -> list[str]:
    """`the shop is down, or if fewer than 100 are left` as two conditions."""
    pieces = [piece.strip(" ,.;") for piece in way.alternative.split(way.condition)]
    return [_bare(piece) for piece in pieces if piece]


def _bare(piece: str) -> str:
    mark = _COND_WORD.match(piece)
    return piece[mark.end() :].strip() if mark else piece


def _is_past(sentence: str) -> bool:
    return bool(PAST.find(sentence))


def _lines(block: Block) -> list[int]:
    return list(range(block.line + 1, min(block.last, block.line + 50) + 1))


def read_wish(block: Block, topic: Topic | None) -> list[Target]:
    """The goals of `We want 6,000 members by the end of May`; only the sentence that begins with the wish counts."""
    if topic not in (None, Topic.NOTES, Topic.AUDIENCE, Topic.PHASE, Topic.OBJECTIVES) or block.kind is not Kind.TEXT:
        return []
    if block.fence is not None or not any(letter.isdigit() for letter in block.text[:_LOOKED_AT]):
        return []
    for sentence in _SENTENCE.split(block.text[:_LOOKED_AT]):
        told = fold(sentence[:60])
        wish = bool(WISHES.find(told)) or bool(_SUCCESS.match(sentence))
        if wish and len(sentence) < 200 and not _is_past(sentence):
            bare = _WISH.sub("", _SUCCESS.sub("", sentence, count=1), count=1)
            targets = targets_in(bare, block.line, wanted=True) if bare != sentence else []
            targets = targets if _SUCCESS.match(sentence) else targets[:1]
            if targets and (now := _TODAY.search(block.text[:_LOOKED_AT])):
                targets[0].baseline = targets[0].baseline or now[1].strip(" .,")
            return targets
    return []


_SUCCESS = re.compile(
    r"(?:we call (?:it|this) a success|(?:it|this|[^.,]{1,40}) (?:is|counts as|will be) a success|we(?: are|"
    r"['’]re| will be) happy|"
    r"we(?: are|['’]re) done|(?:es|das|[^.,]{1,40}) ist ein erfolg|wir sind zufrieden|c['’]est un succès|nous serons contents|"
    r"es un éxito|será un éxito|estaremos contentos|é um sucesso|è un successo|het is een succes|to sukces)"
    r"[\s,]+(?:if|when|once|wenn|si|cuando|se|quando|als|jeśli|gdy)[\s,]+(?:after \d+ \w+[\s,]+|by [^,:]{3,30}[,:]\s*)?",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"^\s*(?:we want|we would like|we['’]d like|we aim (?:for|at)|we(?: are|['’]re) aiming for|(?:our|"
    r"the) (?:goal|target) is|success (?:is|means)|"
    r"we hope (?:for|to reach)|we(?: are|['’]re) happy with|wir wollen|unser ziel (?:ist|sind)|nous (?:visons|"
    r"voulons)|on (?:vise|veut)|"
    r"notre objectif est|l['’]objectif est|queremos|nuestra meta es|la meta es|buscamos|nosso objetivo é|"
    r"a meta é|vogliamo|puntiamo a|"
    r"l['’]obiettivo è|we willen|ons doel is|chcemy|naszym celem jest|hedefimiz)(?: de| is| to (?:have|reach|see))?\s*:?\s*",
    re.IGNORECASE,
)
_TODAY = re.compile(
    r"\b(?:today|now|currently|at the moment|right now|heute|derzeit|aktuell|aujourd['’]hui|actuellement|hoy|actualmente|hoje|"
    r"atualmente|oggi|attualmente|vandaag|momenteel|dziś|obecnie|bugün|şu an)\b[^.\d]{0,40}?(\d[\d.,]*\s?%?)",
    re.IGNORECASE,
)
