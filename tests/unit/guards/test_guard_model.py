"""What a guard accepts."""

from __future__ import annotations

from typing import Any

import pytest

from tminus.errors import UsageError
from tminus.guards import FEWER_BETS, MORE_BETS, Counts, GuardSettings, Harm, observe, start


@pytest.mark.parametrize("numbers", [(-1, 0, 0, 0), (5, -1, 5, 0), (0, 0, -1, 0), (0, 0, 3, -1)])
def test_negative_counts_are_refused_with_one_line(numbers: tuple[int, int, int, int]) -> None:
    with pytest.raises(UsageError, match="guard counts are impossible") as caught:
        Counts(*numbers)
    assert caught.value.code == "guard-counts"
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("numbers", [(1, 2, 0, 0), (0, 0, 1, 2), (0, 1, 10, 0)])
def test_more_hits_than_units_are_refused_where_a_unit_hits_once(numbers: tuple[int, int, int, int]) -> None:
    settings = GuardSettings()
    with pytest.raises(UsageError, match="guard counts are impossible"):
        observe(settings, start(settings, 0.0), Counts(*numbers), 1.0)


def test_tickets_may_outnumber_users() -> None:
    settings = GuardSettings(per_unit=False, ceiling=2.5)
    state = observe(settings, start(settings, 0.0), Counts(10, 30, 5, 12), 1.0)
    assert state.totals == (Counts(10, 30, 5, 12),)


def test_a_ladder_wants_one_count_a_rung_all_of_the_same_units() -> None:
    settings = GuardSettings(rungs=2)
    state = start(settings, 0.0)
    with pytest.raises(UsageError, match="1 counts for a guard with 2 rungs"):
        observe(settings, state, Counts(10, 1, 5, 0), 1.0)
    with pytest.raises(UsageError, match="guard counts are impossible") as caught:
        observe(settings, state, [Counts(10, 1, 5, 0), Counts(10, 1, 6, 0)], 1.0)
    assert "same units" in caught.value.hint


def test_counts_add_arm_by_arm() -> None:
    assert Counts(10, 1, 5, 2) + Counts(20, 3, 7, 4) == Counts(30, 4, 12, 6)


def test_counts_with_one_arm_only_are_not_empty() -> None:
    assert Counts(0, 0, 0, 0).empty
    assert not Counts(1, 0, 0, 0).empty
    assert not Counts(0, 0, 1, 0).empty


def test_the_default_bets_are_on_the_side_of_the_harm() -> None:
    assert GuardSettings().prior is MORE_BETS
    assert GuardSettings(harm=Harm.FEWER).prior is FEWER_BETS
    assert MORE_BETS.of_more
    assert not FEWER_BETS.of_more


@pytest.mark.parametrize(
    "wrong",
    [
        {"alpha": 0.0},
        {"alpha": 1.0},
        {"dead_band": 0.9},
        {"dead_band": float("inf")},
        {"dead_band": float("nan")},
        {"rungs": 0},
        {"ceiling": 0.0},
        {"ceiling": 1.0},
        {"ceiling": float("nan")},
        {"ceiling": (0.1, 0.2)},
        {"burst": 0.5},
        {"restart_seconds": 0.0},
        {"burn_in_seconds": -1.0},
        {"burn_in_band": 0.5},
        {"bets": FEWER_BETS},
    ],
)
def test_a_setting_that_makes_no_test_is_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))) as caught:
        GuardSettings(**wrong)
    assert caught.value.hint
