"""Every task, stage and alert gets a name that stays: the log of a launch speaks of them by it."""

from __future__ import annotations

from collections.abc import Iterator

from tminus.plan.fields import slug_of
from tminus.plan.flagging import Flag
from tminus.plan.model import Alert, Phase, Plan, Stage, Task


def with_ids(plan: Plan) -> Plan:
    """The plan with an id wherever there was none, made from the words and unique (`smoke-tests`, `smoke-tests-2`).

    Given ids come first, so that naming one task never renames another. Tasks and stages share one set of names over
    the whole plan; alerts have their own. What only the order of a mapping says is said by name from here on: the log
    keeps no order.
    """
    names = Names(given_ids(plan))
    phases = tuple(_phase(phase, names) for phase in plan.phases)
    alert_names = Names(alert.id for alert in plan.alerts if alert.id)
    alerts = tuple(_alert(alert, alert_names) for alert in plan.alerts)
    flags = {name: _flag(flag) for name, flag in plan.flags.items()}
    return plan.model_copy(update={"phases": phases, "alerts": alerts, "flags": flags})


class Names:
    """Names already taken, and the next free one."""

    def __init__(self, given: Iterator[str]) -> None:
        self._taken = set(given)

    def free(self, stem: str) -> str:
        """`stem`, or with a number behind it where that is taken; the name is taken from then on."""
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


def given_ids(plan: Plan) -> Iterator[str]:
    """The ids of the tasks and stages that have one."""
    for phase in plan.phases:
        yield from (task.id for task in all_tasks(phase.tasks) if task.id)
        if phase.rollout:
            yield from (stage.id for stage in phase.rollout.stages if stage.id)


def _flag(flag: Flag) -> Flag:
    several = len(flag.variants) > 2 and flag.default in flag.variants
    return flag.model_copy(update={"rollout": flag.brought}) if several else flag


def _phase(phase: Phase, names: Names) -> Phase:
    tasks = tuple(_task(task, names) for task in phase.tasks)
    rollout = phase.rollout
    if rollout:
        stages = tuple(_stage(stage, names) for stage in rollout.stages)
        rollout = rollout.model_copy(update={"stages": stages})
    return phase.model_copy(update={"tasks": tasks, "rollout": rollout})


def _task(task: Task, names: Names) -> Task:
    name = task.id or names.free(slug_of(task.do) or "task")
    return task.model_copy(update={"id": name, "tasks": tuple(_task(one, names) for one in task.tasks)})


def _stage(stage: Stage, names: Names) -> Stage:
    share = f"stage-{stage.to * 100:.6g}".replace(".", "-")
    name = stage.id or names.free(slug_of(stage.title) or share)
    return stage.model_copy(update={"id": name})


def _alert(alert: Alert, names: Names) -> Alert:
    criterion = alert.when
    words = alert.title or " ".join(filter(None, (criterion.metric.replace("_", " "), criterion.aggregate)))
    name = alert.id or names.free(slug_of(f"{words} {alert.severity}") or "alert")
    return alert.model_copy(update={"id": name})
