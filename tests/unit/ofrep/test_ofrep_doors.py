"""Limits, origins, and what a client is told when the server cannot answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from tminus.access import Access, StoredToken, digest_of
from tminus.errors import UsageError
from tminus.flags import FlagSet, compile_flags
from tminus.held import HeldFlags
from tminus.ofrep import Cors, OfrepApp, RateLimit, limit_of, origins_of
from tminus.ofrep.limits import SLOW_BODIES_AT_ONCE

BULK = "/ofrep/v1/evaluate/flags"
FLAGS = {"flags": {"f": {"state": "ENABLED", "variants": {"on": True}, "defaultVariant": "on"}}}
BODY = b'{"context":{"targetingKey":"u"}}'
SHOP = "https://shop.example"


def ask(app: Any, method: str = "POST", path: str = BULK, content: Any = BODY, **headers: str) -> httpx.Response:
    async def exchange() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.request(method, path, content=content, headers=sent)

    return asyncio.run(exchange())


def app_of(flags: Callable[[], FlagSet] | None = None, **more: Any) -> OfrepApp:
    held = HeldFlags(FLAGS)
    return OfrepApp(flags or held.current, more.pop("access", Access.open()), lambda: 100.0, held=held, **more)


def test_a_bulk_reply_says_where_the_event_stream_is() -> None:
    streams = ask(app_of()).json()["eventStreams"]
    assert streams == [{"type": "sse", "endpoint": {"requestUri": "/ofrep/v1/stream"}, "inactivityDelaySec": 120}]


def test_the_streams_address_carries_a_ticket_where_tokens_are_needed() -> None:
    access = Access({"client-token-000001": frozenset({"evaluate"})})
    reply = ask(app_of(access=access), authorization="Bearer client-token-000001")
    target = reply.json()["eventStreams"][0]["endpoint"]["requestUri"]
    assert access.by_ticket(target.partition("ticket=")[2]) is not None


def test_a_fault_of_ours_is_500_in_the_protocols_words(caplog: pytest.LogCaptureFixture) -> None:
    given = iter([compile_flags(FLAGS)])
    reply = ask(app_of(lambda: next(given)), path=f"{BULK}/f")
    assert (reply.status_code, reply.json()["errorCode"], reply.json()["key"]) == (500, "GENERAL", "f")
    assert "an evaluation failed" in caplog.text


def test_before_there_is_any_definition_the_answer_is_503_and_when_to_come_again() -> None:
    reply = ask(app_of(ready=lambda: False))
    assert (reply.status_code, reply.json()["errorCode"]) == (503, "PROVIDER_NOT_READY")
    assert reply.headers["retry-after"] == "1"


def test_one_token_beyond_its_rate_is_429_with_retry_after_while_others_are_served() -> None:
    now = [0.0]
    tokens = {"first-token-000001": frozenset({"evaluate"}), "second-token-00001": frozenset({"evaluate"})}
    app = app_of(access=Access(tokens), limit=RateLimit(2, lambda: now[0]))

    def status(token: str) -> int:
        return ask(app, x_api_key=token).status_code

    assert [status("first-token-000001") for _ in range(3)] == [200, 200, 429]
    assert status("second-token-00001") == 200
    refused = ask(app, x_api_key="first-token-000001")
    assert (refused.json()["errorCode"], refused.headers["retry-after"]) == ("GENERAL", "1")
    now[0] = 0.5
    assert [status("first-token-000001") for _ in range(2)] == [200, 429]


def test_a_rate_below_one_a_second_says_how_long_to_wait() -> None:
    limit = RateLimit(0.1, lambda: 0.0)
    assert [limit.wait("t"), limit.wait("t")] == [0, 10]


def test_the_rate_comes_from_the_environment() -> None:
    assert limit_of({}, lambda: 0.0) is None
    limit = limit_of({"TMINUS_RATE": "2.5"}, lambda: 0.0)
    assert limit is not None
    with pytest.raises(UsageError, match="many is no rate"):
        limit_of({"TMINUS_RATE": "many"}, lambda: 0.0)


def test_too_many_bodies_that_come_in_pieces_are_429_and_those_held_are_answered() -> None:
    app = app_of()

    async def story() -> list[int]:
        opened, more = 0, asyncio.Event()

        async def slowly() -> AsyncIterator[dict[str, Any]]:
            nonlocal opened
            opened += 1
            yield {"type": "http.request", "body": BODY[:5], "more_body": True}
            await more.wait()
            yield {"type": "http.request", "body": BODY[5:], "more_body": False}

        async def one() -> int:
            pieces, sent = slowly(), []
            scope = {"type": "http", "method": "POST", "path": BULK, "headers": []}

            async def send(message: Any) -> None:
                sent.append(message)

            await app(scope, pieces.__anext__, send)
            return int(sent[0]["status"])

        tasks = [asyncio.create_task(one()) for _ in range(SLOW_BODIES_AT_ONCE + 1)]
        while opened <= SLOW_BODIES_AT_ONCE:
            await asyncio.sleep(0)
        more.set()
        return sorted(await asyncio.gather(*tasks))

    assert asyncio.run(story()) == [200] * SLOW_BODIES_AT_ONCE + [429]


def test_a_page_of_a_named_origin_may_ask_and_read_the_etag() -> None:
    cors = Cors(app_of(), origins_of(SHOP))
    preflight = ask(cors, "OPTIONS", origin=SHOP, access_control_request_method="POST")
    assert preflight.status_code == 204
    assert "content-type" in preflight.headers["access-control-allow-headers"]
    reply = ask(cors, origin=SHOP)
    assert reply.headers["access-control-allow-origin"] == SHOP
    assert reply.headers["vary"] == "Origin"
    assert "ETag" in reply.headers["access-control-expose-headers"]


def test_a_page_of_another_origin_gets_no_leave() -> None:
    cors = Cors(app_of(), origins_of(SHOP))
    assert ask(cors, "OPTIONS", origin="https://evil.example", access_control_request_method="POST").status_code == 403
    assert "access-control-allow-origin" not in ask(cors, origin="https://evil.example").headers
    assert "access-control-allow-origin" not in ask(cors).headers


def test_headers_for_one_origin_never_stay_on_a_shared_reply() -> None:
    cors = Cors(app_of(), origins_of(f"{SHOP}, http://localhost:3000"))
    for origin in (SHOP, "http://localhost:3000", SHOP):
        reply = ask(cors, path=f"{BULK}/f", origin=origin)
        assert reply.headers.get_list("access-control-allow-origin") == [origin]


def test_any_origin_may_be_allowed_by_name_of_the_star() -> None:
    assert ask(Cors(app_of(), origins_of("*")), origin=SHOP).headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("text", ["shop.example", "https://shop.example/path", "javascript:x"])
def test_what_is_no_origin_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(UsageError, match="is not an origin"):
        origins_of(text)


def test_a_stored_token_has_the_rights_of_its_scope_in_its_environment_only() -> None:
    access = Access({})
    stored = [
        StoredToken("page", digest_of("page-token-0000001"), "client"),
        StoredToken("there", digest_of("there-token-000001"), "server", "staging"),
    ]
    access.admit(stored, "production")
    app = app_of(access=access)
    assert ask(app, authorization="Bearer page-token-0000001").status_code == 200
    assert ask(app, authorization="Bearer there-token-000001").status_code == 403
    access.admit(stored, "staging")
    assert ask(app, authorization="Bearer there-token-000001").status_code == 200
    access.admit([], "staging")
    assert ask(app, authorization="Bearer page-token-0000001").status_code == 401


def test_evaluations_are_counted_by_reason_and_some_are_kept_as_samples() -> None:
    held = HeldFlags(FLAGS)
    app = OfrepApp(held.current, Access.open(), lambda: 100.0, held=held)
    for number in range(300):
        ask_body = json.dumps({"context": {"targetingKey": f"u{number}"}}).encode()
        assert ask(app, path=f"{BULK}/f", content=ask_body).status_code == 200
    assert app.counts() == {("f", "on", "STATIC"): 300}
    assert list(app.samples) == [("f", "on", "STATIC", "u0"), ("f", "on", "STATIC", "u256")]
    held.hold({"flags": {}})
    assert ask(app, path=f"{BULK}/f").status_code == 404
    assert app.counts() == {("f", "on", "STATIC"): 300}
