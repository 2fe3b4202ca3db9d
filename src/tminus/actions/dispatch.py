"""Jobs in threads, so that the engine never waits for the world."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from tminus.errors import TminusError, UsageError
from tminus.ports import Clock, Job, Performer, Result

WORKERS = 8
GRACE = 2.0  # seconds that a performer has to report its own time-out, which says more than ours
_log = logging.getLogger(__name__)


@runtime_checkable
class Closable(Protocol):
    """A performer with something to end when T-minus stops."""

    def close(self) -> None:
        """End it, within a few seconds."""
        ...


@dataclass(slots=True, eq=False)
class _Attempt:
    job: Job
    started: float | None = None
    result: Result | None = None

    @property
    def is_working(self) -> bool:
        return self.started is not None and self.result is None


class ThreadDispatcher:
    """A `Dispatcher` with at most eight jobs at work. The clock's jumps count: give it one that has none.

    A job that is not back `grace` seconds after its time-out is reported as timed out, worth another try; what it
    brings later is ignored. Its thread is a daemon and its place is free again, so a hung service cannot stop a
    rollback. `on_done` is called, from any thread, whenever there is a new result to fetch.
    """

    def __init__(
        self,
        performers: Mapping[str, Performer],
        clock: Clock,
        *,
        on_done: Callable[[], None] | None = None,
        grace: float = GRACE,
    ) -> None:
        self.on_done = on_done
        self._performers = performers
        self._clock = clock
        self._grace = grace
        self._turn = threading.Lock()
        self._attempts: dict[str, _Attempt] = {}
        self._waiting: deque[_Attempt] = deque()
        self._closed = False

    def submit(self, job: Job) -> None:
        """Start a job, or queue it. Raises `UsageError` for a key that is under way: one effect must not run twice."""
        with self._turn:
            if job.key in self._attempts:
                raise UsageError(f"{job.key} is under way already")
            if self._closed:
                return
            attempt = _Attempt(job)
            self._attempts[job.key] = attempt
            self._waiting.append(attempt)
            self._start_waiting()

    def finished(self) -> list[Result]:
        """The results since the last call; also what is over its time now."""
        with self._turn:
            self._give_up_overdue()
            results = [one.result for one in self._attempts.values() if one.result is not None]
            for result in results:
                del self._attempts[result.key]
            self._start_waiting()
        return results

    def running(self) -> frozenset[str]:
        """The keys of the jobs whose result has not been fetched.

        A job that ended since the last `finished` is among them: otherwise whoever asks in between would take it for
        one that died, and start it again.
        """
        with self._turn:
            return frozenset(self._attempts)

    def close(self) -> None:
        """Stop: nothing more is started, and what can be ended is. Does not wait for threads."""
        with self._turn:
            self._closed = True
            self._waiting.clear()
        for performer in self._performers.values():
            if isinstance(performer, Closable):
                performer.close()

    def _start_waiting(self) -> None:
        working = sum(one.is_working for one in self._attempts.values())
        while self._waiting and working < WORKERS:
            attempt = self._waiting.popleft()
            attempt.started = self._clock.now()
            name = f"tminus-{attempt.job.kind}"
            threading.Thread(target=self._work, args=(attempt, attempt.started), name=name, daemon=True).start()
            working += 1

    def _give_up_overdue(self) -> None:
        now = self._clock.now()
        for attempt in self._attempts.values():
            job = attempt.job
            if attempt.started is not None and attempt.result is None:
                seconds = now - attempt.started
                if seconds > job.timeout + self._grace:
                    error = f"no result within {job.timeout:g} s"
                    attempt.result = Result(job.key, job.attempt, seconds, error=error, retryable=True)

    def _work(self, attempt: _Attempt, started: float) -> None:
        output, error, retryable = _outcome(self._performers, attempt.job)
        job, seconds = attempt.job, max(self._clock.now() - started, 0.0)
        with self._turn:
            if self._closed or attempt.result is not None:
                return  # given up long ago: the engine has decided about it already
            attempt.result = Result(job.key, job.attempt, seconds, output, error, retryable)
            self._start_waiting()
        if self.on_done is not None:
            self.on_done()


def _outcome(performers: Mapping[str, Performer], job: Job) -> tuple[str, str, bool]:
    """(output, error, retryable) of one attempt."""
    performer = performers.get(job.kind)
    if performer is None:
        return "", f"nothing here can perform {job.kind!r}", False
    try:
        return performer.perform(job), "", False
    except TminusError as error:
        return "", str(error) or error.code, error.retryable
    except BaseException as error:  # noqa: BLE001
        # Whatever it is, the launch must learn that the action failed: a thread that dies silently looks like one at work.
        _log.exception("performing %s failed in a way nobody foresaw", job.key)
        first = (str(error).splitlines() or [""])[0][:200]
        return "", f"unexpected {type(error).__name__}: {first}".rstrip(": "), False
