"""A store whose clock the test turns, and short words for rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tminus.telemetry import Buckets, Event, Kind, Point, TelemetryStore, labels_of

NOW = 1_800_000_000.0


class Clock:
    """Unix seconds that move only when the test says so."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


class Rows:
    """Builders of rows: times are seconds after NOW, event ids are numbered unless given."""

    def __init__(self) -> None:
        self._number = 0

    def event(self, type: str, subject: str = "", at: float = 0.0, id: str = "", **labels: str) -> Event:
        self._number += 1
        return Event(id or str(self._number), "test", type, NOW + at, subject, labels_of(labels))

    def counter(
        self,
        value: float,
        at: float,
        started: float | None = None,
        stream: int = 1,
        name: str = "requests",
        **labels: str,
    ) -> Point:
        """A delta without `started`, else a running total since then."""
        return Point(
            name,
            Kind.COUNTER,
            NOW + at,
            value,
            labels_of(labels),
            cumulative=started is not None,
            started_at=0.0 if started is None else NOW + started,
            stream=stream,
        )

    def gauge(self, value: float, at: float, **labels: str) -> Point:
        return Point("depth", Kind.GAUGE, NOW + at, value, labels_of(labels))

    def histogram(
        self,
        counts: tuple[int, ...],
        at: float,
        bounds: tuple[float, ...] = (1.0, 2.0, 4.0),
        total: float = 0.0,
        started: float | None = None,
    ) -> Point:
        return Point(
            "duration",
            Kind.HISTOGRAM,
            NOW + at,
            total,
            cumulative=started is not None,
            started_at=0.0 if started is None else NOW + started,
            buckets=Buckets(bounds, counts),
        )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def open_store(clock: Clock) -> Iterator[Callable[..., TelemetryStore]]:
    """Opens stores on the test's clock and closes those that the test left open."""
    opened: list[TelemetryStore] = []

    def open_one(path: Path | None = None, **settings: float) -> TelemetryStore:
        opened.append(TelemetryStore(path, clock=clock, **settings))  # type: ignore[arg-type]
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[..., TelemetryStore]) -> TelemetryStore:
    return open_store()
