"""Promotion on evidence with the guard beside it: who ships, after what time, and what a regression costs until then.

Launches of 5, 20 and 50 % and then everybody, at 100 requests/s and 0.1 % errors, one look a second. A stage ends when
promotion is shown for its default margin (`tminus.guards.promotion`), the launch when the guard with its default settings
rolls it back or the stage of 50 % is promoted. The sums of a stage are kept for many launches at once; the arithmetic is
the product's (`log_growth`, `columns`, `evidence`), held against `earn` in tests/unit/bench/test_guards_batch.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
from guards_batch import Floats, Herd, Whole
from numpy.typing import NDArray

from tminus.guards import GuardSettings, Harm, log_growth, threshold
from tminus.guards.margins import BETS, columns, evidence, grid
from tminus.guards.promotion import PromotionSettings, default_margin

STAGES = (0.05, 0.2, 0.5)
TRAFFIC, BASE = 100.0, 0.001
REGRESSIONS = (2.0, 3.0, 5.0, 10.0, 50.0)
TARGETS = {"margin_ships": 0.05, "excess_failed": 25.0, "good_minutes": 60.0}
LONGEST_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Ratios:
    """Some ratios of canary rate to control rate, of both sides of 1, as `log_growth` reads them."""

    logs: Floats
    excess: Floats


class Stage:
    """The evidence for promotion of many launches, each in a stage of its own; rows are launches."""

    def __init__(self, count: int, margins: tuple[float, ...], beta: float = PromotionSettings(2.0).beta) -> None:
        self.needed = -log(beta)
        tables = [columns(margin, Harm.MORE, (0.0,)) for margin in margins]
        own = [grid(margin).index(margin) for margin in margins]
        excess = [table[0][0, at] for table, at in zip(tables, own, strict=True)]
        logs = [table[1][0, at] for table, at in zip(tables, own, strict=True)]
        # The bets of the design are the same for every margin.
        self.ratios: Any = Ratios(
            np.concatenate([logs, tables[0][1][0, -len(BETS) :]]),
            np.concatenate([excess, tables[0][0][0, -len(BETS) :]]),
        )
        self.sums = np.zeros((count, len(margins) + len(BETS)))

    def earn(self, units: tuple[Whole, Whole], hits: tuple[Whole, Whole]) -> None:
        """One tick: (canary, control) units and hits, (launches,) each."""
        both = hits[0] + hits[1]
        rows = np.flatnonzero((both > 0) & (units[0] > 0) & (units[1] > 0))
        share = units[0][rows] / (units[0][rows] + units[1][rows])
        self.sums[rows] -= log_growth(hits[0][rows], both[rows], share, self.ratios)

    def log_evidence(self) -> Floats:
        """log N_M, (launches, margins)."""
        return evidence(self.sums)

    def keep(self, some: NDArray[np.bool_]) -> None:
        """Go on with those only."""
        self.sums = self.sums[some]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How launches ended, (launches,) each: seconds, whether they shipped or were rolled back, excess failed requests."""

    seconds: Floats
    shipped: NDArray[np.bool_]
    rolled_back: NDArray[np.bool_]
    excess: Floats


def launch(seed: int, launches: int, ratio: float) -> Outcomes:
    """Launches whose canary fails `ratio` times as often as the control, until shipped, rolled back, or a day has gone."""
    rng, settings = np.random.default_rng([seed, round(ratio * 1000)]), GuardSettings()
    stage_of, changed_at = np.zeros(launches, dtype=np.int64), np.zeros(launches)
    ended = Outcomes(*(np.zeros(launches, dtype=kind) for kind in (float, bool, bool, float)))
    herd, stage = Herd(settings, launches), Stage(launches, tuple(default_margin(share) for share in STAGES))
    left, limit = np.arange(launches), threshold(settings.alpha)
    for now in range(1, LONGEST_SECONDS + 1):
        units, hits = _tick(rng, np.array(STAGES)[stage_of], ratio)
        herd.observe(units, hits, float(now), changed_at)
        stage.earn(units, hits)
        ended.excess[left] += hits[0] - BASE * units[0]
        shown = stage.log_evidence()[np.arange(len(left)), stage_of] >= stage.needed
        bad = herd.reached(limit)
        good = shown & ~bad & (stage_of == len(STAGES) - 1)
        next_one = shown & ~bad & ~good
        stage_of, changed_at = stage_of + next_one, np.where(next_one, now, changed_at)
        stage.sums[next_one] = 0.0
        over = bad | good
        if over.any():
            ended.shipped[left[good]], ended.rolled_back[left[bad]] = True, True
            ended.seconds[left[over]] = now
            left, stage_of, changed_at = left[~over], stage_of[~over], changed_at[~over]
            herd.keep(~over)
            stage.keep(~over)
        if not len(left):
            break
    ended.seconds[left] = LONGEST_SECONDS
    return ended


