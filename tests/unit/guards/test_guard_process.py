"""The evidence, against exact sums over every possible outcome."""

from __future__ import annotations

from itertools import product
from math import comb, exp, inf, log

import pytest

from tminus.errors import UsageError
from tminus.guards import Bets, Counts, GuardSettings, GuardState, Harm, observe, reading, start
from tminus.guards.onset import onset_weight, unspent_weight
from tminus.guards.process import ABSOLUTE_STAKE, WARM_STAKE
from tminus.guards.share import Share, realised

TICKS = ((4, 2), (2, 3))  # (control units, canary units): the realised share changes from tick to tick
THREE = Bets.weighed((1.5, 4.0, 100.0), (1, 1, 1))


def binomial(hits: int, trials: int, rate: float) -> float:
    return comb(trials, hits) * rate**hits * (1 - rate) ** (trials - hits)


def expected_evidence(settings: GuardSettings, control_rate: float, canary_rate: float) -> float:
    """E[evidence after TICKS], summed exactly over all outcomes; a late-onset start falls between the ticks.

    The share is said to change before each tick, so that each is judged by its own.
    """
    total = 0.0
    outcomes = [range(units + 1) for tick in TICKS for units in tick]
    for hits in product(*outcomes):
        state, chance = start(settings, 0.0), 1.0
        for index, (control, canary) in enumerate(TICKS):
            control_hits, canary_hits = hits[2 * index], hits[2 * index + 1]
            chance *= binomial(control_hits, control, control_rate) * binomial(canary_hits, canary, canary_rate)
            tick = [Counts(control, control_hits, canary, canary_hits)] * settings.rungs
            state = observe(settings, state, tick, index + 1.0, changed_at=index + 1.0)
        assert state.starts == 3
        total += chance * exp(reading(settings, state).log_evidence)
    return total


QUICK = {"restart_seconds": 1.0, "burn_in_seconds": 0.0}


@pytest.mark.parametrize("dead_band", [1.0, 1.25, 2.0])
@pytest.mark.parametrize("control_rate", [0.001, 0.02, 0.1, 0.3, 0.5])
def test_the_expected_evidence_of_a_canary_at_the_edge_of_the_dead_band_is_at_most_one(
    dead_band: float, control_rate: float
) -> None:
    settings = GuardSettings(dead_band=dead_band, **QUICK)
    assert expected_evidence(settings, control_rate, dead_band * control_rate) <= 1 + 1e-12


@pytest.mark.parametrize("dead_band", [1.0, 1.5])
@pytest.mark.parametrize("control_rate", [0.02, 0.3, 0.9])
def test_the_expected_evidence_where_fewer_hits_are_harm_is_at_most_one(dead_band: float, control_rate: float) -> None:
    settings = GuardSettings(dead_band=dead_band, harm=Harm.FEWER, ceiling=control_rate / dead_band, **QUICK)
    assert expected_evidence(settings, control_rate, control_rate / dead_band) <= 1 + 1e-12
    assert expected_evidence(settings, control_rate, 0.05 * control_rate) > 1 + 1e-4


def test_the_expected_evidence_of_a_ladder_is_at_most_one() -> None:
    # Both rungs here are hit by the same requests: the mean needs no independence between them.
    settings = GuardSettings(rungs=2, **QUICK)
    assert expected_evidence(settings, 0.3, 0.3) <= 1 + 1e-12


@pytest.mark.parametrize("warming", [True, False])
def test_in_a_burn_in_three_times_the_errors_are_fair_and_no_longer(warming: bool) -> None:
    settings = GuardSettings(restart_seconds=1.0, burn_in_seconds=30.0 if warming else 0.0)
    assert (expected_evidence(settings, 0.1, 0.3) <= 1 + 1e-12) is warming


def test_a_burn_in_bets_its_own_stake_and_touches_no_other() -> None:
    settings = GuardSettings(ceiling=0.01)
    before = start(settings, 0.0)
    after = observe(settings, before, Counts(950, 9, 50, 2), 5.0, changed_at=0.0)
    assert (after.relative == before.relative).all()
    assert (after.absolute == before.absolute).all()
    assert (after.warm < before.warm).any()
    later = observe(settings, after, Counts(950, 9, 50, 2), 31.0, changed_at=0.0)
    assert (later.warm == after.warm).all()
    assert (later.relative != after.relative).all()


