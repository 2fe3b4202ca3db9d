"""What only a log in SQL can meet: other processes, kills, and rows changed from outside. On SQLite and PostgreSQL."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tminus.core.events import HoldEnded, LaunchStarted, PhaseStarted
from tminus.errors import Conflict, StoreError, UsageError
from tminus.store import SqlEventLog

STARTED = LaunchStarted(title="t", plan={})

# Appends two events at a time for ever, or `count` times, and says after each append how far the log is now.
APPENDER = """
import sys
from tminus.core.events import HoldEnded, PhaseStarted
from tminus.errors import StoreError
from tminus.store import SqlEventLog

url, actor, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
log, done = SqlEventLog(url), 0
while done != count:
    try:
        pair = [PhaseStarted(phase=str(done)), HoldEnded(seconds=float(done))]
        recorded = log.append("profile", log.head("profile"), pair, actor=actor, at=1.0)
    except StoreError as error:
        assert error.retryable, error
        continue
    done += 1
    print(recorded[-1].seq, flush=True)
"""


def appender(url: str, actor: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", APPENDER, url, actor, str(count)], stdout=subprocess.PIPE, text=True)


def change(url: str, statement: str) -> None:
    """Change the tables behind the log's back."""
    engine = create_engine(re.sub("^postgresql:", "postgresql+psycopg:", url))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def log(url: str) -> SqlEventLog:
    return SqlEventLog(url)


@pytest.fixture
def filled(log: SqlEventLog) -> SqlEventLog:
    log.append("profile", 0, [STARTED, *(HoldEnded(seconds=float(n)) for n in range(2, 8))], actor="a", at=1.5)
    return log


def test_two_processes_that_append_to_a_new_log_lose_nothing(url: str) -> None:
    workers = [appender(url, name, 40) for name in ("one", "two")]
    assert [worker.wait(120) for worker in workers] == [0, 0]
    log = SqlEventLog(url)
    assert log.verify("profile") == 160
    for name in ("one", "two"):
        own = [one.event for one in log.read("profile") if one.actor == name]
        assert [event.phase for event in own if isinstance(event, PhaseStarted)] == [str(n) for n in range(40)]


def test_a_kill_in_the_middle_of_appends_leaves_a_valid_chain_with_all_that_was_confirmed(url: str) -> None:
    SqlEventLog(url).close()
    confirmed = 0
    for round_ in range(5):
        worker = appender(url, f"round {round_}", -1)
        assert worker.stdout is not None
        confirmed = int(worker.stdout.readline())
        time.sleep(0.03 * round_)
        worker.send_signal(signal.SIGKILL)
        lines = worker.stdout.read().split()
        worker.wait()
        confirmed = max([confirmed, *(int(line) for line in lines)])
        log = SqlEventLog(url)
        assert log.verify("profile") == log.head("profile") >= confirmed
        assert log.head("profile") % 2 == 0  # an append of two events is never torn
        log.append("profile", log.head("profile"), [STARTED, STARTED], actor="after", at=1.0)
        log.close()
    assert confirmed >= 10


def test_a_log_is_still_there_when_it_is_opened_again(url: str, filled: SqlEventLog) -> None:
    before = filled.read("profile")
    filled.close()
    assert SqlEventLog(url).read("profile") == before


@pytest.mark.parametrize(
    ("statement", "first_wrong"),
    [
        ("UPDATE events SET event = replace(event, '4', '5') WHERE seq = 4", "event 4 .* does not fit its hash"),
        ("UPDATE events SET actor = 'mallory' WHERE seq = 1", "event 1 .* does not fit its hash"),
        ("UPDATE events SET at = 1.5000000000000002 WHERE seq = 7", "event 7 .* does not fit its hash"),
        ("UPDATE events SET hash = previous WHERE seq = 3", "event 3 .* does not fit its hash"),
        ("UPDATE events SET previous = 'x' WHERE seq = 2", "event 2 .* does not follow"),
        ("DELETE FROM events WHERE seq = 1", "event 1 .* is missing: the next one there is 2"),
        ("DELETE FROM events WHERE seq = 5", "event 5 .* is missing: the next one there is 6"),
        ("UPDATE events SET seq = seq + 1 WHERE seq = 7", "event 7 .* is missing"),
    ],
)
def test_verify_names_the_first_event_that_was_tampered_with(
    url: str, filled: SqlEventLog, statement: str, first_wrong: str
) -> None:
    assert filled.verify("profile") == 7
    change(url, statement)
    with pytest.raises(StoreError, match=first_wrong) as caught:
        filled.verify("profile")
    assert not caught.value.retryable


