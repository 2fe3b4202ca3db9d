"""What holds for the evidence of a stage on any counts."""

from __future__ import annotations

import json
from math import inf, isfinite

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tminus.guards.margins import BETS, evidence, grid
from tminus.guards.model import Counts, Harm
from tminus.guards.promotion import (
    PromotionSettings,
    PromotionState,
    begin,
    earn,
    promotion,
    promotion_from_json,
    promotion_to_json,
    seconds_left,
)


@st.composite
def counts(draw: st.DrawFn, most: int = 10**9) -> Counts:
    control, canary = draw(st.integers(0, most)), draw(st.integers(0, most))
    return Counts(control, draw(st.integers(0, control)), canary, draw(st.integers(0, canary)))


settings_of = st.builds(
    PromotionSettings,
    margin=st.floats(1.01, 50.0),
    beta=st.floats(0.001, 0.5),
    harm=st.sampled_from(Harm),
    burst=st.floats(1.0, 10.0),
    ceiling=st.none() | st.floats(1e-6, 0.9),
)
ticks = st.lists(counts(), max_size=10)


def after(settings: PromotionSettings, seen: list[Counts], state: PromotionState | None = None) -> PromotionState:
    state = begin(settings) if state is None else state
    for tick in seen:
        state = earn(settings, state, tick)
    return state


@given(settings_of, ticks)
def test_no_counts_make_the_evidence_or_the_time_infinite(settings: PromotionSettings, seen: list[Counts]) -> None:
    state = after(settings, seen)
    found = promotion(settings, state)
    assert isfinite(found.log_evidence)
    assert found.upper == inf or found.upper in grid(settings.margin)
    left = seconds_left(settings, state, 10.0)
    assert left is None or (isfinite(left) and left >= 0)
    assert (left == 0.0) >= found.shown


@given(settings_of, ticks, ticks)
def test_a_restart_from_the_checkpoint_goes_on_where_it_was(
    settings: PromotionSettings, before: list[Counts], then: list[Counts]
) -> None:
    kept = promotion_from_json(json.loads(json.dumps(promotion_to_json(after(settings, before)))))
    resumed, whole = after(settings, then, kept), after(settings, before + then)
    assert np.array_equal(resumed.sums, whole.sums)
    assert promotion(settings, resumed) == promotion(settings, whole)


@given(settings_of, ticks)
def test_the_margins_that_are_shown_are_all_from_the_bound_on(settings: PromotionSettings, seen: list[Counts]) -> None:
    state = after(settings, seen)
    shown = evidence(state.sums)[0] >= -np.log(settings.beta)
    bound = promotion(settings, state).upper
    assert [bool(one) for one in shown] == [margin >= bound for margin in grid(settings.margin)]


@given(settings_of, ticks)
def test_an_earlier_state_is_not_changed_by_what_comes_later(settings: PromotionSettings, seen: list[Counts]) -> None:
    state = after(settings, seen)
    sums = state.sums.copy()
    earn(settings, state, Counts(900, 9, 100, 1))
    assert np.array_equal(state.sums, sums)


@given(settings_of, counts(most=10**6), st.integers(2, 50))
def test_at_one_share_only_the_totals_count_and_not_how_they_are_cut_into_ticks(
    settings: PromotionSettings, tick: Counts, times: int
) -> None:
    fields = (tick.control_units, tick.control_hits, tick.canary_units, tick.canary_hits)
    whole = after(settings, [Counts(*(times * one for one in fields))])
    cut = after(settings, [tick] * times)
    assert cut.sums == pytest.approx(whole.sums, rel=1e-9, abs=1e-6)
    assert cut.sums.shape[1] == len(grid(settings.margin)) + len(BETS)
