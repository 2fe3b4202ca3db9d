"""Thousands of guards of the same settings at once, a step each, as `tminus.guards.observe` does for one.

The evidence is the product's own (`log_growth`, the weights of late onset); what is carried from tick to tick is carried in
arrays. tests/unit/bench/test_guards_batch.py holds every step against `observe` and `reading`. Left out: counts without
units (`per_unit=False`) and a ceiling.
"""

from __future__ import annotations

from math import inf, log
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tminus.guards import GuardSettings, Harm, log_growth
from tminus.guards import burst as one_burst
from tminus.guards import share as one_share
from tminus.guards.onset import onset_weight, unspent_weight
from tminus.guards.process import WARM_STAKE

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Herd:
    """`count` guards. Arrays have the guards first; `logs` and `warm` are (guards, rungs, ratios), as in `GuardState`."""

    def __init__(self, settings: GuardSettings, count: int, now: float = 0.0) -> None:
        self.settings = settings
        shape, cold = (count, settings.rungs, len(settings.prior)), settings.burn_in_seconds == 0
        self.logs = np.full(shape, log(onset_weight(0)))
        self.warm = np.full(shape, -inf if cold else log(WARM_STAKE))
        self.log_stake = 0.0 if cold else log(1.0 - WARM_STAKE)
        self.starts = np.ones(count, dtype=np.int64)
        self.restarted_at = np.full(count, now)
        self.shares = Shares(count, settings.harm)
        self.bursts = Bursts(count, settings.rungs)
        self.moved: Whole = np.arange(0)  # the guards that bet in the last tick
        self._tops = self.logs.max(axis=(1, 2))
        self._warm_tops = self.warm.max(axis=(1, 2))

    def observe(
        self,
        units: tuple[ArrayLike, ArrayLike],
        hits: tuple[ArrayLike, ArrayLike],
        now: float,
        changed_at: ArrayLike = -inf,
        least_burst: ArrayLike = 1.0,
    ) -> None:
        """One tick for all: (canary, control) units (guards,) and hits (guards,), or (guards, rungs) for a ladder;
        `changed_at` is one number or (guards,), `least_burst` one or (guards, 1) or (guards, rungs)."""
        changed = np.asarray(changed_at, dtype=float)
        canary, control = (np.asarray(one) for one in units)
        canary_hits, control_hits = (np.asarray(one).reshape(len(self.logs), -1) for one in hits)
        self.shares.realise(canary, control, changed)
        both = canary_hits + control_hits
        self.moved = np.flatnonzero(both.any(axis=1) & (self.shares.canary > 0) & (self.shares.control > 0))
        if len(self.moved):
            since = now - (changed[self.moved] if changed.ndim else changed)
            least = np.asarray(least_burst, dtype=float)
            factors = np.maximum(self.factor[self.moved], least[self.moved] if least.ndim else least)
            self._bet(self.moved, canary_hits[self.moved], both[self.moved], since, factors)
        self._restart(canary > 0, now)
        if self.settings.burst is None:
            self.bursts.learn(control, control_hits, now)

    def evidence(self, some: Flags | Whole | slice = slice(None)) -> Floats:
        """log E of each guard, or of those only, shape (guards,): what `reading` calls log_evidence."""
        weighed = self.logs[some] + self.settings.prior.log_weights
        unspent = _unspent(self.starts[some])[:, None]
        top = np.maximum(weighed.max(axis=-1), np.log(unspent))
        sums = np.exp(weighed - top[..., None]).sum(axis=-1) + unspent * np.exp(-top)
        rungs = top + np.log(sums)
        loudest = rungs.max(axis=1)
        main = self.log_stake + loudest + np.log(np.exp(rungs - loudest[:, None]).mean(axis=1))
        kept = self.warm[some] + self.settings.prior.log_far_weights
        warm = np.logaddexp.reduce(kept, axis=(1, 2)) - log(self.settings.rungs)
        answer: Floats = np.logaddexp(main, warm)
        return answer

    @property
    def factor(self) -> Floats:
        """φ as each guard knows it, (guards, rungs)."""
        return self.bursts.factor if self.settings.burst is None else np.full(self.logs.shape[:2], self.settings.burst)

    def bound(self) -> Floats:
        """Not less than `evidence`, and cheaper: the prior's weights sum to 1, and at most 1 is kept for later starts."""
        answer: Floats = np.logaddexp(np.logaddexp(self._tops, 0.0), self._warm_tops)
        return answer

    def reached(self, limit: float) -> Flags:
        """Which of the guards that bet in the last tick have log evidence of `limit` or more; others cannot have risen."""
        reached = np.zeros(len(self.logs), dtype=np.bool_)
        rows = self.moved[np.maximum(self._tops, self._warm_tops)[self.moved] >= limit - 1.0]
        if len(rows):
            reached[rows] = self.evidence(rows) >= limit
        return reached

    def keep(self, some: Flags) -> None:
        """Go on with those guards only."""
        self.logs, self.starts, self.restarted_at = self.logs[some], self.starts[some], self.restarted_at[some]
        self.warm, self._warm_tops = self.warm[some], self._warm_tops[some]
        self._tops, self.moved = self._tops[some], self.moved[:0]
        self.shares.keep(some)
        self.bursts.keep(some)

    def _bet(self, rows: Whole, canary_hits: Whole, both: Whole, since_change: Floats, factors: Floats) -> None:
        settings = self.settings
        warming = np.broadcast_to((since_change >= 0.0) & (since_change < settings.burn_in_seconds), rows.shape)
        band = np.where(warming, max(settings.dead_band, settings.burn_in_band), settings.dead_band)
        pull = self.shares.canary[rows] * (band if settings.harm is Harm.MORE else 1.0 / band)
        allowed = (pull / (pull + self.shares.control[rows]))[:, None]
        growth = self._growth(canary_hits, both, allowed, factors)
        if warming.any():
            warm = rows[warming]
            self.warm[warm] += growth[warming]
            self._warm_tops[warm] = self.warm[warm].max(axis=(1, 2))
            rows, growth = rows[~warming], growth[~warming]
        logs = self.logs[rows] + growth
        self.logs[rows], self._tops[rows] = logs, logs.max(axis=(1, 2))

    def _growth(self, canary_hits: Whole, both: Whole, allowed: Floats, factors: Floats) -> Floats:
        bursty = (factors > 1.0).any(axis=1)
        if not bursty.any():
            return log_growth(canary_hits, both, allowed, self.settings.prior)
        growth = np.empty((len(both), *self.logs.shape[1:]))
        for some, burst in ((~bursty, 1.0), (bursty, factors[bursty])):
            growth[some] = log_growth(canary_hits[some], both[some], allowed[some], self.settings.prior, burst)
        return growth

    def _restart(self, seen: Flags, now: float) -> None:
        due = np.flatnonzero(seen & (np.abs(now - self.restarted_at) >= self.settings.restart_seconds))
        if len(due):
            starts = self.starts[due]
            weights = np.log(_unspent(starts) - _unspent(starts + 1))[:, None, None]
            self.logs[due] = np.logaddexp(self.logs[due], weights)
            self._tops[due] = self.logs[due].max(axis=(1, 2))
            self.starts[due], self.restarted_at[due] = starts + 1, now


