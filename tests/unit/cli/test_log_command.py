"""`tminus log` and whoever follows a launch tell times as the plan has them; `tminus abort` says what comes before the end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from support.launches import HEAD, ROLLOUT
from tminus.app.ledgers import open_ledger
from tminus.cli.commands import app
from tminus.cli.follow import follow_log
from tminus.core.events import (
    AbortRequested,
    Event,
    LaunchAborted,
    LaunchHeld,
    LaunchResumed,
    LaunchStarted,
    RollbackStarted,
    StageStarted,
)
from tminus.plan.reading import read_plan_text
from tminus.rehearsal.clock import VirtualClock
from tminus.store import SqlEventLog

DAY = 86_400.0
BEFORE = 1_774_656_000.0  # 2026-03-28T00:00:00Z; clocks are changed in Zurich on the 29th
STARTED = StageStarted(phase="release", stage="few", flag="page", share=0.05)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own clock is New York's."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def begun(folder: Path, *events: Event, zone: str = "Europe/Zurich", back: str = "") -> SqlEventLog:
    """A log with a launch, an event a day."""
    plan = read_plan_text(HEAD + ROLLOUT + f"timezone: {zone}\n" + back)
    log = SqlEventLog(folder / "log.sqlite")
    for day, event in enumerate(
        (LaunchStarted(title="Page", plan=plan.model_dump(mode="json", by_alias=True)), *events)
    ):
        log.append("page-1", day, [event], actor="ann", at=BEFORE + day * DAY)
    return log


def told(folder: Path, *command: str) -> list[str]:
    done = CliRunner().invoke(app, [*command, "--data", str(folder)])
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


def test_the_log_tells_times_in_the_plans_zone_and_says_it_once_and_when_clocks_change(
    tmp_path: Path, elsewhere: None
) -> None:
    begun(tmp_path, LaunchHeld(), LaunchResumed(), LaunchAborted())
    lines = told(tmp_path, "log")
    assert [line[:19] for line in lines if line[:2] == "20"] == [
        "2026-03-28 01:00:00",
        "2026-03-29 01:00:00",
        "2026-03-30 02:00:00",
        "2026-03-31 02:00:00",
    ]
    assert [line for line in lines if line[:2] != "20"] == [
        "times in Europe/Zurich (CET)",
        "times in Europe/Zurich (CEST)",
    ]
    assert lines[0].startswith("times")


def test_a_plan_in_utc_says_so_in_one_word(tmp_path: Path, elsewhere: None) -> None:
    begun(tmp_path, LaunchAborted(), zone="UTC")
    assert told(tmp_path, "log")[0] == "times in UTC"


def test_a_launch_that_is_followed_is_told_in_the_plans_zone_too(
    tmp_path: Path, elsewhere: None, capsys: pytest.CaptureFixture[str]
) -> None:
    log = begun(tmp_path, LaunchAborted())
    follow_log(open_ledger(log, "page-1", VirtualClock(BEFORE)), json_out=False)
    told_there = capsys.readouterr().out
    assert "times in Europe/Zurich (CET)" in told_there
    assert "01:00:00 ▮ Page: launch started by ann" in told_there


def test_an_abort_with_users_in_says_that_going_back_comes_first(tmp_path: Path) -> None:
    begun(tmp_path, STARTED, back="rollback: { do: [{ run: ./undo }] }\n")
    first = told(tmp_path, "abort")
    assert "ROLLING BACK" in first[0]
    assert "abort again ends it at once" in first[1]
    at_once = CliRunner().invoke(app, ["abort", "--data", str(tmp_path)])
    assert (at_once.exit_code, "ended the launch just now" in at_once.output) == (2, True)


def test_an_abort_said_again_later_ends_the_launch_at_once(tmp_path: Path) -> None:
    asked = AbortRequested(), RollbackStarted(cause={"kind": "person", "text": "ann ended the launch"})
    begun(tmp_path, STARTED, *asked, back="rollback: { do: [{ run: ./undo }] }\n")
    assert told(tmp_path, "abort") == ["✓ abort recorded. ABORTED"]
