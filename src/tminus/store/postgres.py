"""The log in PostgreSQL: how it is reached, and its errors in words a person can act on."""

from __future__ import annotations

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.exc import DBAPIError

from tminus.errors import StoreError, UsageError

_LOCKED = ("55P03", "57014", "40P01")  # lock not available, statement cancelled, deadlock
_FULL = "53100"
_LIMITS = {"connect_timeout": "5", "options": "-c lock_timeout=2000 -c statement_timeout=10000"}


class PostgresDatabase:
    """One database, by its URL. The password is never part of a message."""

    begin = "BEGIN"

    def __init__(self, url: URL) -> None:
        self.name = f"the log {url.render_as_string(hide_password=True)}"
        self.engine = _engine(url)

    def explained(self, error: DBAPIError) -> StoreError:
        """The error as one line."""
        code = getattr(error.orig, "sqlstate", None) or ""
        if code in _LOCKED:
            return StoreError(f"{self.name} is locked by another process", hint="it is tried again", code="log-locked")
        if code == _FULL:
            return StoreError(
                f"no space left for {self.name}, nothing was recorded", hint="free some space", code="disk-full"
            )
        first = (str(error.orig).strip().splitlines() or [""])[0]
        # Class 42: what we may not do there, or a table that is not as we know it. Trying again changes neither.
        return StoreError(f"{self.name} cannot be used: {first}", code="no-log", retryable=code[:2] != "42")

    def ensure_present(self) -> None:
        """A server keeps its own files."""


def _engine(url: URL) -> Engine:
    limits = {name: value for name, value in _LIMITS.items() if name not in url.query}
    try:
        return create_engine(
            url.set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            connect_args=limits,
            pool_pre_ping=True,
            pool_size=8,
            max_overflow=32,
            hide_parameters=True,
        )
    except ModuleNotFoundError as error:
        raise UsageError("PostgreSQL needs one more package", hint="pip install 'psycopg[binary]'") from error
