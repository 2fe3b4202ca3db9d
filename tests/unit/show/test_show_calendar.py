"""The calendar, read back by a library and held against RFC 5545."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from tminus.errors import UsageError
from tminus.plan import read_plan, read_plan_text
from tminus.plan.timeline import timeline
from tminus.plan.timespans import Timeline
from tminus.show import as_calendar

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*/plan.yaml"))
STAMP = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


def events(line: Timeline, stamp: float = STAMP) -> dict[str, Any]:
    calendar = Calendar.from_ical(as_calendar(line, stamp))
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def plan(phases: str, head: str = "") -> Timeline:
    return timeline(read_plan_text(f"tminus: 1\ntitle: A launch\n{head}\nphases:\n{phases}"))


def test_titles_come_back_as_they_were(odd: Timeline) -> None:
    calendar = Calendar.from_ical(as_calendar(odd, STAMP))
    assert calendar["x-wr-calname"] == odd.title
    found = events(odd)
    assert 'section one: #1; "x" 👩‍💻' in found
    assert "click <script>alert(2)</script>: task: 5%; #2, 5 %" in found
    assert 'Gate of task: 5%; #2: go by Lead; "the" <boss>' in found
    assert 'so, "it"; is' in found["done %% {nothing} (open end)"]["description"]


def test_lines_end_in_crlf_and_have_at_most_75_octets(odd: Timeline) -> None:
    lines = as_calendar(odd, STAMP).encode().split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in one or b"\r" in one for one in lines)


def test_what_rfc_5545_demands_is_there(odd: Timeline) -> None:
    calendar = Calendar.from_ical(as_calendar(odd, STAMP))
    assert (calendar["version"], bool(calendar["prodid"])) == ("2.0", True)
    assert [error for event in calendar.walk("VEVENT") for error in event.errors] == []
    found: list[Any] = calendar.walk("VEVENT")
    for event in found:
        assert event["dtstamp"].dt == datetime(2026, 1, 1, tzinfo=UTC)
        start, end = event["dtstart"].dt, event.get("dtend")
        assert end is None or (type(end.dt) is type(start) and end.dt > start)


def test_times_are_in_utc_over_a_change_of_the_clocks(odd: Timeline) -> None:
    event = events(odd)[odd.phases[0].title]
    assert event["dtstart"].dt == datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
    assert event["dtend"].dt == datetime(2026, 3, 12, 14, 30, tzinfo=UTC)
    assert "DTSTART:20260305T143000Z" in as_calendar(odd, STAMP)


def test_without_a_time_of_day_events_are_whole_days_also_when_the_clocks_change() -> None:
    found = events(
        plan("  - { id: a, lasts: 1w }\n  - { id: b, lasts: 1w }", "starts: 2026-03-05\ntimezone: America/New_York")
    )
    assert (found["a"]["dtstart"].dt, found["a"]["dtend"].dt) == (date(2026, 3, 5), date(2026, 3, 12))
    assert (found["b"]["dtstart"].dt, found["b"]["dtend"].dt) == (date(2026, 3, 12), date(2026, 3, 19))


def test_an_open_end_has_no_end_and_says_so(odd: Timeline) -> None:
    event = events(odd)["done %% {nothing} (open end)"]
    assert "dtend" not in event
    assert "the plan does not say how long" in event["description"]


def test_uids_are_unique_and_stay_when_the_plan_moves() -> None:
    phases = "  - { id: a, lasts: 1d, go: [lead] }\n  - { id: b, lasts: 1d }"
    roles = "roles: { lead: { reach: env:LEAD } }"
    before = events(plan(phases, f"starts: 2026-03-05\n{roles}"))
    after = events(plan(phases, f"starts: 2026-04-05\n{roles}"), STAMP + 1)
    uids = {title: str(event["uid"]) for title, event in before.items()}
    assert len(set(uids.values())) == len(uids) == 3
    assert uids == {title: str(event["uid"]) for title, event in after.items()}
    assert before["a"]["dtstart"].dt != after["a"]["dtstart"].dt


def test_the_same_plan_gives_the_same_bytes(odd: Timeline) -> None:
    assert as_calendar(odd, STAMP) == as_calendar(odd, STAMP)


def test_a_launch_without_a_date_is_refused_with_what_to_do() -> None:
    with pytest.raises(UsageError, match="nothing says when a is") as refused:
        as_calendar(plan("  - { id: a, lasts: 1w }"), STAMP)
    assert "--start" in refused.value.hint


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_example_is_a_calendar_with_its_phases_and_stages(path: Path) -> None:
    line = timeline(read_plan([path]), STAMP)
    titles = " ".join(events(line))
    assert all(phase.title in titles for phase in line.phases)
    assert all(stage.title in titles for phase in line.phases for stage in phase.stages)
