"""Experiments from the embedded telemetry: events of the same subject are one user's."""

from __future__ import annotations

import re

from tminus.core.contest import ArmOutcome, Outcomes
from tminus.errors import StoreError
from tminus.guards.experiment import Moments
from tminus.metrics.selecting import FLAG_LABEL, VARIANT_LABEL
from tminus.plan.checks_metrics import KEPT_SECONDS
from tminus.plan.quantity import format_duration
from tminus.plan.selector import Matcher, Selector
from tminus.ports import OutcomeQuestion
from tminus.telemetry import ArmSums, TelemetryStore


class EmbeddedOutcomeSource:
    """An `OutcomeSource` over the telemetry store; `name` is what people read as the source of a value."""

    def __init__(self, store: TelemetryStore, name: str = "events") -> None:
        self._store = store
        self._name = name

    def outcomes(self, question: OutcomeQuestion, now: float) -> Outcomes:
        """The sums of each arm. An experiment older than the telemetry is an error: its first users are forgotten."""
        if now - question.since > KEPT_SECONDS:
            began, kept = format_duration(now - question.since), format_duration(KEPT_SECONDS)
            return Outcomes(error=f"the experiment began {began} ago, and telemetry sent here is kept for {kept}")
        metric = question.metric
        begins = metric.of or metric.total
        met = question.met or begins
        outcome = metric.did or metric.bad or metric.good or metric.count or metric.unique or metric.sum
        if met is None or outcome is None:
            return Outcomes(error=f"{self._name} cannot count this metric per user")
        try:
            found = self._store.outcomes(
                _of_arms(met, question),
                begins if question.met is not None else None,
                outcome,
                label=VARIANT_LABEL,
                since=question.since,
                until=now,
                within_seconds=metric.within.seconds if metric.within else None,
                member=metric.value if metric.sum else None,
            )
        except StoreError as error:
            return Outcomes(error=str(error))
        arms = {name: _outcome(sums) for name, sums in found.arms.items()}
        return Outcomes(arms, met=found.met, both=found.both, newest=found.newest, source=self._name)


def _of_arms(selector: Selector, question: OutcomeQuestion) -> Selector:
    """Events that show an arm of this flag, or of services that report one flag only and do not name it."""
    arms = "|".join(re.escape(arm) for arm in question.arms)
    own = (
        Matcher(FLAG_LABEL, "=~", f"({re.escape(question.flag)})?"),
        Matcher(VARIANT_LABEL, "=~", arms),
    )
    return Selector(selector.name, (*selector.matchers, *own))


def _outcome(sums: ArmSums) -> ArmOutcome:
    # Where nobody did anything before, nothing is known of anybody: no covariate is better than one of zeros.
    covered = sums.users if sums.before else 0
    moments = Moments(
        users=sums.users,
        total=sums.total,
        squares=sums.squares,
        before=sums.before,
        before_squares=sums.before_squares,
        product=sums.product,
        covered=covered,
    )
    return ArmOutcome(sums.users, sums.hits, moments)
