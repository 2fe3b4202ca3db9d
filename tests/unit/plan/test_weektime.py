"""Weekdays and times of day as plans name them, and the next such moment."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tminus.plan.weektime import WeekTime, parse_weektime, zone_of


def unix(text: str, zone: str = "UTC") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Monday 00:00 UTC", (0, 0, 0, "UTC")),
        ("friday 17:30", (4, 17, 30, "")),
        ("Tues 9:05 America/New_York", (1, 9, 5, "America/New_York")),
        ("Sunday", (6, 0, 0, "")),
        ("09:00 EST", (None, 9, 0, "EST")),
        ("  Wed   23:59  ", (2, 23, 59, "")),
    ],
)
def test_a_weekday_a_time_and_a_zone_are_read(text: str, read: tuple[int | None, int, int, str]) -> None:
    found = parse_weektime(text)
    assert (found.weekday, found.hour, found.minute, found.zone) == read
    assert str(found) == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no weekday and time"),
        ("Someday 09:00", "is no weekday: write Monday to Sunday"),
        ("Mo 09:00", "is no weekday"),
        ("Monday 24:00", "is no time of day"),
        ("Monday 09:60", "is no time of day"),
        ("Monday 9", "is no weekday and time"),
        ("Monday 09:00 Mars/Olympus", "is no time zone"),
        ("09:00 PM", "write 21:00"),
        ("12:00 AM", "write 00:00"),
        ("Monday 09:00 UTC tomorrow", "is no weekday and time"),
        ("x" * 100_000, "is no weekday"),
    ],
)
def test_anything_else_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as raised:
        parse_weektime(text)
    assert len(str(raised.value)) < 160


@pytest.mark.parametrize(
    ("text", "after", "zone", "moment"),
    [
        ("Monday 09:00", unix("2026-01-12T09:00:00"), "UTC", unix("2026-01-12T09:00:00")),
        ("Monday 09:00", unix("2026-01-12T09:00:01"), "UTC", unix("2026-01-19T09:00:00")),
        ("Monday 09:00", unix("2026-01-14T00:00:00"), "Asia/Tokyo", unix("2026-01-19T00:00:00")),
        ("Friday 09:00 EST", unix("2026-07-01T00:00:00"), "UTC", unix("2026-07-03T14:00:00")),
        ("17:30", unix("2026-01-12T18:00:00"), "UTC", unix("2026-01-13T17:30:00")),
        # In the night of 29 March the clocks of Zurich go forward: nine o'clock stays nine o'clock.
        ("09:00", unix("2026-03-28T12:00:00"), "Europe/Zurich", unix("2026-03-29T09:00:00", "Europe/Zurich")),
        ("Monday 09:00", unix("2026-10-24T00:00:00"), "Europe/Zurich", unix("2026-10-26T09:00:00", "Europe/Zurich")),
    ],
)
def test_the_next_such_moment_is_the_first_at_or_after(text: str, after: float, zone: str, moment: float) -> None:
    assert parse_weektime(text).next_after(after, zone) == moment


def test_its_own_zone_comes_before_the_plans() -> None:
    here = WeekTime("Monday 09:00 UTC", 0, 9, 0, "UTC")
    assert here.next_after(unix("2026-01-12T00:00:00"), "Asia/Tokyo") == unix("2026-01-12T09:00:00")


def test_an_abbreviation_is_a_fixed_offset_and_an_unknown_name_an_error() -> None:
    assert (
        datetime(2026, 7, 1, tzinfo=zone_of("EST")).utcoffset()
        == datetime(2026, 1, 1, tzinfo=zone_of("EST")).utcoffset()
    )
    for name in ("Nowhere/Land", "../etc/passwd", ""):
        with pytest.raises(ValueError, match="is no time zone"):
            zone_of(name)
