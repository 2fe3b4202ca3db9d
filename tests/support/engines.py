"""Small real parts for engine tests: what a source says, who performs, and a log that can refuse, all by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from support.launches import ROLLOUT, T0, outline
from tminus.core.assessment import Measurement
from tminus.core.events import Event, LaunchStarted, Recorded
from tminus.engine import Engine, Ledger, Watch
from tminus.engine.ledger import start_launch
from tminus.errors import SourceError, StoreError
from tminus.guards import Counts
from tminus.ports import EVERYWHERE, Feed, Job, Question, Result, Seen
from tminus.rehearsal.clock import VirtualClock
from tminus.store import MemoryEventLog

LAUNCH = "page-1"


class RefusingLog(MemoryEventLog):
    """A log in memory whose disk is full once `room` more appends have happened; None: never."""

    def __init__(self) -> None:
        super().__init__()
        self.room: int | None = None

    def append(self, launch: str, after: int, events: Sequence[Event], *, actor: str, at: float) -> list[Recorded]:
        """Append while there is room."""
        if self.room is not None:
            if self.room == 0:
                raise StoreError("no space left on the disk")
            self.room -= 1
        return super().append(launch, after, events, actor=actor, at=at)


class Idle:
    """A dispatcher with nothing to do."""

    def submit(self, job: Any) -> None: ...

    def finished(self) -> list[Any]:
        return []

    def running(self) -> frozenset[str]:
        return frozenset()


class HandDispatcher:
    """Jobs wait until the test says how they ended."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self._running: dict[str, Job] = {}
        self._results: list[Result] = []

    def submit(self, job: Job) -> None:
        """Remember it."""
        assert job.key not in self._running, "a key was submitted while it runs"
        self.jobs.append(job)
        self._running[job.key] = job

    def finished(self) -> list[Result]:
        """What the test ended since."""
        results, self._results = self._results, []
        for result in results:
            self._running.pop(result.key, None)
        return results

    def running(self) -> frozenset[str]:
        """What was submitted and not fetched."""
        return frozenset(self._running)

    def end(self, key: str, error: str = "", *, retryable: bool = False) -> None:
        """A job ends so."""
        self._results.append(Result(key, self._running[key].attempt, 1.5, "done", error, retryable))

    def deeds(self) -> list[tuple[str, int]]:
        """(key, attempt) of every job that does something to the world; messages are left out."""
        return [(job.key, job.attempt) for job in self.jobs if job.kind != "notify"]


@dataclass
class HandSource:
    """Says what the test put in `found` by aggregate, and keeps the questions. `ticks` feed the guards everywhere, `places`
    in a place; `ladder` are the control's quantiles, and `users` who was met."""

    found: dict[str | None, Measurement] = field(default_factory=dict)
    asked: list[tuple[float, Question]] = field(default_factory=list)
    ticks: list[Counts] = field(default_factory=list)
    places: dict[str, list[Counts]] = field(default_factory=dict)
    ladder: tuple[float, ...] = ()
    users: list[Seen] = field(default_factory=list)
    history: list[Counts] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)
    broken: bool = False

    def measure(self, question: Question, now: float) -> Measurement:
        """What is in `found`."""
        self.asked.append((now, question))
        return self.found.get(question.aggregate, Measurement(None, error="nothing there"))

    def arms(self, feed: Feed, after: int | None) -> tuple[int, dict[str, tuple[Counts, ...]]]:
        """The ticks after this position."""
        if self.broken:
            raise SourceError("the source is down")
        self.feeds.append(feed)
        start, nothing = len(self.ticks) if after is None else after, Counts(0, 0, 0, 0)
        counted = {EVERYWHERE: self.ticks, **self.places}
        rungs = max(len(feed.levels), 1)
        return len(self.ticks), {name: (sum(ticks[start:], nothing),) * rungs for name, ticks in counted.items()}

    def levels(self, feed: Feed, quantiles: Sequence[float], window: float, now: float) -> tuple[float, ...]:
        """What the test says."""
        return self.ladder

    def before(self, feed: Feed, minutes: int, now: float) -> list[Counts]:
        """What the test says."""
        return self.history[-minutes:]

    def seen(self, feed: Feed, after: int | None) -> tuple[int, Seen]:
        """The users after this position."""
        start = len(self.users) if after is None else after
        found = self.users[start:]
        return len(self.users), Seen(
            *(sum(getattr(one, name) for one in found) for name in ("canary", "control", "both"))
        )


@dataclass
class Rig:
    """One launch with its engine; `restart` is a new process on the same log."""

    text: str = ROLLOUT
    sole: bool = True
    log: RefusingLog = field(default_factory=RefusingLog)
    source: HandSource = field(default_factory=HandSource)
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(T0))
    worker: str = "first"

    def __post_init__(self) -> None:
        self.outline = outline(self.text)
        if not self.log.head(LAUNCH):
            start_launch(self.log, LAUNCH, LaunchStarted(title="Page", plan={}), "ann", self.clock.now())
        self.restart(self.worker)

    def restart(self, worker: str = "second") -> None:
        """All that was in memory is gone."""
        self.dispatcher = HandDispatcher()
        self.ledger = Ledger(self.log, LAUNCH, self.outline, self.clock)
        self.watch = Watch(self.outline, {"app": self.source}, {"app": self.source})
        self.engine = Engine(self.ledger, self.watch, self.dispatcher, worker=worker, sole=self.sole)

    def step(self, seconds: float = 0.0) -> None:
        """Let time pass, then have the engine do what is due."""
        self.clock.advance(seconds)
        self.engine.step(self.clock.now())

    def events(self, kind: type[Any], key: str | None = None) -> list[Any]:
        """The events of one kind in the log, of one action where `key` is given."""
        found = [one.event for one in self.log.read(LAUNCH) if isinstance(one.event, kind)]
        return [event for event in found if key is None or getattr(event, "key", None) == key]
