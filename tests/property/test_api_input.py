"""Nothing that a client can send to the JSON API makes the server fail: schemathesis from the API's own description."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from support.engines import Idle
from tminus.api import COMMANDS, api_routes
from tminus.app.desk import Desk
from tminus.app.notebook import MemoryNotebook
from tminus.core import events as e
from tminus.core.outline import Outline
from tminus.engine import Engine, Ledger, Watch
from tminus.plan import read_plan_text
from tminus.store import MemoryEventLog

PLAN = """
tminus: 1
title: New search
roles: { lead: {} }
metrics: { error_rate: { source: app, bad: errors, total: requests, unit: "%" } }
cohorts: { canadians: { rule: { "==": [{ var: country }, CA] } } }
flags: { new-search: { variants: { "on": true, "off": false }, default: "off" } }
phases:
  - id: rollout
    rollout: { flag: new-search, stages: [ { to: 10%, cohorts: [canadians], for: 1h, go: [lead] } ] }
"""
START = 1_800_000_000.0


class Clock:
    def now(self) -> float:
        return START


@cache
def client() -> TestClient[Litestar]:
    """One launch for all that is sent: what a command did must not make the next one fail either."""
    plan, clock, log = read_plan_text(PLAN), Clock(), MemoryEventLog()
    outline = Outline(plan)
    log.append("search", 0, [e.LaunchStarted(title=plan.title, plan={})], actor="ada", at=START)
    ledger = Ledger(log, "search", outline, clock)
    stage = outline.stage_ids(plan.phases[0])[0]
    started = e.StageStarted(phase="rollout", stage=stage, flag="new-search", share=0.1)
    ledger.record([e.PhaseStarted(phase="rollout"), started], "tminus")
    engine = Engine(ledger, Watch(outline, {}, {}), Idle(), worker="w")
    desk = Desk(ledger, engine, clock, MemoryNotebook(), lambda: None)
    return TestClient(Litestar(api_routes(lambda: desk), openapi_config=None), raise_server_exceptions=False)


@pytest.fixture(autouse=True)
def _running() -> Iterator[None]:
    with client():
        yield


with client() as asked:
    SCHEMA = schemathesis.openapi.from_dict(asked.get("/api/schema").json())


@SCHEMA.parametrize()  # type: ignore[untyped-decorator]
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_schemathesis_finds_no_error_of_the_servers(case: Any) -> None:
    sent = case.as_transport_kwargs(base_url="http://testserver.local")
    body = {"json": sent["json"]} if "json" in sent else {"content": sent.get("data")}
    if isinstance(body.get("content"), dict):
        body = {"data": body["content"]}
    given_headers = {name: str(value) for name, value in (sent.get("headers") or {}).items() if str(value).isascii()}
    answer = client().request(
        sent["method"], sent["url"], params=sent.get("params"), headers=given_headers, cookies=None, **body
    )
    assert answer.status_code < 500, case.as_curl_command()
    # Another method or path never reaches the API: there the framework answers.
    theirs = answer.status_code < 400 or answer.status_code in (404, 405)
    assert theirs or answer.headers["content-type"].startswith("application/problem+json")


@given(
    path=st.sampled_from([f"/api/launch/{name}" for name in COMMANDS] + ["/api/flags/why"]),
    body=st.binary(max_size=200)
    | st.recursive(st.none() | st.text() | st.floats(), st.lists).map(repr).map(str.encode),
    kind=st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/plain", ""]),
)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_bytes_are_refused_in_the_apis_words_or_taken(path: str, body: bytes, kind: str) -> None:
    answer = client().post(path, content=body, headers={"content-type": kind})
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("path", ["/api/launch/hold", "/api/flags/why"])
@pytest.mark.parametrize(
    "body",
    [
        b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"context": ' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"}",
        b'{"context": {"targetingKey": "' + b"x" * 900_000 + b'"}, "reason": "' + b"y" * 50_000 + b'"}',
        b'{"reason": "\\ud800", "context": {"targetingKey": "\\udc00"}}',
        b'{"context": {"a": NaN}}',
        b'{"context": {"a": 1e999}}',
        b'{"context": ' + b"9" * 5_000 + b"}",
        b"\xff\xfe",
        b"x" * 3_000_000,
    ],
    ids=["deep", "deeper", "long", "surrogates", "nan", "infinite", "huge-number", "bytes", "three-megabytes"],
)
def test_what_is_made_to_hurt_is_refused_or_taken_and_the_next_one_answered(path: str, body: bytes) -> None:
    answer = client().post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code < 500, answer.text[:300]
    assert client().get("/api/launch").status_code == 200
