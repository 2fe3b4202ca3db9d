"""What stands behind a number: what it is of, over which time, by when, under which condition, on which average."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tminus.importer.words_numbers import ADVERBS, MONTHS, NUMBER_WORDS, TIME_UNITS, word_set
from tminus.importer.words_targets import (
    AT,
    AVERAGES,
    BASELINE,
    BY_TIME,
    FIRST,
    LASTING,
    MEDIANS,
    OF,
    ORDINAL_TIMES,
    OVER,
    TARGET_WORDS,
)

_CLAUSES = re.compile(r"[()\[\],;|]|\s[-–—·•]\s|\.\s|\s→\s?")
_NUMBER = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?)[-–]?([^\W\d_]*)")
_QUANTILE = re.compile(
    r"p(\d{2}(?:\.\d{1,2})?)|(\d{2})(?:th|e|er|º|\.)?[-\s]?(?:percentile|perzentil|centile|percentil)\w*", re.I
)
_RATE_TAIL = re.compile(
    r"/(?:s|sec|second|min|minute|h|hr|hour|day|week|month|quarter|year|tag|jour|día|dia|gün|dag)\b", re.I
)
_EDGES = " \t.:;,!?()[]\"'*"
_ADVERB_WINDOWS = {"d": "1d", "w": "7d", "mo": "30d", "q": "90d", "y": "365d"}
_SHORT = {"min": "m", "mo": "d", "q": "d", "y": "d", "sprint": "w"}
_TIMES = {"mo": 30, "q": 90, "y": 365, "sprint": 2}
_SKIPPED = word_set(
    "any jeder beliebigen cualquier qualquer qualsiasi elke dowolnych the a at least last past more than consecutive"
    " first den der die letzten ersten les derniers dernières"
    " los las últimos ultimi laatste son straight about full next of een eine un une"
)
_IN_A_ROW = word_set(
    "consecutive full straight whole aufeinanderfolgende volle ganze consecutivos consecutivas seguidos"
)
_LAST = word_set(
    "any cualquier qualquer qualsiasi elke last past trailing rolling letzten derniers dernières últimos ultimi"
    " laatste son"
)


@dataclass(slots=True)
class Tail:
    """What was read behind a number; `rest` are the words that are none of it: perhaps the metric."""

    aggregate: str = ""
    audience: str = ""
    over: str = ""
    lasting: str = ""
    by: str = ""
    condition: str = ""
    rest: list[str] = field(default_factory=list)


def read_quantile(text: str) -> str:
    """`p95` of `p95`, `(p95)`, `95th percentile`; empty where there is none."""
    found = _QUANTILE.search(text)
    return "p" + (found.group(1) or found.group(2)) if found else ""


def is_quantile(text: str, at: int) -> bool:
    """Does `95th percentile` or `95. Perzentil` stand at this place?"""
    return _QUANTILE.match(text, at) is not None


def without_quantile(text: str) -> str:
    """The text without `p95` and its like."""
    return _QUANTILE.sub(" ", text)


def read_tail(text: str, *, share: bool) -> Tail:
    """Read what stands behind a number. `share`: the number is a percentage, so that `of users` says of what."""
    tail = Tail()
    if not text or text.isspace():
        return tail
    tail.aggregate = read_quantile(text)
    if tail.aggregate:
        text = without_quantile(text)
    for number, clause in enumerate(_CLAUSES.split(_RATE_TAIL.sub(" ", text))[:6]):
        words = clause.split()[:24]
        if words:
            _read_clause(words, tail, share and number == 0, keep=number == 0)
    return tail


def _read_clause(words: list[str], tail: Tail, share: bool, *, keep: bool) -> None:
    lower = [word.strip(_EDGES).lower() for word in words]
    if (lower[0] in BASELINE or lower[0] in TARGET_WORDS) and any(word[:1].isdigit() for word in words[:6]):
        return
    duration, used = duration_at(lower, 0)
    if duration and not keep and len(words) <= used + 1:
        tail.over = tail.over or duration  # `(30 days)`, `(24h rolling)`
        return
    at = 0
    while at < len(words):
        read = _read_word(words, lower, at, tail, share)
        if read == 0:
            if keep:
                tail.rest.append(words[at])
            read = 1
        at += read


def _read_word(words: list[str], lower: list[str], at: int, tail: Tail, share: bool) -> int:
    """How many words at `at` say something other than the metric's name; it is put into `tail`."""
    word = lower[at]
    if word in AVERAGES or word in MEDIANS:
        tail.aggregate = tail.aggregate or ("p50" if word in MEDIANS else "mean")
        return 1
    if word in ADVERBS:
        tail.over = tail.over or _ADVERB_WINDOWS[ADVERBS[word]]
        return 1
    adjective = _NUMBER.fullmatch(word)
    if adjective and "-" in word and adjective.group(2) in TIME_UNITS:
        tail.over = tail.over or short_duration(adjective.group(1), adjective.group(2))
        return 1
    if word in ORDINAL_TIMES and at + 1 < len(lower) and lower[at + 1][:1].isdigit():
        tail.by = tail.by or f"{words[at]} {words[at + 1].strip(_EDGES)}"
        return 2
    timed = _time_phrase(words, lower, at, tail)
    if timed:
        return timed
    if share and at == 0 and word in OF and not tail.audience:
        stop = _audience_end(lower)
        tail.audience = " ".join(words[:stop]).rstrip(_EDGES)
        return stop
    if word in AT and at + 1 < len(words):
        stop = _time_begins(lower, at + 1)
        tail.condition = tail.condition or " ".join(words[at:stop]).rstrip(_EDGES)
        return stop - at
    return 0


