"""`GET /flagd/flags.json`: the flag definition with an ETag, as flagd's http sync and T-minus' own followers read it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from tminus.access import DEFINE, Access
from tminus.held import HeldFlags

PATH = "/flagd/flags.json"
_JSON = (b"content-type", b"application/json")


class DefinitionsApp:
    """An ASGI application for that one path. Requests need a token with the right "definitions".

    `ready()` is false while there is no definition at all: a reader must not take "none yet" for "no flags".
    """

    def __init__(self, held: HeldFlags, access: Access, ready: Callable[[], bool] = lambda: True) -> None:
        self._held = held
        self._access = access
        self._ready = ready
        self._kept: tuple[str, bytes] = ("", b"")

    async def __call__(
        self, scope: MutableMapping[str, Any], receive: Any, send: Callable[[Any], Awaitable[None]]
    ) -> None:
        status, headers, body = self._answer(scope["method"], scope["path"], scope["headers"])
        if status != 304:
            headers = [*headers, _JSON, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _answer(
        self, method: str, path: str, headers: list[tuple[bytes, bytes]]
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        if path != PATH:
            return _refused(404, f"nothing is here; definitions are at {PATH}")
        if method not in ("GET", "HEAD"):
            return _refused(405, "only GET is allowed here", (b"allow", b"GET, HEAD"))
        rights = self._access.rights(headers)
        if rights is None:
            return _refused(401, "a token is needed (Authorization: Bearer ...)", (b"www-authenticate", b"Bearer"))
        if DEFINE not in rights:
            return _refused(403, "definitions are for tokens of the scope server")
        if not self._ready():
            return _refused(503, "no definition has been read yet", (b"retry-after", b"1"))
        etag, body = self._document()
        fields = [(b"etag", etag), (b"cache-control", b"no-cache")]
        return (304, fields, b"") if _has(headers, etag) else (200, fields, body)

    def _document(self) -> tuple[bytes, bytes]:
        revision, body = self._kept
        if revision != self._held.current().revision:
            self._kept = revision, body = self._held.document()
        return b'"%s"' % revision.encode(), body


def _refused(status: int, words: str, *headers: tuple[bytes, bytes]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    return status, list(headers), json.dumps({"error": words}).encode()


def _has(headers: list[tuple[bytes, bytes]], etag: bytes) -> bool:
    """Whether If-None-Match names this tag (RFC 9110, 13.1.2)."""
    named = [tag.strip() for name, value in headers if name == b"if-none-match" for tag in value.split(b",")]
    return any(tag.removeprefix(b"W/") == etag or tag == b"*" for tag in named)
