"""Stages and phases that begin at a date, on a weekday, or so long after their phase began."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from support.launches import HOUR, T0, Course, course, kinds, outline
from tminus.core import commands
from tminus.core.advance import advance
from tminus.core.events import LaunchStarted
from tminus.core.story import story

DAY = 24 * HOUR
STAGES = """
phases:
  - id: release
    tasks: [{{ do: Ready, id: ready, owner: lead }}]
    rollout:
      flag: page
      stages:
        - {{ id: few, to: 5%, starts: {first}, for: 1h }}
        - {{ id: all, to: 100%, starts: {second}, for: 1h }}
"""


def unix(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[misc]


def ready(first: str = "+0s", second: str = "+0s") -> Course:
    """T0 is Monday, 12 January 2026, 09:00 UTC."""
    launch = course(STAGES.format(first=first, second=second))
    launch.tell(commands.sign, "ready", "lead")
    launch.rest()
    return launch


@pytest.mark.parametrize(
    ("starts", "opens"),
    [
        ("2026-01-14T09:00:00", unix(2026, 1, 14, 9)),
        ("+2d", T0 + 2 * DAY),
        ("Tuesday 10:30", unix(2026, 1, 13, 10, 30)),
        ("Monday 02:00", unix(2026, 1, 19, 2)),
        ("Monday 08:00", T0),  # an hour late still counts
        ("Monday 09:00 UTC", T0),
        ("2026-01-01T00:00:00", T0),
    ],
)
def test_a_stage_begins_at_its_moment_and_not_before(starts: str, opens: float) -> None:
    launch = ready(starts)
    if opens > T0:
        assert launch.wait(opens - T0 - 1) == []
        (blocker,) = advance(launch.outline, launch.state, launch.facts, launch.now).blockers
        assert (blocker.kind, blocker.until, blocker.text) == ("time", opens, "5 % starts in 1 s")
        launch.wait(1)
    assert (launch.state.stage, launch.state.stage_started_at, launch.state.hold_since) == ("few", opens, None)


def test_a_weekday_is_the_first_one_after_the_boxes_are_proven() -> None:
    launch = course(STAGES.format(first="Tuesday 09:00", second="+0s"))
    launch.wait(2 * DAY)
    launch.tell(commands.sign, "ready", "lead")
    launch.rest()
    assert launch.state.stage is None
    launch.wait(6 * DAY)
    assert (launch.state.stage, launch.now) == ("few", unix(2026, 1, 20, 9))


def test_a_weekday_is_the_first_one_after_the_stage_before_began() -> None:
    launch = ready(second="Monday 09:00")
    launch.wait(HOUR + 60)
    assert (launch.state.stages_done, launch.state.stage) == (("few",), None)
    launch.wait(7 * DAY - HOUR - 60)
    assert launch.state.stage == "all"


def test_a_stage_that_is_ready_seconds_after_its_moment_does_not_wait_for_another_week() -> None:
    launch = ready(second="Monday 10:00")
    launch.wait(HOUR + 60)
    assert (launch.state.stages_done, launch.state.stage) == (("few",), "all")


def test_after_a_rollback_a_stage_waits_for_its_weekday_again() -> None:
    launch = ready("Monday 09:00")
    launch.wait(HOUR / 2)
    launch.tell(commands.rollback, "ann")
    launch.rest()
    launch.wait(7 * HOUR)
    launch.tell(commands.resume)
    launch.rest()
    assert (launch.state.run, launch.state.stage) == (2, None)
    launch.wait(7 * DAY - 7.5 * HOUR)
    assert launch.state.stage == "few"


def test_a_paced_launch_has_no_calendar() -> None:
    launch = Course(outline(STAGES.format(first="Friday 09:00", second="2027-01-01T00:00:00")))
    launch.record(LaunchStarted(title="Page", plan={}, pace=60.0))
    launch.rest()
    launch.tell(commands.sign, "ready", "lead")
    launch.rest()
    assert launch.state.stage == "few"
    launch.wait(HOUR)
    assert launch.state.stage == "all"


def test_a_phase_on_a_weekday_begins_at_the_first_one_after_the_phase_before() -> None:
    launch = course("phases: [{ id: one, lasts: 3d }, { id: two, starts: Wednesday 09:00, lasts: 1d }]")
    launch.wait(2 * DAY)
    assert launch.state.phase == "one"
    launch.wait(DAY)
    assert launch.state.phases_done == ("one",)
    assert launch.wait(6 * DAY - 1) == []
    assert kinds(launch.wait(1)) == ["PhaseStarted"]
    assert launch.now == unix(2026, 1, 21, 9)


def test_the_first_phase_on_a_weekday_begins_after_the_start_of_the_launch() -> None:
    launch = course("starts: 2026-01-14T00:00:00\nphases: [{ id: one, starts: Tuesday 09:00 }]")
    launch.wait(3 * DAY)
    assert launch.state.phase is None
    launch.wait(5 * DAY)
    assert launch.now == unix(2026, 1, 20, 9)
    assert launch.state.phases_done == ("one",)


def test_a_stage_without_a_time_goes_on_when_what_it_asks_for_holds() -> None:
    launch = course("""
phases:
  - id: release
    rollout: { flag: page, stages: [{ id: few, to: 5%, go: [lead] }, { id: all, to: 100% }] }
""")
    assert (launch.state.stage, [reason["id"] for reason in launch.state.hold]) == ("few", ["go:stage:few:lead"])
    launch.tell(commands.go, "lead")
    launch.rest()
    assert launch.state.stages_done == ("few", "all")
    passed = [one.event for one in launch.log if type(one.event).__name__ == "StagePromoted"]
    assert story(passed[1], launch.outline, "tminus")[1] == "all passed: nothing was in its way"
