"""The telemetry store: what the application under launch reports, kept in one DuckDB file for a bounded time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from tminus.errors import StoreError
from tminus.plan.checks_metrics import KEPT_SECONDS
from tminus.telemetry.batch import ArrivalWatch, Layouts, Stager, read_layouts, read_marks, read_series
from tminus.telemetry.cumulative import Ledger
from tminus.telemetry.database import Database
from tminus.telemetry.feeding import Feeding
from tminus.telemetry.model import Event, Health, Point
from tminus.telemetry.series import SeriesIndex
from tminus.telemetry.writer import Writer

_MEMORY, _THREADS = "512MB", 2


class TelemetryStore(Feeding):
    """Points and events in, answers out. Opening raises StoreError when the file is locked, damaged or out of reach.

    path: the DuckDB file, or None for memory. clock: Unix seconds. retention_seconds: rows older than this are refused
    and deleted in the background. max_series: how many (name, labels) are kept. capacity: how many rows may wait for
    the disk. memory_limit and threads: what DuckDB may take.

    Subjects and event ids are stored as 64-bit digests only: enough to count and to join, and nobody's name.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        clock: Callable[[], float],
        retention_seconds: float = KEPT_SECONDS,
        max_series: int = 20_000,
        capacity: int = 200_000,
        housekeeping_seconds: float = 60.0,
        memory_limit: str = _MEMORY,
        threads: int = _THREADS,
    ) -> None:
        database = Database(path, memory_limit=memory_limit, threads=threads)
        try:
            seq, watching_since = _begin(database, clock())
            known = read_series(database.rows("SELECT id, name, kind, labels FROM series ORDER BY id"))
            index = SeriesIndex(known, max_series)
            layouts = Layouts(read_layouts(database.rows("SELECT id, bounds FROM layouts")))
            marks = database.rows(
                "SELECT stream, series, key_started, started, stamp, value, buckets FROM marks ORDER BY seq"
            )
            names = {series.id: series.name for series in known}
            ledger = Ledger(watching_since, retention_seconds, read_marks(marks, names))
            [(noted, noted_at)] = database.rows("SELECT coalesce(max(seq), 0), coalesce(max(stamp), 0) FROM arrivals")
        except StoreError:
            database.close()
            raise
        super().__init__(database, index, layouts)
        self._writer = Writer(
            database,
            Stager(database, index, layouts, ledger, ArrivalWatch(noted, noted_at)),
            cursor=seq,
            clock=clock,
            retention_seconds=retention_seconds,
            capacity=capacity,
            housekeeping_seconds=housekeeping_seconds,
        )

    def offer(self, items: Sequence[Point | Event]) -> int:
        """Hand over one request's rows; they are on disk within some 200 ms. Returns at once.

        Returns how many were accepted; the others are older than the retention or more than an hour in the future.
        All of a request is queued or nothing: raises IngestError(status=503) when the queue is full, 413 when the
        request alone is larger than the queue.
        """
        return self._writer.offer(items)

    def flush(self, timeout: float = 10.0) -> None:
        """Wait until everything offered before is committed. Raises StoreError, with the reason, when it takes longer."""
        self._writer.flush(timeout)

    def close(self, timeout: float = 10.0) -> None:
        """Write what is queued, then close the file. Raises StoreError when rows were left unwritten."""
        try:
            self._writer.close(timeout)
        finally:
            self._database.close()

    def health(self) -> Health:
        """How the store is doing, from memory: never blocks on the database."""
        return self._writer.health()

    @property
    def cursor(self) -> int:
        """The arrival number of the newest committed row: where a new reader of `arms` begins."""
        return self._writer.committed_seq


class TelemetryFile(Feeding):
    """A telemetry file that no process has open, to read and never to write. Opening raises StoreError."""

    def __init__(self, path: Path) -> None:
        database = Database(path, memory_limit=_MEMORY, threads=_THREADS, read_only=True)
        try:
            known = read_series(database.rows("SELECT id, name, kind, labels FROM series ORDER BY id"))
            layouts = Layouts(read_layouts(database.rows("SELECT id, bounds FROM layouts")))
            [(seq,)] = database.rows("SELECT coalesce(max(seq), 0) FROM state")
        except StoreError:
            database.close()
            raise
        super().__init__(database, SeriesIndex(known, len(known)), layouts)
        self._seq = int(seq)

    @property
    def cursor(self) -> int:
        """The arrival number of the newest row."""
        return self._seq

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


def _begin(database: Database, now: float) -> tuple[int, float]:
    """(newest arrival number, the moment this store first began to watch), written down on the first opening."""
    if not database.rows("SELECT seq FROM state"):
        database.rows("INSERT INTO state VALUES (0, ?)", [now])
    [(seq, watching_since)] = database.rows("SELECT seq, watching_since FROM state")
    return int(seq), float(watching_since)
