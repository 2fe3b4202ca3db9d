"""The log in an SQLite file: how it is opened, and its errors in words a person can act on."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from tminus.errors import StoreError

BUSY_SECONDS = 2.0
_ROOM = 256 * 1024  # bytes; SQLite's companion files need this much to be made
_FAILED_WRITES = ("SQLITE_IOERR", "SQLITE_CANTOPEN")


class SqliteDatabase:
    """One file, made with its directories where it does not exist."""

    # A write takes the lock at once: two writers that both read first and then want to write would block each other.
    begin = "BEGIN IMMEDIATE"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = f"the log {path}"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"cannot make the directory {path.parent}: {error.strerror}", code="no-log", retryable=False
            ) from error
        self.engine = _engine(path)
        self._inode: int | None = None

    def ensure_present(self) -> None:
        """Raise `StoreError` when the file was deleted or replaced since it was opened.

        SQLite would go on writing into the file that has no name any more, and everything would be lost at the end.
        """
        try:
            inode = self.path.stat().st_ino
        except OSError:
            inode = None
        self._inode = self._inode or inode
        if inode is None or inode != self._inode:
            raise StoreError(
                f"{self.name} was deleted or replaced while T-minus ran, nothing was recorded",
                hint="put it back, or start T-minus again",
                code="log-gone",
                retryable=False,
            )

    def explained(self, error: DBAPIError) -> StoreError:
        """The error as one line."""
        code = getattr(error.orig, "sqlite_errorname", "") or ""
        if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return StoreError(f"{self.name} is locked by another process", hint="it is tried again", code="log-locked")
        if code == "SQLITE_FULL" or (code.startswith(_FAILED_WRITES) and self._is_full()):
            return StoreError(
                f"no space left for {self.name}, nothing was recorded", hint="free some space", code="disk-full"
            )
        if code.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
            what = "is not a database" if code == "SQLITE_NOTADB" else "is damaged"
            return StoreError(f"{self.name} {what}", hint="restore it from a copy", code="damaged-log", retryable=False)
        if code.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN")):
            return StoreError(
                f"{self.name} cannot be opened for writing",
                hint="check its path and rights",
                code="no-log",
                retryable=False,
            )
        hint = "check the disk and its quota" if code.startswith("SQLITE_IOERR") else ""
        return StoreError(f"{self.name} cannot be used, nothing was recorded: {error.orig}", hint=hint)

    def _is_full(self) -> bool:
        try:
            return shutil.disk_usage(self.path.parent).free < _ROOM
        except OSError:
            return False


def _engine(path: Path) -> Engine:
    url = URL.create("sqlite", database=str(path))
    arguments = {"timeout": BUSY_SECONDS, "isolation_level": None}
    engine = create_engine(
        url, isolation_level="AUTOCOMMIT", connect_args=arguments, pool_size=8, max_overflow=32, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # FULL makes a commit wait until the disk has it: an action is performed only after its event is safe from a power cut.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    # A byte that is not UTF-8 any more is kept as it is, so that `verify` can name the event it is in.
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
