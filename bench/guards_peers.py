"""Rules of the kind people run today, re-implemented: how soon they see a regression, how often they cry wolf.

Every rule sees the same counts of a canary and a control, in bins of ten seconds, many launches at once. A rule is given
its best case: its window is full before it may fail, and it has no lag. Sources of the defaults:

- threshold: Argo Rollouts, `failureCondition` on a Prometheus rate over 60 s, asked each minute; it aborts when
  more measurements have failed than `failureLimit` allows, counted over the whole run.
- success rate: Flagger's `request-success-rate` of at least 99 % over one minute, asked each minute; rolled back at the
  fifth failed check.
- Mann-Whitney: Kayenta's judge, the rates of single minutes of both arms, two-sided 98 %, fails on the high side;
  judged every 15 or 60 minutes on the minutes since the last time. Normal approximation with ties [Mann & Whitney,
  Annals of Mathematical Statistics 18, 1947]. Its tolerance for small effects, which only makes it slower, is left out.
- peeked exact test: Fisher's, one-sided, on all counts so far, looked at each minute, p < 0.01.

T-minus's guard stands in the same table, with its default settings and a look a bin.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import log, pi, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from guards_batch import Flags, Floats, Herd

from tminus.guards import GuardSettings, threshold

BIN_SECONDS = 10.0
BINS_A_MINUTE = 6
HORIZON_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Bin:
    """Counts of one bin, an entry a launch: units and errors of either arm, shape (launches,)."""

    canary_units: Floats
    canary_hits: Floats
    control_units: Floats
    control_hits: Floats

    def of(self, some: Flags) -> Bin:
        """Only those launches."""
        return Bin(self.canary_units[some], self.canary_hits[some], self.control_units[some], self.control_hits[some])


@dataclass
class Threshold:
    """Fails while the canary's rate over the window is above `limit`; alarms at more than `allowed` failures."""

    limit: float
    allowed: int
    window: deque[Bin] = field(default_factory=lambda: deque(maxlen=BINS_A_MINUTE))
    failures: Floats | None = None
    bins: int = 0

    def look(self, now: Bin) -> Flags:
        """Which launches alarm at this bin."""
        self.window.append(now)
        self.bins += 1
        if self.failures is None:
            self.failures = np.zeros_like(now.canary_hits)
        if self.bins % BINS_A_MINUTE == 0:
            hits = np.sum([one.canary_hits for one in self.window], axis=0)
            units = np.sum([one.canary_units for one in self.window], axis=0)
            self.failures = self.failures + (hits > self.limit * units)
        return self.failures > self.allowed

    def keep(self, some: Flags) -> None:
        """Go on with those launches only."""
        self.window = deque((one.of(some) for one in self.window), maxlen=BINS_A_MINUTE)
        self.failures = None if self.failures is None else self.failures[some]


@dataclass
class MannWhitney:
    """Judges the per-minute rates of both arms every `minutes`."""

    minutes: int
    confidence: float = 0.98
    canary: list[Floats] = field(default_factory=list)
    control: list[Floats] = field(default_factory=list)
    minute: list[Bin] = field(default_factory=list)

    def look(self, now: Bin) -> Flags:
        """Which launches alarm at this bin."""
        self.minute.append(now)
        if len(self.minute) == BINS_A_MINUTE:
            self.canary.append(_rate(self.minute, "canary"))
            self.control.append(_rate(self.minute, "control"))
            self.minute = []
        if len(self.canary) < self.minutes:
            return np.zeros(len(now.canary_hits), dtype=np.bool_)
        z = rank_sum_z(np.stack(self.canary, axis=1), np.stack(self.control, axis=1))
        self.canary, self.control = [], []
        return z > NormalDist().inv_cdf((1 + self.confidence) / 2)

    def keep(self, some: Flags) -> None:
        """Go on with those launches only."""
        self.canary = [one[some] for one in self.canary]
        self.control = [one[some] for one in self.control]
        self.minute = [one.of(some) for one in self.minute]


