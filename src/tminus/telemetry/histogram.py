"""Quantiles from merged histograms.

Inside a bucket observations are taken to be spread evenly. So the estimate lies in the bucket of the true quantile and
is off by at most that bucket's width; `low` and `high` say which interval that is. Histograms with different bounds
are merged by adding their distribution functions, which widens the interval, never falsifies it.

The first bucket is taken to start at 0 when its bound is positive (latencies), else its bound stands for it. The last
bucket has no upper end: its lower bound is given, with `high` infinite. Both as Prometheus's histogram_quantile does.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise

from tminus.telemetry.model import Buckets

Segment = tuple[float, float, int]


def segments(buckets: Buckets) -> list[Segment]:
    """The non-empty buckets as (low, high, count); high is infinite for the last."""
    if not buckets.bounds:
        return [(-math.inf, math.inf, buckets.total)] if buckets.total else []
    edges = _edges(buckets.bounds)
    return [
        (below, above, count) for below, above, count in zip(edges, edges[1:], buckets.counts, strict=False) if count
    ]


def parts_above(bounds: tuple[float, ...], level: float) -> list[float]:
    """Which part (0 to 1) of each bucket lies above `level`; of the open last bucket all of it does."""
    edges = _edges(bounds)
    return [1 - _part_below(low, high, level) for low, high in pairwise(edges)]


def _edges(bounds: tuple[float, ...]) -> tuple[float, ...]:
    return (0.0 if bounds[0] > 0 else -math.inf, *bounds, math.inf)


def quantile(parts: Iterable[Segment], q: float) -> tuple[float, float, float] | None:
    """(estimate, low, high) of the q-quantile, 0 <= q <= 1, or None without observations or without any bound."""
    parts = sorted(parts)
    total = sum(count for _, _, count in parts)
    edges = sorted({edge for low, high, _ in parts for edge in (low, high) if math.isfinite(edge)})
    if not total or not edges:
        return None
    rank = q * total
    low, high = _surely_between(parts, rank)
    # The weight below rises with the edge, so the edge that first reaches the rank is found by bisection.
    reached = bisect_left(edges, rank, key=lambda edge: _weight_below(parts, edge))
    if reached == 0 or reached == len(edges):
        return edges[min(reached, len(edges) - 1)], low, high
    before, after = edges[reached - 1], edges[reached]
    below, above = _weight_below(parts, before), _weight_below(parts, after)
    return before + (after - before) * (rank - below) / (above - below), low, high


def _weight_below(parts: list[Segment], edge: float) -> float:
    """How many observations lie at or below `edge`, each finite bucket spread evenly, an open one at its finite end."""
    return sum((count * _part_below(low, high, edge) for low, high, count in parts), 0.0)


def _part_below(low: float, high: float, edge: float) -> float:
    if high <= edge:
        return 1.0
    if math.isfinite(low) and math.isfinite(high) and low < edge:
        return (edge - low) / (high - low)
    return 0.0


def _surely_between(parts: list[Segment], rank: float) -> tuple[float, float]:
    """The interval that must hold the quantile: all buckets at their low ends, then all at their high ends."""
    return _reach(sorted((low, count) for low, _, count in parts), rank), _reach(
        sorted((high, count) for _, high, count in parts), rank
    )


def _reach(ends: list[tuple[float, int]], rank: float) -> float:
    so_far = 0
    for end, count in ends:
        so_far += count
        if so_far >= rank:
            return end
    return ends[-1][0]
