"""The arithmetic of promotion: a grid of margins, what each means on a rung, and what one tick adds. docs/promotion.md.

Per tick and bet, log L = ℓ(M) − ℓ(ρ) with ℓ(x) = hits·log(1 + p(x − 1)) − canary hits·log x and p the tick's realised
share. So one sum is kept for every margin and one for every bet, instead of one for every pair of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tminus.guards.model import Counts, Harm

Floats = NDArray[np.float64]

# ρ_k and v_k of the design: how bad the canary is held to be, and how much of the capital is on it.
BETS = (1.0, 0.8, 0.5)
WEIGHTS = (0.6, 0.2, 0.2)
_LOG_WEIGHTS = np.log(np.array(WEIGHTS))
# Finer near 1, where a bound is worth reading: steps of 2 % at 1.2, of 9 % at 2.
_GRID = tuple(np.exp(np.geomspace(np.log(1.02), np.log(100.0), 47)).tolist())


@lru_cache(maxsize=64)
def grid(margin: float) -> tuple[float, ...]:
    """The margins that the upper bound is looked for among, rising; the stage's own is one of them."""
    return tuple(sorted({*_GRID, margin}))


@lru_cache(maxsize=64)
def columns(margin: float, harm: Harm, exceeded: tuple[float, ...]) -> tuple[Floats, Floats]:
    """x − 1 and log x for the ratios x of canary rate to control rate: one row a rung, margins first, then the bets.

    Fewer hits as harm is the mirror: 1/M instead of M. A latency ladder has margins of *odds*, because nothing can
    exceed the median three times as often as half of the time; with `q` = how often the control exceeds the level,
    odds of M are a rate of M/(1 + (M − 1)q).
    """
    odds = np.array([*grid(margin), *BETS])
    if harm is Harm.FEWER:
        odds = 1.0 / odds
    rates = odds / (1.0 + (odds - 1.0) * np.array(exceeded)[:, None])
    for table in (excess := rates - 1.0, logs := np.log(rates)):
        table.setflags(write=False)
    return excess, logs


def step(table: tuple[Floats, Floats], rungs: Sequence[Counts], burst: float) -> Floats:
    """What one tick adds to the sums: Σ ℓ(x)/φ, one row a rung and one column a ratio."""
    excess, logs = table
    share, hits, canary = np.array([_trial(one) for one in rungs]).T[:, :, None] if len(rungs) > 1 else _trial(rungs[0])
    added: Floats = np.log1p(share * excess)
    added *= hits / burst
    added -= (canary / burst) * logs
    return added


def evidence(sums: Floats) -> Floats:
    """log N_M: one row a rung, one column a margin. Where it is above 0 it grows with M (docs/promotion.md)."""
    margins, bets = sums[:, : -len(BETS)], sums[:, -len(BETS) :]
    mixed: Floats = np.logaddexp.reduce(_LOG_WEIGHTS - bets, axis=1)
    return margins + mixed[:, None]


def _trial(one: Counts) -> tuple[float, float, float]:
    """Realised share, hits of both arms, the canary's hits. Without one of the arms there is nothing to compare."""
    if not (one.canary_units and one.control_units):
        return 0.0, 0.0, 0.0
    return (
        one.canary_units / (one.canary_units + one.control_units),
        float(one.canary_hits + one.control_hits),
        float(one.canary_hits),
    )
