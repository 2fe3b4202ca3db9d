"""What the console says before a launch is ended."""

from __future__ import annotations

from support.launches import ROLLOUT, Course, course
from tminus.app.viewing import build_view
from tminus.console.asking import ask
from tminus.core import commands

BACK = "rollback: { do: [{ run: ./undo }] }\n"


def asked(launch: Course) -> str:
    question = ask(build_view(launch.outline, launch.state, launch.facts, launch.now, []), "abort")
    assert question is not None
    return question.consequence


def test_the_question_says_whether_something_is_done_before_the_end() -> None:
    launch = course(ROLLOUT + BACK)
    first = asked(launch)
    launch.tell(commands.abort, "ann")
    assert (first, asked(launch)) == (
        "Everybody has the default again at once. What a rollback does is done, then it ends for good.",
        "Everybody has the default again. It cannot be resumed. What the rollback has not begun is not done.",
    )


def test_a_plan_without_rollback_actions_ends_at_once() -> None:
    assert asked(course()) == "Everybody has the default again. It cannot be resumed."