@dataclass
class PeekedExact:
    """Fisher's exact test on everything so far, each minute, as if it were the only look."""

    level: float = 0.01
    totals: Bin | None = None
    bins: int = 0

    def look(self, now: Bin) -> Flags:
        """Which launches alarm at this bin."""
        self.totals = now if self.totals is None else _added(self.totals, now)
        self.bins += 1
        if self.bins % BINS_A_MINUTE:
            return np.zeros(len(now.canary_hits), dtype=np.bool_)
        return fisher_tail(self.totals) < self.level

    def keep(self, some: Flags) -> None:
        """Go on with those launches only."""
        self.totals = None if self.totals is None else self.totals.of(some)


@dataclass
class Guard:
    """T-minus's own, with its default settings."""

    settings: GuardSettings = field(default_factory=GuardSettings)
    herd: Herd | None = None
    bins: int = 0

    def look(self, now: Bin) -> Flags:
        """Which launches alarm at this bin."""
        self.bins += 1
        if self.herd is None:
            self.herd = Herd(self.settings, len(now.canary_hits))
        canary, control = (now.canary_units, now.canary_hits), (now.control_units, now.control_hits)
        self.herd.observe((canary[0], control[0]), (canary[1], control[1]), self.bins * BIN_SECONDS)
        return self.herd.reached(threshold(self.settings.alpha))

    def keep(self, some: Flags) -> None:
        """Go on with those launches only."""
        if self.herd is not None:
            self.herd.keep(some)


Rule = Guard | Threshold | MannWhitney | PeekedExact

OURS = "T-minus"
RULES: dict[str, Callable[[], Rule]] = {
    OURS: Guard,
    "error rate > 1 % over 60 s, 1 failure allowed": lambda: Threshold(0.01, 1),
    "error rate > 1 % over 60 s, 3 failures allowed": lambda: Threshold(0.01, 3),
    "success rate ≥ 99 % each minute, out at 5 failures": lambda: Threshold(0.01, 4),
    "Mann-Whitney every 15 min": lambda: MannWhitney(15),
    "Mann-Whitney every 60 min": lambda: MannWhitney(60),
    "exact test peeked each minute, p < 0.01": PeekedExact,
}


def _rate(minute: Sequence[Bin], arm: str) -> Floats:
    units: Floats = np.sum([getattr(one, f"{arm}_units") for one in minute], axis=0)
    hits: Floats = np.sum([getattr(one, f"{arm}_hits") for one in minute], axis=0)
    return hits / np.maximum(units, 1.0)


def _added(one: Bin, other: Bin) -> Bin:
    return Bin(
        one.canary_units + other.canary_units,
        one.canary_hits + other.canary_hits,
        one.control_units + other.control_units,
        one.control_hits + other.control_hits,
    )


def rank_sum_z(high: Floats, low: Floats) -> Floats:
    """z of the rank sum of `high` over `low`, shapes (launches, n): positive where `high` ranks higher; ties corrected."""
    above = (high[:, :, None] > low[:, None, :]).sum(axis=(1, 2))
    equal = (high[:, :, None] == low[:, None, :]).sum(axis=(1, 2))
    pooled = np.sort(np.concatenate([high, low], axis=1), axis=1)
    n, m, total = high.shape[1], low.shape[1], pooled.shape[1]
    variance = n * m / 12 * (total + 1 - _ties(pooled) / (total * (total - 1)))
    centred = above + equal / 2 - n * m / 2
    return np.where(variance > 0, centred / np.sqrt(np.maximum(variance, 1e-12)), 0.0)


def _ties(ordered: Floats) -> Floats:
    """Σ t³ − t over the groups of equal values in each sorted row."""
    summed = np.zeros(len(ordered))
    run = np.ones(len(ordered))
    for column in range(1, ordered.shape[1] + 1):
        ends = (
            np.ones(len(ordered), dtype=np.bool_)
            if column == ordered.shape[1]
            else ordered[:, column] != ordered[:, column - 1]
        )
        summed += np.where(ends, run**3 - run, 0.0)
        run = np.where(ends, 1.0, run + 1)
    return summed


