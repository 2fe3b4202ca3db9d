"""An SQLite log on a full disk, with a damaged file, or where no file can be."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tminus.core.events import HoldEnded, LaunchStarted
from tminus.errors import StoreError
from tminus.store import SqlEventLog

STARTED = LaunchStarted(title="t", plan={"padding": "needle" * 400})


def fill(path: Path, events: int = 200) -> None:
    log = SqlEventLog(path)
    log.append("profile", 0, [STARTED, *(HoldEnded(seconds=float(n)) for n in range(events))], actor="a", at=1.0)
    log.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte, where the tests may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("needs the right to mount a small disk; the file size limit below tests the same path")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def append_until_it_fails(log: SqlEventLog) -> StoreError:
    for _ in range(2000):
        try:
            log.append("profile", log.head("profile"), [STARTED], actor="a", at=1.0)
        except StoreError as error:
            return error
    raise AssertionError("the disk never filled up")


def test_a_full_disk_is_named_nothing_is_half_recorded_and_room_mends_it(small_disk: Path) -> None:
    log = SqlEventLog(small_disk / "launches.db")
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(300_000))
    error = append_until_it_fails(log)
    assert str(error).startswith(f"no space left for the log {small_disk / 'launches.db'}, nothing was recorded")
    assert error.retryable
    recorded = log.head("profile")
    assert log.verify("profile") == recorded > 0
    ballast.unlink()
    assert log.append("profile", recorded, [STARTED], actor="a", at=1.0)[0].seq == recorded + 1
    assert log.verify("profile") == recorded + 1
    log.close()


def test_a_log_cannot_be_opened_on_a_full_disk_and_says_so(small_disk: Path) -> None:
    with contextlib.suppress(OSError), open(small_disk / "ballast", "wb", buffering=0) as ballast:
        while True:
            ballast.write(bytes(4096))
    with pytest.raises(StoreError, match="no space left for the log"):
        SqlEventLog(small_disk / "launches.db")


LIMITED = """
import resource, sys
from pathlib import Path
from tminus.core.events import LaunchStarted
from tminus.errors import StoreError
from tminus.store import SqlEventLog

log = SqlEventLog(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
big = LaunchStarted(title="t", plan={"padding": "x" * 5000})
try:
    while True:
        log.append("profile", log.head("profile"), [big], actor="a", at=1.0)
except StoreError as error:
    print(error.retryable, error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
head = log.head("profile")
log.append("profile", head, [big], actor="a", at=1.0)
print(log.verify("profile") - head, head > 3)
"""


def test_a_write_that_fails_halfway_records_nothing_and_the_next_one_goes_through(tmp_path: Path) -> None:
    """The file size limit makes the system call itself fail: no root needed."""
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path / "l.db")], capture_output=True, text=True, check=True
    )
    error, after = done.stdout.splitlines()
    assert error.startswith("True the log ")
    assert "nothing was recorded" in error
    assert after == "1 True"


@pytest.mark.parametrize(("old", "new"), [(b"needle", b"nEedle"), (b"needle", b"n\xffedle"), (b'"tit', b'"t\x00t')])
def test_one_changed_byte_in_the_file_is_found(tmp_path: Path, old: bytes, new: bytes) -> None:
    path = tmp_path / "launches.db"
    fill(path)
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    log = SqlEventLog(path)
    with pytest.raises(StoreError, match="event 1 of launch 'profile' does not fit its hash"):
        log.verify("profile")
    log.close()


def test_a_file_that_is_no_database_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("tminus: 1\n" * 500)
    with pytest.raises(StoreError, match=r"plan\.yaml is not a database") as caught:
        SqlEventLog(path)
    assert not caught.value.retryable
    assert path.read_text() == "tminus: 1\n" * 500


def test_a_file_with_a_lost_middle_is_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "launches.db"
    fill(path, 2000)
    content = bytearray(path.read_bytes())
    content[8192:-4096] = bytes(len(content) - 8192 - 4096)
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"launches\.db is damaged") as caught:
        SqlEventLog(path).verify("profile")
    assert not caught.value.retryable


def test_a_place_where_no_file_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot make the directory"):
        SqlEventLog(tmp_path / "file" / "launches.db")
    with pytest.raises(StoreError, match="cannot be opened for writing"):
        SqlEventLog(tmp_path)


def test_a_log_deleted_under_a_running_program_is_not_written_into_the_void(tmp_path: Path) -> None:
    path = tmp_path / "launches.db"
    fill(path)
    log = SqlEventLog(path)
    head = log.append("profile", 201, [STARTED], actor="a", at=1.0)[-1].seq
    path.rename(tmp_path / "away.db")
    with pytest.raises(StoreError, match="was deleted or replaced while T-minus ran, nothing was recorded"):
        log.append("profile", head, [STARTED], actor="a", at=1.0)
    (tmp_path / "away.db").rename(path)
    assert log.append("profile", head, [STARTED], actor="a", at=1.0)[0].seq == head + 1


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    with SqlEventLog(tmp_path / "launches.db")._reading() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
