"""Checks of rollback triggers and alerts: each can fire, and people hear of trouble before the rollback acts on it."""

from __future__ import annotations

from tminus.plan import places
from tminus.plan.checks_targets import MOST_ALIKE, window_of
from tminus.plan.criterion import Criterion
from tminus.plan.findings import Findings
from tminus.plan.model import Alert, Plan, Severity
from tminus.plan.places import Path
from tminus.plan.quantity import format_duration


def check_triggers(plan: Plan, found: Findings) -> None:
    """Triggers by themselves and against critical alerts, then alerts against triggers."""
    _check_triggers(plan, found)
    _check_alerts(plan, found)


def _check_triggers(plan: Plan, found: Findings) -> None:
    for number, trigger in enumerate(plan.rollback.when[:MOST_ALIKE]):
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
        for trigger in plan.rollback.when[:MOST_ALIKE]
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
    if trigger.claim is not None or alert.claim is not None:
        return False
    same = alert.metric == trigger.metric and alert.aggregate == trigger.aggregate and alert.change == trigger.change
    alike = alert.comparator.wants_low == trigger.comparator.wants_low and window_of(plan, alert) == window_of(
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
