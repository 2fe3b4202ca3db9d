"""When a plan's phases and stages can be: from its dates and durations alone, before anything has run.

A phase begins when the one before it can end, and not before its own `starts`. It takes the time of `lasts`, and never
less than its stages take together. What the plan does not say stays unknown: a phase without `lasts` and without a
rollout has an open end, and everything behind it happens "or later".

A duration is elapsed time, as the engine counts it: a week is 168 hours also when the clocks change in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from zoneinfo import ZoneInfo

from tminus.errors import UsageError
from tminus.plan import places
from tminus.plan.around import Region
from tminus.plan.fields import Start
from tminus.plan.flagging import Cohort
from tminus.plan.guarding import evidence_of
from tminus.plan.model import MetricKind, Phase, Plan, Priority, Rollout, Stage, Task
from tminus.plan.naming import all_tasks
from tminus.plan.quantity import Duration, format_percent
from tminus.plan.sections import sections, start_words
from tminus.plan.standing import standing
from tminus.plan.timespans import Gate, Moment, Notice, PhaseSpan, ScheduledChange, StageSpan, Timeline, Trigger
from tminus.plan.weektime import WeekTime

_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC).timestamp(), datetime(9000, 1, 1, tzinfo=UTC).timestamp()


def timeline(plan: Plan, start: float | None = None) -> Timeline:
    """The plan in time; `start` (Unix seconds) says when somebody starts it, at the plan's own start if not given.

    As the engine does, a launch that is started early waits for the dates in its plan.

    Raises UsageError for dates that no calendar has room for.
    """
    zone = ZoneInfo(plan.timezone)
    start = planned_start(plan) if start is None else start
    anchor = Moment(0.0, 0.0, dated=False) if start is None else Moment(start, start, dated=True)
    _possible(anchor)
    phases = tuple(_phases(plan, anchor, zone))
    return Timeline(
        title=_line(plan.title) or "Untitled",
        summary=_line(plan.summary),
        timezone=plan.timezone,
        start=start,
        phases=phases,
        triggers=tuple(Trigger(_line(when.text)) for when in plan.rollback.when),
        back_within=plan.rollback.within.text if plan.rollback.within else "",
        alerts=len(plan.alerts),
        notices=tuple(_notices(plan, phases, anchor, zone)),
        changes=tuple(sorted(_changes(plan, zone), key=lambda one: one.at.earliest)),
        around=tuple(sections(plan, _line)),
    )


def planned_start(plan: Plan) -> float | None:
    """The plan's own start, or the date of its first phase, in Unix seconds; None where it says neither."""
    first = plan.phases[0].starts
    starts = plan.starts or (first if isinstance(first, datetime) else None)
    return None if starts is None else starts.replace(tzinfo=ZoneInfo(plan.timezone)).timestamp()


def _phases(plan: Plan, anchor: Moment, zone: ZoneInfo) -> Iterator[PhaseSpan]:
    before, more = anchor, standing(plan)
    for phase in plan.phases:
        starts = phase.starts or (plan.starts if phase is plan.phases[0] else None)
        begins, remarks = _begin(starts, before, anchor, zone)
        span = _phase(plan, phase, more.get(phase.id, ()), begins, remarks, zone)
        _possible(span.ends)
        yield span
        before = span.ends


def _begin(starts: Start | None, before: Moment, anchor: Moment, zone: ZoneInfo) -> tuple[Moment, tuple[str, ...]]:
    """When a phase can begin, and what its `starts` contradicts or leaves open."""
    if starts is None:
        return before, ()
    if isinstance(starts, Duration):
        opens, dated = anchor.earliest + starts.seconds, anchor.dated
        if dated != before.dated:
            return before, (f"starts {starts.text} after a launch whose date the plan does not say",)
    elif isinstance(starts, WeekTime):
        if not before.dated:
            return before, (f"starts {starts.text} after something whose date the plan does not say",)
        earliest = starts.opens(before.earliest, zone.key)
        latest = None if before.latest is None else starts.opens(before.latest, zone.key)
        earliest, latest = (
            max(earliest, before.earliest),
            None if latest is None else max(latest, before.latest or latest),
        )
        return Moment(earliest, latest, dated=True), ()
    else:
        opens, dated = starts.replace(tzinfo=zone).timestamp(), True
    if dated and not before.dated:
        remark = "has a date, and what comes before has none"
        return Moment(opens, None if before.latest is None else opens, dated=True), (remark,)
    late = before.earliest > opens
    remarks = ("starts later than the plan wants: what comes before takes longer",) if late else ()
    latest = None if before.latest is None else max(before.latest, opens)
    return Moment(max(before.earliest, opens), latest, dated), remarks


