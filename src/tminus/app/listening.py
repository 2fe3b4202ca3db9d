"""The HTTP listener of every server of ours: uvicorn, with bounds on what a client may send before it is asked who it is."""

from __future__ import annotations

import contextlib
from asyncio import CancelledError, Task, TimerHandle, Transport, create_task, sleep
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from tminus.tls import Certificate

MOST_HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 20.0
# More than any body may take that a surface would still accept.
MESSAGE_SECONDS = 90.0
# So many bytes around each byte of a body are framing: the smallest chunk has five.
_FRAMING = 8
_TOO_LARGE = b"the head is larger than 64 KiB\n"
# Called by its name: on the path of every evaluation super() can be felt.
_Base = HttpToolsProtocol


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's protocol keeps a head of any length in memory and waits for its end for ever; this one does neither.

    A head or trailer over 64 KiB gets 431. A connection that waits for a whole head for 20 s, or for a whole message
    for 90 s, is closed when that is next looked at, after at most twice that time. What came in one read, some 256 KiB
    at most, is in memory anyway and is let through.
    """

    _begun = 0
    _spare = 0
    _timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """A client is there: it has so long to say what it wants."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server ends. Answers are finished; a stream, which has no end, is cut: its reader comes again elsewhere."""
        cycle = self.cycle
        if cycle is not None and cycle.chunked_encoding and not cycle.response_complete:
            # Left alone it would hold the end up for a second, and be ended with an error and a traceback on the terminal.
            self.transport.close()
        else:
            super().shutdown()

    def on_message_begin(self) -> None:
        """A request begins."""
        self._begun += 1
        self._spare = 0
        _Base.on_message_begin(self)

    def on_body(self, body: bytes) -> None:
        """Some of its body."""
        self._spare -= (_FRAMING + 1) * len(body)
        _Base.on_body(self, body)

    def data_received(self, data: bytes) -> None:
        """Bytes of one or more requests."""
        before = self._begun
        _Base.data_received(self, data)
        cycle = self.cycle
        if cycle is not None and not cycle.more_body and "method" in self.scope:
            return  # a whole request, as nearly always
        if not self._open or self.transport.is_closing():
            return
        if self._timer is None:
            self._wait()
        if before == self._begun:
            self._spare = max(0, self._spare + len(data))
            if self._spare > MOST_HEAD_BYTES:
                self._refuse()

    @property
    def _head_due(self) -> bool:
        """Whether the head of a request is awaited, or still the first word of all."""
        return self._begun == 0 or "method" not in self.scope

    @property
    def _open(self) -> bool:
        """Whether a request is not whole; one that was answered before counts as such."""
        return self._begun > 0 and (self.cycle is None or self.cycle.more_body or self._head_due)

    def _wait(self) -> None:
        seconds = HEAD_SECONDS if self._head_due else MESSAGE_SECONDS
        self._timer = self.loop.call_later(seconds, self._late, self._begun, self._head_due)

    def _late(self, begun: int, head_due: bool) -> None:
        """Close if the same thing is still awaited. Timers are not cancelled as requests end: few are ever set."""
        self._timer = None
        if self.transport.is_closing():
            return
        same = begun == self._begun and (self._open or begun == 0)
        if same and (self._head_due or not head_due):
            self.transport.close()
        elif self._open:
            self._wait()

    def _refuse(self) -> None:
        head = b"content-type: text/plain\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(_TOO_LARGE)
        # An answer that is under way must not have another in its middle.
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(STATUS_LINE[431] + head + _TOO_LARGE)
        self.transport.close()


class Listener(uvicorn.Server):
    """Leaves signals to whoever called `serve`: that one has more to end than a server."""

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        """Capture none."""
        return contextlib.nullcontext()


@contextlib.asynccontextmanager
async def running(server: Listener) -> AsyncIterator[Task[None]]:
    """The server's task, from when requests are answered or it has failed, until the block ends and the server with it."""
    serving = create_task(server.serve())
    try:
        while not server.started and not serving.done():
            await sleep(0.02)
        yield serving
    finally:
        server.should_exit = True
        with contextlib.suppress(CancelledError):
            await serving


def listener(app: Any, host: str, port: int, tls: Certificate | None) -> Listener:
    """A server for an ASGI application, with TLS where a certificate is given; `serve()` runs it."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=BoundedHttp,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
        ssl_certfile=None if tls is None else tls.certificate,
        ssl_keyfile=None if tls is None else tls.key,
    )
    return Listener(config)
