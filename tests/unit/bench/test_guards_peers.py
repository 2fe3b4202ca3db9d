"""The rules that the guards are compared with do what their names say."""

from __future__ import annotations

import sys
from math import comb, lgamma
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "bench"))

from guards_peers import (
    BIN_SECONDS,
    BINS_A_MINUTE,
    RULES,
    Bin,
    Place,
    Threshold,
    first_alarms,
    fisher_tail,
    log_factorial,
    rank_sum_z,
)


def a_bin(canary_units: float, canary_hits: float, control_units: float = 0.0, control_hits: float = 0.0) -> Bin:
    return Bin(*(np.array([value]) for value in (canary_units, canary_hits, control_units, control_hits)))


def test_fishers_tail_is_the_sum_of_its_hypergeometric_terms() -> None:
    for drawn, hits, rest, others in ((50, 5, 950, 20), (300, 4, 5700, 6), (5, 3, 10, 3)):
        errors = hits + others
        terms = sum(comb(drawn, k) * comb(rest, errors - k) for k in range(hits, min(errors, drawn) + 1))
        exact = terms / comb(drawn + rest, errors)
        assert fisher_tail(a_bin(drawn, hits, rest, others)) == pytest.approx([exact], rel=1e-5)


def test_a_canary_without_excess_has_no_tail_to_speak_of() -> None:
    assert fisher_tail(a_bin(50, 1, 950, 40)) == [1.0]


def test_log_factorials_are_those_of_the_gamma_function() -> None:
    for n in (0, 1, 7, 1000, 10**6):
        assert log_factorial(np.array([float(n)])) == pytest.approx([lgamma(n + 1)], abs=1e-8)


def test_the_rank_sum_has_the_moments_of_all_orders_of_its_ranks() -> None:
    # Over every way to deal the pooled values to two arms, z has mean 0 and variance 1, ties or not.
    values = np.array([0.0, 0.0, 1.0, 1.0, 1.0, 3.0])
    dealt = [mask for mask in range(64) if mask.bit_count() == 3]
    flags = np.array([[bool(mask >> bit & 1) for bit in range(6)] for mask in dealt])
    high = np.array([values[row] for row in flags])
    low = np.array([values[~row] for row in flags])
    z = rank_sum_z(high, low)
    assert z.mean() == pytest.approx(0.0, abs=1e-12)
    assert (z**2).mean() == pytest.approx(1.0)


def test_a_threshold_alarms_when_more_minutes_have_failed_than_it_allows() -> None:
    rule = Threshold(0.01, 1)
    alarms = [bool(rule.look(a_bin(100, 2))[0]) for _ in range(3 * BINS_A_MINUTE)]
    assert alarms.index(True) + 1 == 2 * BINS_A_MINUTE


def test_a_threshold_is_quiet_at_exactly_its_limit() -> None:
    rule = Threshold(0.01, 0)
    assert not any(rule.look(a_bin(100, 1))[0] for _ in range(5 * BINS_A_MINUTE))


@pytest.mark.parametrize("name", list(RULES))
def test_every_rule_sees_a_catastrophe_within_two_hours(name: str) -> None:
    alarms = first_alarms(RULES[name](), np.random.default_rng(1), 20, Place(0.05, 0.01, 100.0, 90.0))
    assert (alarms >= BIN_SECONDS).all()
    assert (alarms <= 7200.0).all()
