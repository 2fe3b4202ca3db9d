"""How soon a guard sees harm, over the best that any test could do: Wald's test, told the truth beforehand.

A canary with a share p fails `effect` times as often as its control from the first second on; units arrive as a Poisson
process, and both tests look at the same ticks of one second, all of them. The guard has its default settings. The bound is
the two-arm sequential probability ratio test (A. Wald, Annals of Mathematical Statistics 16(2), 1945): each error adds
log θ1/θ0 where it is the canary's and log (1 − θ1)/(1 − θ0) where it is not, with θ(ρ) = ρp/(ρp + 1 − p), θ0 = θ(1),
θ1 = θ(effect); it ends at log 1/α, α = 0.01. It knows the effect and the true share p, of which the guard knows neither.
A second ratio is to the same test where it is told the effect alone, and judges a tick by the share that the guard saw.
Delay is the number of ticks until the threshold is reached, and the ratio that of the two means over the same launches.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import inf, sqrt
from typing import Any

import numpy as np
from guards_batch import Flags, Floats, Herd, Whole
from guards_peers import Place

from tminus.guards import GuardSettings, threshold

EFFECTS = (1.3, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0)
SHARES = (0.05, 0.2, 0.5)
BASES = (0.001, 0.01)
TRAFFICS = (10.0, 100.0, 1000.0)
TARGET = 1.30
_AT_ONCE = 64  # ticks that are drawn together


class Ticks:
    """Tick after tick of many launches; drawn many at a time, because numpy is slow at a few numbers."""

    def __init__(self, rng: np.random.Generator, place: Place, count: int) -> None:
        self.rng, self.place, self.count = rng, place, count
        self.block, self.row = np.zeros((4, 0, count), dtype=np.int64), 0

    def next(self) -> tuple[tuple[Whole, Whole], tuple[Whole, Whole]]:
        """(canary, control) units and hits of the next tick, (launches,) each."""
        if self.row == self.block.shape[1]:
            drawn, self.row = self.place.draw(self.rng, (_AT_ONCE, self.count), 1.0), 0
            parts = (drawn.canary_units, drawn.control_units, drawn.canary_hits, drawn.control_hits)
            self.block = np.stack(parts).astype(np.int64)
        self.row += 1
        canary, control, canary_hits, control_hits = self.block[:, self.row - 1]
        return (canary, control), (canary_hits, control_hits)

    def keep(self, some: Flags) -> None:
        """Go on with those launches only."""
        self.block, self.count = self.block[:, :, some], int(some.sum())


class Bound:
    """The sequential probability ratio test that knows the truth, for many launches."""

    def __init__(self, effect: float, count: int) -> None:
        self.effect, self.evidence, self.seconds = effect, np.zeros(count), np.zeros(count)

    def observe(self, left: Whole, hits: tuple[Whole, Whole], share: Floats | float, now: int, limit: float) -> None:
        """One tick of the launches that are `left`: (canary, control) errors and the canary's share."""
        null = np.asarray(share, dtype=float)
        true = self.effect * null / (self.effect * null + 1 - null)
        with np.errstate(divide="ignore", invalid="ignore"):
            grown = hits[0] * np.log(true / null) + hits[1] * np.log((1 - true) / (1 - null))
        self.evidence[left] += np.where((null > 0) & (null < 1), grown, 0.0)
        self.seconds[left[(self.seconds[left] == 0) & (self.evidence[left] >= limit)]] = now


def places(effects: tuple[float, ...] = EFFECTS) -> list[Place]:
    """The cells of the target, the slowest first."""
    cells = [
        Place(share, base, traffic, effect)
        for share, base, traffic, effect in product(SHARES, BASES, TRAFFICS, effects)
    ]
    return sorted(cells, key=lambda one: one.base * one.traffic * one.share * (one.effect - 1) ** 2)


def launches_for(place: Place, most: int) -> int:
    """As many as `most` where ticks are few; fewer, at least a fifth, where a launch takes hours to decide."""
    seconds = 100.0 / (place.base * place.traffic * place.share * (place.effect - 1) ** 2)
    return max(most // 5, min(most, round(most * 4000.0 / max(seconds, 1.0))))


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds until each decided, (launches,): the guard, the bound, and the bound that is not told the share."""

    guard: Floats
    bound: Floats
    untold: Floats


def delays(
    rng: np.random.Generator, place: Place, launches: int, settings: GuardSettings, changed_at: float = -inf
) -> Delays:
    """Run so many launches until all three tests have decided."""
    guard, herd = np.zeros(launches), Herd(settings, launches)
    bound, untold = Bound(place.effect, launches), Bound(place.effect, launches)
    left, limit = np.arange(launches), threshold(settings.alpha)
    now, ticks = 0, Ticks(rng, place, launches)
    while len(left):
        now, (units, hits) = now + 1, ticks.next()
        herd.observe(units, hits, float(now), changed_at)
        guard[left[(guard[left] == 0) & herd.reached(limit)]] = now
        seen = herd.shares.canary + herd.shares.control
        bound.observe(left, hits, place.share, now, limit)
        untold.observe(left, hits, herd.shares.canary / np.maximum(seen, 1.0), now, limit)
        done = (guard[left] > 0) & (bound.seconds[left] > 0) & (untold.seconds[left] > 0)
        if done.any():
            left = left[~done]
            herd.keep(~done)
            ticks.keep(~done)
    return Delays(guard, bound.seconds, untold.seconds)


def compare(seed: int, place: Place, most: int, changed_at: float = -inf) -> dict[str, Any]:
    """One cell: mean delays, and their ratio with its standard error (delta method).

    With `changed_at` 0 the launch begins as the product's does, with the guard's burn-in.
    """
    launches = launches_for(place, most)
    took = delays(np.random.default_rng([seed, *_numbers(place)]), place, launches, GuardSettings(), changed_at)
    ratio = took.guard.mean() / took.bound.mean()
    error = (took.guard - ratio * took.bound).std() / sqrt(launches) / took.bound.mean()
    return {
        "effect": place.effect,
        "share": place.share,
        "base": place.base,
        "traffic": place.traffic,
        "launches": launches,
        "guard_seconds": round(float(took.guard.mean()), 2),
        "bound_seconds": round(float(took.bound.mean()), 2),
        "ratio": round(float(ratio), 3),
        "standard_error": round(float(error), 3),
        "ratio_where_the_share_is_not_told": round(float(took.guard.mean() / took.untold.mean()), 3),
    }


def _numbers(place: Place) -> list[int]:
    return [round(value * 10000) for value in (place.share, place.base, place.traffic, place.effect)]
