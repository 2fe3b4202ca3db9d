"""What a plan's metrics read when all is well: values that its gates ask for and its triggers and alerts do not mind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isfinite

from tminus.plan.checks_metrics import dimension_of
from tminus.plan.criterion import Change, Comparator, Criterion
from tminus.plan.model import Metric, Plan
from tminus.plan.naming import all_tasks
from tminus.plan.quantity import Dimension


@dataclass(frozen=True, slots=True)
class _Range:
    low: float = -inf
    high: float = inf

    def narrowed(self, low: float, high: float) -> _Range:
        return _Range(max(self.low, low), min(self.high, high))


def healthy(plan: Plan) -> dict[str, float]:
    """A value for every metric of the plan, in base units, that passes every gate and sets nothing off.

    Where the plan's wishes contradict each other, its gates come first, then its triggers, its alerts, its KPIs.
    """
    return {name: _chosen(name, metric, plan) for name, metric in plan.metrics.items()}


def _chosen(name: str, metric: Metric, plan: Plan) -> float:
    found = _Range()
    for criterion, wanted in _wishes(plan):
        if criterion.metric == name and criterion.claim is None:
            low, high = _bounds(criterion, metric)
            both = found.narrowed(*((low, high) if wanted else _outside(low, high)))
            found = both if both.low <= both.high else found
    return _inside(found, metric)


def _wishes(plan: Plan) -> Iterator[tuple[Criterion, bool]]:
    """(criterion, whether it is wanted) in the order in which they matter."""
    for phase in plan.phases:
        yield from ((one, True) for one in phase.exit)
        yield from ((one, True) for stage in (phase.rollout.stages if phase.rollout else ()) for one in stage.exit)
        yield from ((one, True) for task in all_tasks(phase.tasks) if task.proof for one in task.proof.holds)
    yield from ((one, False) for one in plan.rollback.when)
    yield from ((alert.when, False) for alert in plan.alerts)
    yield from ((kpi.that, True) for kpi in plan.kpis)


def _bounds(criterion: Criterion, metric: Metric) -> tuple[float, float]:
    target = criterion.target.value
    if criterion.change is not None:
        base = metric.baseline.value if metric.baseline else 1.0
        target = base * (1 + target) if criterion.change is Change.RELATIVE else base + target
    if criterion.comparator is Comparator.WITHIN and criterion.upper is not None:
        return target, criterion.upper.value
    if criterion.comparator is Comparator.EQUAL:
        return target, target
    highest = criterion.target.scale or inf  # nobody gives 5.6 of 5
    return (-inf, target) if criterion.comparator.wants_low else (target, highest)


def _outside(low: float, high: float) -> tuple[float, float]:
    """Where a condition that is not wanted is not true: below it, or above."""
    return (-inf, low) if isfinite(low) else (high, inf)


def _inside(found: _Range, metric: Metric) -> float:
    """A value well inside: gates are judged by bounds, and a value at the edge would never be shown to pass."""
    whole = 1.0 if dimension_of(metric) is Dimension.RATIO else None
    if isfinite(found.low) and isfinite(found.high):
        return (found.low + found.high) / 2
    if isfinite(found.high):
        return found.high * 0.4 if found.high > 0 else found.high
    if isfinite(found.low):
        return (
            found.low + (whole - found.low) * 0.8
            if whole is not None and found.low <= whole
            else found.low * 1.25 or 1.0
        )
    return metric.baseline.value if metric.baseline else (0.5 if whole else 1.0)
