"""How many healthy launches are rolled back: four metrics in three regions, guarded together for 24 hours.

Each metric has a guard for everywhere and one a region. Half of a metric's weight is for everywhere, half is shared by its
regions, metrics weigh the same; the launch is rolled back when Σ weight·E reaches 1/α, as `tminus.guards.combine` adds it
up. Every rollback here is a false one. The worlds are in guards_world.py; stages of 5, 15, 50 and 95 %, six hours each, the
last with a hold-back, because without any control there would be nothing that could go wrong. One look a tick of ten seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import inf, sqrt
from typing import Any

import numpy as np
from guards_batch import Flags, Floats, Herd
from guards_world import REGIONS, TROUBLES, Tick, Trouble, World, stage_began

from tminus.guards import GuardSettings, Harm, threshold
from tminus.guards.sharing import ENOUGH

TARGET = 0.01
HOURS = 24.0
TICK_SECONDS = 20.0
BEFORE_SECONDS = 3600.0  # of control alone, from which the burst factor is estimated before the launch
AT_ONCE = 500  # launches; their arrays fit into a processor's cache
PLACES = 1 + len(REGIONS)
SETTINGS = (GuardSettings(), GuardSettings(), GuardSettings(), GuardSettings(harm=Harm.FEWER))


@dataclass
class Family:
    """The guards of many launches: one herd a metric, its guards in the order (launches, places)."""

    launches: int

    def __post_init__(self) -> None:
        self.herds = [Herd(settings, self.launches * PLACES) for settings in SETTINGS]
        weights = np.full(PLACES, 0.5 / len(REGIONS))
        weights[0] = 0.5
        self.log_weights = np.log(weights / len(SETTINGS))

    def observe(self, tick: Tick, now: float, changed_at: float) -> None:
        """One tick for all of them."""
        canary, control = (_by_place(tick.units[..., arm]) for arm in (0, 1))
        for herd, hits, known in zip(self.herds, tick.hits, self.least_bursts(), strict=True):
            herd.observe((canary, control), (_by_place(hits[..., 0]), _by_place(hits[..., 1])), now, changed_at, known)

    def least_bursts(self) -> list[Floats]:
        """`tminus.guards.least_bursts` for each metric, (guards, 1) each."""
        own, seen = (
            np.stack([one.reshape(self.launches, PLACES).max(axis=1) for one in known])
            for known in ([herd.factor for herd in self.herds], [herd.bursts.ticks.hits for herd in self.herds])
        )
        known = np.where(seen >= ENOUGH, own, own.max(axis=0))
        return [one.repeat(PLACES)[:, None] for one in known]

    def reached(self, limit: float) -> Flags:
        """Which launches have evidence of `limit` or more, shape (launches,)."""
        bounds = [herd.bound().reshape(self.launches, PLACES).max(axis=1) for herd in self.herds]
        reached: Flags = np.max(bounds, axis=0) >= limit
        if reached.any():
            reached[reached] = self.evidence(reached) >= limit
        return reached

    def evidence(self, launches: Flags) -> Floats:
        """log Σ weight·E of those launches."""
        guards = np.repeat(launches, PLACES)
        terms = np.stack([herd.evidence(guards).reshape(-1, PLACES) + self.log_weights for herd in self.herds])
        of_launch = terms.transpose(1, 0, 2).reshape(terms.shape[1], -1)
        summed: Floats = np.logaddexp.reduce(of_launch, axis=1)
        return summed


def _by_place(counts: Any) -> Any:
    """(launches, regions) as (launches times places,), everywhere first."""
    return np.concatenate([counts.sum(axis=1, keepdims=True), counts], axis=1).reshape(-1)


def rolled_back(
    seed: int, trouble: Trouble, launches: int, hours: float, tick_seconds: float, before: float = BEFORE_SECONDS
) -> Floats:
    """When each launch was rolled back, seconds; inf where it was not, shape (launches,)."""
    world = World(trouble, launches, tick_seconds, np.random.default_rng(seed))
    family, limit = Family(launches), threshold(SETTINGS[0].alpha)
    when = np.full(launches, np.inf)
    times = np.arange(-before, hours * 3600.0 + tick_seconds / 2, tick_seconds)
    for began, now in pairwise(times):
        family.observe(world.tick(float(began)), float(now), stage_began(float(began)) if began >= 0 else -inf)
        reached = family.reached(limit)
        if reached.any():
            when[reached] = np.minimum(when[reached], now)
    return when


def cells(launches: int) -> list[tuple[int, int, int]]:
    """(world, part, launches) of every piece of work."""
    return [
        (world, part, min(AT_ONCE, launches - part * AT_ONCE))
        for world in range(len(TROUBLES))
        for part in range(-(-launches // AT_ONCE))
    ]


def summary(trouble: Trouble, when: Floats) -> dict[str, Any]:
    """One world: the share rolled back with its standard error and when the middle one was."""
    false = np.isfinite(when)
    share = float(false.mean())
    return {
        "world": trouble.name,
        "launches": len(when),
        "rolled_back": int(false.sum()),
        "share": round(share, 5),
        "standard_error": round(sqrt(share * (1 - share) / len(when)), 5),
        "median_hours": round(float(np.median(when[false])) / 3600.0, 1) if false.any() else None,
        "target": TARGET,
        "ok": share <= TARGET,
    }
