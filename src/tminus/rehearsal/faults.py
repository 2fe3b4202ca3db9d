"""What goes wrong in a rehearsal: processes that die, logs that cannot be written, sources that fall silent, actions that fail.

Each class stands where a real part stands, behind the same port, and asks `Faults` whether it strikes now. All chance
comes from one seeded generator, so that a bad end can be had again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from tminus.core.assessment import Measurement
from tminus.core.events import Event, Recorded, StatusPublished
from tminus.errors import SourceError, StoreError
from tminus.guards import Counts
from tminus.metrics.patient import PATIENCE_SECONDS
from tminus.ports import Clock, EventLog, Feed, Job, Question, Result, Seen
from tminus.rehearsal.world import World


class Crash(BaseException):
    """The process ended here, as by kill -9. Not an `Exception`: nothing in the engine may survive it."""


@dataclass
class Faults:
    """How likely each fault is, every time that it could happen; `calm` ends them all."""

    random: Random
    crash: float = 0.0  # an append or a submit is the last thing the process does
    full: float = 0.0  # an append finds no space left
    fail: float = 0.0  # an attempt at an action fails
    lasting: tuple[str, ...] = ()  # actions whose key begins so fail for good, in the calm as well
    duplicate: float = 0.0  # a result is delivered twice
    race: float = 0.0  # somebody else records something right before an append
    calm: bool = False

    def strikes(self, chance: float) -> bool:
        """Whether a fault of this chance happens now."""
        return not self.calm and self.random.random() < chance


def overtake(log: EventLog, launch: str, now: float) -> None:
    """What somebody else records in the moment between a decision and its append: a word on the status page."""
    word = StatusPublished(status="operational", message="all is well")
    log.append(launch, log.head(launch), [word], actor="operator", at=now)


class FaultyLog:
    """One process's way to a log that others share: it may die just before or just after an append, or find no space.

    `rival` is what somebody else does in the moment between this process's decision and its append.
    """

    def __init__(self, log: EventLog, faults: Faults, rival: Callable[[], None]) -> None:
        self._log = log
        self._faults = faults
        self._rival = rival

    def append(self, launch: str, after: int, events: Sequence[Event], *, actor: str, at: float) -> list[Recorded]:
        """Append, unless a fault strikes. Raises `Crash`, and `StoreError` as a full disk would."""
        if self._faults.strikes(self._faults.crash):
            raise Crash("before an append")
        if self._faults.strikes(self._faults.full):
            raise StoreError("no space left for the log, nothing was recorded", code="disk-full")
        if self._faults.strikes(self._faults.race):
            self._rival()
        recorded = self._log.append(launch, after, events, actor=actor, at=at)
        if self._faults.strikes(self._faults.crash):
            raise Crash("after an append")
        return recorded

    def read(self, launch: str, after: int = 0, limit: int | None = None) -> list[Recorded]:
        """As the log."""
        return self._log.read(launch, after, limit)

    def head(self, launch: str) -> int:
        """As the log."""
        return self._log.head(launch)

    def launches(self) -> list[Recorded]:
        """As the log."""
        return self._log.launches()

    def verify(self, launch: str) -> int:
        """As the log."""
        return self._log.verify(launch)


@dataclass
class FaultySource:
    """A world whose instruments fail: `mode` is up, error (refuses) or hung (its last answer while that counts, then none)."""

    world: World
    mode: str = "up"
    _last: dict[tuple[object, ...], tuple[float, Measurement]] = field(default_factory=dict)

    def measure(self, question: Question, now: float) -> Measurement:
        """The world's answer, an old one, or why there is none."""
        key = (id(question.metric), question.aggregate, question.arm)
        if self.mode == "up":
            self._last[key] = now, self.world.measure(question, now)
            return self._last[key][1]
        if self.mode == "hung" and key in self._last and now - self._last[key][0] <= PATIENCE_SECONDS:
            return self._last[key][1]
        return Measurement(None, source="rehearsal", error="the source refuses the question")

    def arms(self, feed: Feed, after: int | None) -> tuple[int, dict[str, tuple[Counts, ...]]]:
        """The world's counts. Raises `SourceError` unless it is up."""
        self._require_up()
        return self.world.arms(feed, after)

    def levels(self, feed: Feed, quantiles: Sequence[float], window: float, now: float) -> tuple[float, ...]:
        """The world's quantiles. Raises `SourceError` unless it is up."""
        self._require_up()
        return self.world.levels(feed, quantiles, window, now)

    def before(self, feed: Feed, minutes: int, now: float) -> list[Counts]:
        """The world's history. Raises `SourceError` unless it is up."""
        self._require_up()
        return self.world.before(feed, minutes, now)

    def seen(self, feed: Feed, after: int | None) -> tuple[int, Seen]:
        """The world's users. Raises `SourceError` unless it is up."""
        self._require_up()
        return self.world.seen(feed, after)

    def _require_up(self) -> None:
        if self.mode != "up":
            raise SourceError("the source does not answer")


@dataclass
class Deeds:
    """What reached the world: every attempt with the number of the newest event at that moment."""

    log: EventLog
    received: list[tuple[int, Job]] = field(default_factory=list)

    def receive(self, job: Job) -> None:
        """An attempt takes effect."""
        self.received.append((self.log.head(job.launch), job))


@dataclass
class _Under:
    job: Job
    started: float
    reaches: float
    ends: float
    error: str
    retryable: bool
    reached: bool = False


class FaultyDispatcher:
    """A `Dispatcher` whose jobs take some seconds, fail now and then, hang, and outlive a crash of their process."""

    def __init__(self, faults: Faults, deeds: Deeds, clock: Clock) -> None:
        self._faults = faults
        self._deeds = deeds
        self._clock = clock
        self._under: dict[str, _Under] = {}
        self._again: list[Result] = []

    def submit(self, job: Job) -> None:
        """Start a job. Raises `Crash` when the process dies right after."""
        now, random = self._clock.now(), self._faults.random
        reaches = now + random.uniform(0.0, 3.0)
        lasting = job.key.startswith(self._faults.lasting)
        fails = lasting or self._faults.strikes(self._faults.fail)
        error = "the rehearsal lets it fail" if fails else ""
        retryable = fails and not lasting and random.random() < 0.8
        self._under[job.key] = _Under(job, now, reaches, reaches + random.uniform(0.0, 3.0), error, retryable)
        if self._faults.strikes(self._faults.crash):
            raise Crash("after a submit")

    def finished(self) -> list[Result]:
        """The results since the last call; now and then one of them comes again with the next."""
        now = self._clock.now()
        results, self._again = self._again, []
        for under in list(self._under.values()):
            self._reach(under, now)
            if now >= under.ends:
                del self._under[under.job.key]
                output = "" if under.error else "rehearsed"
                result = Result(
                    under.job.key, under.job.attempt, now - under.started, output, under.error, under.retryable
                )
                results.append(result)
                if self._faults.strikes(self._faults.duplicate):
                    self._again.append(replace(result))
        return results

    def running(self) -> frozenset[str]:
        """The keys of the jobs under way."""
        return frozenset(self._under)

    def die(self) -> None:
        """The process is gone. What it had sent off may still arrive; nobody will hear how it ended."""
        for under in self._under.values():
            if self._faults.random.random() < 0.5:
                self._reach(under, under.reaches)

    def _reach(self, under: _Under, now: float) -> None:
        if not under.reached and now >= under.reaches:
            under.reached = True
            self._deeds.receive(under.job)
