"""What stands before a number: a comparison, the word target, an average; and the words that are left for the metric."""

from __future__ import annotations

from dataclasses import dataclass

from tminus.importer.target_tails import read_quantile, without_quantile
from tminus.importer.words_numbers import word_set
from tminus.importer.words_targets import (
    AVERAGES,
    BY,
    COMPARATORS,
    DOWN,
    DOWN_VERBS,
    FALLING,
    FORMS,
    MEDIANS,
    MOVES,
    PLACES,
    RISING,
    TARGET_WORDS,
    UP,
    UP_VERBS,
)

_SIGNS = "<>=≤≥⩽⩾≦≧~≈"
_NOT = word_set("not never nicht nie no pas niet non nunca don't doesn't mustn't shouldn't nie kein keine não")
_COPULAS = word_set("be get go rise fall lie sein liegen être ser estar essere zijn liggen być")
_ITALIAN = word_set("del dello dell dell' della dei degli delle")
_FLIPPED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "=", "~": "~"}
_LOOSE = word_set("of is to be at by a an the stay stays remain remains keep goes go and or so um auf von liegt")
_EDGES = "(:,;\"'*[{-–—"
# Between a comparison and its number: `sotto lo 0,5 %`, `oltre l'8 %`, `au-dessus des 5 %`.
_ARTICLES = word_set("il lo la i gli le les l l' l’ der die das den dem el los las o os as de het")
# Words that say how a name changes, and never are a part of one where they stand last.
_CHANGES = (UP | DOWN) - word_set(
    "growth growth-rate wachstum crecimiento crescimento crescita groei büyüme more less higher lower fewer"
    " gain faster quicker slower shorter longer mehr weniger höher savings schneller minder jump"
)
# `watch time is up 4 %`, `Conversion plus 5 %`; `of those who sign up 4 %` is none.
_HEADED = {"up": "up", "down": "down", "plus": "up", "minus": "down"}
_HEADED_VERBS = word_set(
    "sign signs signed set sets start starts back roll rolled scale ramp step follow show top mark"
)
_STEPS = BY | _ARTICLES | word_set("by um uma un una une van dello dell dell' d'un d'au_moins")
_DROPPED = _CHANGES | set(_HEADED)


@dataclass(slots=True)
class Lead:
    """The words before a number, read from their end. `rest` is what is left of them."""

    rest: str
    comparator: str = ""
    comparator_word: str = ""
    symbol: bool = False  # the comparison is a sign: `<`
    aimed: bool = False  # the word target, or one like it, stands directly before the number
    aggregate: str = ""
    average: str = ""  # the word that says the mean, where it stands behind what is averaged
    word: str = ""  # the last word before the number, or before its comparison
    changes: str = ""  # up or down: `reduce tickets by`, `drops by more than`


def read_lead(before: str) -> Lead:
    """Read what stands before a number, back to front. Only its last words decide."""
    text = before.rstrip()
    bare = text.rstrip(_SIGNS)
    lead = Lead(text)
    if len(bare) < len(text):
        signs = text[len(bare) :][-2:]
        arrow = bare.endswith("-") and signs == ">"
        lead.symbol = not arrow
        lead.comparator = "" if arrow else COMPARATORS.get(signs, COMPARATORS.get(signs[-1:], ""))
        lead.comparator_word = signs
        text = bare.rstrip(" -") if arrow else bare
    words = text.split()
    keep = _peel(lead, words)
    lead.changes, left = _moved(words[:keep])
    if lead.changes:
        lead.rest = " ".join(words[:left])
        return lead
    lead.changes = _changes(words[:keep], lead.word)
    if lead.changes and words[keep - 1].strip(_EDGES).lower() in _DROPPED:
        keep -= 1  # `conversions drop > 10%` speaks of conversions
    lead.rest = " ".join(words[:keep])
    return lead


