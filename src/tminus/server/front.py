"""The door: a few lines of ASGI that send flag evaluation and telemetry to raw handlers and guard the rest.

In front of the framework, because its routing alone would cost three quarters of the evaluations per second.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote

from tminus.access import OBSERVE, OPERATE, Access
from tminus.app.settings import login_name
from tminus.ingest import IngestApp

Scope = MutableMapping[str, Any]
Asgi = Callable[[Scope, Any, Any], Awaitable[None]]

COOKIE = "tminus"
PUBLIC = ("/status", "/static/", "/login", "/health")
_OFREP = "/ofrep/"
_FLAGD = "/flagd/"


class Front:
    """Dispatches by path, and lets only those in who may.

    `hosts` are the names under which this server may be called; None allows all. On loopback it keeps a web page
    elsewhere from reaching T-minus through a name that it made point here (DNS rebinding).
    """

    def __init__(
        self,
        ofrep: Asgi,
        ingest: Asgi,
        pages: Any,
        access: Access,
        hosts: frozenset[str] | None,
        *,
        definitions: Asgi | None = None,
    ) -> None:
        self._ofrep = ofrep
        self._definitions = definitions or pages
        self._ingest = ingest
        self._pages = pages
        self._access = access
        self._hosts = hosts
        self._local_actor = login_name()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._pages(scope, receive, send)
            return
        path: str = scope["path"]
        if path.startswith(_OFREP):
            await self._ofrep(scope, receive, send)
        elif path in IngestApp.paths:
            await self._ingest(scope, receive, send)
        elif path.startswith(_FLAGD) and self._named(scope):
            await self._definitions(scope, receive, send)
        else:
            await self._page(scope, receive, send, path)

    def _named(self, scope: Scope) -> bool:
        """Whether the request calls this server by one of its names."""
        return self._hosts is None or _host(dict(scope["headers"]).get(b"host", b"")) in self._hosts

    async def _page(self, scope: Scope, receive: Any, send: Any, path: str) -> None:
        headers = dict(scope["headers"])
        if not self._named(scope):
            await _refuse(send, 421, b"this server does not answer to that name\n")
            return
        if not path.startswith(PUBLIC):
            rights = self._access.rights([*scope["headers"], *_from_cookie(headers)])
            needed = OBSERVE if scope["method"] in ("GET", "HEAD") else OPERATE
            if rights is None and b"text/html" in headers.get(b"accept", b""):
                await _send_to_login(send, path)
                return
            if rights is None or needed not in rights:
                status = 401 if rights is None else 403
                await _refuse(send, status, b"a token with that right is needed (Authorization: Bearer ...)\n")
                return
            scope["tminus.actor"] = self._local_actor
        await self._pages(scope, receive, send)


def ingest_authorisation(access: Access) -> Callable[[Any], tuple[int, str] | None]:
    """What `IngestApp` asks: None for a token with the right to send telemetry, else status and one line."""

    def authorise(headers: Any) -> tuple[int, str] | None:
        rights = access.rights([(name.encode(), value.encode()) for name, value in headers.items()])
        if rights is None:
            return 401, "a token is needed (Authorization: Bearer ...)"
        return None if "ingest" in rights else (403, "this token may not send telemetry")

    return authorise


def _host(header: bytes) -> str:
    text = header.decode("latin-1").lower()
    return text[: text.rfind("]") + 1] if text.startswith("[") else text.partition(":")[0]


def _from_cookie(headers: dict[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    try:
        cookie = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return []
    return [(b"x-api-key", cookie[COOKIE].value.encode())] if COOKIE in cookie else []


async def _refuse(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _send_to_login(send: Any, path: str) -> None:
    headers = [(b"location", f"/login?next={quote(path)}".encode()), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
