"""A launch is recorded with the real log and the real telemetry store, and then played once more under other plans."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tminus.app.ledgers import plan_data
from tminus.cli.commands import app
from tminus.core.commands import go, hold, resume, sign
from tminus.core.events import LaunchStarted
from tminus.core.outline import Outline
from tminus.core.state import Status
from tminus.engine import Engine, Ledger, Watch
from tminus.engine.ledger import start_launch
from tminus.metrics.embedded import EmbeddedMetricSource
from tminus.metrics.embedded_arms import EmbeddedArmSource
from tminus.plan.criterion import Arm
from tminus.plan.reading import read_plan_text
from tminus.ports import Question
from tminus.rehearsal.clock import VirtualClock
from tminus.rehearsal.recorded import Record
from tminus.rehearsal.recorded_world import RecordedStore
from tminus.rehearsal.replaying import Replay, ReplayEnd, replay
from tminus.rehearsal.run import InstantDispatcher
from tminus.store import ControllerLock, SqlEventLog
from tminus.telemetry import Event, TelemetryStore, labels_of

BEGIN, STEP = 1_800_000_000.0, 2.0
PLAN = """\
tminus: 1
title: A page
roles: { lead: { people: [Ann] }, owner: { people: [Bo] } }
metrics:
  error_rate: { source: events, bad: 'request{error="true"}', total: request }
flags: { page: {} }
phases:
  - id: prepare
    tasks: [{ id: trained, do: Support is trained, owner: lead }]
  - id: release
    rollout:
      flag: page
      stages:
        - { id: few, to: 20%, for: 1m, exit: [canary error_rate < 20% over 40s], go: [owner] }
        - { id: all, to: 100%, for: 1m }
rollback:
  when: [canary error_rate > 30% over 20s for 10s]
  do: [{ run: [ "true" ] }]
"""
WORSE = "error_rate > 30% over 20s for 10s"


@dataclass
class Recorded:
    """Where it lies, and what it was."""

    data: Path
    record: Record


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Some five minutes of a launch whose new version fails one request in twelve; the lead holds it for half a minute."""
    data = tmp_path_factory.mktemp("recorded")
    clock, log = VirtualClock(BEGIN), SqlEventLog(data / "log.sqlite")
    store = TelemetryStore(data / "telemetry.duckdb", clock=clock.now)
    plan = read_plan_text(PLAN)
    start_launch(log, "page-1", LaunchStarted(title=plan.title, plan=plan_data(plan), identity="x"), "ann", BEGIN)
    outline = Outline(plan)
    ledger = Ledger(log, "page-1", outline, clock)
    sources = {"events": EmbeddedMetricSource(store, "events")}
    watch = Watch(outline, sources, {"events": EmbeddedArmSource(store)})
    engine, random = Engine(ledger, watch, InstantDispatcher(), worker="test"), Random(3)
    acts: dict[int, Any] = {
        10: lambda state: sign(outline, state, "trained", "lead"),
        40: lambda state: hold(outline, state, "ann", "lunch"),
        100: lambda state: resume(outline, state),
        120: lambda state: go(outline, state, "owner"),
    }
    for second in range(0, 400, int(STEP)):
        store.offer(list(_requests(ledger, random, clock.now())))
        store.flush()
        engine.step(clock.now())
        if second in acts:
            ledger.record(acts[second](ledger.state), "ann")
        if ledger.state.status.ended:
            break
        clock.advance(STEP)
    assert ledger.state.status is Status.COMPLETED
    store.close()
    found = Record(log.read("page-1"))
    log.close()
    return Recorded(data, found)


def _requests(ledger: Ledger, random: Random, now: float) -> Iterator[Event]:
    share = ledger.state.share_of("page")
    for number in range(40):
        canary = random.random() < share
        labels = {"feature_flag.key": "page", "feature_flag.result.variant": "on" if canary else "off"}
        if random.random() < (0.08 if canary else 0.005):
            labels["error"] = "true"
        at = now - random.random() * STEP
        yield Event(f"{now}:{number}", "test", "request", at, f"user-{random.randrange(5000)}", labels_of(labels))


def played(recorded: Recorded, tmp_path: Path, text: str = PLAN, every: float = 2.0) -> Replay:
    store = RecordedStore(recorded.data / "telemetry.duckdb", tmp_path)
    try:
        return replay(read_plan_text(text), recorded.record, store, every)
    finally:
        store.close()


def test_the_same_plan_goes_as_it_went(recorded: Recorded, tmp_path: Path) -> None:
    found = played(recorded, tmp_path)
    assert found.end is ReplayEnd.COMPLETED, found.why
    assert found.differences == ()
    assert found.says == ()


