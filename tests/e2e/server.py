"""A `tminus run` as people start it: a process of its own, asked over HTTP, its log read from outside."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx

from tminus.core.events import Event
from tminus.store import SqlEventLog

NAME = "launch"
_PATIENCE = 30.0  # seconds until a test says that something never happened


class Server:
    """The process and its address."""

    def __init__(self, directory: Path, plan: dict[str, Any], data: Path, options: Sequence[str] = ()) -> None:
        self.data = data
        self._errors = directory / "stderr.txt"
        path = directory / "plan.yaml"
        path.write_text(json.dumps({"tminus": 1, "title": "Launch", **plan}))
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        arguments = ["run", str(path), "--name", NAME, "--data", str(data), "--port", str(self.port), "--json"]
        with self._errors.open("wb") as errors, (directory / "stdout.txt").open("wb") as output:
            program = [sys.executable, "-c", "from tminus.cli import main; main()", *arguments, *options]
            self.process = subprocess.Popen(program, cwd=directory, stdout=output, stderr=errors)

    def view(self) -> dict[str, Any]:
        """What every screen shows; empty while it does not answer yet."""
        with contextlib.suppress(httpx.HTTPError, ValueError):
            answer = httpx.get(f"{self.address}/api/launch", timeout=10.0)
            if answer.status_code == 200:
                return dict(answer.json())
        return {}

    def command(self, name: str, **said: str) -> httpx.Response:
        """Steer the launch."""
        return httpx.post(f"{self.address}/api/launch/{name}", json=said, timeout=30.0)

    def shows(self, seen: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The first view for which `seen` is true."""
        deadline = time.monotonic() + _PATIENCE
        view: dict[str, Any] = {}
        while time.monotonic() < deadline and self.process.poll() is None:
            view = self.view()
            if view and seen(view):
                return view
            time.sleep(0.1)
        raise AssertionError(f"never shown; the last view was {view}; stderr: {self.errors()}")

    def troubled(self, words: str) -> dict[str, Any]:
        """The first view with a trouble that says this."""
        return self.shows(lambda view: any(words in trouble for trouble in view["troubles"]))

    def ends(self) -> int:
        """The exit code, once the launch has ended."""
        return self.process.wait(_PATIENCE)

    def errors(self) -> str:
        """What it wrote to stderr."""
        return self._errors.read_text()

    def events(self) -> list[Event]:
        """The log, checked."""
        log = SqlEventLog(self.data / "log.sqlite")
        records = log.read(NAME)
        assert log.verify(NAME) == len(records)
        return [one.event for one in records]


@contextlib.contextmanager
def running(
    directory: Path, plan: dict[str, Any], data: Path | None = None, options: Sequence[str] = ()
) -> Iterator[Server]:
    """A server with a launch of this plan, until the test is done with it; `options` are added to its command line."""
    server = Server(directory, plan, data or directory / "data", options)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.wait()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
