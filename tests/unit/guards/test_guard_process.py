"""The evidence, against exact sums over every possible outcome."""

from __future__ import annotations

from itertools import product
from math import comb, exp, log

import pytest

from tminus.errors import UsageError
from tminus.guards import Counts, GuardSettings, GuardState, observe, reading, start
from tminus.guards.process import onset_weight, unspent_weight

TICKS = ((4, 2), (2, 3))  # (control units, canary units): the realised share changes from tick to tick


def binomial(hits: int, trials: int, rate: float) -> float:
    return comb(trials, hits) * rate**hits * (1 - rate) ** (trials - hits)


def expected_evidence(settings: GuardSettings, control_rate: float, canary_rate: float) -> float:
    """E[evidence after TICKS], summed exactly over all outcomes; a late-onset start falls between the ticks."""
    total = 0.0
    outcomes = [range(units + 1) for tick in TICKS for units in tick]
    for errors in product(*outcomes):
        state, chance = start(settings, 0.0), 1.0
        for index, (control, canary) in enumerate(TICKS):
            control_hits, canary_hits = errors[2 * index], errors[2 * index + 1]
            chance *= binomial(control_hits, control, control_rate) * binomial(canary_hits, canary, canary_rate)
            state = observe(settings, state, Counts(control, control_hits, canary, canary_hits), index + 1.0)
        assert state.starts == 3
        total += chance * exp(reading(settings, state).log_evidence)
    return total


@pytest.mark.parametrize("dead_band", [1.0, 1.25, 2.0])
@pytest.mark.parametrize("control_rate", [0.001, 0.02, 0.1, 0.3, 0.5])
def test_the_expected_evidence_of_a_canary_at_the_edge_of_the_dead_band_is_at_most_one(
    dead_band: float, control_rate: float
) -> None:
    settings = GuardSettings(dead_band=dead_band, restart_seconds=1.0)
    assert expected_evidence(settings, control_rate, dead_band * control_rate) <= 1 + 1e-12


@pytest.mark.parametrize("canary_rate", [0.0, 0.004, 0.01])
def test_the_expected_evidence_within_the_dead_band_and_under_the_ceiling_is_at_most_one(canary_rate: float) -> None:
    settings = GuardSettings(dead_band=1.25, ceiling=0.01, restart_seconds=1.0)
    assert expected_evidence(settings, 0.008, canary_rate) <= 1 + 1e-12


def test_the_expected_evidence_of_a_harmful_canary_exceeds_one() -> None:
    settings = GuardSettings(dead_band=1.0, restart_seconds=1.0)
    assert expected_evidence(settings, 0.02, 0.2) > 1.2


def test_errors_that_fall_on_the_canary_by_its_share_and_the_dead_band_are_a_fair_bet() -> None:
    settings = GuardSettings(dead_band=1.5)
    errors, canary, control = 6, 300, 700
    allowed = 1.5 * canary / (1.5 * canary + control)
    expected = 0.0
    for hits in range(errors + 1):
        state = observe(settings, start(settings, 0.0), Counts(control, errors - hits, canary, hits), 1.0)
        expected += binomial(hits, errors, allowed) * exp(reading(settings, state).log_relative)
    assert expected == pytest.approx(1.0, abs=1e-12)


def test_a_canary_exactly_at_the_ceiling_is_a_fair_bet_against_it() -> None:
    settings = GuardSettings(ceiling=0.2)
    expected = 0.0
    for hits in range(8):
        state = observe(settings, start(settings, 0.0), Counts(0, 0, 7, hits), 1.0)
        absolute = reading(settings, state).log_absolute
        assert absolute is not None
        expected += binomial(hits, 7, 0.2) * exp(absolute)
    assert expected == pytest.approx(1.0, abs=1e-12)


def test_without_control_only_the_ceiling_speaks() -> None:
    settings = GuardSettings(ceiling=0.001)
    after = reading(settings, observe(settings, start(settings, 0.0), Counts(0, 0, 100, 5), 1.0))
    assert after.log_relative == 0.0
    assert after.log_absolute is not None
    assert after.log_absolute > log(1000)
    assert after.log_evidence == pytest.approx(after.log_absolute - log(2), abs=0.01)


def test_without_canary_traffic_the_evidence_stays_and_the_control_is_counted() -> None:
    settings = GuardSettings(ceiling=0.001)
    after = reading(settings, observe(settings, start(settings, 0.0), Counts(100, 5, 0, 0), 1.0))
    assert after.log_evidence == pytest.approx(0.0, abs=1e-15)
    assert (after.control_units, after.control_hits) == (100, 5)


