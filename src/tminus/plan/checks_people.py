"""Checks of who does what, who signs, who is called, and of what the launch needs around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isclose

from tminus.plan import places
from tminus.plan.findings import Findings
from tminus.plan.model import CallAction, Phase, Plan, RunAction, Task
from tminus.plan.money import Cost
from tminus.plan.naming import all_tasks
from tminus.plan.places import Path
from tminus.plan.quantity import format_duration

_USED = re.compile(r"\$(?:\{([A-Za-z_]\w*)|([A-Za-z_]\w*))")
_ASSIGNED = re.compile(r"(?:^|[\s;&|(])(?:export\s+)?([A-Za-z_]\w*)=")
_REFERENCE = re.compile(r"env:([A-Za-z_]\w*)")
_ALWAYS_THERE = {
    "HOME", "PATH", "PWD", "USER", "SHELL", "TMPDIR", "HOSTNAME", "LANG", "RANDOM", "SECONDS", "IFS", "UID", "TMINUS_KEY", "CI",
}  # fmt: skip


def check_people(plan: Plan, found: Findings) -> None:
    """All of it."""
    _check_filled(plan, found)
    for path, phase in places.phases(plan):
        _check_own_signature(plan, path, phase, found)
    _check_escalation(plan, found)
    _check_way_back(plan, found)
    _check_drill(plan, found)
    _check_budget(plan, found)
    _check_variables(plan, found)


def _check_filled(plan: Plan, found: Findings) -> None:
    used = {role for _, role in places.role_uses(plan)}
    for name, role in plan.roles.items():
        if name in used and not role.people and not role.reach:
            hint = "write people: [NAME], or reach: env:NAME with where they are called"
            found.warning(("roles", name), "role-unfilled", f"nobody fills the role `{name}`", hint, key=True)


def _check_own_signature(plan: Plan, path: Path, phase: Phase, found: Findings) -> None:
    for place, task in places.tasks(plan):
        if place[1] == path[1] and task.owner and task.proof and task.proof.sign_off:
            who = _shared(plan, task.owner, task.proof.sign_off)
            if who:
                message = f"{who} does `{task.do}` and signs for it"
                found.warning((*place, "proof", "sign-off"), "self-signed", message, "let another role sign")
    owners = {task.owner or "" for task in _leaves(phase)}
    if len(phase.go) == 1 and owners and not phase.exit and all(owners):
        who = _shared(plan, phase.go[0], *owners)
        if who:
            message = f"{who} does every task of `{phase.id}` and alone says go"
            found.warning((*path, "go", 0), "self-signed", message, "let another role say go as well")


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
    reached: float | None = 0.0
    before = 0.0
    for number, level in enumerate(plan.escalation):
        path: Path = ("escalation", number)
        since = level.after.seconds if level.after else (0.0 if number == 0 else reached)
        if since is not None and reached is not None and since > reached:
            message = f"nobody is called from {format_duration(reached)} to {format_duration(since)}"
            found.warning((*path, "after"), "escalation-gap", message, f"write after: {format_duration(reached)}")
        elif (
            since is not None
            and number
            and level.after
            and since < (plan.escalation[number - 1].after or level.after).seconds
        ):
            message = "this level is called before the one above it"
            found.warning((*path, "after"), "escalation-gap", message, "order the levels by their time")
        if not level.notify:
            message = f"level {number + 1} calls nobody"
            found.warning(path, "escalation-gap", message, "write notify: [ROLE]")
        reached, before = level.until.seconds if level.until else since, since or before
    last = plan.escalation[-1] if plan.escalation else None
    if last is not None and last.until is not None:
        message = f"after {last.until} nobody is called any more"
        path = ("escalation", len(plan.escalation) - 1, "until")
        found.warning(path, "escalation-gap", message, "leave `until` out of the last level")


def _check_way_back(plan: Plan, found: Findings) -> None:
    """A flag is its own way back; a command or a call needs one that somebody has written down."""
    undoes = any(isinstance(action, RunAction | CallAction) for action in plan.rollback.do)
    if undoes or any(runbook.kind == "rollback" for runbook in plan.runbooks.values()):
        return
    for path, phase in places.phases(plan):
        if any(isinstance(step, RunAction | CallAction) for step in phase.steps):
            message = f"`{phase.id}` changes something outside the flags, and nothing says how to go back"
            hint = "write run: or call: under rollback: do, or a runbook with kind: rollback"
            found.warning((*path, "steps"), "no-way-back", message, hint, key=True)


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


def _check_budget(plan: Plan, found: Findings) -> None:
    if plan.budget is None:
        return
    budget, lines = plan.budget, plan.budget.lines
    sums: dict[str, tuple[float, float]] = {}
    for line in lines:
        low, high = sums.get(line.group, (0.0, 0.0))
        if line.cost is not None:
            sums[line.group] = low + line.cost.low * line.times, high + line.cost.high * line.times
    for group, stated in budget.groups.items():
        if group in sums:
            _check_sum(("budget", "groups", group), f"the lines of `{group}`", sums[group], stated, found)
    if budget.total is not None and (sums or budget.groups):
        parts = [(cost.low, cost.high) for cost in budget.groups.values()]
        parts += [amount for group, amount in sums.items() if group not in budget.groups]
        whole = sum(low for low, _ in parts), sum(high for _, high in parts)
        _check_sum(("budget", "total"), "the parts", whole, budget.total, found)


def _check_sum(path: Path, what: str, summed: tuple[float, float], stated: Cost, found: Findings) -> None:
    if isclose(summed[0], stated.low, abs_tol=0.005) and isclose(summed[1], stated.high, abs_tol=0.005):
        return
    given = _amount(*summed, stated.currency)
    found.warning(path, "budget-sum", f"it says {stated}, and {what} give {given}", f"write {given}, or mend a line")


def _amount(low: float, high: float, currency: str) -> str:
    ends = [f"{end:,.2f}".rstrip("0").rstrip(".") if end % 1 else f"{end:,.0f}" for end in (low, high)]
    words = ends[0] if ends[0] == ends[1] else "..".join(ends)
    return f"{words} {currency}" if len(currency) > 1 else f"{currency}{words}"


def _check_variables(plan: Plan, found: Findings) -> None:
    """What a phase's steps read from the environment is named under its environment, so that a missing one is found first."""
    for path, phase in places.phases(plan):
        environment = plan.environments.get(phase.environment)
        if environment is None:
            continue
        assigned: set[str] = set(environment.requires) | _ALWAYS_THERE
        for number, step in enumerate(phase.steps):
            place = (*path, "steps", number)
            if isinstance(step, RunAction):
                commands = (step.run,) if isinstance(step.run, str) else step.run
                assigned |= {name for command in commands for name in _ASSIGNED.findall(command)}
                used = [a or b for command in commands for a, b in _USED.findall(command)]
                _undeclared((*place, "run"), phase, used, assigned, found)
            elif isinstance(step, CallAction):
                used = [
                    found_.group(1) for text in (step.call, step.token or "") if (found_ := _REFERENCE.fullmatch(text))
                ]
                _undeclared(place, phase, used, assigned, found)


def _undeclared(path: Path, phase: Phase, used: list[str], known: set[str], found: Findings) -> None:
    for name in dict.fromkeys(used):
        if name not in known:
            message = f"`{name}` is used, and {phase.environment} does not declare it"
            hint = f"write it under environments: {phase.environment}: requires"
            found.warning(path, "undeclared-variable", message, hint)
