"""What the engine brings to a decision: measurements as assessed, the guards' evidence, and how fresh the data is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tminus.core.assessment import Assessment
from tminus.core.contest import Contest
from tminus.core.evaluations import Evaluations
from tminus.guards import GuardReading


@dataclass(frozen=True, slots=True)
class Earned:
    """What the present stage has shown of one metric: the canary is at most `upper` times as bad, where `margin` is asked
    for. `by` is control or ceiling, whichever it was held against; `left` about how many seconds are still needed."""

    shown: bool
    upper: float
    margin: float
    sentence: str
    by: str = ""
    left: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything `decide` may know besides the plan and the log. An absent key means: not measured yet."""

    criteria: Mapping[str, Assessment] = field(default_factory=dict)
    guards: Mapping[str, GuardReading] = field(default_factory=dict)
    log_evidence: float | None = None  # of all guards together, natural logarithm
    canary_seen_at: float | None = None  # when the newest canary data came in
    watching_since: float | None = None  # when the guards began to listen: after a start, or a kill switch put back
    earned: Mapping[str, Earned] = field(default_factory=dict)  # by metric, of the present stage
    experiments: Mapping[str, tuple[Contest, ...]] = field(default_factory=dict)  # those that have begun
    sample: str = ""  # why canary and control cannot be compared; empty while they can
    evaluations: Evaluations | None = None  # None: not known, which is not the same as none


def guard_name(metric: str, place: str) -> str:
    """The guard on a metric in a place; everywhere for an empty one. No metric has a space in its name."""
    return f"{metric} in {place}" if place else metric


def guarded_metric(guard: str) -> str:
    """The metric that a guard is on."""
    return guard.partition(" ")[0]
