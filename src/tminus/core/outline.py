"""The plan as a launch travels it: phases, boxes and stages in order, looked up by id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf
from zoneinfo import ZoneInfo

from tminus.plan.criterion import Criterion
from tminus.plan.fields import Start
from tminus.plan.flagging import FlagChange
from tminus.plan.guarding import Evidence, evidence_of
from tminus.plan.model import Alert, Phase, Plan, Rollout, Stage, Task
from tminus.plan.places import brought_flags, raised_by_rollback
from tminus.plan.quantity import Duration
from tminus.plan.standing import standing
from tminus.plan.timeline import planned_start
from tminus.plan.weektime import WeekTime


@dataclass(frozen=True, slots=True)
class StagePlace:
    """Where a stage stands."""

    phase: Phase
    rollout: Rollout
    stage: Stage
    number: int  # within its rollout, from 0
    evidence: Evidence  # what it has to show, with what its rollout says of all


@dataclass(frozen=True, slots=True)
class TaskPlace:
    """Where a box stands."""

    phase: Phase
    task: Task
    parent: str | None
    depth: int


@dataclass(frozen=True, slots=True)
class WatchedAlert:
    """An alert under its id, with its own `for` in its condition."""

    id: str
    alert: Alert
    when: Criterion


@dataclass(frozen=True)
class Outline:
    """Built once per plan; everything here is a look-up."""

    plan: Plan
    phases: dict[str, Phase] = field(init=False)
    stages: dict[str, StagePlace] = field(init=False)
    tasks: dict[str, TaskPlace] = field(init=False)
    alerts: tuple[WatchedAlert, ...] = field(init=False)
    skipped: frozenset[str] = field(init=False)  # boxes that do not apply, or one above them does not
    optional: frozenset[str] = field(init=False)  # boxes that nothing waits for, or not for one above them
    fallbacks: frozenset[str] = field(init=False)  # flags that only going back turns on, such as a banner
    ageing: frozenset[str] = field(init=False)  # boxes whose proof counts for so long and no longer
    scheduled: dict[str, tuple[tuple[float, FlagChange], ...]] = field(init=False)  # by flag, with the moment of each
    _children: dict[str, list[str]] = field(init=False)
    _boxes: dict[str, list[str]] = field(init=False)
    _leaves: dict[str, list[str]] = field(init=False)
    _steps: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "phases", {phase.id: phase for phase in self.plan.phases})
        object.__setattr__(self, "stages", dict(_stages(self.plan)))
        object.__setattr__(self, "tasks", dict(_boxes(self.plan)))
        object.__setattr__(self, "alerts", tuple(_alerts(self.plan)))
        object.__setattr__(self, "_children", _grouped((place.parent or "", key) for key, place in self.tasks.items()))
        object.__setattr__(self, "_boxes", _grouped((place.phase.id, key) for key, place in self.tasks.items()))
        # Asked of every box at every step, so it is worked out once.
        lineages = {key: tuple(self.lineage(key)) for key in self.tasks}
        skipped = frozenset(key for key, line in lineages.items() if any(above.task.skip for above in line))
        optional = frozenset(key for key, line in lineages.items() if any(above.task.optional for above in line))
        object.__setattr__(self, "skipped", skipped)
        object.__setattr__(self, "optional", optional)
        proofs = ((key, place.task.proof) for key, place in self.tasks.items())
        object.__setattr__(self, "ageing", frozenset(key for key, proof in proofs if proof and proof.age))
        object.__setattr__(self, "scheduled", dict(self._scheduled()))
        object.__setattr__(self, "fallbacks", raised_by_rollback(self.plan) - brought_flags(self.plan))
        leaves = (key for key, place in self.tasks.items() if place.task.proof is not None or not place.task.tasks)
        object.__setattr__(self, "_leaves", _grouped((self.tasks[key].phase.id, key) for key in leaves))
        object.__setattr__(self, "_steps", _grouped((place.phase.id, key) for key, place in self.stages.items()))

    def phase_after(self, phase: str | None) -> Phase | None:
        """The phase that follows, the first one for None, None after the last."""
        ids = list(self.phases)
        position = 0 if phase is None else ids.index(phase) + 1
        return self.phases[ids[position]] if position < len(ids) else None

    def opens_at(self, phase: Phase, launched_at: float, ended_at: float = 0.0, *, paced: bool) -> float:
        """When a phase may start at the earliest, in Unix seconds. A paced launch has no calendar: dates count as now.

        The plan's own start opens the first phase, and offsets are counted from it. A weekday is the first one at or
        after `ended_at`, the end of the phase before.
        """
        planned = 0.0 if paced else self._local(self.plan.starts)
        earliest = max(launched_at, planned)
        if phase.starts is not None:
            after = max(earliest, ended_at)
            return self._begins(phase.starts, after, earliest, paced=paced)
        return planned if phase.id == self.plan.phases[0].id else 0.0

    def stage_opens_at(
        self, stage: Stage, phase_began: float, ready_at: float, since: float = -inf, *, paced: bool
    ) -> float:
        """When a stage may start at the earliest, in Unix seconds: a weekday is the first one at or after `ready_at`
        (a few hours late still counts, but never before `since`), an offset counts from the beginning of its phase."""
        return 0.0 if stage.starts is None else self._begins(stage.starts, ready_at, phase_began, since, paced=paced)

    def _begins(self, start: Start, after: float, origin: float, since: float = -inf, *, paced: bool) -> float:
        if isinstance(start, Duration):
            return origin + start.seconds
        if paced:
            return 0.0
        return start.opens(after, self.plan.timezone, since) if isinstance(start, WeekTime) else self._local(start)

    def changes_at(self, flag: str, launched_at: float, pace: float) -> list[float]:
        """When the scheduled changes of a flag are due, in Unix seconds. A paced launch counts them from the plan's own
        start, or from its own where the plan says none, and divides by the pace."""
        moments = [at for at, _ in self.scheduled.get(flag, ())]
        if pace == 1.0:
            return moments
        planned = planned_start(self.plan)
        origin = launched_at if planned is None else planned
        return [launched_at + (at - origin) / pace for at in moments]

    def _scheduled(self) -> Iterator[tuple[str, tuple[tuple[float, FlagChange], ...]]]:
        for key, flag in self.plan.flags.items():
            if flag.changes:
                yield key, tuple((self._local(change.at), change) for change in flag.changes)

    def _local(self, moment: datetime | None) -> float:
        return moment.replace(tzinfo=ZoneInfo(self.plan.timezone)).timestamp() if moment else 0.0

    def stage_ids(self, phase: Phase) -> list[str]:
        """The ids of a phase's stages in order; empty without a rollout."""
        return self._steps.get(phase.id, [])

    def task_ids(self, phase: Phase) -> list[str]:
        """The ids of a phase's boxes, parents before their children."""
        return self._boxes.get(phase.id, [])

    def leaves(self, phase: Phase) -> list[str]:
        """The boxes of a phase that are proven themselves, not by what is beneath them."""
        return self._leaves.get(phase.id, [])

    def children(self, task: str) -> list[str]:
        """The ids of the boxes right beneath one."""
        return self._children.get(task, [])

    def lineage(self, task: str) -> Iterator[TaskPlace]:
        """A box and the boxes above it, innermost first: what holds for one above holds for it."""
        key: str | None = task
        while key is not None:
            place = self.tasks[key]
            yield place
            key = place.parent


