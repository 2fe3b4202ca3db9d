"""JSONLogic's loose types: what equals, precedes and reads as what.

The rules are JavaScript's as flagd's JSONLogic engine narrows them: null equals only null, two strings compare as
strings, and everything else compares as numbers, where what is no number (NaN) equals and precedes nothing.
Truth is Python's own `bool()`: empty strings, lists and objects, zero and null are false, as in flagd.
"""

from __future__ import annotations

import math
from typing import Any

# Python refuses to print integers of more than 4,300 digits, and comparing such numbers as floats overflows.
_LARGEST_EXACT = 2**63


def to_number(value: Any) -> float:
    """The number `value` reads as; NaN when it reads as none. null is 0, true is 1, a blank string is 0."""
    if value is None:
        return 0.0
    if isinstance(value, bool | int | float):
        return _to_float(value)
    if isinstance(value, str):
        return _parse(value)
    return math.nan


def _to_float(value: float) -> float:
    if -_LARGEST_EXACT < value < _LARGEST_EXACT:
        return float(value)
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _parse(text: str) -> float:
    text = text.strip()
    if not text:
        return 0.0
    # Python reads "1_000" as a number; JSONLogic does not.
    if "_" in text:
        return math.nan
    try:
        return float(text)
    except ValueError:
        return math.nan


def text_of(value: Any) -> str:
    """How `cat`, `substr` and `sem_ver` print a value: null as nothing, true as `true`, 1.0 as `1`."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, list):
        return ",".join(text_of(item) for item in value)
    return "[object Object]"


def _number_text(value: float) -> str:
    number = _to_float(value)
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else ("Infinity" if number > 0 else "-Infinity")
    if isinstance(value, int) and -_LARGEST_EXACT < value < _LARGEST_EXACT:
        return str(value)
    return str(int(number)) if number.is_integer() and abs(number) < 1e21 else repr(number)


def loosely_equal(left: Any, right: Any) -> bool:
    """JSONLogic's `==`: 1 equals "1" and true; null equals null alone."""
    if left is None or right is None:
        return left is right
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return to_number(left) == to_number(right)


def strictly_equal(left: Any, right: Any) -> bool:
    """JSONLogic's `===`: equal and of the same JSON type, so that true is not 1 while 1 is 1.0."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def precedes(left: Any, right: Any) -> bool:
    """JSONLogic's `<`: two strings by code point, everything else as numbers."""
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    return to_number(left) < to_number(right)
