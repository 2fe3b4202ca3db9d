"""A source that may be slow must not keep the engine waiting: ask in the background, answer from the last refresh."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet

from tminus.core.assessment import Measurement
from tminus.core.contest import Outcomes
from tminus.guards import Counts
from tminus.ports import EVERYWHERE, ArmSource, Feed, MetricSource, OutcomeQuestion, OutcomeSource, Question, Seen

Answer = tuple[int, dict[str, tuple[Counts, ...]]]

PATIENCE_SECONDS = 90.0  # an answer older than this is no answer. A long window is asked for every half a minute
_LONGEST = 600.0  # seconds for all users of an experiment


class PatientMetricSource:
    """Wraps a `MetricSource` that goes over a network. The first question of a kind is answered "not yet"."""

    def __init__(self, source: MetricSource, workers: int = 4) -> None:
        self._source = source
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="tminus-source")
        self._lock = threading.Lock()
        self._answers: dict[tuple[object, ...], tuple[float, Measurement]] = {}
        self._asking: set[tuple[object, ...]] = set()

    def measure(self, question: Question, now: float) -> Measurement:
        """The newest answer there is, while a newer one is fetched."""
        about = question.topic or question.window
        key = (id(question.metric), question.aggregate, question.arm, about, question.exposure)
        with self._lock:
            if key not in self._asking:
                self._asking.add(key)
                self._pool.submit(self._refresh, key, question, now)
            asked_at, answer = self._answers.get(key, (now, Measurement(None, error="asked, no answer yet")))
        if now - asked_at > PATIENCE_SECONDS:
            return Measurement(None, source=answer.source, error="the source has not answered for a minute and a half")
        return answer

    def close(self) -> None:
        """Ask no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _refresh(self, key: tuple[object, ...], question: Question, now: float) -> None:
        try:
            answer = self._source.measure(question, now)
        except Exception as error:  # noqa: BLE001  a bug in one adapter must not silence the others
            answer = Measurement(None, error=f"the source failed: {type(error).__name__}: {error}")
        with self._lock:
            self._answers[key] = (now, answer)
            self._asking.discard(key)


class PatientArmSource:
    """Wraps an `ArmSource` that goes over a network: what is not there yet is nothing new at the same position."""

    def __init__(self, source: ArmSource, workers: int = 2) -> None:
        self._source = source
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="tminus-arms")
        self._lock = threading.Lock()
        self._answers: dict[str, tuple[int | None, Future[Answer]]] = {}

    def arms(self, feed: Feed, after: int | None) -> tuple[int, dict[str, tuple[Counts, ...]]]:
        """The answer from `after` on once it is there; until then no counts and no new position."""
        if after is None:
            return self._source.arms(feed, None)
        # By the selectors, not by the object: each call may bring a feed of its own.
        key = repr((feed.metric, feed.exposure, sorted(feed.places)))
        with self._lock:
            asked = self._answers.get(key)
            if asked is None or asked[0] != after:
                asked = self._answers[key] = (after, self._pool.submit(self._source.arms, feed, after))
            if not asked[1].done():
                return after, {EVERYWHERE: (Counts(0, 0, 0, 0),)}
            del self._answers[key]
        return asked[1].result()

    def levels(self, feed: Feed, quantiles: Sequence[float], window: float, now: float) -> tuple[float, ...]:
        """What the source says; it is asked only now and then."""
        return self._source.levels(feed, quantiles, window, now)

    def before(self, feed: Feed, minutes: int, now: float) -> list[Counts]:
        """What the source says; it is asked once."""
        return self._source.before(feed, minutes, now)

    def seen(self, feed: Feed, after: int | None) -> tuple[int, Seen]:
        """What the source says."""
        return self._source.seen(feed, after)

    def close(self) -> None:
        """Ask no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class PatientOutcomeSource:
    """Wraps an `OutcomeSource` that reads all users since an experiment began: seconds, where they are many. For one thread.

    What is there within `wait_seconds` is answered at once; until then the answer before stands.
    """

    def __init__(self, source: OutcomeSource, wait_seconds: float = 0.05) -> None:
        self._source, self._wait = source, wait_seconds
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="tminus-outcomes")
        self._asking: dict[tuple[object, ...], tuple[float, Future[Outcomes]]] = {}
        self._answers: dict[tuple[object, ...], Outcomes] = {}

    def outcomes(self, question: OutcomeQuestion, now: float) -> Outcomes:
        """The newest answer there is. A question that has had none for `_LONGEST` is not measured any more."""
        key = (id(question.metric), question.flag, question.since)
        if key not in self._asking:
            self._asking[key] = now, self._pool.submit(self._source.outcomes, question, now)
        asked_at, pending = self._asking.pop(key)
        try:
            answer = self._answers[key] = pending.result(self._wait)
        except NotYet:
            self._asking[key] = asked_at, pending
            if now - asked_at > _LONGEST:
                return Outcomes(error="the telemetry has not answered for ten minutes")
            return self._answers.get(key, Outcomes(error="asked, no answer yet"))
        return answer

    def close(self) -> None:
        """Ask no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
