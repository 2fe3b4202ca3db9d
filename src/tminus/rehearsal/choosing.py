"""Which part of a plan a scenario means: by its id, or by rule (`any guard`, `stage middle`).

A rule that finds nothing raises `Unsuitable`: the scenario is not for this plan, and whoever runs it says so. An id that
the plan does not have raises `UsageError`: somebody mistyped it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite

from tminus.core.boxes import signers
from tminus.core.outline import Outline
from tminus.errors import UsageError
from tminus.plan.advice import nearest
from tminus.plan.criterion import Arm, Criterion
from tminus.plan.guarding import better
from tminus.plan.model import CallAction, Metric, MetricKind, Plan, RunAction, Stage
from tminus.plan.naming import all_tasks
from tminus.plan.selector import Selector

_SUCCESS_WORDS = ("pay", "checkout", "order", "purchase", "success", "conver", "book")


class Unsuitable(Exception):
    """A scenario has nothing to happen to in this plan; the text says why."""


def stage(name: str, plan: Plan) -> tuple[str, Stage]:
    """(id, stage) by id, by number from 1, or `first`, `middle` and `last`. A middle of four is the third."""
    stages = [(one.id or "", one) for phase in plan.phases if phase.rollout for one in phase.rollout.stages]
    if not stages:
        raise Unsuitable("no phase has a rollout")
    known = dict(stages)
    if name in known:
        return name, known[name]
    places = {"first": 0, "middle": len(stages) // 2, "last": len(stages) - 1}
    place = int(name) - 1 if name.isascii() and name.isdigit() and len(name) < 6 else places.get(name)
    if place is None or not 0 <= place < len(stages):
        raise _unknown("stage", name, known, f"a number from 1 to {len(stages)}, first, middle or last")
    return stages[place]


def phase(name: str, plan: Plan) -> str:
    """A phase by its id."""
    known = [one.id for one in plan.phases]
    if name not in known:
        raise _unknown("phase", name, known)
    return name


def known_metric(name: str, plan: Plan) -> str:
    """A metric by its id."""
    if name not in plan.metrics:
        raise _unknown("metric", name, plan.metrics)
    return name


def metric(name: str, plan: Plan, at_stage: str = "") -> str:
    """A metric by its id, or `any guard` (else a measured trigger), `any trigger`, `any success`."""
    if name == "any guard":
        return _guard(plan, at_stage)
    if name == "any trigger":
        return _first(_triggers(plan), "no trigger is measured")
    if name == "any success":
        return _first(_successes(plan), "nothing counts successes (good, total) besides the requests that are guarded")
    return known_metric(name, plan)


def source(name: str, plan: Plan) -> str:
    """A source by its name, or `any source`: the one of the metric that `any guard` means, else of any criterion."""
    if name == "any source":
        asked = (plan.metrics[one].source for one in (*_guards(plan), *_triggers(plan), *_exits(plan)))
        return _first((one for one in asked if one), "nothing that it is judged by is measured")
    known = {*plan.sources, *(one.source for one in plan.metrics.values() if one.source)}
    if name not in known:
        raise _unknown("source", name, sorted(known))
    return name


def region(name: str, plan: Plan) -> str:
    """A region by its id, or `any region`: the first."""
    if name == "any region":
        return _first(iter(plan.regions), "it names no regions")
    if name not in plan.regions:
        raise _unknown("region", name, plan.regions)
    return name


def role(name: str, plan: Plan) -> str:
    """A role by its id, or `any approver`: whoever says go last, else whoever signs a box."""
    if name == "any approver":
        return _first(_approvers(plan), "nobody signs or says go")
    if name not in plan.roles:
        raise _unknown("role", name, plan.roles)
    return name


def action(name: str, plan: Plan) -> str:
    """The beginning of an action's key, or `any rollback action`: the first that could fail."""
    if name != "any rollback action":
        return name
    numbered = enumerate(plan.rollback.do, 1)
    could = (number for number, one in numbered if isinstance(one, RunAction | CallAction))
    number = next(could, None)
    if number is None:
        raise Unsuitable("its rollback runs no command and calls nothing that could fail")
    return f"rollback:1:{number}"


