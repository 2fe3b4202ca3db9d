"""The sample service as a real process, against a real flag service and real receivers on the loopback."""

from __future__ import annotations

import ast
import socket
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

USERS = [f"u{number:04d}" for number in range(1, 301)]


def test_nothing_in_the_service_imports_tminus(service_folder: Path) -> None:
    modules = set()
    for path in service_folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules.add(str(node.module).partition(".")[0])
    assert "openfeature" in modules
    assert "tminus" not in modules


def test_each_user_gets_the_variant_the_flag_service_names(receiver: Any, run_service: Any) -> None:
    receiver.share = 0.3
    with run_service(**receiver.settings) as url, httpx.Client(base_url=url) as client:
        answers = {user: client.get(f"/profile/{user}") for user in USERS}
    assert {answer.status_code for answer in answers.values()} == {200}
    variants = {user: answer.headers["X-Profile-Variant"] for user, answer in answers.items()}
    assert variants == {user: "on" if receiver.is_new(user) else "off" for user in USERS}
    assert set(variants.values()) == {"on", "off"}
    assert all(("<meter" in answers[user].text) == (variant == "on") for user, variant in variants.items())


def test_the_flag_service_is_told_who_asks_and_keeps_its_connections(receiver: Any, run_service: Any) -> None:
    with (
        run_service(**receiver.settings, OFREP_TOKEN="a-token") as url,
        httpx.Client(base_url=url) as client,
    ):
        for user in USERS:
            client.get(f"/profile/{user}")
    assert [context["targetingKey"] for context in receiver.contexts] == USERS
    assert {context["region"] for context in receiver.contexts} == {"eu", "us", "apac"}
    assert {context["tier"] for context in receiver.contexts} == {"free", "plus", "pro"}
    assert ("ofrep", "Bearer a-token") in receiver.tokens
    # One for each of the eight threads at most, and a few for metrics and events.
    assert receiver.connections < 20


def test_the_latent_bug_fails_that_fraction_of_the_new_variant_alone(receiver: Any, run_service: Any) -> None:
    receiver.share = 0.5
    answers: Counter[tuple[str, int]] = Counter()
    with (
        run_service(**receiver.settings, FAULT_RATE="0.3") as url,
        httpx.Client(base_url=url) as client,
    ):
        for user in USERS * 2:
            answer = client.get(f"/profile/{user}")
            answers[answer.headers["X-Profile-Variant"], answer.status_code] += 1
    new = answers["on", 200] + answers["on", 500]
    assert answers["off", 200] == 600 - new
    # Some 300 draws at 0.3: six standard deviations to either side.
    assert 0.14 < answers["on", 500] / new < 0.46


def test_an_ordinary_error_strikes_both_variants(receiver: Any, run_service: Any) -> None:
    receiver.share = 0.5
    with (
        run_service(**receiver.settings | {"BASE_ERROR_RATE": "1"}) as url,
        httpx.Client(base_url=url) as client,
    ):
        answers = [client.get(f"/profile/{user}") for user in USERS[:30]]
    assert {answer.status_code for answer in answers} == {500}
    assert {answer.headers["X-Profile-Variant"] for answer in answers} == {"on", "off"}


def test_without_a_flag_service_everybody_gets_the_old_profile(run_service: Any, free_port: int) -> None:
    nobody = f"http://127.0.0.1:{free_port}"
    with run_service(OFREP_URL=nobody) as url, httpx.Client(base_url=url) as client:
        answers = [client.get(f"/profile/{user}") for user in USERS[:20]]
    assert {(answer.status_code, answer.headers["X-Profile-Variant"]) for answer in answers} == {(200, "off")}


def test_events_tell_who_got_which_variant_and_how_it_went(receiver: Any, run_service: Any) -> None:
    receiver.share = 1.0
    with (
        run_service(**receiver.settings, EVENTS_TOKEN="e-token", FAULT_RATE="0.5") as url,
        httpx.Client(base_url=url) as client,
    ):
        statuses = Counter(client.get(f"/profile/{user}").status_code for user in USERS[:60])
        while client.post("/profile/u0001/complete").status_code == 500:
            statuses[500] += 1
    requests = [event for event in receiver.events if event["type"] == "request"]
    assert Counter(event["data"]["error"] for event in requests) == {"true": statuses[500], "false": statuses[200] + 1}
    assert {event["data"]["feature_flag.result.variant"] for event in receiver.events} == {"on"}
    assert {event["data"]["route"] for event in requests} == {"/profile/{user}", "/profile/{user}/complete"}
    kinds = Counter(event["type"] for event in receiver.events)
    assert kinds["profile_opened"] == statuses[200]
    (completed,) = (event for event in receiver.events if event["type"] == "profile_completed")
    assert completed["subject"] == "u0001"
    assert set(completed["data"]) == {"feature_flag.result.variant", "region"}
    assert len({event["id"] for event in receiver.events}) == len(receiver.events)
    assert all(event["time"].endswith("Z") and datetime.fromisoformat(event["time"]) for event in receiver.events)
    assert ("events", "Bearer e-token") in receiver.tokens


