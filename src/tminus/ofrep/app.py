"""OFREP over raw ASGI: no routing, no framework, because evaluation is the one path that must take 10,000 requests/s.

Written against version 0.3.0 of the protocol's OpenAPI description (open-feature/protocol, service/openapi.yaml).
"""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable

import mmh3

from tminus.access import EVALUATE, Access, Holder
from tminus.flags import FlagSet
from tminus.held import MOST_SAMPLES, Counts, HeldFlags, Samples
from tminus.ofrep import replies, stream
from tminus.ofrep.encoded import EncodedFlags
from tminus.ofrep.limits import RateLimit
from tminus.ofrep.replies import Receive, Reply, Scope, Send
from tminus.ofrep.requests import (
    BadRequest,
    Bodies,
    BodyTooLarge,
    BodyTooSlow,
    ClientGone,
    TooBusy,
    matches,
    path_of,
    read_context,
    route,
)

_log = logging.getLogger(__name__)


class OfrepApp:
    """An ASGI 3 application for `POST /ofrep/v1/evaluate/flags`, `.../flags/{key}` and, with `held`, the event stream.

    `flags()` is called once a request and gives the current set: to change flags, let it give another one. `clock()`
    gives the time in Unix seconds. Requests need a token with the right "evaluate". `ready()` is false while there is
    no definition at all: then every answer is 503. A `limit` refuses what one token asks beyond it with 429.
    """

    def __init__(
        self,
        flags: Callable[[], FlagSet],
        access: Access,
        clock: Callable[[], float],
        *,
        held: HeldFlags | None = None,
        limit: RateLimit | None = None,
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        self._flags = flags
        self._access = access
        self._clock = clock
        self._limit = limit
        self._ready = ready
        self._bodies = Bodies()
        self._stream = stream.ChangeStream(held, access, clock) if held is not None else None
        self.samples: Samples = deque(maxlen=MOST_SAMPLES)
        # What earlier sets served, and the present one: one attribute, so that another thread never counts a set twice.
        self._state: tuple[Counter[tuple[str, str | None, str]], EncodedFlags]
        self._state = Counter(), EncodedFlags(flags(), self.samples)

    @property
    def served(self) -> dict[tuple[str, str | None], int]:
        """Evaluations served since the start, by (flag, variant); the variant is None where there was none."""
        totals: Counter[tuple[str, str | None]] = Counter()
        for (key, variant, _), times in self.counts().items():
            totals[key, variant] += times
        return dict(totals)

    def counts(self) -> Counts:
        """Evaluations served since the start, by (flag, variant, reason). May be called from any thread."""
        before, encoded = self._state
        return dict(before + Counter(encoded.counts()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            # The server in front owns the lifespan; over a websocket there is nothing to say.
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1000})
            return
        key = route(scope)
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        if key is None:
            streaming = self._stream if path_of(scope) == stream.PATH.encode() else None
            await (streaming(scope, receive, send) if streaming else replies.NO_SUCH_PATH.send(send))
            return
        holder = self._admitted(scope["method"], headers)
        answer = holder if isinstance(holder, Reply) else await self._evaluated(key, headers, receive, holder)
        if answer is not None:
            await send(answer.start)
            await send(answer.body)

    def _admitted(self, method: str, headers: list[tuple[bytes, bytes]]) -> Holder | Reply:
        if method != "POST":
            return replies.POST_ONLY
        holder = self._access.holder(headers)
        if holder is None:
            return replies.UNAUTHORIZED
        if EVALUATE not in holder.rights:
            return replies.FORBIDDEN
        seconds = self._limit.wait(holder.ticket) if self._limit is not None else 0
        if seconds:
            return replies.too_many(seconds)
        return holder if self._ready() else replies.NOT_READY

    async def _evaluated(
        self, key: str, headers: list[tuple[bytes, bytes]], receive: Receive, holder: Holder
    ) -> Reply | None:
        try:
            return self._answer(key, await self._bodies.read(headers, receive), headers, holder)
        except ClientGone:
            return None
        except BodyTooLarge:
            return replies.TOO_LARGE
        except BodyTooSlow:
            return replies.TOO_SLOW
        except TooBusy:
            return replies.too_many(1)
        except Exception as fault:  # noqa: BLE001
            # The protocol has words for this too, and a client that reads them keeps its own default.
            _log.exception("an evaluation failed: %s", fault)
            return replies.failure(500, "GENERAL", "the evaluation failed on the server", key=key or None)

    def _answer(self, key: str, body: bytes, headers: list[tuple[bytes, bytes]], holder: Holder) -> Reply:
        try:
            context = read_context(body)
        except BadRequest as fault:
            return replies.failure(400, fault.code, fault.details, key=key or None)
        encoded = self._current()
        if key:
            return encoded.answer(key, context, self._clock())
        tail = b"}" if self._stream is None else self._stream.tail(holder)
        content = encoded.bulk(context, self._clock(), tail)
        # A strong validator: a hash of the very bytes, so it differs by context and agrees between replicas.
        etag = b'"%s"' % mmh3.mmh3_x64_128_digest(content).hex().encode()
        if matches(headers, etag):
            return replies.reply(304, b"", [(b"etag", etag)])
        return replies.reply(200, content, [(b"etag", etag)])

    def _current(self) -> EncodedFlags:
        flags = self._flags()
        before, encoded = self._state
        if flags is not encoded.flags:
            encoded, before = EncodedFlags(flags, self.samples), before + Counter(encoded.counts())
            self._state = before, encoded
        return encoded
