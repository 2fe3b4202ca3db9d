"""How long and when: spans, places in the plan, dates, weekdays."""

from __future__ import annotations

import pytest

from tminus.importer.phrases import read_date, read_span, read_weeks, read_weektime
from tminus.plan.quantity import parse_span

SPANS = {
    "1 w": "1w",
    "Timeline: 1-2 weeks": "1w..2w", "(2-3 days)": "2d..3d", "1 day": "1d", "Estimated Time: 4-6 hours": "4h..6h",
    "30 minutes": "30m", "2 Wochen": "2w", "deux semaines": "2w", "one to two weeks": "1w..2w", "3 months": "90d",
    "1h30m": "1h30m", "2 days to 1 week": "2d..1w", "~1 week": "1w", "2,5 Tage": "2.5d", "1 semana": "1w", "5 dakika": "5m",
    "half a day": "12h", "3-2 days": "2d..3d",
}  # fmt: skip
PLACES: dict[str, tuple[float, float | None]] = {
    "Week 1-2": (0, 14), "Week 7+": (42, None), "Month 4-6": (90, 180), "Days 1-7": (0, 7), "Day 3": (2, 3),
    "Woche 1": (0, 7), "Semaine 2": (7, 14), "Sprint 3": (28, 42), "Q2 2025": (90, 180), "T+3 days": (3, 3), "T-7": (-7, -7),
    "day1": (0, 1), "First 48 hours": (0, 2), "1 week before": (-7, 0), "erste Woche": (0, 7), "2nd week": (7, 14),
    "W1-W2": (0, 14), "Week one": (0, 7),
    "Week 2: Closed Beta (15% of users)": (7, 14), "Phase 1: Soft Launch (Week 1-2)": (0, 14),
}  # fmt: skip
DATES = {
    "2024-01-01": "2024-01-01", "January 12, 2026": "2026-01-12", "12. Januar 2026": "2026-01-12",
    "Nov 29, 2025": "2025-11-29", "01/12/2026": "", "25/12/2026": "2026-12-25", "12 mars 2026": "2026-03-12",
    "3 de marzo de 2026": "2026-03-03", "13 Ocak 2026": "2026-01-13", "1.2.2026": "2026-02-01", "2026-02-30": "",
    "2026-01-12 09:00 UTC": "2026-01-12T09:00Z", "May 2026": "", "version 1.2": "",
}  # fmt: skip
WEEKTIMES = {
    "Monday 12:00 AM UTC": "Monday 00:00 UTC", "Friday 9:00 AM EST": "Friday 09:00 EST", "Friday 2:00 PM": "Friday 14:00",
    "09:00 EST": "09:00 EST", "Soft Launch (Monday)": "Monday", "Montag um 9 Uhr": "Monday 09:00",
    "lundi à 9h30": "Monday 09:30", "24 hours": "", "mon équipe": "", "noon": "12:00",
}  # fmt: skip


@pytest.mark.parametrize("text", SPANS)
def test_a_duration_is_read_as_a_plan_writes_it(text: str) -> None:
    assert read_span(text) == SPANS[text]
    assert parse_span(read_span(text)).longest.seconds > 0


@pytest.mark.parametrize("text", ["ongoing", "Week 1-2", "Day 4", "24/7 support", "", "5%", "9:00 AM"])
def test_a_place_in_the_plan_is_no_duration(text: str) -> None:
    assert read_span(text) == ""


@pytest.mark.parametrize("text", PLACES)
def test_a_place_in_the_plan_is_told_in_days_from_its_start(text: str) -> None:
    assert read_weeks(text) == PLACES[text]


@pytest.mark.parametrize("text", ["1-2 weeks", "two weeks", "Phase 2", "", "5% of users"])
def test_a_duration_is_no_place_in_the_plan(text: str) -> None:
    assert read_weeks(text) is None


@pytest.mark.parametrize("text", DATES)
def test_a_date_is_read_where_it_can_mean_one_day_only(text: str) -> None:
    assert read_date(text) == DATES[text]


@pytest.mark.parametrize("text", WEEKTIMES)
def test_a_weekday_and_a_time_are_read_as_far_as_they_are_there(text: str) -> None:
    assert read_weektime(text) == WEEKTIMES[text]
