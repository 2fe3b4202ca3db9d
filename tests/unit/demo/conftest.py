"""What the sample service talks to, in small: flags by OFREP, metrics by OTLP, events as CloudEvents; and the processes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

import tminus.demo

SERVICE = Path(tminus.demo.__file__).with_name("service")


class Receiver(ThreadingHTTPServer):
    """Flag service, metrics receiver and event receiver on one port of the loopback."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.share = 0.0
        self.refuse_events = 0
        self.connections = 0
        self.contexts: list[dict[str, str]] = []
        self.events: list[dict] = []
        self.metrics: list[ExportMetricsServiceRequest] = []
        self.tokens: set[tuple[str, str]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a service that uses this receiver for everything."""
        return {
            "OFREP_URL": self.url,
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.url,
            "EVENTS_URL": f"{self.url}/events",
        }

    def is_new(self, user: str) -> bool:
        return zlib.crc32(user.encode()) % 10_000 < self.share * 10_000

    def process_request(self, request, client_address) -> None:
        self.connections += 1
        super().process_request(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are two writes: without this each answer waits 40 ms for the client's delayed acknowledgement.
    disable_nagle_algorithm = True
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.tokens.add((self.path.split("/")[1], self.headers.get("Authorization", "")))
        if self.path == "/ofrep/v1/evaluate/flags/enhanced-profile":
            self._evaluate(json.loads(body)["context"])
        elif self.path == "/v1/metrics":
            self.server.metrics.append(ExportMetricsServiceRequest.FromString(body))
            self._answer(200, b"")
        elif self.path == "/events" and self.headers["Content-Type"] == "application/cloudevents-batch+json":
            self._take_events(json.loads(body))
        else:
            self._answer(404, b"")

    def _evaluate(self, context: dict[str, str]) -> None:
        self.server.contexts.append(context)
        new = self.server.is_new(context["targetingKey"])
        result = {"key": "enhanced-profile", "reason": "SPLIT", "value": new, "variant": "on" if new else "off"}
        self._answer(200, json.dumps(result).encode())

    def _take_events(self, batch: list[dict]) -> None:
        if self.server.refuse_events:
            self.server.refuse_events -= 1
            self._answer(503, b"")
            return
        self.server.events.extend(batch)
        self._answer(202, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def run_service() -> Callable[..., AbstractContextManager[str]]:
    return _run_service


@pytest.fixture
def run_traffic() -> Callable[..., AbstractContextManager[subprocess.Popen[bytes]]]:
    return _run_traffic


@pytest.fixture
def eventually() -> Callable[..., None]:
    return _eventually


@pytest.fixture
def service_folder() -> Path:
    return SERVICE


@pytest.fixture
def free_port() -> int:
    return _free_port()


@contextmanager
def _run_service(port: int | None = None, **settings: str) -> Iterator[str]:
    """The real service in its own process, as the demonstration starts it; yields its address."""
    port = port or _free_port()
    command = [sys.executable, "-m", "uvicorn", "app:app", "--app-dir", str(SERVICE), "--port", str(port)]
    environment = {**os.environ, "BASE_ERROR_RATE": "0", "OTEL_METRIC_EXPORT_INTERVAL": "500", **settings}
    process = subprocess.Popen([*command, "--no-access-log", "--log-level", "warning"], env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        _eventually(lambda: _is_up(url, process), "the service answers")
        yield url
    finally:
        process.terminate()
        assert process.wait(15) in (0, -15)


@contextmanager
def _run_traffic(target: str, report: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """The real traffic in its own process."""
    command = [sys.executable, "-m", "tminus.demo.traffic", "--target", target, "--report", str(report), *options]
    process = subprocess.Popen(command)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(15)


def _eventually(holds: Callable[[], bool], what: str, timeout_seconds: float = 30.0) -> None:
    """Waits until `holds`; fails with `what` when it never does."""
    deadline = time.monotonic() + timeout_seconds
    while not holds():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_up(url: str, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "the service ended at its start"
    try:
        return httpx.get(f"{url}/health").is_success
    except httpx.TransportError:
        return False