def test_the_carried_sums_equal_the_mixture_over_all_starts_written_out() -> None:
    settings = GuardSettings(dead_band=1.25, restart_seconds=10.0)
    ticks = [Counts(95, 1, 5, 0), Counts(190, 0, 12, 1), Counts(90, 2, 10, 0), Counts(80, 0, 20, 4)]
    state = start(settings, 0.0)
    for index, counts in enumerate(ticks):
        state = observe(settings, state, counts, 10.0 * (index + 1))
    written_out = unspent_weight(len(ticks))  # the start after the last tick, and those to come, have bet on nothing
    for first in range(len(ticks)):
        written_out += onset_weight(first) * mean_likelihood_ratio(ticks[first:], settings)
    assert state.starts == len(ticks) + 1
    assert exp(reading(settings, state).log_evidence) == pytest.approx(written_out, rel=1e-12)


def mean_likelihood_ratio(ticks: list[Counts], settings: GuardSettings) -> float:
    """The design's formula, with θ written out."""
    total = 0.0
    for ratio in settings.ratios:
        product_ = 1.0
        for tick in ticks:
            share = tick.canary_units / (tick.canary_units + tick.control_units)
            null, harm = (share * r / (share * r + 1 - share) for r in (settings.dead_band, settings.dead_band * ratio))
            product_ *= (harm / null) ** tick.canary_hits * ((1 - harm) / (1 - null)) ** tick.control_hits
        total += product_
    return total / len(settings.ratios)


def test_the_weights_of_all_starts_sum_to_one() -> None:
    spent = sum(onset_weight(index) for index in range(5000))
    assert spent + unspent_weight(5000) == pytest.approx(1.0, abs=1e-12)


def test_a_burst_factor_makes_the_same_errors_weigh_less() -> None:
    counts = Counts(950, 1, 50, 5)
    plain, bursty = GuardSettings(), GuardSettings(burst=3.0)
    single = reading(plain, observe(plain, start(plain, 0.0), counts, 1.0))
    spread = reading(bursty, observe(bursty, start(bursty, 0.0), counts, 1.0))
    assert 0 < spread.log_evidence < single.log_evidence / 2


def test_evidence_carries_over_when_the_stage_and_with_it_the_share_changes() -> None:
    settings = GuardSettings()
    state = observe(settings, start(settings, 0.0), Counts(950, 0, 50, 2), 1.0)
    at_five_percent = reading(settings, state).log_evidence
    state = observe(settings, state, Counts(500, 0, 500, 2), 2.0)
    assert reading(settings, state).log_evidence > at_five_percent


def test_a_month_of_ticks_leaves_a_state_of_the_same_size() -> None:
    settings = GuardSettings(ceiling=0.003)
    state = start(settings, 0.0)
    for index in range(30 * 144):
        state = observe(settings, state, Counts(57_000, 57, 3_000, 3), 600.0 * (index + 1))
    assert state.starts == 30 * 144 + 1
    assert len(state.relative) == len(state.absolute) == len(settings.ratios)
    assert reading(settings, state).log_evidence < 0


def test_a_gap_in_the_data_costs_no_starts() -> None:
    settings = GuardSettings(restart_seconds=600.0)
    state = observe(settings, start(settings, 0.0), Counts(95, 0, 5, 0), 50_000.0)
    assert (state.starts, state.restarted_at) == (2, 50_000.0)


def test_a_clock_that_jumped_ahead_and_back_does_not_stop_new_starts() -> None:
    settings = GuardSettings(restart_seconds=600.0)
    state = observe(settings, start(settings, 0.0), Counts(95, 0, 5, 0), 1e6)
    state = observe(settings, state, Counts(95, 0, 5, 0), 1000.0)
    assert (state.starts, state.restarted_at) == (3, 1000.0)


@pytest.mark.parametrize("other", [GuardSettings(ratios=(2.0,)), GuardSettings(ceiling=0.01)])
def test_a_state_made_with_other_settings_is_refused(other: GuardSettings) -> None:
    state: GuardState = start(GuardSettings(), 0.0)
    with pytest.raises(UsageError, match="other ratios or another ceiling"):
        observe(other, state, Counts(95, 0, 5, 1), 1.0)
