"""What the guards of a made world are fed with: hits and units of either arm, step by step, drawn when somebody asks.

Each feed has a stream of chance of its own, so what one guard asks never changes what another one sees. Positions are
numbers of steps; what was drawn for a step is kept, and asked again it is the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from statistics import NormalDist
from zlib import crc32

import numpy as np

from tminus.errors import SourceError
from tminus.guards import Counts
from tminus.plan.model import Metric, MetricKind
from tminus.ports import EVERYWHERE, Feed, Seen
from tminus.rehearsal.drawing import (
    REQUESTS_A_USER,
    SPREAD,
    Array,
    Did,
    Draw,
    Groups,
    Happened,
    Slow,
    Split,
    Step,
    users,
)
from tminus.rehearsal.incidents import part_way
from tminus.rehearsal.world import Arrivals

_LEAST_SAMPLES = 1000  # behind frozen levels
_COUNTED = (MetricKind.COUNT, MetricKind.RATE, MetricKind.UNIQUE)


class Feeder:
    """An `ArmSource` over the steps of a made world. `usual` is each metric's value while all is well, in base units;
    `ratios` the requests that are drawn already; `windows` the seconds that a count without `per` is counted over."""

    def __init__(
        self,
        seed: int,
        metrics: Mapping[str, Metric],
        usual: Mapping[str, float],
        ratios: Mapping[str, Arrivals],
        countries: Sequence[str],
        windows: Mapping[str, float],
        rate: float,
    ) -> None:
        self._seed, self._metrics, self._usual, self._ratios = seed, metrics, usual, ratios
        self._names = {id(metric): name for name, metric in metrics.items()}
        self._countries, self._windows, self._rate = tuple(countries), windows, rate
        self._steps: list[Step] = []
        self._tallies: dict[tuple[object, ...], _Tally] = {}
        self._crowds = _Crowds(self._steps, np.random.default_rng(seed + crc32(b"users")))

    def note(self, step: Step) -> None:
        """One more step has happened."""
        self._steps.append(step)

    def arms(self, feed: Feed, after: int | None) -> tuple[int, dict[str, tuple[Counts, ...]]]:
        """As an `ArmSource`. Raises `SourceError` for a metric that cannot be counted by variant."""
        name, newest = self._names[id(feed.metric)], len(self._steps)
        if feed.metric.kind is MetricKind.DISTRIBUTION and not feed.levels:
            raise SourceError(f"nothing says above which level an answer of {name} is slow")
        if after is None:
            return newest, {EVERYWHERE: (Counts(0, 0, 0, 0),) * max(len(feed.levels), 1)}
        begin, end = min(after, newest), max(min(after, newest), self._ripe(feed.metric))
        within = feed.exposure.countries
        if name in self._ratios and within is None and not feed.places:
            return end, {EVERYWHERE: (self._ratios[name].between(begin, end, feed.metric.good is not None),)}
        tally = self._tally(name, feed)
        return end, {
            place: tally.counts(begin, end, tally.inside(within if within is None else frozenset(within), found))
            for place, found in ((EVERYWHERE, None), *feed.places.items())
        }

    def levels(self, feed: Feed, quantiles: Sequence[float], window: float, now: float) -> tuple[float, ...]:
        """The control's quantiles, as they are while all is well; empty after too few requests."""
        recent = [one for one in self._steps if one.ends > now - window]
        if sum(min(one.lasts, window) * one.rate * (1 - one.crowd.share) for one in recent) < _LEAST_SAMPLES:
            return ()
        usual = self._usual[self._names[id(feed.metric)]]
        return tuple(usual * exp(SPREAD * NormalDist().inv_cdf(one)) for one in quantiles) if usual > 0 else ()

    def seen(self, feed: Feed, after: int | None) -> tuple[int, Seen]:
        """As an `ArmSource`: everybody meets one arm only."""
        newest, name = len(self._steps), f"seen:{self._names[id(feed.metric)]}"
        if after is None:
            return newest, Seen()
        within = feed.exposure.countries
        if within is None:
            return newest, self._crowds.between(min(after, newest), newest)
        tally = self._made(name, ("seen", name), users, 1, by_country=True)
        (found,) = tally.counts(min(after, newest), newest, tally.inside(within, None))
        return newest, Seen(found.canary_units, found.control_units)

    def _ripe(self, metric: Metric) -> int:
        """How many steps are far enough back for what their users had time to do."""
        if metric.kind is not MetricKind.SHARE or not metric.within or not self._steps:
            return len(self._steps)
        newest = self._steps[-1].ends - metric.within.seconds
        return sum(1 for one in self._steps if one.ends <= newest)

    def _tally(self, name: str, feed: Feed) -> _Tally:
        by_country = feed.exposure.countries is not None or bool(feed.places)
        traffic = self._names.get(id(feed.traffic), "")
        draw = self._drawing(name, feed.metric, feed.levels, traffic)
        key = (name, feed.levels, traffic, by_country)
        return self._made(name, key, draw, max(len(feed.levels), 1), by_country)

    def _made(self, name: str, key: tuple[object, ...], draw: Draw, rungs: int, by_country: bool) -> _Tally:
        known = self._tallies.get(key)
        if known is None:
            random = np.random.default_rng(self._seed + crc32(repr(key).encode()))
            countries = self._countries if by_country else ()
            usual = self._usual.get(name, 0.0)
            known = self._tallies[key] = _Tally(self._steps, name, usual, countries, rungs, draw, random)
        return known

    def _drawing(self, name: str, metric: Metric, levels: Sequence[float], traffic: str) -> Draw:
        usual = self._usual[name]
        match metric.kind:
            case MetricKind.RATIO if name in self._ratios:
                return Split(self._ratios[name], usual, metric.good is not None)
            case MetricKind.DISTRIBUTION:
                return Slow(usual, tuple(levels))
            case MetricKind.SHARE:
                return Did(usual)
            case kind if kind in _COUNTED:
                seconds = 1.0 if kind is MetricKind.RATE else self._windows.get(name, 60.0)
                return Happened(usual, 1 / seconds / self._rate if self._rate else 0.0, self._ratios.get(traffic))
        raise SourceError(f"{name} is not counted by variant", retryable=False)


