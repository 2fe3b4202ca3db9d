"""The page on which support finds out what a user has, and why."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tminus.console.asking_why import LONGEST, asked_context
from tminus.core import events as e

Client = TestClient[Litestar]


@pytest.mark.parametrize(
    ("more", "known"),
    [
        ("", {}),
        ("country=CA, tier = gold", {"country": "CA", "tier": "gold"}),
        ("age=42, beta=true, share=0.5", {"age": 42, "beta": True, "share": 0.5}),
        ('level="3"', {"level": "3"}),
        ("motto=a=b", {"motto": "a=b"}),
        ('{"groups": ["x"], "targetingKey": "somebody else"}', {"groups": ["x"]}),
    ],
)
def test_what_is_typed_becomes_an_evaluation_context_of_that_user(more: str, known: dict[str, Any]) -> None:
    assert asked_context(" ada ", more) == ({**known, "targetingKey": "ada"}, "")


@pytest.mark.parametrize("more", ["gold", "=gold", "{", "{'a': 1}", "[1]", '{"a": ' * 2000, "a=" + "x" * LONGEST])
def test_what_cannot_be_read_is_told_and_nothing_is_guessed(more: str) -> None:
    context, problem = asked_context("ada", more)
    assert context == {}
    assert problem


def test_the_page_says_of_each_flag_what_the_user_has_and_how_that_came(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    page = client.get("/why", params={"key": "user-1", "more": "country=CA"})
    assert page.status_code == 200
    assert 'id="answer-new-search"' in page.text
    assert "falls on bucket" in page.text
    assert "so the variant is" in page.text


def test_the_page_says_who_pulled_the_kill_switch(stand: Any, client: Client) -> None:
    stand.at_first_stage()
    stand.happen(e.FlagKilled(flag="new-search", reason="too slow"), actor="grace")
    assert "grace pulled the kill switch: too slow" in client.get("/why?key=user-1").text


def test_a_user_whose_name_is_a_tag_is_shown_and_runs_nothing(stand: Any, client: Client) -> None:
    page = client.get("/why", params={"key": "<script>alert(1)</script>"})
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def test_a_mistake_in_the_form_is_told_on_the_form(stand: Any, client: Client) -> None:
    page = client.get("/why", params={"key": "ada", "more": "gold"})
    assert page.status_code == 200
    assert "says no value" in page.text
    assert "answer-" not in page.text


def test_without_a_user_the_page_asks_for_one(stand: Any, client: Client) -> None:
    page = client.get("/why")
    assert 'name="key"' in page.text
    assert "answer-" not in page.text


def test_before_any_launch_the_page_says_how_to_start_one(empty_client: Client) -> None:
    assert "tminus run" in empty_client.get("/why?key=ada").text


def test_a_json_object_that_is_not_one_is_told_with_one_that_is() -> None:
    _, problem = asked_context("ada", '{"country":')
    assert problem.startswith("that is no JSON object: ")
    assert problem.endswith('such as {"country": "CA", "tier": "gold"}')
