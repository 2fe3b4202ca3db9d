"""Reports through an edge: passed on as they are, only evaluations, and each counted once whatever fails between."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.serving import served
from tminus.access import CLIENT_RIGHTS, EVALUATE, Access
from tminus.edge.relay import Relay
from tminus.exposing import HttpSink, Reporter, Tally
from tminus.flags import Evaluation
from tminus.ingest import IngestApp
from tminus.plan.selector import parse_selector
from tminus.telemetry import TelemetryStore

TOKEN, EVALUATOR = "client-token-000001", "evaluator-token-0001"
ON, OFF = Evaluation(True, "on", "SPLIT"), Evaluation(False, "off", "DEFAULT")
METRICS, EVENTS = "/v1/metrics", "/v1/events"
BATCH = "application/cloudevents-batch+json"


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TelemetryStore]:
    store = TelemetryStore(tmp_path / "telemetry.duckdb", clock=time.time)
    yield store
    store.close()


def controller_of(store: TelemetryStore) -> IngestApp:
    return IngestApp(store, authorise=lambda headers: None, clock=time.time)


def relay_to(url: str) -> Relay:
    return Relay(url, TOKEN, Access({TOKEN: CLIENT_RIGHTS, EVALUATOR: frozenset({EVALUATE})}))


def counted(store: TelemetryStore, selector: str = "feature_flag.evaluations") -> float:
    """What the controller has of these."""
    store.flush()
    now = time.time()
    return store.count(parse_selector(selector), now - 3600, now + 60).value


def reporter_to(url: str, service: str = "far") -> tuple[Tally, Reporter]:
    tally = Tally()
    return tally, Reporter([tally], HttpSink(url, TOKEN, service, time.time))


def ask(tally: Tally, times: int, answer: Evaluation = ON) -> None:
    for number in range(times):
        tally.count("f", answer, {"targetingKey": f"u{number}"})


def test_counts_add_up_over_two_edges_though_the_middle_restarts_and_the_controller_is_away(
    store: TelemetryStore,
) -> None:
    above, between = free_port(), free_port()
    with served(controller_of(store), above) as controller:
        with served(relay_to(controller), between) as middle:
            tally, reporter = reporter_to(middle)
            ask(tally, 300)
            reporter.report()
            reporter.report()  # nothing is new, nothing is sent
            assert counted(store) == 300
        ask(tally, 20)
        reporter.report()  # the middle is away
        with served(relay_to(controller), between):
            ask(tally, 7, OFF)
            reporter.report()
            assert counted(store) == 327
    with served(relay_to(f"http://127.0.0.1:{above}"), between):
        ask(tally, 5)
        reporter.report()  # the controller is away
        reporter.report()
        with served(controller_of(store), above):
            ask(tally, 1)
            reporter.report()
            reporter.report()
    assert counted(store) == 333
    assert counted(store, 'feature_flag.evaluations{feature_flag.result.variant="off"}') == 7
    # Samples: the first of each answer, and the 257th. Each arrived once.
    assert counted(store, "feature_flag.evaluation") == 3


def test_two_far_edges_and_the_one_between_are_told_apart(store: TelemetryStore) -> None:
    with served(controller_of(store)) as controller, served(relay_to(controller)) as middle:
        for place, times in ((middle, 10), (middle, 10), (controller, 4)):
            tally, reporter = reporter_to(place, "tminus-edge")
            ask(tally, times)
            reporter.report()
    assert counted(store) == 24


def test_a_report_that_arrived_though_its_answer_was_lost_counts_once(store: TelemetryStore) -> None:
    ingest = controller_of(store)

    async def losing(scope: Any, receive: Any, send: Any) -> None:
        async def lost(message: Any) -> None:
            if message["type"] == "http.response.start":
                await send({**message, "status": 503, "headers": [(b"content-length", b"0")]})
            else:
                await send({**message, "body": b""})

        await ingest(scope, receive, lost)

    port, between = free_port(), free_port()
    with served(losing, port) as controller, served(relay_to(controller), between) as middle:
        tally, reporter = reporter_to(middle)
        ask(tally, 3)
        reporter.report()
        assert counted(store) == 3
    with served(ingest, port) as controller, served(relay_to(controller), between):
        reporter.report()
    assert counted(store) == 3
    assert counted(store, "feature_flag.evaluation") == 1


def test_ten_thousand_flags_are_reported_in_parts_that_an_edge_takes(store: TelemetryStore) -> None:
    with served(controller_of(store)) as controller, served(relay_to(controller)) as middle:
        tally, reporter = reporter_to(middle)
        for number in range(10_000):
            tally.count(f"flag-with-a-name-{number}", ON, {})
        reporter.report()
    assert counted(store) == 10_000


def send(relay: Relay, path: str = METRICS, body: bytes = b"{}", method: str = "POST", **headers: str) -> Any:
    async def exchange() -> httpx.Response:
        given = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json", **headers}
        transport = httpx.ASGITransport(app=relay)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
            return await client.request(method, path, content=body, headers=given)

    answer = asyncio.run(exchange())
    return answer.status_code, answer.json()["errorDetails"]


def metrics(name: str) -> bytes:
    return json.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": name, "sum": {}}]}]}]}).encode()


NOWHERE = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({"method": "GET"}, 405, "only POST"),
        ({"authorization": "Bearer nobody"}, 401, "a token is needed"),
        ({"authorization": f"Bearer {EVALUATOR}"}, 403, "may not send telemetry"),
        ({"content-type": "application/x-protobuf"}, 415, "application/json alone"),
        ({"content-encoding": "gzip"}, 415, "not compressed"),
        ({"body": b"x" * (1024 * 1024 + 1)}, 413, "larger than 1 MiB"),
        ({"body": b"["}, 400, "is no report"),
        ({"body": b"[" * 100_000}, 400, "is no report"),
        ({"body": b'{"resourceMetrics": 5}'}, 400, "is no report"),
        ({"body": metrics("http.server.requests")}, 403, "evaluations alone, not http.server.requests"),
        ({"body": metrics("")}, 403, "evaluations alone"),
        ({"path": EVENTS, "content-type": BATCH, "body": b'[{"type": "purchase"}]'}, 403, "not purchase"),
        ({"path": EVENTS, "content-type": BATCH, "body": b"[{}]"}, 400, "is no report"),
        ({"body": metrics("feature_flag.evaluations")}, 503, "takes no reports"),
    ],
)
def test_what_is_no_report_of_evaluations_goes_no_further(given: dict[str, Any], status: int, words: str) -> None:
    found, said = send(relay_to(NOWHERE), **given)
    assert (found, words in said) == (status, True), said


def test_what_the_controller_says_of_the_report_is_passed_back_and_its_refusal_of_the_edge_is_not() -> None:
    async def refuses(scope: Any, receive: Any, send: Any) -> None:
        status = 400 if scope["path"] == METRICS else 401
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b'{"errorDetails": "as it is"}'})

    with served(refuses) as controller:
        relay = relay_to(controller)
        assert send(relay, body=metrics("feature_flag.evaluations")) == (400, "as it is")
        relay = relay_to(controller)
        status, said = send(relay, EVENTS, b'[{"type": "feature_flag.evaluation"}]', **{"content-type": BATCH})
        assert (status, "answers 401" in said) == (503, True)
