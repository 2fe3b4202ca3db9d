"""How a heading names a phase: by number (`Phase 2: Beta (Week 3-4)`), or by time (`Launch Day`, `Week 1: Stabilization`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tminus.importer.phrases import read_span, read_weeks
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import NAMING_AFTER, NAMING_BEFORE, NAMING_DAY

_NUMBER = r"(?:\d{1,2}|(?<=\s)(?:[ivx]{1,4}|one|two|three|four|five|six|[a-h]))"
_WORD = r"(?:phase|fase|etapa|etape|étape|etappe|aşama|asama|faz|faza|etap|stage|stadium|stap)"
_NAMED = re.compile(
    rf"(?:{_WORD})\s*\#?({_NUMBER})(?![\w])(?:\s?(?:/|of|von|de|sur|di|van|z)\s?\d{{1,2}}(?!\w))?\s*(?:[:.)·•/\-–—|]+\s*|(?=\()|$|(?=(?-i:[A-ZÀ-Ý])))(.*)",
    re.IGNORECASE | re.DOTALL,
)
_TURNED = re.compile(
    rf"(\d{{1,2}}|[ivx]{{1,4}})\s*[.ªº]?\s*(?:{_WORD})(?!\w)\s*(?:[:.\-–—]+\s*|(?=\()|$)(.*)", re.IGNORECASE | re.DOTALL
)
_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]{1,80})[)\]]\s*$")

_SPAN = re.compile(
    r"(?:(?:from|ab|dalla|dal|desde|a partir (?:de|da|del)|vanaf|od|depuis|des|since|seit) (?:la |the |der |dem )?)?"
    r"(?:weeks?|wochen?|kw|semaines?|semanas?|settiman[ae]|we(?:ek|ken)|hafta|tydzien|tygodn\w+|months?|monate?|mois|mes(?:es)?|mese|mesi|maand(?:en)?|ay|miesia\w+|"
    r"days?|tage?|jours?|dias?|giorn[oi]|dag(?:en)?|gun|dzien|dni|quarter|quartal|q|sprint|hours?)\s?\d{1,3}(?:\s?(?:-|–|—|to|bis|a|al?|tot|do|and|und|et|y|e|en|ve|i|&)\s?\d{1,3})?\+?(?!\w)"
)
_TURNED_SPAN = re.compile(r"\d{1,3}\s?\.\s?(?:hafta|ay|gun|woche|monat|tag|tydzien|miesiac|dzien|semana|mes)(?!\w)")
_OFFSET = re.compile(r"(?:t|d|j|tag|g)\s?[-+−–]\s?\d{1,3}\s?(?:d|h|w|days?|hours?|weeks?|tage?|min)?(?!\w)")


_ANY = tuple(phrase.removesuffix(".") for phrase in (*NAMING_BEFORE, *NAMING_DAY, *NAMING_AFTER))


@dataclass(frozen=True, slots=True)
class Naming:
    """What a heading says of a phase. `sort`: named, before, day, after, span (`Week 1: ...`)."""

    sort: str
    title: str
    number: int = 0
    span: str = ""  # `Week 1-2`, `2-3 days`, `1 week before`, in the page's words
    extra: str = ""  # what else stands in brackets

    @property
    def named(self) -> bool:
        """Whether the page calls it a phase."""
        return self.sort == "named"


@lru_cache(maxsize=2048)
def read_naming(title: str) -> Naming | None:
    """The phase that a title names, or None."""
    text = title[:200].strip()
    if not text:
        return None
    found = _NAMED.match(text) or _TURNED.match(text)
    if found:
        rest = found[2].strip(" :·–—-")
        name, span = split_bracket(rest or text)
        return Naming("named", name or text, _value(found[1].lower()), span)
    folded = fold(text)
    sort = _time_sort(folded)
    if not sort:
        return None
    name, bracket = split_bracket(text)
    if _OFFSET.match(folded):  # `T-0: the night` is called by its time too: the words alone may say little
        return Naming(sort, name, 0, bracket)
    if _SPAN.match(folded) or _TURNED_SPAN.match(folded):
        head, _, rest = name.partition(":")
        if not rest:
            for dash in (" – ", " — ", " - "):
                head, _, rest = name.partition(dash)
                if rest:
                    break
        return Naming(
            sort, rest.strip() or name, 0, bracket if bracket and not rest else head.strip(), bracket if rest else ""
        )
    return Naming(sort, name, 0, bracket)


def split_bracket(text: str) -> tuple[str, str]:
    """`Soft Launch (Week 1-2)` as its name and what stands in the bracket at its end."""
    found = _BRACKET.search(text) if len(text) < 400 and text.rstrip().endswith((")", "]")) else None
    return (text[: found.start()].strip(" :"), found[1].strip()) if found and found.start() else (text.strip(" :"), "")


def _time_sort(folded: str) -> str:
    if not folded.startswith(_ANY):
        return "span" if _SPAN.match(folded) or _TURNED_SPAN.match(folded) or _OFFSET.match(folded) else ""
    for sort, phrases in (("before", NAMING_BEFORE), ("day", NAMING_DAY), ("after", NAMING_AFTER)):
        for phrase in phrases:
            if phrase.endswith("."):
                if folded.rstrip(" .:") == phrase[:-1]:
                    return sort
            elif folded.startswith(phrase) and not folded[len(phrase) : len(phrase) + 1].isalnum():
                return sort
    return "span" if _SPAN.match(folded) or _TURNED_SPAN.match(folded) or _OFFSET.match(folded) else ""


_VALUES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_ROMAN = {"i": 1, "v": 5, "x": 10}


def _value(word: str) -> int:
    if word.isdigit():
        return int(word)
    if word in _VALUES:
        return _VALUES[word]
    if all(letter in _ROMAN for letter in word):
        values = [_ROMAN[letter] for letter in word]
        return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))
    return ord(word[0]) - ord("a") + 1


_FROM_TO = re.compile(r"(\d)\s+(?:and|und|et|y|e|en|ve|i|&)\s+(?=\d)(\d)", re.IGNORECASE)


def lasts_of(text: str) -> str:
    """How long something lasts, as a plan writes it: `2-3 days` is 2d..3d, `Week 1-2` is 2w, `Week 6+` is left open."""
    short = _FROM_TO.sub(r"\1-\2", text[:200])
    if not short:
        return ""
    span = read_span(short)
    if span:
        return span
    place = read_weeks(short)
    if place is None or place[1] is None or place[1] <= place[0]:
        return ""
    days = place[1] - place[0]
    return f"{days / 7:g}w" if days % 7 == 0 else f"{days:g}d"
