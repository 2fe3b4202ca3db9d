"""What must make sense in a plan as a whole. Each check walks the plan once and reports by path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel

from tminus.errors import Problem
from tminus.plan import places
from tminus.plan.checks_budget import check_budget
from tminus.plan.checks_changes import check_changes
from tminus.plan.checks_dates import check_dates
from tminus.plan.checks_experiments import check_experiments
from tminus.plan.checks_guards import advise_on_guards, check_guards
from tminus.plan.checks_metrics import check_criteria, check_metrics
from tminus.plan.checks_names import check_names
from tminus.plan.checks_people import check_people
from tminus.plan.checks_rollouts import check_cohorts, check_flags, check_going_back
from tminus.plan.checks_secrets import check_secrets
from tminus.plan.checks_stages import check_stages
from tminus.plan.checks_targeting import check_targeting
from tminus.plan.checks_targets import check_targets
from tminus.plan.checks_tasks import check_ids, check_tasks
from tminus.plan.checks_triggers import check_triggers
from tminus.plan.checks_variables import check_variables
from tminus.plan.criterion import Criterion
from tminus.plan.document import Node
from tminus.plan.findings import Findings
from tminus.plan.model import Plan
from tminus.plan.places import Path
from tminus.plan.quantity import Duration, Span
from tminus.plan.waivers import waived


def check(plan: Plan, root: Node, written: Node, *, whole: bool = True) -> list[Problem]:
    """All errors, and warnings, of a plan whose parts are valid.

    `root` is the document of `plan`. Where invalid parts were left out of it, `whole` is false and `written` is the
    document with them: what is missing because it was left out is not reported as missing.
    """
    found = Findings(root, written)
    check_names(plan, found)
    check_secrets(plan, written, found)
    _check_timezone(plan, found)
    _check_durations(plan, found)
    check_ids(plan, found)
    check_tasks(plan, found, all_known=_task_count(root) == _task_count(written))
    check_metrics(plan, found)
    check_criteria(plan, found)
    check_guards(plan, found)
    check_flags(plan, found)
    check_cohorts(plan, found)
    check_targeting(plan, found)
    check_going_back(plan, found)
    check_stages(plan, found)
    check_experiments(plan, found)
    check_changes(plan, found)
    if whole:
        _advise(plan, found)
        check_targets(plan, found)
        check_triggers(plan, found)
        check_dates(plan, found)
        check_people(plan, found)
        check_budget(plan, found)
        check_variables(plan, found)
    waived(plan, found, whole=whole)
    return found.problems


def _task_count(node: Node) -> int:
    """How many tasks a document holds; a task that was left out may be the one that an `after` names."""
    children = node.value.items() if isinstance(node.value, dict) else enumerate(node.value)
    count = 0
    for key, child in children:
        if isinstance(child.value, dict | list):
            count += _task_count(child) + (len(child.value) if key == "tasks" else 0)
    return count


def _check_timezone(plan: Plan, found: Findings) -> None:
    try:
        ZoneInfo(plan.timezone)
    except (KeyError, ValueError, OSError):
        known = available_timezones()
        hint = "write one such as Europe/Zurich, America/New_York or UTC"
        found.unknown(("timezone",), "timezone", plan.timezone, known, hint)


def _check_durations(plan: Plan, found: Findings) -> None:
    for path, value in _timed(plan, ()):
        seconds = value.longest.seconds if isinstance(value, Span) else value.seconds
        if seconds <= 0 and not _is_offset(value) and not _may_be_nothing(path):
            found.error(path, "zero-duration", f"`{value}` lasts no time", "write a duration above zero")


def _may_be_nothing(path: Path) -> bool:
    """`after: 0s` of the first level of an escalation, and an RPO of no loss at all."""
    return (path[0] == "escalation" and path[-1] == "after") or path == ("recovery", "rpo")


def _is_offset(value: Duration | Span) -> bool:
    """True for `+0d`, which says when and not how long."""
    return isinstance(value, Duration) and value.text.startswith("+")


def _timed(value: Any, path: Path) -> Iterator[tuple[Path, Duration | Span]]:
    """Every duration in a part of a plan, those inside criteria at the criterion's place."""
    if isinstance(value, Duration | Span):
        yield path, value
    elif isinstance(value, Criterion):
        yield from ((path, one) for one in (value.window, value.hold_for) if one is not None)
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            if name != "later":
                yield from _timed(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from _timed(one, (*path, number))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _timed(one, (*path, key))


def _advise(plan: Plan, found: Findings) -> None:
    """Warnings: a launch runs in spite of them."""
    used = {role for _, role in places.role_uses(plan)}
    for name in plan.roles:
        if name not in used:
            hint = "let it own a task, sign a gate or be notified"
            found.warning(("roles", name), "idle-role", f"nobody asks the role `{name}` for anything", hint, key=True)
    for path, phase in places.phases(plan):
        if not phase.exit and not phase.go:
            hint = "write exit: [CRITERION] or go: [ROLE]"
            found.warning(path, "no-exit", f"nothing has to hold at the end of the phase `{phase.id}`", hint)
    advise_on_guards(plan, found)
    _advise_on_sources(plan, found)


def _advise_on_sources(plan: Plan, found: Findings) -> None:
    """Once a metric, however often it is asked for; `never-fires` says it of a trigger."""
    asked = Counter(criterion.metric for path, criterion in places.criteria(plan) if path[0] != "rollback")
    for name, metric in plan.metrics.items():
        if asked[name] and metric.kind is None and metric.attest is None:
            times = "one criterion asks" if asked[name] == 1 else f"{asked[name]} criteria ask"
            message = f"metric `{name}` has no source, nobody attests it, and {times} for it"
            found.warning(("metrics", name), "unmeasured", message, "give it a source, or attest: ROLE", key=True)
