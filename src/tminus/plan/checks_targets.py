"""Checks of targets against one another: gates that nothing can pass, sayings that differ, triggers and alerts in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from tminus.plan import places
from tminus.plan.checks_metrics import dimension_of
from tminus.plan.criterion import Comparator, Criterion
from tminus.plan.findings import Findings
from tminus.plan.model import Alert, Plan, Severity
from tminus.plan.places import Path
from tminus.plan.quantity import Dimension, format_duration

_Placed = tuple[Path, Criterion]


def check_targets(plan: Plan, found: Findings) -> None:
    """All of it."""
    for path, criterion in places.criteria(plan):
        _check_possible(plan, path, criterion, found)
    for gate in _gates(plan):
        _check_gate(gate, found)
    _check_sayings(plan, found)
    _check_triggers(plan, found)
    _check_alerts(plan, found)


def _gates(plan: Plan) -> Iterator[list[_Placed]]:
    """The criteria that must hold together: of a phase's end with those of its last stage, and of each stage."""
    for path, phase in places.phases(plan):
        own = [((*path, "exit", number), one) for number, one in enumerate(phase.exit)]
        if own:
            yield own
    for path, stage in places.stages(plan):
        if stage.exit:
            yield [((*path, "exit", number), one) for number, one in enumerate(stage.exit)]


def _asks_the_same(one: Criterion, other: Criterion) -> bool:
    """The same number of the same people, so that two targets can be held against each other."""
    same = one.metric == other.metric and one.aggregate == other.aggregate and one.arm == other.arm
    return same and one.change == other.change and one.target.dimension == other.target.dimension


def _bounds(criterion: Criterion) -> tuple[float, float]:
    """The lowest and the highest value that a criterion lets pass."""
    value = criterion.target.value
    if criterion.comparator is Comparator.WITHIN:
        return value, criterion.upper.value if criterion.upper else value
    if criterion.comparator is Comparator.EQUAL:
        return value, value
    return (float("-inf"), value) if criterion.comparator.wants_low else (value, float("inf"))


def _check_possible(plan: Plan, path: Path, criterion: Criterion, found: Findings) -> None:
    """No value can be more than 100 % of something, or less than nothing."""
    metric = plan.metrics.get(criterion.metric)
    if metric is None or criterion.change is not None:
        return
    low, high = _bounds(criterion)
    parts = dimension_of(metric) is Dimension.RATIO and metric.kind is not None
    strict = criterion.comparator in (Comparator.MORE, Comparator.LESS)
    too_high = parts and (low > 1 or (low == 1 and strict))
    too_low = high < 0 or (high == 0 and criterion.comparator is Comparator.LESS)
    if not (too_high or too_low):
        return
    if path[:2] == ("rollback", "when"):
        hint = "write a threshold that the metric can reach"
        found.warning(path, "never-fires", f"`{criterion.text}` can never be: this trigger never fires", hint)
    else:
        hint = "write a value that the metric can have"
        found.error(
            path, "impossible", f"`{criterion.text}` can never hold, and what comes after is never reached", hint
        )


def _check_gate(gate: Sequence[_Placed], found: Findings) -> None:
    for (_, one), (path, other) in combinations(gate, 2):
        if not _asks_the_same(one, other) or one.window != other.window:
            continue
        low, high = max(_bounds(one)[0], _bounds(other)[0]), min(_bounds(one)[1], _bounds(other)[1])
        touching = low == high and Comparator.MORE not in (one.comparator, other.comparator)
        if low > high or (low == high and not touching):
            message = f"`{one.text}` and `{other.text}` never hold together, and what comes after is never reached"
            found.error(path, "impossible", message, "keep the one that is meant")


def _check_sayings(plan: Plan, found: Findings) -> None:
    """One metric with two targets: looser in a phase than for the whole, or looser the later it comes."""
    kpis = [(("kpis", number, "that"), kpi.that) for number, kpi in enumerate(plan.kpis)]
    exits = [(path, one) for gate in _gates(plan) for path, one in gate if path[0] == "phases"]
    for (_, one), (kpi, other) in combinations(kpis, 2):
        if _differ(one, other) and one.window == other.window:
            _two_targets(kpi, other, one, found)
    for place, exit_ in exits:
        stricter = next((one for _, one in kpis if _differ(exit_, one) and _looser(exit_, one)), None)
        if stricter is not None:
            _two_targets(place, exit_, stricter, found)
    for (before, early), (after, late) in combinations(exits, 2):
        if before[1] != after[1] and _differ(early, late) and _looser(late, early) and early.window == late.window:
            _two_targets(after, late, early, found)


