"""Scheduled changes of flags in a rehearsal: at the right virtual moments, at any pace, through restarts of T-minus."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from tminus.cli.commands import app
from tminus.core.events import FlagSet, LaunchCompleted
from tminus.core.state import Status
from tminus.plan.model import Plan
from tminus.plan.pace import paced
from tminus.plan.reading import read_plan_text
from tminus.rehearsal.incidents import Regression
from tminus.rehearsal.moments import Moment
from tminus.rehearsal.planworld import PlanWorld
from tminus.rehearsal.playing import play_script
from tminus.rehearsal.run import Rehearsal, play
from tminus.rehearsal.scenario import Scenario
from tminus.rehearsal.script import script_of, start_of

ZONE = ZoneInfo("Europe/Zurich")
PLAN = """
tminus: 1
title: Winter
starts: 2026-11-30T09:00
timezone: Europe/Zurich
roles: { lead: { reach: env:LEAD_URL } }
regions: { canada: { title: Canada, countries: [CA] } }
metrics: { errors: { source: events, bad: 'request{error="true"}', total: request } }
flags:
  page: {}
  winter-banner:
    changes:
      - { at: 2026-12-01T10:30, to: on }
      - { at: 2026-12-10T09:00, to: 20%, regions: [canada] }
      - { at: 2027-01-06T00:00, to: off }
phases:
  - id: release
    rollout: { flag: page, guards: [errors], stages: [{ id: few, to: 5%, for: 1d }, { to: 50%, for: 1d }] }
    exit: [errors < 5%]
rollback: { when: [errors > 20% for 5m], do: [{ flag: page, to: off }] }
"""
MOMENTS = ["2026-12-01 10:30:00", "2026-12-10 09:00:00", "2027-01-06 00:00:00"]


def played(plan: Plan, speed: float = 1.0) -> Rehearsal:
    own = paced(plan, speed)
    return play(plan, PlanWorld(own, 3), start=start_of(plan), speed=speed, own=own)


def made(found: Rehearsal) -> list[tuple[float, float]]:
    """(when, share) of the changes in the log."""
    return [(one.at, one.event.share) for one in found.records if isinstance(one.event, FlagSet) and one.event.change]


def local(at: float) -> str:
    return f"{datetime.fromtimestamp(at, ZONE):%Y-%m-%d %H:%M:%S}"


def test_a_rehearsed_launch_goes_through_its_changes_at_their_moments_and_then_is_complete() -> None:
    found = played(read_plan_text(PLAN))
    assert [(local(at), share) for at, share in made(found)] == list(zip(MOMENTS, (1.0, 0.2, 0.0), strict=True))
    assert isinstance(found.records[-1].event, LaunchCompleted)
    assert local(found.records[-1].at) == MOMENTS[-1]


def test_at_a_pace_the_changes_come_at_the_same_part_of_the_way() -> None:
    found = played(read_plan_text(PLAN.replace("guards: [errors], ", "")), speed=1000.0)  # real traffic has no pace
    begun = found.records[0].at
    planned = [datetime.fromisoformat(one).replace(tzinfo=ZONE).timestamp() for one in MOMENTS]
    assert [at - begun for at, _ in made(found)] == pytest.approx([(at - begun) / 1000 for at in planned])


def test_a_change_far_after_the_rollout_is_waited_for() -> None:
    text = PLAN.replace("2027-01-06T00:00", "2028-03-01T00:00")
    script = script_of("healthy", Scenario(title="All is well"), read_plan_text(text))
    went = play_script(script, 1).went
    assert (went.state.status, local(made(went)[-1][0])) == (Status.COMPLETED, "2028-03-01 00:00:00")


def test_a_rollback_takes_the_banner_too_and_what_falls_due_then_waits() -> None:
    plan = read_plan_text(PLAN.replace("for: 1d", "for: 3d"))
    bad = Regression("errors", 0.5, "few", 86_400.0 * 2)
    found = play(plan, PlanWorld(plan, 3, regressions=(bad,)), start=start_of(plan))
    assert found.state.status is Status.ROLLED_BACK
    assert [local(at) for at, _ in made(found)] == MOMENTS[:1]
    assert not found.state.exposing


def test_a_change_is_made_once_however_often_tminus_starts_again() -> None:
    plan = read_plan_text(PLAN)
    crashes = tuple(Moment(after=86_400.0 * day) for day in (0.5, 1.0, 1.2, 2, 10, 11, 36.62, 37))
    found = play(plan, PlanWorld(plan, 3, crashes=crashes), start=start_of(plan))
    assert [local(at) for at, _ in made(found)] == MOMENTS
    assert found.state.changes == {"winter-banner": 3}


def test_the_timeline_of_a_rehearsal_has_a_line_for_each_change(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, encoding="utf-8")
    told = CliRunner().invoke(app, ["rehearse", str(path), "--scenario", "healthy"], env={"COLUMNS": "200"})
    lines = [line.strip() for line in told.stdout.splitlines() if "winter-banner" in line]
    assert lines == [
        "10:30 · Flag winter-banner changes to on for everybody, as the plan schedules for 1 Dec 2026, 10:30",
        "09:00 · Flag winter-banner changes to 20 % of users in Canada, as the plan schedules for 10 Dec 2026, 09:00",
        "00:00 · Flag winter-banner changes to off, as the plan schedules for 6 Jan 2027, 00:00",
    ]
