"""One engine at a time: a lock of the operating system beside the log."""

import subprocess
import sys
from pathlib import Path

import pytest

from tminus.errors import StoreError
from tminus.store import ControllerLock

HOLD = """
import sys, time
from pathlib import Path
from tminus.store import ControllerLock
print(ControllerLock(Path(sys.argv[1])).acquire(), flush=True)
time.sleep(60)
"""


def test_the_second_one_does_not_get_it_and_learns_who_has_it(tmp_path: Path) -> None:
    first, second = ControllerLock(tmp_path / "new" / "l.db"), ControllerLock(tmp_path / "new" / "l.db")
    assert first.acquire()
    assert first.acquire()
    assert not second.acquire()
    assert second.holder().isdigit()
    first.release()
    assert second.acquire()


def test_logs_are_locked_one_by_one(tmp_path: Path) -> None:
    one, other = ControllerLock(tmp_path / "one.db"), ControllerLock(tmp_path / "other.db")
    assert one.acquire()
    assert other.acquire()


def test_a_killed_process_lets_go_of_it(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "l.db")], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    mine = ControllerLock(tmp_path / "l.db")
    assert not mine.acquire()
    assert mine.holder() == str(process.pid)
    process.kill()
    process.wait()
    assert mine.acquire()


def test_a_command_started_meanwhile_does_not_keep_it(tmp_path: Path) -> None:
    first, second = ControllerLock(tmp_path / "l.db"), ControllerLock(tmp_path / "l.db")
    assert first.acquire()
    child = subprocess.Popen(["sleep", "60"], close_fds=False)
    first.release()
    assert second.acquire()
    child.kill()
    child.wait()


def test_a_lock_file_that_cannot_be_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot open the lock file .*l\.db\.lock"):
        ControllerLock(tmp_path / "file" / "l.db").acquire()
