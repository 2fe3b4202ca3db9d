"""Drawing what happens to the users of one step: requests, slow answers, what users do, events without a denominator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import erfc, log, sqrt
from typing import Any

import numpy as np

from tminus.rehearsal.incidents import Regression
from tminus.rehearsal.places import Crowd
from tminus.rehearsal.world import Arrivals

SPREAD = 0.5  # of the logarithm of what takes time: the p95 is 2.3 times the median
REQUESTS_A_USER = 20.0  # a new user comes with so many requests
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """What happened between two looks: `rate` requests a second until `ends` (Unix seconds), under one set of shares.
    `wrong` holds what went wrong by metric, and how far it had got (0 to 1)."""

    ends: float
    lasts: float
    rate: float
    crowd: Crowd
    wrong: Mapping[str, tuple[Regression, float]]

    @property
    def requests(self) -> float:
        """How many are expected."""
        return self.rate * self.lasts


@dataclass(frozen=True, slots=True)
class Groups:
    """The users of a step by place: `canary` and `control` are parts of all users, `struck` of each place's canary and
    control what a regression strikes. Without places everybody is in one."""

    canary: Array
    control: Array
    struck: tuple[Array, Array]

    @classmethod
    def of(cls, step: Step, metric: str, countries: Sequence[str]) -> Groups:
        """The users of a step, as a metric's regression strikes them; `countries` empty for everybody in one place."""
        regression, _ = step.wrong.get(metric, (None, 0.0))
        if countries:
            parts = [step.crowd.parts[country] for country in countries]
            canary = np.array([part * share for part, share in parts])
            control = np.array([part * (1 - share) for part, share in parts])
            region = regression.region if regression else ""
            here = [not region or one in step.crowd.countries[region] for one in countries]
            hit = np.array(here, float), np.array(here, float)
        else:
            canary, control = np.array([step.crowd.share]), np.array([1 - step.crowd.share])
            within = step.crowd.within(regression.region if regression else "")
            hit = np.array([within[0]]), np.array([within[1]])
        if regression is None:
            return cls(canary, control, (0 * canary, 0 * control))
        return cls(canary, control, (hit[0], hit[1] if regression.everybody else 0 * control))


# (random, number of the step, step, who is where, what the metric reads where something strikes) ->
# an array (places, rungs, 4) of control units, control hits, canary units, canary hits
Draw = Callable[[np.random.Generator, int, Step, Groups, float], Array]


def _mixed(usual: Array | float, worse: Array | float, groups: Groups) -> tuple[Array, Array]:
    """What the canary and the control of each place read in the mean, along the last axis."""
    canary, control = groups.struck
    return usual + (worse - usual) * canary, usual + (worse - usual) * control


def _arrived(random: np.random.Generator, expected: float, groups: Groups) -> tuple[Array, Array]:
    return random.poisson(expected * groups.canary), random.poisson(expected * groups.control)


def _laid_out(control: Array, control_hits: Array, canary: Array, canary_hits: Array) -> Array:
    """Arrays (places,), of hits also (rungs, places), as one of (places, rungs, 4)."""
    found = np.stack(np.broadcast_arrays(control, control_hits, canary, canary_hits), axis=-1)
    return found.reshape(-1, control.size, 4).swapaxes(0, 1)


def users(random: np.random.Generator, number: int, step: Step, groups: Groups, worse: float) -> Array:
    """New users of either arm, of whom nothing but their number is asked."""
    canary, control = _arrived(random, step.requests / REQUESTS_A_USER, groups)
    return _laid_out(control, 0 * control, canary, 0 * canary)


