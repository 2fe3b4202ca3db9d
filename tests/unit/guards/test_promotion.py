"""Promotion by evidence: fair bets against "the canary is as bad as the margin", and what follows from them."""

from __future__ import annotations

import json
from itertools import product
from math import comb, exp, inf, log

import numpy as np
import pytest

from tminus.errors import StoreError, UsageError
from tminus.guards.margins import columns, evidence, grid, step
from tminus.guards.model import Counts, Harm
from tminus.guards.promotion import (
    PromotionSettings,
    PromotionState,
    begin,
    default_margin,
    earn,
    promotion,
    promotion_from_json,
    promotion_to_json,
    seconds_left,
)
from tminus.guards.rarity import below, log_within

TICKS = ((4, 2), (2, 3))  # (control units, canary units): the realised share changes from tick to tick
LADDER = [Counts(80, 40, 20, 10), Counts(80, 8, 20, 2), Counts(80, 4, 20, 1), Counts(80, 1, 20, 0)]


def binomial(hits: int, trials: int, rate: float) -> float:
    return comb(trials, hits) * rate**hits * (1 - rate) ** (trials - hits)


def expected_evidence(settings: PromotionSettings, control_rate: float, canary_rate: float) -> float:
    """E[N_M after TICKS], summed exactly over all outcomes."""
    total = 0.0
    for hits in product(*(range(units + 1) for tick in TICKS for units in tick)):
        state, chance = begin(settings), 1.0
        for index, (control, canary) in enumerate(TICKS):
            control_hits, canary_hits = hits[2 * index], hits[2 * index + 1]
            chance *= binomial(control_hits, control, control_rate) * binomial(canary_hits, canary, canary_rate)
            state = earn(settings, state, Counts(control, control_hits, canary, canary_hits))
        total += chance * exp(promotion(settings, state).log_evidence)
    return total


@pytest.mark.parametrize("worse", [1.0, 1.5, 3.0])
@pytest.mark.parametrize("control_rate", [0.001, 0.02, 0.1, 0.2])
@pytest.mark.parametrize("margin", [1.5, 3.0])
def test_the_expected_evidence_of_a_canary_at_the_margin_or_worse_is_at_most_one(
    margin: float, control_rate: float, worse: float
) -> None:
    canary_rate = min(1.0, margin * worse * control_rate)
    assert expected_evidence(PromotionSettings(margin), control_rate, canary_rate) <= 1 + 1e-12


@pytest.mark.parametrize("worse", [1.0, 1.5, 3.0])
@pytest.mark.parametrize("control_rate", [0.01, 0.3, 0.9])
def test_the_expected_evidence_of_a_canary_that_has_lost_the_successes_of_the_margin_is_at_most_one(
    control_rate: float, worse: float
) -> None:
    settings = PromotionSettings(1.5, harm=Harm.FEWER)
    assert expected_evidence(settings, control_rate, control_rate / 1.5 / worse) <= 1 + 1e-12


def test_the_expected_evidence_of_a_good_canary_exceeds_one() -> None:
    assert expected_evidence(PromotionSettings(3.0), 0.1, 0.1) > 1.05


@pytest.mark.parametrize("rung", range(4))
def test_a_rung_whose_odds_are_at_the_margin_is_an_unfavourable_bet(rung: int) -> None:
    settings = PromotionSettings(2.0)
    table = columns(settings.margin, settings.harm, settings.exceeded)
    slow = settings.exceeded[rung]
    canary_rate = 2 * slow / (1 + slow)  # odds of 2 to the control's
    own, total = grid(2.0).index(2.0), 0.0
    for control_hits, canary_hits in product(range(7), range(5)):
        rungs = [Counts(6, control_hits, 4, canary_hits)] * 4
        gained = evidence(step(table, rungs, burst=1.0))[rung, own]
        total += binomial(control_hits, 6, slow) * binomial(canary_hits, 4, canary_rate) * exp(gained)
    assert total <= 1 + 1e-12


def test_hits_that_fall_on_the_canary_by_its_share_and_the_margin_are_a_fair_bet() -> None:
    settings = PromotionSettings(2.0)
    hits, canary, control = 6, 300, 700
    theta, expected = 2.0 * canary / (2.0 * canary + control), 0.0
    for own in range(hits + 1):
        state = earn(settings, begin(settings), Counts(control, hits - own, canary, own))
        expected += binomial(own, hits, theta) * exp(promotion(settings, state).log_evidence)
    assert expected == pytest.approx(1.0, abs=1e-12)


