"""Reading what a client sent: the flag's key from the path, the context from the body."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec

from tminus.ofrep.limits import SLOW_BODIES_AT_ONCE, SLOW_BODY_SECONDS
from tminus.ofrep.replies import Receive

MAX_BODY_BYTES = 1024 * 1024

_BULK = b"/ofrep/v1/evaluate/flags"
_SINGLE = _BULK + b"/"


class BodyTooLarge(Exception):
    """The body is over MAX_BODY_BYTES; what remains of it was not read."""


class BodyTooSlow(Exception):
    """The body was not whole after SLOW_BODY_SECONDS."""


class TooBusy(Exception):
    """Too many bodies are arriving in pieces at once: this one was not read."""


class ClientGone(Exception):
    """The client closed the connection before its request was complete."""


class BadRequest(Exception):
    """The body cannot be used; `code` and `details` are the protocol's."""

    def __init__(self, code: str, details: str) -> None:
        super().__init__(details)
        self.code = code
        self.details = details


class _Request(msgspec.Struct):
    context: dict[str, Any] | None = None


_decode = msgspec.json.Decoder(_Request).decode


def route(scope: Mapping[str, Any]) -> str | None:
    """The flag's key for a single evaluation, "" for the bulk one, None for any other path.

    Read from the raw path, so that a key is decoded once and by the same rules on every server. A key may hold
    slashes, escaped or not: some providers put it into the address as it is.
    """
    path = path_of(scope)
    if path.startswith(_SINGLE) and len(path) > len(_SINGLE):
        return unquote_to_bytes(path[len(_SINGLE) :]).decode(errors="replace")
    return "" if path in (_BULK, _SINGLE) else None


def path_of(scope: Mapping[str, Any]) -> bytes:
    """The raw path within this application."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    root = scope.get("root_path", "").encode()
    return path[len(root) :] if root and path.startswith(root) else path


class Bodies:
    """Reads requests' bodies, and bounds how many may be half read at once."""

    def __init__(self) -> None:
        self._slow = 0

    async def read(self, headers: list[tuple[bytes, bytes]], receive: Receive) -> bytes:
        """The whole body. Raises BodyTooLarge, BodyTooSlow, TooBusy and ClientGone.

        One whose announced length is too large is not read at all.
        """
        for name, value in headers:
            if name == b"content-length" and value.isdigit() and (len(value) > 7 or int(value) > MAX_BODY_BYTES):
                raise BodyTooLarge
        message = await receive()
        if not message.get("more_body") and message["type"] == "http.request":
            body: bytes = message.get("body", b"")
            if len(body) > MAX_BODY_BYTES:
                raise BodyTooLarge
            return body
        if self._slow >= SLOW_BODIES_AT_ONCE:
            raise TooBusy
        self._slow += 1
        try:
            async with asyncio.timeout(SLOW_BODY_SECONDS):
                return await _read_rest(message, receive)
        except TimeoutError:
            raise BodyTooSlow from None
        finally:
            self._slow -= 1


async def _read_rest(message: Mapping[str, Any], receive: Receive) -> bytes:
    chunks, size = [], 0
    while True:
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise BodyTooLarge
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)
        message = await receive()


def read_context(body: bytes) -> dict[str, Any]:
    """The evaluation context. Raises BadRequest.

    A missing or null context counts as empty, as in flagd: the official providers send `{}` when they have none.
    """
    try:
        context = _decode(body).context
    except msgspec.ValidationError as fault:
        raise BadRequest("INVALID_CONTEXT", str(fault)) from None
    except ValueError as fault:
        raise BadRequest("PARSE_ERROR", f"the body is not JSON: {fault}") from None
    except RecursionError:
        raise BadRequest("PARSE_ERROR", "the body nests too deeply") from None
    if context is None:
        return {}
    targeting_key = context.get("targetingKey")
    if targeting_key is not None and not isinstance(targeting_key, str):
        raise BadRequest("INVALID_CONTEXT", "targetingKey must be a string")
    return context


def matches(headers: list[tuple[bytes, bytes]], etag: bytes) -> bool:
    """Whether If-None-Match names `etag` (RFC 9110, 13.1.2: weak comparison, a list, or *)."""
    for name, value in headers:
        if name == b"if-none-match":
            tags = [tag.strip().removeprefix(b"W/") for tag in value.split(b",")]
            if etag in tags or b"*" in tags:
                return True
    return False
