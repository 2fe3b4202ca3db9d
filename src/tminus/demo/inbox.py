"""Where the demonstration's messages arrive: a tiny HTTP server that Apprise's JSON channel posts to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_LARGEST = 1_000_000


@dataclass
class Inbox:
    """Keeps every message and shows it to whoever listens."""

    show: Callable[[str, str], None] = lambda role, text: None
    messages: list[dict[str, Any]] = field(default_factory=list)
    _server: asyncio.Server | None = field(default=None, init=False)

    async def open(self) -> int:
        """Listen on a free loopback port; the port."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = next(
                (int(line.split(":")[1]) for line in head.lower().split("\r\n") if line.startswith("content-length:")),
                0,
            )
            body = json.loads(await reader.readexactly(min(length, _LARGEST)) or b"{}")
            role = head.split(" ", 2)[1].strip("/").split("/")[0].split("?")[0]
            self.messages.append({"role": role, **body})
            self.show(role, str(body.get("message", "")))
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            await writer.drain()
        except (ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass
        finally:
            writer.close()
