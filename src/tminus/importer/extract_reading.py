"""The phrases that extractors ask for, in the shape that they need: one cost of a line, minutes that may be missing."""

from __future__ import annotations

import re

from tminus.importer.draft import Cost, Recovery, Target
from tminus.importer.phrases import (
    read_costs,
    read_every,
    read_minutes,
    read_people,
    read_recovery,
    read_severity,
    read_span,
    read_targets,
    read_weektime,
)

_SPANS = {"day": "1d", "week": "7d", "month": "30d", "quarter": "90d", "year": "365d"}
_NIGHTLY = re.compile(
    r"\bnightly\b|\bnächtlich|\bchaque nuit\b|\bcada noche\b|\bogni notte\b|\belke nacht\b|\bco noc\b|\bher gece\b",
    re.I,
)
_HOURLY = re.compile(
    r"\bhourly\b|\bstündlich|\btoutes les heures\b|\bcada hora\b|\bogni ora\b|\belk uur\b|\bco godzin|\bsaatlik\b", re.I
)
_EACH = re.compile(
    r"\b(?:every|each|alle|jede[nrs]?|toutes les|chaque|cada|a cada|ogni|elke|iedere|co|her)\s+(\d{0,4}\s?[^\W\d_]+)",
    re.I,
)

_TOGETHER = re.compile(
    r"[,;(]\s?(?:together|altogether|in all|in total|zusammen|insgesamt|samen|in totaal|en tout|au total|en total|"
    r"no total|ao todo|in tutto|in totale|razem|łącznie|toplam)\b",
    re.IGNORECASE,
)
people_in = read_people
severity_in = read_severity
span_in = read_span
weektime_in = read_weektime


def targets_in(text: str, line: int, *, label: str = "", wanted: bool = False) -> list[Target]:
    """The numbers of a line that are wanted or feared. With a `label`, `text` is what stands beside it."""
    if label:
        return read_targets(text, line, label=label, value=text, wanted=True)
    return read_targets(text, line, wanted=wanted)


def minutes_in(text: str) -> tuple[float | None, float | None] | None:
    """From and until which minute of an incident; None where the text does not say."""
    return read_minutes(text)


def cost_in(text: str, line: int) -> Cost | None:
    """The price of a text, or None: the first, or the sum behind a colon (`95 € each, 40 of them: 3,800 €`)."""
    costs = read_costs(text, line)
    if len(costs) > 1 and (_TOGETHER.search(text) or re.search(r"\d[^:]{0,80}[:=]\s?[^:]{0,30}\d", text)):
        return costs[-1]
    return costs[0] if costs else None


def rhythm_in(text: str) -> str:
    """How often something is done, as a duration: `daily` is `1d`, `every 6 hours` `6h`."""
    if _NIGHTLY.search(text):
        return "1d"
    if _HOURLY.search(text):
        return "1h"
    if (found := _EACH.search(text)) and (span := read_span(found[1])):
        return span
    return _SPANS.get(read_every(text), "")


def recovery_in(text: str, line: int) -> Recovery | None:
    """RTO and RPO of a line; None where it names neither with a time."""
    rto, rpo = read_recovery(text)
    return Recovery(line, rto=rto, rpo=rpo) if rto or rpo else None
