"""What a launch does next, phase by phase, told as it happens."""

from __future__ import annotations

import pytest

from support.launches import HOUR, MINUTE, T0, course, kinds, ratio
from tminus.core import commands
from tminus.core import events as e
from tminus.core.advance import advance
from tminus.core.state import Status

STEPS = """
phases:
  - id: prepare
    steps: [{ run: ./one }, { notify: lead }, { run: [./two, now], once: true, timeout: 5m }]
"""
BOXES = """
phases:
  - id: release
    tasks:
      - { do: Backup, id: backup, owner: lead }
      - { do: Report, id: report, owner: support, by: exit }
      - { do: Cake, id: cake, optional: true }
      - { do: Fax, id: fax, skip: we have none }
    rollout: { flag: page, stages: [{ id: all, to: 100%, for: 1h }] }
"""
GATED = """
phases:
  - id: release
    rollout:
      flag: page
      stages: [{ id: few, to: 5%, for: 1h, exit: [errors < 1%], go: [lead] }, { id: all, to: 100%, for: 1h }]
    exit: [mood >= 90%]
    go: [lead, product]
"""


def blockers(launch: object) -> list[str]:
    found = advance(launch.outline, launch.state, launch.facts, launch.now)  # type: ignore[attr-defined]
    assert found.events == ()
    return [one.id for one in found.blockers]


def test_a_phase_opens_at_its_start_and_not_before() -> None:
    launch = course("phases: [{ id: later, starts: +5m }]")
    assert (blockers(launch), launch.wait(5 * MINUTE - 1)) == (["starts:later"], [])
    assert kinds(launch.wait(1)) == ["PhaseStarted", "PhaseCompleted", "LaunchCompleted"]


def test_a_phase_lasts_at_least_as_long_as_its_shortest() -> None:
    launch = course("phases: [{ id: only, lasts: 1h..2h }]")
    assert (blockers(launch), launch.wait(HOUR - 1)) == (["lasts:only"], [])
    assert kinds(launch.wait(1)) == ["PhaseCompleted", "LaunchCompleted"]


def test_steps_are_asked_for_in_order_and_a_message_keeps_nothing_waiting() -> None:
    launch = course(STEPS)
    assert list(launch.state.actions) == ["step:prepare:1:1"]
    launch.do("step:prepare:1:1")
    launch.rest()
    assert list(launch.state.actions) == ["step:prepare:1:1", "step:prepare:1:2", "step:prepare:1:3"]
    last = launch.state.actions["step:prepare:1:3"].request
    assert (last.spec["command"], last.once, last.timeout, last.attempts) == (["./two", "now"], True, 300.0, 1)
    launch.do("step:prepare:1:3")
    assert launch.rest()[-1] == e.LaunchCompleted()


def test_a_failed_step_stops_what_comes_after_until_a_person_settles_it() -> None:
    launch = course(STEPS)
    launch.record(e.ActionFailed(key="step:prepare:1:1", attempt=1, error="exit 1", final=True))
    assert kinds(launch.rest()) == ["HoldStarted"]
    assert list(launch.state.actions) == ["step:prepare:1:1"]
    launch.tell(commands.settle, "step:prepare:1:1", "done")
    launch.rest()
    assert "step:prepare:1:3" in launch.state.actions


def test_a_step_in_doubt_waits_for_a_person() -> None:
    launch = course(STEPS)
    launch.record(e.ActionInDoubt(key="step:prepare:1:1"))
    assert kinds(launch.rest()) == ["HoldStarted"]


def test_an_action_that_is_under_way_is_no_hold() -> None:
    launch = course(STEPS)
    launch.record(e.ActionStarted(key="step:prepare:1:1", attempt=1))
    assert (launch.wait(HOUR), launch.state.hold) == ([], ())


def test_boxes_gate_the_rollout_except_those_for_the_exit_the_optional_and_the_skipped() -> None:
    launch = course(BOXES)
    assert (launch.state.stage, blockers(launch)) == (None, ["box:backup"])
    launch.tell(commands.sign, "backup", "lead")
    assert kinds(launch.rest()) == ["TaskProven", "HoldEnded", "StageStarted"]
    launch.wait(HOUR)
    assert blockers(launch) == ["box:report"]
    launch.tell(commands.sign, "report", "support")
    assert kinds(launch.rest())[-1] == "LaunchCompleted"


