"""A launch that really happened, once more under another plan: would the new thresholds have rolled it back?

The real engine goes through the recorded telemetry with the changed plan, from the start of the record to its end, or to
where the record has nothing to say: users who never had the new version were never measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from tminus.core import events as e
from tminus.core.state import FlagState, State, Status
from tminus.plan import paced
from tminus.plan.model import Plan
from tminus.plan.quantity import format_duration, format_percent
from tminus.rehearsal.pacing import Pace
from tminus.rehearsal.recorded import Record
from tminus.rehearsal.recorded_people import RecordedDispatcher, RecordedPeople
from tminus.rehearsal.recorded_world import RecordedStore, RecordedWorld
from tminus.rehearsal.run import Rehearsal, Stay, play

_MOST_LOOKS = 3000  # of a replay, where nobody says how often to look
_SLACK_LOOKS = 2.0  # how many looks something may be off before it counts as earlier or later
_LEAST_SLACK = 2.0  # seconds


class ReplayEnd(StrEnum):
    """Why a replay is over."""

    ROLLED_BACK = "rolled back"
    COMPLETED = "completed"
    ABORTED = "aborted"
    BEYOND = "beyond the record"  # it gives the new version to people who did not have it then
    RECORD_ENDS = "the record ends"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that happened at another time than in the record; None where it did not happen. Unix seconds."""

    what: str
    record: float | None
    replay: float | None

    @property
    def words(self) -> str:
        """`2 h earlier`."""
        if self.record is None or self.replay is None:
            return "not in the record" if self.record is None else "not in the replay"
        return (
            f"{format_duration(abs(self.replay - self.record))} {'later' if self.replay > self.record else 'earlier'}"
        )


@dataclass(frozen=True)
class Replay:
    """How it went. `ended_at` in Unix seconds; `says` what else a reader has to know; `every` seconds lay between two looks."""

    went: Rehearsal
    end: ReplayEnd
    ended_at: float
    why: str
    differences: tuple[Difference, ...]
    says: tuple[str, ...]
    every: float


def replay(plan: Plan, record: Record, store: RecordedStore, every: float | None = None) -> Replay:
    """Play a record once more under `plan`, with a look every so many seconds (all of it in some 3,000 looks else)."""
    seconds = every or _looks(plan, record)
    own = paced(plan, record.started.pace)
    world = RecordedWorld(record, store, own.metrics)
    people, limit = RecordedPeople(record=record), _Limit(record, max(_SLACK_LOOKS * seconds, _LEAST_SLACK))
    dispatcher = RecordedDispatcher(record, lambda: world.now)
    went = play(
        plan,
        world,
        people=people,
        dispatcher=dispatcher,
        start=record.begins,
        pace=Pace(seconds, seconds),
        stay=Stay(record.ends - record.begins, inf),
        speed=record.started.pace,
        own=own,
        over=limit.passed,
    )
    end, why = _ending(went, limit, record)
    ended_at = record.begins + went.seconds
    found = tuple(_differences(record, went, ended_at, limit.slack))
    return Replay(went, end, ended_at, why, found, tuple(_says(record, store, people, dispatcher, limit)), seconds)


def _looks(plan: Plan, record: Record) -> float:
    often = plan.watching.every.seconds if plan.watching.every else 1.0
    return max(often, (record.ends - record.begins) / _MOST_LOOKS)


class _Limit:
    """Where the record has nothing to say: more people have the new version than had it then."""

    def __init__(self, record: Record, slack: float) -> None:
        self._record, self.slack = record, slack
        self._since: float | None = None
        self.why = ""
        self.fewer_since: float | None = None

    def passed(self, state: State, now: float) -> bool:
        """Whether the replay has left the record behind."""
        then = self._record.flags(now)
        why = next(_more(state.flags, then), "")
        if not why:
            self._since = None
            if self.fewer_since is None and state.status is Status.RUNNING and any(_more(then, state.flags)):
                self.fewer_since = now
            return False
        self._since = now if self._since is None else self._since
        if now - self._since <= self.slack:
            return False
        self.why = why
        return True