def _alerts(plan: Plan) -> Iterator[WatchedAlert]:
    for alert in plan.alerts:
        when = replace(alert.when, hold_for=alert.for_) if alert.for_ else alert.when
        yield WatchedAlert(alert.id or alert.when.text, alert, when)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for group, key in pairs:
        groups.setdefault(group, []).append(key)
    return groups


def _stages(plan: Plan) -> Iterator[tuple[str, StagePlace]]:
    for phase in plan.phases:
        if phase.rollout is not None:
            for number, stage in enumerate(phase.rollout.stages):
                key, evidence = stage.id or f"{phase.id}-{number + 1}", evidence_of(phase.rollout, stage)
                yield key, StagePlace(phase, phase.rollout, stage, number, evidence)


def _boxes(plan: Plan) -> Iterator[tuple[str, TaskPlace]]:
    """The checklist of every phase, and what stands there because T-minus does not do it yet."""
    more = standing(plan)
    for phase in plan.phases:
        yield from _tasks(phase, phase.tasks)
        yield from _tasks(phase, more.get(phase.id, ()))


def _tasks(
    phase: Phase, tasks: tuple[Task, ...], parent: str | None = None, depth: int = 0
) -> Iterator[tuple[str, TaskPlace]]:
    for number, task in enumerate(tasks):
        key = task.id or f"{parent or phase.id}-{number + 1}"
        yield key, TaskPlace(phase, task, parent, depth)
        yield from _tasks(phase, task.tasks, key, depth + 1)
