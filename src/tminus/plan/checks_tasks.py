"""Checks of names that must be unique, and of the order among tasks."""

from __future__ import annotations

from collections.abc import Iterator

from tminus.plan import places
from tminus.plan.findings import Findings
from tminus.plan.model import Plan, Task
from tminus.plan.places import Path


def check_ids(plan: Plan, found: Findings) -> None:
    """Phases, tasks together with stages, and alerts: the log speaks of each by its id."""
    _unique(((path, phase.id) for path, phase in places.phases(plan)), found)
    _unique(_tasks_and_stages(plan), found)
    _unique(((("alerts", number), alert.id) for number, alert in enumerate(plan.alerts)), found)


def check_tasks(plan: Plan, found: Findings, *, all_known: bool) -> None:
    """`after` names tasks that exist, stand no later, and do not wait for one another in a circle.

    `all_known` is false where invalid tasks were left out of the plan: then a name that is not found may be theirs.
    """
    phase_of = {task.id: path[1] for path, task in places.tasks(plan) if task.id}
    for path, task in places.tasks(plan):
        for number, name in enumerate(task.after):
            place = (*path, "after", number)
            if name not in phase_of:
                if all_known:
                    found.unknown(place, "task", name, phase_of, "write the id of a task")
            elif int(phase_of[name]) > int(path[1]):
                message = f"`{name}` belongs to a later phase and would never come first"
                found.error(place, "after-later", message, "wait for a task of this phase or of one before it")
    _check_circles(plan, found)


def _unique(named: Iterator[tuple[Path, str | None]], found: Findings) -> None:
    first: dict[str, Path] = {}
    for path, name in named:
        if name is None:
            continue
        if name in first:
            found.error((*path, "id"), "duplicate-id", f"the id `{name}` is taken already", f"write {name}-2")
        first.setdefault(name, path)


def _tasks_and_stages(plan: Plan) -> Iterator[tuple[Path, str | None]]:
    for path, phase in places.phases(plan):
        inside = [(place, task.id) for place, task in places.tasks(plan) if place[1] == path[1]]
        if phase.rollout is not None:
            inside += [(place, stage.id) for place, stage in places.stages(plan) if place[1] == path[1]]
        yield from inside


def _check_circles(plan: Plan, found: Findings) -> None:
    where = {task.id: (path, task) for path, task in places.tasks(plan) if task.id}
    state: dict[str, int] = {}  # 1 while on the way, 2 once done
    for start in where:
        # A stack of our own: a chain of a thousand tasks must not end in a RecursionError.
        way: list[tuple[str, Iterator[str]]] = []
        if start not in state:
            state[start] = 1
            way.append((start, _waits_for(where[start][1])))
        while way:
            name, rest = way[-1]
            following = next(rest, None)
            if following is None:
                state[name] = 2
                way.pop()
            elif following in where and following not in state:
                state[following] = 1
                way.append((following, _waits_for(where[following][1])))
            elif state.get(following) == 1:
                _report_circle([step for step, _ in way], following, where, found)


def _waits_for(task: Task) -> Iterator[str]:
    yield from task.after
    if task.proof is None:
        # A box without a proof of its own is proven by the boxes beneath it.
        yield from (child.id for child in task.tasks if child.id)


def _report_circle(way: list[str], closing: str, where: dict[str, tuple[Path, Task]], found: Findings) -> None:
    circle = way[way.index(closing) :]
    path, _ = next((where[name] for name in circle if where[name][1].after), where[circle[0]])
    words = " -> ".join([*circle, circle[0]])
    found.error((*path, "after"), "circle", f"these tasks wait for one another: {words}", "take one `after` out")
