"""Criterion and measurement in, assessment out. Pure."""

from __future__ import annotations

import math

from msgspec.structs import replace

from tminus.core.assessment import Assessment, Measurement, Outcome
from tminus.core.contest import Contest, Shown
from tminus.guards.bounds import shows_above, shows_below
from tminus.plan.criterion import Change, Comparator, Criterion
from tminus.plan.model import Metric, MetricKind
from tminus.plan.quantity import format_duration

_PROPORTIONS = (MetricKind.RATIO, MetricKind.SHARE)
_UNBOUNDED = (Comparator.EQUAL, Comparator.WITHIN)
_SHOWN = {
    Shown.TRUE: Outcome.HOLDS,
    Shown.FALSE: Outcome.FAILS,
    Shown.OPEN: Outcome.INCONCLUSIVE,
    Shown.UNKNOWN: Outcome.UNKNOWN,
}
_LEAST_FRESH = 60.0  # seconds; a shorter window still lets a source report once a minute


def assess(criterion: Criterion, metric: Metric, found: Measurement, window: float, now: float) -> Assessment:
    """Hold a measurement against a criterion; `window` and `now` in seconds.

    A proportion is judged by its exact one-sided 95 % bound unless the criterion says `point`: few data are
    inconclusive, however good they look.
    """
    goal = criterion.target.value if criterion.change is None else _goal(criterion, metric)
    # 0 of 0 is not a rate of 0: a gate that took it for one would open while nobody is there.
    empty = found.value is None or math.isnan(found.value) or found.total == 0
    why = found.error or ("no data" if empty else _staleness(metric, found, window, now))
    outcome = Outcome.UNKNOWN if why else _outcome(criterion, metric, found, goal)
    return Assessment(criterion, metric, found, outcome, goal, window, now, why)


def assess_claim(criterion: Criterion, metric: Metric, contest: Contest | None, now: float) -> Assessment:
    """Hold a claim about an experiment against what is known of its arm; None: it has not begun."""
    claim = criterion.claim
    assert claim is not None
    if contest is None or contest.comparison is None:
        why = contest.error if contest else f"the experiment {claim.experiment} has not begun"
        empty = Measurement(None, error=why)
        return Assessment(criterion, metric, empty, Outcome.UNKNOWN, 0.0, 0.0, now, why, contest=contest)
    compared, finding = contest.comparison, contest.finding(claim)
    found = Measurement(
        compared.treatment_value,
        hits=contest.hits[1],
        total=compared.users_treatment,
        newest=contest.newest,
        source=contest.source,
    )
    why = _staleness(metric, found, math.inf, now) if metric.fresh else ""
    outcome = Outcome.UNKNOWN if why else _SHOWN[finding.shown]
    return Assessment(
        criterion, metric, found, outcome, compared.control_value, 0.0, now, why, contest=contest, finding=finding
    )


def _staleness(metric: Metric, found: Measurement, window: float, now: float) -> str:
    if found.newest is None or found.newest >= now:
        return ""
    fresh = metric.fresh.seconds if metric.fresh else max(window, _LEAST_FRESH)
    if now - found.newest <= fresh:
        return ""
    return f"the newest data is {format_duration(now - found.newest)} old"


def _goal(criterion: Criterion, metric: Metric) -> float:
    if metric.baseline is None:
        return criterion.target.value
    if criterion.change is Change.POINTS:
        return metric.baseline.value + criterion.target.value
    return metric.baseline.value * (1 + criterion.target.value)


def _outcome(criterion: Criterion, metric: Metric, found: Measurement, goal: float) -> Outcome:
    assert found.value is not None
    judged = metric.kind in _PROPORTIONS and not criterion.point and found.total
    if not judged or criterion.comparator in _UNBOUNDED or not 0 < goal < 1:
        return Outcome.HOLDS if _plainly(criterion, found.value, goal) else Outcome.FAILS
    hits, total = found.hits or 0.0, found.total or 0.0
    below = shows_below(hits, total, goal)
    above = not below and shows_above(hits, total, goal)
    wanted, unwanted = (below, above) if criterion.comparator.wants_low else (above, below)
    if wanted:
        return Outcome.HOLDS
    return Outcome.FAILS if unwanted else Outcome.INCONCLUSIVE


def _plainly(criterion: Criterion, value: float, goal: float) -> bool:
    match criterion.comparator:
        case Comparator.LESS:
            return value < goal
        case Comparator.AT_MOST:
            return value <= goal
        case Comparator.MORE:
            return value > goal
        case Comparator.AT_LEAST:
            return value >= goal
        case Comparator.EQUAL:
            return value == goal
        case Comparator.WITHIN:
            return goal <= value <= (criterion.upper.value if criterion.upper else goal)


class Streaks:
    """Since when each criterion has held at every evaluation: what `for 2m` asks.

    A gap, an error or an inconclusive answer ends a streak: what was not seen to hold did not hold.
    """

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def follow(self, assessment: Assessment) -> Assessment:
        """The assessment with `since` and `lasted` filled in."""
        if assessment.outcome is not Outcome.HOLDS:
            self._since.pop(assessment.key, None)
            return assessment
        since = self._since.setdefault(assessment.key, assessment.at)
        hold_for = assessment.criterion.hold_for
        lasted = hold_for is None or assessment.at - since >= hold_for.seconds
        return replace(assessment, since=since, lasted=lasted)

    def forget(self) -> None:
        """Start over: after a rollback, what held before says nothing of the next release."""
        self._since.clear()
