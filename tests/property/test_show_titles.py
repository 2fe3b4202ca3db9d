"""Whatever a title is made of, every drawing is whole, and the calendar gives the title back."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from tminus.plan.model import Plan
from tminus.plan.timeline import timeline
from tminus.show import as_calendar, as_json_text, as_mermaid, as_page, as_text
from tminus.show.columns import width

TITLES = st.text(min_size=1, max_size=60)


@given(TITLES, TITLES, st.sampled_from(["1h", "1d..2d", "3w", "90d", None]), st.sampled_from(["2026-03-05", None]))
def test_every_title_can_be_drawn(title: str, phase: str, lasts: str | None, starts: str | None) -> None:
    first = {"id": "a", "title": phase, "lasts": lasts} if lasts else {"id": "a", "title": phase}
    zone = "America/New_York"
    line = timeline(
        Plan.model_validate({"tminus": 1, "title": title, "phases": [first], "timezone": zone}), 1772700000.0
    )
    if starts is None:
        line = timeline(Plan.model_validate({"tminus": 1, "title": title, "phases": [first], "timezone": zone}))
    assert max(width(one) for one in as_text(line).splitlines()) <= 80
    chart = as_mermaid(line)
    assert all(one.count(":") >= 1 for one in chart.splitlines()[5:])
    assert "<script" not in as_page(line)
    assert json.loads(as_json_text(line))["phases"][0]["title"] == line.phases[0].title
    if starts is not None:
        calendar = Calendar.from_ical(as_calendar(line, 0.0))
        assert str(calendar.walk("VEVENT")[0]["summary"]).startswith(line.phases[0].title)