def test_a_lower_threshold_would_have_rolled_it_back(recorded: Recorded, tmp_path: Path) -> None:
    found = played(recorded, tmp_path, PLAN.replace(WORSE, "error_rate > 2% over 20s for 10s"))
    assert found.end is ReplayEnd.ROLLED_BACK
    assert "trigger canary error_rate > 2% over 20s for 10s" in found.why
    assert [one.what for one in found.differences][:1] == ["rollback"]
    back = found.differences[0]
    assert (back.record, back.words) == (None, "not in the record")
    began = next(one.at for one in recorded.record.records if type(one.event).__name__ == "StageStarted")
    assert began + 10 <= (back.replay or 0.0) <= began + 60


def test_what_was_never_exposed_was_never_measured(recorded: Recorded, tmp_path: Path) -> None:
    found = played(recorded, tmp_path, PLAN.replace("to: 20%, for: 1m", "to: 40%, for: 1m"))
    assert found.end is ReplayEnd.BEYOND
    assert found.why == "from here on the record says nothing: page would be at 40 %, and was at 20 %"
    began = next(one.at for one in recorded.record.records if type(one.event).__name__ == "StageStarted")
    assert began < found.ended_at < began + 12


def test_a_longer_bake_is_told_as_later_and_that_more_users_had_it(recorded: Recorded, tmp_path: Path) -> None:
    found = played(recorded, tmp_path, PLAN.replace("to: 20%, for: 1m", "to: 20%, for: 2m30s"))
    assert found.end is ReplayEnd.RECORD_ENDS
    later = {one.what: one.words for one in found.differences}
    assert later["stage few is promoted"].endswith("later")
    assert any("more users had the new version" in said for said in found.says)


def test_who_was_never_asked_did_not_answer(recorded: Recorded, tmp_path: Path) -> None:
    found = played(recorded, tmp_path, PLAN.replace("go: [owner]", "go: [owner, lead]"))
    assert found.end is ReplayEnd.RECORD_ENDS
    assert "waiting for the go of lead" in found.why
    assert found.says[0].endswith("nobody answered this in the record: lead: stage:few") or any(
        "lead: stage:few" in said for said in found.says
    )


def test_people_sign_when_they_signed_and_hold_as_long_as_they_held(recorded: Recorded, tmp_path: Path) -> None:
    found = played(recorded, tmp_path)
    mine = {type(one.event).__name__: one for one in found.went.records}
    theirs = {type(one.event).__name__: one for one in recorded.record.records}
    for name in ("TaskSigned", "GateSigned", "LaunchHeld", "LaunchResumed"):
        assert mine[name].at == pytest.approx(theirs[name].at, abs=2.0)
        assert mine[name].actor == theirs[name].actor


def test_nothing_newer_than_the_moment_is_seen(recorded: Recorded, tmp_path: Path) -> None:
    store = RecordedStore(recorded.data / "telemetry.duckdb", tmp_path)
    try:
        metric = read_plan_text(PLAN).metrics["error_rate"]
        before = 0
        for second in range(0, 200, 10):
            store.show(BEGIN + second)
            everything = Question(metric, None, Arm.ALL, 1e6)
            found = EmbeddedMetricSource(store, "events").measure(everything, BEGIN + 1e6)
            newest, total = found.newest or 0.0, int(found.total or 0)
            assert newest <= BEGIN + second
            assert total >= before
            before = total
        assert before > 3000
    finally:
        store.close()


def test_the_recorded_files_stay_as_they_are(recorded: Recorded, tmp_path: Path) -> None:
    before = (recorded.data / "telemetry.duckdb").read_bytes()
    played(recorded, tmp_path)
    assert (recorded.data / "telemetry.duckdb").read_bytes() == before


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, ["rehearse", *words])
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    path = tmp_path / "stricter.yaml"
    path.write_text(PLAN.replace(WORSE, "error_rate > 2% over 20s for 10s"))
    return path


def test_the_command_tells_the_replay_and_what_would_have_been_otherwise(recorded: Recorded, stricter: Path) -> None:
    shown = run(str(stricter), "--replay", f"{recorded.data}:page-1", "--every", "2s").stdout
    assert "replay of page-1" in shown
    assert "rolled back on" in shown
    assert "other than it was" in shown
    assert "not in the record" in shown
    data = json.loads(run(str(stricter), "--replay", str(recorded.data / "log.sqlite"), "--json").stdout)
    assert data["end"] == "rolled back"
    assert data["differences"][0]["what"] == "rollback"


def test_mistakes_are_said_in_a_line(recorded: Recorded, stricter: Path, tmp_path: Path) -> None:
    plan = str(stricter)
    assert "no log of a launch" in run(plan, "--replay", str(tmp_path), code=2).stderr
    assert "no launch other" in run(plan, "--replay", f"{recorded.data}:other", code=2).stderr
    assert "one launch as it was" in run(plan, "--replay", str(recorded.data), "--seed", "3", code=2).stderr
    assert "--every" in run(plan, "--replay", str(recorded.data), "--every", "0s", code=2).stderr
    lock = ControllerLock(recorded.data / "log.sqlite")
    assert lock.acquire()
    try:
        assert "runs launches in" in run(plan, "--replay", str(recorded.data), code=2).stderr
    finally:
        lock.release()
