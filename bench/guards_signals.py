"""Harm that is not an error: payments that stop, and answers that become slower.

Payments: 2 % of requests are payments in the control, none in a canary of 5 %. Counted is what the canary would have had
until the guard notices, and all successes that both arms would have had. Latency: lognormal answers, a quarter slower in
a canary of 20 % at 100 requests/s; the levels of the ladder are the p50, p90, p95 and p99 of 10,000 control requests drawn
anew for each launch. Ticks of one second, default settings, harm from the first second.
"""

from __future__ import annotations

from math import erf, log, sqrt
from typing import Any

import numpy as np
from guards_batch import Floats, Herd, Whole

from tminus.guards import GuardSettings, Harm, threshold

LEVELS = (0.5, 0.9, 0.95, 0.99)
FROZEN_FROM = 10_000
TRAFFIC = 100.0
PAYMENT_SHARE, PAYMENT_RATE = 0.05, 0.02
LATENCY_SHARE, SLOWER = 0.2, 1.25
SPREADS = (0.5, 1.0)
TARGETS = {"payments_expected": 130.0, "latency_seconds": 60.0}
_LONGEST = 24 * 3600


def measure_payments(seed: int, launches: int, changed_at: float = -np.inf) -> dict[str, Any]:
    """Target 4, first part. With `changed_at` 0 the launch begins as the product's does, with a burn-in."""
    rng, settings = np.random.default_rng([seed, 4]), GuardSettings(harm=Harm.FEWER)
    herd, left, seconds = Herd(settings, launches), np.arange(launches), np.zeros(launches)
    control_paid = np.zeros(launches)
    for now in range(1, _LONGEST):
        count = len(left)
        paid = rng.poisson(TRAFFIC * (1 - PAYMENT_SHARE) * PAYMENT_RATE, count)
        control = paid + rng.poisson(TRAFFIC * (1 - PAYMENT_SHARE) * (1 - PAYMENT_RATE), count)
        canary = rng.poisson(TRAFFIC * PAYMENT_SHARE, count)
        herd.observe((canary, control), (np.zeros_like(paid), paid), float(now), changed_at)
        control_paid[left] += paid
        reached = herd.reached(threshold(settings.alpha))
        seconds[left[reached]] = now
        left = left[~reached]
        herd.keep(~reached)
        if not len(left):
            break
    expected = seconds * TRAFFIC * PAYMENT_SHARE * PAYMENT_RATE
    both = expected + control_paid
    return {
        "launches": launches,
        "canary_successes_expected": _spread(expected),
        "successes_expected_in_both_arms": _spread(both),
        "seconds": _spread(seconds),
        "target_expected": TARGETS["payments_expected"],
        "ok": float(expected.mean()) <= TARGETS["payments_expected"],
        "ok_for_both_arms_together": float(both.mean()) <= TARGETS["payments_expected"],
    }


def measure_latency(seed: int, launches: int, spread: float, changed_at: float = -np.inf) -> dict[str, Any]:
    """Target 4, second part: `spread` is the lognormal's σ."""
    rng, settings = np.random.default_rng([seed, round(spread * 10)]), GuardSettings(rungs=len(LEVELS))
    control_over, canary_over = _exceedances(rng, launches, spread)
    herd, left, seconds = Herd(settings, launches), np.arange(launches), np.zeros(launches)
    for now in range(1, _LONGEST):
        canary = rng.poisson(TRAFFIC * LATENCY_SHARE, len(left))
        control = rng.poisson(TRAFFIC * (1 - LATENCY_SHARE), len(left))
        hits = _nested(rng, canary, canary_over[left]), _nested(rng, control, control_over[left])
        herd.observe((canary, control), hits, float(now), changed_at)
        reached = herd.reached(threshold(settings.alpha))
        seconds[left[reached]] = now
        left = left[~reached]
        herd.keep(~reached)
        if not len(left):
            break
    return {
        "sigma": spread,
        "launches": launches,
        "seconds": _spread(seconds),
        "target_seconds": TARGETS["latency_seconds"],
        "ok": float(seconds.mean()) <= TARGETS["latency_seconds"],
        "ok_at_p90": float(np.quantile(seconds, 0.9)) <= TARGETS["latency_seconds"],
    }


def _exceedances(rng: np.random.Generator, launches: int, spread: float) -> tuple[Floats, Floats]:
    """How often control and canary exceed each launch's frozen levels, (launches, rungs)."""
    drawn = rng.standard_normal((launches, FROZEN_FROM))
    levels = np.quantile(drawn, LEVELS, axis=1).T
    shift = log(SLOWER) / spread
    return _beyond(levels), _beyond(levels - shift)


def _beyond(z: Floats) -> Floats:
    return np.array([[0.5 * (1 - erf(value / sqrt(2))) for value in row] for row in z.tolist()])


def _nested(rng: np.random.Generator, units: Whole, over: Floats) -> Whole:
    """Hits of each rung: who exceeds a level exceeds all lower ones."""
    hits, remaining, chance_before = [], units, np.ones(len(units))
    for rung in range(over.shape[1]):
        remaining = rng.binomial(remaining, over[:, rung] / chance_before)
        chance_before = over[:, rung]
        hits.append(remaining)
    return np.stack(hits, axis=1)


def _spread(values: Floats) -> dict[str, float]:
    return {"mean": round(float(values.mean()), 1), "p90": round(float(np.quantile(values, 0.9)), 1)}