def _unspent(starts: Whole) -> Floats:
    table = _UNSPENT
    while len(table) <= int(starts.max()):
        table.append(unspent_weight(len(table)))
    return np.array(table)[starts]


_UNSPENT: list[float] = []


class Shares:
    """`tminus.guards.share.realised` for many: units of either arm to judge a tick by, and those that are remembered."""

    _NAMES = ("canary", "control", "past_canary", "past_control", "since")

    def __init__(self, count: int, harm: Harm) -> None:
        self.harm = harm
        self.canary, self.control, self.past_canary, self.past_control = (np.zeros(count) for _ in range(4))
        self.since = np.full(count, -inf)

    def realise(self, canary: Whole, control: Whole, changed_at: Floats) -> None:
        """Take in the units of a tick; where there are none in either arm nothing moves."""
        units = canary + control
        fresh = (changed_at > self.since) | (self.past_canary + self.past_control == 0.0)
        fresh |= self._contradicted(canary, units)
        pooled_canary, pooled_control = self.past_canary + canary, self.past_control + control
        least, most = np.minimum(pooled_canary, pooled_control), pooled_canary + pooled_control
        crowded = np.where(least < one_share.MEMORY, one_share._MOST / np.maximum(most, 1e-300), 1.0)
        keep = np.minimum(np.minimum(1.0, one_share.MEMORY / np.maximum(least, 1e-300)), crowded)
        first_canary, first_control = self._begun(canary, control)
        after = (
            np.where(fresh, canary, pooled_canary),
            np.where(fresh, control, pooled_control),
            np.where(fresh, first_canary, pooled_canary * keep),
            np.where(fresh, first_control, pooled_control * keep),
            np.maximum(self.since, changed_at),
        )
        for name, value in zip(self._NAMES, after, strict=True):
            setattr(self, name, np.where(units == 0, getattr(self, name), value) if not units.all() else value)

    def keep(self, some: Flags) -> None:
        """Go on with those only."""
        for name in self._NAMES:
            setattr(self, name, getattr(self, name)[some])

    def _begun(self, canary: Whole, control: Whole) -> tuple[Any, Any]:
        if self.harm is Harm.MORE:
            return canary, np.where(canary == 0, 0, control)
        return np.where(canary == 0, 0.0, canary - 1.0), np.where(canary == 0, 0.0, control + one_share._BEGUN)

    def _contradicted(self, canary: Whole, units: Whole) -> Flags:
        before = self.past_canary + self.past_control
        chance = (self.past_canary + 0.5) / (before + 1.0)
        unsure = 1.0 + units / np.maximum(before, 1e-300)
        missing = np.where(canary == 0, chance, np.where(canary == units, 1.0 - chance, 0.0))
        variance = units * chance * (1.0 - chance) * unsure
        far = (canary - units * chance) ** 2 > one_share._UNLIKE * (variance + 1.0)
        answer: Flags = far | (units * missing > one_share._MISSING * unsure)
        return answer


