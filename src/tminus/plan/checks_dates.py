"""Checks of dates, times of day and durations against one another."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tminus.plan import places
from tminus.plan.findings import Findings
from tminus.plan.model import Plan
from tminus.plan.quantity import format_duration
from tminus.plan.weektime import ABBREVIATIONS, WeekTime

# Where each of these names has a twin for the other half of the year, people write the one and mean both.
_TWINS = {
    "EST": "America/New_York", "EDT": "America/New_York", "CST": "America/Chicago", "CDT": "America/Chicago",
    "MST": "America/Denver", "MDT": "America/Denver", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
    "CET": "Europe/Paris", "CEST": "Europe/Paris", "EET": "Europe/Athens", "EEST": "Europe/Athens",
    "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon", "GMT": "Europe/London", "BST": "Europe/London",
    "IST": "Asia/Kolkata", "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney",
}  # fmt: skip


def check_dates(plan: Plan, found: Findings) -> None:
    """All of it."""
    _check_zones(plan, found)
    _check_stages_fit(plan, found)
    _check_order(plan, found)
    _check_proofs(plan, found)


def _check_zones(plan: Plan, found: Findings) -> None:
    for path, at in places.starts(plan):
        if isinstance(at, WeekTime) and at.zone in _TWINS and at.zone in ABBREVIATIONS and _is_ambiguous(plan, at):
            message = f"{at.zone} is {_offset_words(at.zone)} all year, and people there mean the time of the season"
            hint = f"write {_TWINS[at.zone]} instead of {at.zone}"
            found.warning(path, "ambiguous-zone", message, hint)
    local = [path for path, at in places.starts(plan) if not isinstance(at, WeekTime) or not at.zone]
    if local and not found.given(("timezone",)):
        message = "the plan has dates or times of day, and does not say in which timezone"
        found.warning(local[0], "no-timezone", message, "write timezone: Europe/Zurich, or where your team is")


def _is_ambiguous(plan: Plan, at: WeekTime) -> bool:
    """True unless the plan's own start shows that the name says what holds there at that time of the year."""
    if plan.starts is None:
        return at.zone != "GMT"
    there = plan.starts.replace(tzinfo=ZoneInfo(_TWINS[at.zone]))
    offset = there.utcoffset() or timedelta()
    return offset != timedelta(hours=ABBREVIATIONS[at.zone])


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
            hint = f"write lasts: {format_duration(stages).replace(' ', '')} or more, or shorten the stages"
            found.warning((*path, "lasts"), "dates-contradict", message, hint)


def _check_order(plan: Plan, found: Findings) -> None:
    """Dates in the order of the phases, each no earlier than the phases before it take."""
    earliest = plan.starts
    for path, phase in places.phases(plan):
        if isinstance(phase.starts, datetime):
            if earliest is not None and phase.starts < earliest:
                message = f"`{phase.id}` is to start on {phase.starts}, and what comes before takes until {earliest}"
                hint = "move the date, or shorten what comes before"
                found.warning((*path, "starts"), "dates-contradict", message, hint)
            earliest = phase.starts if earliest is None else max(earliest, phase.starts)
        if earliest is not None and phase.lasts is not None:
            earliest = _plus(earliest, phase.lasts.shortest.seconds)


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
