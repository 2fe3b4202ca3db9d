"""Whatever a title is made of, every drawing is whole, and the calendar gives the title back."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from tminus.plan.model import Plan
from tminus.plan.timeline import timeline
from tminus.plan.timespans import Timeline
from tminus.show import as_calendar, as_json_text, as_mermaid, as_page, as_text
from tminus.show.columns import width

TITLES = st.text(min_size=1, max_size=60)
LENGTHS = st.sampled_from(["90s", "1h", "1d..2d", "3w", "400d"])


def drawn(title: str, phase: str, lasts: str, starts: str | None) -> Timeline:
    plan = {"tminus": 1, "title": title, "starts": starts, "timezone": "America/New_York"}
    return timeline(Plan.model_validate(plan | {"phases": [{"id": "a", "title": phase, "lasts": lasts}]}))


@given(TITLES, TITLES, LENGTHS, st.sampled_from(["2026-03-05", "2026-10-30T09:00", None]))
def test_every_title_can_be_drawn(title: str, phase: str, lasts: str, starts: str | None) -> None:
    line = drawn(title, phase, lasts, starts)
    assert max(width(one) for one in as_text(line).splitlines()) <= 80
    assert json.loads(as_json_text(line))["title"] == line.title
    page = as_page(line)
    assert page.count("<") == as_page(drawn("plain", "words", lasts, starts)).count("<")


@given(TITLES, TITLES, LENGTHS)
def test_no_title_adds_a_line_or_a_sign_of_mermaids_own(title: str, phase: str, lasts: str) -> None:
    lines = as_mermaid(drawn(title, phase, lasts, None)).split("\n")
    assert [one.split()[0] for one in lines[:5]] == ["gantt", "title", "dateFormat", "axisFormat", "section"]
    assert len(lines) == 7
    words = (lines[1].removeprefix("    title "), lines[4].removeprefix("    section "), lines[5].partition(":")[0])
    for bare in (re.sub(r"#\d+;", "", one) for one in words):
        assert not set(bare) & set("#;:%<>{}")


@given(TITLES, TITLES, LENGTHS)
def test_a_calendar_gives_every_title_back(title: str, phase: str, lasts: str) -> None:
    line = drawn(title, phase, lasts, "2026-03-05")
    text = as_calendar(line, 0.0)
    assert max(len(one) for one in text.encode().split(b"\r\n")) <= 75
    calendar = Calendar.from_ical(text)
    assert str(calendar["x-wr-calname"]) == line.title
    assert [str(event["summary"]) for event in calendar.walk("VEVENT")] == [line.phases[0].title]