def _peel(lead: Lead, words: list[str]) -> int:
    """Take comparisons, the word target and averages off the end; returns how many words are left."""
    keep = len(words)
    first = True
    if _ends_in_article(words):
        keep -= 1
    while keep:
        word = words[keep - 1].strip(_EDGES).lower()
        if not word and words[keep - 1].endswith("("):
            break  # what stands outside of a bracket says nothing of the number inside it
        if first and word:
            lead.word, first = word, False
        count = 0 if lead.comparator else _comparison(lead, words, keep)
        if count:
            keep -= count
            continue
        if word in TARGET_WORDS:
            lead.aimed = True
        elif (word in AVERAGES and keep > 1) or word in MEDIANS:
            lead.aggregate = "p50" if word in MEDIANS else "mean"
            lead.average = "" if word in MEDIANS else words[keep - 1].strip(_EDGES)
        elif read_quantile(word) and not any(letter.isalpha() for letter in without_quantile(word)):
            lead.aggregate = read_quantile(word)
        elif word and not (word in _LOOSE and keep > 1):
            break
        keep -= 1
        if word and words[keep].startswith("(") and not lead.aimed:
            break
    return keep


def _ends_in_article(words: list[str]) -> bool:
    """`sotto lo`, whose article is a part of no comparison."""
    last = [word.strip(_EDGES).lower() for word in words[-2:]]
    if len(last) < 2 or last[1] not in _ARTICLES or last[0] not in _LAST_WORDS:
        return False
    return not _comparison(Lead(""), words, len(words))


def _comparison(lead: Lead, words: list[str], keep: int) -> int:
    """How many words at the end are a comparison (`no more than`); it is put into `lead`."""
    last = words[keep - 1].strip(_EDGES).lower()
    if last not in _LAST_WORDS:
        return 0
    for count in (5, 4, 3, 2, 1):
        if count > keep:
            continue
        said = " ".join(words[keep - count : keep]).strip(_EDGES).lower()
        sign = COMPARATORS.get(said)
        if sign is None and count > 1:
            sign = COMPARATORS.get(_plain_form(said)) or COMPARATORS.get(_italian_form(said))
        if sign is None:
            continue
        copula = keep > count + 1 and words[keep - count - 1].lower() in _COPULAS  # `must not be above`
        negated = keep > count + copula and words[keep - count - copula - 1].lower() in _NOT
        lead.comparator = _FLIPPED[sign] if negated else sign
        lead.comparator_word = said
        count += negated + (copula and negated)
        if said.startswith(PLACES) and count < keep - 1 and words[keep - count - 1].lower() in MOVES:
            count += 1  # `drops below`: the number is a place, and not how far
        return count
    return 0


def _plain_form(said: str) -> str:
    return " ".join(FORMS.get(word, word) for word in said.split())


def _italian_form(said: str) -> str:
    """`meno dell'` as `meno di`."""
    head, _, last = said.rpartition(" ")
    return f"{head} di" if last in _ITALIAN else said


# The words that a comparison can end with: most words are none, and need no further look.
_LAST_WORDS = frozenset(said.rpartition(" ")[2] for said in COMPARATORS)
_LAST_WORDS |= _ITALIAN
_LAST_WORDS |= {form for form, plain in FORMS.items() if plain in _LAST_WORDS}


def _moved(words: list[str]) -> tuple[str, int]:
    """`ventas suben un`: up or down, and how many words stand before the one that says so; ("", 0) if none does."""
    place = len(words)
    while place and len(words) - place < 2 and words[place - 1].strip(_EDGES).lower() in _STEPS:
        place -= 1
    said = words[place - 1].strip(_EDGES).lower() if place > 1 else ""
    # `Wir wollen den Anstieg der Kosten ...` and bare `Increase 10 %` name nothing before it.
    return ("up" if said in RISING else "down" if said in FALLING else ""), place - 1


def _changes(words: list[str], last_word: str) -> str:
    """`up` or `down` where the words say that something changes by the number."""
    if not words:
        return ""
    last, first = words[-1].strip(_EDGES).lower(), words[0].strip(_EDGES).lower()
    if last in _HEADED and len(words) > 1 and words[-2].lower() not in _HEADED_VERBS:
        return _HEADED[last]
    if last in _CHANGES and len(words) > 1:
        return "up" if last in UP else "down"
    if last_word in BY or last in BY:
        for word in (first, last, words[-2].lower() if len(words) > 1 else ""):
            if word in UP_VERBS:
                return "up"
            if word in DOWN_VERBS:
                return "down"
    return ""
