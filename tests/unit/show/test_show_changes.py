"""Scheduled changes of flags in every drawing of a plan, at their moments."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from icalendar import Calendar

from tminus.plan import read_plan_text
from tminus.plan.timeline import timeline
from tminus.plan.timespans import Timeline
from tminus.show import as_calendar, as_data, as_mermaid, as_page, as_text

PLAN = """\
tminus: 1
title: Winter
timezone: Europe/Zurich
regions: { dach: { title: 'D-A-CH <b>', countries: [DE, AT, CH] } }
flags:
  page: {}
  hint: { changes: [{ at: 2026-12-05T08:30, to: 5% }] }
  winter-banner:
    title: 'Winter; "banner"'
    changes:
      - { at: 2026-12-01T09:00, to: on }
      - { at: 2026-12-10T09:00, to: 20%, regions: [dach] }
      - { at: 2027-01-06T00:00, to: off }
phases:
  - { id: release, lasts: 1w, rollout: { flag: page, stages: [{ to: 100%, for: 1d }] } }
"""
STARTS = "starts: 2026-11-30T09:00\n"
CHANGES = ['Winter; "banner": on', "hint: 5 %", 'Winter; "banner": 20 % in D-A-CH <b>', 'Winter; "banner": off']


@pytest.fixture
def line() -> Timeline:
    """The plan with dates."""
    return timeline(read_plan_text(PLAN + STARTS))


def test_a_launch_ends_with_its_last_change(line: Timeline) -> None:
    assert "ends Wed 6 Jan 2027" in as_text(line)
    assert as_data(line)["ends"]["earliest"] == "2027-01-06T00:00:00+01:00"
    longer = timeline(read_plan_text((PLAN + STARTS).replace("lasts: 1w", "lasts: 12w")))
    assert longer.ends == longer.phases[-1].ends
    open_end = timeline(read_plan_text((PLAN + STARTS).replace("for: 1d", "go: []").replace("lasts: 1w, ", "")))
    assert (open_end.ends.earliest, open_end.ends.latest) == (line.ends.earliest, None)


def test_the_terminal_and_the_page_list_the_changes_of_all_flags_in_order_of_time(line: Timeline) -> None:
    drawn = " ".join(as_text(line).split())
    moments = ["2026-12-01 09:00", "2026-12-05 08:30", "2026-12-10 09:00", "2027-01-06 00:00"]
    assert sorted(drawn.index(f"· {moment} flag:") for moment in moments) == [
        drawn.index(f"· {one} flag:") for one in moments
    ]
    assert "to: 20 % in D-A-CH <b>" in drawn
    page = as_page(line)
    assert "Scheduled changes of flags" in page
    assert "20 % in D-A-CH &lt;b&gt;" in page
    assert "D-A-CH <b>" not in page


def test_the_chart_has_a_milestone_for_each_change(line: Timeline) -> None:
    chart = as_mermaid(line).partition("section Scheduled changes\n")[2].splitlines()
    assert [one.rpartition(" :")[2] for one in chart] == [
        "milestone, c1, 2026-12-01T09:00:00, 0d",
        "milestone, c2, 2026-12-05T08:30:00, 0d",
        "milestone, c3, 2026-12-10T09:00:00, 0d",
        "milestone, c4, 2027-01-06T00:00:00, 0d",
    ]
    undated = as_mermaid(timeline(read_plan_text(PLAN)))
    assert "Scheduled" not in undated  # a chart that counts days has no place for a date


def test_the_calendar_has_an_event_for_each_change_that_keeps_its_uid_when_it_moves(line: Timeline) -> None:
    found = events(line)
    assert [name for name in found if name in CHANGES] == CHANGES
    assert found[CHANGES[0]]["dtstart"].dt == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert found[CHANGES[3]]["dtstart"].dt == date(2027, 1, 6)
    moved = events(timeline(read_plan_text((PLAN + STARTS).replace("2026-12-01T09:00", "2026-12-02T09:00"))))
    assert moved[CHANGES[0]]["uid"] == found[CHANGES[0]]["uid"]
    assert len({str(event["uid"]) for event in found.values()}) == len(found)


def test_the_data_has_the_changes_with_their_moments(line: Timeline) -> None:
    changes = as_data(line)["changes"]
    assert [(one["flag"], one["number"], one["share"]) for one in changes] == [
        ("winter-banner", 1, 1.0),
        ("hint", 1, 0.05),
        ("winter-banner", 2, 0.2),
        ("winter-banner", 3, 0.0),
    ]
    assert changes[2] == {
        "flag": "winter-banner",
        "number": 2,
        "title": 'Winter; "banner"',
        "share": 0.2,
        "regions": ["D-A-CH <b>"],
        "at": {"dated": True, "earliest": "2026-12-10T09:00:00+01:00", "latest": "2026-12-10T09:00:00+01:00"},
    }


def events(line: Timeline) -> dict[str, Any]:
    calendar = Calendar.from_ical(as_calendar(line, datetime(2026, 1, 1, tzinfo=UTC).timestamp()))
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}
