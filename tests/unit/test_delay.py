"""What a comparison is expected to need is what the tests really need."""

from __future__ import annotations

import inspect
from math import inf, log

import numpy as np
import pytest

from tminus import delay
from tminus.delay import canary_part, excess_per_second, growth, seconds_to_clear, seconds_to_see
from tminus.guards import Counts, GuardSettings
from tminus.guards.margins import BETS, WEIGHTS
from tminus.guards.promotion import PromotionSettings, begin, earn, promotion


def test_what_the_formulas_take_for_granted_is_what_guards_and_promotion_do() -> None:
    assert (GuardSettings().alpha, GuardSettings().dead_band) == (delay.ALPHA, delay.DEAD_BAND)
    assert PromotionSettings(2.0).beta == delay.BETA
    assert pytest.approx(delay.PROMOTION_PRICE) == -log(WEIGHTS[BETS.index(1.0)])


def test_a_canary_as_good_as_the_control_has_its_share_of_the_hits() -> None:
    assert canary_part(0.2, 1.0) == pytest.approx(0.2)
    assert canary_part(0.2, 2.0) == pytest.approx(1 / 3)


def test_evidence_grows_fastest_for_the_bet_that_is_true() -> None:
    true = growth(0.1, 3.0, 3.0, 1.0)
    assert 0 < growth(0.1, 3.0, 2.0, 1.0) < true
    assert 0 < growth(0.1, 3.0, 5.0, 1.0) < true
    assert growth(0.1, 1.0, 3.0, 1.0) < 0


@pytest.mark.parametrize(("share", "margin"), [(0.05, 3.5), (0.2, 2.0), (0.5, 1.75)])
def test_the_time_to_clear_is_the_mean_of_what_good_canaries_need(share: float, margin: float) -> None:
    dice = np.random.default_rng(5)
    expected = seconds_to_clear(100, share, 0.001, margin)
    seen = [_seconds_until_shown(dice, share, margin, expected / 100) for _ in range(60)]
    assert 0.75 * expected < np.mean(seen) < 1.25 * expected


def _seconds_until_shown(dice: np.random.Generator, share: float, margin: float, tick: float) -> float:
    settings, seconds = PromotionSettings(margin), 0.0
    state = begin(settings)
    units = round(100 * tick * (1 - share)), round(100 * tick * share)
    while not promotion(settings, state).shown:
        control, canary = (int(dice.binomial(one, 0.001)) for one in units)
        state, seconds = earn(settings, state, Counts(units[0], control, units[1], canary)), seconds + tick
    return seconds


def test_excess_is_what_a_good_release_would_not_have_failed() -> None:
    assert excess_per_second(100, 0.05, 0.001, 3.0) == pytest.approx(100 * 0.05 * 0.002)
    assert excess_per_second(100, 0.05, 0.4, 3.0) == pytest.approx(100 * 0.05 * 0.6)  # nothing fails more than always


@pytest.mark.parametrize("formula", [seconds_to_see, seconds_to_clear])
@pytest.mark.parametrize(
    "given", [(0, 0.05, 0.001, 2), (100, 1, 0.001, 2), (100, 0, 0.001, 2), (100, 0.5, 0, 2), (9, 0.5, 0.1, 1)]
)
def test_what_cannot_be_compared_takes_for_ever(formula: object, given: tuple[float, ...]) -> None:
    assert inspect.isfunction(formula)
    assert formula(*given) == inf
