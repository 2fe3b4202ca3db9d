"""How a launch goes back: in order, on past what is in doubt, and before it ends where somebody ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.launches import HOUR, MINUTE, Course, course, kinds, ratio
from tminus.core import commands
from tminus.core import events as e
from tminus.core.situation import describe
from tminus.core.state import Status
from tminus.errors import UsageError

ROLLOUT = "{ flag: page, stages: [{ id: few, to: 5%, for: 1h }, { id: all, to: 100%, for: 1h }] }"
PLAN = f"""
phases:
  - {{ id: prepare, go: [lead] }}
  - {{ id: release, rollout: {ROLLOUT} }}
rollback:
  when: [errors > 1%]
  within: 1m
  do: [{{ run: ./undo, once: true }}, {{ run: ./restore }}, {{ status: degraded }}, {{ notify: lead }}]
"""
BANNER = f"""
phases: [{{ id: release, rollout: {ROLLOUT} }}]
rollback: {{ when: [errors > 1%], do: [{{ flag: cart, to: on }}] }}
"""


def exposed() -> Course:
    launch = course(PLAN)
    launch.tell(commands.go, "lead")
    launch.rest()
    assert launch.state.stage == "few"
    return launch


def doubting() -> Course:
    """A rollback whose first action may or may not have happened, and whose second is asked for."""
    launch = exposed()
    launch.tell(commands.rollback, "ann")
    launch.rest()
    launch.record(e.ActionStarted(key="rollback:1:1", attempt=1), e.ActionInDoubt(key="rollback:1:1"))
    launch.rest()
    return launch


def in_doubt() -> Course:
    """The same once all the others are done."""
    launch = doubting()
    launch.do("rollback:1:2")
    launch.rest()
    return launch


def said(launch: Course) -> tuple[str, str]:
    found = describe(launch.outline, launch.state, launch.facts, launch.now)
    return found.headline, found.sentence


# In doubt


def test_what_comes_after_an_action_in_doubt_is_done_all_the_same() -> None:
    launch = in_doubt()
    done = [key for key in launch.state.actions if key.startswith("rollback:")]
    assert done == [f"rollback:1:{number}" for number in (1, 2, 3, 4)]
    assert launch.state.public_status == "degraded"


def test_a_rollback_is_not_completed_before_a_person_says_what_became_of_the_doubtful() -> None:
    launch = in_doubt()
    before = launch.state.status
    launch.tell(commands.settle, "rollback:1:1", "done")
    assert (before, kinds(launch.rest())) == (Status.ROLLING_BACK, ["RollbackCompleted"])


def test_the_screens_say_what_is_in_doubt_apart_from_what_is_still_to_do() -> None:
    assert said(in_doubt())[1].endswith("In doubt: run ./undo; settle says whether it happened.")


def test_a_late_rollback_names_everything_that_is_not_done() -> None:
    launch = doubting()
    page = launch.wait(MINUTE + 1)[-1]
    assert isinstance(page, e.ActionRequested)
    assert page.spec["body"] == "The rollback has taken longer than 1m: run ./undo, run ./restore are not done."


def test_a_step_in_doubt_keeps_the_steps_after_it_waiting() -> None:
    launch = course("phases: [{ id: only, steps: [{ run: ./deploy, once: true }, { run: ./warm }] }]")
    launch.record(e.ActionStarted(key="step:only:1:1", attempt=1), e.ActionInDoubt(key="step:only:1:1"))
    launch.rest()
    assert list(launch.state.actions) == ["step:only:1:1"]


# Ending a launch


def test_ending_a_launch_that_users_have_goes_back_first_as_the_plan_says() -> None:
    launch = exposed()
    launch.tell(commands.abort, "ann", "no more")
    assert (launch.state.status, launch.state.exposing) == (Status.ROLLING_BACK, False)
    launch.rest()
    assert said(launch)[1].endswith("Still to do: run ./undo. Then the launch ends.")
    for _ in range(2):
        launch.do()
        launch.rest()
    assert launch.state.public_status == "degraded"
    assert launch.state.status is Status.ABORTED
    assert launch.log[-1].event == e.LaunchAborted(reason="asked for by ann: no more", went_back=True)


def test_a_launch_that_is_ending_is_not_sent_out_again() -> None:
    launch = exposed()
    launch.tell(commands.abort, "ann")
    with pytest.raises(UsageError, match="ann has ended the launch"):
        commands.resume(launch.outline, launch.state)


def test_ending_a_launch_that_nobody_has_yet_runs_no_rollback() -> None:
    launch = course(PLAN)
    assert kinds(launch.tell(commands.abort, "ann")) == ["LaunchAborted"]


def test_a_killed_flag_was_with_users_so_ending_goes_back_too() -> None:
    launch = exposed()
    launch.tell(commands.kill, "page")
    assert kinds(launch.tell(commands.abort, "ann")) == ["AbortRequested", "RollbackStarted"]


def test_a_rollback_under_way_is_finished_before_the_launch_ends() -> None:
    launch = exposed()
    launch.tell(commands.rollback, "bob")
    launch.rest()
    launch.tell(commands.abort, "ann")
    assert launch.state.status is Status.ROLLING_BACK
    for _ in range(2):
        launch.do()
        launch.rest()
    assert (launch.state.status, launch.state.rollbacks) == (Status.ABORTED, 1)


def test_said_again_it_ends_at_once_and_says_that_something_is_left() -> None:
    launch = exposed()
    launch.tell(commands.abort, "ann")
    launch.rest()
    launch.tell(commands.abort, "ann")
    assert launch.rest() == []
    assert said(launch) == (
        "ABORTED",
        "A person ended the launch. Everybody has the default. The rollback was not completed: look what is left of it.",
    )


def test_two_people_who_end_a_launch_at_the_same_moment_do_not_cut_its_way_back_short() -> None:
    launch = exposed()
    launch.tell(commands.abort, "ann")
    with pytest.raises(UsageError, match="ann ended the launch just now: it goes back first"):
        commands.abort(launch.outline, launch.state, "bob", "", launch.now + 9)
    assert kinds(commands.abort(launch.outline, launch.state, "bob", "", launch.now + 10)) == ["LaunchAborted"]
    # Another machine's clock may be late: nobody is kept from ending a launch by that.
    assert kinds(commands.abort(launch.outline, launch.state, "bob", "", launch.now - 60)) == ["LaunchAborted"]


def test_an_action_that_failed_on_the_way_to_the_end_is_told_and_shown() -> None:
    launch = exposed()
    launch.tell(commands.abort, "ann")
    launch.rest()
    launch.record(e.ActionFailed(key="rollback:1:1", attempt=1, error="exit 1", final=True))
    launch.rest()
    launch.do("rollback:1:2")
    events = launch.rest()
    assert kinds(events)[-3:] == ["RollbackCompleted", "ActionRequested", "LaunchAborted"]
    assert said(launch)[1].endswith("These actions failed: run ./undo.")


# A flag of the rollback's own


@pytest.mark.parametrize("first", [commands.abort, commands.rollback])
def test_a_banner_that_going_back_puts_up_stays_up_when_the_launch_ends(first: Callable[..., Any]) -> None:
    launch = course(BANNER)
    launch.tell(first, "ann")
    launch.rest()
    if not launch.state.status.ended:
        launch.tell(commands.abort, "ann")
    assert launch.state.status is Status.ABORTED
    assert (launch.state.share_of("page"), launch.state.share_of("cart")) == (0.0, 1.0)


def test_a_banner_that_going_back_puts_up_is_no_release_that_a_trigger_could_take_back() -> None:
    launch = course(BANNER)
    launch.tell(commands.rollback, "ann")
    launch.rest()
    launch.tell(commands.kill, "page")  # so that no stage starts when it is sent out again
    launch.tell(commands.resume)
    launch.now += HOUR
    launch.found["errors"] = ratio(500, 1000, launch.now)
    launch.wait(1.0)
    assert (launch.state.share_of("cart"), launch.state.status) == (1.0, Status.RUNNING)