def _phase(
    plan: Plan, phase: Phase, more: tuple[Task, ...], begins: Moment, remarks: tuple[str, ...], zone: ZoneInfo
) -> PhaseSpan:
    tasks = all_tasks((*phase.tasks, *more))
    boxes = [task for task in tasks if (task.proof or not task.tasks) and task.skip is None]
    course = _course(phase.rollout, begins, zone)
    ends = _end(phase, begins, course, bool(boxes))
    names = {key: _line(role.title) or key for key, role in plan.roles.items()}
    open_end = phase.lasts is None and phase.rollout is None
    return PhaseSpan(
        id=phase.id,
        title=_line(phase.title) or phase.id,
        environment=_line(phase.environment),
        audience=_line(phase.audience),
        lasts=str(phase.lasts) if phase.lasts else "",
        open_end=open_end,
        begins=begins,
        ends=ends,
        boxes=len(boxes),
        critical=sum(box.priority is Priority.CRITICAL for box in boxes),
        flag=phase.rollout.flag if phase.rollout else "",
        guards=phase.rollout.guards if phase.rollout else (),
        stages=tuple(_stages(plan, phase.rollout, begins, ends, course, names)) if phase.rollout else (),
        gate=_gate(ends, len(boxes), phase.exit, phase.go, names),
        notes=tuple(map(_line, phase.notes)),
        remarks=(*remarks, *course.remarks, *_remarks(phase, begins, ends, course, zone)),
    )


