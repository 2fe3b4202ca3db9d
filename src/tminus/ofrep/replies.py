"""HTTP replies as ASGI messages, made once where they never change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Header: TypeAlias = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply. `status` is kept beside its messages for those who read it rather than send it."""

    status: int
    start: Message
    body: Message

    async def send(self, send: Send) -> None:
        """Send it, once per request; the same reply may serve any number of requests."""
        await send(self.start)
        await send(self.body)


def reply(status: int, content: bytes, headers: Sequence[Header] = ()) -> Reply:
    """A reply with a JSON body, or without a body when `content` is empty."""
    fields = list(headers)
    if content:
        fields += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
    return Reply(
        status,
        {"type": "http.response.start", "status": status, "headers": fields},
        {"type": "http.response.body", "body": content},
    )


def failure(status: int, code: str, details: str, *, key: str | None = None, headers: Sequence[Header] = ()) -> Reply:
    """A failure in the protocol's words; `key` is the flag's for a single evaluation, None for a bulk one."""
    body = {"errorCode": code, "errorDetails": details}
    return reply(status, msgspec.json.encode({"key": key, **body} if key is not None else body), headers)


# RFC 6750 and RFC 9110 want the challenge and the allowed methods named.
UNAUTHORIZED = failure(
    401,
    "GENERAL",
    "a valid token is required, as Authorization: Bearer or X-API-Key",
    headers=[(b"www-authenticate", b"Bearer")],
)
FORBIDDEN = failure(403, "GENERAL", "this token does not carry the right to evaluate flags")
NO_SUCH_PATH = failure(404, "GENERAL", "no such path; OFREP is POST /ofrep/v1/evaluate/flags and .../flags/{key}")
POST_ONLY = failure(405, "GENERAL", "only POST is allowed here", headers=[(b"allow", b"POST")])
# The rest of an oversized body is not worth reading, so the connection cannot be used again.
TOO_LARGE = failure(413, "GENERAL", "the body is larger than 1 MiB", headers=[(b"connection", b"close")])
TOO_SLOW = failure(408, "GENERAL", "the body took longer than 20 s", headers=[(b"connection", b"close")])
GET_ONLY = failure(405, "GENERAL", "only GET is allowed here", headers=[(b"allow", b"GET")])
NOT_READY = failure(503, "PROVIDER_NOT_READY", "no flag definition has been read yet", headers=[(b"retry-after", b"1")])


def too_many(seconds: int) -> Reply:
    """429, with the seconds after which the client may ask again."""
    details = f"too many requests; ask again in {seconds} s"
    return failure(429, "GENERAL", details, headers=[(b"retry-after", b"%d" % seconds)])
