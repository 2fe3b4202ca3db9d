"""Healthy launches as they are in practice: what a guard is fed when nothing is wrong with the release.

Many launches at once, three regions, four metrics: errors (0.1 %), crashes (0.02 %), slow answers (5 %, the control's p95)
and payments (2 %, fewer are harm). Units arrive as a Poisson process, and each has at most one kind of hit: the kinds, and
the units without any, are then drawn apart and are exact together. The truth is always the same in both arms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import pi, sin

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]

TRAFFIC = 100.0
REGIONS = (0.5, 0.3, 0.2)
RATES = (0.001, 0.0002, 0.05, 0.02)  # errors, crashes, slow answers, payments
IN_INCIDENT = (0.2, 0.05, 0.25, 0.016)
STAGES = (0.05, 0.15, 0.50, 0.95)  # the last: everybody but a hold-back of 5 %
CANARY, CONTROL = 0, 1
_PAYMENTS = 3
_DAY = 86400.0


@dataclass(frozen=True)
class Trouble:
    """What is unusual in a world, though not with the release.

    burst         mean size of geometric bursts in which errors, crashes and slow answers come; 1: singly
    retried       every user who fails comes again in the next tick; an error counts once an hour, so only as a unit
    anonymous     share of failing users whom nothing identifies, so that each of their retries counts as one more user
    drift         the realised share is this many times the configured one
    incidents     a day; 2 to 10 minutes of 20 % errors in both arms
    warm_up       the canary fails so many times as often for 20 s after each change of share
    swing         traffic (and, half as much, the error rate) moves by this part up and down in a day
    gaps          stretches of 1 to 10 minutes a day without any data, or without one arm's
    skew_seconds  each launch's canary events land up to so many seconds late
    late          share of batches that arrive a minute late
    """

    name: str
    burst: float = 1.0
    retried: bool = False
    anonymous: float = 0.0
    drift: float = 1.0
    incidents: int = 0
    warm_up: float = 1.0
    swing: float = 0.0
    gaps: int = 0
    skew_seconds: float = 0.0
    late: float = 0.0


# Duplicated batches leave no trace: telemetry counts each unit once, so the second copy adds nothing.
TROUBLES = (
    Trouble("plain"),
    Trouble("bursts of mean 3", burst=3.0),
    Trouble("retries", retried=True),
    Trouble("retries, a fifth by users nobody can tell apart", anonymous=0.2),
    Trouble("6 % where 5 % was configured", drift=1.2),
    Trouble("six incidents in both arms", incidents=6),
    Trouble("warm-up, 5x for 20 s", warm_up=5.0),
    Trouble("daily cycle", swing=0.8),
    Trouble("gaps in the data", gaps=18),
    Trouble("clocks apart by up to 3 s", skew_seconds=3.0, swing=0.8),
    Trouble("late and duplicated batches", late=0.1),
)


@dataclass(frozen=True, slots=True)
class Tick:
    """What one tick brings: units (launches, regions, arms) and hits (metrics, launches, regions, arms)."""

    units: Whole
    hits: Whole


@dataclass
class World:
    """So many launches of 24 hours under one trouble. `tick` must be called in order; `tick_seconds` long each."""

    trouble: Trouble
    launches: int
    tick_seconds: float
    rng: np.random.Generator
    _incidents: Floats = field(init=False)
    _gaps: Floats = field(init=False)
    _gap_arms: Whole = field(init=False)
    _skew: Floats = field(init=False)
    _coming: list[Tick] = field(init=False)

    def __post_init__(self) -> None:
        count, rng = self.launches, self.rng
        self._incidents = self._stretches(self.trouble.incidents, 120.0)
        self._gaps = self._stretches(self.trouble.gaps, 60.0)
        self._gap_arms = rng.integers(0, 3, (count, self.trouble.gaps))
        self._skew = rng.uniform(0, self.trouble.skew_seconds or 1e-9, (count, 1)) / self.tick_seconds
        behind = 1 + round(60.0 / self.tick_seconds)
        nothing = np.zeros((count, len(REGIONS), 2), dtype=np.int64)
        self._coming = [Tick(nothing, np.zeros((len(RATES), *nothing.shape), dtype=np.int64)) for _ in range(behind)]

    def _stretches(self, number: int, shortest: float) -> Floats:
        """Start and end of as many stretches a launch, up to ten minutes long: shape (launches, number, 2)."""
        starts = self.rng.uniform(0, _DAY, (self.launches, number))
        return np.stack([starts, starts + self.rng.uniform(shortest, 600.0, starts.shape)], axis=-1)

    def tick(self, began: float) -> Tick:
        """What arrives in the tick that began at this second of the launch."""
        born = self._born(began)
        arrived = self._after_delays(born)
        return self._after_gaps(arrived, began) if self.trouble.gaps else arrived

    def _born(self, began: float) -> Tick:
        per_arm = self._units_expected(began)
        rates = self._rates(began)
        hits = np.stack(
            [
                self.rng.poisson(rate * per_arm) if metric == _PAYMENTS else self._in_bursts(rate * per_arm)
                for metric, rate in enumerate(rates)
            ]
        )
        return Tick(self.rng.poisson(per_arm * (1 - rates.sum(axis=0))) + hits.sum(axis=0), hits)

    def _units_expected(self, began: float) -> Floats:
        share = min(stage_share(began) * self.trouble.drift, 0.97)
        traffic = TRAFFIC * self.tick_seconds * (1 + self.trouble.swing * sin(2 * pi * began / _DAY))
        per_arm = traffic * np.multiply.outer(np.array(REGIONS), np.array([share, 1 - share]))
        return np.broadcast_to(per_arm, (self.launches, *per_arm.shape))

    def _rates(self, began: float) -> Floats:
        """Hits a unit, shape (metrics, launches, regions, arms)."""
        rates = np.array(RATES)[:, None, None, None] * np.ones((1, self.launches, len(REGIONS), 2))
        rates[:_PAYMENTS] *= 1 + self.trouble.swing / 2 * sin(2 * pi * began / _DAY)
        if self.trouble.incidents:
            rates = np.where(self._within(self._incidents, began), np.array(IN_INCIDENT)[:, None, None, None], rates)
        if self.trouble.warm_up > 1 and began - stage_began(began) < 20.0:
            rates[:_PAYMENTS, ..., CANARY] *= self.trouble.warm_up
        return rates

    def _within(self, stretches: Floats, began: float) -> NDArray[np.bool_]:
        inside = (stretches[..., 0] <= began) & (began < stretches[..., 1])
        answer: NDArray[np.bool_] = np.asarray(inside.any(axis=1))[:, None, None]
        return answer

    def _in_bursts(self, expected: Floats) -> Whole:
        """Counts with this mean. Bursts, and the retries that nobody can tell apart, come together in one tick."""
        if self.trouble.anonymous:
            apart = self.rng.poisson(expected * (1 - self.trouble.anonymous))
            return apart + self._geometric(self.rng.poisson(expected * self.trouble.anonymous / 3.0), 3.0)
        if self.trouble.burst > 1:
            return self._geometric(self.rng.poisson(expected / self.trouble.burst), self.trouble.burst)
        return self.rng.poisson(expected)

    def _geometric(self, bursts: Whole, mean: float) -> Whole:
        """Members of so many bursts of geometric size: the bursts themselves and a negative binomial of further ones."""
        further = self.rng.negative_binomial(np.maximum(bursts, 1), 1 / mean)
        return bursts + np.where(bursts > 0, further, 0)

    def _after_delays(self, born: Tick) -> Tick:
        if not (self.trouble.skew_seconds or self.trouble.late or self.trouble.retried):
            return born
        if self.trouble.retried:
            self._coming[1] = Tick(self._coming[1].units + born.hits[0], self._coming[1].hits)
        if self.trouble.skew_seconds:
            born = self._hold(born, self._carried(born), 1)
        if self.trouble.late:
            born = self._hold(born, self._whole_batches(born), len(self._coming) - 1)
        now = self._coming.pop(0)
        self._coming.append(Tick(np.zeros_like(now.units), np.zeros_like(now.hits)))
        return Tick(born.units + now.units, born.hits + now.hits)

    def _hold(self, born: Tick, held: Tick, ticks: int) -> Tick:
        then = self._coming[ticks]
        self._coming[ticks] = Tick(then.units + held.units, then.hits + held.hits)
        return Tick(born.units - held.units, born.hits - held.hits)

    def _carried(self, born: Tick) -> Tick:
        """The canary's events of the last moments of the tick, which its clock dates into the next one."""
        hits, rest = np.zeros_like(born.hits), np.zeros_like(born.units)
        hits[..., CANARY] = self.rng.binomial(born.hits[..., CANARY], self._skew)
        rest[..., CANARY] = self.rng.binomial((born.units - born.hits.sum(axis=0))[..., CANARY], self._skew)
        return Tick(rest + hits.sum(axis=0), hits)

    def _whole_batches(self, born: Tick) -> Tick:
        """A batch is what one arm of one region sends in a tick; it is late as a whole."""
        late = self.rng.random(born.units.shape) < self.trouble.late
        return Tick(born.units * late, born.hits * late)

    def _after_gaps(self, tick: Tick, began: float) -> Tick:
        inside = (self._gaps[..., 0] <= began) & (began < self._gaps[..., 1])
        lost = [(inside & np.isin(self._gap_arms, (arm, 2))).any(axis=1) for arm in (CANARY, CONTROL)]
        seen = ~np.stack(lost, axis=-1)[:, None, :]
        return Tick(tick.units * seen, tick.hits * seen)


def stage_share(at: float) -> float:
    """The configured share at this second of the launch; nobody has the new variant before it."""
    if at < 0:
        return 0.0
    return STAGES[min(int(at // (_DAY / len(STAGES))), len(STAGES) - 1)]


def stage_began(at: float) -> float:
    """When the stage began that holds at this second."""
    return min(at // (_DAY / len(STAGES)), len(STAGES) - 1) * (_DAY / len(STAGES))
