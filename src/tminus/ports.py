"""The protocols between the engine and the world. One adapter a technology stands behind each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from tminus.core.assessment import Measurement
from tminus.core.contest import Outcomes
from tminus.core.events import Event, Recorded
from tminus.guards import Counts
from tminus.plan.criterion import Arm
from tminus.plan.model import Metric
from tminus.plan.selector import Selector


class Clock(Protocol):
    """The one owner of time. The engine never asks anybody else."""

    def now(self) -> float:
        """Unix seconds, UTC."""
        ...


class EventLog(Protocol):
    """Where launches are kept: append-only, hash-chained, one writer wins."""

    def append(self, launch: str, after: int, events: Sequence[Event], *, actor: str, at: float) -> list[Recorded]:
        """Record `events` as numbers after+1 ... in one transaction.

        Raises `Conflict` when somebody else has recorded number after+1 already, `StoreError` when nothing can be written.
        """
        ...

    def read(self, launch: str, after: int = 0, limit: int | None = None) -> list[Recorded]:
        """The events after this number, in order; empty for a launch that does not exist."""
        ...

    def head(self, launch: str) -> int:
        """The newest number, 0 for a launch that does not exist. Cheap: asked several times a second."""
        ...

    def launches(self) -> list[Recorded]:
        """The first event (`LaunchStarted`) of every launch, newest launch first."""
        ...

    def verify(self, launch: str) -> int:
        """Check the whole hash chain; the number of events. Raises `StoreError` naming the first event that is wrong."""
        ...


@dataclass(frozen=True, slots=True)
class Exposure:
    """How arms are told apart in telemetry: the flag, the variant it brings, and all its other variants."""

    flag: str
    canary: str
    control: tuple[str, ...]
    since: float = 0.0  # when this attempt's rollout began: what users met before belongs to another release
    countries: frozenset[str] | None = None  # where the canary is at all: who is elsewhere is no control of it

    def variants(self, arm: Arm) -> tuple[str, ...]:
        """The variants that an arm other than all is made of."""
        return (self.canary,) if arm is Arm.CANARY else self.control


class Question(msgspec.Struct, frozen=True):
    """What is to be measured: this metric, this aggregate, this arm, over the window (end - window, end].

    `topic` is the same for all questions of which an answer to one will do for the next: while a rollout is younger than
    a criterion's window, the window grows with every question.
    """

    metric: Metric
    aggregate: str | None
    arm: Arm
    window: float
    exposure: Exposure | None = None  # needed for an arm other than all
    topic: str = ""


class MetricSource(Protocol):
    """Answers questions about metrics. What cannot be measured is a `Measurement` with an error, never an exception."""

    def measure(self, question: Question, now: float) -> Measurement:
        """The value of a metric. Must return within a second or so: a slow technology answers from its last refresh."""
        ...


EVERYWHERE = ""  # the name of the counts of all places together


@dataclass(frozen=True, slots=True)
class Feed:
    """What a guard is to be fed with: the hits of this metric, and the units among which they happen.

    A ratio gives its own units. Where the metric has none (tickets, payments that come or do not), `traffic` is the ratio
    whose units say how much either arm was used. A distribution needs `levels`, in base units: a unit that is above one is
    a hit of that rung. `places` names groups of countries that are counted each for itself as well.
    """

    metric: Metric
    exposure: Exposure
    levels: tuple[float, ...] = ()
    traffic: Metric | None = None
    places: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """Users met for the first time: in the canary, in the control; and those who have now been met in both."""

    canary: int = 0
    control: int = 0
    both: int = 0


@dataclass(frozen=True, slots=True)
class OutcomeQuestion:
    """How the users of an experiment fared on a metric since it began. `met` is the event that shows a user's arm; where
    it is None the metric's own first event does. `flag` has served the `arms`, and since `since` only those who are in."""

    metric: Metric
    flag: str
    arms: tuple[str, ...]
    since: float
    met: Selector | None = None


class OutcomeSource(Protocol):
    """Answers for experiments, user by user: who met which arm first, and what came of it."""

    def outcomes(self, question: OutcomeQuestion, now: float) -> Outcomes:
        """Sums of each arm up to now. What cannot be measured is `Outcomes` with an error, never an exception."""
        ...


@dataclass(frozen=True, slots=True)
class Followed:
    """A user sampled among those who were given an arm's variant, and whether telemetry then saw them with it. `user` is
    a number that is the same for the same user."""

    user: int
    canary: bool
    seen: bool


