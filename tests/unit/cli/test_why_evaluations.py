"""What `tminus why` says of evaluations: how many gave what, none, and nothing where nothing is known."""

from __future__ import annotations

import pytest

from support.launches import T0, outline
from tminus.app.view import AnswersView, View
from tminus.app.viewing import build_view
from tminus.cli.why import print_evaluations
from tminus.core.evaluations import Answers, Evaluations
from tminus.core.facts import Facts
from tminus.core.state import State, Status


def view(by_variant: dict[str, int] | None) -> View:
    known = None if by_variant is None else Evaluations(flag="page", stage=Answers(T0, by_variant))
    state = State(status=Status.RUNNING, started_at=T0, phase="release")
    return build_view(outline(), state, Facts(evaluations=known), T0, [])


@pytest.mark.parametrize(
    ("by_variant", "words"),
    [
        (
            {"on": 51, "off": 945, "": 4},
            "The flag page was evaluated 1,000 times since the stage began: 945 off (94.5 %), 51 on (5.1 %), "
            "4 the code's default (0.4 %).",
        ),
        ({}, "The flag page has not been evaluated since the stage began, as far as is reported."),
        (None, ""),
    ],
)
def test_answers_are_listed_by_variant_the_most_frequent_first(
    by_variant: dict[str, int] | None, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_evaluations(view(by_variant))
    assert " ".join(capsys.readouterr().out.split()) == words


def test_the_view_has_the_stages_answers_and_each_flags_last_hour() -> None:
    known = Evaluations({"cart": Answers(T0, {"on": 3})}, "page", Answers(T0, {"off": 1}))
    state = State(status=Status.RUNNING, started_at=T0, phase="release")
    found = build_view(outline(), state, Facts(evaluations=known), T0, [])
    assert found.evaluations == AnswersView("page", T0, {"off": 1})
    assert {flag.key: flag.hour for flag in found.flags} == {"cart": {"on": 3}, "page": {}}
    unknown = build_view(outline(), state, Facts(), T0, [])
    assert {flag.hour for flag in unknown.flags} == {None}
