"""Percentiles said in other words: `99% of requests under 300 ms`, `p50/p95/p99: 50/150/300 ms`, `no page over 2 s`."""

from __future__ import annotations

import itertools
import re

from tminus.importer.draft import Target
from tminus.importer.metric_names import metric_name
from tminus.importer.numbers import LOOKED_AT, Amount, find_amounts, read_number
from tminus.importer.target_leads import read_lead
from tminus.importer.target_tails import without_quantile
from tminus.importer.words_numbers import NUMBER_WORDS, SECONDS, TIME_UNITS, word_set
from tminus.importer.words_targets import OF

LATENCY = "Latency"
_P = r"[pP]\d{2}(?:\.\d{1,2})?"
_SERIES = re.compile(rf"{_P}(?:\s?[/,|]\s?{_P}){{1,3}}")
_N = r"\d{1,7}(?:[.,]\d{1,3})?"
_VALUES = re.compile(
    rf"(<=|>=|[<>≤≥])?\s?({_N})(?:\s?ms|\s?s)?((?:\s?[/,|]\s?{_N}(?:\s?ms|\s?s)?){{1,3}})(?:\s?([^\W\d_]{{1,7}}))?"
)
_EACH = re.compile(rf"({_N})\s?(ms|s)?")
_JOINTS = word_set("in for on em en dans pour bei für a para per in_at_least at_least with") | {"", "("}
_SERVED = re.compile(
    r"(?:\b(?:is|are|be|being|get|gets|were|wird|werden|sind|est|sont|son|são)\b\s?)?"
    r"(?:\b(?:answered|served|complete|completes|completed|finish|finished|done|load|loaded|handled|processed"
    r"|delivered|return|returns|respond|responds|render|renders|open|opens|arrive|arrives|come back|comes"
    r" back)\b\s?)?$"
)
_SPELLED = re.compile(
    r"\b(?:than|most|least|als|mindestens|höchstens|over|under|above|below|über|unter|within|máximo|menos|más|plus"
    r"|moins"
    r"|mais|exceeds|meno|más de|menos de|plus de|moins de|mais de|meno di|più di|minder dan|meer dan)\s("
    + "|".join(word for word, number in NUMBER_WORDS.items() if number > 1)
    + r")(?=\s)",
    re.IGNORECASE,
)
_SIGNS = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "≤": "<=", "≥": ">="}


def read_series(text: str, line: int) -> list[Target]:
    """`p50/p95/p99: 50/150/300 ms`: as many targets as there are percentiles, if there are as many numbers."""
    series = _SERIES.search(text)
    values = _VALUES.search(text, series.end()) if series else None
    if series is None or values is None:
        return []
    quantiles = re.findall(r"\d{2}(?:\.\d{1,2})?", series[0])
    numbers = _EACH.findall(text[values.start(2) : values.end(3)])
    last = TIME_UNITS.get((values[4] or "").lower(), "") or (numbers[-1][1] if numbers else "")
    if len(quantiles) != len(numbers) or last not in SECONDS:
        return []
    before, between = text[: series.start()], text[series.end() : values.start()]
    name = metric_name(before) or metric_name(between) or LATENCY
    sign = _SIGNS.get(values[1] or "", "") or read_lead(between).comparator or "<="
    return [
        Target(line, name, sign, read_number(number, "s")[0], unit or last, aggregate=f"p{quantile}")
        for quantile, (number, unit) in zip(quantiles, numbers, strict=True)
    ]


def read_served(text: str, label: str, line: int) -> list[Target]:
    """`99% of requests under 300 ms` and `under 300 ms for 99% of requests` are the percentile of a time."""
    amounts = find_amounts(text)
    for share, time in (pair[::turn] for pair in itertools.pairwise(amounts) for turn in (1, -1)):
        if not _is_share(share) or time.unit not in SECONDS or time.high is not None:
            continue
        target = _served(text, label, line, share, time)
        if target is not None:
            return [target]
    return []


def _is_share(amount: Amount) -> bool:
    return amount.unit == "%" and 50 <= amount.value < 100 and amount.high is None and not amount.sign


def _served(text: str, label: str, line: int, share: Amount, time: Amount) -> Target | None:
    behind = text[share.end :].split(" ", 2)
    if len(behind) < 2 or (behind[0] or behind[1]).lower() not in OF:
        return None
    if share.start < time.start:
        lead = read_lead(text[share.end : time.start])
        _, _, said = lead.rest.strip().partition(" ")
    else:
        if text[time.end : share.start].strip(" (,").lower() not in _JOINTS:
            return None
        lead = read_lead(text[: time.start])
        said = lead.rest
    if lead.comparator not in ("<", "<="):
        return None
    of = re.split(r"[(),;.]", " ".join(behind))[0].strip().partition(" ")[2] if share.start > time.start else ""
    name = metric_name(without_quantile(label)) or metric_name(_SERVED.sub("", said.strip())) or metric_name(of)
    written = f"{share.value:.4g}"
    if not name or len(name.split()) > 8 or len(written.partition(".")[0]) != 2 or len(written.partition(".")[2]) > 2:
        return None
    return Target(line, name, lead.comparator, time.value, time.unit, aggregate=f"p{written}")


def spelled_out(text: str) -> str:
    """The text with the number in `fewer than ten defects` as digits; `more than one` is an idiom and stays."""
    found = _SPELLED.search(text, 0, LOOKED_AT)
    if found is None:
        return text
    return f"{text[: found.start(1)]}{NUMBER_WORDS[found[1].lower()]:g}{text[found.end(1) :]}"
