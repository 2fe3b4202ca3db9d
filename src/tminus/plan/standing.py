"""What a plan asks for and T-minus does not do yet, as boxes that a role signs: said plainly, never a pretence.

Each part of the plan that people have to do or look after becomes a task of a phase, with an id that stays
(`announcement-press-release`). docs/plan.md has the table: what is done, and what a role signs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from tminus.plan.around import Announcement, Recovery
from tminus.plan.fields import slug_of
from tminus.plan.model import Phase, Plan, Priority, Task
from tminus.plan.naming import Names, all_tasks, given_ids

_Placed = tuple[str, Task]  # the id of a phase, and the task in it


def standing(plan: Plan) -> dict[str, tuple[Task, ...]]:
    """All such boxes by the id of their phase, where it has any. Their own ids differ from all others of the plan."""
    names = Names(given_ids(plan))
    found: dict[str, tuple[Task, ...]] = {}
    for make in _PARTS:
        for phase, task in make(_Phases.of(plan), plan):
            named = task.model_copy(update={"id": names.free(task.id or "box")})
            found[phase] = (*found.get(phase, ()), named)
    return found


@dataclass(frozen=True, slots=True)
class _Phases:
    """Where a box belongs that names a phase, and where it belongs if it names none."""

    ids: frozenset[str]
    first_rollout: str  # the last phase where there is no rollout at all

    @classmethod
    def of(cls, plan: Plan) -> _Phases:
        rollouts = (phase.id for phase in plan.phases if phase.rollout is not None)
        return cls(frozenset(phase.id for phase in plan.phases), next(rollouts, plan.phases[-1].id))

    def named(self, phase: str | None) -> str:
        return phase if phase in self.ids else self.first_rollout


def _bugs(phases: _Phases, plan: Plan) -> Iterator[_Placed]:
    for name, bug in plan.bugs.items():
        if bug.before is not None:
            yield (
                phases.named(bug.before),
                Task(
                    do=f"No bug of priority {bug.title or name} is open (T-minus does not count bugs yet)",
                    id=f"bugs-{_slug(name)}",
                    owner=bug.owner,
                    priority=Priority.CRITICAL,
                ),
            )


def _recovery(phases: _Phases, plan: Plan) -> Iterator[_Placed]:
    recovery = plan.recovery
    if recovery is None:
        return
    if recovery.every is not None:
        do = f"A backup is made every {recovery.every.text} (T-minus makes no backups yet)"
        yield phases.first_rollout, Task(do=do, id="recovery-backup", owner=recovery.owner)
    drilled = any(recovery.drill in _given_tasks(phase) for phase in plan.phases)
    if not drilled and (recovery.drill or recovery.rto or recovery.rpo):
        do = f"Restore drill{_promised(recovery)} (T-minus restores nothing yet)"
        yield phases.first_rollout, Task(do=do, id="recovery-drill", owner=recovery.owner)


def _given_tasks(phase: Phase) -> set[str | None]:
    return {task.id for task in all_tasks(phase.tasks)}


def _promised(recovery: Recovery) -> str:
    rto = f" within {recovery.rto.text}" if recovery.rto else ""
    rpo = f", at most {recovery.rpo.text} lost" if recovery.rpo else ""
    return f"{rto}{rpo}"


def _escalation(phases: _Phases, plan: Plan) -> Iterator[_Placed]:
    number = len(plan.escalation)
    if number:
        levels = "level 1 is" if number == 1 else f"levels 1-{number} are"
        do = f"Escalation {levels} reachable (T-minus does not page by level yet)"
        yield phases.first_rollout, Task(do=do, id="escalation-reachable")


def _announcements(phases: _Phases, plan: Plan) -> Iterator[_Placed]:
    for name, one in plan.announcements.items():
        do = f"Tell: {one.title or name} (T-minus does not send it yet)"
        task = Task(
            do=do,
            id=f"announcement-{_slug(name)}",
            owner=one.owner,
            by="exit",
            note=_where(plan, one),
            expect=one.message,
        )
        yield phases.named(one.phase), task


def _where(plan: Plan, one: Announcement) -> str:
    at = f"{one.at:%Y-%m-%d %H:%M}" if isinstance(one.at, datetime) else str(one.at or "")
    when = one.when or at
    channels = ", ".join(known.title or name if (known := plan.channels.get(name)) else name for name in one.channels)
    return " · ".join(part for part in (when, channels, one.audience) if part)


def _routines(phases: _Phases, plan: Plan) -> Iterator[_Placed]:
    for name, routine in plan.routines.items():
        if routine.phase is not None:
            do = f"Every {routine.every}: {routine.title or name} was done (T-minus does not remind anybody yet)"
            note = "; ".join(routine.do)
            task = Task(do=do, id=f"routine-{_slug(name)}", owner=routine.owner, by="exit", note=note)
            yield phases.named(routine.phase), task


def _slug(name: str) -> str:
    return slug_of(name) or "box"


_PARTS: tuple[Callable[[_Phases, Plan], Iterator[_Placed]], ...] = (
    _bugs,
    _recovery,
    _escalation,
    _announcements,
    _routines,
)
