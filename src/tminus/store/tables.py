"""The tables of the log and the version of their layout."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Double,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    inspect,
    select,
    text,
)

from tminus.errors import StoreError

VERSION = 1
_CREATION = 0x746D696E7573  # the number of PostgreSQL's advisory lock while the tables are made: "tminus"

metadata = MetaData()
events = Table(
    "events",
    metadata,
    Column("launch", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False),
    Column("actor", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
_first = events.c.seq == 1
Index("launches", events.c.at, sqlite_where=_first, postgresql_where=_first)
layout = Table("event_log_layout", metadata, Column("version", Integer, nullable=False))


def is_ready(connection: Connection, name: str) -> bool:
    """True when the tables are there; False when they are still to be made. Raises `StoreError` when they are not ours."""
    present = inspect(connection).get_table_names()
    if layout.name not in present:
        if events.name in present:
            raise StoreError(
                f"{name} has a table 'events' that is not T-minus's",
                hint="name another database",
                code="foreign-database",
                retryable=False,
            )
        return False
    version = connection.scalar(select(layout.c.version)) or 0
    if version > VERSION:
        raise StoreError(
            f"{name} has layout {version}, this version of T-minus knows layouts up to {VERSION}",
            hint="it was written by a newer version: use that one",
            code="newer-log",
            retryable=False,
        )
    return True


def create(connection: Connection, name: str) -> None:
    """Make the tables, inside a write transaction, unless another process was quicker."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _CREATION})
    if not is_ready(connection, name):
        metadata.create_all(connection)
        connection.execute(layout.insert().values(version=VERSION))
