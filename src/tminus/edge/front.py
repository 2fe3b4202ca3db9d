"""The edge's door: by path to evaluations, to definitions, to reports, or to what it says of itself."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from tminus.edge.relay import PATHS
from tminus.following import Follower

Scope = MutableMapping[str, Any]
Send = Callable[[Any], Awaitable[None]]
Asgi = Callable[[Scope, Any, Send], Awaitable[None]]


class EdgeFront:
    """An ASGI application. `/health` is public, and says whether there are flags and whether they are current."""

    def __init__(self, ofrep: Asgi, definitions: Asgi, follower: Follower, reports: Asgi | None = None) -> None:
        self._ofrep = ofrep
        self._definitions = definitions
        self._follower = follower
        self._reports = reports

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        path: str = scope["path"] if scope["type"] == "http" else ""
        if path == "/health":
            await self._health(send)
        elif path.startswith("/flagd/"):
            await self._definitions(scope, receive, send)
        elif path in PATHS and self._reports is not None:
            await self._reports(scope, receive, send)
        else:
            await self._ofrep(scope, receive, send)

    async def _health(self, send: Send) -> None:
        follower = self._follower
        said = {"ok": follower.ready, "following": not follower.trouble, "revision": follower.held.current().revision}
        body = json.dumps(said).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        # An edge that lost its controller still has flags, and is one to be asked: only one without any is not.
        status = 200 if follower.ready else 503
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