@dataclass(frozen=True, slots=True)
class _Course:
    """The stages of a rollout one after the other: when each begins and ends at the earliest, in seconds after their
    phase began."""

    spans: tuple[tuple[float, float], ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        return self.spans[-1][1] if self.spans else 0.0


def _course(rollout: Rollout | None, begins: Moment, zone: ZoneInfo) -> _Course:
    passed, remarks = 0.0, []
    spans: list[tuple[float, float]] = []
    for stage in rollout.stages if rollout else ():
        since = begins.earliest + spans[-1][0] + 1 if spans else -inf
        opens = _opens(stage.starts, begins, begins.earliest + passed, since, zone)
        if opens is None:
            named = _line(stage.title) or f"{stage.to * 100:g} %"
            remarks.append(f"{named} starts {start_words(stage.starts)}, and nothing says when this phase is")
        start = max(passed, (opens or 0.0) - begins.earliest)
        passed = start + stage.bakes.seconds
        spans.append((start, passed))
    return _Course(tuple(spans), tuple(remarks))


def _opens(starts: Start | None, begins: Moment, ready: float, since: float, zone: ZoneInfo) -> float | None:
    """When a stage may begin that is `ready` then, after `since`; None where it has a date and its phase has none."""
    if starts is None:
        return ready
    if isinstance(starts, Duration):
        return begins.earliest + starts.seconds
    if not begins.dated:
        return None
    if isinstance(starts, WeekTime):
        return max(ready, starts.opens(ready, zone.key, since))
    return starts.replace(tzinfo=zone).timestamp()


def _end(phase: Phase, begins: Moment, course: _Course, has_boxes: bool) -> Moment:
    """A phase's end: `lasts`, and never less than its stages take.

    Without `lasts` only the stages are known; boxes before them take a time that nobody has written down, and so does
    a stage that has no `for`.
    """
    stages = course.seconds
    shortest = max(phase.lasts.shortest.seconds if phase.lasts else 0.0, stages)
    longest: float | None = max(phase.lasts.longest.seconds, stages) if phase.lasts else stages
    timed = phase.rollout is not None and all(stage.for_ is not None for stage in phase.rollout.stages)
    if phase.lasts is None and (not timed or has_boxes):
        longest = None
    latest = None if begins.latest is None or longest is None else begins.latest + longest
    return Moment(begins.earliest + shortest, latest, begins.dated)


def _stages(
    plan: Plan, rollout: Rollout, begins: Moment, ends: Moment, course: _Course, names: dict[str, str]
) -> Iterator[StageSpan]:
    whole = course.seconds
    for number, (stage, (start, end)) in enumerate(zip(rollout.stages, course.spans, strict=True), 1):
        stage_begins, stage_ends = (_within(begins, ends, at, whole - at) for at in (start, end))
        yield _stage(plan, rollout, stage, number, stage_begins, stage_ends, names)


def _within(begins: Moment, ends: Moment, passed: float, left: float) -> Moment:
    """A moment inside a rollout: so long after the phase's begin at the earliest, so long before its end at the latest."""
    return Moment(begins.earliest + passed, None if ends.latest is None else ends.latest - left, begins.dated)


def _stage(
    plan: Plan, rollout: Rollout, stage: Stage, number: int, begins: Moment, ends: Moment, names: dict[str, str]
) -> StageSpan:
    return StageSpan(
        id=stage.id or f"stage-{number}",
        title=_line(stage.title) or stage.id or f"Stage {number}",
        share=stage.to,
        cohorts=_titles(plan.cohorts, stage.cohorts),
        regions=_titles(plan.regions, stage.regions),
        features=stage.features,
        starts=start_words(stage.starts),
        lasts_seconds=stage.bakes.seconds,
        open_end=stage.for_ is None,
        begins=begins,
        ends=ends,
        gate=_gate(ends, 0, (*_evidence(plan, rollout, stage), *stage.exit), stage.go, names),
        notes=tuple(map(_line, stage.notes)),
    )


def _titles(known: Mapping[str, Region] | Mapping[str, Cohort], names: tuple[str, ...]) -> tuple[str, ...]:
    """Regions or cohorts by their titles."""
    return tuple(_line(one.title) or name if (one := known.get(name)) else name for name in names)


def _evidence(plan: Plan, rollout: Rollout, stage: Stage) -> Iterator[str]:
    """What the guards have to show before the next stage; nothing where nobody is left to compare with."""
    asked, everybody = evidence_of(rollout, stage), stage.to >= 1 and not (stage.regions or rollout.holdback)
    shown = [name for name in rollout.guards if plan.metrics[name].kind in (MetricKind.RATIO, MetricKind.DISTRIBUTION)]
    if asked.needed and shown and not everybody:
        margin = f"at most {asked.margin:g} times as bad as before" if asked.margin else "hardly worse than before"
        held = f", by the {format_percent(rollout.holdback)} held back" if stage.to >= 1 and rollout.holdback else ""
        yield f"evidence: {', '.join(shown)} {margin}{held}"


def _gate(
    at: Moment, boxes: int, criteria: tuple[object, ...], go: tuple[str, ...], names: dict[str, str]
) -> Gate | None:
    if not (boxes or criteria or go):
        return None
    return Gate(at, boxes, tuple(_line(str(one)) for one in criteria), tuple(names.get(role, role) for role in go))


def _notices(plan: Plan, phases: tuple[PhaseSpan, ...], anchor: Moment, zone: ZoneInfo) -> Iterator[Notice]:
    """The announcements that have a date. A weekday is the first one after their phase begins, or the launch."""
    begins = {phase.id: phase.begins for phase in phases}
    for name, one in plan.announcements.items():
        begun = begins.get(one.phase or "", anchor)
        opens = _opens(one.at, anchor if isinstance(one.at, Duration) else begun, begun.earliest, -inf, zone)
        if one.at is None or opens is None:
            continue
        dated = anchor.dated if isinstance(one.at, Duration) else begun.dated
        at = Moment(opens, opens, dated)
        _possible(at)
        channels = (_line(known.title) or key if (known := plan.channels.get(key)) else key for key in one.channels)
        yield Notice(name, _line(one.title) or name, at, tuple(channels))


def _changes(plan: Plan, zone: ZoneInfo) -> Iterator[ScheduledChange]:
    for _, key, flag in places.flags(plan):
        for number, change in enumerate(flag.changes, 1):
            seconds = change.at.replace(tzinfo=zone).timestamp()
            at = Moment(seconds, seconds, dated=True)
            _possible(at)
            yield ScheduledChange(
                key, number, _line(flag.title) or key, change.share, _titles(plan.regions, change.regions), at
            )


def _remarks(phase: Phase, begins: Moment, ends: Moment, course: _Course, zone: ZoneInfo) -> Iterator[str]:
    if phase.lasts is not None and course.seconds > phase.lasts.longest.seconds:
        yield f"its stages take longer than the {phase.lasts.longest.text} it lasts"
    if begins.dated and _offset(begins.earliest, zone) != _offset(ends.earliest, zone):
        yield "the clocks change in this phase: durations are hours that pass, so it ends at another time of day"


def _offset(moment: float, zone: ZoneInfo) -> object:
    _possible(Moment(moment, None, dated=True))
    return datetime.fromtimestamp(moment, zone).utcoffset()


def _possible(moment: Moment) -> None:
    times = [moment.earliest, moment.earliest if moment.latest is None else moment.latest]
    if moment.dated and not all(_FIRST <= time <= _LAST for time in times):
        raise UsageError("the plan's dates are outside the years 1900 to 9000", hint="look at starts and lasts")


def _line(text: str) -> str:
    """Somebody's words as one line without control characters: they go to terminals, calendars and pages."""
    words = " ".join(text.split())
    # The joiner holds emoji of several people together; everything else unprintable can harm a terminal.
    return "".join(c if c.isprintable() or c == "\u200d" else "\N{REPLACEMENT CHARACTER}" for c in words)
