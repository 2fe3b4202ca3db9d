"""The telemetry of a launch that really happened, read again as it came: at no moment more than had arrived by then."""

from __future__ import annotations

import shutil
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import duckdb

from tminus.core.assessment import Measurement
from tminus.core.state import State
from tminus.errors import StoreError
from tminus.guards import Counts
from tminus.metrics.embedded import EmbeddedMetricSource
from tminus.metrics.embedded_arms import EmbeddedArmSource
from tminus.plan.model import Metric
from tminus.ports import Feed, Question, Seen
from tminus.rehearsal.recorded import Record
from tminus.telemetry import TelemetryStore
from tminus.telemetry.model import Health

FILE = "telemetry.duckdb"
_ARRIVING = ("points", "buckets", "events", "arrivals")  # the tables whose rows have an arrival number
_EMBEDDED = ("app", "events")
_FOR_EVER = 1e12
_YEAR = 366 * 86400.0


class RecordedStore(TelemetryStore):
    """A copy of a telemetry file in which rows appear as they once arrived. `show(now)` moves the horizon.

    When a row arrived is not kept, only after which others. A row counts as arrived when it and all that arrived before
    it are dated before now: never too early, and late by as much as the clocks of the senders were ahead.
    """

    def __init__(self, file: Path, directory: Path) -> None:
        copy = directory / FILE
        try:
            shutil.copyfile(file, copy)
            if (log := file.with_name(f"{file.name}.wal")).exists():
                shutil.copyfile(log, copy.with_name(f"{copy.name}.wal"))
        except OSError as error:
            raise StoreError(f"cannot read the telemetry of the launch, {file}: {error.strerror}") from None
        self._shown, self._now = 0, 0.0
        # It may not tidy up: by its dates all of it is old.
        super().__init__(copy, clock=lambda: self._now, retention_seconds=_FOR_EVER, housekeeping_seconds=_YEAR)
        rows = self._database.rows(
            "SELECT floor(stamp), min(seq), max(seq) FROM (SELECT stamp, seq FROM events UNION ALL "
            "SELECT stamp, seq FROM points) GROUP BY 1 ORDER BY 1"
        )
        self._seconds = [float(second) for second, _, _ in rows]
        self._newest = max((newest for _, _, newest in rows), default=0)
        first_after, self._firsts = self._newest + 1, [0] * len(rows)
        for number in range(len(rows) - 1, -1, -1):
            first_after = self._firsts[number] = min(first_after, rows[number][1])
        self._veil()

    @property
    def begins(self) -> float:
        """The date of the oldest row; infinite where there is none."""
        return self._seconds[0] if self._seconds else inf

    @property
    def ends(self) -> float:
        """The date of the newest row."""
        return self._seconds[-1] + 1.0 if self._seconds else -inf

    @property
    def cursor(self) -> int:
        """The arrival number of the newest row that is shown."""
        return self._shown

    def health(self) -> Health:
        """As if it had heard something just now."""
        return replace(super().health(), cursor=self._shown, committed_at=self._now)

    def show(self, now: float) -> None:
        """Let everything appear that had arrived by `now` (Unix seconds)."""
        self._now = now
        place = bisect_left(self._seconds, now - 1.0)  # a second that is not over yet may still be added to
        shown = self._firsts[place] - 1 if place < len(self._firsts) else self._newest
        if shown != self._shown:
            self._shown = shown
            self._database.rows(f"UPDATE horizon SET seq = {shown}")

    def _veil(self) -> None:
        """Put a view before each table, so that no question, whoever asks it and however, sees what comes later."""
        statements = ["CREATE TABLE horizon AS SELECT 0::BIGINT AS seq"]
        for table in _ARRIVING:
            statements += [
                f"ALTER TABLE {table} RENAME TO all_{table}",
                f"CREATE VIEW {table} AS SELECT * FROM all_{table} WHERE seq <= (SELECT seq FROM horizon)",
            ]
        cursor = self._database.cursor()
        try:
            for statement in statements:
                cursor.execute(statement)
        except duckdb.Error as error:
            raise self._database.explained(error) from error
        finally:
            cursor.close()


class RecordedWorld:
    """The world of a replay, as `Lively`: it answers from the recorded telemetry, and where a metric came from a source that
    keeps its own history, with what the log kept as evidence."""

    def __init__(self, record: Record, store: RecordedStore, metrics: Mapping[str, Metric]) -> None:
        self._record, self._store = record, store
        self._names = {id(metric): name for name, metric in metrics.items()}
        self._embedded = {name: EmbeddedMetricSource(store, name) for name in _EMBEDDED}
        self._arms = EmbeddedArmSource(store)
        self.now = record.begins
        self.hurt = 0  # what users suffered then is in the record, not here

    def advance(self, state: State, now: float, tick: float) -> None:
        """Time goes on."""
        self.now = now
        self._store.show(now)

    def measure(self, question: Question, now: float) -> Measurement:
        """What the source would have answered at `now`."""
        self.now = max(self.now, now)
        source = self._embedded.get(question.metric.source or "")
        return source.measure(question, now) if source else self._from_evidence(question, now)

    def arms(self, feed: Feed, after: int | None) -> tuple[int, dict[str, tuple[Counts, ...]]]:
        """As an `ArmSource`."""
        return self._arms.arms(feed, after)

    def levels(self, feed: Feed, quantiles: Sequence[float], window: float, now: float) -> tuple[float, ...]:
        """As an `ArmSource`."""
        return self._arms.levels(feed, quantiles, window, now)

    def before(self, feed: Feed, minutes: int, now: float) -> list[Counts]:
        """As an `ArmSource`."""
        return self._arms.before(feed, minutes, now)

    def seen(self, feed: Feed, after: int | None) -> tuple[int, Seen]:
        """As an `ArmSource`."""
        return self._arms.seen(feed, after)

    def changes_after(self, state: State, now: float) -> float:
        """Nothing is known beforehand: who replays looks evenly."""
        return inf

    def crashed(self, since: float, now: float) -> bool:
        """Restarts of T-minus are no part of a plan."""
        return False

    def disturbed_since(self, now: float) -> float | None:
        """Nobody knows."""
        return None

    def _from_evidence(self, question: Question, now: float) -> Measurement:
        name = self._names.get(id(question.metric), "")
        for window in (question.window, None):
            kept = self._record.kept(name, question.aggregate, question.arm, window, now)
            if kept is not None:
                return _measurement(kept)
        return Measurement(None, source="record", error=f"the record holds no telemetry of {question.metric.source}")


def _measurement(kept: Mapping[str, Any]) -> Measurement:
    return Measurement(
        kept["value"], kept.get("hits"), kept.get("total"), kept.get("newest"), f"{kept.get('source', '')} (record)"
    )