@dataclass(frozen=True)
class Split:
    """The requests that are drawn already, by place."""

    arrivals: Arrivals
    usual: float
    good: bool

    def __call__(self, random: np.random.Generator, number: int, step: Step, groups: Groups, worse: float) -> Array:
        """The good and the bad ones fall on the places by how many of either are expected there."""
        usual, worse = (1 - self.usual, 1 - worse) if self.good else (self.usual, worse)
        failing, control_failing = _mixed(usual, worse, groups)
        canary, bad, control, control_bad = self.arrivals.step(number)
        bads = _among(random, bad, groups.canary * failing)
        units = bads + _among(random, canary - bad, groups.canary * (1 - failing))
        control_bads = _among(random, control_bad, groups.control * control_failing)
        control_units = control_bads + _among(random, control - control_bad, groups.control * (1 - control_failing))
        if self.good:
            bads, control_bads = units - bads, control_units - control_bads
        return _laid_out(control_units, control_bads, units, bads)


@dataclass(frozen=True)
class Slow:
    """Requests whose times are lognormal around the metric's value; a hit of a rung is one above its level."""

    usual: float
    levels: tuple[float, ...]

    def __call__(self, random: np.random.Generator, number: int, step: Step, groups: Groups, worse: float) -> Array:
        """Whoever is above a level is above all lower ones: each rung is a part of the one before."""
        canary, control = _arrived(random, step.requests, groups)
        above, control_above, rungs = canary, control, []
        before = np.ones(canary.size), np.ones(control.size)
        for level in self.levels:
            chance = _mixed(_above(level, self.usual), _above(level, worse), groups)
            above = random.binomial(above, _part(chance[0], before[0]))
            control_above = random.binomial(control_above, _part(chance[1], before[1]))
            rungs.append((control_above, above))
            before = chance
        return _laid_out(control, np.array([one for one, _ in rungs]), canary, np.array([one for _, one in rungs]))


@dataclass(frozen=True)
class Did:
    """New users, of whom a part does what the metric is about."""

    usual: float

    def __call__(self, random: np.random.Generator, number: int, step: Step, groups: Groups, worse: float) -> Array:
        """Each user once."""
        canary, control = _arrived(random, step.requests / REQUESTS_A_USER, groups)
        did, control_did = (random.binomial(units, np.clip(chance, 0, 1)) for units, chance in
                            zip((canary, control), _mixed(self.usual, worse, groups), strict=True))  # fmt: skip
        return _laid_out(control, control_did, canary, did)


@dataclass(frozen=True)
class Happened:
    """Events without a denominator: so many a request while the metric reads 1, against the requests of its traffic."""

    usual: float
    a_request: float
    traffic: Arrivals | None

    def __call__(self, random: np.random.Generator, number: int, step: Step, groups: Groups, worse: float) -> Array:
        """There may be more of them than requests."""
        if self.traffic is None:
            canary, control = _arrived(random, step.requests, groups)
        else:
            total, _, control_total, _ = self.traffic.step(number)
            canary, control = _among(random, total, groups.canary), _among(random, control_total, groups.control)
        more, control_more = _mixed(self.usual, worse, groups)
        a_value = self.a_request * step.requests
        hits = random.poisson(np.maximum(a_value * more * groups.canary, 0.0))
        control_hits = random.poisson(np.maximum(a_value * control_more * groups.control, 0.0))
        return _laid_out(control, control_hits, canary, hits)


def _part(chance: Array, before: Array) -> Array:
    """How likely it is to be above a level for who is above the one before; levels may come in any order."""
    return np.minimum(np.divide(chance, before, out=np.zeros_like(before), where=before > 0), 1.0)


def _among(random: np.random.Generator, total: int, weights: Array) -> Array:
    """So many, each at a place by chance."""
    whole = weights.sum()
    if not total or whole <= 0:
        return np.zeros(weights.size, dtype=np.int64)
    return random.multinomial(total, weights / whole)


def _above(level: float, median: float) -> float:
    """The chance that an answer takes longer than `level`."""
    if median <= 0 or level <= 0:
        return 0.0 if median <= 0 else 1.0
    return 0.5 * erfc(log(level / median) / (SPREAD * sqrt(2)))
