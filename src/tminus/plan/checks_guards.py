"""Checks of what rollouts are guarded by."""

from __future__ import annotations

from tminus.plan import places
from tminus.plan.checks_metrics import BY_VARIANT
from tminus.plan.findings import Findings
from tminus.plan.guarding import better, counted_together, traffic_of
from tminus.plan.model import Metric, MetricKind, Plan, Rollout
from tminus.plan.places import Path

_BY_COUNTERS = (MetricKind.RATIO, MetricKind.COUNT, MetricKind.RATE)
_PER_UNIT = (MetricKind.RATIO, MetricKind.DISTRIBUTION, MetricKind.SHARE)
_COUNTS = (MetricKind.COUNT, MetricKind.RATE, MetricKind.UNIQUE)


def check_guards(plan: Plan, found: Findings) -> None:
    """Guards compare counts of canary and control: their metrics have to be countable by variant."""
    for path, rollout in places.rollouts(plan):
        for number, name in enumerate(rollout.guards):
            place = (*path, "guards", number)
            if _check_metric(plan, place, name, found):
                _check_count(plan, place, rollout, name, found)
        _check_holdback(path, rollout, found)
    for name in plan.watching.ceiling:
        place = ("watching", "ceiling", name)
        if _check_metric(plan, place, name, found, at_key=True) and plan.metrics[name].kind is not MetricKind.RATIO:
            message = f"`{name}` is no ratio, and a ceiling is a share of failed requests"
            found.error(place, "guard-kind", message, "write a trigger on it under rollback: when", key=True)


def advise_on_guards(plan: Plan, found: Findings) -> None:
    """Warnings: a launch runs in spite of them."""
    triggers = {c.metric for c in plan.rollback.when if not (c.comparator.wants_low or c.claim)} | set(
        plan.watching.ceiling
    )
    for path, rollout in places.rollouts(plan):
        if not rollout.guards:
            hint = "write guards: [METRIC] with a ratio such as the error rate"
            found.warning(path, "no-guards", f"no guard watches the rollout of `{rollout.flag}`", hint, key=True)
        for number, name in enumerate(rollout.guards):
            if name in plan.metrics and name not in triggers and _never_has_control(plan, rollout):
                hint = f"write holdback: 5%, or watching: {{ ceiling: {{ {name}: 1% }} }}"
                message = (
                    f"everybody has it from the first stage on, so the guard on `{name}` has nothing to compare with"
                )
                found.warning((*path, "guards", number), "guard-blind", message, hint)


def _check_metric(plan: Plan, path: Path, name: str, found: Findings, *, at_key: bool = False) -> bool:
    metric = plan.metrics.get(name)
    if metric is None:
        if name not in found.names("metrics"):
            found.unknown(path, "metric", name, found.names("metrics"), "write it under metrics", key=at_key)
        return False
    if metric.kind is MetricKind.SUM:
        message = f"`{name}` sums amounts, and guards compare what can be counted for canary and control"
        hint = "write a criterion on `canary`, judge it in an experiment, or guard how many buy with of: and did:"
        found.error(path, "guard-kind", message, hint, key=at_key)
    elif metric.kind not in (*_PER_UNIT, *_COUNTS):
        kind = f"a {metric.kind}" if metric.kind else "without a source"
        message = f"`{name}` is {kind}, and guards compare what can be counted for canary and control"
        hint = (
            "write a metric with bad: and total:, histogram:, count: or of: and did:, or watch it under rollback: when"
        )
        found.error(path, "guard-kind", message, hint, key=at_key)
    elif metric.source in plan.sources and metric.kind not in _BY_COUNTERS:
        message = f"`{name}` comes from {metric.source}, where guards can read counters alone"
        hint = f"use a metric of {' or '.join(BY_VARIANT)}, and watch this one under rollback: when"
        found.error(path, "guard-source", message, hint, key=at_key)
    return metric.kind in (*_PER_UNIT, *_COUNTS)


def _check_count(plan: Plan, path: Path, rollout: Rollout, name: str, found: Findings) -> None:
    metric = plan.metrics[name]
    if better(plan, name) is None:
        message = f"nothing says whether more or fewer of `{name}` is better"
        found.error(path, "guard-direction", message, f"write better: lower or better: higher under metrics: {name}")
    if metric.kind in _COUNTS:
        traffic = traffic_of(plan, rollout, name)
        if traffic is None or not _counts_units(plan.metrics.get(traffic)):
            message = f"`{name}` counts without saying among how many"
            hint = (
                f"write traffic: METRIC under metrics: {name}, with a ratio that counts the requests of both variants"
            )
            found.error(path, "guard-traffic", message, hint)
        elif not counted_together(plan, metric, plan.metrics[traffic]):
            source = plan.metrics[traffic].source
            message = f"`{name}` comes from {metric.source} and its traffic `{traffic}` from {source}"
            hint = f"write traffic: METRIC under metrics: {name}, with a ratio from {metric.source}"
            found.error(path, "guard-traffic", message, hint)


def _counts_units(metric: Metric | None) -> bool:
    return metric is not None and metric.total is not None


def _check_holdback(path: Path, rollout: Rollout, found: Findings) -> None:
    if rollout.holdback and not (rollout.stages[-1].to >= 1 and rollout.holdback <= 0.5):
        message = "a hold-back keeps the control alive while a last stage of 100 % bakes, and is at most half of it"
        found.error((*path, "holdback"), "bad-holdback", message, "let the last stage be to: 100%, and hold back 5%")


def _never_has_control(plan: Plan, rollout: Rollout) -> bool:
    """Where a stage before had a control, its rate is frozen and stands in for it at 100 %."""
    of_flag = (one for _, one in places.rollouts(plan) if one.flag == rollout.flag)
    return not rollout.holdback and all(stage.to >= 1 for one in of_flag for stage in one.stages)
