"""A world made for one plan: every metric that the plan names has a value, and may be made to go wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, nan
from typing import TypeVar
from zlib import crc32

from tminus.core.assessment import Measurement
from tminus.core.state import State
from tminus.engine.watch import DEFAULT_WINDOW
from tminus.errors import SourceError
from tminus.guards import Counts, GuardSettings
from tminus.metrics.patient import PATIENCE_SECONDS
from tminus.plan.checks_metrics import dimension_of
from tminus.plan.criterion import Arm, Criterion
from tminus.plan.model import Metric, MetricKind, Plan
from tminus.plan.naming import all_tasks
from tminus.plan.quantity import Dimension
from tminus.ports import Feed, Question, Seen
from tminus.rehearsal.drawing import Step
from tminus.rehearsal.feeding import Feeder
from tminus.rehearsal.healthy import healthy
from tminus.rehearsal.incidents import Outage, Regression, part_way
from tminus.rehearsal.moments import Beginnings, Moment
from tminus.rehearsal.places import Population
from tminus.rehearsal.traffic import Traffic
from tminus.rehearsal.world import Arrivals

_NOISE = 0.02  # how far a value wanders from its usual one, as a part of it
_ASKED = 10_000  # people behind a share, as a survey of that size would count them
_COUNTED = (MetricKind.SHARE, MetricKind.RATIO)


_Incident = TypeVar("_Incident", Regression, Outage, Regression | Outage)


@dataclass
class PlanWorld:
    """`rate` requests a second; every metric at the value of `usual`, else at a healthy one. Replays from `seed`.

    Ratios are drawn request by request, each from a stream of its own; other values wander a little around their usual
    one. `traffic` takes the place of `rate` where it goes up and down.
    """

    plan: Plan
    seed: int = 1
    rate: float = 100.0
    usual: Mapping[str, float] = field(default_factory=dict)
    regressions: tuple[Regression, ...] = ()
    outages: tuple[Outage, ...] = ()
    crashes: tuple[Moment, ...] = ()
    traffic: Traffic | None = None
    population: Population | None = None

    def __post_init__(self) -> None:
        self._traffic = self.traffic or Traffic(self.rate)
        self._people = self.population or Population.of(self.plan)
        whole = self.usual.keys() >= self.plan.metrics.keys()
        self._values = dict(self.usual) if whole else {**healthy(self.plan), **self.usual}
        self._names = {id(metric): name for name, metric in self.plan.metrics.items()}
        self._rooms = {name: _NOISE * _room(metric, self._values[name]) for name, metric in self.plan.metrics.items()}
        self._fair = {name: self._bad(name, value) for name, value in self._values.items()}
        self._crcs = {name: crc32(f"{self.seed}:{name}:".encode()) for name in self.plan.metrics}
        windows = _windows(self.plan)
        self._streams = {
            name: Arrivals(self.seed + crc32(name.encode()), tuple(windows[name]))
            for name, metric in self.plan.metrics.items()
            if metric.kind is MetricKind.RATIO and name in windows
        }
        spans = {name: max(found, default=DEFAULT_WINDOW) for name, found in windows.items()}
        self._feeder = Feeder(
            self.seed, self.plan.metrics, self._values, self._streams, tuple(self._people.weights), spans,
            self._traffic.rate,
        )  # fmt: skip
        self._lead = GuardSettings().restart_seconds * crc32(f"{self.seed}:lead".encode()) / 2**32
        self._since = Beginnings()
        self._incidents: tuple[Regression | Outage, ...] = (*self.regressions, *self.outages)
        self._minute = (nan, b"")
        self._wrong: dict[str, tuple[Regression, float]] = {}
        self._down: dict[str, tuple[Outage, float]] = {}
        self._last: dict[tuple[object, ...], Measurement] = {}
        self.touched = 0.0  # requests of the canary while anything of the release was wrong
        self.asked: set[str] = set()  # the metrics that somebody has measured

    @property
    def hurt(self) -> int:
        """Failed requests of the canary, by the metric with the most of them."""
        return max((stream.hurt for stream in self._streams.values()), default=0)

    @property
    def excess(self) -> float:
        """Failed requests of the canary that the old version would not have had."""
        return max((stream.excess for stream in self._streams.values()), default=0.0)

    def advance(self, state: State, now: float, tick: float) -> None:
        """Let the `tick` seconds before `now` happen: what goes wrong then goes wrong, under the shares that hold."""
        self._since.note(state)
        rate, crowd = self._traffic.mean(now - tick, now), self._people.crowd(state)
        meanwhile = dict(self._striking(state, now - tick / 2))
        if any(not one.everybody for one, _ in meanwhile.values()):
            self.touched += rate * crowd.share * tick
        for name, stream in self._streams.items():
            fair = usual = failing = self._fair[name]
            if name in meanwhile:
                regression, part = meanwhile[name]
                worse = self._bad(name, part_way(self._values[name], regression.to, part))
                canary, control = crowd.within(regression.region)
                failing = usual + (worse - usual) * canary
                if regression.everybody:
                    fair, usual = failing, usual + (worse - usual) * control
            stream.advance(now, tick, rate, crowd.share, failing, usual, fair)
        if tick > 0:
            self._feeder.note(Step(now, tick, rate, crowd, meanwhile))
        self._wrong = dict(self._striking(state, now))
        self._crowd = crowd
        self._down = {one.source: (one, begun) for one, begun in self._begun(self.outages) if now < begun + one.lasts
                      and begun <= now}  # fmt: skip

    def changes_after(self, state: State, now: float) -> float:
        """The next moment at which something begins or ends to go wrong, in Unix seconds; infinite where none is known."""
        self._since.note(state)
        if not self._incidents and not self.crashes:
            return inf
        times = [time for one, begun in self._begun(self._incidents) for time in (begun, begun + one.lasts)]
        # A guard begins to bet anew at a look. If the last look before it all goes wrong were the moment itself, every fault
        # would meet a fresh bet; in a launch that is watched all the time it meets one that is minutes old.
        times += [begun - self._lead for _, begun in self._begun(self.regressions)]
        times += [time for time in map(self._since.at, self.crashes) if time is not None]
        return min((time for time in times if time > now), default=inf)

    def crashed(self, since: float, now: float) -> bool:
        """Whether T-minus was killed after `since`, and by `now`."""
        return any(time is not None and since < time <= now for time in map(self._since.at, self.crashes))

    @property
    def wrong_since(self) -> float | None:
        """When the release first began to be bad, in Unix seconds; None while it has not."""
        return min((at for one, at in self._begun(self.regressions) if not one.everybody), default=None)

    def disturbed_since(self, now: float) -> float | None:
        """When the newest of what goes wrong now began; None while all is well."""
        begun = [at for one, at in self._begun(self._incidents) if at <= now < at + one.lasts]
        return max(begun, default=None)

    def arms(self, feed: Feed, after: int | None) -> tuple[int, dict[str, tuple[Counts, ...]]]:
        """What the guards count. Raises `SourceError` while the source is down."""
        self._require_up(feed.metric)
        return self._feeder.arms(feed, after)

    def levels(self, feed: Feed, quantiles: Sequence[float], window: float, now: float) -> tuple[float, ...]:
        """The control's quantiles. Raises `SourceError` while the source is down."""
        self._require_up(feed.metric)
        return self._feeder.levels(feed, quantiles, window, now)

    def before(self, feed: Feed, minutes: int, now: float) -> list[Counts]:
        """Nothing: hits here come singly, so there is nothing to learn of bursts."""
        return []

    def seen(self, feed: Feed, after: int | None) -> tuple[int, Seen]:
        """Users who came. Raises `SourceError` while the source is down."""
        self._require_up(feed.metric)
        return self._feeder.seen(feed, after)

    def _require_up(self, metric: Metric) -> None:
        if metric.source in self._down:
            raise SourceError("the source does not answer")

    def measure(self, question: Question, now: float) -> Measurement:
        """What a source would answer at `now`."""
        name = self._names[id(question.metric)]
        self.asked.add(name)
        if not self.outages:
            return self._answer(name, question, now)
        key = (name, question.aggregate, question.arm)
        down = self._down.get(question.metric.source or "")
        if down is None:
            self._last[key] = found = self._answer(name, question, now)
            return found
        outage, begun = down
        if outage.hangs and now - begun <= PATIENCE_SECONDS and key in self._last:
            return self._last[key]
        why = "the source does not answer" if outage.hangs else "the source refuses the question"
        return Measurement(None, source="rehearsal", error=why)

    def _begun(self, incidents: Iterable[_Incident]) -> Iterator[tuple[_Incident, float]]:
        for one in incidents:
            begun = self._since.at(one.begins)
            if begun is not None:
                yield one, begun

    def _striking(self, state: State, now: float) -> Iterator[tuple[str, tuple[Regression, float]]]:
        """What goes wrong at `now`, and how far it has got, 0 to 1. A fault of the release strikes who has it."""
        for one, begun in self._begun(self.regressions):
            if begun <= now < begun + one.lasts and (one.everybody or state.exposes(state.stage_flag)):
                yield one.metric, (one, min((now - begun) / one.ramp, 1.0) if one.ramp else 1.0)

    def _answer(self, name: str, question: Question, now: float) -> Measurement:
        if name in self._streams:
            return self._streams[name].measure(question, now)
        value = self._values[name]
        wrong = self._wrong.get(name)
        if wrong is not None:
            value = self._worse(value, wrong, question.arm)
        value += self._rooms[name] * self._wander(name, now)
        if question.metric.kind in _COUNTED:
            hits = round(min(max(value, 0.0), 1.0) * _ASKED)
            return Measurement(hits / _ASKED, hits=hits, total=_ASKED, newest=now, source="rehearsal")
        return Measurement(value, newest=now, source="rehearsal")

    def _wander(self, name: str, now: float) -> float:
        """Between -1 and 1, another value every minute, the same one in every replay."""
        if now != self._minute[0]:
            self._minute = now, int(now // 60).to_bytes(8, "little")
        return crc32(self._minute[1], self._crcs[name]) / 2**31 - 1

    def _worse(self, value: float, wrong: tuple[Regression, float], arm: Arm) -> float:
        """What everybody, the canary or the control reads: the slowest part decides, not the mean of all."""
        regression, part = wrong
        if arm is Arm.CONTROL and not regression.everybody:
            return value
        canary, control = self._crowd.within(regression.region)
        touched = control if arm is Arm.CONTROL else max(canary, control if regression.everybody else 0.0)
        return part_way(value, regression.to, part) if touched > 0 else value

    def _bad(self, name: str, value: float) -> float:
        bad = 1 - value if self.plan.metrics[name].good is not None else value
        return min(max(bad, 0.0), 1.0)


def _room(metric: Metric, value: float) -> float:
    """What noise is a part of: the value, and of a share near 100 % what is missing."""
    whole = dimension_of(metric) is Dimension.RATIO
    return min(value, 1 - value) if whole and 0 <= value <= 1 else value


def judged(plan: Plan) -> Iterator[Criterion]:
    """Every criterion that moves a launch or tells people; the targets of KPIs do neither."""
    yield from plan.rollback.when
    yield from (alert.when for alert in plan.alerts)
    for phase in plan.phases:
        yield from phase.exit
        yield from (one for stage in (phase.rollout.stages if phase.rollout else ()) for one in stage.exit)
        yield from (one for task in all_tasks(phase.tasks) if task.proof for one in task.proof.holds)


def _windows(plan: Plan) -> dict[str, set[float]]:
    """metric -> the windows (seconds) that somebody looks at it through; guards look at every unit."""
    found: dict[str, set[float]] = {}
    for phase in plan.phases:
        for name in phase.rollout.guards if phase.rollout else ():
            found.setdefault(name, set())
    for criterion in judged(plan):
        metric = plan.metrics[criterion.metric]
        span = criterion.window or metric.window
        found.setdefault(criterion.metric, set()).add(span.seconds if span else DEFAULT_WINDOW)
    return found
