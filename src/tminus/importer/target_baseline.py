"""What a target is measured against: `(current baseline: 65%)`, `(2025: 12 per cent)`, `from 3% to 5%`."""

from __future__ import annotations

import re

from tminus.importer.numbers import Amount, find_amounts
from tminus.importer.target_kinds import DATED_BASE, NAMED_BASE
from tminus.importer.words_targets import BASELINE


def _as_written(said: str) -> str:
    """A baseline as a plan writes it: `2.6%` for `2,6 %` and for `2.6 per cent`."""
    amounts = find_amounts(said)
    if len(amounts) != 1 or amounts[0].unit != "%":
        return said
    return f"{amounts[0].value:.10g}%"


# Cheap to ask first: most lines say nothing of the kind.
_HINT = re.compile("aseline|urrent|from|oday|ktuell|ctuel|ctual|mevcut|ourd'hui|eute|isher").search
_BASE = re.compile(
    rf"\b(?:{'|'.join(sorted(BASELINE - {'up', 'down', 'was', 'now', 'vs', 'versus', 'against'}))})\b[^\d,;)]{{0,24}}?"
    r"([$€£]?\d[\d.,]{0,12}\s?(?:%|ms|[^\W\d_]{1,7})?)",
    re.IGNORECASE,
)


def _same_unit(said: str, amount: Amount) -> bool:
    found = find_amounts(said)
    return len(found) == 1 and found[0].unit == amount.unit


def read_baseline(text: str, amount: Amount, word: str, start: int, after: str) -> str:
    """What it was, of `target < 1% (today: 2%)`; "" if not said. `word` stands before it; its clause begins at `start`."""
    if amount.high is not None and word in ("from", "von", "de", "desde", "da", "van", "z", "od"):
        return f"{amount.value:g}{amount.unit}"
    for part in (after, text[start : amount.start]):
        if len(part) < 6:
            continue
        if _HINT(part.lower()):
            found = _BASE.search(part)
            if found:
                return _as_written(found.group(1).strip(" .,"))
        if "(" in part and (dated := DATED_BASE.search(part)):
            return _as_written(dated[1].strip(" .,"))
        if part is after and "(" in part and (named := NAMED_BASE.search(part)) and _same_unit(named[1], amount):
            return _as_written(named[1].strip(" .,"))
    return ""
