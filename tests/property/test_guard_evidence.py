"""What holds for the evidence on any counts."""

from __future__ import annotations

import json
from dataclasses import replace
from math import isfinite

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tminus.guards import Counts, GuardSettings, GuardState, Harm, from_json, observe, reading, start, to_json


@st.composite
def counts(draw: st.DrawFn, most: int = 10**9) -> Counts:
    control, canary = draw(st.integers(0, most)), draw(st.integers(0, most))
    return Counts(control, draw(st.integers(0, control)), canary, draw(st.integers(0, canary)))


guard_settings = st.builds(
    GuardSettings,
    dead_band=st.floats(1.0, 10.0),
    ceiling=st.none() | st.floats(1e-6, 0.999),
    burst=st.none() | st.floats(1.0, 10.0),
    burn_in_seconds=st.floats(0.0, 1000.0),
    harm=st.sampled_from(Harm),
    restart_seconds=st.floats(1.0, 10_000.0),
)
moments = st.floats(0.0, 1e7)
ticks = st.lists(st.tuples(counts(), moments), max_size=12)


def after(settings: GuardSettings, seen: list[tuple[Counts, float]]) -> GuardState:
    state = start(settings, 0.0)
    for tick, now in seen:
        state = observe(settings, state, tick, now)
    return state


@given(guard_settings, ticks)
def test_no_counts_make_evidence_infinite_or_not_a_number(
    settings: GuardSettings, seen: list[tuple[Counts, float]]
) -> None:
    state = after(settings, seen)
    one = reading(settings, state)
    assert isfinite(one.log_evidence)
    assert isfinite(one.log_relative)
    assert isfinite(one.evidence)
    assert np.isfinite(state.relative).all()
    assert np.isfinite(state.absolute).all()


@given(guard_settings, ticks, moments)
def test_no_data_changes_nothing(settings: GuardSettings, seen: list[tuple[Counts, float]], now: float) -> None:
    state = after(settings, seen)
    assert observe(settings, state, Counts(0, 0, 0, 0), now) == state


@given(guard_settings, ticks)
def test_a_checkpoint_read_back_through_json_is_the_same_state(
    settings: GuardSettings, seen: list[tuple[Counts, float]]
) -> None:
    state = after(settings, seen)
    assert from_json(json.loads(json.dumps(to_json(state)))) == state


@given(guard_settings, ticks, st.data())
def test_a_prefix_checkpointed_and_continued_equals_the_whole(
    settings: GuardSettings, seen: list[tuple[Counts, float]], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(seen)))
    state = from_json(to_json(after(settings, seen[:cut])))
    for tick, now in seen[cut:]:
        state = observe(settings, state, tick, now)
    assert state == after(settings, seen)


@given(guard_settings, ticks, counts())
def test_one_more_canary_hit_never_lowers_the_evidence_or_never_raises_it_where_hits_are_good(
    settings: GuardSettings, seen: list[tuple[Counts, float]], last: Counts
) -> None:
    assume(last.canary_hits < last.canary_units)
    state = after(settings, seen)
    fewer, more = (
        reading(settings, observe(settings, state, tick, 1.0)).log_evidence
        for tick in (last, replace(last, canary_hits=last.canary_hits + 1))
    )
    milder, harsher = (fewer, more) if settings.harm is Harm.MORE else (more, fewer)
    assert harsher >= milder - 1e-9 * max(1.0, abs(milder))


@given(guard_settings, counts(1000), counts(1000), counts(1000))
def test_ticks_of_one_share_may_be_reordered_and_large_ones_merged(
    settings: GuardSettings, shape: Counts, first: Counts, second: Counts
) -> None:
    settings = replace(settings, burst=1.0)

    def reshaped(source: Counts) -> Counts:
        control, canary = shape.control_units, shape.canary_units
        return Counts(control, min(source.control_hits, control), canary, min(source.canary_hits, canary))

    one, two = reshaped(first), reshaped(second)
    orders = ([(one, 0.0), (two, 0.0)], [(two, 0.0), (one, 0.0)], [(one + two, 0.0)])
    forward, backward, merged = (reading(settings, changed(settings, order)) for order in orders)
    assert backward.log_evidence == pytest.approx(forward.log_evidence, rel=1e-9, abs=1e-9)
    assert merged.log_evidence == pytest.approx(forward.log_evidence, rel=1e-9, abs=1e-9)
    assert (merged.canary_units, merged.control_hits) == (forward.canary_units, forward.control_hits)


def changed(settings: GuardSettings, seen: list[tuple[Counts, float]]) -> GuardState:
    """Each tick judged by its own share: it is said to have changed, too long ago for a warm-up."""
    state = start(settings, 0.0)
    for index, (tick, now) in enumerate(seen):
        state = observe(settings, state, tick, now, changed_at=index - 1e6)
    return state


@given(guard_settings, st.lists(counts(), min_size=1, max_size=4), moments)
def test_a_ladder_of_equal_rungs_says_what_one_rung_says(
    settings: GuardSettings, seen: list[Counts], now: float
) -> None:
    ladder = replace(settings, rungs=3)
    one, three = start(settings, 0.0), start(ladder, 0.0)
    for tick in seen:
        one, three = observe(settings, one, tick, now), observe(ladder, three, [tick] * 3, now)
    expected = reading(settings, one).log_evidence
    assert reading(ladder, three).log_evidence == pytest.approx(expected, rel=1e-9, abs=1e-9)
