"""The log in SQL: compare-and-set on (launch, seq), so that whoever appends second knows it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from tminus.core.events import Event, Recorded
from tminus.errors import Conflict, StoreError, UsageError
from tminus.store.chain import GENESIS, Row, after_head, check, restore, seal, settle
from tminus.store.postgres import PostgresDatabase
from tminus.store.sqlite import SqliteDatabase
from tminus.store.tables import create, events, is_ready

_OF = events.c.launch == bindparam("of")
_HEAD = select(func.max(events.c.seq)).where(_OF)
_LAST = select(events.c.seq, events.c.hash).where(_OF).order_by(events.c.seq.desc()).limit(1)
_AFTER = select(events).where(_OF, events.c.seq > bindparam("after")).order_by(events.c.seq)
_SOME = _AFTER.limit(bindparam("most"))
_FIRSTS = select(events).where(events.c.seq == 1).order_by(events.c.at.desc(), events.c.launch.desc())
_INSERT = events.insert()
_CHUNK = 1000  # rows that `verify` holds in memory


class SqlEventLog:
    """An `EventLog` in SQLite (a path, or `sqlite:///path`) or PostgreSQL (`postgresql://...`). Any thread may use it.

    Raises `StoreError` when the database cannot be opened, `UsageError` for a URL that names none.
    """

    def __init__(self, url: str | Path) -> None:
        self._database = _database(url)
        self._turn = threading.Lock()  # writers of this process queue here, not in SQLite's sleeping retries
        with self._reading() as connection:
            ready = is_ready(connection, self._database.name)
        if not ready:
            with self._writing() as connection:
                create(connection, self._database.name)

    def append(self, launch: str, after: int, events: Sequence[Event], *, actor: str, at: float) -> list[Recorded]:
        """Record `events` as numbers after+1 ...; what comes back equals what `read` gives. Raises `Conflict`, `StoreError`.

        An error from a lost connection leaves open whether they were recorded: appending again with the same `after`
        then ends in `Conflict`, never in a second record.
        """
        settled = settle(events)
        if not settled:
            return []
        with self._writing() as connection:
            last = connection.execute(_LAST, {"of": launch}).one_or_none()
            head, previous = (last.seq, last.hash) if last else (0, GENESIS)
            shortened = after_head(launch, head, after)
            if shortened:
                raise shortened
            if head > after:
                raise _taken(launch, after)
            sealed = seal(settled, launch, after, previous, actor=actor, at=at)
            try:
                connection.execute(
                    _INSERT, [_values(one, body) for one, (_, body) in zip(sealed, settled, strict=True)]
                )
            except IntegrityError as error:
                raise _taken(launch, after) from error
        return sealed

    def read(self, launch: str, after: int = 0, limit: int | None = None) -> list[Recorded]:
        """The events after this number, in order. Raises `StoreError` for an event of a newer version."""
        return [restore(row) for row in self._rows(launch, after, limit)]

    def head(self, launch: str) -> int:
        """The newest number, 0 for a launch that does not exist."""
        with self._reading() as connection:
            return connection.scalar(_HEAD, {"of": launch}) or 0

    def launches(self) -> list[Recorded]:
        """The first event of every launch, newest launch first."""
        with self._reading() as connection:
            rows = [Row(*row) for row in connection.execute(_FIRSTS)]
        return [restore(row) for row in rows]

    def verify(self, launch: str) -> int:
        """Check the whole chain as it stands in the database; the number of events. Raises `StoreError`."""
        return check(launch, self._all_rows(launch))

    def close(self) -> None:
        """Give the connections back. With SQLite the last one to close folds the write-ahead log into the file."""
        self._database.engine.dispose()

    def _all_rows(self, launch: str) -> Iterator[Row]:
        rows = self._rows(launch, 0, _CHUNK)
        while rows:
            yield from rows
            rows = self._rows(launch, rows[-1].seq, _CHUNK)

    def _rows(self, launch: str, after: int, limit: int | None) -> list[Row]:
        query = _AFTER if limit is None else _SOME
        asked = {"of": launch, "after": after, "most": limit}
        with self._reading() as connection:
            return [Row(*row) for row in connection.execute(query, asked)]

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._database.engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            raise self._database.explained(error) from error
        except UnicodeEncodeError as error:
            raise StoreError(f"{error.object!r} cannot be kept as text", code="bad-event", retryable=False) from error
        except NoConnectionFree as error:
            raise StoreError(f"{self._database.name}: too many requests at once") from error

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._turn, self._reading() as connection:
            self._database.ensure_present()
            connection.exec_driver_sql(self._database.begin)
            yield connection
            connection.commit()  # anything raised before this rolls back when the connection is given back


def _database(url: str | Path) -> SqliteDatabase | PostgresDatabase:
    if isinstance(url, Path) or "://" not in url:
        return SqliteDatabase(Path(url))
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise UsageError("the log's URL cannot be read", hint="sqlite:///PATH or postgresql://HOST/DATABASE") from error
    backend = parsed.get_backend_name()
    if backend in ("postgresql", "postgres"):
        return PostgresDatabase(parsed)
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        return SqliteDatabase(Path(parsed.database))
    raise UsageError(f"no log can be kept in {backend}:", hint="sqlite:///PATH or postgresql://HOST/DATABASE")


def _taken(launch: str, after: int) -> Conflict:
    return Conflict(f"launch {launch!r} has an event {after + 1} already")


def _values(one: Recorded, body: bytes) -> dict[str, object]:
    return {
        "launch": one.launch,
        "seq": one.seq,
        "at": one.at,
        "actor": one.actor,
        "event": body.decode(),
        "previous": one.previous,
        "hash": one.hash,
    }
