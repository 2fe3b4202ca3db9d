"""Thousands of launches of the plans of real teams, each with other troubles. TMINUS_EXAMPLE_STORMS=5: five times as many."""

from __future__ import annotations

import logging
import os

import pytest
from example_storm import NAMES, SEEDS, command, storm

from tminus.core.state import Status
from tminus.errors import TminusError
from tminus.rehearsal.checking import Finding

_PART = float(os.environ.get("TMINUS_EXAMPLE_STORMS", "1"))
_AT_ONCE = 20
BATCHES = [(name, first) for name, seeds in SEEDS.items() for first in range(1, int(seeds * _PART) + 1, _AT_ONCE)]


@pytest.fixture(autouse=True)
def _quiet() -> None:
    logging.getLogger("tminus.engine.engine").setLevel(logging.CRITICAL)  # a full disk, some thousand times


@pytest.mark.slow
@pytest.mark.parametrize(("name", "first"), BATCHES)
def test_a_launch_of_an_example_keeps_every_rule_in_bad_weather(name: str, first: int) -> None:
    for seed in range(first, first + _AT_ONCE):
        weather(name, seed)


@pytest.mark.parametrize("name", NAMES)
def test_bad_weather_comes_again_from_its_seed(name: str) -> None:
    assert [one.hash for one in storm(name, 4).records] == [one.hash for one in storm(name, 4).records]


def test_the_weather_is_bad() -> None:
    """A simulation in which nothing goes wrong proves nothing."""
    launches = [storm(name, seed) for name in NAMES for seed in range(1, 9)]
    seen = {type(one.event).__name__ for went in launches for one in went.records}
    assert {"ActionFailed", "RollbackStarted", "AlertFired", "StatusPublished"} <= seen
    ends = {went.state.status for went in launches}
    assert {Status.COMPLETED, Status.ROLLED_BACK} <= ends


def weather(name: str, seed: int) -> None:
    """One launch; a failure says how to see it again."""
    try:
        storm(name, seed)
    except (Finding, AssertionError, TminusError, LookupError, ValueError, TypeError, AttributeError) as found:
        pytest.fail(f"{name}, seed {seed}: {type(found).__name__}: {found}\nreplay: {command(name, seed)}")
