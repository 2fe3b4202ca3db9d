"""How often a flag was answered, beside the flag: known, known to be none, and not known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tminus.app.view import FlagView
from tminus.console.words import answered
from tminus.core.evaluations import Answers, Evaluations

if TYPE_CHECKING:
    from litestar import Litestar
    from litestar.testing import TestClient

FLAG = FlagView("page", "The page", 0.05, [], "", "", "on", "off", 0.0)


@pytest.mark.parametrize(
    ("hour", "words"),
    [
        (None, ""),
        ({}, "not asked for in the last hour"),
        ({"on": 632, "off": 11_776}, "12,408 answers in the last hour: 5.1 % on"),
        ({"off": 1}, "1 answer in the last hour: 0 % on"),
        ({"on": 40}, "40 answers in the last hour: 100 % on"),
        ({"on": 1, "off": 2, "": 1}, "4 answers in the last hour: 50.0 % off, 25.0 % on, 25.0 % the code's default"),
        ({"a": 4, "b": 3, "c": 2, "d": 1}, "10 answers in the last hour: 40.0 % a, 30.0 % b, 20.0 % c …"),
    ],
)
def test_answers_are_said_with_the_share_of_the_variant_that_is_brought(
    hour: dict[str, int] | None, words: str
) -> None:
    assert answered(replace(FLAG, hour=hour)) == words


def test_the_flags_panel_says_it_once_evaluations_are_known(stand: Any, client: TestClient[Litestar]) -> None:
    stand.at_first_stage()
    assert "in the last hour" not in client.get("/").text
    known = Evaluations({"new-search": Answers(0.0, {"on": 51, "off": 949})})
    stand.engine.facts = replace(stand.engine.facts, evaluations=known)
    stand.clock.at += 1
    assert "1,000 answers in the last hour: 5.1 % on" in client.get("/").text
