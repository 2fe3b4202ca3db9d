"""Checks of targets against one another: gates that nothing can pass, sayings that differ, triggers and alerts in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

from tminus.plan import places
from tminus.plan.around import Kpi
from tminus.plan.criterion import Comparator, Criterion
from tminus.plan.findings import Findings
from tminus.plan.model import Alert, MetricKind, Plan, Severity
from tminus.plan.places import Path
from tminus.plan.quantity import format_duration

_Placed = tuple[Path, Criterion]
_MOST_ALIKE = 200  # more of one kind than any person writes; every pair of 100,000 would take hours


def check_targets(plan: Plan, found: Findings) -> None:
    """All of it."""
    for path, criterion in places.criteria(plan):
        _check_possible(plan, path, criterion, found)
    for gate in _gates(plan):
        _check_gate(plan, gate, found)
    _check_sayings(plan, found)
    _check_triggers(plan, found)
    _check_alerts(plan, found)


def _gates(plan: Plan) -> Iterator[list[_Placed]]:
    """The criteria that must hold together: at the end of each phase, and of each stage."""
    for path, phase in places.phases(plan):
        if phase.exit:
            yield [((*path, "exit", number), one) for number, one in enumerate(phase.exit)]
    for path, stage in places.stages(plan):
        if stage.exit:
            yield [((*path, "exit", number), one) for number, one in enumerate(stage.exit)]


def _alike(plan: Plan, placed: Iterable[_Placed]) -> Iterator[tuple[_Placed, _Placed]]:
    """Pairs that ask the same over the same window, in the order of the plan."""
    groups: dict[tuple[Any, ...], list[_Placed]] = {}
    for path, one in placed:
        groups.setdefault((*_asked(one), _window(plan, one)), []).append((path, one))
    for group in groups.values():
        yield from combinations(group[:_MOST_ALIKE], 2)


def _asked(one: Criterion) -> tuple[Any, ...]:
    return (one.metric, one.aggregate, one.arm, one.change, one.target.dimension, one.target.scale, one.target.currency)


def _asks_the_same(one: Criterion, other: Criterion) -> bool:
    """The same number of the same people in the same unit, so that two targets can be held against each other."""
    return _asked(one) == _asked(other)


def _window(plan: Plan, criterion: Criterion) -> float | None:
    """Seconds of the window that a criterion looks at, its metric's where it names none."""
    metric = plan.metrics.get(criterion.metric)
    window = criterion.window or (metric.window if metric else None)
    return window.seconds if window else None


def _bounds(criterion: Criterion) -> tuple[float, float]:
    """The lowest and the highest value that a criterion lets pass."""
    value = criterion.target.value
    if criterion.comparator is Comparator.WITHIN:
        return value, criterion.upper.value if criterion.upper else value
    if criterion.comparator is Comparator.EQUAL:
        return value, value
    return (float("-inf"), value) if criterion.comparator.wants_low else (value, float("inf"))


def _lets_pass(criterion: Criterion, value: float) -> bool:
    low, high = _bounds(criterion)
    strict = criterion.comparator in (Comparator.MORE, Comparator.LESS)
    return low < value < high if strict else low <= value <= high


def _check_possible(plan: Plan, path: Path, criterion: Criterion, found: Findings) -> None:
    """No value can be more than 100 % of something, or less than nothing. A gauge or a query may be anything."""
    metric = plan.metrics.get(criterion.metric)
    if metric is None or metric.kind is None or criterion.change is not None:
        return
    low, high = _bounds(criterion)
    share = metric.kind in (MetricKind.RATIO, MetricKind.SHARE)
    counted = share or metric.kind in (MetricKind.COUNT, MetricKind.RATE, MetricKind.UNIQUE)
    too_high = share and (low > 1 or (low == 1 and criterion.comparator is Comparator.MORE))
    too_low = counted and (high < 0 or (high == 0 and criterion.comparator is Comparator.LESS))
    if not (too_high or too_low):
        return
    if path[0] in ("rollback", "alerts"):
        what = "trigger never fires" if path[0] == "rollback" else "alert is never told"
        hint = "write a threshold that the metric can reach"
        found.warning(path, "never-fires", f"`{criterion.text}` can never be: this {what}", hint)
    elif path[0] in ("kpis", "milestones"):
        found.warning(
            path, "impossible", f"`{criterion.text}` can never hold", "write a value that the metric can have"
        )
    else:
        message = f"`{criterion.text}` can never hold, and what comes after is never reached"
        found.error(path, "impossible", message, "write a value that the metric can have")


