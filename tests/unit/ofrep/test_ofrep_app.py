"""The protocol, request by request, through the real ASGI interface."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tminus.access import Access
from tminus.flags import FlagSet, compile_flags, rollout_flag
from tminus.ofrep import OfrepApp

TOKEN = "client-token-000001"
DEAF_TOKEN = "ingest-token-000001"
BULK = "/ofrep/v1/evaluate/flags"
TARGETED = {"if": [{"==": [{"var": "country"}, "US"]}, "on"]}


def flag(**changes: Any) -> dict[str, Any]:
    return {"state": "ENABLED", "variants": {"on": True, "off": False}, "defaultVariant": "off"} | changes


FLAGS = {
    "static": flag(metadata={"owner": "growth"}),
    "targeted": flag(targeting=TARGETED),
    "split": rollout_flag(key="split", variants={"on": 1, "off": 0}, off="off", on="on", percent=50),
    "code-default": flag(defaultVariant=None),
    "disabled": flag(state="DISABLED"),
    "broken": flag(targeting={"if": [True, "purple"]}),
    "object": flag(variants={"on": {"text": "é", "n": [1, 2.5, None]}}, defaultVariant="on"),
    "team/päge & more": flag(),
    "timed": flag(targeting={"if": [{">=": [{"var": "$flagd.timestamp"}, 5000]}, "on"]}),
}


class Server:
    """An app whose flags and clock the test turns, asked over HTTP without a socket."""

    def __init__(self, flags: dict[str, Any], **definition: Any) -> None:
        self.flags: FlagSet = compile_flags({"flags": flags, **definition})
        self.now = 1000.0
        tokens = {TOKEN: frozenset({"evaluate"}), DEAF_TOKEN: frozenset({"ingest"})}
        self.app = OfrepApp(lambda: self.flags, Access(tokens), lambda: self.now)

    def send(
        self, method: str, path: str, content: bytes = b"", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        async def exchange() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                sent = {"authorization": f"Bearer {TOKEN}"} if headers is None else headers
                return await client.request(method, path, content=content, headers=sent)

        return asyncio.run(exchange())

    def evaluate(self, key: str, context: dict[str, Any] | None = None) -> httpx.Response:
        body = json.dumps({"context": {"targetingKey": "u"} if context is None else context}).encode()
        return self.send("POST", f"{BULK}/{quote(key, safe='')}", body)

    def bulk(self, context: dict[str, Any], **headers: str) -> httpx.Response:
        sent = {
            "authorization": f"Bearer {TOKEN}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return self.send("POST", BULK, json.dumps({"context": context}).encode(), sent)


@pytest.fixture
def server() -> Server:
    return Server(FLAGS)


def test_a_success_has_key_reason_variant_value_and_metadata(server: Server) -> None:
    reply = server.evaluate("static")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "application/json"
    expected = {"key": "static", "reason": "STATIC", "variant": "off", "value": False, "metadata": {"owner": "growth"}}
    assert reply.json() == expected


def test_the_context_decides(server: Server) -> None:
    american = server.evaluate("targeted", {"targetingKey": "u", "country": "US"}).json()
    assert american == {"key": "targeted", "reason": "TARGETING_MATCH", "variant": "on", "value": True}
    assert server.evaluate("targeted", {"targetingKey": "u"}).json()["reason"] == "DEFAULT"
    assert server.evaluate("split").json()["reason"] == "SPLIT"


def test_any_json_value_is_served_as_it_was_written(server: Server) -> None:
    assert server.evaluate("object").json()["value"] == {"text": "é", "n": [1, 2.5, None]}


@pytest.mark.parametrize(("key", "reason"), [("code-default", "DEFAULT"), ("disabled", "DISABLED")])
def test_the_codes_own_default_is_a_success_without_a_value(server: Server, key: str, reason: str) -> None:
    reply = server.evaluate(key)
    assert (reply.status_code, reply.json()) == (200, {"key": key, "reason": reason})


def test_an_unknown_flag_is_404_in_the_protocols_words(server: Server) -> None:
    reply = server.evaluate("nobody")
    assert reply.status_code == 404
    assert (reply.json()["key"], reply.json()["errorCode"]) == ("nobody", "FLAG_NOT_FOUND")


def test_a_flag_whose_rule_fails_is_400_and_says_why(server: Server) -> None:
    reply = server.evaluate("broken")
    assert (reply.status_code, reply.json()["errorCode"]) == (400, "GENERAL")
    assert "purple" in reply.json()["errorDetails"]


@pytest.mark.parametrize("path", ["team%2Fp%C3%A4ge%20%26%20more", "team/p%C3%A4ge%20%26%20more"])
def test_the_flags_key_is_percent_decoded_once(server: Server, path: str) -> None:
    assert server.send("POST", f"{BULK}/{path}", b"{}").json()["key"] == "team/päge & more"


def test_a_key_that_is_not_utf8_is_simply_unknown(server: Server) -> None:
    assert server.send("POST", f"{BULK}/%ff%fe", b"{}").status_code == 404


def test_rules_see_the_servers_clock(server: Server) -> None:
    assert server.evaluate("timed").json()["variant"] == "off"
    server.now = 5000.0
    assert server.evaluate("timed").json()["variant"] == "on"


@pytest.mark.parametrize("body", [b"{}", b'{"context":null}', b'{"context":{}}', b'{"context":{"targetingKey":null}}'])
def test_no_context_is_an_empty_one_because_official_providers_send_none(server: Server, body: bytes) -> None:
    reply = server.send("POST", f"{BULK}/split", body)
    assert (reply.status_code, reply.json()["reason"]) == (200, "DEFAULT")


NOT_JSON = {
    "empty": b"",
    "cut off": b'{"context":{',
    "NaN": b'{"context":{"a":NaN}}',
    "not UTF-8": b'{"context":{"a":"\xff\xfe"}}',
    "half a character": b'{"context":{"a":"\\ud800"}}',
    "too deep": b'{"context":{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    "two documents": b"{}{}",
}
WRONG_TYPES = {
    "a list": b"[]",
    "a list as context": b'{"context":[]}',
    "a number as targetingKey": b'{"context":{"targetingKey":5}}',
    "a number of 10,000 digits": b'{"context":{"a":' + b"1" * 10_000 + b"}}",
    "a number out of range": b'{"context":{"a":1e999}}',
}


@pytest.mark.parametrize(
    ("name", "code"),
    [*[(name, "PARSE_ERROR") for name in NOT_JSON], *[(name, "INVALID_CONTEXT") for name in WRONG_TYPES]],
)
def test_a_body_that_cannot_be_used_is_400_with_the_protocols_code(server: Server, name: str, code: str) -> None:
    body = (NOT_JSON | WRONG_TYPES)[name]
    single, bulk = server.send("POST", f"{BULK}/static", body), server.send("POST", BULK, body)
    assert (single.status_code, single.json()["errorCode"], single.json()["key"]) == (400, code, "static")
    assert (bulk.status_code, bulk.json()["errorCode"], "key" in bulk.json()) == (400, code, False)


def test_a_context_as_large_and_odd_as_allowed_is_answered(server: Server) -> None:
    context = {f"field-{number}": number for number in range(10_000)} | {"targetingKey": "u" * 100_000}
    context["country"] = json.loads("[" * 500 + "]" * 500)
    assert server.evaluate("split", context).json()["reason"] == "SPLIT"
    assert server.evaluate("targeted", context).json()["reason"] == "DEFAULT"


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_over_one_mebibyte_is_413(server: Server, announced: bool) -> None:
    size = 1024 * 1024
    just, over = b"{}" + b" " * (size - 2), b"{}" + b" " * (size - 1)
    headers = {"authorization": f"Bearer {TOKEN}"} | ({} if announced else {"transfer-encoding": "chunked"})
    assert server.send("POST", f"{BULK}/static", just, headers).status_code == 200
    assert server.send("POST", f"{BULK}/static", over, headers).status_code == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"authorization": "Bearer wrong-token-00000"}, 401),
        ({"authorization": f"Bearer {DEAF_TOKEN}"}, 403),
        ({"x-api-key": DEAF_TOKEN}, 403),
        ({"x-api-key": TOKEN}, 200),
    ],
)
def test_only_a_token_with_the_right_to_evaluate_gets_answers(
    server: Server, headers: dict[str, str], status: int
) -> None:
    for path in (BULK, f"{BULK}/static"):
        reply = server.send("POST", path, b"{}", headers)
        assert reply.status_code == status
        assert ("www-authenticate" in reply.headers) == (status == 401)
        assert reply.json()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_any_method_but_post_is_405_and_says_which_is_allowed(server: Server, method: str) -> None:
    reply = server.send(method, f"{BULK}/static")
    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "path", ["/", "/ofrep/v1/configuration", "/ofrep/v1/evaluate/flagsandmore", "/ofrep/v2/evaluate/flags"]
)
def test_any_other_path_is_404(server: Server, path: str) -> None:
    assert server.send("POST", path, b"{}").status_code == 404


def test_bulk_answers_every_flag_in_the_definitions_order_as_single_does(server: Server) -> None:
    context = {"targetingKey": "u", "country": "US"}
    items = server.bulk(context).json()["flags"]
    assert [item["key"] for item in items] == list(FLAGS)
    assert items == [server.evaluate(key, context).json() for key in FLAGS]


def test_bulk_carries_the_sets_metadata() -> None:
    assert Server({}, metadata={"version": "7"}).bulk({}).json() == {"flags": [], "metadata": {"version": "7"}}
    assert Server({}).bulk({}).json() == {"flags": []}


def test_the_etag_is_the_contents(server: Server) -> None:
    here, there = server.bulk({"targetingKey": "u"}), server.bulk({"targetingKey": "u", "country": "US"})
    assert here.headers["etag"] != there.headers["etag"]
    assert here.headers["etag"] == Server(FLAGS).bulk({"targetingKey": "u"}).headers["etag"]
    assert here.headers["etag"].startswith('"')


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_what_a_client_already_has_is_not_sent_again(server: Server, form: str) -> None:
    etag = server.bulk({"targetingKey": "u"}).headers["etag"]
    reply = server.bulk({"targetingKey": "u"}, if_none_match=form.format(etag))
    assert (reply.status_code, reply.content, reply.headers["etag"]) == (304, b"", etag)


def test_what_has_changed_is_sent_again(server: Server) -> None:
    etag = server.bulk({"targetingKey": "u"}).headers["etag"]
    server.flags = compile_flags({"flags": {**FLAGS, "static": flag(defaultVariant="on")}})
    reply = server.bulk({"targetingKey": "u"}, if_none_match=etag)
    assert reply.status_code == 200
    assert reply.json()["flags"][0]["variant"] == "on"


def test_a_changed_flag_is_served_to_the_next_request(server: Server) -> None:
    before = server.evaluate("static").json()["variant"]
    server.flags = compile_flags({"flags": {"static": flag(defaultVariant="on")}})
    assert (before, server.evaluate("static").json()["variant"]) == ("off", "on")
    assert server.evaluate("targeted").status_code == 404


def test_evaluations_are_counted_by_flag_and_variant_over_changes_of_the_flags(server: Server) -> None:
    server.flags = compile_flags(
        {"flags": {"static": flag(), "targeted": flag(targeting=TARGETED), "none": FLAGS["disabled"]}}
    )
    server.evaluate("static")
    server.evaluate("targeted", {"country": "US"})
    server.evaluate("nobody")
    server.bulk({"country": "US"})
    server.flags = compile_flags({"flags": {"static": flag()}})
    server.bulk({})
    assert server.app.served == {("static", "off"): 3, ("targeted", "on"): 2, ("none", None): 1}


def test_a_client_that_leaves_in_the_middle_gets_no_answer() -> None:
    server, sent = Server(FLAGS), []
    messages = [{"type": "http.request", "body": b'{"con', "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"x-api-key", TOKEN.encode())]
    scope = {"type": "http", "method": "POST", "path": f"{BULK}/static", "headers": headers}
    asyncio.run(server.app(scope, receive, send))
    assert sent == []
