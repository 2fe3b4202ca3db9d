"""Criteria of one gate that can hold at the same time: `uptime > 99.9%` and `uptime < 99%` cannot."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import Any

from tminus.importer.writing_values import criterion
from tminus.plan.criterion import Comparator, Criterion


@dataclass(slots=True)
class Together:
    """What the criteria so far leave possible, for each thing that they ask: from `low` to `high`, the ends in or out."""

    left: dict[tuple[Any, ...], tuple[float, bool, float, bool]] = field(default_factory=dict)

    def take(self, text: str) -> bool:
        """Add a criterion. False, and nothing added, where it cannot hold together with one before it."""
        asked = criterion(text)
        if asked is None:
            return False
        key = _key(asked)
        low, low_out, high, high_out = self.left.get(key, (-inf, False, inf, False))
        bottom, top, out = _bounds(asked)
        if bottom >= low:
            low, low_out = bottom, out or (low_out and bottom == low)
        if top <= high:
            high, high_out = top, out or (high_out and top == high)
        if low > high or (low == high and (low_out or high_out)):
            return False
        self.left[key] = (low, low_out, high, high_out)
        return True


def _key(of: Criterion) -> tuple[Any, ...]:
    window = of.window.seconds if of.window else None
    return of.metric, of.aggregate, of.arm, of.change, of.target.dimension, of.target.scale, of.target.currency, window


def _bounds(of: Criterion) -> tuple[float, float, bool]:
    """The lowest and the highest value that passes, and whether the end itself does not."""
    value = of.target.value
    strict = of.comparator in (Comparator.LESS, Comparator.MORE)
    if of.comparator is Comparator.WITHIN:
        return value, of.upper.value if of.upper else value, False
    if of.comparator is Comparator.EQUAL:
        return value, value, False
    return (-inf, value, strict) if of.comparator.wants_low else (value, inf, strict)
