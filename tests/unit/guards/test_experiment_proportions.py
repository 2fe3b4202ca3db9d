from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from tminus.errors import UsageError
from tminus.guards.experiment import Proportion, compare_proportions
from tminus.guards.experiment_proportions import log_evidence


def evidence(rates: tuple[float, float], control: Proportion, treatment: Proportion, share: float = 0.5) -> float:
    return math.exp(log_evidence((np.array([rates[0]]), np.array([rates[1]])), control, treatment, share)[0])


def chance(arm: Proportion, rate: float) -> float:
    return math.comb(arm.users, arm.hits) * rate**arm.hits * (1 - rate) ** (arm.users - arm.hits)


@pytest.mark.parametrize("share", [0.5, 0.2, 0.95])
@pytest.mark.parametrize("rates", [(0.7, 0.72), (0.01, 0.5), (1.0, 0.3)])
def test_the_evidence_against_the_true_rates_is_a_fair_bet_on_the_next_user(
    rates: tuple[float, float], share: float
) -> None:
    control, treatment = Proportion(40, 30), Proportion(25, 3)
    now = evidence(rates, control, treatment, share)
    for arm, rate in enumerate(rates):
        after = 0.0
        for hit, weight in ((1, rate), (0, 1 - rate)):
            one = control + Proportion(1, hit) if arm == 0 else control
            other = treatment + Proportion(1, hit) if arm == 1 else treatment
            after += weight * evidence(rates, one, other, share)
        assert after == pytest.approx(now, rel=1e-9)


def test_the_expected_evidence_against_the_true_rates_is_one_over_all_outcomes() -> None:
    outcomes = itertools.product(range(7), range(5))
    total = sum(
        chance(Proportion(6, one), 0.3)
        * chance(Proportion(4, other), 0.6)
        * evidence((0.3, 0.6), Proportion(6, one), Proportion(4, other))
        for one, other in outcomes
    )
    assert total == pytest.approx(1.0, rel=1e-9)


def test_users_who_differ_from_each_other_only_lower_the_expected_evidence_against_their_mean_rate() -> None:
    rates = (0.1, 0.9, 0.3, 0.6)
    total = 0.0
    for hits in itertools.product((0, 1), repeat=4):
        weight = math.prod(rate if hit else 1 - rate for rate, hit in zip(rates, hits, strict=True))
        total += weight * evidence((0.475, 0.5), Proportion(4, sum(hits)), Proportion(0, 0))
    assert 0.5 < total < 1


def test_no_users_leave_everything_possible() -> None:
    one = compare_proportions(Proportion(0, 0), Proportion(10, 5))
    assert (one.low, one.high, one.relative_low, one.relative_high) == (-1, 1, -1, math.inf)


def test_no_hits_in_the_control_bound_the_difference_and_not_the_ratio() -> None:
    one = compare_proportions(Proportion(2000, 0), Proportion(2000, 100))
    assert 0 < one.low < one.difference < one.high < 0.1
    assert one.relative_low > 0
    assert (one.relative, one.relative_high) == (math.inf, math.inf)


def test_all_against_none_is_a_difference_near_one() -> None:
    one = compare_proportions(Proportion(500, 0), Proportion(500, 500))
    assert 0.95 < one.low < one.high == 1


def test_difference_and_ratio_agree_on_which_arm_is_ahead() -> None:
    for hits in range(6900, 7500, 20):
        one = compare_proportions(Proportion(10_000, 7000), Proportion(10_000, hits))
        assert (one.low > 0, one.high < 0) == (one.relative_low > 0, one.relative_high < 0)


def test_the_intervals_are_the_shadows_of_the_set_that_a_fine_grid_finds() -> None:
    control, treatment = Proportion(400, 260), Proportion(500, 360)
    one = compare_proportions(control, treatment)
    p, q = (axis.ravel() for axis in np.meshgrid(np.linspace(0.5, 0.8, 301), np.linspace(0.55, 0.85, 301)))
    inside = log_evidence((p, q), control, treatment) < math.log(20)
    differences, ratios = (q - p)[inside], (q / p)[inside] - 1
    assert (one.low, one.high) == pytest.approx((differences.min(), differences.max()), abs=0.0025)
    assert (one.relative_low, one.relative_high) == pytest.approx((ratios.min(), ratios.max()), abs=0.005)
    assert one.low <= differences.min()
    assert one.high >= differences.max()


def test_the_share_that_the_plan_gives_makes_unequal_arms_sharper() -> None:
    arms = Proportion(80_000, 56_000), Proportion(20_000, 14_000)
    told, untold = compare_proportions(*arms, share=0.2), compare_proportions(*arms)
    assert told.high - told.low < 0.95 * (untold.high - untold.low)


def test_a_hundred_million_users_are_no_trouble() -> None:
    one = compare_proportions(Proportion(10**8, 10**6), Proportion(10**8, 10**6 + 20_000))
    assert 0.01 < one.relative_low < 0.02 < one.relative_high < 0.03


@pytest.mark.parametrize(("users", "hits"), [(3, 4), (-1, -1), (3, -1)])
def test_counts_that_cannot_be_are_refused(users: int, hits: int) -> None:
    with pytest.raises(UsageError, match="an arm cannot have"):
        Proportion(users, hits)


@pytest.mark.parametrize("share", [0.0, 1.0, 20.0, math.nan])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(UsageError, match="of both arms' users"):
        compare_proportions(Proportion(1, 1), Proportion(1, 1), share=share)


def test_proportions_of_values_add_up() -> None:
    assert Proportion.of([True, False, True]) + Proportion.of([]) == Proportion(3, 2)