def _more(flags: Mapping[str, FlagState], than: Mapping[str, FlagState]) -> Iterator[str]:
    """How some flags reach people whom the others do not."""
    for key, flag in flags.items():
        other = than.get(key, FlagState())
        share, known = (0.0 if one.killed_by else one.share for one in (flag, other))
        more = not flag.killed_by and not set(flag.cohorts) <= set(other.cohorts)
        elsewhere = share > 0 and other.regions and not set(flag.regions or ("",)) <= set(other.regions)
        if share > known or more or elsewhere:
            yield f"{key} would be at {format_percent(share)}, and was at {format_percent(known)}"


def _ending(went: Rehearsal, limit: _Limit, record: Record) -> tuple[ReplayEnd, str]:
    if went.rollbacks:
        return ReplayEnd.ROLLED_BACK, went.rollbacks[0].cause["text"]
    if went.state.status is Status.COMPLETED:
        return ReplayEnd.COMPLETED, "every phase is done"
    if went.state.status is Status.ABORTED:
        return ReplayEnd.ABORTED, "a person ended it, as in the record"
    if limit.why:
        return ReplayEnd.BEYOND, f"from here on the record says nothing: {limit.why}"
    waits = "; ".join(reason["text"] for reason in went.state.hold[:3])
    return ReplayEnd.RECORD_ENDS, f"it waits for: {waits}" if waits else "it was still under way"


def _says(
    record: Record, store: RecordedStore, people: RecordedPeople, dispatcher: RecordedDispatcher, limit: _Limit
) -> Iterator[str]:
    if limit.fewer_since is not None:
        yield "for a time more users had the new version than this plan would have given it to; the counts are the record's"
    if people.missing:
        yield f"asked, and nobody answered this in the record: {', '.join(people.missing)}"
    if dispatcher.assumed:
        yield f"not in the record, taken as done: {', '.join(dict.fromkeys(dispatcher.assumed))}"
    if store.begins > record.ends:
        yield "there is no telemetry of this launch: nothing could be measured"
    elif store.begins > record.begins + 3600:
        yield f"telemetry was kept from {format_duration(store.begins - record.begins)} after the start on"


def _differences(record: Record, went: Rehearsal, ended_at: float, slack: float) -> Iterator[Difference]:
    """What happened at another time, in its order; what the record has after the end of the replay is left out."""
    then, now = _milestones(record.records), _milestones(went.records)
    found = []
    for what in dict.fromkeys((*then, *now)):
        one = Difference(what, then.get(what), now.get(what))
        if one.record is not None and one.replay is not None:
            differs = abs(one.record - one.replay) > slack
        else:
            differs = one.replay is not None or (one.record or 0.0) < ended_at - slack
        if differs:
            found.append(one)
    yield from sorted(found, key=lambda one: min(one.record or inf, one.replay or inf))


def _milestones(records: Sequence[e.Recorded]) -> dict[str, float]:
    """What a launch is told by, and when it first happened."""
    found: dict[str, float] = {}
    for one in records:
        name = _name(one.event)
        if name:
            found.setdefault(name, one.at)
    return found


def _name(event: e.Event) -> str:
    match event:
        case e.PhaseStarted(phase=phase):
            return f"phase {phase} begins"
        case e.PhaseCompleted(phase=phase):
            return f"phase {phase} is done"
        case e.StageStarted(stage=stage):
            return f"stage {stage} begins"
        case e.StagePromoted(stage=stage):
            return f"stage {stage} is promoted"
        case e.AlertFired(alert=alert):
            return f"alert: {alert}"
        case e.RollbackStarted():
            return "rollback"
        case e.LaunchCompleted():
            return "launch completed"
        case e.LaunchAborted():
            return "launch aborted"
    return ""