def worse(name: str, plan: Plan, usual: float, times: float) -> float:
    """What a metric reads that is `times` times worse than `usual`, in base units."""
    known = plan.metrics[name]
    if known.good is not None:
        return max(1 - (1 - usual) * times, 0.0)
    if known.bad is not None:
        return min(usual * times, 1.0)
    if usual == 0:
        # Nothing times anything is nothing: what is usually zero becomes as bad as its limit, so many times over.
        usual = max((abs(one.target.value) for one in _judging(plan) if one.metric == name), default=0.0) or 1.0
    return usual * times if _high_is_bad(name, plan) else usual / times


def _high_is_bad(name: str, plan: Plan) -> bool:
    for one in (*plan.rollback.when, *(alert.when for alert in plan.alerts)):
        if one.metric == name:
            return not one.comparator.wants_low
    return better(plan, name) != "higher"


def _guard(plan: Plan, at_stage: str) -> str:
    here = [one for one in Outline(plan).stages.items() if one[0] == at_stage]
    named = [*(guard for _, place in here for guard in place.rollout.guards), *_guards(plan), *_triggers(plan)]
    return _first(iter(named), "nothing would take a bad release back: no guard, and no trigger that is measured")


def _guards(plan: Plan) -> Iterator[str]:
    return (name for phase in plan.phases if phase.rollout for name in phase.rollout.guards)


def _triggers(plan: Plan) -> Iterator[str]:
    """Metrics of triggers that are measured, those with a limit above 0 first: nothing is a multiple of zero."""
    found = [one for one in plan.rollback.when if plan.metrics[one.metric].kind and one.arm is not Arm.CONTROL]
    found.sort(key=lambda one: not (isfinite(one.target.value) and one.target.value > 0))
    return (one.metric for one in found)


def _exits(plan: Plan) -> Iterator[str]:
    return (one.metric for one in _judging(plan) if plan.metrics[one.metric].kind)


def _successes(plan: Plan) -> Iterator[str]:
    """Metrics that count successes of something of its own (uptime is the guarded requests once more), those that guards
    watch for getting fewer among them."""
    guarded = {plan.metrics[name].total for name in _guards(plan) if plan.metrics[name].bad}
    judged = list(dict.fromkeys((*_guards(plan), *(one.metric for one in _judging(plan)))))
    wanted = (name for name in _guards(plan) if plan.metrics[name].total is None and better(plan, name) == "higher")
    found = list(dict.fromkeys((*(one for one in judged if _counts_successes(plan.metrics[one], guarded)), *wanted)))
    return iter(sorted(found, key=lambda name: not any(word in name.lower() for word in _SUCCESS_WORDS)))


def _counts_successes(metric: Metric, guarded: set[Selector | None]) -> bool:
    return metric.kind is MetricKind.RATIO and metric.good is not None and metric.total not in guarded


def _judging(plan: Plan) -> Iterator[Criterion]:
    yield from plan.rollback.when
    yield from (alert.when for alert in plan.alerts)
    yield from _gates(plan)


def _gates(plan: Plan) -> Iterator[Criterion]:
    for phase in plan.phases:
        yield from (one for stage in (phase.rollout.stages if phase.rollout else ()) for one in stage.exit)
        yield from phase.exit


def _approvers(plan: Plan) -> Iterator[str]:
    for phase in reversed(plan.phases):
        yield from phase.go
        yield from (role for stage in (phase.rollout.stages if phase.rollout else ()) for role in stage.go)
    tasks = (task for phase in reversed(plan.phases) for task in all_tasks(phase.tasks) if not task.tasks)
    yield from (role for task in tasks for role in signers(task) if role in plan.roles)


def _first(found: Iterator[str], why_not: str) -> str:
    name = next(found, None)
    if name is None:
        raise Unsuitable(why_not)
    return name


def _unknown(what: str, name: str, known: Iterable[str], else_: str = "") -> UsageError:
    names = list(known)
    near = nearest(name, names)
    hint = f"did you mean {near}?" if near else f"write {', '.join([*names[:8], *([else_] if else_ else [])])}"
    return UsageError(f"the plan has no {what} {name[:60]}", hint=hint, code="scenario-unknown")
