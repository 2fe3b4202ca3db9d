from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.launches import HOUR, MINUTE, Course, course, outline, rolled_back
from tminus.core import commands
from tminus.core import events as e
from tminus.core.state import State, Status
from tminus.errors import UsageError

FULL = """
phases:
  - id: prepare
    steps: [{ run: ./deploy }]
    tasks:
      - { do: Backup, id: backup, owner: lead }
      - { do: Probe, id: probe, proof: { command: { run: ./x } } }
      - { do: Whole, id: whole, tasks: [{ do: Part, id: part, owner: lead }] }
    go: [lead]
  - id: release
    rollout: { flag: page, stages: [{ id: few, to: 5%, for: 1h, go: [lead] }, { id: all, to: 100%, for: 1h }] }
    exit: [mood >= 90%]
    go: [product]
  - { id: after, go: [support] }
"""


def at_few() -> Course:
    launch = course(FULL)
    launch.do()
    launch.record(e.TaskProven(task="backup"), e.TaskProven(task="probe"), e.TaskProven(task="part"))
    launch.tell(commands.go, "lead")
    launch.rest()
    assert launch.state.stage == "few"
    return launch


def refusal(launch: Course, command: Callable[..., Any], *words: Any) -> str:
    with pytest.raises(UsageError) as refused:
        command(launch.outline, launch.state, *words)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("command", "words", "said"),
    [
        (commands.go, ("support",), "the present gates do not ask support: it waits for lead"),
        (commands.sign, ("backpu", "lead"), "there is no box backpu (did you mean backup?)"),
        (commands.sign, ("backup", "support"), "backup is signed by lead, not by support"),
        (commands.sign, ("probe", "lead"), "probe is proven by its probe, not by a signature"),
        (commands.sign, ("whole", "lead"), "whole is proven by the boxes beneath it: part"),
        (commands.sign, ("attest:phase:release:mood >= 90%", "product"), "there is no criterion to vouch for now"),
        (commands.resume, (), "nobody holds the launch"),
        (commands.kill, ("pgae",), "there is no flag pgae (did you mean page?)"),
        (commands.restore, ("page",), "the kill switch of page has not been pulled"),
        (commands.settle, ("nothing", "done"), "there is no action nothing"),
        (commands.settle, ("step:prepare:1:1", "done"), "step:prepare:1:1 is requested: only a failed or doubtful"),
    ],
)
def test_what_makes_no_sense_now_is_refused_in_one_line(
    command: Callable[..., Any], words: tuple[str, ...], said: str
) -> None:
    assert refusal(course(FULL), command, *words).startswith(said)


@pytest.mark.parametrize(
    ("command", "words", "said"),
    [
        (commands.go, ("lead",), "lead has said go already at phase:prepare"),
        (commands.sign, ("backup", "lead"), "lead has signed backup already"),
        (commands.hold, ("ben",), "ann holds the launch already"),
        (commands.kill, ("page",), "ann has switched page off already"),
    ],
)
def test_what_was_said_already_is_not_said_again(
    command: Callable[..., Any], words: tuple[str, ...], said: str
) -> None:
    launch = course(FULL)
    launch.tell(command, *words, actor="ann")
    assert refusal(launch, command, *words) == said


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (commands.go, ("lead",)),
        (commands.sign, ("backup", "lead")),
        (commands.hold, ("ann",)),
        (commands.resume, ()),
        (commands.rollback, ("ann",)),
        (commands.abort, ("ann",)),
        (commands.settle, ("k", "done")),
    ],
)
@pytest.mark.parametrize("status", [Status.NEW, Status.COMPLETED, Status.ABORTED])
def test_nothing_is_asked_of_a_launch_that_is_not_under_way(
    command: Callable[..., Any], words: tuple[str, ...], status: Status
) -> None:
    launch = Course(outline(FULL), state=State(status=status))
    assert refusal(launch, command, *words) == f"the launch is {status.value} (tminus run starts a new one)"


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.ABORTED])
def test_the_kill_switch_works_after_the_end(status: Status) -> None:
    state = State(status=status)
    assert commands.kill(outline(FULL), state, "page", "fire") == (e.FlagKilled(flag="page", reason="fire"),)


@pytest.mark.parametrize(
    "status", [status for status in Status if status is not Status.NEW and not status.ended], ids=str
)
def test_a_launch_can_be_aborted_from_everywhere(status: Status) -> None:
    assert commands.abort(outline(FULL), State(status=status, abort_by="ann"), "ann", "no") == (
        e.LaunchAborted(reason="no", went_back=status is not Status.RUNNING),
    )