def test_events_moved_to_another_launch_are_found(url: str, filled: SqlEventLog) -> None:
    change(url, "UPDATE events SET launch = 'other'")
    with pytest.raises(StoreError, match="event 1 of launch 'other' does not fit its hash"):
        filled.verify("other")


def test_verify_reads_a_long_log_to_its_end(url: str, log: SqlEventLog) -> None:
    log.append("profile", 0, [HoldEnded(seconds=float(n)) for n in range(2500)], actor="a", at=1.0)
    assert log.verify("profile") == 2500
    change(url, "UPDATE events SET actor = 'b' WHERE seq = 2400")
    with pytest.raises(StoreError, match="event 2400 "):
        log.verify("profile")


def test_an_event_of_a_newer_version_is_named(url: str, filled: SqlEventLog) -> None:
    change(url, """UPDATE events SET event = '{"event":"MoonReached"}' WHERE seq = 6""")
    with pytest.raises(
        StoreError, match="event 6 of launch 'profile' is a 'MoonReached', which this version"
    ) as caught:
        filled.read("profile")
    assert not caught.value.retryable
    assert len(filled.read("profile", after=6)) == 1


@pytest.mark.parametrize("body", ["", "garbage", "[]", "{}", '{"event":"PhaseStarted"}', '{"event":5}'])
def test_an_event_that_is_not_one_is_named(url: str, filled: SqlEventLog, body: str) -> None:
    change(url, f"UPDATE events SET event = '{body}' WHERE seq = 2".replace(":", r"\:"))
    with pytest.raises(StoreError, match="event 2 of launch 'profile' "):
        filled.read("profile")


def test_a_log_of_a_newer_layout_is_left_alone(url: str, filled: SqlEventLog) -> None:
    filled.close()
    change(url, "UPDATE event_log_layout SET version = 2")
    with pytest.raises(StoreError, match="has layout 2, this version of T-minus knows layouts up to 1") as caught:
        SqlEventLog(url)
    assert not caught.value.retryable


def test_a_database_with_somebody_elses_events_is_left_alone(url: str, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    change(url, "CREATE TABLE events (id INTEGER)")
    with pytest.raises(StoreError, match="a table 'events' that is not T-minus's"):
        SqlEventLog(url)


def test_a_lock_held_by_another_process_is_a_retryable_error_and_then_all_goes_on(
    url: str, filled: SqlEventLog
) -> None:
    engine = create_engine(re.sub("^postgresql:", "postgresql+psycopg:", url))
    lock = "BEGIN IMMEDIATE" if engine.name == "sqlite" else "LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE"
    with engine.connect() as other:
        other.exec_driver_sql(lock)
        with pytest.raises(StoreError, match="is locked by another process") as caught:
            filled.append("profile", 7, [HoldEnded()], actor="a", at=2.0)
        assert caught.value.retryable
        assert not isinstance(caught.value, Conflict)
        assert filled.head("profile") == len(filled.read("profile")) == 7  # readers do not wait for it
        other.rollback()
    assert filled.append("profile", 7, [HoldEnded()], actor="a", at=2.0)[0].seq == 8
    engine.dispose()


def test_a_server_that_is_not_there_is_a_retryable_error_without_its_password() -> None:
    with pytest.raises(
        StoreError, match=r"postgresql://tminus:\*\*\*@127\.0\.0\.1:1/launches cannot be used"
    ) as caught:
        SqlEventLog("postgresql://tminus:hush@127.0.0.1:1/launches")
    assert caught.value.retryable
    assert "hush" not in str(caught.value)


def test_a_database_that_is_not_there_is_named(postgres: str) -> None:
    with pytest.raises(StoreError, match='database "nowhere" does not exist'):
        SqlEventLog(postgres.replace("/postgres?", "/nowhere?"))


def test_connections_that_the_server_cut_are_replaced(postgres: str, new_url: Callable[[str], str]) -> None:
    url = new_url("postgres")
    log = SqlEventLog(url)
    log.append("profile", 0, [STARTED], actor="a", at=1.0)
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    change(url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
    assert log.append("profile", 1, [HoldEnded()], actor="a", at=2.0)[0].seq == 2


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/db", "://", "postgresql://h:port/db"])
def test_a_url_that_names_no_log_is_a_usage_error(url: str) -> None:
    with pytest.raises(UsageError):
        SqlEventLog(url)
