"""Cross-origin requests, for web pages of origins that were named (https://fetch.spec.whatwg.org/#http-cors-protocol)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from tminus.errors import UsageError
from tminus.ofrep.replies import Header, Message, Receive, Scope, Send, reply

Asgi: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

VARIABLE = "TMINUS_CORS"
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?")
_PREFLIGHT = [
    (b"access-control-allow-methods", b"POST, GET"),
    (b"access-control-allow-headers", b"authorization, content-type, if-none-match, x-api-key"),
    (b"access-control-max-age", b"600"),
]
# What a page's script may read beyond the body: without it a browser client never sees the ETag.
_EXPOSED = (b"access-control-expose-headers", b"ETag, Retry-After")
_FORBIDDEN = reply(403, b'{"errorCode":"GENERAL","errorDetails":"this origin is not one that may ask here"}')


def origins_of(text: str) -> frozenset[str]:
    """Origins out of a list such as `https://shop.example, http://localhost:3000`; `*` is any. Raises UsageError."""
    origins = frozenset(text.replace(",", " ").lower().split())
    for origin in origins - {"*"}:
        if not _ORIGIN.fullmatch(origin):
            raise UsageError(
                f"{VARIABLE}: {origin} is not an origin", hint="scheme, host and port, as https://shop.example:8443"
            )
    return origins


class Cors:
    """Lets pages of `origins` call an ASGI application; without any it changes nothing."""

    def __init__(self, app: Asgi, origins: frozenset[str]) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = _header(scope, b"origin")
        if not origin or scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        allowed = self._allowed(origin)
        if scope["method"] == "OPTIONS" and _header(scope, b"access-control-request-method"):
            await (reply(204, b"", [*allowed, *_PREFLIGHT]) if allowed else _FORBIDDEN).send(send)
            return
        await self._app(scope, receive, _telling(send, [*allowed, _EXPOSED]) if allowed else send)

    def _allowed(self, origin: bytes) -> list[Header]:
        if "*" in self._origins:
            return [(b"access-control-allow-origin", b"*")]
        if origin.decode("latin-1").lower() not in self._origins:
            return []
        return [(b"access-control-allow-origin", origin), (b"vary", b"Origin")]


def _telling(send: Send, headers: list[Header]) -> Send:
    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            # The reply may be shared between requests: its own message stays as it is.
            message = {**message, "headers": [*message["headers"], *headers]}
        await send(message)

    return tell


def _header(scope: Scope, wanted: bytes) -> bytes:
    for name, value in scope.get("headers", ()):
        if name == wanted:
            found: bytes = value
            return found
    return b""
