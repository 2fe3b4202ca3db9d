"""The API: what it tells, what it does, and how it refuses."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tminus.api import COMMANDS, api_routes
from tminus.app.desk import Desk
from tminus.app.view import View
from tminus.core import events as e
from tminus.errors import StoreError

Client = TestClient[Litestar]
PROBLEM = "application/problem+json"


def test_the_launch_reads_back_as_the_very_view_it_was(client: Client, desk: Desk) -> None:
    answer = client.get("/api/launch")
    assert answer.status_code == 200
    assert msgspec.json.decode(answer.content, type=View) == desk.view()


def test_the_log_gives_what_came_after_a_number_oldest_first(client: Client) -> None:
    everything = client.get("/api/launch/log").json()
    assert [item["seq"] for item in everything] == [1, 2, 3]
    assert [item["seq"] for item in client.get("/api/launch/log?after=1").json()] == [2, 3]
    assert [item["seq"] for item in client.get("/api/launch/log?limit=1").json()] == [3]


def test_series_are_given_by_name_and_an_unknown_one_is_empty(client: Client, desk: Desk) -> None:
    found = client.get("/api/launch/series", params={"names": "evidence,nothing"}).json()
    assert found == {"evidence": [[desk.view().now, 0.5]], "nothing": []}


def test_a_command_is_recorded_with_its_actor_and_reason_and_answers_with_the_launch_as_it_is_then(
    client: Client, desk: Desk
) -> None:
    answer = client.post("/api/launch/hold", json={"reason": "looking at a graph"})
    assert answer.status_code == 200
    assert answer.json()["can_resume"] is True
    held = desk.ledger.log.read("search")[-1]
    assert (held.actor, held.event) == ("operator", e.LaunchHeld(reason="looking at a graph"))


def test_the_actor_is_whoever_the_server_in_front_says(desk: Desk) -> None:
    app: Any = Litestar(api_routes(lambda: desk), openapi_config=None)

    async def front(scope: Any, receive: Any, send: Any) -> None:
        scope["tminus.actor"] = "grace"
        await app(scope, receive, send)

    with TestClient(front) as client:
        client.post("/api/launch/rollback", json={})
    assert desk.ledger.log.read("search")[-1].actor == "grace"


def test_a_command_without_a_body_needs_nothing_said(client: Client) -> None:
    answer = client.post("/api/launch/rollback", headers={"content-type": "application/json"})
    assert answer.json()["status"] == "rolling-back"


def test_what_makes_no_sense_now_is_a_conflict_with_what_to_do(client: Client) -> None:
    client.post("/api/launch/rollback", json={})
    answer = client.post("/api/launch/hold", json={})
    assert answer.status_code == 409
    assert answer.headers["content-type"].startswith(PROBLEM)
    assert answer.json()["code"] == "usage"
    assert "resume" in answer.json()["hint"]


def test_a_go_of_a_role_that_is_not_asked_names_the_roles_that_are(client: Client) -> None:
    answer = client.post("/api/launch/go", json={"role": "nobody"})
    assert answer.status_code == 409
    assert "lead" in answer.json()["detail"]


def test_an_unknown_command_is_not_found_and_the_hint_lists_the_known_ones(client: Client) -> None:
    answer = client.post("/api/launch/launch-missiles", json={})
    assert answer.status_code == 404
    assert answer.json()["hint"] == ", ".join(COMMANDS)


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"null", b'{"reason": 7}', b'{"role": null}', b"\xff\xfe", b'{"reason": "' + b"x" * 2000 + b'"}'],
)
def test_a_body_that_cannot_be_read_is_a_bad_request(client: Client, body: bytes) -> None:
    answer = client.post("/api/launch/hold", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad-request"
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("query", ["after=x", "after=-1", "limit=0", "limit=99999", "after=9" + "9" * 400])
def test_a_query_that_cannot_be_read_is_a_bad_request(client: Client, query: str) -> None:
    answer = client.get(f"/api/launch/log?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith(PROBLEM)


def test_control_characters_never_reach_the_log(client: Client, desk: Desk) -> None:
    client.post("/api/launch/hold", json={"reason": "a\x1b[2Jb\nc\u202ed"})
    event = desk.ledger.log.read("search")[-1].event
    assert isinstance(event, e.LaunchHeld)
    assert event.reason == "a [2Jb c d"


def test_a_log_that_cannot_be_written_is_unavailable_and_may_be_tried_again(client: Client, desk: Desk) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise StoreError("the disk is full", hint="make room")

    desk.ledger.log.append = full  # type: ignore[method-assign, assignment]
    answer = client.post("/api/launch/hold", json={})
    assert answer.status_code == 503
    assert (answer.json()["detail"], answer.json()["retryable"]) == ("the disk is full", True)


def test_before_any_launch_everything_is_not_found_with_how_to_start_one(empty_client: Client) -> None:
    for answer in (
        empty_client.get("/api/launch"),
        empty_client.get("/api/launch/log"),
        empty_client.post("/api/launch/hold", json={}),
    ):
        assert answer.status_code == 404
        assert answer.json()["code"] == "no-launch"
        assert "tminus run" in answer.json()["hint"]


def test_a_form_without_script_goes_back_to_the_page(client: Client, desk: Desk) -> None:
    answer = client.post(
        "/api/launch/hold",
        data={"reason": "by form"},
        headers={"accept": "text/html", "origin": "http://testserver.local"},
        follow_redirects=False,
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert desk.ledger.state.held_why == "by form"


@pytest.mark.parametrize(
    ("back", "place"),
    [
        ("/confirm/hold", "/confirm/hold"),
        ("https://elsewhere.example/confirm/", "/"),
        ("//elsewhere.example", "/"),
        ("/confirm/\\elsewhere", "/"),
    ],
)
def test_a_refused_form_goes_back_to_its_question_and_never_to_another_site(
    client: Client, back: str, place: str
) -> None:
    client.post("/api/launch/hold", json={})
    answer = client.post(
        "/api/launch/hold",
        data={"back": back},
        headers={"accept": "text/html", "origin": "http://testserver.local"},
        follow_redirects=False,
    )
    assert (answer.status_code, answer.headers["location"]) == (303, place)
    assert "holds%20the%20launch%20already" in answer.headers["set-cookie"]


def test_the_schema_describes_every_path_and_the_body_of_a_command(client: Client) -> None:
    schema = client.get("/api/schema").json()
    assert set(schema["paths"]) == {
        "/api/flags/evaluations",
        "/api/flags/why",
        "/api/launch",
        "/api/launch/log",
        "/api/launch/series",
        "/api/launch/{command}",
    }
    body = schema["paths"]["/api/launch/{command}"]["post"]["requestBody"]["content"]
    assert set(body["application/json"]["schema"]["properties"]) == {"role", "target", "outcome", "reason"}
