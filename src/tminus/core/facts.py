"""What the engine brings to a decision: measurements as assessed, the guards' evidence, and how fresh the data is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tminus.core.assessment import Assessment
from tminus.guards import GuardReading


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything `decide` may know besides the plan and the log. An absent key means: not measured yet."""

    criteria: Mapping[str, Assessment] = field(default_factory=dict)
    guards: Mapping[str, GuardReading] = field(default_factory=dict)
    log_evidence: float | None = None  # of all guards together, natural logarithm
    canary_seen_at: float | None = None  # when the newest canary data came in
    watching_since: float | None = None  # when the guards began to listen: after a start, or a kill switch put back
