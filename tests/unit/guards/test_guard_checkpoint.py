"""Checkpoints in the launch's log."""

from __future__ import annotations

import json
from math import exp
from typing import Any

import pytest

from tminus.errors import StoreError
from tminus.guards import Counts, GuardSettings, Harm, from_json, observe, reading, start, to_json
from tminus.guards.process import GuardState


def watched(settings: GuardSettings) -> GuardState:
    rungs = [Counts(95_000, 91, 5_000, 7)] * settings.rungs
    state = observe(settings, start(settings, 1_700_000_000.0), rungs, 1_700_000_600.0, changed_at=1_700_000_000.0)
    return observe(settings, state, [Counts(90_000, 12, 5_100, 3)] * settings.rungs, 1_700_000_610.0)


def written() -> dict[str, Any]:
    return to_json(watched(GuardSettings(ceiling=0.003)))


@pytest.mark.parametrize(
    "settings",
    [
        GuardSettings(),
        GuardSettings(ceiling=0.003),
        GuardSettings(harm=Harm.FEWER),
        GuardSettings(rungs=4, ceiling=0.5),
    ],
    ids=["plain", "ceiling", "fewer", "ladder"],
)
def test_a_checkpoint_is_small_and_read_back_exactly(settings: GuardSettings) -> None:
    text = json.dumps(to_json(watched(settings)), separators=(",", ":"))
    assert len(text) < 2000 * settings.rungs
    assert from_json(json.loads(text)) == watched(settings)


def test_a_guard_that_saw_nothing_is_read_back() -> None:
    state = start(GuardSettings(), 3.5)
    assert from_json(json.loads(json.dumps(to_json(state)))) == state


FIRST_VERSION: dict[str, Any] = {
    "at": [1_700_000_000.0, 1_700_000_600.0],
    "starts": 2,
    "seen": [95_000, 91, 5_000, 7],
    "rel": [0.4, 0.5, 0.6, 0.3, -0.7, -3.1, -6.0, -9.5, -11.0],
}


@pytest.mark.parametrize("harm", [0.0, 4.0, -30.0], ids=["as it was", "with evidence", "long healthy"])
def test_a_checkpoint_of_the_first_version_goes_on_with_the_capital_it_had(harm: float) -> None:
    old = {**FIRST_VERSION, "rel": [value + harm for value in FIRST_VERSION["rel"]]}
    evidence = sum(exp(value) for value in old["rel"]) / 9 + 1 / 3
    for kept, settings in ((old, GuardSettings()), ({**old, "abs": old["rel"]}, GuardSettings(ceiling=0.003))):
        state = from_json(kept)
        assert reading(settings, state).evidence == pytest.approx(evidence, rel=1e-9)
        assert observe(settings, state, Counts(95, 0, 5, 1), 1_700_000_601.0).totals == (Counts(95_095, 91, 5_005, 8),)


def test_a_checkpoint_of_the_second_version_goes_on_with_nothing_staked_on_burn_ins() -> None:
    second = written()
    del second["warm"]
    second |= {
        "v": 2,
        "burst": [[[800.0, 800.0, 3.0, 4.0, 90_000, 12], [800.0, 800.0, 3.0, 4.0, 90_000, 12], 9.0, 1, 0]],
    }
    state, settings = from_json(second), GuardSettings(ceiling=0.003)
    assert (state.warm.shape, state.bursts[0].ticks.skew) == ((0, len(settings.prior)), 0.0)
    before = reading(settings, state)
    assert before.log_warm is None
    warming = observe(settings, state, Counts(95, 0, 5, 5), 1_700_000_620.0, changed_at=1_700_000_615.0)
    assert reading(settings, warming).log_evidence == before.log_evidence
    after = observe(settings, warming, Counts(95, 0, 5, 5), 1_700_000_650.0, changed_at=1_700_000_615.0)
    assert reading(settings, after).log_evidence > before.log_evidence


@pytest.mark.parametrize("damage", [{"rel": []}, {"rel": [1.0, "x"]}, {"abs": [0.5]}, {"starts": 0}, {"seen": [1]}])
def test_a_damaged_checkpoint_of_the_first_version_is_a_clear_error(damage: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match="checkpoint cannot be read"):
        from_json({**FIRST_VERSION, **damage})


@pytest.mark.parametrize(
    "damage",
    [
        {"v": 4},
        {"rel": [[1.0, "x"]]},
        {"rel": []},
        {"rel": [[]]},
        {"rel": [[float("nan")] * 25]},
        {"abs": [[0.5]]},
        {"warm": [[0.5]]},
        {"at": [1.0]},
        {"at": None},
        {"starts": 0},
        {"starts": 1.5},
        {"stakes": [0.0]},
        {"seen": [[10, 2]]},
        {"seen": []},
        {"seen": [[True, 0, 0, 0]]},
        {"share": [1.0, 2.0]},
        {"share": [-1.0, 2.0, 3.0, 4.0, None]},
        {"burst": [[[1.0], [], 0.0, 0, 0]]},
        {"burst": []},
    ],
)
def test_a_damaged_checkpoint_is_a_clear_error_that_is_not_worth_a_retry(damage: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match="checkpoint cannot be read") as caught:
        from_json({**written(), **damage})
    assert not caught.value.retryable
    assert caught.value.code == "guard-checkpoint"


@pytest.mark.parametrize("key", ["at", "starts", "seen", "rel", "abs", "warm", "stakes", "share", "burst"])
def test_a_checkpoint_with_a_part_missing_is_a_clear_error(key: str) -> None:
    whole = written()
    del whole[key]
    with pytest.raises(StoreError, match=key):
        from_json(whole)
