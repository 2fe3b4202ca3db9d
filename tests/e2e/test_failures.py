"""What breaks around a real server: it says so in the right place, the launch holds, and goes on when it is mended."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import resource
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from server import Server, free_port, running

from tminus.core.events import HoldStarted, LaunchCompleted, PhaseCompleted

# Two phases that follow each other by time alone: the log has to be written a few seconds after the start.
BY_THE_CLOCK = {"phases": [{"id": "first", "lasts": "6s"}, {"id": "second", "lasts": "1s"}]}
WAITING = {"roles": {"lead": {}}, "phases": [{"id": "only", "go": ["lead"]}]}
MEGABYTE = 1024 * 1024


def measured_by(url: str) -> dict[str, Any]:
    """A launch that a Prometheus decides about."""
    return {
        "roles": {"lead": {}},
        "sources": {"monitoring": {"prometheus": url, "timeout": "1s"}},
        "metrics": {"targets": {"source": "monitoring", "query": "sum(up)", "window": "10s"}},
        "phases": [{"id": "only", "exit": ["targets >= 1"], "go": ["lead"]}],
    }


class StandIn:
    """Something that listens where a Prometheus should, and answers as `mode` says: garbage, refusal, hang, or well."""

    def __init__(self, port: int, mode: str) -> None:
        self.mode = mode
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if stand_in.mode == "hang":
                    time.sleep(2.0)
                good = json.dumps(
                    {"status": "success", "data": {"resultType": "vector", "result": [{"value": [0, "1"]}]}}
                )
                bodies = {"garbage": "<h1>It works!</h1>", "error": '{"status": "error", "error": "out of memory"}'}
                with contextlib.suppress(OSError):
                    self.send_response(500 if stand_in.mode == "error" else 200)
                    self.end_headers()
                    self.wfile.write(bodies.get(stand_in.mode, good).encode())

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("garbage", "monitoring: monitoring cannot be asked: JSONDecodeError"),
        ("error", "monitoring: monitoring refused the query: out of memory"),
        ("hang", "monitoring: monitoring did not answer in time"),
    ],
)
def test_a_broken_source_holds_the_launch_until_it_is_mended(tmp_path: Path, mode: str, words: str) -> None:
    port = free_port()
    source = StandIn(port, mode)
    try:
        with running(tmp_path, measured_by(f"http://127.0.0.1:{port}")) as server:
            holds_for_its_source(server, words)
            source.mode = "well"
            completes(server)
    finally:
        source.close()


def test_a_source_that_is_not_there_holds_the_launch_until_it_comes(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, measured_by(f"http://127.0.0.1:{port}")) as server:
        holds_for_its_source(server, "monitoring: monitoring cannot be asked: ConnectError")
        source = StandIn(port, "well")
        try:
            completes(server)
        finally:
            source.close()


def test_a_real_prometheus_that_freezes_holds_the_launch(tmp_path: Path, need: Callable[[str], str]) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with prometheus(need("prometheus"), tmp_path, port) as process, running(tmp_path, measured_by(url)) as server:
        server.shows(lambda view: any(c["state"] == "holds" for c in view["criteria"]))
        process.send_signal(signal.SIGSTOP)
        holds_for_its_source(server, "monitoring: monitoring did not answer in time")
        process.send_signal(signal.SIGCONT)
        completes(server)


def holds_for_its_source(server: Server, words: str) -> None:
    """The trouble is on the page, everybody has said go, and still the launch does not go on."""
    server.troubled(words)
    assert server.command("go", role="lead").status_code == 200
    view = server.shows(lambda view: view["tone"] == "holding" and "could not measure targets" in view["sentence"])
    assert view["status"] == "running"


def completes(server: Server) -> None:
    """The launch goes on by itself, and nothing stands in its log twice."""
    assert server.ends() == 0, server.errors()
    events = server.events()
    completed = [event.phase for event in events if isinstance(event, PhaseCompleted)]
    assert len(completed) == len(set(completed))
    assert isinstance(events[-1], LaunchCompleted)


@contextlib.contextmanager
def prometheus(program: str, directory: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A Prometheus that measures itself every second."""
    config = directory / "prometheus.yml"
    target = {"job_name": "self", "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
    config.write_text(json.dumps({"global": {"scrape_interval": "1s"}, "scrape_configs": [target]}))
    listening = [f"--web.listen-address=127.0.0.1:{port}", f"--storage.tsdb.path={directory / 'tsdb'}"]
    with (directory / "prometheus.txt").open("wb") as output:
        process = subprocess.Popen(
            [program, f"--config.file={config}", *listening], cwd=directory, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[None]:
    """16 MB to fill up; only root can make it."""
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place)], capture_output=True)
    if made.returncode:
        pytest.skip(f"a small disk cannot be made here: {made.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(path: Path) -> None:
    """Take every byte that is left."""
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as filler:
        for size in (MEGABYTE, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    filler.write(b"\0" * size)


def test_a_full_disk_holds_the_launch_until_there_is_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk), running(tmp_path, BY_THE_CLOCK, disk / "data") as server:
        server.shows(lambda view: view["status"] == "running")
        fill(disk / "filler")
        refused_while_it_cannot_write(server, "no space left for the log", "disk-full")
        (disk / "filler").unlink()
        completes(server)
        assert server.errors().count("the launch holds, its log cannot be used") == 1


def test_a_file_that_may_not_grow_holds_the_launch_until_it_may(tmp_path: Path) -> None:
    with running(tmp_path, BY_THE_CLOCK) as server:
        server.shows(lambda view: view["status"] == "running")
        grown = (server.data / "log.sqlite-wal").stat().st_size
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (grown, resource.RLIM_INFINITY))
        refused_while_it_cannot_write(server, "nothing was recorded", "")
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        completes(server)


