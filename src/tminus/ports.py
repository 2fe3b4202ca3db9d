"""The protocols between the engine and the world. One adapter a technology stands behind each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tminus.core.assessment import Measurement
from tminus.core.events import Event, Recorded
from tminus.guards import Counts
from tminus.plan.criterion import Arm
from tminus.plan.model import Metric


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

    def variants(self, arm: Arm) -> tuple[str, ...]:
        """The variants that an arm other than all is made of."""
        return (self.canary,) if arm is Arm.CANARY else self.control


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be measured: this metric, this aggregate, this arm, over the window (end - window, end]."""

    metric: Metric
    aggregate: str | None
    arm: Arm
    window: float
    exposure: Exposure | None = None  # needed for an arm other than all


class MetricSource(Protocol):
    """Answers questions about metrics. What cannot be measured is a `Measurement` with an error, never an exception."""

    def measure(self, question: Question, now: float) -> Measurement:
        """The value of a metric. Must return within a second or so: a slow technology answers from its last refresh."""
        ...


class ArmSource(Protocol):
    """Feeds the guards: every unit counted exactly once."""

    def arms(self, metric: Metric, exposure: Exposure, after: int | None) -> tuple[int, Counts]:
        """(position, counts of everything that arrived after `after` up to it). `None` starts at the present.

        Raises `SourceError` when the source cannot answer; the same `after` may then be asked again and nothing is lost.
        """
        ...


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
