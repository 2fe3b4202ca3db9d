"""Scheduled changes: what the plan gives a flag at a moment, whichever phase the launch is in.

Of several that are due the newest counts, and those before it are passed over: after an outage nobody is led through
yesterday's states. A change that gives the variant to nobody new is made whatever holds the launch. One that gives it to
somebody new waits while a person holds the launch, while it is rolled back, and while the flag is switched off.

A rollback takes scheduled flags back as well. Resume puts the schedule in force again. A person may take a flag off its
schedule: it stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tminus.core.events import FlagSet
from tminus.core.outline import Outline
from tminus.core.reach import reach_words
from tminus.core.state import FlagState, RegionShare, State, Status
from tminus.plan.flagging import FlagChange
from tminus.plan.model import Plan
from tminus.plan.regions import countries_of


@dataclass(frozen=True, slots=True)
class Ahead:
    """A change that is still to come, or that waits: `until` is its moment (Unix seconds), None once that is over. `kind`
    is time, killed or person."""

    id: str
    kind: str
    text: str
    until: float | None = None


@dataclass(frozen=True, slots=True)
class _Due:
    flag: str
    number: int
    change: FlagChange
    again: bool  # it was made before, and a rollback took it back


def due_changes(outline: Outline, state: State, now: float) -> tuple[FlagSet, ...]:
    """The changes that are to be made at `now`, one a flag at most."""
    return tuple(
        FlagSet(
            flag=due.flag,
            share=due.change.share,
            regions=due.change.regions,
            change=due.number,
            passed_over=0 if due.again else due.number - 1 - state.changes.get(due.flag, 0),
        )
        for due in _due(outline, state, now)
        if not _obstacle(outline, state, due)
    )


def waiting_changes(outline: Outline, state: State, now: float) -> tuple[Ahead, ...]:
    """The changes whose moment has come and that wait for a person."""
    found = []
    for due in _due(outline, state, now):
        if why := _obstacle(outline, state, due):
            words = f"{change_words(outline.plan, due.change)} ({moment_words(due.change.at)})"
            text = f"flag {due.flag} waits to change to {words}: {why[1]}"
            found.append(Ahead(f"change:{due.flag}:{due.number}", why[0], text))
    return tuple(found)


def changes_ahead(outline: Outline, state: State, now: float) -> tuple[Ahead, ...]:
    """The changes whose moment is still to come, in order of time."""
    found = (
        Ahead(f"change:{flag}:{number}", "time", f"flag {flag} changes to {_planned(outline.plan, change)}", at)
        for flag in outline.scheduled
        for number, (at, change) in enumerate(_schedule(outline, state, flag), 1)
        if at > now
    )
    return tuple(sorted(found, key=lambda one: one.until or 0.0))


def next_change(outline: Outline, state: State, flag: str, now: float) -> str:
    """What a flag changes to next: `off on 6 Jan 2027, 00:00`; empty where no change lies ahead or the launch is over."""
    coming = (_planned(outline.plan, change) for at, change in _schedule(outline, state, flag) if at > now)
    return "" if state.status.ended else next(coming, "")


def change_words(plan: Plan, change: FlagChange) -> str:
    """`on for everybody`, `off`, `20 % of users in Canada`."""
    if change.share == 0:
        return "off"
    return reach_words(plan, change.share, change.regions) if change.share < 1 or change.regions else "on for everybody"


def _planned(plan: Plan, change: FlagChange) -> str:
    return f"{change_words(plan, change)} on {moment_words(change.at)}"


def moment_words(at: datetime) -> str:
    """`6 Jan 2027, 00:00`, in the plan's timezone."""
    return f"{at.day} {at:%b %Y, %H:%M}"


def _due(outline: Outline, state: State, now: float) -> Iterator[_Due]:
    """The newest change of each flag whose moment has come and that is not in force."""
    for flag in outline.scheduled:
        schedule = _schedule(outline, state, flag)
        number = max((number for number, (at, _) in enumerate(schedule, 1) if at <= now), default=0)
        new = number > state.changes.get(flag, 0)
        again = not new and state.status is Status.RUNNING and state.flags.get(flag, FlagState()).change < number
        if new or again:
            yield _Due(flag, number, schedule[number - 1][1], again)


def changes_left(outline: Outline, state: State, flag: str) -> int:
    """How many of a flag's changes have not been made and may still come."""
    return len(_schedule(outline, state, flag)) - state.changes.get(flag, 0)


def _schedule(outline: Outline, state: State, flag: str) -> list[tuple[float, FlagChange]]:
    """A flag's changes with their moments (Unix seconds); those that a person called off are not among them."""
    changes = outline.scheduled.get(flag, ())
    moments = outline.changes_at(flag, state.started_at, state.pace)
    made = [(at, change) for at, (_, change) in zip(moments, changes, strict=True)]
    return made[: state.unscheduled.get(flag, len(made))]


def _obstacle(outline: Outline, state: State, due: _Due) -> tuple[str, str] | None:
    """(kind, words) of what keeps a change from being made; None where nothing does."""
    flag = state.flags.get(due.flag, FlagState())
    if not _gives_more(outline.plan, flag, RegionShare(due.change.share, due.change.regions)):
        return None
    if state.status is not Status.RUNNING:
        return "person", "the launch is rolled back"
    if state.held_by:
        return "person", f"{state.held_by} holds the launch"
    return ("killed", f"{flag.killed_by} switched it off") if flag.killed_by else None


def _gives_more(plan: Plan, flag: FlagState, wanted: RegionShare) -> bool:
    """True where somebody would have the variant who does not have it now, a kill switch left aside."""
    held = (RegionShare(flag.share, flag.regions), *flag.earlier)
    return wanted.share > 0 and not any(_covers(plan, one, wanted) for one in held)


def _covers(plan: Plan, one: RegionShare, other: RegionShare) -> bool:
    here, there = countries_of(plan, one.regions), countries_of(plan, other.regions)
    return one.share >= other.share and (here is None or (there is not None and there <= here))
