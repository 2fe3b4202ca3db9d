"""Every task, stage and alert gets a name that stays: the log of a launch speaks of them by it."""

from __future__ import annotations

from collections.abc import Iterator

from tminus.plan.fields import slug_of
from tminus.plan.model import Alert, Phase, Plan, Stage, Task


def with_ids(plan: Plan) -> Plan:
    """The plan with an id wherever there was none, made from the words and unique (`smoke-tests`, `smoke-tests-2`).

    Given ids come first, so that naming one task never renames another. Tasks and stages share one set of names over
    the whole plan; alerts have their own.
    """
    names = _Names(_given(plan))
    phases = tuple(_phase(phase, names) for phase in plan.phases)
    alert_names = _Names(alert.id for alert in plan.alerts if alert.id)
    alerts = tuple(_alert(alert, alert_names) for alert in plan.alerts)
    return plan.model_copy(update={"phases": phases, "alerts": alerts})


class _Names:
    """Names already taken, and the next free one."""

    def __init__(self, given: Iterator[str]) -> None:
        self._taken = set(given)

    def free(self, text: str, otherwise: str) -> str:
        stem = slug_of(text) or otherwise
        name, number = stem, 1
        while name in self._taken:
            number += 1
            name = f"{stem}-{number}"
        self._taken.add(name)
        return name


def all_tasks(tasks: tuple[Task, ...]) -> Iterator[Task]:
    """Every task and every task beneath it, in the order of the plan."""
    for task in tasks:
        yield task
        yield from all_tasks(task.tasks)


def _given(plan: Plan) -> Iterator[str]:
    for phase in plan.phases:
        yield from (task.id for task in all_tasks(phase.tasks) if task.id)
        if phase.rollout:
            yield from (stage.id for stage in phase.rollout.stages if stage.id)


def _phase(phase: Phase, names: _Names) -> Phase:
    tasks = tuple(_task(task, names) for task in phase.tasks)
    rollout = phase.rollout
    if rollout:
        stages = tuple(_stage(stage, names) for stage in rollout.stages)
        rollout = rollout.model_copy(update={"stages": stages})
    return phase.model_copy(update={"tasks": tasks, "rollout": rollout})


def _task(task: Task, names: _Names) -> Task:
    name = task.id or names.free(task.do, "task")
    return task.model_copy(update={"id": name, "tasks": tuple(_task(one, names) for one in task.tasks)})


def _stage(stage: Stage, names: _Names) -> Stage:
    name = stage.id or names.free(stage.title, f"stage-{stage.to * 100:.6g}".replace(".", "-"))
    return stage.model_copy(update={"id": name})


def _alert(alert: Alert, names: _Names) -> Alert:
    criterion = alert.when
    words = alert.title or " ".join(filter(None, (criterion.metric.replace("_", " "), criterion.aggregate)))
    return alert.model_copy(update={"id": alert.id or names.free(f"{words} {alert.severity}", "alert")})
