"""The DuckDB file: its tables, its connections, and its errors in words a person can act on."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
from numpy.typing import NDArray

from tminus.errors import StoreError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS state (seq BIGINT, watching_since DOUBLE);
CREATE TABLE IF NOT EXISTS series (id INTEGER, name VARCHAR, kind VARCHAR, labels VARCHAR);
CREATE TABLE IF NOT EXISTS layouts (id INTEGER, bounds VARCHAR);
CREATE TABLE IF NOT EXISTS points (series INTEGER, stamp DOUBLE, seq BIGINT, value DOUBLE, samples BIGINT);
CREATE TABLE IF NOT EXISTS buckets (series INTEGER, stamp DOUBLE, layout INTEGER, bucket INTEGER, n BIGINT);
ALTER TABLE buckets ADD COLUMN IF NOT EXISTS seq BIGINT DEFAULT 0;  -- files of before guards watched latencies lack it
CREATE TABLE IF NOT EXISTS events (series INTEGER, stamp DOUBLE, seq BIGINT, subject BIGINT, key BIGINT);
ALTER TABLE events ADD COLUMN IF NOT EXISTS value DOUBLE;  -- files of before events carried values lack it
CREATE TABLE IF NOT EXISTS marks (
    stream BIGINT, series INTEGER, key_started DOUBLE, started DOUBLE, stamp DOUBLE, value DOUBLE, buckets VARCHAR,
    seq BIGINT);
CREATE TABLE IF NOT EXISTS arrivals (seq BIGINT, stamp DOUBLE);
"""


class Database:
    """One DuckDB file (or memory, for None). Each reader and the writer work on a cursor of their own.

    `read_only` opens a file that is there as it is; while another process writes it, that is refused.
    """

    def __init__(self, path: Path | None, *, memory_limit: str, threads: int, read_only: bool = False) -> None:
        self.path = path
        self._read_only = read_only
        self._config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory_limit,
            "threads": threads,
        }
        self._lock = threading.Lock()
        self._connection = self._connect()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A new connection to the same database. Raises StoreError when it is closed or broken."""
        try:
            with self._lock:
                return self._connection.cursor()
        except duckdb.Error as error:
            raise self.explained(error) from error

    def rows(
        self,
        sql: str,
        parameters: list[Any] | None = None,
        *,
        wanted: NDArray[Any] | None = None,
        tables: Mapping[str, Mapping[str, NDArray[Any]]] | None = None,
    ) -> list[tuple[Any, ...]]:
        """All rows of one question. Raises StoreError.

        `wanted` can be asked as table of that name, column `wanted`; `tables` are more of that sort, by name and column.
        """
        cursor = self.cursor()
        try:
            # An array, not a list parameter: for each element of a list DuckDB tries to import pandas and others.
            if wanted is not None:
                cursor.register("wanted", {"wanted": wanted})
            for name, columns in (tables or {}).items():
                cursor.register(name, dict(columns))
            return cursor.execute(sql, parameters).fetchall()
        except duckdb.Error as error:
            raise self.explained(error) from error
        finally:
            cursor.close()

    def columns(self, sql: str) -> dict[str, NDArray[Any]]:
        """The answer to one question by column, for many rows. Raises StoreError."""
        cursor = self.cursor()
        try:
            return cursor.execute(sql).fetchnumpy()
        except duckdb.Error as error:
            raise self.explained(error) from error
        finally:
            cursor.close()

    def reopen(self) -> None:
        """Start afresh after an error that made DuckDB refuse all further work. Memory cannot be reopened."""
        if self.path is None:
            return
        with self._lock:
            with contextlib.suppress(duckdb.Error):
                self._connection.close()
            self._connection = self._connect()

    def close(self) -> None:
        """Let go of the file. Nothing can be asked afterwards."""
        with self._lock:
            self._connection.close()

    def explained(self, error: duckdb.Error) -> StoreError:
        """The error as one line: what happened to which file, and what to do."""
        name = f"telemetry database {self.path or 'in memory'}"
        text = " ".join(str(error).split())
        holder = re.search(r"PID (\d+)", text)
        if "lock on file" in text:
            who = f" (process {holder.group(1)})" if holder else ""
            return StoreError(
                f"{name} is in use by another process{who}",
                hint="stop that one, or give this one its own data directory",
            )
        if "No space left" in text or "File too large" in text:
            return StoreError(
                f"{name} cannot grow: the disk is full", hint="free some space; nothing is lost until then"
            )
        if "not a valid DuckDB database" in text:
            return StoreError(f"{name} is not a DuckDB file", hint="move it away and start again", retryable=False)
        return StoreError(f"{name}: {text[:200]}", hint="see that the disk and the directory can be written")

    def _connect(self) -> duckdb.DuckDBPyConnection:
        try:
            connection = duckdb.connect(str(self.path or ":memory:"), read_only=self._read_only, config=self._config)
            if not self._read_only:
                connection.execute(_SCHEMA)
        except duckdb.Error as error:
            raise self.explained(error) from error
        return connection
