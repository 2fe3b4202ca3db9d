"""Promotion is earned: what a stage still has to show of the new variant, and who may vouch for it where it cannot.

No evidence of harm is no evidence of health. A stage with guards and a control goes on when the comparison has shown
that the canary is at most so many times as bad; where that takes too long a person is asked, who may know better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tminus.core.facts import Facts
from tminus.core.outline import Outline, StagePlace
from tminus.core.state import State
from tminus.guards import Harm
from tminus.guards.promotion import default_margin
from tminus.plan.guarding import ASK_AFTER_SECONDS, CONFIDENCE, better
from tminus.plan.model import MetricKind

_SHOWN = (MetricKind.RATIO, MetricKind.DISTRIBUTION)


@dataclass(frozen=True, slots=True)
class Demand:
    """What a stage has to show: of each metric that the canary is at most its margin times as bad, or its rate `below` that
    (0 to 1), with this `confidence` (0 to 1). `asks_at` is when people are asked, in Unix seconds."""

    margins: Mapping[str, float]
    below: float | None
    confidence: float
    asks_at: float


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not shown yet, in words; `roles` may vouch for it once they are asked."""

    id: str
    text: str
    roles: tuple[str, ...] = ()


def demand(outline: Outline, state: State) -> Demand | None:
    """What the present stage has to show; None where it has to show nothing, or has no control to compare with."""
    place = outline.stages.get(state.stage or "")
    if place is None:
        return None
    asked, share = place.evidence, served_share(place)
    plan = outline.plan
    harms = {name: Harm.FEWER if better(plan, name) == "higher" else Harm.MORE
             for name in place.rollout.guards if plan.metrics[name].kind in _SHOWN}  # fmt: skip
    if not asked.needed or not harms or share >= 1:
        return None
    within = asked.within.seconds if asked.within else ASK_AFTER_SECONDS
    return Demand(
        {name: asked.margin or default_margin(share, harm) for name, harm in harms.items()},
        asked.below,
        asked.confidence or CONFIDENCE,
        state.stage_started_at + place.stage.bakes.seconds + within,
    )


def served_share(place: StagePlace) -> float:
    """The share that a stage gives the variant to: at 100 % all but those who are held back as a control."""
    share, held = place.stage.to, place.rollout.holdback or 0.0
    return min(share, 1.0 - held) if share >= 1 else share


def evidence_gate(stage: str) -> str:
    """The name under which a role vouches for a stage that has not shown enough."""
    return f"evidence:{stage}"


def vouchers(outline: Outline, state: State) -> tuple[str, ...]:
    """Who may vouch for the present stage: those who say go there, else at the phase, else any role of the plan."""
    place = outline.stages[state.stage or ""]
    return place.stage.go or place.phase.go or tuple(outline.plan.roles) or ("anyone",)


def missing(outline: Outline, state: State, facts: Facts, now: float) -> Iterator[Missing]:
    """What keeps the present stage from having earned the next one."""
    asked, gate = demand(outline, state), evidence_gate(state.stage or "")
    if asked is None or state.gates.get(gate):
        return
    roles = vouchers(outline, state)
    if facts.sample:
        yield Missing(f"{gate}:users", facts.sample, roles)
    # Another name once people are asked: a hold asks anew for what it did not name before, and for nothing else.
    overdue = now >= asked.asks_at
    late, asks = (" overdue", roles) if overdue else ("", ())
    for metric in asked.margins:
        earned = facts.earned.get(metric)
        if earned is None:
            unknown = f"nothing is known of the new variant's {metric.replace('_', ' ')} yet"
            yield Missing(f"{gate}:{metric}{late}", unknown, asks)
        elif not earned.shown:
            yield Missing(f"{gate}:{metric}{late}", earned.sentence, asks)


def earned_evidence(facts: Facts) -> Mapping[str, Any]:
    """What was shown, for the log."""
    return {
        metric: {"at_most": round(one.upper, 4), "margin": one.margin, "by": one.by}
        for metric, one in facts.earned.items()
        if one.shown
    }