def test_a_stage_starts_at_once_and_bakes_as_long_as_it_says() -> None:
    launch = course()
    started = e.StageStarted(phase="release", stage="few", flag="page", share=0.05, cohorts=("staff",))
    assert (launch.log[-1].event, blockers(launch), launch.wait(HOUR - 1)) == (started, ["bake:few"], [])
    assert launch.wait(1) == [
        e.StagePromoted(stage="few"),
        e.StageStarted(phase="release", stage="all", flag="page", share=1.0),
    ]


def test_a_long_pause_between_two_looks_skips_no_stage() -> None:
    launch = course()
    assert kinds(launch.wait(100 * HOUR)) == ["StagePromoted", "StageStarted"]


def test_a_launch_is_complete_after_its_last_stage() -> None:
    launch = course()
    launch.wait(HOUR)
    assert launch.wait(HOUR) == [
        e.StagePromoted(stage="all"),
        e.PhaseCompleted(phase="release"),
        e.LaunchCompleted(),
    ]
    assert (launch.state.status, launch.state.share_of("page")) == (Status.COMPLETED, 1.0)


@pytest.mark.parametrize(
    ("found", "kind"),
    [(None, "unmeasured"), (ratio(0, 20), "inconclusive"), (ratio(50, 1000), "criterion"), (ratio(0, 0), "unmeasured")],
)
def test_without_evidence_nothing_is_promoted(found: object, kind: str) -> None:
    launch = course(GATED, found={} if found is None else {"errors": found})
    launch.tell(commands.go, "lead")
    launch.now += HOUR
    held = advance(launch.outline, launch.state, launch.facts, launch.now)
    assert ([one.kind for one in held.blockers], held.events) == ([kind], ())


def test_a_stage_is_promoted_on_evidence_and_the_log_says_which() -> None:
    launch = course(GATED)
    launch.tell(commands.go, "lead")
    launch.found["errors"] = ratio(0, 5000)
    promoted = launch.wait(HOUR)[0]
    assert isinstance(promoted, e.StagePromoted)
    assert [(seen["criterion"], seen["hits"], seen["total"]) for seen in promoted.evidence["criteria"]] == [
        ("errors < 1%", 0, 5000)
    ]


def test_a_stage_waits_for_the_go_of_its_roles() -> None:
    launch = course(GATED, found={"errors": ratio(0, 5000)})
    launch.wait(HOUR)
    assert blockers(launch) == ["go:stage:few:lead"]
    launch.tell(commands.go, "lead")
    assert "StagePromoted" in kinds(launch.rest())


def test_each_role_of_a_gate_has_to_say_go_and_one_vouches_for_what_is_not_measured() -> None:
    launch = course(GATED, found={"errors": ratio(0, 5000)})
    launch.tell(commands.go, "lead")  # of the stage; the phase's end is another decision
    launch.wait(HOUR)
    launch.wait(HOUR)
    waiting = ["attest:phase:release:mood >= 90%", "go:phase:release:lead", "go:phase:release:product"]
    assert blockers(launch) == waiting
    launch.tell(commands.go, "lead")
    launch.tell(commands.go, "product")
    launch.tell(commands.sign, "attest:phase:release:mood >= 90%", "product")
    assert kinds(launch.rest())[-1] == "LaunchCompleted"


def test_the_kill_switch_blocks_the_first_stage_the_next_and_the_end() -> None:
    launch = course(BOXES)
    launch.tell(commands.kill, "page")
    launch.tell(commands.sign, "backup", "lead")
    launch.rest()
    assert (launch.state.stage, blockers(launch)) == (None, ["killed:page"])
    launch.tell(commands.restore, "page")
    launch.rest()
    launch.tell(commands.kill, "page")
    launch.wait(2 * HOUR)
    assert (launch.state.stage, blockers(launch)) == ("all", ["killed:page"])


def test_a_launch_whose_flag_was_switched_off_after_the_last_stage_is_not_complete() -> None:
    launch = course(BOXES)
    launch.tell(commands.sign, "backup", "lead")
    launch.rest()
    launch.wait(HOUR)
    launch.tell(commands.kill, "page")
    launch.tell(commands.sign, "report", "support")
    launch.rest()
    assert (blockers(launch), launch.state.status) == (["killed:page"], Status.RUNNING)


def test_a_launch_that_does_not_run_has_nothing_ahead() -> None:
    launch = course()
    launch.tell(commands.abort, "ann")
    ahead = advance(launch.outline, launch.state, launch.facts, T0 + 100 * HOUR)
    assert (ahead.events, ahead.blockers) == ((), ())