def _two_targets(path: Path, here: Criterion, there: Criterion, found: Findings) -> None:
    message = f"`{here.text}` here, and `{there.text}` elsewhere in this plan"
    found.warning(path, "two-targets", message, "keep the one that is meant, or name them apart with `over`")


def _differ(one: Criterion, other: Criterion) -> bool:
    if not _asks_the_same(one, other) or one.comparator.wants_low != other.comparator.wants_low:
        return False
    return Comparator.WITHIN not in (one.comparator, other.comparator) and one.target.value != other.target.value


def _looser(one: Criterion, other: Criterion) -> bool:
    """Whether `one` lets pass what `other` does not; both look the same way."""
    if one.comparator.wants_low:
        return one.target.value > other.target.value
    return one.target.value < other.target.value


def _check_triggers(plan: Plan, found: Findings) -> None:
    for number, trigger in enumerate(plan.rollback.when):
        path: Path = ("rollback", "when", number)
        metric = plan.metrics.get(trigger.metric)
        if metric is not None and metric.kind is None:
            message = f"nothing measures `{trigger.metric}`: this trigger never fires"
            found.warning(path, "never-fires", message, f"give it a source, under metrics: {trigger.metric}")
        _check_time_to_fire(plan, path, trigger, found)
        for alert in plan.alerts:
            if (
                alert.severity is Severity.CRITICAL
                and _concern_the_same(trigger, alert)
                and _later(trigger, alert.when)
            ):
                message = f"`{trigger.text}` rolls back later than the critical alert `{alert.when.text}` calls people"
                hint = f"roll back at {alert.when.target} as well, or call the alert high"
                found.warning(path, "trigger-looser", message, hint)


def _check_time_to_fire(plan: Plan, path: Path, trigger: Criterion, found: Findings) -> None:
    """A trigger that must hold for longer than all stages last together."""
    stages = [stage.bakes.seconds for _, stage in places.stages(plan)]
    if trigger.hold_for is not None and stages and all(stages) and trigger.hold_for.seconds > sum(stages):
        message = f"`{trigger.text}` waits longer than all stages together last ({format_duration(sum(stages))})"
        found.warning(path, "never-fires", message, "write a shorter `for`")


def _check_alerts(plan: Plan, found: Findings) -> None:
    """An alert calls people before the rollback does: at a lower threshold, and sooner."""
    for number, alert in enumerate(plan.alerts):
        for trigger in plan.rollback.when:
            if not _concern_the_same(trigger, alert):
                continue
            path: Path = ("alerts", number)
            if _later(alert.when, trigger):
                message = f"`{alert.when.text}` is told after `{trigger.text}` has rolled back"
                hint = "tell people at a lower threshold than the trigger's"
                found.warning((*path, "when"), "alert-after-trigger", message, hint)
            elif (wait := _wait(alert.when, alert)) > (acts := _wait(trigger)):
                message = (
                    f"the alert waits {format_duration(wait)}, and `{trigger.text}` acts after {format_duration(acts)}"
                )
                hint = f"write for: {trigger.hold_for} or less" if trigger.hold_for else "leave `for` out"
                found.warning((*path, "for") if alert.for_ else (*path, "when"), "alert-too-slow", message, hint)


def _concern_the_same(trigger: Criterion, alert: Alert) -> bool:
    when = alert.when
    same = when.metric == trigger.metric and when.aggregate == trigger.aggregate
    return same and when.comparator.wants_low == trigger.comparator.wants_low and when.change == trigger.change


def _later(one: Criterion, other: Criterion) -> bool:
    """Whether `one` is true only at a worse value than `other`; both say what is bad."""
    if one.comparator.wants_low:
        return one.target.value < other.target.value
    return one.target.value > other.target.value


def _wait(criterion: Criterion, alert: Alert | None = None) -> float:
    own = criterion.hold_for.seconds if criterion.hold_for else 0.0
    return max(own, alert.for_.seconds) if alert and alert.for_ else own
