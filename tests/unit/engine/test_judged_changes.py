"""A flag that a date brings is watched by the triggers, and judged by what was measured while somebody had it."""

from __future__ import annotations

import pytest

from support.engines import LAUNCH, Rig
from support.launches import HEAD, T0, ratio, recorded
from tminus.core import commands
from tminus.core.events import ExperimentStarted, LaunchStarted
from tminus.core.evolve import evolve
from tminus.core.outline import Outline
from tminus.core.state import State, Status
from tminus.engine.ledger import start_launch
from tminus.plan.reading import read_plan_text

HOUR = 3600.0
TEN = HEAD.replace("cart: {}", "cart: { changes: [{ at: 2026-01-12T10:00, to: on }] }")
PLAN = """
phases:
  - id: release
    tasks: [ { id: ready, do: Be ready, owner: lead } ]
    rollout: { flag: page, stages: [ { id: all, to: 100%, for: 10m } ] }
rollback: { when: [errors > 20% over 2h], do: [ { flag: page, to: off } ] }
"""
GOOD, BAD = ratio(1, 10_000), ratio(500, 1000)


class Banner(Rig):
    """A launch of 09:00 with a flag that a date brings at 10:00; nothing else of it begins before somebody signs."""

    def __post_init__(self) -> None:
        self.outline = Outline(read_plan_text(TEN + PLAN))
        start_launch(self.log, LAUNCH, LaunchStarted(title="Page", plan={}), "ann", T0)
        self.restart(self.worker)

    @property
    def status(self) -> Status:
        return self.ledger.state.status


@pytest.fixture
def rig() -> Banner:
    """Five minutes before ten."""
    found = Banner()
    found.source.found[None] = GOOD
    found.step()
    found.step(HOUR - 300)
    return found


def test_what_was_wrong_before_the_date_is_not_held_against_it(rig: Banner) -> None:
    rig.source.found[None] = BAD
    rig.step(60)
    rig.source.found[None] = GOOD
    rig.step(240)
    assert (rig.ledger.state.share_of("cart"), rig.status) == (1.0, Status.RUNNING)
    rig.step(120)
    assert rig.source.asked[-1][1].window == 120


def test_what_goes_wrong_once_somebody_has_it_rolls_the_launch_back(rig: Banner) -> None:
    rig.step(300)
    rig.source.found[None] = BAD
    rig.step(60)
    assert rig.status is Status.ROLLED_BACK


def test_resume_does_not_hold_what_was_measured_of_the_release_before_against_a_flag_that_its_date_brings_again(
    rig: Banner,
) -> None:
    rig.step(300)
    rig.source.found[None] = BAD
    rig.step(60)
    rig.ledger.command(lambda state: commands.resume(rig.outline, state), "ann")
    rig.step(60)  # the source goes on saying what it saw in the last two hours
    assert (rig.ledger.state.share_of("cart"), rig.status) == (1.0, Status.RUNNING)
    rig.source.found[None] = GOOD
    rig.source.asked.clear()
    rig.step(60)
    assert {question.window for _, question in rig.source.asked} == {60.0}
    assert {question.topic for _, question in rig.source.asked} == {
        f"errors>0.2;over=7200 since {rig.clock.now() - 60}"
    }


def test_an_experiment_alone_is_judged_from_its_beginning_on() -> None:
    started = ExperimentStarted(experiment="colours", flag="cart", share=0.1)
    begun = evolve(State(status=Status.RUNNING), recorded(started, at=T0 + 5))
    assert (begun.rollout_since, begun.judged_since) == (0.0, T0 + 5)
