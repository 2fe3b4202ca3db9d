"""The interval given with a quantile holds the true one, whatever the bounds, however many histograms are merged."""

from __future__ import annotations

import math
from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st

from tminus.telemetry import Buckets
from tminus.telemetry.cumulative import rebucket
from tminus.telemetry.histogram import quantile, segments

bounds = st.lists(st.integers(-5, 50), min_size=1, max_size=8, unique=True).map(lambda b: tuple(map(float, sorted(b))))
values = st.lists(st.floats(0, 60), min_size=1, max_size=40)


def bucketed(observations, edges) -> Buckets:
    counts = [0] * (len(edges) + 1)
    for value in observations:
        counts[bisect_left(edges, value)] += 1
    return Buckets(edges, tuple(counts))


@given(parts=st.lists(st.tuples(values, bounds), min_size=1, max_size=3), q=st.floats(0, 1))
def test_the_true_quantile_lies_in_the_interval_and_the_estimate_does_too(parts, q):
    merged = [segment for observations, edges in parts for segment in segments(bucketed(observations, edges))]
    everything = sorted(value for observations, _ in parts for value in observations)
    true = everything[max(0, math.ceil(q * len(everything)) - 1)]
    found = quantile(merged, q)
    assert found is not None
    estimate, low, high = found
    assert low <= true <= high
    if math.isfinite(high):
        assert low <= estimate <= high


@given(observations=values, edges=bounds, qs=st.lists(st.floats(0, 1), min_size=2, max_size=5))
def test_a_higher_quantile_is_never_lower(observations, edges, qs):
    parts = segments(bucketed(observations, edges))
    estimates = [found[0] for q in sorted(qs) if (found := quantile(parts, q))]
    assert estimates == sorted(estimates)


@given(observations=values, edges=bounds, keep=st.sets(st.integers(0, 7)))
def test_coarser_bounds_made_from_finer_counts_are_the_coarser_histogram(observations, edges, keep):
    coarse = tuple(edge for position, edge in enumerate(edges) if position in keep)
    assert rebucket(bucketed(observations, edges), coarse) == bucketed(observations, coarse).counts