def _check_gate(plan: Plan, gate: Sequence[_Placed], found: Findings) -> None:
    for (_, one), (path, other) in _alike(plan, gate):
        low, high = max(_bounds(one)[0], _bounds(other)[0]), min(_bounds(one)[1], _bounds(other)[1])
        if low > high or (low == high and not (_lets_pass(one, low) and _lets_pass(other, low))):
            message = f"`{one.text}` and `{other.text}` never hold together, and what comes after is never reached"
            found.error(path, "impossible", message, "keep the one that is meant")


def _check_sayings(plan: Plan, found: Findings) -> None:
    """One metric with two targets: looser in a phase than for the whole, or looser the later it comes."""
    kpis: list[tuple[Path, Kpi]] = [(("kpis", number, "that"), kpi) for number, kpi in enumerate(plan.kpis)]
    exits = [(path, one) for gate in _gates(plan) for path, one in gate]
    by = {path: kpi.by for path, kpi in kpis}
    for (place, one), (path, other) in _alike(plan, [(path, kpi.that) for path, kpi in kpis]):
        # A target for month 1 and another for month 6 are a way, and no contradiction.
        in_turn = by[place] and by[path] and by[place] != by[path]
        if not in_turn and _differ(one, other):
            _two_targets(path, other, place, one, found)
    for path, exit_ in exits[: 10 * _MOST_ALIKE]:
        for place, kpi in kpis[:_MOST_ALIKE]:
            if _contradicts(plan, exit_, kpi.that) and not _reached(exits, path, kpi.that):
                _two_targets(path, exit_, place, kpi.that, found)
                break
    for (before, early), (after, late) in _alike(plan, exits):
        if before[1] != after[1] and _differ(early, late) and _looser(late, early):
            _two_targets(after, late, before, early, found)


def _contradicts(plan: Plan, exit_: Criterion, kpi: Criterion) -> bool:
    """Whether an exit is content with less than a KPI; one without `over` is meant of all the time."""
    comparable = kpi.window is None or kpi.window.seconds == _window(plan, exit_)
    return comparable and _differ(exit_, kpi) and _looser(exit_, kpi)


def _reached(exits: Sequence[_Placed], path: Path, kpi: Criterion) -> bool:
    """Whether a later phase asks for all that the whole is to have: then an earlier one may ask for less."""
    after = int(path[1])
    later = (one for place, one in exits if int(place[1]) > after and _asks_the_same(one, kpi))
    return any(one.comparator.wants_low == kpi.comparator.wants_low and not _looser(one, kpi) for one in later)


def _two_targets(path: Path, here: Criterion, place: Path, there: Criterion, found: Findings) -> None:
    message = f"`{here.text}` here, and `{there.text}` in {found.address(place)}"
    found.warning(path, "two-targets", message, "keep the one that is meant, or name them apart with `over`")


def _differ(one: Criterion, other: Criterion) -> bool:
    if not _asks_the_same(one, other) or one.comparator.wants_low != other.comparator.wants_low:
        return False
    either = (one.comparator, other.comparator)
    if Comparator.WITHIN in either or Comparator.EQUAL in either:
        return False
    return one.target.value != other.target.value


def _looser(one: Criterion, other: Criterion) -> bool:
    """Whether `one` lets pass what `other` does not; both look the same way."""
    if one.comparator.wants_low:
        return one.target.value > other.target.value
    return one.target.value < other.target.value


