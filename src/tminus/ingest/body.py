"""Reading a request's body within bounds: so much as it is sent, so much when unpacked, and not for ever."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from tminus.errors import IngestError

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

MAX_SENT_BYTES = 16 * 1024 * 1024
MAX_UNPACKED_BYTES = 64 * 1024 * 1024
MAX_SECONDS = 60.0
_MAX_MEMBERS = 16


class Disconnected(Exception):
    """The sender went away: there is nobody to answer."""


async def read_body(receive: Receive, headers: Mapping[str, str]) -> bytes:
    """The body as sent. Raises IngestError 413 as soon as it is or will be too long, 408 when it takes too long."""
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > MAX_SENT_BYTES:
        raise _too_large(MAX_SENT_BYTES, "as sent")
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(MAX_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Disconnected
                chunks.append(message.get("body", b""))
                size += len(chunks[-1])
                if size > MAX_SENT_BYTES:
                    raise _too_large(MAX_SENT_BYTES, "as sent")
                if not message.get("more_body", False):
                    return b"".join(chunks)
    except TimeoutError:
        raise IngestError(f"the body took longer than {MAX_SECONDS:g} s", status=408) from None


def check_encoding(encoding: str) -> bool:
    """Whether the body is gzip. Raises IngestError 415 for anything but gzip and identity."""
    if encoding.strip().lower() in ("", "identity"):
        return False
    if encoding.strip().lower() == "gzip":
        return True
    raise IngestError(f"cannot read Content-Encoding {encoding!a}", status=415, hint="send gzip or identity")


def unpack(body: bytes, limit: int = MAX_UNPACKED_BYTES) -> bytes:
    """Gzip undone, member after member. Raises IngestError: 413 beyond `limit` bytes, 400 when it is not whole gzip.

    Never holds more than the limit: the decompressor is asked for one byte more than still fits.
    """
    unpacked: list[bytes] = []
    size = 0
    rest = body
    while rest or not unpacked:
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            unpacked.append(member.decompress(rest, limit - size + 1))
        except zlib.error:
            raise IngestError("the body is not gzip, whatever its Content-Encoding says") from None
        size += len(unpacked[-1])
        if size > limit:
            raise _too_large(limit, "when unpacked")
        if not member.eof:
            raise IngestError("the gzip body ends early")
        rest = member.unused_data
        if len(unpacked) > _MAX_MEMBERS:
            # Each further member copies the rest of the body: a million tiny ones would keep a core busy for hours.
            raise IngestError(f"the gzip body has more than {_MAX_MEMBERS} members")
    return b"".join(unpacked)


def _too_large(limit: int, how: str) -> IngestError:
    size = f"{limit // 2**20} MiB" if limit >= 2**20 else f"{limit} bytes"
    return IngestError(f"the body is larger than {size} {how}", status=413, hint="send smaller batches")
