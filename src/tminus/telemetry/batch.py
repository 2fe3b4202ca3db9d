"""From accepted points and events to the rows of one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from math import nan
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from tminus.telemetry.cumulative import Increment, Ledger, Mark, MarkKey
from tminus.telemetry.database import Database
from tminus.telemetry.model import Buckets, Event, Kind, Point, Series
from tminus.telemetry.series import SeriesIndex

Row = tuple[Any, ...]
Table = dict[str, NDArray[Any]]

_TYPES: dict[str, tuple[tuple[str, Any], ...]] = {
    "series": (("id", np.int32), ("name", object), ("kind", object), ("labels", object)),
    "layouts": (("id", np.int32), ("bounds", object)),
    "points": (
        ("series", np.int32),
        ("stamp", np.float64),
        ("seq", np.int64),
        ("value", np.float64),
        ("samples", np.int64),
    ),
    "buckets": (
        ("series", np.int32),
        ("stamp", np.float64),
        ("layout", np.int32),
        ("bucket", np.int32),
        ("n", np.int64),
        ("seq", np.int64),
    ),
    "events": (
        ("series", np.int32),
        ("stamp", np.float64),
        ("seq", np.int64),
        ("subject", np.int64),
        ("key", np.int64),
        ("value", np.float64),
    ),
    "marks": (
        ("stream", np.int64),
        ("series", np.int32),
        ("key_started", np.float64),
        ("started", np.float64),
        ("stamp", np.float64),
        ("value", np.float64),
        ("buckets", object),
        ("seq", np.int64),
    ),
    "arrivals": (("seq", np.int64), ("stamp", np.float64)),
}
_REDELIVERY_SECONDS = 3600.0
NOTED_SECONDS = 5.0


def digest(*parts: str) -> int:
    """A stable 64-bit number for some text, never 0 (0 stands for "nobody")."""
    return int.from_bytes(blake2b("\0".join(parts).encode(), digest_size=8).digest(), "big", signed=True) or 1


@dataclass(slots=True)
class Batch:
    """The rows of one transaction, with the arrival number of the last one."""

    last_seq: int
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in _TYPES})
    duplicates: int = 0
    dropped_series: int = 0

    def next_seq(self) -> int:
        """The arrival number of one more row."""
        self.last_seq += 1
        return self.last_seq

    def tables(self) -> dict[str, Table]:
        """The rows by column, as DuckDB takes them in one go. Empty tables are left out."""
        return {name: _columns(name, rows) for name, rows in self.rows.items() if rows}


def _columns(name: str, rows: list[Row]) -> Table:
    columns = zip(*rows, strict=True)
    return {column: np.array(values, dtype=kind) for (column, kind), values in zip(_TYPES[name], columns, strict=True)}


class Layouts:
    """Bucket bounds interned as integers. Staged ones become known when their batch is committed."""

    def __init__(self, known: dict[int, tuple[float, ...]], limit: int = 2000) -> None:
        self.bounds = known
        self.staged: dict[tuple[float, ...], int] = {}
        self._ids = {bounds: number for number, bounds in known.items()}
        self._limit = limit

    def intern(self, bounds: tuple[float, ...]) -> int | None:
        """The id of these bounds; None when there are too many kinds of bounds."""
        known = self._ids.get(bounds) or self.staged.get(bounds)
        if known is None and len(self._ids) + len(self.staged) < self._limit:
            known = self.staged[bounds] = len(self._ids) + len(self.staged) + 1
        return known

    def commit(self) -> None:
        """The batch is written: its new layouts are known from now on."""
        self._ids.update(self.staged)
        self.bounds.update({number: bounds for bounds, number in self.staged.items()})
        self.staged = {}

    def rollback(self) -> None:
        """The batch was not written: forget its new layouts."""
        self.staged = {}


class ArrivalWatch:
    """Notes now and then which row was the newest at which time, so that "ten minutes ago" has an arrival number."""

    def __init__(self, seq: int, noted_at: float) -> None:
        self._newest = self._staged = (seq, noted_at)

    def note(self, seq: int, now: float) -> list[Row]:
        """A row for the table of arrivals, when the last one is old enough. Its times never fall, whatever the clock does."""
        newest, noted_at = self._newest
        if seq <= newest or now < noted_at + NOTED_SECONDS:
            return []
        self._staged = (seq, now)
        return [self._staged]

    def commit(self) -> None:
        """The batch is written."""
        self._newest = self._staged

    def rollback(self) -> None:
        """The batch was not written."""
        self._staged = self._newest


@dataclass(frozen=True, slots=True)
class Stager:
    """Works out a batch against what is committed. Nothing of it counts until `commit`; `rollback` forgets it all."""

    database: Database
    series: SeriesIndex
    layouts: Layouts
    ledger: Ledger
    watch: ArrivalWatch

    def stage(self, requests: list[tuple[Point | Event, ...]], after_seq: int, now: float) -> Batch:
        """The rows for these requests, in order of arrival. Raises StoreError."""
        batch = Batch(after_seq)
        seen = self._known_events(requests)
        for request in requests:
            for item in request:
                if isinstance(item, Event):
                    self._stage_event(batch, item, seen)
                else:
                    self._stage_point(batch, item, now)
            self.ledger.end_of_report()
        batch.rows["arrivals"] += self.watch.note(batch.last_seq, now)
        batch.rows["series"] += [_series_row(series) for series in self.series.staged.values()]
        batch.rows["layouts"] += [(number, _json(bounds)) for bounds, number in self.layouts.staged.items()]
        batch.rows["marks"] += [_mark_row(key, mark, batch.last_seq) for key, mark in self.ledger.staged.items()]
        return batch

    def commit(self) -> None:
        """The batch is written: what it brought is known from now on."""
        for part in (self.series, self.layouts, self.ledger, self.watch):
            part.commit()

    def rollback(self) -> None:
        """The batch was not written: forget what it would have brought."""
        for part in (self.series, self.layouts, self.ledger, self.watch):
            part.rollback()

    def _stage_event(self, batch: Batch, event: Event, seen: set[int]) -> None:
        key = digest(event.source, event.id)
        if key in seen:
            batch.duplicates += 1
            return
        series = self.series.intern(event.type, Kind.EVENT, event.labels)
        if series is None:
            batch.dropped_series += 1
            return
        seen.add(key)
        subject = digest(event.subject) if event.subject else 0
        value = nan if event.value is None else event.value  # the database holds NaN as NULL
        batch.rows["events"].append((series, event.at, batch.next_seq(), subject, key, value))

    def _stage_point(self, batch: Batch, point: Point, now: float) -> None:
        series = self.series.intern(point.name, point.kind, point.labels)
        layout = self.layouts.intern(point.buckets.bounds) if point.buckets is not None else 0
        if series is None or layout is None:
            batch.dropped_series += 1
            return
        added = self.ledger.take(point, series, now)
        if added is None:
            batch.duplicates += 1
            return
        samples = added.buckets.total if added.buckets else 0
        seq = batch.next_seq()
        batch.rows["points"].append((series, added.at, seq, added.value, samples))
        batch.rows["buckets"] += _bucket_rows(series, layout, added, seq)

    def _known_events(self, requests: list[tuple[Point | Event, ...]]) -> set[int]:
        """Which of these events are in the database already.

        A redelivery carries the same time, so only rows of the batch's own span are searched; an event without a
        time is looked for in the hour before.
        """
        events = [item for request in requests for item in request if isinstance(item, Event)]
        if not events:
            return set()
        low = min(event.at if event.dated else event.at - _REDELIVERY_SECONDS for event in events)
        high = max(event.at for event in events)
        keys = np.array([digest(event.source, event.id) for event in events], dtype=np.int64)
        sql = "SELECT key FROM events WHERE stamp BETWEEN ? AND ? AND key IN (SELECT wanted FROM wanted)"
        known = self.database.rows(sql, [low, high], wanted=keys)
        return {key for (key,) in known}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _series_row(series: Series) -> Row:
    return series.id, series.name, str(series.kind), _json(series.labels)


def _bucket_rows(series: int, layout: int, added: Increment, seq: int) -> list[Row]:
    counts = added.buckets.counts if added.buckets else ()
    return [(series, added.at, layout, position, count, seq) for position, count in enumerate(counts) if count]


def _mark_row(key: MarkKey, mark: Mark, seq: int) -> Row:
    stream, series, key_started = key
    buckets = _json((mark.buckets.bounds, mark.buckets.counts)) if mark.buckets else ""
    return stream, series, key_started, mark.started_at, mark.at, mark.value, buckets, seq


def read_series(rows: list[Row]) -> list[Series]:
    """Series from the rows of their table."""
    decode = msgspec.json.Decoder(tuple[tuple[str, str], ...]).decode
    return [Series(number, name, Kind(kind), decode(labels)) for number, name, kind, labels in rows]


def read_layouts(rows: list[Row]) -> dict[int, tuple[float, ...]]:
    """Bucket bounds by id, from the rows of their table."""
    decode = msgspec.json.Decoder(tuple[float, ...]).decode
    return {number: decode(bounds) for number, bounds in rows}


def read_marks(rows: list[Row], names: dict[int, str]) -> list[tuple[MarkKey, Mark]]:
    """Marks from the rows of their table, oldest first (a later one replaces an earlier one)."""
    decode = msgspec.json.Decoder(tuple[tuple[float, ...], tuple[int, ...]]).decode
    return [
        (
            (stream, series, key),
            Mark(names[series], started, at, nan if value is None else value, Buckets(*decode(text)) if text else None),
        )
        for stream, series, key, started, at, value, text in rows
        if series in names
    ]
