"""Checks of who does what, who signs, who is called, and of what the launch needs around it."""

from __future__ import annotations

from collections.abc import Iterator

from tminus.plan import places
from tminus.plan.findings import Findings
from tminus.plan.model import Action, CallAction, Phase, Plan, RunAction, Task
from tminus.plan.naming import all_tasks
from tminus.plan.places import Path
from tminus.plan.quantity import format_duration


def check_people(plan: Plan, found: Findings) -> None:
    """All of it."""
    _check_filled(plan, found)
    for path, phase in places.phases(plan):
        _check_own_signature(plan, path, phase, found)
    _check_escalation(plan, found)
    _check_way_back(plan, found)
    _check_drill(plan, found)


def _check_filled(plan: Plan, found: Findings) -> None:
    used = {role for _, role in places.role_uses(plan)}
    for name, role in plan.roles.items():
        if name in used and not role.people and not role.reach:
            hint = "write people: [NAME], or reach: env:NAME with where they are called"
            found.warning(("roles", name), "role-unfilled", f"nobody fills the role `{name}`", hint, key=True)


def _check_own_signature(plan: Plan, path: Path, phase: Phase, found: Findings) -> None:
    for place, task in places.tasks(plan):
        if place[1] != path[1] or not task.owner or task.proof is None or not task.proof.sign_off:
            continue
        who = "" if _is_measured(task) else _shared(plan, task.owner, task.proof.sign_off)
        if who:
            message = f"{who} does `{task.do}` and signs for it"
            found.warning((*place, "proof", "sign-off"), "self-signed", message, "let another role sign")
    leaves = list(_leaves(phase))
    owners = {task.owner or "" for task in leaves}
    if len(phase.go) == 1 and owners and not phase.exit and all(owners) and not any(map(_is_measured, leaves)):
        who = _shared(plan, phase.go[0], *owners)
        if who:
            message = f"{who} does every task of `{phase.id}` and alone says go"
            found.warning((*path, "go", 0), "self-signed", message, "let another role say go as well")


def _is_measured(task: Task) -> bool:
    """Whether something besides a person's word proves the task."""
    proof = task.proof
    return proof is not None and bool(proof.http or proof.command or proof.holds)


def _leaves(phase: Phase) -> Iterator[Task]:
    return (task for task in all_tasks(phase.tasks) if not task.tasks and task.skip is None)


def _shared(plan: Plan, *roles: str) -> str:
    """The role or the one person behind all of these roles; empty where there are two."""
    if len(set(roles)) == 1:
        return f"`{roles[0]}`" if len(_people(plan, roles[0])) <= 1 else ""
    crowd = {person for role in roles for person in _people(plan, role)}
    return next(iter(crowd)) if len(crowd) == 1 and all(_people(plan, role) for role in roles) else ""


def _people(plan: Plan, role: str) -> tuple[str, ...]:
    return plan.roles[role].people if role in plan.roles else ()


def _check_escalation(plan: Plan, found: Findings) -> None:
    reached: float | None = 0.0  # until when somebody is called; None while a level goes on until the next
    before = 0.0
    for number, level in enumerate(plan.escalation):
        path: Path = ("escalation", number)
        since = level.after.seconds if level.after else (reached or before)
        if reached is not None and since > reached:
            message = f"nobody is called from {format_duration(reached)} to {format_duration(since)}"
            found.warning((*path, "after"), "escalation-gap", message, f"write after: {format_duration(reached)}")
        elif since < before:
            message = "this level is called before the one above it"
            found.warning((*path, "after"), "escalation-gap", message, "order the levels by their time")
        if not level.notify:
            found.warning(path, "escalation-gap", f"level {number + 1} calls nobody", "write notify: [ROLE]")
        reached = None if level.until is None else max(level.until.seconds, reached or 0.0)
        before = since
    if plan.escalation and (until := plan.escalation[-1].until) is not None:
        path = ("escalation", len(plan.escalation) - 1, "until")
        message = f"after {until} nobody is called any more"
        found.warning(path, "escalation-gap", message, "leave `until` out of the last level")


def _check_way_back(plan: Plan, found: Findings) -> None:
    """A flag is its own way back; a command or a call needs one that somebody has written down."""
    undoes = any(isinstance(action, RunAction | CallAction) for action in plan.rollback.do)
    if undoes or any(runbook.kind == "rollback" for runbook in plan.runbooks.values()):
        return
    for path, phase in places.phases(plan):
        if any(_changes_something(step) for step in phase.steps):
            message = f"`{phase.id}` changes something outside the flags, and nothing says how to go back"
            hint = "write run: or call: under rollback: do, or a runbook with kind: rollback"
            found.warning((*path, "steps"), "no-way-back", message, hint, key=True)


def _changes_something(step: Action) -> bool:
    return isinstance(step, RunAction) or (isinstance(step, CallAction) and step.method != "GET")


def _check_drill(plan: Plan, found: Findings) -> None:
    recovery = plan.recovery
    if recovery is None or not (recovery.rto or recovery.rpo):
        return
    known = [task.id for _, task in places.tasks(plan) if task.id] + list(plan.routines)
    if recovery.drill is None:
        promise = " and ".join(f"{k} {v}" for k, v in (("RTO", recovery.rto), ("RPO", recovery.rpo)) if v)
        hint = "write drill: ID of a task or routine that restores a backup and measures it"
        found.warning(("recovery",), "no-drill", f"nothing shows that {promise} can be kept", hint, key=True)
    elif recovery.drill not in known:
        found.unknown(("recovery", "drill"), "task", recovery.drill, known, "write the id of a task or of a routine")
