"""How long and when in the plan: `1-2 weeks`, `Estimated Time: 4-6 hours`, `Week 1-2`, `Day 8+`, `T-7`."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache

from tminus.importer.numbers import Amount, find_amounts, plain
from tminus.importer.words_numbers import NUMBER_WORDS, SECONDS, TIME_UNITS, word_set

_LONGEST = 100 * 365 * 86400.0
_SHORT = {"min": "m"}
_DAYS = {"d": 1.0, "w": 7.0, "mo": 30.0, "q": 90.0, "y": 365.0, "sprint": 14.0}
_GLUE = word_set("- – — to bis à a tot do até hasta - or oder ou und and")
_COMPOUND = re.compile(r"\b(\d{1,3})\s?h(?:ours?|rs?)?\s?(?:and\s)?(\d{1,2})\s?m(?:in|ins|inutes?)?\b")
_LONE = re.compile(r"\s*([1-9]\d{0,2}) ([wdhm])\s*")  # in a cell for durations, a letter behind a blank is a unit
_NAMED = re.compile(
    r"\b([^\W\d_]{1,12})\.?\s?(\d{1,3})(?![\d%]|[.,:]\d)"
    r"(?:(\+)|\s?(?:-|–|—|&|/|\b(?:to|bis|à|a|and|und|et|y|e|tot|do|ile)\b)\s?(?:([^\W\d_]{1,12})\s?)?(\d{1,3})\b(?![%]|:\d))?"
)
_ORDINAL = re.compile(r"\b(\d{1,2})(?:\.|st|nd|rd|th|er|ère|re|e|ème|ª|º|a|o)\s([^\W\d_]{2,12})\b")
_LETTERS = {"w": "w", "d": "d", "m": "mo", "q": "q", "kw": "w", "s": "sprint"}
_T = re.compile(r"\bT\s?([+\-−–])\s?(\d{1,4})(?:\s?([^\W\d_]{1,10}))?\b")
_FIRST = word_set(
    "first initial ersten erste erster premier première premiers premières primer primera primeros primeras"
    " primeiro primeira primeiras primo prima prime eerste ilk pierwszy pierwsze pierwszych pierwsza"
)
_BEFORE = word_set("before vor avant antes prima voor önce przed prior pre-launch earlier")
_AFTER = word_set("after nach après después después depois dopo na sonra po post-launch later following")
_EDGES = " .,:;()[]{}\"'*"


def read_span(text: str) -> str:
    """The first duration, or range of durations, as a plan writes it (`1w..2w`, `4h..6h`, `30m`); "" if there is none."""
    return _span_of(plain(text))


@lru_cache(maxsize=1024)
def _span_of(text: str) -> str:
    if (alone := _LONE.fullmatch(text)) is not None:
        return f"{alone[1]}{alone[2]}"
    compound = _COMPOUND.search(text)
    if compound:
        return f"{compound.group(1)}h{compound.group(2)}m"
    times = [amount for amount in find_amounts(text) if amount.unit in SECONDS and _stands_alone(text, amount)]
    if times:
        return _span(text, times)
    return _spelled(text)


def _stands_alone(text: str, amount: Amount) -> bool:
    longest = max(amount.value, amount.high or 0.0) * SECONDS[amount.unit]
    return 0 < longest <= _LONGEST and not text[amount.end : amount.end + 1].isalpha()


def _span(text: str, times: list[Amount]) -> str:
    first = times[0]
    if first.high is None and len(times) > 1 and text[first.end : times[1].start].strip().lower() in _GLUE:
        second = times[1]
        high = second.value if second.high is None else second.high
        return _range((first.value, first.unit), (high, second.unit))
    return _range((first.value, first.unit), (first.value if first.high is None else first.high, first.unit))


def _range(low: tuple[float, str], high: tuple[float, str]) -> str:
    if low[0] * SECONDS[low[1]] > high[0] * SECONDS[high[1]]:
        low, high = high, low
    return said(*low) if low == high else f"{said(*low)}..{said(*high)}"


def said(value: float, unit: str) -> str:
    """A duration in the plan's words, without an exponent: `30m`, `1.5d`."""
    written = f"{value:.9f}".rstrip("0").rstrip(".")
    return f"{written}{_SHORT.get(unit, unit)}"


def _spelled(text: str) -> str:
    """`two weeks`, `deux semaines`, `one to two weeks`, `half a day`."""
    words = [word.strip(_EDGES).lower() for word in text.split()[:60]]
    for at, word in enumerate(words):
        if word in ("half", "halber", "halbe", "halben") and at + 2 <= len(words):
            unit = next((TIME_UNITS[one] for one in words[at + 1 : at + 3] if one in TIME_UNITS and len(one) > 1), "")
            if unit in ("d", "h"):
                return "12h" if unit == "d" else "30m"
        if word not in NUMBER_WORDS:
            continue
        low = high = NUMBER_WORDS[word]
        behind = at + 1
        if behind + 1 < len(words) and words[behind] in _GLUE and words[behind + 1] in NUMBER_WORDS:
            high, behind = NUMBER_WORDS[words[behind + 1]], behind + 2
        if behind < len(words) and words[behind] in TIME_UNITS and len(words[behind]) > 1:
            unit = TIME_UNITS[words[behind]]
            if unit in _DAYS and unit not in ("d", "w"):
                low, high, unit = low * _DAYS[unit], high * _DAYS[unit], "d"
            return _range((low, unit), (high, unit))
    return ""


