"""How bursty hits are: φ = E[B²]/E[B], the variance of counts over their mean, from the control alone.

Compared are two neighbouring windows with n and n' units and S hits together. Hits that come singly fall into the
first with chance u = n/(n+n'), so D = (x − S·u)²/(u(1−u)) has mean S and variance 2S² + S·(1/(u(1−u)) − 6), at whatever
rate they come; bursts make the mean φ·S. ΣD/ΣS therefore estimates φ, and (ΣD − ΣS)/√ΣVar says how sure it is. Days
and ramps drop out, since neighbours share them; an incident shows only at its two edges, and there its weight is limited.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

BLOCK_SECONDS = 60.0
_MEMORY = 2000.0  # hits: older pairs fade once so many are remembered ...
_PAIRS = 200.0  # ... and so many pairs, since where hits are dense it takes many to tell bursts from chance
_CAUTION = 1.2  # once there are bursts, they are taken to be a fifth worse ...
_FEW = 1.0  # ... and, while few were seen, by this over the root of their number
_SPARSE = 12.0  # hits of a pair in the mean, up to which single bursts stand out
_SURE = 3.0  # standard deviations above 1 before φ is believed
_OVERLAP = 1.5  # neighbouring pairs share a window: the variance of their sum is so much larger
_LARGEST_PAIR = 8.0  # a pair counts as at most so many average ones ...
_LEAST_LARGE = 40.0  # ... and is never called large below so many hits
_MOST = 25.0  # squared deviations: the most that one pair may deviate, in units of what is believed


class Pairs(NamedTuple):
    """Sums over neighbouring windows of one length: deviations, hits, variance, pairs, and how far the deviations come
    with more hits than usual; and the newest window."""

    deviation: float = 0.0
    hits: float = 0.0
    variance: float = 0.0
    pairs: float = 0.0
    skew: float = 0.0
    last_units: int = 0
    last_hits: int = 0

    @property
    def factor(self) -> float:
        """φ, or 1 while more than 1 is not shown."""
        excess = self.deviation - self.hits
        if excess <= _SURE * sqrt(_OVERLAP * self.variance):
            return 1.0
        # Where most hits come singly, the bursts among them are longer than φ says: as long as geometric ones with
        # E[B³ − B²] = (3m − 1)·E[B² − B] are.
        factor = max(self.deviation / self.hits, (2.0 * self.skew / excess - 1.0) / 3.0)
        bursts = 2.0 * excess / (factor * factor - 1.0)
        return factor * (_CAUTION + _FEW / sqrt(bursts))


class Burst(NamedTuple):
    """What is known of one rung: pairs of ticks, pairs of minutes, and the minute that is being filled."""

    ticks: Pairs = Pairs()
    blocks: Pairs = Pairs()
    block_until: float = 0.0
    block_units: int = 0
    block_hits: int = 0

    @property
    def factor(self) -> float:
        """φ ≥ 1 as estimated so far: bursts within a tick show in ticks, slower ones in minutes."""
        return max(self.ticks.factor, self.blocks.factor)


def learn(burst: Burst, units: int, hits: int, now: float) -> Burst:
    """With the control's counts of a tick that ended at `now`."""
    if units == 0:
        return burst
    ticks = _pair(burst.ticks, units, hits)
    if now < burst.block_until <= now + BLOCK_SECONDS:
        return Burst(ticks, burst.blocks, burst.block_until, burst.block_units + units, burst.block_hits + hits)
    blocks = _pair(burst.blocks, burst.block_units, burst.block_hits) if burst.block_units else burst.blocks
    return Burst(ticks, blocks, now + BLOCK_SECONDS, units, hits)


def _pair(seen: Pairs, units: int, hits: int) -> Pairs:
    both = hits + seen.last_hits
    if both == 0 or seen.last_units == 0:
        met = seen.pairs + 1.0 if seen.last_units else 0.0
        return Pairs(seen.deviation, seen.hits, seen.variance, met, seen.skew, units, hits)
    first = units / (units + seen.last_units)
    spread = first * (1.0 - first)
    deviation = min((hits - both * first) ** 2 / spread, _MOST * seen.factor * both)
    usual = seen.hits / max(seen.pairs, 1.0)
    large = max(_LEAST_LARGE, _LARGEST_PAIR * usual)
    weight = min(1.0, large / both)
    fade = min(1.0, max(_MEMORY / seen.hits, _PAIRS / seen.pairs)) if seen.hits else 1.0
    return Pairs(
        seen.deviation * fade + weight * deviation,
        seen.hits * fade + weight * both,
        seen.variance * fade * fade + weight * weight * (2.0 * both * both + both * (1.0 / spread - 6.0)),
        seen.pairs * fade + 1.0,
        seen.skew * fade + (weight * (deviation - both) * (both - usual) if usual <= _SPARSE else 0.0),
        units,
        hits,
    )