def _tick(
    rng: np.random.Generator, share: Floats, ratio: float, seconds: float = 1.0
) -> tuple[tuple[Whole, Whole], tuple[Whole, Whole]]:
    canary, control, bad = TRAFFIC * seconds * share, TRAFFIC * seconds * (1 - share), BASE * ratio
    hits = rng.poisson(canary * bad), rng.poisson(control * BASE)
    fine = rng.poisson(canary * (1 - bad)), rng.poisson(control * (1 - BASE))
    return (fine[0] + hits[0], fine[1] + hits[1]), hits


def shown_at_the_margin(
    seed: int, launches: int, share: float, tick_seconds: float = 10.0, hours: float = 24.0
) -> float:
    """Share of stages in which a canary exactly at the stage's margin is promoted, without any guard, looked at for a day."""
    margin = default_margin(share)
    rng, stage = np.random.default_rng([seed, round(share * 1000)]), Stage(launches, (margin,))
    left = launches
    for _ in range(round(hours * 3600.0 / tick_seconds)):
        units, hits = _tick(rng, np.full(left, share), margin, tick_seconds)
        stage.earn(units, hits)
        shown = stage.log_evidence()[:, 0] >= stage.needed
        if shown.any():
            left -= int(shown.sum())
            stage.keep(~shown)
    return 1 - left / launches


def measure_margins(seed: int, launches: int, hours: float = 24.0) -> dict[str, Any]:
    """Target 3, first part: each stage's margin alone, and the whole ladder with a canary at the last one's margin."""
    alone = {f"{share:.0%}": round(shown_at_the_margin(seed, launches, share, hours=hours), 4) for share in STAGES}
    last = default_margin(STAGES[-1])
    ended = launch(seed, launches, last)
    return {
        "launches": launches,
        "margins": {f"{share:.0%}": default_margin(share) for share in STAGES},
        "promoted_at_the_margin_without_guard": alone,
        "ships_at_the_last_margin": round(float(ended.shipped.mean()), 4),
        "rolled_back_at_the_last_margin": round(float(ended.rolled_back.mean()), 4),
        "target": TARGETS["margin_ships"],
        "ok": max(*alone.values(), float(ended.shipped.mean())) <= TARGETS["margin_ships"],
    }


def measure_good(seed: int, launches: int) -> dict[str, Any]:
    """Target 3: how long a release as good as the control takes to everybody."""
    ended = launch(seed, launches, 1.0)
    minutes = ended.seconds[ended.shipped] / 60.0
    return {
        "launches": launches,
        "shipped": round(float(ended.shipped.mean()), 4),
        "rolled_back": round(float(ended.rolled_back.mean()), 4),
        "minutes": {"mean": round(float(minutes.mean()), 1), "p90": round(float(np.quantile(minutes, 0.9)), 1)},
        "under_an_hour": round(float((ended.shipped & (ended.seconds < 3600)).mean()), 4),
        "target_minutes": TARGETS["good_minutes"],
        "ok": float(minutes.mean()) < TARGETS["good_minutes"],
        "ok_at_p90": float(np.quantile(minutes, 0.9)) < TARGETS["good_minutes"],
    }


def measure_regression(seed: int, launches: int, ratio: float) -> dict[str, Any]:
    """Target 3: what a regression costs until it is caught, or shipped."""
    ended = launch(seed, launches, ratio)
    mean = float(ended.excess.mean())
    return {
        "regression": ratio,
        "launches": launches,
        "caught": round(float(ended.rolled_back.mean()), 4),
        "shipped": round(float(ended.shipped.mean()), 4),
        "excess_failed": {"mean": round(mean, 1), "p90": round(float(np.quantile(ended.excess, 0.9)), 1)},
        "seconds_mean": round(float(ended.seconds.mean()), 1),
        "target": TARGETS["excess_failed"],
        "ok": mean <= TARGETS["excess_failed"],
        "missed_by": round(max(mean - TARGETS["excess_failed"], 0.0), 1),
    }
