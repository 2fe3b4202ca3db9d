"""Why the guards say what they say: what was compared, the counts, how bad it looks, and what would change the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, inf, log

from tminus.core.facts import Facts, guarded_metric
from tminus.core.outline import Outline
from tminus.guards import GuardReading, Harm, threshold
from tminus.plan.model import MetricKind
from tminus.plan.quantity import format_duration

_UNITS = {MetricKind.SHARE: "users", MetricKind.UNIQUE: "users"}
_HITS = {
    MetricKind.DISTRIBUTION: "slow answers",
    MetricKind.SHARE: "who did it",
    MetricKind.UNIQUE: "who did it",
}
_COUNTED = (MetricKind.COUNT, MetricKind.RATE)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One guard. `times` is the canary's rate over the control's as counted, None without hits in the control; `evidence` of
    harm is this guard's own, natural logarithm; `hits_left` is how many more hits of the canary alone could roll back
    at the earliest, None where only fewer of them would. `change` says what would change the verdict."""

    guard: str
    hit: str
    unit: str
    canary_hits: int
    canary_units: int
    control_hits: int
    control_units: int
    times: float | None
    log_evidence: float
    hits_left: int | None
    change: str


def hit_words(outline: Outline, guard: str, harm: Harm | None = None) -> str:
    """What a guard counts, in the plural: failures, successes, slow answers, who did it, or the title of a count."""
    name = guarded_metric(guard)
    metric = outline.plan.metrics.get(name)
    if metric is not None and metric.kind in _COUNTED:
        return metric.words(name)
    fewer = harm is Harm.FEWER or (metric is not None and metric.good is not None)
    kind = metric.kind if metric else None
    return _HITS.get(kind or MetricKind.RATIO, "successes" if fewer else "failures")


def unit_words(outline: Outline, guard: str) -> str:
    """Among what a guard counts: requests, or users."""
    metric = outline.plan.metrics.get(guarded_metric(guard))
    return _UNITS.get(metric.kind, "requests") if metric and metric.kind else "requests"


def comparisons(outline: Outline, facts: Facts, alpha: float) -> Iterator[Comparison]:
    """Every guard, with what would change what it says; `alpha` is the launch's."""
    for name, reading in facts.guards.items():
        hit = hit_words(outline, name, reading.harm)
        left = _hits_left(reading, facts, alpha)
        yield Comparison(
            name,
            hit,
            unit_words(outline, name),
            reading.canary_hits,
            reading.canary_units,
            reading.control_hits,
            reading.control_units,
            _times(reading),
            reading.log_evidence,
            left,
            _change(name, hit, reading, left, facts),
        )


def _times(reading: GuardReading) -> float | None:
    if not (reading.canary_units and reading.control_units and reading.control_hits):
        return None
    return (reading.canary_hits / reading.canary_units) / (reading.control_hits / reading.control_units)


def _hits_left(reading: GuardReading, facts: Facts, alpha: float) -> int | None:
    """A hit of the canary multiplies the evidence by at most one over the canary's share of the units, whatever one bet on.

    The other guards are taken to stay where they are, and this one to have as much of the capital as any.
    """
    units = reading.canary_units + reading.control_units
    if reading.harm is Harm.FEWER or not (reading.canary_units and reading.control_units):
        return None
    missing = threshold(alpha) + log(len(facts.guards)) - max(reading.log_evidence, facts.log_evidence or -inf)
    return max(ceil(missing * reading.burst / log(units / reading.canary_units)), 0)


def _change(name: str, hit: str, reading: GuardReading, left: int | None, facts: Facts) -> str:
    if not reading.canary_units:
        return "nothing has been measured of the new variant"
    parts = []
    if left is not None:
        parts.append(
            f"at least {left:,} more {hit} in a row would be needed to roll back" if left else "it rolls back now"
        )
    elif reading.harm is Harm.FEWER:
        parts.append(f"{hit} that stay away would roll back")
    earned = facts.earned.get(name)
    if earned is not None and not earned.shown:
        time = (
            f"about {format_duration(earned.left)} more as good as the old version" if earned.left else "more traffic"
        )
        parts.append(f"{time} would show that it may go on")
    return "; ".join(parts)
