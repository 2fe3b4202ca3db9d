"""Evaluations that this process answered, written to its own telemetry."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tminus.exposing.names import COUNTER, EVENT, attributes
from tminus.exposing.report import Sample
from tminus.held import Counts
from tminus.telemetry import Event, Kind, Point, TelemetryStore
from tminus.telemetry.model import labels_of


class TelemetrySink:
    """Counts become points of a counter, samples events whose subject is the targeting key. `clock()` is Unix seconds."""

    def __init__(self, store: TelemetryStore, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._started_at = clock()
        self._sent = 0

    def send(self, counts: Counts, samples: Sequence[Sample]) -> None:
        """Queue both. Raises IngestError when the store's queue is full."""
        now = self._clock()
        points = [
            Point(
                COUNTER,
                Kind.COUNTER,
                now,
                float(times),
                labels_of(attributes(*key)),
                cumulative=True,
                started_at=self._started_at,
            )
            for key, times in counts.items()
        ]
        self._store.offer([*points, *(self._event(sample, now) for sample in samples)])

    def _event(self, sample: Sample, now: float) -> Event:
        key, variant, reason, targeting_key = sample
        self._sent += 1
        source = f"tminus/{self._started_at:.3f}"
        return Event(str(self._sent), source, EVENT, now, targeting_key, labels_of(attributes(key, variant, reason)))