class Bursts:
    """`tminus.guards.burst.learn` for many; `factor` is φ, shape (guards, rungs)."""

    def __init__(self, count: int, rungs: int) -> None:
        self.ticks, self.blocks = Pairs(count, rungs), Pairs(count, rungs)
        self.block_until = np.zeros(count)
        self.block_units = np.zeros(count, dtype=np.int64)
        self.block_hits = np.zeros((count, rungs), dtype=np.int64)

    @property
    def factor(self) -> Floats:
        """φ >= 1 as estimated so far."""
        return np.maximum(self.ticks.factor, self.blocks.factor)

    def learn(self, units: Whole, hits: Whole, now: float) -> None:
        """With the control's counts of a tick that ended at `now`: (guards,) and (guards, rungs)."""
        seen = units > 0
        self.ticks.add(seen, units, hits)
        inside = (now < self.block_until) & (self.block_until <= now + one_burst.BLOCK_SECONDS)
        over = seen & ~inside
        if over.any():
            self.blocks.add(over & (self.block_units > 0), self.block_units, self.block_hits)
            self.block_until = np.where(over, now + one_burst.BLOCK_SECONDS, self.block_until)
            self.block_units = np.where(over, 0, self.block_units)
            self.block_hits = np.where(over[:, None], 0, self.block_hits)
        self.block_units = self.block_units + units * seen
        self.block_hits = self.block_hits + hits * seen[:, None]

    def keep(self, some: Flags) -> None:
        """Go on with those only."""
        self.ticks.keep(some)
        self.blocks.keep(some)
        for name in ("block_until", "block_units", "block_hits"):
            setattr(self, name, getattr(self, name)[some])


class Pairs:
    """`tminus.guards.burst.Pairs` for many: sums over neighbouring windows, and the newest window."""

    _NAMES = ("deviation", "hits", "variance", "pairs", "skew", "last_hits", "factor")

    def __init__(self, count: int, rungs: int) -> None:
        shape = (count, rungs)
        self.deviation, self.hits, self.variance, self.pairs, self.skew = (np.zeros(shape) for _ in range(5))
        self.last_units, self.last_hits = np.zeros(count), np.zeros(shape)
        self.factor = np.ones(shape)

    def add(self, seen: Flags, units: Whole, hits: Whole) -> None:
        """Pair the window of those `seen` with the one before: units (guards,), hits (guards, rungs)."""
        both = hits + self.last_hits
        paired = (seen & (self.last_units > 0))[:, None]
        at = np.nonzero((both > 0) & paired)
        self.pairs += paired & (both == 0)
        if len(at[0]):
            self._sum(at, units[at[0]], self.last_units[at[0]], hits[at], both[at])
        self.last_units = np.where(seen, units, self.last_units)
        self.last_hits = np.where(seen[:, None], hits, self.last_hits)

    def keep(self, some: Flags) -> None:
        """Go on with those only."""
        for name in (*self._NAMES, "last_units"):
            setattr(self, name, getattr(self, name)[some])

    def _sum(self, at: Any, units: Any, last_units: Any, hits: Any, both: Any) -> None:
        first = units / (units + last_units)
        spread = first * (1.0 - first)
        seen_hits = self.hits[at]
        deviation = np.minimum((hits - both * first) ** 2 / spread, one_burst._MOST * self.factor[at] * both)
        average = seen_hits / np.maximum(self.pairs[at], 1.0)
        weight = np.minimum(1.0, np.maximum(one_burst._LEAST_LARGE, one_burst._LARGEST_PAIR * average) / both)
        pairs = np.maximum(self.pairs[at], 1e-300)
        fade = np.minimum(1.0, np.maximum(one_burst._MEMORY / np.maximum(seen_hits, 1e-300), one_burst._PAIRS / pairs))
        summed = self.deviation[at] * fade + weight * deviation
        total = seen_hits * fade + weight * both
        varied = self.variance[at] * fade**2 + weight**2 * (2.0 * both**2 + both * (1.0 / spread - 6.0))
        skewed = np.where(average <= one_burst._SPARSE, weight * (deviation - both) * (both - average), 0.0)
        self.skew[at] = self.skew[at] * fade + skewed
        self.deviation[at], self.hits[at], self.variance[at] = summed, total, varied
        self.pairs[at] = self.pairs[at] * fade + 1.0
        excess = summed - total
        believed = excess > one_burst._SURE * np.sqrt(one_burst._OVERLAP * varied)
        excess = np.where(believed, excess, 1.0)
        factor = np.where(believed, np.maximum(summed / total, (2.0 * self.skew[at] / excess - 1.0) / 3.0), 2.0)
        bursts = 2.0 * excess / (factor**2 - 1.0)
        cautious = factor * (one_burst._CAUTION + one_burst._FEW / np.sqrt(bursts))
        self.factor[at] = np.where(believed, cautious, 1.0)
