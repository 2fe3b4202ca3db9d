"""The guards' input from histograms: observations, and how many of them lie above each of some levels.

Counted by arrival like all that feeds guards (arms.py). Inside a bucket observations are taken to be spread evenly, as
for quantiles (histogram.py); the part of a bucket above a level is rounded row by row, the same way in every call.
Histograms without bounds say nothing about any level and do not count at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tminus.telemetry.arms import DITHER, among, number
from tminus.telemetry.database import Database
from tminus.telemetry.histogram import parts_above
from tminus.telemetry.model import Kind, Series, Split, Tally

Bounds = Mapping[int, tuple[float, ...]]


def count_above(
    database: Database,
    bounds: Bounds,
    series: Sequence[Series],
    levels: Sequence[float],
    *,
    split: Split,
    after: int,
    top: int,
    since: float = 0.0,
) -> list[Tally]:
    """New observations by series, with those above each level (in the histogram's own unit) as hits. Raises StoreError.

    `bounds` are the bucket bounds by layout.
    """
    known = {one.id: one for one in series if one.kind is Kind.HISTOGRAM and split.arm(one.labels) is not None}
    if after >= top or not known or not levels:
        return []
    fresh = f"seq > {after} AND seq <= {top} AND stamp >= {number(since)} AND {among(known)}"
    layouts = [layout for (layout,) in database.rows(f"SELECT DISTINCT layout FROM buckets WHERE {fresh}")]
    table = _parts(bounds, [layout for layout in layouts if bounds[layout]], levels)
    if table is None:
        return []
    above = ", ".join(f"sum(floor(n * above_{i} + {DITHER}))::BIGINT" for i in range(len(levels)))
    rows = database.rows(
        f"SELECT series, sum(n)::BIGINT, {above} FROM buckets JOIN parts USING (layout, bucket) "
        f"WHERE {fresh} GROUP BY series ORDER BY series",
        tables={"parts": table},
    )
    return [
        Tally(split.arm(known[number].labels) or 0, known[number].labels, units, tuple(hits))
        for number, units, *hits in rows
    ]


def _parts(bounds: Bounds, layouts: list[int], levels: Sequence[float]) -> dict[str, np.ndarray] | None:
    """By layout and bucket, which part of the bucket lies above each level."""
    if not layouts:
        return None
    sizes = [len(bounds[layout]) + 1 for layout in layouts]
    table = {
        "layout": np.repeat(np.array(layouts, dtype=np.int32), sizes),
        "bucket": np.concatenate([np.arange(size, dtype=np.int32) for size in sizes]),
    }
    for i, level in enumerate(levels):
        table[f"above_{i}"] = np.array([part for layout in layouts for part in parts_above(bounds[layout], level)])
    return table
