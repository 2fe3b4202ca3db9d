"""Nothing that a client can send makes the server fail: schemathesis from the description, and bodies made to hurt."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tminus.access import Access
from tminus.flags import rollout_flag
from tminus.held import HeldFlags
from tminus.ofrep import OfrepApp

BULK = "/ofrep/v1/evaluate/flags"
ERROR_CODES = {"PARSE_ERROR", "INVALID_CONTEXT", "GENERAL", "FLAG_NOT_FOUND"}


def flag(**changes: Any) -> dict[str, Any]:
    return {"state": "ENABLED", "variants": {"on": True, "off": False}, "defaultVariant": "off"} | changes


def rule(condition: Any) -> dict[str, Any]:
    return flag(targeting={"if": [condition, "on", "off"]})


HELD = HeldFlags(
    {
        "flags": {
            "static": flag(),
            "split": rollout_flag(key="split", variants={"on": 1, "off": 0}, off="off", on="on", percent=50),
            "version": rule({"sem_ver": [{"var": "version"}, ">=", "1.0.0"]}),
            "sum": rule({">": [{"+": [{"var": "a"}, {"var": "b"}]}, 10]}),
            "ratio": rule({"<": [{"/": [{"var": "a"}, {"var": "b"}]}, 1]}),
            "starts": rule({"starts_with": [{"var": "email"}, "a"]}),
            "among": rule({"in": [{"var": "country"}, {"var": "list"}]}),
            "each": rule({"some": [{"var": "list"}, {">": [{"var": ""}, 1]}]}),
            "deep": rule({"==": [{"var": "a.b.c.d.0.e"}, {"var": "b"}]}),
            "cat": flag(targeting={"fractional": [{"cat": [{"var": "a"}, {"var": "list"}]}, ["on", 50], ["off", 50]]}),
        }
    }
)
APP = OfrepApp(HELD.current, Access.open(), lambda: 1000.0, held=HELD)

CONTEXT = {
    "type": "object",
    "properties": {"targetingKey": {"type": "string"}, "version": {"type": "string"}, "list": {"type": "array"}},
    "required": ["targetingKey"],
}
BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"type": "object", "required": ["context"], "properties": {"context": CONTEXT}},
        }
    },
}
KEY = {"anyOf": [{"enum": list(HELD.current().keys())}, {"type": "string"}]}
ANSWERS = {str(status): {"description": "an answer"} for status in (200, 304, 400, 404, 405, 413)}
SCHEMA = schemathesis.openapi.from_dict(
    {
        "openapi": "3.1.0",
        "info": {"title": "OFREP", "version": "0.3.0"},
        "paths": {
            BULK: {
                "post": {
                    "requestBody": BODY,
                    "responses": ANSWERS,
                    "parameters": [
                        {"in": "header", "name": "If-None-Match", "schema": {"type": "string"}},
                        {"in": "query", "name": "flagConfigEtag", "schema": {"type": "string"}},
                        {"in": "query", "name": "flagConfigLastModified", "schema": {"type": "integer"}},
                    ],
                }
            },
            BULK + "/{key}": {
                "post": {
                    "requestBody": BODY,
                    "responses": ANSWERS,
                    "parameters": [{"in": "path", "name": "key", "required": True, "schema": KEY}],
                }
            },
        },
    }
)


async def post(path: str, content: bytes) -> httpx.Response:
    transport = httpx.ASGITransport(app=APP)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.post(path, content=content)


@SCHEMA.parametrize()  # type: ignore[untyped-decorator]
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_schemathesis_finds_no_error_of_the_servers(case: Any) -> None:
    sent = case.as_transport_kwargs(base_url="http://test")
    request = httpx.Request(
        sent["method"],
        sent["url"],
        params=sent.get("params"),
        headers=[(name.encode(), str(value).encode("latin-1")) for name, value in (sent.get("headers") or {}).items()],
        json=sent.get("json"),
        content=sent.get("data") if isinstance(sent.get("data"), str | bytes) else None,
    )

    async def exchange() -> httpx.Response:
        return await httpx.ASGITransport(app=APP).handle_async_request(request)  # type: ignore[arg-type]

    answer = asyncio.run(exchange())
    assert answer.status_code in (200, 304, 400, 404, 405, 413), case.as_curl_command()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
NAMED = st.fixed_dictionaries({}, optional=dict.fromkeys(("a", "b", "list", "email", "version", "targetingKey"), JSON))


@given(context=NAMED, key=st.sampled_from(["", *HELD.current().keys()]))
@settings(max_examples=300, deadline=None)
def test_any_json_under_the_names_that_rules_read_is_answered(context: Any, key: str) -> None:
    answer = asyncio.run(post(f"{BULK}/{key}" if key else BULK, json.dumps({"context": context}).encode()))
    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        assert answer.json()["errorCode"] in ERROR_CODES


@given(body=st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_answered_in_the_protocols_words(body: bytes) -> None:
    answer = asyncio.run(post(BULK, body))
    assert answer.status_code in (200, 400)
    assert answer.status_code == 200 or answer.json()["errorCode"] in ERROR_CODES


MEGABYTE = 1024 * 1024
HURTFUL = {
    "a text of 1 MB": {"context": {"targetingKey": "u", "a": "x" * (MEGABYTE - 100)}},
    "a key of 1 MB": {"context": {"targetingKey": "x" * (MEGABYTE - 100)}},
    "10,000 names": {"context": {f"n{number}": number for number in range(10_000)}},
    "a list of 200,000": {"context": {"targetingKey": "u", "list": [1] * 200_000}},
}


@pytest.mark.parametrize("name", HURTFUL)
def test_a_large_context_is_answered(name: str) -> None:
    answer = asyncio.run(post(BULK, json.dumps(HURTFUL[name]).encode()))
    assert answer.status_code == 200
    assert len(answer.json()["flags"]) == 10


def test_a_context_a_thousand_deep_is_answered_or_refused_and_the_next_one_is_answered() -> None:
    deep = b'{"context":{"targetingKey":"u","a":' + b'{"b":' * 1_000 + b"1" + b"}" * 1_000 + b"}}"
    answer = asyncio.run(post(BULK, deep))
    assert answer.status_code in (200, 400)
    assert asyncio.run(post(BULK, b"{}")).status_code == 200
