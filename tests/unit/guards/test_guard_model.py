"""What a guard accepts."""

from __future__ import annotations

from typing import Any

import pytest

from tminus.errors import UsageError
from tminus.guards import Counts, GuardSettings


@pytest.mark.parametrize("numbers", [(1, 2, 0, 0), (0, 0, 1, 2), (-1, 0, 0, 0), (5, -1, 5, 0), (0, 1, 10, 0)])
def test_impossible_counts_are_refused_with_one_line(numbers: tuple[int, int, int, int]) -> None:
    with pytest.raises(UsageError, match="guard counts are impossible") as caught:
        Counts(*numbers)
    assert caught.value.code == "guard-counts"
    assert "\n" not in str(caught.value)


def test_counts_add_arm_by_arm() -> None:
    assert Counts(10, 1, 5, 2) + Counts(20, 3, 7, 4) == Counts(30, 4, 12, 6)


def test_counts_with_one_arm_only_are_not_empty() -> None:
    assert Counts(0, 0, 0, 0).empty
    assert not Counts(1, 0, 0, 0).empty
    assert not Counts(0, 0, 1, 0).empty


@pytest.mark.parametrize(
    "wrong",
    [
        {"alpha": 0.0},
        {"alpha": 1.0},
        {"dead_band": 0.9},
        {"dead_band": float("inf")},
        {"dead_band": float("nan")},
        {"ceiling": 0.0},
        {"ceiling": 1.0},
        {"ceiling": float("nan")},
        {"burst": 0.5},
        {"restart_seconds": 0.0},
        {"ratios": ()},
        {"ratios": (2.0, 1.0)},
        {"ratios": (float("inf"),)},
    ],
)
def test_a_setting_that_makes_no_test_is_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))) as caught:
        GuardSettings(**wrong)
    assert caught.value.hint