def test_events_that_were_not_taken_are_sent_again_once_each(receiver: Any, run_service: Any, eventually: Any) -> None:
    receiver.refuse_events = 2
    with run_service(**receiver.settings) as url, httpx.Client(base_url=url) as client:
        for user in USERS[:40]:
            client.get(f"/profile/{user}")
        eventually(lambda: client.get("/health").json()["events"]["sent"] == 80, "all events were taken")
    assert Counter(event["subject"] for event in receiver.events) == dict.fromkeys(USERS[:40], 2)
    assert len({event["id"] for event in receiver.events}) == 80


def test_durations_arrive_as_a_histogram_with_the_conventional_attributes(receiver: Any, run_service: Any) -> None:
    receiver.share = 0.5
    settings = receiver.settings | {"OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20m-token"}
    with run_service(**settings, RELEASE="2.0.0-rc1", FAULT_RATE="1") as url, httpx.Client(base_url=url) as client:
        for user in USERS[:40]:
            client.get(f"/profile/{user}")
    resource = receiver.metrics[-1].resource_metrics[0]
    described = {pair.key: pair.value.string_value for pair in resource.resource.attributes}
    assert (described["service.name"], described["service.version"]) == ("profile", "2.0.0-rc1")
    (metric,) = resource.scope_metrics[0].metrics
    assert (metric.name, metric.unit) == ("http.server.request.duration", "s")
    counts = {}
    for point in metric.histogram.data_points:
        values = {pair.key: pair.value.string_value or str(pair.value.int_value) for pair in point.attributes}
        assert (values["http.request.method"], values["http.route"]) == ("GET", "/profile/{user}")
        assert values["feature_flag.key"] == "enhanced-profile"
        assert (point.explicit_bounds[0], point.explicit_bounds[-1]) == (0.005, 10.0)
        counts[values["feature_flag.result.variant"], values["http.response.status_code"]] = point.count
    new = sum(receiver.is_new(user) for user in USERS[:40])
    assert counts == {("on", "500"): new, ("off", "200"): 40 - new}
    assert ("v1", "Bearer m-token") in receiver.tokens


def test_plain_pages_answer_and_unknown_addresses_do_not(run_service: Any) -> None:
    with run_service(RELEASE="2.0.0") as url, httpx.Client(base_url=url) as client:
        assert 'href="/profile/u0001"' in client.get("/").text
        client.get("/profile/u0001")
        health = client.get("/health").json()
        statuses = [client.get(path).status_code for path in ("/nowhere", "/profile/<b>", "/profile/u1/complete")]
    assert (health["release"], health["variants"]) == ("2.0.0", {"off": 1, "on": 0})
    assert statuses == [404, 404, 405]


def test_a_rate_that_is_not_a_fraction_ends_the_start_with_one_line(service_folder: Path, free_port: int) -> None:
    command = [sys.executable, "-m", "uvicorn", "app:app", "--app-dir", str(service_folder), "--port", str(free_port)]
    ended = subprocess.run(command, env={"FAULT_RATE": "5%"}, capture_output=True, text=True, timeout=60)
    assert ended.returncode != 0
    assert ended.stderr.strip().splitlines() == ["FAULT_RATE is '5%': write a fraction from 0 to 1, such as 0.05"]


def test_a_flag_service_that_hangs_still_leaves_everybody_the_old_profile(run_service: Any) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(64)
        with run_service(OFREP_URL=f"http://127.0.0.1:{silent.getsockname()[1]}") as url:
            visitors = ThreadPoolExecutor(50)
            # More at once than may wait for the flag service.
            answers = list(visitors.map(lambda user: httpx.get(f"{url}/profile/{user}", timeout=10), USERS[:50]))
    assert {(answer.status_code, answer.headers["X-Profile-Variant"]) for answer in answers} == {(200, "off")}
