"""A world for launches to act on and to be measured in: services that keep what reached them, users who send telemetry."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

FLAG = "new-page"
EVERY_SECONDS = 0.2
REQUESTS = 40  # that users make in that time


class Receiver:
    """A service over real HTTP that counts what it is asked for, by idempotency key."""

    def __init__(self) -> None:
        self.received: Counter[str] = Counter()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                receiver.received[self.headers["Idempotency-Key"]] += 1
                time.sleep(0.1)  # so that some are killed while they wait for the answer
                with contextlib.suppress(OSError):
                    self.send_response(204)
                    self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self) -> Receiver:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def requests(error_rate: float = 0.0) -> list[dict[str, object]]:
    """What users did just now, as CloudEvents: half of them with the new page."""
    failing = round(REQUESTS * error_rate)
    return [
        {
            "specversion": "1.0",
            "id": uuid.uuid4().hex,
            "source": "/users",
            "type": "request",
            "subject": uuid.uuid4().hex[:8],
            "data": {
                "error": number < failing,
                "feature_flag.key": FLAG,
                "feature_flag.result.variant": "on" if number % 2 else "off",
            },
        }
        for number in range(REQUESTS)
    ]


@contextlib.contextmanager
def users(address: str, error_rate: float = 0.0) -> Iterator[None]:
    """People who use the service all the time, whether anybody measures it or not."""
    ended = threading.Event()

    def use() -> None:
        headers = {"Content-Type": "application/cloudevents-batch+json"}
        with httpx.Client(timeout=2.0) as client:
            while not ended.wait(EVERY_SECONDS):
                with contextlib.suppress(httpx.HTTPError):
                    client.post(f"{address}/v1/events", content=json.dumps(requests(error_rate)), headers=headers)

    thread = threading.Thread(target=use, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
