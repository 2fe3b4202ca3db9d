"""Whom a hold tells what: each thing once, as long as nobody has done it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from support.launches import HOUR, MINUTE, T0, Course, course
from tminus.core import commands
from tminus.core import events as e
from tminus.core.decide import decide

GATED = """
phases: [{ id: release, rollout: { flag: page, stages: [{ id: few, to: 5%, for: 1h, go: [lead, product] }] } }]
"""
GUARDED = """
phases:
  - id: release
    rollout: { flag: page, guards: [errors], stages: [{ id: few, to: 5%, for: 1h }] }
    go: [lead]
"""
AGEING = """
phases:
  - id: release
    tasks: [{ id: backup, do: Back up, proof: { sign-off: lead, age: 1d } }]
    exit: [errors < 1%]
    go: [product]
"""


def told(events: Sequence[e.Event]) -> list[tuple[str, str]]:
    """(role, what it is asked) of each message."""
    asked = [event for event in events if isinstance(event, e.ActionRequested) and event.key.startswith("ask:")]
    return [(one.spec["role"], one.spec["body"].removeprefix("Waiting for you: ")) for one in asked]


def baked_anew(launch: Course) -> list[e.Event]:
    """The kill switch is pulled and put back: the stage bakes from the start, so its hold ends and comes again."""
    launch.tell(commands.kill, "page")
    events = launch.wait(MINUTE)
    launch.tell(commands.restore, "page")
    return events + launch.wait(MINUTE) + launch.wait(HOUR)


def test_a_hold_that_comes_again_tells_nobody_what_he_was_told_and_has_not_done() -> None:
    launch = course(GATED)
    first = told(launch.wait(HOUR))
    again = baked_anew(launch)
    assert [role for role, _ in first] == ["lead", "product"]
    assert (told(again), sum(isinstance(event, e.HoldStarted) for event in again)) == ([], 2)


def test_reasons_that_come_and_go_are_told_once() -> None:
    launch = course(AGEING.replace("go: [product]", "go: [product]\n    lasts: 1h"))
    assert told(launch.wait(HOUR)) == [("lead", "Back up"), ("product", "waiting for the go of product")]


def test_after_a_rollback_the_gates_are_asked_for_anew() -> None:
    launch = course(GATED)
    launch.wait(HOUR)
    launch.tell(commands.rollback, "ann")
    launch.rest()
    launch.tell(commands.resume)
    launch.rest()
    assert [role for role, _ in told(launch.wait(HOUR))] == ["lead", "product"]


def test_what_was_signed_and_grew_old_is_asked_for_again() -> None:
    launch = course(AGEING)
    launch.tell(commands.sign, "backup", "lead")
    launch.rest()
    assert told(launch.wait(25 * HOUR)) == [("lead", "Back up (proven 1 d 1 h ago, counts for 1d)")]


def test_who_was_asked_to_sign_is_not_asked_again_because_another_has_signed() -> None:
    launch = course("phases: [{ id: only, tasks: [{ id: plan, do: Plan, owner: lead }], go: [lead, product] }]")
    launch.tell(commands.sign, "plan", "lead")
    assert told(launch.wait(MINUTE)) == []


def test_trouble_with_the_sample_that_comes_and_goes_is_told_once() -> None:
    launch = course(GUARDED, seen_at=T0)
    launch.wait(HOUR)
    asked = []
    for minute in range(6):
        launch.now += MINUTE
        launch.seen_at = launch.now
        facts = replace(launch.facts, sample="too many have it" if minute % 2 else "")
        events = decide(launch.outline, launch.state, facts, launch.now)
        launch.record(*events)
        asked += told(events)
    assert [(role, text.partition(";")[0]) for role, text in asked] == [("lead", "too many have it")]
