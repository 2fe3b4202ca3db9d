"""How soon a guard sees harm, over the best that any test could do: Wald's test, told the truth beforehand.

A canary with a share p fails `effect` times as often as its control from the first second on; units arrive as a Poisson
process, and both tests look at the same ticks of one second, all of them. The guard has its default settings. The bound is
the two-arm sequential probability ratio test (A. Wald, Annals of Mathematical Statistics 16(2), 1945): each error adds
log θ1/θ0 where it is the canary's and log (1 − θ1)/(1 − θ0) where it is not, with θ(ρ) = ρp/(ρp + 1 − p), θ0 = θ(1),
θ1 = θ(effect); it ends at log 1/α, α = 0.01. It knows the true effect, which the guard does not, and takes the share as it
finds it, as the guard does. A second ratio is to the same test where it is told the true share p besides. Delay is the
number of ticks until the threshold is reached, and the ratio that of the two means over the same launches. Each cell is
measured in a stage whose burn-in is over, and with fewer launches from the first second after a change of share.
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
    return max(most // 5, min(most, round(most * 4000.0 / max(seconds_of(place), 1.0))))


def seconds_of(place: Place) -> float:
    """About how long harm takes to show here: what work is shared out by."""
    return 100.0 / (place.base * place.traffic * place.share * (place.effect - 1) ** 2)


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds until each decided, (launches,): the guard, the bound, and the bound that is told the share besides."""

    guard: Floats
    bound: Floats
    told: Floats


def delays(
    rng: np.random.Generator, place: Place, launches: int, settings: GuardSettings, changed_at: float = -inf
) -> Delays:
    """Run so many launches until all three tests have decided."""
    guard, herd = np.zeros(launches), Herd(settings, launches)
    bound, told = Bound(place.effect, launches), Bound(place.effect, launches)
    left, limit = np.arange(launches), threshold(settings.alpha)
    now, ticks = 0, Ticks(rng, place, launches)
    while len(left):
        now, (units, hits) = now + 1, ticks.next()
        herd.observe(units, hits, float(now), changed_at)
        guard[left[(guard[left] == 0) & herd.reached(limit)]] = now
        seen = herd.shares.canary + herd.shares.control
        told.observe(left, hits, place.share, now, limit)
        bound.observe(left, hits, herd.shares.canary / np.maximum(seen, 1.0), now, limit)
        done = (guard[left] > 0) & (bound.seconds[left] > 0) & (told.seconds[left] > 0)
        if done.any():
            left = left[~done]
            herd.keep(~done)
            ticks.keep(~done)
    return Delays(guard, bound.seconds, told.seconds)


def compare(seed: int, place: Place, most: int, changed_at: float = -inf) -> dict[str, Any]:
    """One cell: mean delays, and their ratio with its standard error (delta method).

    With `changed_at` 0 the share was raised just before, and the guard's burn-in begins; without, it is long over.
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
        "ratio_where_the_share_is_told": round(float(took.guard.mean() / took.told.mean()), 3),
        "canary_errors": round(float(took.guard.mean()) * place.traffic * place.share * place.base * place.effect, 2),
    }


def _numbers(place: Place) -> list[int]:
    return [round(value * 10000) for value in (place.share, place.base, place.traffic, place.effect)]
