"""Checkpoints in the launch's log."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tminus.errors import StoreError
from tminus.guards import Counts, GuardSettings, from_json, observe, start, to_json


def written() -> dict[str, Any]:
    settings = GuardSettings(ceiling=0.003)
    state = observe(settings, start(settings, 1_700_000_000.0), Counts(95_000, 91, 5_000, 7), 1_700_000_600.0)
    return to_json(state)


def test_a_checkpoint_is_under_half_a_kilobyte() -> None:
    assert len(json.dumps(written(), separators=(",", ":"))) < 512


def test_a_guard_without_a_ceiling_is_read_back() -> None:
    state = start(GuardSettings(), 3.5)
    assert from_json(json.loads(json.dumps(to_json(state)))) == state


@pytest.mark.parametrize(
    "damage",
    [
        {"rel": [1.0, "x"]},
        {"rel": []},
        {"rel": [float("nan")] * 9},
        {"abs": [0.5]},
        {"at": [1.0]},
        {"at": None},
        {"starts": 0},
        {"starts": 1.5},
        {"seen": [10, 20, 0, 0]},
        {"seen": [10, 2]},
        {"seen": [True, 0, 0, 0]},
    ],
)
def test_a_damaged_checkpoint_is_a_clear_error_that_is_not_worth_a_retry(damage: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match="checkpoint cannot be read") as caught:
        from_json({**written(), **damage})
    assert not caught.value.retryable
    assert caught.value.code == "guard-checkpoint"


@pytest.mark.parametrize("key", ["at", "starts", "seen", "rel"])
def test_a_checkpoint_with_a_part_missing_is_a_clear_error(key: str) -> None:
    whole = written()
    del whole[key]
    with pytest.raises(StoreError, match=key):
        from_json(whole)
