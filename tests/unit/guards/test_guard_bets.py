"""The mixture prior, and what a tick pays."""

from __future__ import annotations

from math import fsum

import numpy as np
import pytest

from tminus.errors import UsageError
from tminus.guards import FEWER_BETS, MORE_BETS, Bets, log_growth


@pytest.mark.parametrize("bets", [MORE_BETS, FEWER_BETS], ids=["more", "fewer"])
def test_the_default_bets_are_25_and_their_weights_sum_to_one(bets: Bets) -> None:
    assert len(bets) == 25
    assert fsum(bets.weights) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(
    ("ratios", "weights", "said"),
    [
        ((), (), "ratios"),
        ((2.0, 0.5), (0.5, 0.5), "ratios"),
        ((1.0,), (1.0,), "ratios"),
        ((0.0,), (1.0,), "ratios"),
        ((float("inf"),), (1.0,), "ratios"),
        ((2.0,), (0.5, 0.5), "weights"),
        ((2.0, 3.0), (1.0, 0.0), "weights"),
        ((2.0, 3.0), (0.5, 0.6), "sum to"),
    ],
)
def test_bets_that_are_no_mixture_are_refused(ratios: tuple[float, ...], weights: tuple[float, ...], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Bets(ratios, weights)


def test_a_batch_of_launches_grows_as_each_alone() -> None:
    dice = np.random.default_rng(3)
    hits, trials = dice.integers(0, 9, (4, 3)), dice.integers(9, 20, (4, 3))
    allowed, burst = dice.uniform(0.01, 0.9, (4, 3)), dice.uniform(1, 5, (4, 3))
    batch = log_growth(hits, trials, allowed, MORE_BETS, burst)
    assert batch.shape == (4, 3, 25)
    for place in np.ndindex(4, 3):
        alone = log_growth(
            float(hits[place]), float(trials[place]), float(allowed[place]), MORE_BETS, float(burst[place])
        )
        np.testing.assert_allclose(batch[place], alone, rtol=1e-12)


def test_one_share_for_many_launches_broadcasts() -> None:
    hits = np.array([0.0, 1.0, 2.0])
    batch = log_growth(hits, hits + 3, 0.05, MORE_BETS)
    np.testing.assert_allclose(batch[2], log_growth(2.0, 5.0, 0.05, MORE_BETS), rtol=1e-12)
