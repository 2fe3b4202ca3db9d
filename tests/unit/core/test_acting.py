from __future__ import annotations

import pytest

from support.launches import MINUTE, Course, course, outline, rolled_back
from tminus.core import commands
from tminus.core import events as e
from tminus.core.acting import ask, is_overtaken, page, tell
from tminus.core.state import State

STEP = "\nphases: [{ id: prepare, steps: [{ run: ./deploy }] }, { id: rest }]"
BACK = """
phases:
  - id: release
    rollout: { flag: page, stages: [{ id: all, to: 100%, for: 1h }] }
rollback: { do: [{ run: ./restore }, { notify: lead }] }
"""


def actions(text: str) -> tuple[e.Event, ...]:
    plan = outline("phases: [{ id: only }]\nrollback: { do: [" + text + "] }")
    return ask("k", plan.plan.rollback.do[0], plan, "why")


def test_what_only_t_minus_does_is_recorded_as_done_in_the_same_breath() -> None:
    assert actions("{ flag: page, to: off }") == (
        e.ActionRequested(key="k", kind="state", spec={}, title="flag page to off"),
        e.FlagSet(flag="page", share=0.0),
        e.ActionSucceeded(key="k", attempt=1, title="flag page to off"),
    )


def test_the_status_page_says_why_where_the_plan_has_no_words() -> None:
    assert actions("{ status: degraded }")[1] == e.StatusPublished(status="degraded", message="why")


@pytest.mark.parametrize(
    ("text", "kind", "spec"),
    [
        ("{ run: 'a | b' }", "run", {"command": ["a | b"], "shell": True, "cwd": None}),
        ("{ run: [a, b], cwd: /x }", "run", {"command": ["a", "b"], "shell": False, "cwd": "/x"}),
        (
            "{ call: 'https://x.example.org/', method: PUT, token: 'env:TOKEN' }",
            "call",
            {"url": "https://x.example.org/", "method": "PUT", "body": None, "token": "env:TOKEN"},
        ),
    ],
)
def test_what_the_world_does_is_a_request(text: str, kind: str, spec: dict[str, object]) -> None:
    (request,) = actions(text)
    assert isinstance(request, e.ActionRequested)
    assert (request.key, request.kind, request.spec) == ("k", kind, spec)


def test_a_message_to_a_role_that_cannot_be_reached_still_stands_in_the_log() -> None:
    assert tell("k", "product", outline(), "hello").spec["reach"] is None


def test_who_is_at_the_gate_is_paged_and_else_everybody_who_can_be_reached() -> None:
    gated = outline("phases: [{ id: only, go: [product] }]")
    at_gate = page("p", gated, State(phase="only"), "help")
    elsewhere = page("p", gated, State(), "help")
    assert [[one.key for one in told] for told in (at_gate, elsewhere)] == [["p:product"], ["p:lead"]]


def overtaken(launch: Course) -> list[str]:
    return [key for key in launch.state.actions if is_overtaken(launch.state, key)]


@pytest.mark.parametrize("command", [commands.abort, commands.rollback])
def test_no_step_forward_is_tried_after_the_launch_turned_back(command: object) -> None:
    launch = course(STEP)
    before = overtaken(launch)
    launch.tell(command, "ann")  # type: ignore[arg-type]
    assert (before, overtaken(launch)) == ([], ["step:prepare:1:1"])


def test_a_step_of_the_run_before_is_not_tried_in_the_next_run() -> None:
    launch = course(STEP)
    launch.tell(commands.rollback, "ann")
    launch.rest()
    launch.tell(commands.resume)
    launch.rest()
    assert (list(launch.state.actions), overtaken(launch)) == (
        ["step:prepare:1:1", "step:prepare:2:1"],
        ["step:prepare:1:1"],
    )


def test_what_a_rollback_does_is_over_once_the_release_is_sent_out_again_but_its_messages_are_not() -> None:
    launch = rolled_back(BACK)
    launch.record(e.ActionFailed(key="rollback:1:1", attempt=1, error="no", final=True))
    launch.wait(MINUTE)
    before = overtaken(launch)
    launch.tell(commands.resume)
    assert (before, overtaken(launch)) == ([], ["rollback:1:1"])