def test_a_locked_log_holds_the_launch_until_it_is_free(tmp_path: Path) -> None:
    with running(tmp_path, BY_THE_CLOCK) as server:
        server.shows(lambda view: view["status"] == "running")
        other = sqlite3.connect(server.data / "log.sqlite", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        refused_while_it_cannot_write(server, "is locked by another process", "log-locked")
        other.execute("ROLLBACK")
        other.close()
        completes(server)


def refused_while_it_cannot_write(server: Server, words: str, code: str) -> None:
    """A person is told at once, the page says why the launch stands still, and it does stand still."""
    answer = server.command("hold")
    assert answer.status_code == 503, answer.text
    assert words in answer.json()["detail"]
    assert answer.json()["code"] == code or not code
    assert answer.json()["retryable"] is True
    view = server.troubled(words)
    assert [phase["state"] for phase in view["phases"]] == ["now", "next"]


METRICS, PROTOBUF = "/v1/metrics", "application/x-protobuf"


@pytest.mark.parametrize(
    ("path", "content_type", "body", "headers", "status"),
    [
        pytest.param(METRICS, PROTOBUF, os.urandom(5000), {}, 400, id="protobuf-garbage"),
        pytest.param(METRICS, "application/json", b'{"resourceMetrics": 7}', {}, 400, id="json-garbage"),
        pytest.param(METRICS, PROTOBUF, b"no gzip", {"Content-Encoding": "gzip"}, 400, id="gzip-garbage"),
        pytest.param(METRICS, "text/html", b"<h1>hello</h1>", {}, 415, id="another-type"),
        pytest.param(METRICS, PROTOBUF, bytes(100 * MEGABYTE), {}, 413, id="100-MB"),
        pytest.param(
            METRICS,
            PROTOBUF,
            gzip.compress(bytes(100 * MEGABYTE)),
            {"Content-Encoding": "gzip"},
            413,
            id="100-MB-packed",
        ),
        pytest.param("/v1/events", "application/cloudevents+json", b"{]", {}, 400, id="events-garbage"),
    ],
)
def test_telemetry_that_cannot_be_taken_is_refused_and_changes_nothing(
    waiting: Server, path: str, content_type: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    before = waiting.events()
    answer = httpx.post(
        waiting.address + path, content=body, headers={"Content-Type": content_type, **headers}, timeout=60.0
    )
    assert answer.status_code == status
    assert answer.content
    assert b"Traceback" not in answer.content
    assert waiting.view()["troubles"] == []
    assert waiting.events() == before


def test_100_mb_without_an_announced_length_are_cut_off(waiting: Server) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(100):
            yield bytes(MEGABYTE)

    answer = httpx.post(waiting.address + METRICS, content=chunks(), headers={"Content-Type": PROTOBUF}, timeout=60.0)
    assert answer.status_code == 413
    assert waiting.view()["status"] == "running"


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose launch waits for its lead. At the end the lead says go: after all that it still can."""
    with running(tmp_path_factory.mktemp("waiting"), WAITING) as server:
        server.shows(lambda view: view["tone"] == "holding")
        yield server
        assert sum(isinstance(event, HoldStarted) for event in server.events()) == 1
        server.command("go", role="lead")
        completes(server)
        assert server.errors() == ""
