"""JSON values as bytes that are the same in every language: CBOR in RFC 8949's core deterministic encoding (4.2.1).

`fractional`'s generation 3 hashes these bytes. Numbers are normalised first, as flagd's decision on non-string units
has it (open-feature/flagd, docs/architecture-decisions/fractional-non-string-rand-units.md): a whole number that fits
into 64 bits is an integer however it was written, and every other number a float in the shortest exact form.
"""

from __future__ import annotations

import math
import struct
from typing import Any

_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
_UNSIGNED, _NEGATIVE, _TEXT, _ARRAY, _MAP = 0x00, 0x20, 0x60, 0x80, 0xA0
_SIMPLE = {None: b"\xf6", True: b"\xf5", False: b"\xf4"}
# RFC 8949, 3: values up to 23 stand in the first byte, larger ones in the 1, 2, 4 or 8 bytes behind it.
_LENGTHS = ((2**8, 24, ">BB"), (2**16, 25, ">BH"), (2**32, 26, ">BI"), (2**64, 27, ">BQ"))
_FLOATS = ((0xF9, ">Be"), (0xFA, ">Bf"), (0xFB, ">Bd"))


def encode(value: Any) -> bytes:
    """`value` (JSON types) as deterministic CBOR. Raises ValueError for NaN and infinity, TypeError for other types."""
    if value is None or value is True or value is False:
        return _SIMPLE[value]
    if isinstance(value, str):
        text = value.encode()
        return _head(_TEXT, len(text)) + text
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, list | tuple):
        return _head(_ARRAY, len(value)) + b"".join([encode(item) for item in value])
    if isinstance(value, dict):
        return _head(_MAP, len(value)) + b"".join(sorted(encode(name) + encode(item) for name, item in value.items()))
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _head(major: int, count: int) -> bytes:
    if count < 24:
        return bytes((major | count,))
    for limit, marker, layout in _LENGTHS:
        if count < limit:
            return struct.pack(layout, major | marker, count)
    raise ValueError(f"{count} does not fit into 64 bits")


def _number(value: float) -> bytes:
    if isinstance(value, float) and value.is_integer() and _SMALLEST <= value <= _LARGEST:
        value = int(value)
    if isinstance(value, int) and _SMALLEST <= value <= _LARGEST:
        return _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
    number = _wide(value)
    if not math.isfinite(number):
        raise ValueError("JSON has no NaN and no infinity")
    for marker, layout in _FLOATS[:2]:
        try:
            packed = struct.pack(layout, marker, number)
        except OverflowError:
            continue
        if struct.unpack(layout, packed)[1] == number:
            return packed
    return struct.pack(_FLOATS[2][1], _FLOATS[2][0], number)


def _wide(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf
