"""Moments and shares in words that all drawings use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from tminus.plan.flagging import share_words
from tminus.plan.quantity import format_duration, format_percent
from tminus.plan.timespans import Gate, Moment, PhaseSpan, ScheduledChange, StageSpan, Timeline

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def said(moment: Moment, line: Timeline) -> str:
    """`T+7d`, `T+7d to T+14d`, `T+7d or later`; with dates where the launch has any."""
    earliest = point(moment.earliest, moment.dated, line)
    if moment.latest is None:
        return f"{earliest} or later"
    latest = point(moment.latest, moment.dated, line)
    return earliest if latest == earliest else f"{earliest} to {latest}"


def ended(phase: PhaseSpan, line: Timeline) -> str:
    """When a phase ends, or that nobody has said so."""
    return "open end" if phase.open_end else said(phase.ends, line)


def point(seconds: float, dated: bool, line: Timeline, *, year: bool = False) -> str:
    """One point in time: `T+2d 4h`, or `Mon 12 Jan 09:00` in the plan's zone, without the time at midnight.

    The year is said where it is another than the first phase's, or where `year` asks for it.
    """
    if not dated:
        return f"T+{_days(seconds)}"
    zone = ZoneInfo(line.timezone)
    local = datetime.fromtimestamp(seconds, zone)
    first = line.phases[0].begins
    known = first.dated and datetime.fromtimestamp(first.earliest, zone).year == local.year
    years = "" if known and not year else f" {local.year}"
    time = "" if (local.hour, local.minute) == (0, 0) else f" {local:%H:%M}"
    return f"{local:%a} {local.day} {local:%b}{years}{time}"


def whole_day(seconds: float, line: Timeline) -> datetime | None:
    """The local midnight that a dated moment is, else None.

    A week that begins at midnight ends at 23:00 or 01:00 when the clocks change in it; a calendar shows whole days.
    """
    local = datetime.fromtimestamp(seconds, ZoneInfo(line.timezone))
    shift = datetime.fromtimestamp(line.start or seconds, ZoneInfo(line.timezone)).utcoffset() or timedelta()
    unchanged = datetime.fromtimestamp(seconds, timezone(shift))
    return next((one for one in (local, unchanged) if (one.hour, one.minute, one.second) == (0, 0, 0)), None)


def about(phase: PhaseSpan) -> list[str]:
    """What there is to say of a phase in one line: where, how long, for whom, with which flag and guards."""
    lasts = f"lasts {phase.lasts}" if phase.lasts else "open end" if phase.open_end else "as long as its stages"
    flag = f"flag {phase.flag}" if phase.flag else ""
    guards = f"guarded by {', '.join(phase.guards)}" if phase.guards else ""
    critical = f", {phase.critical} critical" if phase.critical else ""
    boxes = f"{counted(phase.boxes, 'box', 'boxes')}{critical}" if phase.boxes else ""
    return [one for one in (phase.environment, phase.audience, lasts, boxes, flag, guards) if one]


def stage_length(stage: StageSpan) -> str:
    """How long a stage takes at least, or that only its gate says so."""
    if not stage.open_end:
        return format_duration(stage.lasts_seconds)
    return "until its gate" if stage.gate else "no time"


def stage_lasts(stage: StageSpan) -> str:
    """The same in a sentence: `at least 2 h`."""
    return stage_length(stage) if stage.open_end else f"at least {stage_length(stage)}"


def reach(stage: StageSpan) -> str:
    """How many and where: `5 %`, `5 % in Europe and Canada`."""
    return " ".join(filter(None, (format_percent(stage.share), where(stage))))


def changed(change: ScheduledChange) -> str:
    """`Winter banner: on`, `Winter banner: 20 % in Canada`."""
    return " ".join(filter(None, (f"{change.title}: {share_words(change.share)}", where(change))))


def where(stage: StageSpan | ScheduledChange) -> str:
    """`in Europe and Canada`; empty for everywhere."""
    return f"in {listed(stage.regions)}" if stage.regions else ""


def brought(stage: StageSpan) -> str:
    """`with the flags chat and maps`: what those who are in have as well; empty where there is nothing."""
    if not stage.features:
        return ""
    return f"with the flag{'s' if len(stage.features) > 1 else ''} {listed(stage.features)}"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def signing(gate: Gate) -> str:
    """Who says go at a gate; empty where nobody has to."""
    return f"go by {' and '.join(gate.signers)}" if gate.signers else ""


def whole(line: Timeline) -> str:
    """The length of the launch in sentences, with what is unknown, and whose clock the times are of."""
    first, last = line.phases[0].begins, line.ends
    begin = (
        f"Begins {point(first.earliest, True, line, year=True)}"
        if first.dated
        else "Begins when somebody starts it (T)"
    )
    end = said(last, line)
    if last.latest is None:
        unknown = next(phase.title for phase in line.phases if phase.ends.latest is None)
        end = f"{end}: the length of {unknown} is open"
    dated = any(phase.begins.dated for phase in line.phases)
    return f"{begin}, ends {end}.{f' Times are those of {line.timezone}.' if dated else ''}"


def counted(number: int, one: str, many: str) -> str:
    """`1 box`, `2 boxes`."""
    return f"{number} {one if number == 1 else many}"


def _days(seconds: float) -> str:
    minutes = round(seconds / _MINUTE)
    days, rest = divmod(minutes, _DAY // _MINUTE)
    hours, minutes = divmod(rest, _HOUR // _MINUTE)
    parts = [f"{value}{unit}" for value, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if value]
    return " ".join(parts) or "0d"
