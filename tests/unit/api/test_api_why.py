"""One call answers what a user has and why, in words and as data."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tminus.app.desk import Desk
from tminus.core.exposure import flag_definition
from tminus.flags import compile_flags

Client = TestClient[Litestar]


def test_the_answer_is_the_one_that_is_served_with_the_steps_to_it(client: Client, desk: Desk) -> None:
    served = compile_flags(flag_definition(desk.ledger.outline, desk.ledger.state))
    for number in range(40):
        context = {"targetingKey": f"user-{number}"}
        (told,) = client.post("/api/flags/why", json={"context": context}).json()
        answer = served.evaluate("new-search", context)
        assert (told["flag"], told["variant"], told["value"], told["reason"]) == (
            "new-search",
            answer.variant,
            answer.value,
            answer.reason,
        )
        assert told["steps"][-1]["hashed"] == f"new-search:user-{number}"
        assert told["words"][-1].startswith("so the variant is")


def test_a_flag_that_is_not_served_is_told_so(client: Client) -> None:
    (told,) = client.post("/api/flags/why", json={"context": {}, "flag": "gone"}).json()
    assert told["error_code"] == "FLAG_NOT_FOUND"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"flag": "x"}', b'{"context": 3}', b"\xff", b'{"context":' + b"[" * 100_000]
)
def test_a_body_that_asks_nothing_is_refused_in_one_line(client: Client, body: bytes) -> None:
    refused = client.post("/api/flags/why", content=body, headers={"content-type": "application/json"})
    assert refused.status_code == 400
    assert "targetingKey" in refused.json()["hint"]


def test_a_strange_context_is_answered_all_the_same(client: Client) -> None:
    context: dict[str, Any] = {"targetingKey": 7, "country": [None], "nested": {"a": {"b": [1, {}]}}}
    (told,) = client.post("/api/flags/why", json={"context": context}).json()
    assert told["variant"] == "off"


def test_before_any_launch_there_is_nobody_to_ask(empty_client: Client) -> None:
    assert empty_client.post("/api/flags/why", json={"context": {}}).status_code == 404