def test_the_sums_are_the_designs_formula_written_out() -> None:
    settings = PromotionSettings(3.0)
    ticks = [Counts(95, 1, 5, 0), Counts(190, 0, 12, 1), Counts(90, 2, 10, 0)]
    state = begin(settings)
    for tick in ticks:
        state = earn(settings, state, tick)
    written_out = 0.0
    for weight, bet in zip((0.6, 0.2, 0.2), (1.0, 0.8, 0.5), strict=True):
        likelihood = 1.0
        for tick in ticks:
            share = tick.canary_units / (tick.canary_units + tick.control_units)
            theta, null = (share * ratio / (share * ratio + 1 - share) for ratio in (bet, 3.0))
            likelihood *= (theta / null) ** tick.canary_hits * ((1 - theta) / (1 - null)) ** tick.control_hits
        written_out += weight * likelihood
    assert exp(promotion(settings, state).log_evidence) == pytest.approx(written_out, rel=1e-12)


def test_a_good_canary_is_shown_to_be_within_its_margin_and_the_bound_with_it() -> None:
    settings = PromotionSettings(2.0)
    seen = promotion(settings, earn(settings, begin(settings), Counts(80_000, 80, 20_000, 20)))
    assert seen.shown
    assert seen.by == "control"
    assert 1.0 < seen.upper <= 2.0
    assert (seen.control_units, seen.control_hits, seen.canary_units, seen.canary_hits) == (80_000, 80, 20_000, 20)


def test_a_canary_that_is_twice_as_bad_is_not_shown_to_be_within_twice() -> None:
    settings = PromotionSettings(2.0)
    seen = promotion(settings, earn(settings, begin(settings), Counts(80_000, 80, 20_000, 40)))
    assert not seen.shown
    assert seen.by == ""
    assert seen.upper > 2.0


def test_before_anything_is_seen_nothing_is_shown_and_the_bound_is_infinite() -> None:
    settings = PromotionSettings(2.0)
    seen = promotion(settings, begin(settings))
    assert not seen.shown
    assert seen.log_evidence == pytest.approx(0.0, abs=1e-12)
    assert seen.needed == pytest.approx(log(20))
    assert seen.upper == inf


def test_the_bound_comes_down_to_the_margin_when_the_evidence_for_it_is_enough() -> None:
    settings = PromotionSettings(2.0)
    state = begin(settings)
    while not promotion(settings, state).shown:
        assert promotion(settings, state).upper > 2.0
        state = earn(settings, state, Counts(4, 4, 1, 1))
    assert 1.9 < promotion(settings, state).upper <= 2.0


@pytest.mark.parametrize(("harm", "ratio"), [(Harm.MORE, 1.0), (Harm.MORE, 2.0), (Harm.FEWER, 0.6)])
def test_the_bound_is_true_at_every_look_of_almost_every_launch(harm: Harm, ratio: float) -> None:
    dice = np.random.default_rng(20_261_121)
    settings = PromotionSettings(3.0, harm=harm)
    rate, launches, missed = 0.02, 400, 0
    truth = ratio if harm is Harm.MORE else 1 / ratio
    for _ in range(launches):
        state, least = begin(settings), inf
        canary = dice.binomial(200, 0.2, 120)
        rows = zip(
            200 - canary, dice.binomial(200 - canary, rate), canary, dice.binomial(canary, rate * ratio), strict=True
        )
        for row in rows:
            state = earn(settings, state, Counts(*(int(one) for one in row)))
            least = min(least, promotion(settings, state).upper)
        missed += least < truth
    assert missed <= 0.05 * launches


def test_a_canary_at_the_margin_is_promoted_less_often_than_beta_over_many_looks() -> None:
    dice = np.random.default_rng(7)
    settings = PromotionSettings(1.5)
    shipped = sum(_ever_shown(dice, settings, 1.5) for _ in range(300))
    assert 0 < shipped <= 0.05 * 300


def test_a_good_canary_is_promoted_almost_always() -> None:
    dice = np.random.default_rng(8)
    assert sum(_ever_shown(dice, PromotionSettings(1.5), 1.0) for _ in range(50)) >= 48


