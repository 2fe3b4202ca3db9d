"""A world made for one plan: every metric that the plan names has a value, and may be made to go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from zlib import crc32

from tminus.core.assessment import Measurement
from tminus.core.state import State
from tminus.guards import Counts
from tminus.plan.checks_metrics import dimension_of
from tminus.plan.criterion import Arm
from tminus.plan.model import Metric, MetricKind, Plan
from tminus.plan.quantity import Dimension
from tminus.ports import Exposure, Question
from tminus.rehearsal.healthy import healthy
from tminus.rehearsal.world import World

_NOISE = 0.02  # how far a value wanders from its usual one, as a part of it
_ASKED = 10_000  # people behind a share, as a survey of that size would count them


@dataclass(frozen=True, slots=True)
class Regression:
    """What goes wrong: from `after` seconds into `stage` on, for `lasts` seconds, the metric reads `to`.

    `to` is in base units. Only those who have the new variant feel it, unless `everybody` does.
    """

    metric: str
    to: float
    stage: str
    after: float = 0.0
    lasts: float = inf
    everybody: bool = False


@dataclass
class PlanWorld:
    """`rate` requests a second; every metric at the value of `usual`, else at a healthy one. Replays from `seed`.

    Ratios are drawn request by request, as `World` does; other values wander a little around their usual one.
    """

    plan: Plan
    seed: int = 1
    rate: float = 100.0
    usual: Mapping[str, float] = field(default_factory=dict)
    regressions: tuple[Regression, ...] = ()

    def __post_init__(self) -> None:
        self._values = {**healthy(self.plan), **self.usual}
        self._names = {id(metric): name for name, metric in self.plan.metrics.items()}
        self._streams = {
            name: World(
                self.seed + crc32(name.encode()), rate=self.rate, error_rate=self._bad(name, self._values[name])
            )
            for name, metric in self.plan.metrics.items()
            if metric.kind is MetricKind.RATIO
        }
        self._wrong: dict[str, Regression] = {}
        self.asked: set[str] = set()  # the metrics that somebody has measured

    @property
    def hurt(self) -> int:
        """Failed requests of the canary, by the metric with the most of them."""
        return max((stream.hurt for stream in self._streams.values()), default=0)

    def advance(self, state: State, now: float, tick: float) -> None:
        """Let one tick happen: what goes wrong now goes wrong, and requests arrive under the shares that hold."""
        self._wrong = {one.metric: one for one in self.regressions if _strikes(one, state, now)}
        for name, stream in self._streams.items():
            wrong = self._wrong.get(name)
            usual = self._bad(name, self._values[name])
            failing = usual if wrong is None else self._bad(name, wrong.to)
            stream.error_rate = failing if wrong is not None and wrong.everybody else usual
            stream.failing = failing
            stream.advance(state, now, tick)

    def arms(self, metric: Metric, exposure: Exposure, after: int | None) -> tuple[int, Counts]:
        """What the guards count."""
        return self._streams[self._names[id(metric)]].arms(metric, exposure, after)

    def measure(self, question: Question, now: float) -> Measurement:
        """What a source would answer at `now`."""
        name = self._names[id(question.metric)]
        self.asked.add(name)
        if name in self._streams:
            return self._streams[name].measure(question, now)
        wrong = self._wrong.get(name)
        value = self._values[name]
        if wrong is not None and (wrong.everybody or question.arm is not Arm.CONTROL):
            value = wrong.to
        value += _NOISE * self._room(name, value) * _wander(self.seed, name, now)
        if question.metric.kind is MetricKind.SHARE:
            hits = round(min(max(value, 0.0), 1.0) * _ASKED)
            return Measurement(hits / _ASKED, hits=hits, total=_ASKED, newest=now, source="rehearsal")
        return Measurement(value, newest=now, source="rehearsal")

    def _room(self, name: str, value: float) -> float:
        """What noise is a part of: the value, and of a share near 100 % what is missing."""
        whole = dimension_of(self.plan.metrics[name]) is Dimension.RATIO
        return min(value, 1 - value) if whole and 0 <= value <= 1 else value

    def _bad(self, name: str, value: float) -> float:
        return 1 - value if self.plan.metrics[name].good is not None else value


def _strikes(one: Regression, state: State, now: float) -> bool:
    """Whether a regression holds now: in its stage, so long after its start, and while somebody has the variant."""
    if state.stage != one.stage or not (one.everybody or state.exposes(state.stage_flag)):
        return False
    return one.after <= now - state.stage_started_at < one.after + one.lasts


def _wander(seed: int, name: str, now: float) -> float:
    """Between -1 and 1, another value every minute, the same one in every replay."""
    return crc32(f"{seed}:{name}:{int(now // 60)}".encode()) / 2**31 - 1