def test_a_box_that_is_proven_is_not_signed() -> None:
    assert refusal(at_few(), commands.sign, "backup", "lead") == "backup is proven already"


def test_go_is_said_at_the_gates_that_ask_the_role() -> None:
    assert commands.go(at_few().outline, at_few().state, "lead", "fine") == (
        e.GateSigned(gate="stage:few", role="lead", note="fine"),
    )


def test_a_criterion_without_a_source_is_vouched_for_by_its_role_alone_and_once() -> None:
    launch, gate = at_few(), "attest:phase:release:mood >= 90%"
    assert refusal(launch, commands.sign, gate, "lead").endswith("is vouched for by product, not by lead")
    assert launch.tell(commands.sign, gate, "product") == (e.GateSigned(gate=gate, role="product"),)
    assert refusal(launch, commands.sign, gate, "product") == "product has vouched for it already"


def test_resume_lets_a_held_launch_go_on() -> None:
    launch = course(FULL)
    launch.tell(commands.hold, "ann")
    assert commands.resume(launch.outline, launch.state, "ok") == (e.LaunchResumed(reason="ok"),)


def test_resume_waits_for_a_rollback_to_end() -> None:
    launch = course(FULL)
    launch.tell(commands.rollback, "ann")
    assert refusal(launch, commands.resume).startswith("the rollback is still under way")


def test_after_a_rollback_the_release_starts_at_its_rollout_with_fresh_gates() -> None:
    launch = at_few()
    launch.tell(commands.go, "lead")
    launch.tell(commands.rollback, "ann")
    launch.rest()
    assert launch.tell(commands.resume, "mended") == (e.RolloutRestarted(phase="release", reason="mended"),)
    launch.rest()
    launch.wait(HOUR)
    assert (launch.state.stage, launch.state.run, launch.state.gates) == ("few", 2, {})
    assert [reason["id"] for reason in launch.state.hold] == ["go:stage:few:lead"]


def test_after_a_rollback_during_the_preparations_these_come_again() -> None:
    launch = course(FULL)
    launch.tell(commands.rollback, "ann")
    launch.rest()
    assert launch.tell(commands.resume) == (e.RolloutRestarted(phase="prepare"),)


def test_a_launch_rolled_back_before_a_phase_opens_still_opens_it_in_its_own_time() -> None:
    launch = course("phases: [{ id: first }, { id: later, starts: +1h, go: [lead] }]")
    launch.tell(commands.rollback, "ann")
    launch.rest()
    launch.tell(commands.resume)
    assert (launch.rest(), launch.state.phase) == ([], "first")
    launch.wait(HOUR)
    assert launch.state.phase == "later"


def test_resume_tells_the_public_that_the_problem_is_over() -> None:
    launch = rolled_back()
    launch.record(e.StatusPublished(status="degraded"))
    assert launch.tell(commands.resume)[1:] == (
        e.StatusPublished(status="operational", message="The problem is mended."),
    )


def test_a_rolled_back_launch_takes_no_further_rollback_hold_or_go() -> None:
    launch = rolled_back(FULL)
    for command, word in ((commands.rollback, "ann"), (commands.hold, "ann"), (commands.go, "lead")):
        assert refusal(launch, command, word).startswith("the launch is rolled-back (after a rollback, resume")


def test_an_action_is_settled_as_done_or_again_and_nothing_else() -> None:
    launch = course(FULL)
    launch.record(e.ActionInDoubt(key="step:prepare:1:1"))
    settled = e.ActionSettled(key="step:prepare:1:1", title="run ./deploy", outcome="again", note="looked")
    assert commands.settle(launch.outline, launch.state, "step:prepare:1:1", "again", "looked") == (settled,)
    assert "not as maybe" in refusal(launch, commands.settle, "step:prepare:1:1", "maybe")


def test_what_the_launch_has_left_behind_is_not_done_again_but_may_be_settled_as_done() -> None:
    launch = course(FULL)
    launch.record(e.ActionFailed(key="step:prepare:1:1", attempt=5, error="no", final=True))
    launch.now += MINUTE
    launch.tell(commands.rollback, "ann")
    assert "left behind" in refusal(launch, commands.settle, "step:prepare:1:1", "again")
    assert commands.settle(launch.outline, launch.state, "step:prepare:1:1", "done")
