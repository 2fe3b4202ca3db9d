"""Server-sent events that tell clients to fetch their flags again (open-feature/protocol, ADR-0008)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from urllib.parse import parse_qs

import msgspec

from tminus.access import EVALUATE, Access, Holder
from tminus.held import HeldFlags
from tminus.ofrep import replies
from tminus.ofrep.replies import Receive, Scope, Send

PATH = "/ofrep/v1/stream"
INACTIVITY_SECONDS = 120
_BEAT_SECONDS = 15.0
_MOST_STREAMS = 5_000
_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # a proxy that collects events delivers them too late
]


class ChangeStream:
    """`GET /ofrep/v1/stream`: one `refetchEvaluation` event a change, a comment every 15 s.

    A reader that comes back with `Last-Event-ID` hears at once when flags changed meanwhile. The token comes in a
    header or, since browsers cannot send one here, as the `ticket` that a bulk reply's `eventStreams` carries.
    """

    def __init__(self, held: HeldFlags, access: Access, clock: Callable[[], float]) -> None:
        self._held = held
        self._access = access
        self._clock = clock
        self._waiting: set[asyncio.Event] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._forget: Callable[[], None] | None = None
        self._tails: dict[str, bytes] = {}

    def tail(self, holder: Holder) -> bytes:
        """The end of a bulk reply for this client: where its stream is, and the closing brace."""
        found = self._tails.get(holder.ticket)
        if found is None:
            target = f"{PATH}?ticket={holder.ticket}" if holder.ticket else PATH
            entry = {
                "type": "sse",
                "endpoint": {"requestUri": target},
                "inactivityDelaySec": INACTIVITY_SECONDS,
            }
            found = b',"eventStreams":%s}' % msgspec.json.encode([entry])
            self._tails = {**self._tails, holder.ticket: found} if len(self._tails) < 10_000 else {}
        return found

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal.send(send)
            return
        waker, gone = asyncio.Event(), asyncio.create_task(_until_gone(receive))
        self._join(waker)
        try:
            await self._tell(_last_seen(scope), waker, gone, send)
        finally:
            self._leave(waker)
            gone.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await gone

    def _refusal(self, scope: Scope) -> replies.Reply | None:
        if scope["method"] != "GET":
            return replies.GET_ONLY
        ticket = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("ticket", [""])[0]
        holder = self._access.by_ticket(ticket) or self._access.holder(scope["headers"])
        if holder is None:
            return replies.UNAUTHORIZED
        if EVALUATE not in holder.rights:
            return replies.FORBIDDEN
        return replies.too_many(10) if len(self._waiting) >= _MOST_STREAMS else None

    async def _tell(self, seen: str, waker: asyncio.Event, gone: asyncio.Task[None], send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": b"retry: 1000\n\n", "more_body": True})
        seen = seen or self._held.current().revision
        while not gone.done():
            waker.clear()
            revision = self._held.current().revision
            if revision != seen:
                seen = revision
                await send({"type": "http.response.body", "body": self._event(revision), "more_body": True})
            woken = asyncio.create_task(waker.wait())
            done, _ = await asyncio.wait({woken, gone}, timeout=_BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            woken.cancel()
            if not done:
                await send({"type": "http.response.body", "body": b": beat\n\n", "more_body": True})

    def _event(self, revision: str) -> bytes:
        data = {"type": "refetchEvaluation", "etag": f'"{revision}"', "lastModified": int(self._clock())}
        return b"id: %s\nevent: message\ndata: %s\n\n" % (revision.encode(), msgspec.json.encode(data))

    def _join(self, waker: asyncio.Event) -> None:
        self._waiting.add(waker)
        if self._forget is None:
            self._loop = asyncio.get_running_loop()
            self._forget = self._held.listen(self._changed)

    def _leave(self, waker: asyncio.Event) -> None:
        self._waiting.discard(waker)
        if not self._waiting and self._forget is not None:
            self._forget()
            self._forget = None

    def _changed(self) -> None:
        # Flags change on the thread that records events; readers wait on the server's loop.
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the server has just ended
                loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for waker in self._waiting:
            waker.set()


def _last_seen(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"last-event-id":
            text: str = value.decode("latin-1")
            return text.strip()
    return ""


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
