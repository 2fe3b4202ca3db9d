"""`tminus flags stale` where no server runs: the telemetry file says who asks for the flags."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tminus.app.clock import SystemClock
from tminus.app.exposures import TelemetrySink
from tminus.app.launching import begin_or_continue
from tminus.cli.commands import app
from tminus.plan.reading import read_plan_text
from tminus.store import SqlEventLog
from tminus.telemetry import TelemetryStore

PLAN = """
tminus: 1
title: Page
roles: { lead: {} }
flags: { page: {}, cart: {} }
phases: [{ id: release, rollout: { flag: page, stages: [{ to: 50% }] } }]
"""
DAY = 86_400.0


class Past:
    """A clock that stands at a day of the past."""

    def __init__(self, days: float) -> None:
        self.at = SystemClock().now() - days * DAY

    def now(self) -> float:
        return self.at


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A launch that began 20 days ago."""
    log = SqlEventLog(tmp_path / "log.sqlite")
    begin_or_continue(log, read_plan_text(PLAN), "page-1", 1.0, Past(20))
    return tmp_path


@pytest.fixture
def keep(data: Path) -> Callable[..., None]:
    """Keeps telemetry since so many days, in which these flags were asked for some hours ago."""

    def make(days: float, **times: int) -> None:
        clock = Past(days)
        store = TelemetryStore(data / "telemetry.duckdb", clock=clock.now)
        clock.at = Past(0.2).at
        sink = TelemetrySink(store, clock.now)
        clock.at += 10
        sink.send({(key, "on", "SPLIT"): number for key, number in times.items()}, [])
        store.close()

    return make


def run(*words: object) -> str:
    result = CliRunner().invoke(app, ["flags", "stale", *map(str, words)])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def listed(data: Path) -> dict[str, dict[str, object]]:
    return {one["flag"]: one for one in json.loads(run("--data", data, "--json", "--days", 10))}


def test_the_file_is_read_where_no_server_runs(data: Path, keep: Callable[..., None]) -> None:
    keep(12, page=40)
    found = listed(data)
    assert (found["page"]["evaluations"], found["cart"]["evaluations"], found["cart"]["last_asked"]) == (40, 0, None)
    assert str(found["page"]["last_asked"]) > str(found["page"]["telemetry_since"]) > "20"
    assert found["cart"]["unasked"] == "not asked for in the 12 days that telemetry goes back"


def test_days_beyond_what_is_kept_are_not_claimed(data: Path, keep: Callable[..., None]) -> None:
    keep(12, page=40)
    told = run("--data", data, "--days", 30)
    assert "cart nobody has on, for 20 days; not asked for in the 12 days that telemetry goes back" in told
    assert "Who asks for a flag is known of the 12 days that telemetry goes back, not of 30 days." in told
    assert "was read of the last 10 days" in run("--data", data, "--days", 10)


def test_without_telemetry_it_says_that_it_does_not_know(data: Path, keep: Callable[..., None]) -> None:
    assert f"is not known: there is no telemetry in {data}" in run("--data", data)
    assert listed(data)["cart"]["evaluations"] is None
    keep(12)
    assert "is not known: no evaluation of any flag was ever reported here" in run("--data", data)


def test_a_file_that_cannot_be_read_is_said_and_the_rest_is_listed(data: Path) -> None:
    (data / "telemetry.duckdb").write_text("not a database" * 1000)
    told = run("--data", data, "--days", 10)
    assert "cart nobody has on" in told
    assert "is not known: telemetry database" in told
