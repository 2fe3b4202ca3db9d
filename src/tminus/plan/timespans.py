"""A plan in time, as data: what `timeline` computes and what every drawing is made from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """When something can be: not before `earliest`; by `latest` if all goes as the plan says, None where it does not say.

    Unix seconds where `dated`, else seconds after the start of the launch.
    """

    earliest: float
    latest: float | None
    dated: bool


@dataclass(frozen=True, slots=True)
class Gate:
    """What must be so before the launch goes on: boxes proven, criteria that hold, roles that say go."""

    at: Moment
    boxes: int
    criteria: tuple[str, ...]
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StageSpan:
    """One stage of a rollout in time. `share` is 0 to 1; `lasts_seconds` is the least it takes.

    `open_end` says that nothing in the plan tells how long it takes: it goes on when what it asks for holds.
    """

    id: str
    title: str
    share: float
    cohorts: tuple[str, ...]  # by their titles
    regions: tuple[str, ...]  # by their titles; none: everywhere
    features: tuple[str, ...]
    starts: str  # not before: as the plan says it
    lasts_seconds: float
    open_end: bool
    begins: Moment
    ends: Moment
    gate: Gate | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """One phase in time. `open_end` says that nothing in the plan tells how long it takes."""

    id: str
    title: str
    environment: str
    audience: str
    lasts: str
    open_end: bool
    begins: Moment
    ends: Moment
    boxes: int
    critical: int
    flag: str
    guards: tuple[str, ...]
    stages: tuple[StageSpan, ...]
    gate: Gate | None
    notes: tuple[str, ...]
    remarks: tuple[str, ...]  # what its dates and durations do not say, or contradict


@dataclass(frozen=True, slots=True)
class Trigger:
    """A condition that starts the rollback."""

    when: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that is told to people at a moment: an announcement that has a date."""

    id: str
    title: str
    at: Moment
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScheduledChange:
    """A flag that changes by itself at a moment: from then on `share` (0 to 1) of the users in these regions have it."""

    flag: str
    number: int  # among the changes of this flag, from 1
    title: str
    share: float
    regions: tuple[str, ...]  # by their titles; none: everywhere
    at: Moment


@dataclass(frozen=True, slots=True)
class Section:
    """What a plan says around its phases, as a table of words: every row has a cell for each column."""

    id: str
    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sums: tuple[int, ...] = ()  # the numbers of those rows, from 0, that sum up others


@dataclass(frozen=True, slots=True)
class Timeline:
    """A whole plan in time. `start` is None where neither the plan nor the caller says when the launch starts."""

    title: str
    summary: str
    timezone: str
    start: float | None
    phases: tuple[PhaseSpan, ...]
    triggers: tuple[Trigger, ...]
    back_within: str
    alerts: int
    notices: tuple[Notice, ...]
    changes: tuple[ScheduledChange, ...]  # of flags, in order of time
    around: tuple[Section, ...]

    @property
    def ends(self) -> Moment:
        """When the last phase can end, or the last scheduled change is made."""
        last = self.phases[-1].ends
        if not (self.changes and last.dated):
            return last
        at = self.changes[-1].at.earliest
        return Moment(max(last.earliest, at), None if last.latest is None else max(last.latest, at), dated=True)