def _time_begins(lower: list[str], at: int) -> int:
    """Where `at any pier for 20 minutes` goes over to how long; the end where it does not."""
    for place in range(at, len(lower) - 1):
        if lower[place] in LASTING or lower[place] in OVER or lower[place] in ("in", "en", "em", "w"):
            start = place + 1
            while start < len(lower) and lower[start] in _SKIPPED:
                start += 1
            if duration_at(lower, start)[0]:
                return place
    return len(lower)


def _audience_end(lower: list[str]) -> int:
    """Where `of users in week 1` stops being of users."""
    for at in range(1, len(lower)):
        if lower[at] in BY_TIME and _is_time(lower, at + 1):
            return at
        if lower[at] in ORDINAL_TIMES and at + 1 < len(lower) and lower[at + 1][:1].isdigit():
            return at
    return _time_begins(lower, 1)


def _is_time(lower: list[str], at: int) -> bool:
    while at < len(lower) and (lower[at] in FIRST or lower[at] in _SKIPPED):
        at += 1
    return at < len(lower) and (lower[at] in ORDINAL_TIMES or lower[at][:1].isdigit())


def _time_phrase(words: list[str], lower: list[str], at: int, tail: Tail) -> int:
    """`for 10 minutes`, `over 24h`, `in the last 7 days`, `in week 1`, `in first month`, `within 30 days`."""
    word = lower[at]
    if not (word in LASTING or word in OVER or word in BY_TIME) or at + 1 >= len(words):
        return 0
    start = at + 1
    while start < len(lower) and lower[start] in _SKIPPED:
        start += 1
    duration, used = duration_at(lower, start)
    if used == 1 and "-" in lower[start]:
        word = "over"  # in 30-day retention
    recent = any(one in _LAST for one in lower[at:start])
    if duration:
        _place_duration(duration, word, recent, words[at : start + used], tail)
        return start + used - at
    if word not in BY_TIME:
        return 0
    end = at + 1
    while end < len(lower) and (lower[end] in FIRST or lower[end] in _SKIPPED):
        end += 1
    if end < len(lower) and _names_time(lower[end]):
        end += 1
        if end < len(lower) and lower[end][:1].isdigit():
            end += 1
        said = [one for one in words[at + 1 : end] if one.lower() not in ("the", "la", "le", "der", "de", "el", "of")]
        tail.by = tail.by or " ".join(said).rstrip(_EDGES)
        return end - at
    return 0


def _names_time(word: str) -> bool:
    """`week`, `Monat`, `June`, `Q1`, `launch`."""
    if word in ORDINAL_TIMES or (len(word) > 2 and (word in TIME_UNITS or word in MONTHS)):
        return True
    return word == "launch" or (len(word) == 2 and word[0] == "q" and word[1].isdigit())


def _place_duration(duration: str, word: str, recent: bool, said: list[str], tail: Tail) -> None:
    if recent or (word in OVER and word not in LASTING and word != "within"):
        tail.over = tail.over or duration
    elif word in LASTING:
        tail.lasting = tail.lasting or duration
    elif duration[-1] in "dw":
        tail.by = tail.by or " ".join(said[1:]).rstrip(_EDGES)
    else:
        tail.condition = tail.condition or " ".join(said).rstrip(_EDGES)


def duration_at(lower: list[str], at: int) -> tuple[str, int]:
    """The duration that begins with word `at` (`10m`, or `10` `minutes`) and how many words it takes; "" if none."""
    if at >= len(lower):
        return "", 0
    found = _NUMBER.fullmatch(lower[at])
    if found and found.group(2):
        unit = "min" if found.group(2) == "m" else found.group(2)
        return (short_duration(found.group(1), unit), 1) if unit in TIME_UNITS else ("", 0)
    number = found.group(1) if found else f"{NUMBER_WORDS[lower[at]]:g}" if lower[at] in NUMBER_WORDS else ""
    if number and at + 2 < len(lower) and lower[at + 1] in _IN_A_ROW and lower[at + 2] in TIME_UNITS:
        return short_duration(number, lower[at + 2]), 3
    if number and at + 1 < len(lower) and lower[at + 1] in TIME_UNITS:
        return short_duration(number, lower[at + 1]), 2
    return "", 0


def short_duration(number: str, unit: str) -> str:
    """`10` and `minutes` as a plan writes them: `10m`; months and years become days."""
    name = TIME_UNITS[unit]
    value = float(number.replace(",", ".")) * _TIMES.get(name, 1)
    return f"{value:.10g}{_SHORT.get(name, name)}"