class ExposureSource(Protocol):
    """What is known of evaluations: who asked, as counted; and of a sample, what became of them. All raise `SourceError`."""

    def answers(self, since: float) -> Mapping[str, Mapping[str, int]] | None:
        """flag -> variant -> how often it was given in what was reported since; the variant is empty where the caller's own
        default was. None where no evaluation of any flag was ever reported: that is unknown, and not zero."""
        ...

    def newest(self) -> Mapping[str, float]:
        """flag -> when its newest evaluation was reported, in Unix seconds, as far back as telemetry is kept."""
        ...

    def kept_since(self, now: float) -> float:
        """Since when evaluations are kept, in Unix seconds."""
        ...

    def followed(self, feed: Feed, start: float, end: float) -> list[Followed]:
        """Users sampled in (start, end] who were given canary or control of the feed's flag, each once in an arm; nobody where
        telemetry has no users. They are seen where the feed's metric has them within `FOLLOWED_SECONDS`, so `end` must be
        so long ago."""
        ...


FOLLOWED_SECONDS = 120.0


class ArmSource(Protocol):
    """Feeds the guards: every unit counted exactly once."""

    def arms(self, feed: Feed, after: int | None) -> tuple[int, dict[str, tuple[Counts, ...]]]:
        """(position, place -> the counts of everything that arrived after `after` up to it, one for each rung).

        `EVERYWHERE` is always among the places; the others of the feed are where the data says in which country it arose.
        `None` starts at the present. Raises `SourceError` when the source cannot answer; the same `after` may then be
        asked again and nothing is lost.
        """
        ...

    def levels(self, feed: Feed, quantiles: Sequence[float], window: float, now: float) -> tuple[float, ...]:
        """The control's quantiles of a distribution over the last `window` seconds, for `Feed.levels`; empty where there
        is too little data. Before anybody has the new variant everybody is control. Raises `SourceError`.
        """
        ...

    def before(self, feed: Feed, minutes: int, now: float) -> list[Counts]:
        """What was counted in each of the last minutes, oldest first, while everybody was control: what a guard learns of
        bursts before it bets. Empty where the source does not look back. Raises `SourceError`.
        """
        ...

    def seen(self, feed: Feed, after: int | None) -> tuple[int, Seen]:
        """(position, users of this metric who arrived after `after` up to it); nobody where the data has no users."""
        ...


class ForwardArmSource:
    """What an `ArmSource` answers that looks back at nothing and knows no users; it has `arms` of its own."""

    def levels(self, feed: Feed, quantiles: Sequence[float], window: float, now: float) -> tuple[float, ...]:
        """None."""
        return ()

    def before(self, feed: Feed, minutes: int, now: float) -> list[Counts]:
        """Nothing."""
        return []

    def seen(self, feed: Feed, after: int | None) -> tuple[int, Seen]:
        """Nobody."""
        return after or 0, Seen()


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt at an action, as a performer gets it. `key` is the idempotency key for the world."""

    launch: str
    key: str
    kind: str
    spec: Mapping[str, Any]
    timeout: float
    attempt: int
    identity: str = ""  # of the launch, so that two of one name in two places never share a key


@dataclass(frozen=True, slots=True)
class Result:
    """How an attempt ended. `error` empty means that it succeeded and `output` says with what."""

    key: str
    attempt: int
    seconds: float
    output: str = ""
    error: str = ""
    retryable: bool = False


class Performer(Protocol):
    """Does one kind of thing in the world."""

    def perform(self, job: Job) -> str:
        """Do it and say what came of it, in a line. Raises `ActionError`; bounded by `job.timeout`."""
        ...


class Dispatcher(Protocol):
    """Has jobs performed without keeping the engine waiting."""

    def submit(self, job: Job) -> None:
        """Start a job. The same key is never submitted while it runs."""
        ...

    def finished(self) -> list[Result]:
        """The results since the last call."""
        ...

    def running(self) -> frozenset[str]:
        """The keys of the jobs under way."""
        ...


class Notebook(Protocol):
    """Keeps time series of what the engine saw, for charts. Losing it loses pictures, never a decision."""

    def note(self, launch: str, at: float, values: Mapping[str, float]) -> None:
        """Write down named values at a time."""
        ...

    def series(self, launch: str, names: Sequence[str], since: float) -> dict[str, list[tuple[float, float]]]:
        """name -> [(time, value)], oldest first."""
        ...