class _Crowds:
    """The users of all places together, met for the first time: running sums of (canary, control) by step."""

    def __init__(self, steps: Sequence[Step], random: np.random.Generator) -> None:
        self._steps, self._random = steps, random
        self._sums = [(0, 0)]

    def between(self, begin: int, end: int) -> Seen:
        """Who came in these steps."""
        poisson = self._random.poisson
        for step in self._steps[len(self._sums) - 1 : end]:
            users, share, (canary, control) = step.requests / REQUESTS_A_USER, step.crowd.share, self._sums[-1]
            if share:
                canary, control = canary + poisson(users * share), control + poisson(users * (1 - share))
            self._sums.append((canary, control))
        now, then = self._sums[end], self._sums[begin]
        return Seen(now[0] - then[0], now[1] - then[1])


class _Tally:
    """The running sums of one feed: for each step an array (places, rungs, 4)."""

    def __init__(
        self,
        steps: Sequence[Step],
        metric: str,
        usual: float,
        countries: Sequence[str],
        rungs: int,
        draw: Draw,
        random: np.random.Generator,
    ) -> None:
        self._steps, self._metric, self._usual = steps, metric, usual
        self._countries, self._draw, self._random = countries, draw, random
        self._sums: list[Array] = [np.zeros((max(len(countries), 1), rungs, 4), dtype=np.int64)]

    def counts(self, begin: int, end: int, inside: Array) -> tuple[Counts, ...]:
        """What happened in these steps at these places, one for each rung."""
        for number in range(len(self._sums) - 1, end):
            self._sums.append(self._sums[-1] + self._drawn(number, self._steps[number]))
        found = (self._sums[end] - self._sums[begin])[inside].sum(axis=0)
        return tuple(Counts(*map(int, rung)) for rung in found)

    def inside(self, *limits: frozenset[str] | None) -> Array:
        """Which places are in all of these groups of countries; None is everywhere."""
        named = self._countries or ("",)
        return np.array([all(limit is None or one in limit for limit in limits) for one in named])

    def _drawn(self, number: int, step: Step) -> Array | int:
        if not step.crowd.share:
            return 0  # nobody has the new version: what happens now is of no rollout
        regression, part = step.wrong.get(self._metric, (None, 0.0))
        worse = part_way(self._usual, regression.to, part) if regression else self._usual
        return self._draw(self._random, number, step, Groups.of(step, self._metric, self._countries), worse)
