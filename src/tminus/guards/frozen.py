"""At 100 % there is no control left: what was seen of it until then, frozen as a ceiling."""

from __future__ import annotations

from dataclasses import replace
from math import log, log1p

import numpy as np

from tminus.guards.bounds import lower_bound, upper_bound
from tminus.guards.model import Counts, GuardSettings, Harm
from tminus.guards.onset import unspent_weight
from tminus.guards.process import GuardState
from tminus.guards.report import reading

CONFIDENCE = 0.99
_PARTS = 1000  # a unit that may hit many times is a thousand parts that hit once each


def frozen_ceiling(
    state: GuardState, confidence: float = CONFIDENCE, harm: Harm = Harm.MORE, per_unit: bool = True
) -> float | tuple[float, ...] | None:
    """The control's rate as it may be at most (for FEWER: at least), by what was seen of it; a tuple for a ladder.

    Clopper and Pearson's bound, on counts divided by the burst factor. None where the control showed too little.
    """
    parts = 1 if per_unit else _PARTS
    limits = []
    for total, burst in zip(state.totals, state.bursts, strict=True):
        limit = parts * _bound(total, parts, burst.factor, confidence, harm)
        if not 0 < limit < parts:
            return None
        limits.append(limit)
    return limits[0] if len(limits) == 1 else tuple(limits)


def with_ceiling(
    settings: GuardSettings, state: GuardState, ceiling: float | tuple[float, ...] | None, now: float
) -> tuple[GuardSettings, GuardState]:
    """The guard with this ceiling from `now` on: its capital as it stands is divided anew, half and half.

    The capital does not change, only what it is bet on, so the bound on false alarms stays. The half against the ceiling
    starts fresh, what is kept for burn-ins stays as it is; None leaves everything as it is.
    """
    if ceiling is None:
        return settings, state
    limited = replace(settings, ceiling=ceiling)
    one = reading(settings, state)
    capital = one.log_relative + state.stakes[0]
    if one.log_absolute is not None:
        capital = float(np.logaddexp(capital, one.log_absolute + state.stakes[1]))
    fresh = np.full((settings.rungs, len(settings.prior)), log1p(-unspent_weight(state.starts)))
    stakes = (capital - one.log_relative - log(2.0), capital - log(2.0))
    return limited, replace(state, stakes=stakes, absolute=fresh, restarted_at=now)


def _bound(total: Counts, parts: int, factor: float, confidence: float, harm: Harm) -> float:
    bound = upper_bound if harm is Harm.MORE else lower_bound
    return bound(total.control_hits / factor, parts * total.control_units / factor, confidence)
