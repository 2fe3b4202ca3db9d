"""`tminus rehearse`: a timeline, tables, JSON, a report, a log that other commands read, and errors in a line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tminus.cli.commands import app
from tminus.core.events import LaunchStarted
from tminus.core.evolve import fold
from tminus.engine.ledger import start_launch
from tminus.rehearsal.playing import RuleBroken
from tminus.store.sql import SqlEventLog

PLAN = """\
tminus: 1
title: Small [launch]
timezone: America/New_York
roles: { lead: { reach: env:LEAD_URL } }
metrics:
  error_rate: { source: events, bad: 'request{error="true"}', total: request, window: 5m }
  paid: { source: events, good: 'payment{ok="true"}', total: payment }
flags: { page: {} }
phases:
  - id: prepare
    tasks: [{ do: Rollback is tested, owner: lead }]
  - id: release
    rollout:
      flag: page
      guards: [error_rate]
      stages:
        - { id: few, to: 5%, for: 6h }
        - { id: half, to: 50%, for: 1d, exit: [paid > 90% over 2h] }
        - { id: all, to: 100%, for: 1d }
    exit: [error_rate < 0.1% over 12h]
    go: [lead]
rollback:
  when: [canary error_rate > 1% for 2m]
  do: [{ flag: page, to: off }, { run: ./undo.sh }]
"""


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TMINUS_DATA", raising=False)
    monkeypatch.delenv("TMINUS_STORE", raising=False)
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, [*words])
    assert result.exit_code == code, result.output
    return result


def data(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("rehearse", *words, "--json").stdout)
    return found


def test_one_launch_is_told_decision_by_decision_with_its_reason(plan: Path) -> None:
    said = run("rehearse", str(plan), "--scenario", "large-regression").stdout
    assert "Small [launch]" in said
    for words in (
        "day 1",
        "1 signature: lead",
        "5 % of users have page",
        "ROLLBACK: guard error_rate",
        "rolled back after",
    ):
        assert words in said
    assert said.index("5 % of users") < said.index("ROLLBACK")


def test_without_a_scenario_the_standard_set_runs_and_what_is_not_for_the_plan_is_said(plan: Path) -> None:
    found = data(str(plan))
    ends = {one["scenario"]: one["end"] for one in found["outcomes"]}
    assert ends["healthy"] == ends["dead-source"] == "shipped"
    assert ends["large-regression"] == ends["failed-rollback-action"] == "rolled back"
    assert ends["absent-approver"] == "stuck"
    assert found["skipped"] == [{"scenario": "region-outage", "why": "it names no regions"}]
    assert "not played: region-outage: it names no regions" in run("rehearse", str(plan)).stdout


def test_many_launches_become_chances_quantiles_and_bounds(plan: Path) -> None:
    found = data(str(plan), "--launches", "12", "--scenario", "healthy", "--scenario", "small-regression")
    healthy, bad = found["scenarios"]
    assert healthy["shipped"] == 12
    assert healthy["back_bounds"][0] == 0
    assert 0.2 < healthy["back_bounds"][1] < 0.3  # 1 - 0.025 ** (1/12)
    assert healthy["everybody"] == sorted(healthy["everybody"])
    assert len(healthy["days"]) == 12
    assert bad["rolled_back"] == 12
    assert bad["noticed"][0] > 0
    said = run("rehearse", str(plan), "--launches", "12", "--scenario", "healthy").stdout
    assert "false rollbacks, healthy: 0 of 12" in said


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(plan: Path) -> None:
    words = ("rehearse", str(plan), "--scenario", "small-regression", "--json", "--seed")
    assert run(*words, "4").stdout == run(*words, "4").stdout != run(*words, "5").stdout


@pytest.mark.parametrize("scenario", ["healthy", "large-regression", "absent-approver", "failed-rollback-action"])
def test_a_rehearsal_is_kept_as_a_log_that_verifies_and_that_nobody_drives_on(plan: Path, scenario: str) -> None:
    run("rehearse", str(plan), "--scenario", scenario, "--seed", "3", "--data", "kept")
    assert "the chain is whole" in run("log", "--data", "kept", "--verify").stdout
    assert "Small [launch]: launch started by rehearsal" in run("log", "--data", "kept").stdout
    assert f"rehearsal-{scenario}-3" in run("status", "--data", "kept").stdout
    log = SqlEventLog(Path("kept") / "log.sqlite")
    state = fold(log.read(f"rehearsal-{scenario}-3"))
    log.close()
    assert state.status.ended
    assert all(action.settled for action in state.actions.values())


def test_a_rehearsal_never_goes_into_the_log_of_a_real_launch(plan: Path) -> None:
    Path("real").mkdir()
    log = SqlEventLog(Path("real") / "log.sqlite")
    start_launch(log, "real-1", LaunchStarted(title="Real", plan={}), "ann", 1.0)
    log.close()
    said = run("rehearse", str(plan), "--scenario", "healthy", "--data", "real", code=2).output
    assert "real launch in this log, real-1" in said


def test_a_report_needs_nothing_but_itself_and_escapes_the_plan(plan: Path) -> None:
    plan.write_text(PLAN.replace("Small [launch]", "A <script>alert(1)</script>"), encoding="utf-8")
    run("rehearse", str(plan), "--launches", "3", "--html", "report.html", "--compare", str(plan))
    page = Path("report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.findall(r"""(?:src|href)\s*=|url\(|@import|https?://""", page)
    assert page.count("<path") >= 2
    assert "B: A &lt;script" in page


def test_two_plans_stand_side_by_side(plan: Path) -> None:
    slower = plan.with_name("slower.yaml")
    slower.write_text(PLAN.replace("for: 1d, exit", "for: 3d, exit"), encoding="utf-8")
    found = data(str(plan), "--launches", "4", "--scenario", "healthy", "--compare", str(slower))
    ours, theirs = found["scenarios"][0], found["compared"]["scenarios"][0]
    assert theirs["everybody"][1] - ours["everybody"][1] == pytest.approx(2.0, abs=0.6)
    said = run("rehearse", str(plan), "--scenario", "healthy", "--compare", str(slower)).stdout
    assert "A: Small [launch] (plan.yaml)" in said
    assert "B: Small [launch] (slower.yaml)" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--scenario", "helthy"), "did you mean healthy"),
        (("--scenario", "region-outage"), "it names no regions"),
        (("--launches", "3", "--data", "kept"), "--data keeps one launch"),
        (("--launches", "100001"), "at most 100,000"),
    ],
)
def test_what_cannot_be_rehearsed_is_told_in_a_line(plan: Path, words: tuple[str, ...], message: str) -> None:
    assert message in run("rehearse", str(plan), *words, code=2).output


