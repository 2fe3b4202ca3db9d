"""The traffic as a real process against the real service, and its pure parts by themselves."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from tminus.demo.traffic.population import Population
from tminus.demo.traffic.tally import Latencies


def read(report: Path) -> dict[str, Any]:
    return json.loads(report.read_text()) if report.exists() else {"requests": 0, "unreachable": 0, "by_variant": {}}


def test_the_report_says_what_users_of_each_variant_got(
    receiver: Any, tmp_path: Path, run_service: Any, run_traffic: Any, eventually: Any
) -> None:
    receiver.share = 0.5
    report = tmp_path / "report.json"
    with run_service(**receiver.settings, FAULT_RATE="0.3") as url:
        before = time.time()
        with run_traffic(url, report, "--rate", "150") as traffic:
            eventually(lambda: read(report)["requests"] >= 600, "600 requests")
            traffic.send_signal(signal.SIGTERM)
            assert traffic.wait(15) == 0
        health = httpx.get(f"{url}/health").json()
    seen = read(report)
    new, old = seen["by_variant"]["on"], seen["by_variant"]["off"]
    assert seen["unreachable"] == seen["not_sent"] == old["failed"] == 0
    assert seen["failed"] == new["failed"] == len(seen["failed_new_times"])
    assert seen["requests"] == new["requests"] + old["requests"] <= sum(health["variants"].values())
    assert 0.15 < new["failed"] / new["requests"] < 0.45
    assert before < seen["first_failure_new"] == seen["failed_new_times"][0] <= seen["last_seen_new"] <= time.time()
    assert 100 < seen["distinct_users"] <= 2000
    assert 0 < new["p50_ms"] <= new["p95_ms"]
    assert {event["type"] for event in receiver.events} >= {"profile_opened", "profile_completed"}


def test_a_restart_of_the_service_is_counted_and_survived(
    tmp_path: Path, run_service: Any, run_traffic: Any, eventually: Any, free_port: int
) -> None:
    report, port = tmp_path / "report.json", free_port
    with run_traffic(f"http://127.0.0.1:{port}", report, "--rate", "50") as traffic:
        eventually(lambda: read(report)["unreachable"] > 0, "visitors before the service is there")
        with run_service(port):
            eventually(lambda: "off" in read(report)["by_variant"], "answers")
        refused = read(report)["unreachable"]
        eventually(lambda: read(report)["unreachable"] > refused, "visitors after the service ended")
        answered = read(report)["by_variant"]["off"]["requests"]
        with run_service(port):
            eventually(lambda: read(report)["by_variant"]["off"]["requests"] > answered, "answers again")
        assert traffic.poll() is None
    assert read(report)["failed"] == 0


def test_it_ends_by_itself_after_its_duration(tmp_path: Path, run_traffic: Any, free_port: int) -> None:
    report = tmp_path / "report.json"
    with run_traffic(f"http://127.0.0.1:{free_port}", report, "--duration", "1", "--rate", "20") as traffic:
        assert traffic.wait(30) == 0
    assert read(report)["unreachable"] == read(report)["requests"] > 0


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--target", "profile"], "traffic: 'profile' is not an address traffic can go to (write http://HOST:PORT)"),
        (["--target", "http://localhost:1", "--report", "/nowhere/r.json"], "traffic: cannot write the report to"),
    ],
)
def test_an_impossible_request_is_one_line_and_exit_code_2(arguments: list[str], line: str) -> None:
    command = [sys.executable, "-m", "tminus.demo.traffic", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert ended.stderr.startswith(line)
    assert ended.stderr.count("\n") == 1


def test_the_same_seed_brings_the_same_visitors() -> None:
    first, second, other = (Population(2000, seed) for seed in (7, 7, 8))
    visits = [population_visits(population) for population in (first, second, other)]
    assert visits[0] == visits[1] != visits[2]


def population_visits(population: Population) -> list[str]:
    return [population.next_visit(0.0).user for _ in range(50)]


def test_some_users_come_often_but_none_decides_the_picture() -> None:
    population = Population(2000, 7)
    visits = Counter(population.next_visit(0.0).user for _ in range(30_000))
    ranked = [count for _, count in visits.most_common()]
    assert len(visits) > 1900
    assert sum(ranked[:200]) > 2.5 * sum(ranked[-1000:-800])
    assert ranked[0] < 0.01 * 30_000


def test_more_users_complete_the_new_profile_than_the_old_one() -> None:
    completed = {}
    for variant in ("off", "on"):
        population = Population(1000, 7)
        opened, saved = set(), set()
        for tick in range(20_000):
            visit = population.next_visit(tick / 100)
            population.saw(visit, variant, tick / 100)
            opened |= {visit.user} if visit.method == "GET" else set()
            saved |= {visit.user} if visit.path.endswith("/complete") else set()
        completed[variant] = len(saved) / len(opened)
    assert 0.60 < completed["off"] < 0.72
    assert 0.85 < completed["on"] < 0.95


def test_a_quantile_is_at_most_five_percent_above_the_exact_one() -> None:
    latencies = Latencies()
    for millisecond in range(1, 1001):
        latencies.add(millisecond / 1000)
    assert 500 <= (latencies.quantile_ms(0.5) or 0) <= 525
    assert 950 <= (latencies.quantile_ms(0.95) or 0) <= 1000
    assert Latencies().quantile_ms(0.5) is None