def fisher_tail(counts: Bin) -> Floats:
    """P(canary errors >= those seen | all totals), the hypergeometric tail. 1 where the canary has no excess."""
    hits, errors = counts.canary_hits, counts.canary_hits + counts.control_hits
    drawn, rest = counts.canary_units, counts.control_units
    # Below its mean the tail is about a half or more: no alarm, and no need to sum it.
    suspect = hits * (drawn + rest) > errors * drawn
    answer = np.ones(len(hits))
    if suspect.any():
        answer[suspect] = _tail(hits[suspect], errors[suspect], drawn[suspect], rest[suspect])
    return answer


def _tail(hits: Floats, errors: Floats, drawn: Floats, rest: Floats) -> Floats:
    term = np.exp(_log_choose(drawn, hits) + _log_choose(rest, errors - hits) - _log_choose(drawn + rest, errors))
    summed, k = term.copy(), hits.copy()
    # Terms fall at least geometrically above the mean; what is left then adds nothing to a comparison with 0.01.
    while (term > 1e-7).any():
        term = term * (errors - k) * (drawn - k) / ((k + 1) * (rest - errors + k + 1))
        k = k + 1
        summed += term
    return summed


def _log_choose(n: Floats, k: Floats) -> Floats:
    return log_factorial(n) - log_factorial(k) - log_factorial(n - k)


def log_factorial(n: Floats) -> Floats:
    """log n! by Stirling's series at n + 9, brought back; numpy has no gamma function. Good to 1e-10."""
    x = n + 10.0
    series: Floats = (x - 0.5) * np.log(x) - x + 0.5 * log(2 * pi) + 1 / (12 * x) - 1 / (360 * x**3) + 1 / (1260 * x**5)
    shift = np.zeros_like(x)
    for step in range(1, 10):
        shift += np.log(n + step)
    return series - shift


@dataclass(frozen=True, slots=True)
class Place:
    """Where launches run: share of the canary, the control's error rate, units/s, and the canary's rate over it."""

    share: float
    base: float
    traffic: float
    effect: float = 1.0

    def draw(self, rng: np.random.Generator, launches: int | tuple[int, int], seconds: float) -> Bin:
        """Counts of as many launches over so many seconds; units arrive as a Poisson process."""
        canary, control = self.traffic * self.share * seconds, self.traffic * (1 - self.share) * seconds
        bad = self.base * self.effect
        canary_hits, control_hits = rng.poisson(canary * bad, launches), rng.poisson(control * self.base, launches)
        return Bin(
            (rng.poisson(canary * (1 - bad), launches) + canary_hits).astype(float),
            canary_hits.astype(float),
            (rng.poisson(control * (1 - self.base), launches) + control_hits).astype(float),
            control_hits.astype(float),
        )


def first_alarms(rule: Rule, rng: np.random.Generator, launches: int, place: Place) -> Floats:
    """Seconds until each launch alarms, shape (launches,); inf where it did not within 24 hours."""
    alarmed = np.full(launches, np.inf)
    left = np.arange(launches)
    for number in range(1, round(HORIZON_SECONDS / BIN_SECONDS) + 1):
        alarms = rule.look(place.draw(rng, len(left), BIN_SECONDS))
        if alarms.any():
            alarmed[left[alarms]] = number * BIN_SECONDS
            left = left[~alarms]
            rule.keep(~alarms)
        if not len(left):
            break
    return alarmed


def summary(seconds: Sequence[float] | Floats) -> dict[str, Any]:
    """Share that alarmed within 24 hours with its standard error, and the mean delay where the rest count as 24 hours."""
    values = np.asarray(seconds)
    caught = float(np.isfinite(values).mean())
    return {
        "alarmed_within_24h": round(caught, 4),
        "standard_error": round(sqrt(max(caught * (1 - caught), 0.0) / len(values)), 4),
        "mean_seconds": round(float(np.minimum(values, HORIZON_SECONDS).mean()), 1),
    }


def measure(seed: int, name: str, effect: float, launches: int) -> dict[str, Any]:
    """One rule in the place that the table is about: 100 requests/s, 0.1 % errors, a canary of 5 %."""
    rng = np.random.default_rng([seed, round(effect * 10)])
    seconds = first_alarms(RULES[name](), rng, launches, Place(0.05, 0.001, 100.0, effect))
    return {"rule": name, "effect": effect, "launches": launches, **summary(seconds)}
