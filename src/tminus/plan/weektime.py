"""Times as launch plans name them: `Monday 00:00 UTC`, `Friday 09:00 America/New_York`, `09:00 EST`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from math import inf
from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LATE_SECONDS = 6 * 3600.0
# Hours ahead of UTC. These names say a fixed offset; people who write EST in July mean another one, and `check` asks.
ABBREVIATIONS = {
    "UTC": 0.0, "GMT": 0.0, "WET": 0.0, "WEST": 1.0, "BST": 1.0, "CET": 1.0, "CEST": 2.0, "EET": 2.0, "EEST": 3.0,
    "TRT": 3.0, "IST": 5.5, "JST": 9.0, "AEST": 10.0, "AEDT": 11.0, "EST": -5.0, "EDT": -4.0, "CST": -6.0, "CDT": -5.0,
    "MST": -7.0, "MDT": -6.0, "PST": -8.0, "PDT": -7.0,
}  # fmt: skip
_TEXT = re.compile(
    r"(?:(?P<day>[A-Za-z]+)(?:\s+|$))?(?:(?P<hour>\d{1,2}):(?P<minute>\d{2})(?:\s+(?P<zone>[A-Za-z][\w/+-]*))?)?"
)


@dataclass(frozen=True, slots=True)
class WeekTime:
    """A weekday (0 is Monday, None any day) and a time of day, in its own zone or, with `zone` empty, in the plan's."""

    text: str
    weekday: int | None
    hour: int
    minute: int
    zone: str = ""

    def __str__(self) -> str:
        return self.text

    def opens(self, ready: float, plan_zone: str, since: float = -inf) -> float:
        """When something may begin that was ready at `ready`, and whose predecessor began before `since`.

        A moment that has passed a little while ago still counts: a day's stage from Monday 00:00 on is ready for
        Tuesday 00:00 some seconds after it, and must not wait for another week.
        """
        return self.next_after(max(ready - LATE_SECONDS, since), plan_zone)

    def next_after(self, moment: float, plan_zone: str) -> float:
        """The first such moment at or after `moment`, in Unix seconds."""
        zone = zone_of(self.zone or plan_zone)
        local = datetime.fromtimestamp(moment, UTC).astimezone(zone)
        at = local.replace(hour=self.hour, minute=self.minute, second=0, microsecond=0)
        while at.timestamp() < moment or (self.weekday is not None and at.weekday() != self.weekday):
            # By the calendar, not by 24 hours: 09:00 stays 09:00 when the clocks change.
            at = (at.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=zone)
        return at.timestamp()


def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name or of one of the ABBREVIATIONS. Raises ValueError for anything else."""
    if name in ABBREVIATIONS:
        return timezone(timedelta(hours=ABBREVIATIONS[name]), name)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name[:40]!r} is no time zone: write one such as Europe/Zurich or UTC") from None


def parse_weektime(text: str) -> WeekTime:
    """Read `Monday 00:00 UTC`, `Friday 09:00`, `Friday` or `09:00`. Raises ValueError with one line on anything else."""
    words = " ".join(text.split())
    found = _TEXT.fullmatch(words)
    if not words or found is None:
        raise ValueError(f"{words[:40]!r} is no weekday and time: write one such as Monday 09:00 or Friday 17:30 UTC")
    weekday = None if found["day"] is None else _weekday(found["day"])
    hour, minute = int(found["hour"] or 0), int(found["minute"] or 0)
    if hour > 23 or minute > 59:
        raise ValueError(f"{words[:40]!r} is no time of day: write 00:00 to 23:59")
    zone = found["zone"] or ""
    if zone in ("AM", "PM"):
        late = zone == "PM" and hour < 12
        raise ValueError(
            f"{words[:40]!r}: write {hour + 12 if late else hour % 12 if zone == 'AM' else hour:02}:{minute:02}"
        )
    if zone:
        zone_of(zone)
    return WeekTime(words, weekday, hour, minute, zone)


def _weekday(word: str) -> int:
    for number, name in enumerate(WEEKDAYS):
        if len(word) >= 3 and name.lower().startswith(word.lower()):
            return number
    raise ValueError(f"{word[:40]!r} is no weekday: write Monday to Sunday")
