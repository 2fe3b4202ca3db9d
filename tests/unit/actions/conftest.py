"""Jobs, and a real HTTP server on loopback that does what a test tells it to."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tminus.ports import Job


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class WebService:
    """`answers` are used up one a request, the last one stays; `seen` is what came in."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    def says(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Add an answer."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        self.answers.append(answer)


@pytest.fixture
def web() -> Iterator[WebService]:
    service = WebService()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            service.seen.append(Seen(self.command, self.path, dict(self.headers), body))
            answer = service.answers.pop(0) if len(service.answers) > 1 else service.answers[0]
            try:
                answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the caller had enough

        do_GET = do_POST = do_PUT = do_DELETE = handle_any

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    yield service
    server.shutdown()
    server.server_close()


@pytest.fixture
def job() -> Callable[..., Job]:
    """Make a job: job(kind, timeout=..., **spec)."""

    def make(kind: str, *, timeout: float = 20.0, key: str = "rollback:1:2", **spec: Any) -> Job:
        return Job("profile-1", key, kind, spec, timeout, 1)

    return make
