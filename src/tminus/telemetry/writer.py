"""The one thread that writes: takes what was offered, commits it in batches, keeps and retries what cannot be written.

Exactly once: rows get their arrival number `seq` in order, and the newest one is stored in the same transaction. After
an error that number tells whether the batch reached the disk, so a retry never writes it twice.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb

from tminus.errors import IngestError, StoreError
from tminus.telemetry.batch import Batch, Stager
from tminus.telemetry.database import Database
from tminus.telemetry.model import Event, Health, Point

Request = tuple[Point | Event, ...]

_GATHER_SECONDS = 0.1
_RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
_BATCH_ROWS = 20_000
_FUTURE_SECONDS = 3600.0
# Rows that are too old to be accepted stay this much longer, for a unit's window that straddles the edge (see arms).
_DELETE_AFTER_SECONDS = 3600.0


@dataclass(slots=True)
class _Counters:
    duplicates: int = 0
    dropped_time: int = 0
    dropped_series: int = 0


class Writer:
    """A bounded queue and the thread that empties it into the database."""

    def __init__(
        self,
        database: Database,
        stager: Stager,
        *,
        cursor: int,
        clock: Callable[[], float],
        retention_seconds: float,
        capacity: int,
        housekeeping_seconds: float,
    ) -> None:
        self._database, self._stager, self._clock = database, stager, clock
        self._retention_seconds, self._capacity = retention_seconds, capacity
        self._housekeeping_seconds = housekeeping_seconds
        self.committed_seq = cursor
        self._waiting: deque[Request] = deque()
        self._changed = threading.Condition()
        self._queued = 0
        self._offered = self._done = 0
        self._closing = False
        self._error: StoreError | None = None
        self._doubtful: Batch | None = None
        self._counters = _Counters()
        self._committed_at: float | None = None
        self._tidied_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="tminus-telemetry", daemon=True)
        self._thread.start()

    def offer(self, items: Sequence[Point | Event]) -> int:
        """Queue one request's rows; see TelemetryStore.offer."""
        now = self._clock()
        oldest, newest = now - self._retention_seconds, now + _FUTURE_SECONDS
        accepted = tuple(item for item in items if oldest <= item.at <= newest)
        if len(accepted) > self._capacity:
            raise IngestError(f"{len(accepted)} rows in one request", status=413, hint=f"at most {self._capacity}")
        with self._changed:
            if self._closing:
                raise IngestError("telemetry is shutting down", status=503, hint="send it again")
            if self._queued + len(accepted) > self._capacity:
                why = f": {self._error.message}" if self._error else ""
                raise IngestError(
                    f"the telemetry queue is full{why}", status=503, hint="send it again in a few seconds"
                )
            self._counters.dropped_time += len(items) - len(accepted)
            if accepted:
                self._waiting.append(accepted)
                self._queued += len(accepted)
                self._offered += 1
                self._changed.notify_all()
        return len(accepted)

    def flush(self, timeout: float) -> None:
        """Wait until all that was offered before is committed; see TelemetryStore.flush."""
        with self._changed:
            goal = self._offered
            if not self._changed.wait_for(lambda: self._done >= goal, timeout):
                raise self._error or StoreError(f"telemetry was not written within {timeout:g} s")

    def close(self, timeout: float) -> None:
        """Write what is queued and stop. Raises StoreError when rows could not be written in time."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout)
        if self._queued:
            why = f": {self._error.message}" if self._error else ""
            raise StoreError(f"{self._queued} rows of telemetry were not written{why}")

    def health(self) -> Health:
        """Whether rows get written, what was said last about it, and what has been counted since the start."""
        with self._changed:
            counters, error = self._counters, self._error
            return Health(
                ok=error is None,
                error=str(error) if error else "",
                queued=self._queued,
                capacity=self._capacity,
                cursor=self.committed_seq,
                series=len(self._stager.series),
                duplicates=counters.duplicates,
                dropped_time=counters.dropped_time,
                dropped_series=counters.dropped_series,
                committed_at=self._committed_at,
            )

    def _run(self) -> None:
        try:
            while self._waiting or not self._closing:
                requests = self._next_requests()
                if requests and not self._persist(requests):
                    return
                if time.monotonic() - self._tidied_at >= self._housekeeping_seconds:
                    self._tidy()
        finally:
            if not self._closing:
                self._error = StoreError(
                    "the telemetry writer stopped unexpectedly", hint="restart, and report the log"
                )

    def _next_requests(self) -> list[Request]:
        """Wait for something to write. Comes back with nothing at the end, and now and then for housekeeping."""
        requests: list[Request] = []
        with self._changed:
            if not self._changed.wait_for(lambda: self._waiting or self._closing, self._housekeeping_seconds):
                return requests
            # A commit costs milliseconds whatever its size: gather a little, never so long that a guard has to wait.
            self._changed.wait_for(lambda: self._closing or self._queued >= _BATCH_ROWS, _GATHER_SECONDS)
            rows = 0
            while self._waiting and (not requests or rows + len(self._waiting[0]) <= _BATCH_ROWS):
                requests.append(self._waiting.popleft())
                rows += len(requests[-1])
        return requests

    def _persist(self, requests: list[Request]) -> bool:
        """Write these requests, however long the disk stays full. False when the store is closed before that."""
        attempt = 0
        while not self._attempt(requests):
            pause = _RETRY_SECONDS[min(attempt, len(_RETRY_SECONDS) - 1)]
            with self._changed:
                if self._closing and attempt:
                    return False
                self._changed.wait_for(lambda: self._closing, pause)
            attempt += 1
        return True

    def _attempt(self, requests: list[Request]) -> bool:
        try:
            if self._doubtful is not None and self._stored_seq() != self._doubtful.last_seq:
                self._doubtful = None
                self._stager.rollback()
            if self._doubtful is None:
                batch = self._stager.stage(requests, self.committed_seq, self._clock())
                # From here on a failure leaves open whether the batch reached the disk: a commit that reports an
                # error may have happened. The stored arrival number is asked before anything is written again.
                self._doubtful = batch
                self._transact(batch)
            self._settle(self._doubtful, requests)
        except (duckdb.Error, StoreError) as error:
            self._failed(error)
            return False
        return True

    def _settle(self, batch: Batch, requests: list[Request]) -> None:
        self._doubtful = None
        self._stager.commit()
        with self._changed:
            self.committed_seq = batch.last_seq
            self._committed_at, self._error = self._clock(), None
            self._counters.duplicates += batch.duplicates
            self._counters.dropped_series += batch.dropped_series
            self._queued -= sum(len(request) for request in requests)
            self._done += len(requests)
            self._changed.notify_all()

    def _failed(self, error: duckdb.Error | StoreError) -> None:
        if self._doubtful is None:
            self._stager.rollback()
        with self._changed:
            self._error = error if isinstance(error, StoreError) else self._database.explained(error)
        try:
            self._stored_seq()
        except StoreError:
            # After a fatal error DuckDB refuses all work until the file is opened again.
            with contextlib.suppress(StoreError):
                self._database.reopen()

    def _transact(self, batch: Batch) -> None:
        tables = batch.tables()
        if not tables:
            return
        cursor = self._database.cursor()
        try:
            cursor.begin()
            for name, columns in tables.items():
                cursor.register("incoming", columns)
                cursor.execute(f"INSERT INTO {name} SELECT * FROM incoming")
                cursor.unregister("incoming")
            cursor.execute("UPDATE state SET seq = ?", [batch.last_seq])
            cursor.commit()
        except duckdb.Error:
            with contextlib.suppress(duckdb.Error):
                cursor.rollback()
            raise
        finally:
            cursor.close()

    def _stored_seq(self) -> int:
        return int(self._database.rows("SELECT seq FROM state")[0][0])

    def _tidy(self) -> None:
        """Delete rows past the retention, superseded marks, and series without rows when there are many."""
        self._tidied_at = time.monotonic()
        # A failure here is no loss: the same rows are still there the next time.
        with contextlib.suppress(StoreError, duckdb.Error):
            self._delete_old()

    def _delete_old(self) -> None:
        before = self._clock() - self._retention_seconds - _DELETE_AFTER_SECONDS
        cursor = self._database.cursor()
        try:
            for table in ("points", "buckets", "events", "marks", "arrivals"):
                cursor.execute(f"DELETE FROM {table} WHERE stamp < ?", [before])
            cursor.execute(
                "DELETE FROM marks WHERE rowid NOT IN "
                "(SELECT arg_max(rowid, seq) FROM marks GROUP BY stream, series, key_started)"
            )
            self._stager.ledger.forget(before)
            if self._stager.series.crowded:
                self._forget_series(cursor)
        finally:
            cursor.close()

    def _forget_series(self, cursor: duckdb.DuckDBPyConnection) -> None:
        used = "SELECT series FROM points UNION SELECT series FROM events UNION SELECT series FROM marks"
        ids = {number for (number,) in cursor.execute(used).fetchall()}
        cursor.execute(f"DELETE FROM series WHERE id NOT IN ({used})")
        self._stager.series.keep(ids)
