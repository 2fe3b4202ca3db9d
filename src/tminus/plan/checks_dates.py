"""Checks of dates, times of day and durations against one another."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tminus.plan import places
from tminus.plan.fields import Start
from tminus.plan.findings import Findings
from tminus.plan.model import Plan
from tminus.plan.places import Path
from tminus.plan.quantity import format_duration
from tminus.plan.weektime import ABBREVIATIONS, WeekTime

# Where each of these names has a twin for the other half of the year, people write the one and mean both.
_TWINS = {
    "EST": "America/New_York", "EDT": "America/New_York", "CST": "America/Chicago", "CDT": "America/Chicago",
    "MST": "America/Denver", "MDT": "America/Denver", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
    "CET": "Europe/Paris", "CEST": "Europe/Paris", "EET": "Europe/Athens", "EEST": "Europe/Athens",
    "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon", "BST": "Europe/London",
    "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney",
}  # fmt: skip


def check_dates(plan: Plan, found: Findings) -> None:
    """All of it."""
    _check_zones(plan, found)
    _check_stages_fit(plan, found)
    _check_order(plan, found)
    _check_proofs(plan, found)
    _check_flags(plan, found)


def _check_zones(plan: Plan, found: Findings) -> None:
    for path, at in places.starts(plan):
        if not isinstance(at, WeekTime) or at.zone not in ABBREVIATIONS:
            continue
        own = _own_offsets(plan, at.zone)
        if own and own != {ABBREVIATIONS[at.zone]}:
            message = f"{at.zone} is read as {_offset_words(at.zone)}, and {plan.timezone} calls another time so"
            found.warning(path, "ambiguous-zone", message, f"write {plan.timezone} instead of {at.zone}")
        elif at.zone in _TWINS and _is_ambiguous(plan, at.zone):
            message = f"{at.zone} is {_offset_words(at.zone)} all year, and people there mean the time of the season"
            found.warning(path, "ambiguous-zone", message, f"write {_TWINS[at.zone]} instead of {at.zone}")
    local = [path for path, at in places.starts(plan) if not isinstance(at, WeekTime) or not at.zone]
    if local and not found.given(("timezone",)):
        message = "the plan has dates or times of day, and does not say in which timezone"
        found.warning(local[0], "no-timezone", message, "write timezone: Europe/Zurich, or where your team is")


def _own_offsets(plan: Plan, name: str) -> set[float]:
    """Hours ahead of UTC of what the plan's own timezone calls by this name, such as CST in Shanghai."""
    return {hours for called, hours in _seasons(plan) if called == name}


def _seasons(plan: Plan) -> list[tuple[str, float]]:
    """Name and offset in hours of the plan's timezone in January and in July; nothing where there is no such zone."""
    try:
        zone = ZoneInfo(plan.timezone)
    except (KeyError, ValueError, OSError):
        return []
    year = plan.starts.year if plan.starts else 2026
    days = [datetime(year, month, 1, tzinfo=zone) for month in (1, 7)]
    return [(day.tzname() or "", (day.utcoffset() or timedelta()).total_seconds() / 3600) for day in days]


def _is_ambiguous(plan: Plan, name: str) -> bool:
    """False where the plan's start shows that the name says what holds then, or where the clocks never change."""
    if set(_seasons(plan)) == {(name, ABBREVIATIONS[name])}:
        return False
    if plan.starts is None:
        return True
    there = plan.starts.replace(tzinfo=ZoneInfo(_TWINS[name]))
    return (there.utcoffset() or timedelta()) != timedelta(hours=ABBREVIATIONS[name])


def _offset_words(zone: str) -> str:
    hours = ABBREVIATIONS[zone]
    return "UTC" if hours == 0 else f"UTC{hours:+g}"


def _check_stages_fit(plan: Plan, found: Findings) -> None:
    for path, phase in places.phases(plan):
        if phase.lasts is None or phase.rollout is None:
            continue
        stages = sum(stage.bakes.seconds for stage in phase.rollout.stages)
        if stages > phase.lasts.longest.seconds:
            message = f"its stages take {format_duration(stages)}, and `{phase.id}` lasts {phase.lasts}"
            hint = f"write lasts: {format_duration(stages)} or more, or shorten the stages"
            found.warning((*path, "lasts"), "dates-contradict", message, hint)


def _check_order(plan: Plan, found: Findings) -> None:
    """Dates in the order of phases and stages, each no earlier than what comes before takes."""
    earliest = plan.starts
    for path, phase in places.phases(plan):
        earliest = _dated(path, f"`{phase.id}`", phase.starts, earliest, found)
        inside = earliest
        for number, stage in enumerate(phase.rollout.stages if phase.rollout else ()):
            place = (*path, "rollout", "stages", number)
            inside = _dated(place, f"the stage `{stage.id}`", stage.starts, inside, found)
            inside = inside and _plus(inside, stage.bakes.seconds)
        if earliest is not None:
            lasted = _plus(earliest, phase.lasts.shortest.seconds) if phase.lasts else earliest
            earliest = max(lasted, inside or lasted)


def _dated(path: Path, what: str, at: Start | None, earliest: datetime | None, found: Findings) -> datetime | None:
    """When it begins at the earliest, as far as dates say."""
    if not isinstance(at, datetime):
        return earliest
    if earliest is not None and at < earliest:
        message = f"{what} is to start on {_moment(at)}, and what comes before takes until {_moment(earliest)} at least"
        found.warning((*path, "starts"), "dates-contradict", message, "move the date, or shorten what comes before")
        return earliest
    return at


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _plus(moment: datetime, seconds: float) -> datetime:
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        return moment  # beyond the calendar nothing can be said


def _check_proofs(plan: Plan, found: Findings) -> None:
    """A box that was done long before the launch is no proof any more."""
    if plan.starts is None:
        return
    for path, task in places.tasks(plan):
        age = task.proof.age if task.proof else None
        if age is None or task.done_on is None:
            continue
        old = (plan.starts - task.done_on).total_seconds()
        if old > age.seconds:
            message = f"done {format_duration(old)} before the launch, and a proof counts for {age}"
            found.warning((*path, "done-on"), "stale-proof", message, "do it again, and write the new date")


def _check_flags(plan: Plan, found: Findings) -> None:
    """A flag that is to be gone, or to change, before the launch begins has a date from an earlier plan."""
    for path, name, flag in places.flags(plan):
        if plan.starts is not None and flag.expires is not None and flag.expires <= plan.starts:
            message = f"`{name}` expires on {_moment(flag.expires)}, and the launch starts on {_moment(plan.starts)}"
            found.warning((*path, "expires"), "flag-expired", message, "write by when it is to be gone from the code")
        for number, change in enumerate(flag.changes):
            if plan.starts is not None and change.at < plan.starts:
                message = (
                    f"`{name}` is to change on {_moment(change.at)}, and the launch starts on {_moment(plan.starts)}"
                )
                hint = "move the date: what is overdue at the start is made at once, the newest change alone"
                found.warning((*path, "changes", number, "at"), "dates-contradict", message, hint)