def test_the_most_that_a_warm_up_costs_is_its_stake() -> None:
    settings = GuardSettings()
    state = start(settings, 0.0)
    for second in range(1, 30):
        state = observe(settings, state, Counts(95_000, 950, 5_000, 50), float(second), changed_at=0.0)
    assert reading(settings, state).evidence == pytest.approx(1 - WARM_STAKE, abs=1e-6)


def test_a_burn_in_is_not_blind() -> None:
    settings = GuardSettings()
    state = start(settings, 0.0)
    for _ in range(7):
        state = observe(settings, state, Counts(950, 0, 50, 1), 5.0, changed_at=0.0)
    assert reading(settings, state).evidence > 100


def test_a_long_warm_up_of_five_times_is_no_evidence_where_hits_are_many() -> None:
    settings = GuardSettings()
    for canary in (500, 5_000, 9_500):
        state = start(settings, 0.0)
        for second in range(1, 30):
            tick = Counts(10_000 - canary, (10_000 - canary) // 100, canary, canary // 20)
            state = observe(settings, state, tick, float(second), changed_at=0.0)
        assert reading(settings, state).evidence < 2


def test_without_control_a_burn_in_is_held_against_the_ceiling() -> None:
    settings = GuardSettings(ceiling=0.001)
    wild = observe(settings, start(settings, 0.0), Counts(0, 0, 100, 6), 5.0, changed_at=0.0)
    mild = observe(settings, start(settings, 0.0), Counts(0, 0, 10_000, 25), 5.0, changed_at=0.0)
    assert reading(settings, wild).evidence > 100
    assert reading(settings, mild).evidence < 1


@pytest.mark.parametrize("harm", list(Harm))
@pytest.mark.parametrize("units", [1, 4])
@pytest.mark.parametrize("rate", [0.01, 0.3, 0.7])
def test_small_ticks_are_judged_fairly_by_the_share_of_several(harm: Harm, units: int, rate: float) -> None:
    """Units fall into the canary with chance 0.3, every way of it summed; hits are summed by the bet's exact mean."""
    ratio = 5.0 if harm is Harm.MORE else 0.2
    worlds = {Share(): 1.0}
    for _ in range(8 // units + 2):
        after: dict[Share, float] = {}
        for past, chance in worlds.items():
            for canary in range(units + 1):
                share = realised(past, canary, units - canary, -inf, harm)
                growth = mean_growth(share, canary, units - canary, rate, ratio) * binomial(canary, units, 0.3)
                key = share._replace(canary=0.0, control=0.0)
                after[key] = after.get(key, 0.0) + chance * growth
        worlds = after
    assert sum(worlds.values()) <= 1 + 1e-9


def mean_growth(share: Share, canary: int, control: int, rate: float, ratio: float) -> float:
    if not (share.canary and share.control):
        return 1.0
    price = 1 + share.canary / (share.canary + share.control) * (ratio - 1)
    return float((1 + rate * (ratio / price - 1)) ** canary * (1 + rate * (1 / price - 1)) ** control)


def test_a_remembered_share_is_dropped_when_the_stage_changes_or_the_units_contradict_it() -> None:
    past = realised(Share(), 5, 95, 0.0)
    assert (realised(past, 6, 94, 0.0).canary, realised(past, 6, 94, 1.0).canary) == (11.0, 6.0)
    assert realised(past, 50, 50, 0.0).canary == 50.0


def test_an_arm_whose_batch_is_late_is_not_taken_to_have_been_there() -> None:
    past = realised(Share(), 20, 380, 0.0)
    assert realised(past, 0, 400, 0.0).canary == 0.0
    assert realised(past, 0, 100, 0.0).canary == 20.0
    assert realised(past, 40, 0, 0.0).control == 0.0


def test_a_large_tick_is_judged_by_its_own_share() -> None:
    past = Share()
    for _ in range(100):
        past = realised(past, 5_000, 95_000, 0.0)
    assert past.canary == pytest.approx(5_100, abs=1)


@pytest.mark.parametrize("canary_rate", [0.0, 0.004, 0.01])
def test_the_expected_evidence_within_the_dead_band_and_under_the_ceiling_is_at_most_one(canary_rate: float) -> None:
    settings = GuardSettings(dead_band=1.25, ceiling=0.01, **QUICK)
    assert expected_evidence(settings, 0.008, canary_rate) <= 1 + 1e-12


def test_the_expected_evidence_of_a_harmful_canary_exceeds_one() -> None:
    settings = GuardSettings(**QUICK)
    assert expected_evidence(settings, 0.02, 0.2) > 1.1


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
    assert after.log_relative == pytest.approx(0.0, abs=1e-12)
    assert after.log_absolute is not None
    assert after.log_absolute > log(1000)
    assert after.log_evidence == pytest.approx(after.log_absolute + log(ABSOLUTE_STAKE * (1 - WARM_STAKE)), abs=0.01)


def test_without_canary_traffic_the_evidence_stays_and_the_control_is_counted() -> None:
    settings = GuardSettings(ceiling=0.001)
    after = reading(settings, observe(settings, start(settings, 0.0), Counts(100, 5, 0, 0), 1.0))
    assert after.log_evidence == pytest.approx(0.0, abs=1e-15)
    assert (after.control_units, after.control_hits) == (100, 5)


def test_the_carried_sums_equal_the_mixture_over_all_starts_written_out() -> None:
    settings = GuardSettings(dead_band=1.25, restart_seconds=10.0, burst=1.0, burn_in_seconds=0.0)
    ticks = [Counts(95, 1, 5, 0), Counts(190, 0, 12, 1), Counts(90, 2, 10, 0), Counts(80, 0, 20, 4)]
    state = start(settings, 0.0)
    for index, counts in enumerate(ticks):
        state = observe(settings, state, counts, 10.0 * (index + 1), changed_at=10.0 * index - 100)
    written_out = unspent_weight(len(ticks))  # the start after the last tick, and those to come, have bet on nothing
    for first in range(len(ticks)):
        written_out += onset_weight(first) * mean_likelihood_ratio(ticks[first:], settings)
    assert state.starts == len(ticks) + 1
    assert exp(reading(settings, state).log_evidence) == pytest.approx(written_out, rel=1e-12)


def mean_likelihood_ratio(ticks: list[Counts], settings: GuardSettings) -> float:
    """The design's formula, with θ written out."""
    total = 0.0
    for ratio, weight in zip(settings.prior.ratios, settings.prior.weights, strict=True):
        product_ = 1.0
        for tick in ticks:
            share = tick.canary_units / (tick.canary_units + tick.control_units)
            null, harm = (share * r / (share * r + 1 - share) for r in (settings.dead_band, settings.dead_band * ratio))
            product_ *= (harm / null) ** tick.canary_hits * ((1 - harm) / (1 - null)) ** tick.control_hits
        total += weight * product_
    return total


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
    assert state.relative.shape == state.absolute.shape == (1, len(settings.prior))
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


@pytest.mark.parametrize("other", [GuardSettings(bets=THREE), GuardSettings(ceiling=0.01)])
def test_a_state_made_with_other_settings_is_refused(other: GuardSettings) -> None:
    state: GuardState = start(GuardSettings(), 0.0)
    with pytest.raises(UsageError, match="other ratios or another ceiling"):
        observe(other, state, Counts(95, 0, 5, 1), 1.0)


def test_a_state_is_a_value_that_observing_does_not_change() -> None:
    settings = GuardSettings(ceiling=0.01)
    before, twin = start(settings, 0.0), start(settings, 0.0)
    after = observe(settings, before, Counts(95, 1, 5, 1), 700.0)
    assert before == twin
    assert after != before


def test_control_before_the_launch_costs_no_starts_and_says_nothing() -> None:
    settings = GuardSettings()
    state = start(settings, 0.0)
    for index in range(100):
        state = observe(settings, state, Counts(6_000, 6, 0, 0), 60.0 * index)
    assert state.starts == 1
    assert reading(settings, state).log_evidence == pytest.approx(0.0, abs=1e-12)
