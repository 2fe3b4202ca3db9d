"""How soon a guard sees harm, over the best that any test could do: Wald's test, told the truth beforehand.

A canary with a share p fails `effect` times as often as its control from the first second on; units arrive as a Poisson
process, and both tests look at the same ticks of one second, all of them. The guard has its default settings. The bound is
the two-arm sequential probability ratio test (A. Wald, Annals of Mathematical Statistics 16(2), 1945): each error adds
log θ1/θ0 where it is the canary's and log (1 − θ1)/(1 − θ0) where it is not, with θ(ρ) = ρp/(ρp + 1 − p), θ0 = θ(1),
θ1 = θ(effect); it ends at log 1/α, α = 0.01. It knows the effect and the true share p, of which the guard knows neither.
Delay is the number of ticks until the threshold is reached, and the ratio that of the two means over the same launches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import inf, log, sqrt
from typing import Any

import numpy as np
from guards_batch import Floats, Herd, Whole
from guards_peers import Place

from tminus.guards import GuardSettings, threshold

EFFECTS = (1.3, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0)
SHARES = (0.05, 0.2, 0.5)
BASES = (0.001, 0.01)
TRAFFICS = (10.0, 100.0, 1000.0)
TARGET = 1.30
_AT_ONCE = 64  # ticks that are drawn together


@dataclass(frozen=True, slots=True)
class Ticks:
    """Some ticks of some launches: units and errors of (canary, control), each (ticks, launches)."""

    units: tuple[Whole, Whole]
    hits: tuple[Whole, Whole]


class Bound:
    """The sequential probability ratio test that knows the truth, for many launches."""

    def __init__(self, place: Place, count: int) -> None:
        null = place.share
        true = place.effect * null / (place.effect * null + 1 - null)
        self.canary, self.control = log(true / null), log((1 - true) / (1 - null))
        self.evidence = np.zeros(count)

    def observe(self, canary_hits: Whole, control_hits: Whole) -> None:
        """One tick."""
        self.evidence = self.evidence + canary_hits * self.canary + control_hits * self.control


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


def draw(rng: np.random.Generator, place: Place, count: int) -> Ticks:
    """The next ticks of `count` launches."""
    drawn = place.draw(rng, (_AT_ONCE, count), 1.0)
    whole = [one.astype(np.int64) for one in (drawn.canary_units, drawn.control_units)]
    hits = [one.astype(np.int64) for one in (drawn.canary_hits, drawn.control_hits)]
    return Ticks((whole[0], whole[1]), (hits[0], hits[1]))


def stream(
    rng: np.random.Generator, place: Place, left: Any
) -> Iterator[tuple[tuple[Whole, Whole], tuple[Whole, Whole]]]:
    """Tick after tick, of the launches that `left()` says are left; it may shrink between two ticks."""
    while True:
        kept = left()
        block = draw(rng, place, len(kept))
        for row in range(_AT_ONCE):
            some = np.isin(kept, left()) if len(left()) < len(kept) else slice(None)
            yield (
                (block.units[0][row][some], block.units[1][row][some]),
                (block.hits[0][row][some], block.hits[1][row][some]),
            )


def delays(
    rng: np.random.Generator, place: Place, launches: int, settings: GuardSettings, changed_at: float = -inf
) -> tuple[Floats, Floats]:
    """Seconds until the guard and until the bound decided, each (launches,)."""
    guard, bound = np.zeros(launches), np.zeros(launches)
    herd, best = Herd(settings, launches), Bound(place, launches)
    left = np.arange(launches)
    limit = threshold(settings.alpha)
    for now, (units, hits) in enumerate(stream(rng, place, lambda: left), 1):
        herd.observe(units, hits, float(now), changed_at)
        best.observe(*hits)
        guard[left[(guard[left] == 0) & herd.reached(limit)]] = now
        bound[left[(bound[left] == 0) & (best.evidence >= limit)]] = now
        done = (guard[left] > 0) & (bound[left] > 0)
        if done.any():
            left = left[~done]
            herd.keep(~done)
            best.evidence = best.evidence[~done]
        if not len(left):
            break
    return guard, bound


def compare(seed: int, place: Place, most: int, changed_at: float = -inf) -> dict[str, Any]:
    """One cell: both mean delays, and their ratio with its standard error (delta method).

    With `changed_at` 0 the launch begins as the product's does, with the guard's burn-in.
    """
    launches = launches_for(place, most)
    guard, bound = delays(np.random.default_rng([seed, *_numbers(place)]), place, launches, GuardSettings(), changed_at)
    ratio = guard.mean() / bound.mean()
    error = (guard - ratio * bound).std() / sqrt(launches) / bound.mean()
    return {
        "effect": place.effect,
        "share": place.share,
        "base": place.base,
        "traffic": place.traffic,
        "launches": launches,
        "guard_seconds": round(float(guard.mean()), 2),
        "bound_seconds": round(float(bound.mean()), 2),
        "ratio": round(float(ratio), 3),
        "standard_error": round(float(error), 3),
    }


def _numbers(place: Place) -> list[int]:
    return [round(value * 10000) for value in (place.share, place.base, place.traffic, place.effect)]