def read_weeks(text: str) -> tuple[float, float | None] | None:
    """Where in the plan something stands, in days after its start: `Week 1-2` is (0, 14), `Day 8+` (7, None).

    `T+3 days` is (3, 3), `T-7` (-7, -7), `1 week before` (-7, 0), `2 days after` (2, None), `Q2` the second 90 days.
    None where the text names no such place: a duration of one or two weeks is none.
    """
    return _weeks(plain(text))


@lru_cache(maxsize=1024)
def _weeks(text: str) -> tuple[float, float | None] | None:
    if not text or not (any(letter.isdigit() for letter in text) or _begins_first(text) or _numbered_word(text)):
        return None
    return (
        _counted_from_launch(text) or _named(text) or _ordinal(text) or _first(text) or _relative(text) or _worded(text)
    )


def _begins_first(text: str) -> bool:
    return any(word.strip(_EDGES).lower() in _FIRST for word in text.split()[:4])


def _numbered_word(text: str) -> bool:
    return any(word.strip(_EDGES).lower() in NUMBER_WORDS for word in text.split()[:4])


def _counted_from_launch(text: str) -> tuple[float, float | None] | None:
    found = _T.search(text)
    if found is None:
        return None
    unit = TIME_UNITS.get((found.group(3) or "d").lower(), "d") if found.group(3) != "m" else "min"
    days = float(found.group(2)) * SECONDS[unit] / 86400.0
    days = days if found.group(1) == "+" else -days
    return days, days


def _place(word: str) -> str:
    """The unit that numbers places in time: `week` -> w. Single letters only as people abbreviate: `W1`, `Q2`, `M3`."""
    lower = word.lower()
    if len(word) <= 2:
        return _LETTERS.get(lower, "") if word.isupper() and lower != "s" else ""
    unit = TIME_UNITS.get(lower, "")
    return unit if unit in _DAYS else ""


def _named(text: str) -> tuple[float, float | None] | None:
    for found in _NAMED.finditer(text):
        unit = _place(found.group(1))
        if not unit:
            continue
        other = found.group(4)
        number = int(found.group(2))
        if number == 0 or (unit == "q" and number > 4):
            return (0.0, 0.0) if number == 0 and unit == "d" else None
        start = (number - 1) * _DAYS[unit]
        if found.group(3):
            return start, None
        last = int(found.group(5)) if found.group(5) and (other is None or _place(other) == unit) else number
        return start, max(last, number) * _DAYS[unit]
    return None


def _ordinal(text: str) -> tuple[float, float | None] | None:
    """`1. Woche`, `2nd week`."""
    for found in _ORDINAL.finditer(text):
        unit = _place(found.group(2)) if len(found.group(2)) > 2 else ""
        number = int(found.group(1))
        if unit and number:
            return (number - 1) * _DAYS[unit], number * _DAYS[unit]
    return None


def _first(text: str) -> tuple[float, float | None] | None:
    """`First 48 hours`, `first month`, `erste Woche`."""
    words = [word.strip(_EDGES).lower() for word in text.split()[:40]]
    for at, word in enumerate(words[:-1]):
        if word not in _FIRST:
            continue
        following = words[at + 1]
        if following in TIME_UNITS and len(following) > 1:
            return 0.0, SECONDS[TIME_UNITS[following]] / 86400.0
        days = _days(read_span(" ".join(words[at + 1 : at + 4])))
        if days:
            return 0.0, days
    return None


def _relative(text: str) -> tuple[float, float | None] | None:
    """`1 week before launch`, `2 days after`."""
    words = {word.strip(_EDGES).lower() for word in text.split()[:40]}
    if words & _BEFORE:
        days = _days(read_span(text))
        return (-days, 0.0) if days else None
    if words & _AFTER:
        days = _days(read_span(text))
        return (days, None) if days else None
    return None


def _worded(text: str) -> tuple[float, float | None] | None:
    """`Week one`."""
    words = [word.strip(_EDGES).lower() for word in text.split()[:12]]
    for word, number in itertools.pairwise(words):
        unit = TIME_UNITS.get(word, "") if len(word) > 2 else ""
        if unit in _DAYS and number in NUMBER_WORDS:
            return (NUMBER_WORDS[number] - 1) * _DAYS[unit], NUMBER_WORDS[number] * _DAYS[unit]
    return None


_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw])")


def _days(span: str) -> float:
    """The days of a span that read_span wrote; its longer end."""
    units = {"m": "min"}
    parts = _PART.findall(span.rpartition("..")[2])
    return sum(float(number) * SECONDS[units.get(unit, unit)] for number, unit in parts) / 86400.0
