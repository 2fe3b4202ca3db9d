"""How bursty hits are, estimated from the control."""

from __future__ import annotations

from dataclasses import replace
from math import fsum, log

import numpy as np
import pytest

from tminus.guards import MORE_BETS, Counts, GuardSettings, least_bursts, log_growth, observe, reading, start
from tminus.guards.burst import Burst, learn


def after(hits: list[int], units: int | list[int] = 1000, seconds: float = 10.0) -> Burst:
    burst = Burst()
    for index, hit in enumerate(hits):
        burst = learn(burst, units if isinstance(units, int) else units[index], hit, seconds * (index + 1))
    return burst


def compound(dice: np.random.Generator, bursts: float, mean: float, ticks: int) -> list[int]:
    return [int(dice.geometric(1 / mean, count).sum()) for count in dice.poisson(bursts, ticks)]


@pytest.mark.parametrize("rate", [0.05, 1.0, 30.0])
def test_hits_that_come_singly_have_factor_one(rate: float) -> None:
    dice = np.random.default_rng(1)
    assert [after(dice.poisson(rate, 3000).tolist()).factor for _ in range(10)].count(1.0) >= 9


def test_geometric_bursts_of_mean_three_have_factor_five_and_a_fifth_more_for_caution() -> None:
    dice = np.random.default_rng(2)
    found = [after(compound(dice, 0.3, 3.0, 4000)).factor for _ in range(10)]
    assert np.mean(found) == pytest.approx(1.2 * 5.0, rel=0.15)


def test_rare_bursts_among_single_hits_are_taken_to_be_as_long_as_they_are() -> None:
    # A fifth of the hits in bursts of 3: φ is 1.8, and geometric bursts of that φ would hardly ever be longer than 5.
    dice = np.random.default_rng(7)
    found = [
        after((dice.poisson(0.4, 8000) + np.array(compound(dice, 0.1 / 3, 3.0, 8000))).tolist()).factor
        for _ in range(10)
    ]
    assert 4.0 < np.mean(found) < 10.0


def test_the_fewer_bursts_were_seen_the_more_cautious_is_the_factor() -> None:
    few, many = after([0, 0, 0, 4] * 4), after([0, 0, 0, 4] * 400)
    assert few.ticks.deviation / few.ticks.hits == pytest.approx(many.ticks.deviation / many.ticks.hits, rel=0.1)
    assert few.factor > 1.2 * many.factor > 1.2


def test_bursts_show_also_where_hits_are_dense() -> None:
    dice = np.random.default_rng(8)
    hits = dice.poisson(80, 400) + np.array(compound(dice, 20 / 3, 3.0, 400))
    assert after(hits.tolist(), seconds=20.0).factor > 1.5


def test_a_guard_bets_with_the_largest_factor_that_any_place_of_its_metric_knows() -> None:
    settings = GuardSettings()
    calm, counts = start(settings, 0.0), Counts(950, 1, 50, 5)
    wild = replace(calm, bursts=(after([0, 0, 0, 4] * 100),))
    known = wild.bursts[0].factor
    assert least_bursts({"errors": [(settings, calm), (settings, wild)]}) == {"errors": (known,)}
    alone, told, knowing = (
        reading(settings, observe(settings, guard, counts, 1.0, least_burst=least)).log_evidence
        for guard, least in ((calm, 1.0), (calm, known), (wild, 1.0))
    )
    assert told == pytest.approx(knowing)
    assert told < alone / 2


def test_a_metric_that_has_seen_little_is_taken_to_be_as_bursty_as_the_others_until_it_knows() -> None:
    settings = GuardSettings()
    wild, new, known = (
        replace(start(settings, 0.0), bursts=(after(hits),)) for hits in ([0, 0, 0, 4] * 100, [0, 1] * 20, [1] * 600)
    )
    factors = least_bursts({"errors": [(settings, wild)], "crashes": [(settings, new)], "slow": [(settings, known)]})
    assert factors["crashes"] == factors["errors"] > (1.0,)
    assert factors["slow"] == (1.0,)
    assert least_bursts({}) == {}


def test_bursts_that_spread_over_several_ticks_are_seen_in_minutes() -> None:
    dice = np.random.default_rng(3)
    spread = np.zeros(9000, dtype=int)
    for at in dice.integers(0, 8990, 1500):
        np.add.at(spread, at + dice.integers(0, 6, 4), 1)
    burst = after(spread.tolist(), seconds=5.0)
    assert burst.blocks.factor > 2.0
    assert burst.factor == max(burst.ticks.factor, burst.blocks.factor)


def test_days_and_incidents_are_not_bursts() -> None:
    dice = np.random.default_rng(4)
    rate = 3.0 * (1.2 + np.sin(np.arange(8640) * 2 * np.pi / 8640))
    rate[3000:3030] *= 100
    assert after(dice.poisson(rate).tolist()).factor < 1.6


def test_an_incident_does_not_hide_the_bursts_that_were_there() -> None:
    dice = np.random.default_rng(5)
    quiet = compound(dice, 0.5, 3.0, 2000)
    assert after([*quiet, *dice.poisson(300, 30).tolist()]).factor > 3.5


def test_windows_of_unequal_size_are_compared_by_their_units() -> None:
    dice = np.random.default_rng(6)
    units = [100, 1000] * 1500
    assert after([int(dice.poisson(size / 100)) for size in units], units).factor < 1.1


def test_harm_in_the_canary_does_not_move_the_factor() -> None:
    settings = GuardSettings()
    calm = wild = start(settings, 0.0)
    for index in range(200):
        calm = observe(settings, calm, Counts(900, index % 2, 100, 0), 10.0 * index)
        wild = observe(settings, wild, Counts(900, index % 2, 100, 50 * (index % 2)), 10.0 * index)
    assert calm.bursts == wild.bursts


@pytest.mark.parametrize("mean", [1.5, 3.0, 8.0])
@pytest.mark.parametrize("share", [0.05, 0.5])
def test_a_bet_is_fair_for_geometric_bursts(mean: float, share: float) -> None:
    """The mean gain of a canary burst and the mean loss of a control burst, summed over sizes, weighed by the share."""
    sizes = np.arange(1.0, 20_000.0)
    chances = ((sizes - 1) * log(1 - 1 / mean) - log(mean))[:, None]
    canary, control = (
        np.exp(log_growth(hits, sizes, share, MORE_BETS, 2 * mean - 1) + chances).sum(axis=0) - 1
        for hits in (sizes, 0 * sizes)
    )
    np.testing.assert_allclose(share * canary + (1 - share) * control, 0.0, atol=1e-9)


def test_factor_one_is_the_plain_bet() -> None:
    plain, divided = log_growth(3, 7, 0.2, MORE_BETS), log_growth(3, 7, 0.2, MORE_BETS, 1)
    np.testing.assert_allclose(plain, divided, rtol=1e-12)
    assert fsum(np.array(MORE_BETS.weights) * np.exp(plain)) > 1.0
