"""What a plan says about its guards, as the guards' own settings."""

from __future__ import annotations

from tminus.core.decide import alpha_of
from tminus.core.outline import Outline
from tminus.guards import GuardSettings, Harm
from tminus.plan.criterion import Arm
from tminus.plan.guarding import better
from tminus.plan.model import MetricKind
from tminus.plan.regions import countries_of

_MOST_PLACES = 20  # each has a share of the evidence: among many, nobody's would be enough
_COUNTS = (MetricKind.COUNT, MetricKind.RATE, MetricKind.UNIQUE)


def guard_settings(outline: Outline, metric: str, rungs: int) -> GuardSettings:
    """How a metric is guarded; a distribution by a ladder of so many `rungs`."""
    plan, watching = outline.plan, outline.plan.watching
    kind = plan.metrics[metric].kind
    more = better(plan, metric) != "higher"
    usual = GuardSettings()
    return GuardSettings(
        alpha=alpha_of(outline),
        dead_band=watching.dead_band or usual.dead_band,
        ceiling=_ceiling(outline, metric) if kind is MetricKind.RATIO and more else None,
        burn_in_seconds=watching.burn_in.seconds if watching.burn_in else usual.burn_in_seconds,
        harm=Harm.MORE if more else Harm.FEWER,
        rungs=rungs if kind is MetricKind.DISTRIBUTION else 1,
        per_unit=kind not in _COUNTS,
    )


def places_of(outline: Outline) -> dict[str, frozenset[str]]:
    """The regions of the plan that are guarded each for itself: those that are not the whole world."""
    plan = outline.plan
    found = {name: countries_of(plan, (name,)) for name in plan.regions}
    named = {name: frozenset(code.upper() for code in codes) for name, codes in found.items() if codes}
    return named if len(named) <= _MOST_PLACES else {}


def _ceiling(outline: Outline, metric: str) -> float | None:
    """The plan's ceiling; where it names none, the lowest trigger that says a rate of the new version, or of everybody.

    `+150% vs baseline` is a change and no rate, and what the old version must not reach says nothing of the new one.
    """
    ceiling = outline.plan.watching.ceiling.get(metric)
    if ceiling is not None:
        return ceiling
    triggers = (
        c.target.value
        for c in outline.plan.rollback.when
        if c.metric == metric and not (c.claim or c.change or c.comparator.wants_low or c.arm is Arm.CONTROL)
    )
    return min((rate for rate in triggers if 0 < rate < 1), default=None)
