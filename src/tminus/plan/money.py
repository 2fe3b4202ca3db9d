"""Costs as budgets name them: `$149`, `$20..50`, `free..$200`, `$25..200+`."""

from __future__ import annotations

from dataclasses import dataclass

from tminus.plan.quantity import Dimension, Quantity, parse_quantity


@dataclass(frozen=True, slots=True)
class Cost:
    """From `low` to `high` in one currency; `open_end` where it may be more than `high`."""

    text: str
    low: float
    high: float
    currency: str = ""
    open_end: bool = False

    def __str__(self) -> str:
        return self.text


def parse_cost(text: str) -> Cost:
    """Read `$149`, `€20..50`, `free..$200`, `$25..200+` or `free`. Raises ValueError with one line on anything else."""
    written = text.strip()
    first, dots, last = written.removesuffix("+").partition("..")
    ends = [_money(part.strip()) for part in ((first, last) if dots else (first,))]
    currencies = {end.currency for end in ends if end is not None and end.currency}
    if len(currencies) > 1:
        raise ValueError(f"{written[:40]!r} has two currencies: write one cost in one currency")
    values = [0.0 if end is None else end.value for end in ends]
    if not currencies and any(values):
        raise ValueError(f"{written[:40]!r} has no currency: write one such as $149, €20..50 or 500 CHF")
    if min(values) < 0 or values[-1] < values[0]:
        raise ValueError(f"{written[:40]!r} is no cost: write it from the lower to the higher amount")
    return Cost(written, values[0], values[-1], next(iter(currencies), ""), written.endswith("+"))


def _money(text: str) -> Quantity | None:
    if text.lower() == "free":
        return None
    found = parse_quantity(text)
    if found.dimension not in (Dimension.MONEY, Dimension.COUNT):
        raise ValueError(f"{text[:40]!r} is no cost: write one such as $149, €20..50 or free")
    return found