def _ever_shown(dice: np.random.Generator, settings: PromotionSettings, ratio: float) -> bool:
    """A minute of 6,000 requests at a share of one half and 0.1 % errors is a tick; for four hours."""
    state = begin(settings)
    for control, canary in zip(dice.poisson(3.0, 240), dice.poisson(3.0 * ratio, 240), strict=True):
        state = earn(settings, state, Counts(3000, int(control), 3000, int(canary)))
        if promotion(settings, state).shown:
            return True
    return False


def test_a_tick_without_one_of_the_arms_is_counted_and_moves_nothing() -> None:
    settings = PromotionSettings(2.0)
    state = earn(settings, begin(settings), Counts(100, 5, 0, 0))
    state = earn(settings, state, Counts(0, 0, 100, 5))
    seen = promotion(settings, state)
    assert seen.log_evidence == pytest.approx(0.0, abs=1e-12)
    assert (seen.control_hits, seen.canary_hits) == (5, 5)


def test_a_tick_without_data_leaves_the_same_state() -> None:
    settings = PromotionSettings(2.0)
    state = earn(settings, begin(settings), Counts(80, 1, 20, 0))
    assert earn(settings, state, Counts(0, 0, 0, 0)) is state


def test_a_burst_factor_makes_the_same_hits_show_less() -> None:
    counts = Counts(80_000, 80, 20_000, 20)
    plain, bursty = PromotionSettings(2.0), PromotionSettings(2.0, burst=5.0)
    assert promotion(bursty, earn(bursty, begin(bursty), counts)).log_evidence < 0.3 * (
        promotion(plain, earn(plain, begin(plain), counts)).log_evidence
    )


def test_a_ladder_is_within_its_margin_only_when_every_rung_is() -> None:
    settings = PromotionSettings(2.0)
    state, with_tail = begin(settings), begin(settings)
    slow_tail = [*LADDER[:3], Counts(80, 1, 20, 2)]
    for _ in range(400):
        state, with_tail = earn(settings, state, LADDER), earn(settings, with_tail, slow_tail)
    assert promotion(settings, state).shown
    seen = promotion(settings, with_tail)
    assert not seen.shown
    assert seen.canary_hits == 800


def test_a_ladder_with_the_odds_of_an_answer_time_a_quarter_longer_is_not_within_twice() -> None:
    """Lognormal with σ = 1/2: of the canary 67 %, 20 %, 12 % and 3 % are slower than the control's levels."""
    settings = PromotionSettings(2.0)
    rungs = [Counts(8000, round(8000 * was), 2000, round(2000 * now)) for was, now in
             ((0.5, 0.672), (0.1, 0.202), (0.05, 0.115), (0.01, 0.030))]  # fmt: skip
    state = begin(settings)
    for _ in range(60):
        state = earn(settings, state, rungs)
    assert not promotion(settings, state).shown


@pytest.mark.parametrize(
    ("counts", "harm"),
    [(LADDER[:2], Harm.MORE), (LADDER, Harm.FEWER)],
    ids=["two rungs for four levels", "a ladder of successes"],
)
def test_a_ladder_that_does_not_fit_is_refused(counts: list[Counts], harm: Harm) -> None:
    settings = PromotionSettings(2.0, harm=harm)
    with pytest.raises(UsageError, match="rungs"):
        earn(settings, begin(settings), counts)


def test_a_ladder_does_not_become_a_single_metric_under_way() -> None:
    settings = PromotionSettings(2.0)
    state = earn(settings, begin(settings), LADDER)
    with pytest.raises(UsageError, match="1 rungs where 4 are known"):
        earn(settings, state, Counts(80, 1, 20, 0))


def test_a_state_that_was_begun_with_another_margin_is_refused() -> None:
    state = begin(PromotionSettings(2.0))
    with pytest.raises(UsageError, match=r"margin is 2\.5, and the stage was begun with 2"):
        earn(PromotionSettings(2.5), state, Counts(80, 1, 20, 0))


def test_without_any_hit_nothing_is_shown_and_nobody_knows_for_how_long() -> None:
    settings = PromotionSettings(2.0)
    state = earn(settings, begin(settings), Counts(80_000, 0, 20_000, 0))
    assert not promotion(settings, state).shown
    assert seconds_left(settings, state, 1000.0) is None


