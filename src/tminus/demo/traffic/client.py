"""A small HTTP/1.1 client for one host: connections kept alive, h11 for the protocol, asyncio for the bytes.

A general client costs several times as much processor time a request, and the traffic of the demonstration shares
two cores with everything it exercises.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11

from tminus.errors import UsageError

_READ_BYTES = 65536


class Unreachable(Exception):
    """No connection, or it was closed before an answer began."""


class BrokenAnswer(Exception):
    """The answer began and did not end, or is not HTTP."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and variant (from X-Profile-Variant, empty without) of an answer that was read to its end."""

    status: int
    variant: str


class _Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer
        self._protocol = h11.Connection(h11.CLIENT)

    @property
    def usable(self) -> bool:
        # Data at rest on an idle connection, or its end, means that the server is done with it.
        return not (self._reader.at_eof() or self.writer.is_closing())

    async def exchange(self, request: h11.Request) -> Reply:
        head: h11.Response | None = None
        try:
            self.writer.write(self._protocol.send(request) or b"")
            self._protocol.send(h11.EndOfMessage())
            while True:
                event = self._protocol.next_event()
                if event is h11.NEED_DATA:
                    self._protocol.receive_data(await self._reader.read(_READ_BYTES))
                elif isinstance(event, h11.Response):
                    head = event
                elif isinstance(event, h11.EndOfMessage) and head is not None:
                    return _reply(head)
                elif isinstance(event, h11.ConnectionClosed):
                    raise Unreachable("closed without an answer")
        except (OSError, h11.RemoteProtocolError) as error:
            raise (Unreachable if head is None else BrokenAnswer)(str(error)) from error

    def ready_for_another(self) -> bool:
        if self._protocol.our_state is not h11.DONE or self._protocol.their_state is not h11.DONE:
            return False
        self._protocol.start_next_cycle()
        return True


class Client:
    """Sends requests to one `http://host:port`, as many at once as are asked for."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        if parts.scheme != "http" or not parts.hostname:
            raise UsageError(f"{target!r} is not an address traffic can go to", hint="write http://HOST:PORT")
        self._host, self._port = parts.hostname, parts.port or 80
        self._prefix = parts.path.rstrip("/")
        self._authority = parts.netloc.rpartition("@")[2]
        self._idle: list[_Connection] = []

    async def request(self, method: str, path: str) -> Reply:
        """Sends one request without a body. Raises Unreachable or BrokenAnswer; the time-out is the caller's."""
        headers = [("host", self._authority), ("user-agent", "tminus-traffic"), ("accept", "text/html")]
        if method == "POST":
            headers.append(("content-length", "0"))
        connection = await self._connection()
        reusable = False
        try:
            reply = await connection.exchange(h11.Request(method=method, target=self._prefix + path, headers=headers))
            reusable = connection.ready_for_another()
        finally:
            # Also after a time-out: half an answer left in the pipe would be read as the next visitor's.
            if reusable:
                self._idle.append(connection)
            else:
                connection.writer.close()
        return reply

    def close(self) -> None:
        """Closes what is idle."""
        for connection in self._idle:
            connection.writer.close()
        self._idle.clear()

    async def _connection(self) -> _Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
            connection.writer.close()
        try:
            return _Connection(*await asyncio.open_connection(self._host, self._port))
        except OSError as error:
            raise Unreachable(str(error)) from error


def _reply(head: h11.Response) -> Reply:
    for name, value in head.headers:
        if name == b"x-profile-variant":
            return Reply(head.status_code, value.decode("latin-1"))
    return Reply(head.status_code, "")
