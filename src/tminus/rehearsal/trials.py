"""Experiments in a rehearsal: users come as the plan expects them, and the arms fare as its gates hope.

Exact shares and no noise: a rehearsal asks how long it takes to know, not whether the arm is good.
"""

from __future__ import annotations

from tminus.core.contest import ArmOutcome, Outcomes
from tminus.guards.experiment import Moments
from tminus.plan import places
from tminus.plan.claims import Word
from tminus.plan.model import Metric, MetricKind, Plan
from tminus.plan.quantity import Dimension
from tminus.ports import OutcomeQuestion
from tminus.rehearsal.healthy import healthy

_LIFT = 0.1  # how much better an arm is that is to be better, where the plan does not say by how much
_PART_OF_REQUESTS = 0.01  # of them are the first of a user, where the plan does not say how many users there are
_REQUESTS = 100.0  # a second, where the plan does not say
_SECONDS_OF_ALL = 14 * 86400.0  # within which all users whom the plan expects have come once
_COUNTS = (MetricKind.COUNT, MetricKind.RATE, MetricKind.SUM)


class HopedOutcomes:
    """An `OutcomeSource` for plans that are rehearsed."""

    def __init__(self, plan: Plan) -> None:
        self._names = {id(metric): name for name, metric in plan.metrics.items()}
        self._usual = healthy(plan)
        self._on = {one.flag: (name, one) for name, one in plan.experiments.items()}
        self._hopes = dict(_hopes(plan))
        self._each_second = _users_each_second(plan)

    def outcomes(self, question: OutcomeQuestion, now: float) -> Outcomes:
        """The users who have come since it began and whose time is over."""
        name, experiment = self._on[question.flag]
        metric, metric_name = question.metric, self._names[id(question.metric)]
        waited = metric.within.seconds if metric.within else 0.0
        users = self._each_second * experiment.to * max(now - question.since - waited, 0.0)
        usual = self._usual[metric_name]
        sign = 1 if experiment.metrics[metric_name] == "more" else -1
        arms = {
            arm: _arm(round(users * share), usual * (1 + sign * self._hopes.get((name, arm, metric_name), 0.0)), metric)
            for arm, share in experiment.arms.items()
        }
        return Outcomes(arms, met=sum(one.users for one in arms.values()), newest=now, source="rehearsal")


def _hopes(plan: Plan) -> dict[tuple[str, str, str], float]:
    """(experiment, arm, metric) -> how much better the arm is, so that the claims at gates come true."""
    found: dict[tuple[str, str, str], float] = {}
    for path, criterion in places.criteria(plan):
        claim = criterion.claim
        if claim is not None and claim.word is Word.BETTER and path[0] == "phases":
            key = (claim.experiment, claim.arm, criterion.metric)
            found[key] = max(found.get(key, 0.0), 2 * claim.by if claim.by else _LIFT)
    return found


def _users_each_second(plan: Plan) -> float:
    if plan.expected.users:
        return plan.expected.users.value / _SECONDS_OF_ALL
    traffic = plan.expected.traffic
    rate = traffic.value if traffic and traffic.dimension is Dimension.RATE else _REQUESTS
    return rate * _PART_OF_REQUESTS


def _arm(users: int, value: float, metric: Metric) -> ArmOutcome:
    """So many users at this value: a part of them for a share, so many events each (Poisson) for a count, for a sum amounts
    that vary as much as their mean (exponential)."""
    if metric.kind not in _COUNTS:
        share = 0.5 if metric.kind is MetricKind.UNIQUE else min(max(value, 0.0), 1.0)
        hits = round(users * share)
        return ArmOutcome(users, hits, Moments(users, hits, hits))
    mean = max(value, 0.0) or 1.0
    spread = mean * mean if metric.kind is MetricKind.SUM else mean
    return ArmOutcome(users, users, Moments(users, users * mean, users * (spread + mean * mean)))
