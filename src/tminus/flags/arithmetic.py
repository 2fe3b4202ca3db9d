"""`+ - * / %`, `min` and `max`, always on 64-bit floats.

Floats are what flagd computes with, and they bound the work: whole numbers that grow without limit would let one
request with a long list keep the server multiplying.
"""

from __future__ import annotations

import math
from functools import reduce
from operator import sub
from typing import Any

from tminus.flags.coercion import to_number
from tminus.flags.jsonlogic import Builder, eager


def _sum(*values: Any) -> float:
    return sum((to_number(value) for value in values), 0.0)


def _minus(*values: Any) -> float:
    # As in flagd, where JavaScript's JSONLogic looks at the first two alone.
    numbers = [to_number(value) for value in values]
    return -numbers[0] if len(numbers) == 1 else reduce(sub, numbers) if numbers else 0.0


def _times(*values: Any) -> float:
    product = 1.0
    for value in values:
        product *= to_number(value)
    return product


def _divided(*values: Any) -> float:
    return reduce(_quotient, [to_number(value) for value in values]) if values else 0.0


def _quotient(top: float, bottom: float) -> float:
    if bottom:
        return top / bottom
    return math.nan if not top or math.isnan(top) else math.copysign(math.inf, top) * math.copysign(1.0, bottom)


def _remainder(dividend: Any = None, divisor: Any = None, *_: Any) -> float:
    top, bottom = to_number(dividend), to_number(divisor)
    return math.fmod(top, bottom) if bottom and math.isfinite(top) else math.nan


def _least(*values: Any) -> float | None:
    return min((to_number(value) for value in values), default=None)


def _greatest(*values: Any) -> float | None:
    return max((to_number(value) for value in values), default=None)


OPERATORS: dict[str, Builder] = {
    "+": eager(_sum),
    "-": eager(_minus),
    "*": eager(_times),
    "/": eager(_divided),
    "%": eager(_remainder),
    "min": eager(_least),
    "max": eager(_greatest),
}
