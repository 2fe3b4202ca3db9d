"""Some hundred launches, each in a storm of its own. TMINUS_STORMS sets how many."""

from __future__ import annotations

import contextlib
import logging
import os

import pytest
from storm import LAUNCH, Storm, replay_command

from tminus.core import events as e
from tminus.core.state import ActionState, State
from tminus.engine import Engine
from tminus.errors import StoreError
from tminus.ports import Job
from tminus.rehearsal.checking import Finding

SEEDS = int(os.environ.get("TMINUS_STORMS", "300"))


@pytest.fixture(autouse=True)
def _quiet() -> None:
    logging.getLogger("tminus.engine.engine").setLevel(logging.CRITICAL)  # a full disk, some thousand times


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_launch_keeps_every_rule_in_a_storm(seed: int) -> None:
    weather(seed)


def test_the_same_seed_gives_the_same_log() -> None:
    first, second = weather(7), weather(7)
    assert first.log.read(LAUNCH) == second.log.read(LAUNCH)


def test_the_storms_hold_what_they_promise() -> None:
    """A simulation in which nothing goes wrong proves nothing."""
    storms = [weather(seed) for seed in range(100, 140)]
    seen = {type(one.event) for storm in storms for one in storm.log.read(LAUNCH)}
    assert sum(one.lives - 1 for storm in storms for one in storm.controllers) > 20
    assert {e.ActionInDoubt, e.ActionFailed, e.RollbackOverdue, e.RolloutRestarted, e.FlagKilled, e.LaunchHeld} <= seen
    assert any(isinstance(r.event, e.RollbackCompleted) and r.event.failed for s in storms for r in s.log.read(LAUNCH))


class Hasty(Engine):
    """An engine that acts first and writes afterwards."""

    def _start(self, state: State, action: ActionState, now: float) -> State:
        request, attempt = action.request, action.attempt + 1
        self.dispatcher.submit(
            Job(self.ledger.launch, request.key, request.kind, request.spec, request.timeout, attempt)
        )
        started = e.ActionStarted(key=request.key, attempt=attempt, worker=self.worker, until=now + 65.0)
        return self.ledger.record([started], "tminus")


class Blind(Engine):
    """An engine that ends a stage well although nobody has measured it."""

    def step(self, now: float) -> State:
        state = super().step(now)
        if state.stage and now - state.stage_started_at > 30.0:
            with contextlib.suppress(StoreError):
                self.ledger.command(_promoted, "tminus")
        return state


class Greedy(Engine):
    """An engine that lets more people in while the launch holds."""

    def step(self, now: float) -> State:
        state = super().step(now)
        if state.hold:
            with contextlib.suppress(StoreError):
                self.ledger.command(lambda newest: [e.FlagSet(flag="new-page", share=0.5)], "tminus")
        return state


def _promoted(state: State) -> list[e.Event]:
    return [e.StagePromoted(stage=state.stage)] if state.stage else []


@pytest.mark.parametrize("engine", [Hasty, Blind, Greedy])
def test_the_checkers_find_an_engine_that_breaks_the_rules(engine: type[Engine]) -> None:
    findings = 0
    for seed in range(30):
        try:
            Storm(seed, engine_class=engine).run()
        except Finding:
            findings += 1
    assert findings > 0


def weather(seed: int) -> Storm:
    """Run a seed's storm; a finding names the seed and how to see it again."""
    storm = Storm(seed)
    try:
        storm.run()
    except (Finding, AssertionError) as found:
        pytest.fail(f"seed {seed}: {found}\nreplay: {replay_command(seed)}")
    return storm
