"""`tminus demo` as a person types it: both acts for real, only faster, and nothing is left behind however it ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from server import free_port

MARK = "TMINUS_TEST_MARK"
PARTS = 3  # T-minus itself, the sample service, its users


class Demo:
    """The running demonstration, and every process that came of it."""

    def __init__(self, directory: Path) -> None:
        self._mark = uuid.uuid4().hex
        self._errors = directory / "stderr.txt"
        arguments = ["demo", "--headless", "--json", "--pace", "60480", "--port", str(free_port())]
        program = [sys.executable, "-c", "from tminus.cli import main; main()", *arguments]
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                program,
                cwd=directory,
                env=os.environ | {MARK: self._mark},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def processes(self) -> list[int]:
        """The living ones, told by a variable that each inherits."""
        mark = f"{MARK}={self._mark}".encode()
        return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if mark in read(path)]

    def until(self, seen: Callable[[], bool], seconds: float) -> bool:
        """Whether it came to be in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if seen():
                return True
            time.sleep(0.2)
        return False

    def errors(self) -> str:
        """What it told on the way."""
        return self._errors.read_text()


def read(path: Path) -> bytes:
    """A file of /proc; empty where the process has ended meanwhile or is not ours."""
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    started = Demo(tmp_path)
    yield started
    for pid in started.processes():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    started.process.communicate()


@pytest.mark.slow
def test_the_bad_release_is_rolled_back_and_the_mended_one_reaches_everybody(demo: Demo) -> None:
    printed = demo.process.communicate(timeout=280)[0]
    assert demo.process.returncode == 0, printed + demo.errors()
    result = json.loads(printed)
    assert result["ok"] is True
    first, second = result["act_1"], result["act_2"]
    # At this pace a stage is over in seconds, so chance decides in which one enough failures have been seen.
    assert 1.0 not in [stage["share"] for stage in first["stages"]]
    assert first["seconds_from_onset_to_old_for_all"] > 0
    assert first["failed_canary_requests"] > 0
    assert [stage["share"] for stage in second["stages"]] == [0.05, 0.15, 0.5, 1.0]
    assert second["reached_everybody"] is True
    assert result["log"]["chain"] == "whole"
    assert result["users"]["requests"] > 1000
    assert demo.processes() == []


def test_told_to_stop_in_the_middle_it_ends_everything_it_started(demo: Demo) -> None:
    assert demo.until(lambda: len(demo.processes()) >= PARTS, 60), demo.errors()
    demo.process.send_signal(signal.SIGTERM)
    assert demo.process.wait(30) == 130, demo.errors()
    assert demo.until(lambda: demo.processes() == [], 5)