def _check_triggers(plan: Plan, found: Findings) -> None:
    for number, trigger in enumerate(plan.rollback.when[:_MOST_ALIKE]):
        path: Path = ("rollback", "when", number)
        metric = plan.metrics.get(trigger.metric)
        if metric is not None and metric.kind is None:
            message = f"nothing measures `{trigger.metric}`: this trigger never fires"
            found.warning(path, "never-fires", message, f"give it a source, under metrics: {trigger.metric}")
        _check_time_to_fire(plan, path, trigger, found)
        critical = [alert.when for alert in plan.alerts if alert.severity is Severity.CRITICAL]
        alert = next((one for one in critical if _concern_the_same(plan, trigger, one) and _later(trigger, one)), None)
        if alert is not None:
            message = f"`{trigger.text}` rolls back later than the critical alert `{alert.text}` calls people"
            hint = f"roll back at {alert.target} as well, or call the alert high"
            found.warning(path, "trigger-looser", message, hint)


def _check_time_to_fire(plan: Plan, path: Path, trigger: Criterion, found: Findings) -> None:
    """A trigger that must hold for longer than all stages last together."""
    stages = [stage.bakes.seconds for _, stage in places.stages(plan)]
    if trigger.hold_for is not None and stages and all(stages) and trigger.hold_for.seconds > sum(stages):
        message = f"`{trigger.text}` waits longer than all stages together last ({format_duration(sum(stages))})"
        found.warning(path, "never-fires", message, "write a shorter `for`")


def _check_alerts(plan: Plan, found: Findings) -> None:
    """Of the alerts on a trigger's metric, one calls people before the rollback does: no later, and at no worse value.

    The others may be about something else: a drift over hours, or an incident that goes on after the rollback. So may
    a further trigger be, such as one that goes back at once when everything fails.
    """
    pairs = [
        (number, alert, trigger)
        for trigger in plan.rollback.when[:_MOST_ALIKE]
        for number, alert in enumerate(plan.alerts)
        if _concern_the_same(plan, trigger, alert.when)
    ]
    early = [(number, trigger) for number, alert, trigger in pairs if _comes_first(alert, trigger)]
    in_time, announced = {number for number, _ in early}, {trigger.key for _, trigger in early}
    for number, alert, trigger in pairs:
        path: Path = ("alerts", number)
        if number in in_time or trigger.key in announced:
            continue
        if _later(alert.when, trigger):
            message = f"`{alert.when.text}` is told after `{trigger.text}` has rolled back"
            hint = "tell people at a lower threshold than the trigger's"
            found.warning((*path, "when"), "alert-after-trigger", message, hint)
        elif alert.severity in _LOUD:
            _too_slow(path, alert, trigger, found)


_LOUD = (Severity.CRITICAL, Severity.HIGH)  # those that are to call somebody before it is too late


def _too_slow(path: Path, alert: Alert, trigger: Criterion, found: Findings) -> None:
    waits, acts = format_duration(_wait(alert.when, alert)), format_duration(_wait(trigger))
    message = f"the alert waits {waits}, and `{trigger.text}` acts {f'after {acts}' if trigger.hold_for else 'at once'}"
    hint = f"write for: {trigger.hold_for} or less" if trigger.hold_for else "leave `for` out"
    found.warning((*path, "for") if alert.for_ else (*path, "when"), "alert-too-slow", message, hint)


def _comes_first(alert: Alert, trigger: Criterion) -> bool:
    return not _later(alert.when, trigger) and _wait(alert.when, alert) <= _wait(trigger)


def _concern_the_same(plan: Plan, trigger: Criterion, alert: Criterion) -> bool:
    """The same number over the same window; whose it is may differ, since alerts watch everybody."""
    same = alert.metric == trigger.metric and alert.aggregate == trigger.aggregate and alert.change == trigger.change
    alike = alert.comparator.wants_low == trigger.comparator.wants_low and _window(plan, alert) == _window(
        plan, trigger
    )
    return same and alike and alert.target.dimension is trigger.target.dimension


def _later(one: Criterion, other: Criterion) -> bool:
    """Whether `one` is true only at a worse value than `other`; both say what is bad."""
    if one.comparator.wants_low:
        return one.target.value < other.target.value
    return one.target.value > other.target.value


def _wait(criterion: Criterion, alert: Alert | None = None) -> float:
    own = criterion.hold_for.seconds if criterion.hold_for else 0.0
    return max(own, alert.for_.seconds) if alert and alert.for_ else own