def test_without_any_hit_a_ceiling_is_a_way_out() -> None:
    settings = PromotionSettings(2.0, ceiling=0.001)
    early = earn(settings, begin(settings), Counts(8_000, 0, 2_000, 0))
    left = seconds_left(settings, early, 100.0)
    assert left is not None
    assert 100 < left < 300
    seen = promotion(settings, earn(settings, early, Counts(16_000, 0, 4_000, 0)))
    assert seen.shown
    assert seen.by == "ceiling"
    assert seen.upper == inf


@pytest.mark.parametrize(("rate", "harm"), [(0.1, Harm.MORE), (0.15, Harm.MORE), (0.1, Harm.FEWER), (0.05, Harm.FEWER)])
def test_the_expected_evidence_of_a_canary_on_the_wrong_side_of_its_ceiling_is_at_most_one(
    rate: float, harm: Harm
) -> None:
    total = sum(binomial(hits, 40, rate) * exp(log_within(0.1, 40, hits, harm)) for hits in range(41))
    assert total <= 1 + 1e-12


def test_a_rate_is_shown_to_be_below_a_ceiling_by_enough_units_with_few_hits() -> None:
    assert below(0.01, Counts(0, 0, 450, 0))
    assert not below(0.01, Counts(0, 0, 300, 0))
    assert not below(0.01, Counts(0, 0, 450, 4))
    assert below(0.01, Counts(0, 0, 4000, 10), beta=0.01)


def test_a_floor_of_successes_is_shown_to_be_kept() -> None:
    settings = PromotionSettings(1.1, harm=Harm.FEWER, ceiling=0.5)
    assert promotion(settings, earn(settings, begin(settings), Counts(0, 0, 1000, 700))).by == "ceiling"
    assert not promotion(settings, earn(settings, begin(settings), Counts(0, 0, 1000, 500))).shown


def test_the_time_left_is_about_what_a_good_canary_then_takes() -> None:
    settings = PromotionSettings(2.0)
    tick = Counts(800, 4, 200, 1)
    state = earn(settings, begin(settings), tick)
    left, seconds = seconds_left(settings, state, 1.0), 0
    while not promotion(settings, state).shown:
        state, seconds = earn(settings, state, tick), seconds + 1
    assert left == pytest.approx(seconds, rel=0.1, abs=1.5)
    assert seconds_left(settings, state, seconds) == 0.0


def test_more_users_are_hurt_at_a_larger_share_so_its_margin_is_narrower() -> None:
    assert [default_margin(share) for share in (0.01, 0.05, 0.1, 0.2, 0.4, 0.95)] == [3.5, 3.5, 2, 2, 1.75, 1.75]
    assert [default_margin(share, Harm.FEWER) for share in (0.05, 0.2, 0.5)] == [1.5, 1.25, 1.1]


@pytest.mark.parametrize("counts", [LADDER[3], LADDER], ids=["single", "ladder"])
def test_a_state_goes_through_json_and_stays_the_same(counts: Counts | list[Counts]) -> None:
    settings = PromotionSettings(2.0, ceiling=0.01)
    state = earn(settings, begin(settings), counts)
    back = promotion_from_json(json.loads(json.dumps(promotion_to_json(state))))
    assert np.array_equal(back.sums, state.sums)
    assert (back.canary, back.totals) == (state.canary, state.totals)
    assert promotion(settings, earn(settings, back, counts)) == promotion(settings, earn(settings, state, counts))


@pytest.mark.parametrize(
    "damage",
    [
        {"sums": [1.0]},
        {"sums": [[float("nan")]]},
        {"seen": [[1, 2]]},
        {"canary": [1]},
        {"seen": None},
        {"margin": float("inf")},
        {"margin": 1.02},
        {"sums": [["x"]]},
    ],
)
def test_a_damaged_state_is_refused_in_one_line(damage: dict[str, object]) -> None:
    state: PromotionState = begin(PromotionSettings(2.0))
    with pytest.raises(StoreError, match="cannot be read") as caught:
        promotion_from_json(promotion_to_json(state) | damage)
    assert not caught.value.retryable


@pytest.mark.parametrize(
    "wrong",
    [{"margin": 1.0}, {"margin": inf}, {"beta": 0.0}, {"burst": 0.5}, {"ceiling": 0.0}, {"exceeded": (0.5, 1.0)}],
)
def test_settings_that_make_no_test_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        PromotionSettings(**{"margin": 2.0, **wrong})  # type: ignore[arg-type]
