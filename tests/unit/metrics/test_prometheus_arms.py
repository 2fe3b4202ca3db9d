"""Guards fed from Prometheus: a real one, with a history written for the test."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tminus.errors import SourceError
from tminus.guards import Counts
from tminus.metrics.patient import PatientArmSource
from tminus.metrics.prometheus_arms import PrometheusArmSource
from tminus.plan.model import Metric
from tminus.ports import EVERYWHERE, Exposure, Feed

PAGE = Exposure("page", "on", ("off",))
ERRORS = Metric.model_validate({"source": "prom", "bad": 'req_total{ok="no"}', "total": "req_total"})
TICKETS = Metric.model_validate({"source": "prom", "count": "tickets_total"})
START = int(time.time()) // 60 * 60 - 7200
STEP, STEPS = 10, 60


def history() -> str:
    """Ten minutes, a sample each ten seconds: 20 requests of the control, 5 of the canary, of which one fails from the
    second minute on, when that series appears; the process restarts after five minutes."""
    lines = ["# TYPE req counter"]
    series: dict[str, list[str]] = {}
    for step in range(STEPS + 1):
        lived = step if step < 30 else step - 30
        values = {'variant="off",ok="yes",country="DE"': 20 * lived, 'variant="on",ok="yes",country="DE"': 4 * lived}
        values['variant="off",ok="yes",country="US"'] = lived
        if step >= 12:
            values['variant="on",ok="no",country="DE"'] = step - 11 if step < 30 else lived
        for labels, value in values.items():
            named = f'req_total{{feature_flag_result_{labels},job="shop",instance="a"}}'
            series.setdefault(named, []).append(f"{named} {value} {START + step * STEP}")
    lines += [line for found in series.values() for line in found]
    lines.append("# TYPE tickets counter")
    named = 'tickets_total{feature_flag_result_variant="on",job="shop",instance="a"}'
    lines += [f"{named} {step // 20} {START + step * STEP}" for step in range(30)]
    return "\n".join([*lines, "# EOF", ""])


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, need: Callable[[str], str]) -> Iterator[str]:
    need("prometheus")
    need("promtool")
    home = tmp_path_factory.mktemp("prometheus")
    (home / "history").write_text(history())
    (home / "none.yml").write_text("scrape_configs: []\n")
    data = home / "data"
    subprocess.run(
        ["promtool", "tsdb", "create-blocks-from", "openmetrics", home / "history", data],
        check=True,
        capture_output=True,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={home / 'none.yml'}",
                f"--storage.tsdb.path={data}",
                f"--web.listen-address={address}",
            ],
            stderr=log,
        )
    try:
        _wait(f"http://{address}/-/ready", home / "log")
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(30)


def _wait(ready: str, log: Path) -> None:
    for _ in range(300):
        try:
            if httpx.get(ready).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(log.read_text()[-2000:])


class Clock:
    def __init__(self, seconds: float) -> None:
        self.now = START + seconds

    def __call__(self) -> float:
        return self.now


def source(url: str, clock: Clock) -> PrometheusArmSource:
    return PrometheusArmSource(url, "prom", clock, delay_seconds=0)


def total(found: list[dict[str, tuple[Counts, ...]]], place: str = EVERYWHERE) -> Counts:
    sums = Counts(0, 0, 0, 0)
    for places in found:
        sums += places.get(place, (Counts(0, 0, 0, 0),))[0]
    return sums


@pytest.mark.parametrize("every", [1, 7, 10, 60, 600])
def test_counters_are_counted_once_over_any_cuts_and_a_restart(url: str, every: int) -> None:
    clock = Clock(100)
    asked, told = source(url, clock), []
    position, _ = asked.arms(Feed(ERRORS, PAGE), None)
    while clock.now < START + 600:
        clock.now += every if every > 1 else 3
        position, places = asked.arms(Feed(ERRORS, PAGE), position)
        told.append(places)
    # From 100 s to 600 s are 50 steps; at the restart the counters begin with 0, which shows nothing of that one step.
    assert total(told) == Counts(49 * 21, 0, 49 * 4 + 48, 48)


def test_places_and_countries_are_told_apart(url: str) -> None:
    start, clock = START + 100, Clock(200)
    feed = Feed(ERRORS, PAGE, places={"us": frozenset({"US"})})
    assert source(url, clock).arms(feed, start)[1]["us"] == (Counts(10, 0, 0, 0),)
    german = Feed(ERRORS, replace(PAGE, countries=frozenset({"DE"})))
    assert source(url, clock).arms(german, start)[1][EVERYWHERE][0].control_units == 200


def test_tickets_are_held_against_the_traffic(url: str) -> None:
    found = source(url, Clock(280)).arms(Feed(TICKETS, PAGE, traffic=ERRORS), START + 100)[1]
    assert found == {EVERYWHERE: (Counts(18 * 21, 0, 18 * 4 + 17 + 1, 1),)}
    with pytest.raises(SourceError, match="among how many"):
        source(url, Clock(280)).arms(Feed(TICKETS, PAGE), START + 100)


def test_what_is_not_there_yet_is_waited_for_without_waiting(url: str) -> None:
    patient = PatientArmSource(source(url, Clock(200)))
    start = START + 100
    position, found = patient.arms(Feed(ERRORS, PAGE), start)
    assert (position, found) == (start, {EVERYWHERE: (Counts(0, 0, 0, 0),)})
    for _ in range(300):
        position, found = patient.arms(Feed(ERRORS, PAGE), start)
        if position != start:
            break
        time.sleep(0.02)
    patient.close()
    assert (position, total([found])) == (START + 200, Counts(210, 0, 40 + 9, 9))


def test_a_server_that_is_gone_is_an_error_that_loses_nothing() -> None:
    with pytest.raises(SourceError, match="cannot be asked"):
        source("http://127.0.0.1:9", Clock(200)).arms(Feed(ERRORS, PAGE), START)


def test_a_kind_without_counters_is_refused() -> None:
    latency = Metric.model_validate({"source": "prom", "histogram": "took"})
    with pytest.raises(SourceError, match="cannot count this kind"):
        source("http://127.0.0.1:9", Clock(200)).arms(Feed(latency, PAGE), START)