def test_a_scenario_file_of_ones_own_is_played_and_its_mistakes_are_placed(plan: Path) -> None:
    own = plan.with_name("own.yaml")
    own.write_text("title: Own\nevents: [{ at: stage few + 2h, metric: error_rate, to: 30% }]\n", encoding="utf-8")
    found = data(str(plan), "--scenario", "own.yaml")
    assert found["outcome"]["scenario"] == "own"
    assert found["outcome"]["end"] == "rolled back"
    own.write_text("title: Own\nevents: [{ at: stage few + 2h, metric: eror_rate, to: 30% }]\n", encoding="utf-8")
    assert "did you mean error_rate" in run("rehearse", str(plan), "--scenario", "own.yaml", code=2).output
    own.write_text("title: Own\nevents: [{ att: 1 }]\n", encoding="utf-8")
    assert "own.yaml:2:12: unknown-key" in run("rehearse", str(plan), "--scenario", "own.yaml", code=2).output


def test_a_broken_rule_is_loud_with_seed_and_command(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuleBroken("healthy, seed 9: event 3 promotes; see it again with: tminus rehearse plan.yaml")

    monkeypatch.setattr("tminus.cli.rehearsing.play_script", broken)
    said = run("rehearse", str(plan), "--scenario", "healthy", code=1).output
    assert "seed 9" in said
    assert "tminus rehearse plan.yaml" in said
