"""Exponential histograms of OTLP as explicit bounds.

Bucket i at scale s covers (2^(i/2^s), 2^((i+1)/2^s)]. Lowering the scale by one joins buckets 2i and 2i+1, so any scale
above 3 becomes 3 without error. Ranges are rounded out to eight buckets, so that a series has few distinct layouts.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from tminus.errors import IngestError
from tminus.telemetry.model import Buckets

_SCALE = 3
_ALIGN = 8
_MAX_SPAN = 1000
_MAX_EXPONENT = 1000


def explicit(name: str, data_point: Any) -> Buckets:
    """The same counts under explicit bounds. Raises IngestError for ranges no number can hold."""
    scale = min(data_point.scale, _SCALE)
    shift = data_point.scale - scale
    if shift > 60 or scale < -10:
        raise IngestError(f"{name}: scale {data_point.scale} is out of range")
    below, below_counts = _side(name, data_point.negative, scale, shift)
    above, above_counts = _side(name, data_point.positive, scale, shift)
    bounds = (*(-bound for bound in reversed(below)), 0.0, *above)
    # A negative bucket is closed at its far end, ours at the near one; a value exactly on a bound may differ by one bucket.
    downward = (0, *reversed(below_counts[1:])) if below else ()
    counts = (*downward, data_point.zero_count, *above_counts, 0)
    return Buckets(bounds, counts)


def _side(name: str, side: Any, scale: int, shift: int) -> tuple[list[float], list[int]]:
    """Bounds away from zero, and the counts between them, the first from zero to the first bound."""
    if len(side.bucket_counts) > _MAX_SPAN:
        raise IngestError(f"{name}: {len(side.bucket_counts)} buckets", hint=f"at most {_MAX_SPAN}")
    counts = Counter[int]()
    for position, count in enumerate(side.bucket_counts):
        if count:
            counts[(side.offset + position) >> shift] += count
    if not counts:
        return [], []
    first, last = min(counts) // _ALIGN * _ALIGN, max(counts) // _ALIGN * _ALIGN + _ALIGN
    limit = _MAX_EXPONENT * 2.0**scale
    if last - first > _MAX_SPAN or first < -limit or last > limit:
        raise IngestError(f"{name}: the buckets reach beyond what a number can hold")
    return [2.0 ** (i / 2.0**scale) for i in range(first, last + 1)], [0, *(counts[i] for i in range(first, last))]
