"""The places a log can be kept in. PostgreSQL is a real server from a wheel, started once for all tests."""

import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pgserver
import psycopg
import pytest

from tminus.store import MemoryEventLog, SqlEventLog

_number = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    # Not in pytest's own directory: as root the server runs as another user, and its socket's path must stay short.
    server = pgserver.get_server(tempfile.mkdtemp(prefix="tminus-pg-"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Give the URL of an empty database of this kind."""

    def make(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / 'state' / 'launches.db'}"
        server = request.getfixturevalue("postgres")
        name = f"log_{next(_number)}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return server.replace("/postgres?", f"/{name}?")

    return make


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> str:
    """An empty database: the tests that use this run on SQLite and on PostgreSQL."""
    return new_url(request.param)


@pytest.fixture(params=["sqlite", "postgres", "memory"])
def log(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> Iterator[SqlEventLog | MemoryEventLog]:
    """An empty log of every kind there is."""
    if request.param == "memory":
        yield MemoryEventLog()
        return
    sql = SqlEventLog(new_url(request.param))
    yield sql
    sql.close()
