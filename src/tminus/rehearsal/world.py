"""A synthetic world: users whose requests arrive and fail by chance, measured as a real source would measure them.

`World` is for even ticks and one ratio; `Arrivals` for steps of any length, one ratio each.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from tminus.core.assessment import Measurement
from tminus.core.state import State
from tminus.guards import Counts
from tminus.plan.criterion import Arm
from tminus.plan.model import MetricKind
from tminus.ports import EVERYWHERE, Feed, ForwardArmSource, Question

COHORT_SHARE = 0.005  # of the traffic, where a stage lets cohorts in and nobody else
_BLOCK = 512  # ticks drawn at a time while nothing changes


@dataclass
class World(ForwardArmSource):
    """Requests at `rate` per second; control fails at `error_rate`, the canary at `canary_error_rate(seconds exposed)`.

    `values` gives other metrics' values in base units by selector name; what is not named cannot be measured. Draws
    depend on `seed` and on the shares over time only, so that a rehearsal replays exactly.
    """

    seed: int
    rate: float = 100.0
    error_rate: float = 0.001
    canary_error_rate: Callable[[float], float] | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    silent: Callable[[float], bool] = lambda now: False  # True while the source hears nothing

    def __post_init__(self) -> None:
        self._random = np.random.default_rng(self.seed)
        self._times: list[float] = []
        # Running sums per tick: canary requests, canary errors, control requests, control errors.
        self._sums: list[tuple[int, int, int, int]] = [(0, 0, 0, 0)]
        self._block: np.ndarray | None = None
        self._block_at = 0
        self._block_key: tuple[float, ...] = ()
        self.exposed_since: float | None = None
        self.hurt = 0  # failed requests of the canary
        self.failing: float | None = None  # the canary's rate, where somebody sets it tick by tick

    def advance(self, state: State, now: float, tick: float) -> None:
        """Let one tick of requests happen under the shares that hold now."""
        share = max((state.share_of(flag) for flag in state.flags), default=0.0)
        if share == 0 and state.exposing:
            share = COHORT_SHARE
        self.exposed_since = (self.exposed_since or now) if share > 0 else None
        exposed = now - self.exposed_since if self.exposed_since is not None else 0.0
        failing = self.failing
        if failing is None:
            failing = self.canary_error_rate(exposed) if self.canary_error_rate else self.error_rate
        canary, bad_canary, control, bad_control = self._draw(share, failing, tick)
        self.hurt += bad_canary
        self._times.append(now)
        before = self._sums[-1]
        if self.silent(now):
            self._sums.append(before)
            return
        self._sums.append((before[0] + canary, before[1] + bad_canary, before[2] + control, before[3] + bad_control))

    def _draw(self, share: float, failing: float, tick: float) -> tuple[int, int, int, int]:
        key = (share, failing, self.error_rate, tick)
        if key != self._block_key or self._block is None or self._block_at == _BLOCK:
            canary, control = self.rate * share * tick, self.rate * (1 - share) * tick
            means = np.array([[canary * (1 - failing)], [canary * failing]])
            means = np.vstack([means, [[control * (1 - self.error_rate)], [control * self.error_rate]]])
            self._block = self._random.poisson(means, (4, _BLOCK))
            self._block_key, self._block_at = key, 0
        good, bad, control_good, control_bad = self._block[:, self._block_at].tolist()
        self._block_at += 1
        return good + bad, bad, control_good + control_bad, control_bad

    def arms(self, feed: Feed, after: int | None) -> tuple[int, dict[str, tuple[Counts, ...]]]:
        """Everything since position `after`, which here is a number of ticks."""
        position = len(self._sums) - 1
        now, then = self._sums[position], self._sums[position if after is None else min(after, position)]
        counts = Counts(now[2] - then[2], now[3] - then[3], now[0] - then[0], now[1] - then[1])
        return position, {EVERYWHERE: (counts,)}

    def measure(self, question: Question, now: float) -> Measurement:
        """What a source would answer at `now`."""
        metric = question.metric
        if metric.kind is MetricKind.RATIO:
            return _ratio(question, self._sums[self._index(now - question.window)], self._sums[-1], self._times)
        selector = metric.histogram or metric.count or metric.gauge or metric.unique or metric.sum or metric.of
        value = self.values.get(selector.name if selector else metric.query or "")
        if value is None:
            return Measurement(None, source="rehearsal", error="the rehearsed world does not have this metric")
        if metric.kind is MetricKind.SHARE:
            return Measurement(value, hits=round(value * 10_000), total=10_000, newest=now, source="rehearsal")
        return Measurement(value, newest=now, source="rehearsal")

    def _index(self, since: float) -> int:
        """Where the sums stood at `since`; ticks are even, so this is arithmetic and at most a step or two of search."""
        times = self._times
        if not times or since < times[0]:
            return 0
        tick = (times[-1] - times[0]) / max(len(times) - 1, 1) or 1.0
        guess = min(max(int((since - times[0]) / tick) + 1, 0), len(times))
        while guess > 0 and times[guess - 1] > since:
            guess -= 1
        while guess < len(times) and times[guess] <= since:
            guess += 1
        return guess


Sums = tuple[int, int, int, int]  # canary requests, canary errors, control requests, control errors
_NONE: Sums = (0, 0, 0, 0)


class Arrivals:
    """The requests of one ratio, in running sums. A step may be of any length: its last minutes are drawn apart, one piece
    for each of `windows` (seconds), so that a short window within a long step holds as many requests as it would.
    """

    def __init__(self, seed: int, windows: Sequence[float] = ()) -> None:
        self._random = np.random.default_rng(seed)
        self._windows = sorted({window for window in windows if window > 0}, reverse=True)
        self._times: list[float] = []  # the end of each piece
        self._sums: list[Sums] = [_NONE]
        self._marks = [0]  # how many pieces there were after each step
        self.hurt = 0  # failed requests of the canary
        self.excess = 0.0  # those of them that the control would not have had

    def advance(
        self, now: float, step: float, rate: float, share: float, failing: float, usual: float, fair: float
    ) -> None:
        """Let the `step` seconds before `now` happen: `rate` requests a second, `share` of them the canary's, of which
        `failing` fail, and `usual` of the others; with the old version `fair` of the canary's would have failed."""
        if step <= 0:
            return
        ends = [now - window for window in self._windows if window < step]
        canary, control = rate * share, rate * (1 - share)
        means = (canary * (1 - failing), canary * failing, control * (1 - usual), control * usual)
        poisson, wasted = self._random.poisson, 1 - fair / failing if failing > fair else 0.0
        for begin, end in pairwise((now - step, *ends, now)):
            # One by one: for so few numbers an array costs several times as much as the draws.
            good, bad, control_good, control_bad = [poisson((end - begin) * mean) if mean else 0 for mean in means]
            before = self._sums[-1]
            self.hurt += bad
            self.excess += bad * wasted
            self._times.append(end)
            self._sums.append(
                (
                    before[0] + good + bad,
                    before[1] + bad,
                    before[2] + control_good + control_bad,
                    before[3] + control_bad,
                )
            )
        self._marks.append(len(self._times))

    def between(self, begin: int, end: int, good: bool = False) -> Counts:
        """The requests of some steps, numbered from 0, `end` not among them. Hits are failures, or with `good` successes."""
        now, then = self._sums[self._marks[end]], self._sums[self._marks[begin]]
        canary, bad, control, control_bad = now[0] - then[0], now[1] - then[1], now[2] - then[2], now[3] - then[3]
        if good:
            bad, control_bad = canary - bad, control - control_bad
        return Counts(control, control_bad, canary, bad)

    def step(self, number: int) -> Sums:
        """The requests of one step."""
        found = self.between(number, number + 1)
        return found.canary_units, found.canary_hits, found.control_units, found.control_hits

    def measure(self, question: Question, now: float) -> Measurement:
        """What a source would answer at `now`."""
        then = self._sums[bisect_right(self._times, now - question.window)]
        return _ratio(question, then, self._sums[-1], self._times)


def _ratio(question: Question, old: Sums, new: Sums, times: Sequence[float]) -> Measurement:
    total = bad = 0
    if question.arm is not Arm.CONTROL:
        total, bad = new[0] - old[0], new[1] - old[1]
    if question.arm is not Arm.CANARY:
        total, bad = total + new[2] - old[2], bad + new[3] - old[3]
    if not total:
        return Measurement(None, source="rehearsal", error="no data in the window")
    hits = total - bad if question.metric.good is not None else bad
    return Measurement(hits / total, hits=hits, total=total, newest=times[-1], source="rehearsal")
