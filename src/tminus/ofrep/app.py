"""OFREP over raw ASGI: no routing, no framework, because evaluation is the one path that must take 10,000 requests/s.

Written against version 0.3.0 of the protocol's OpenAPI description (open-feature/protocol, service/openapi.yaml).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import mmh3

from tminus.access import EVALUATE, Access
from tminus.flags import FlagSet
from tminus.ofrep import replies
from tminus.ofrep.encoded import EncodedFlags
from tminus.ofrep.replies import Receive, Reply, Scope, Send
from tminus.ofrep.requests import BadRequest, BodyTooLarge, ClientGone, matches, read_body, read_context, route


class OfrepApp:
    """An ASGI 3 application for `POST /ofrep/v1/evaluate/flags` and `POST /ofrep/v1/evaluate/flags/{key}`.

    `flags()` is called once a request and gives the current set: to change flags, let it give another one. `clock()`
    gives the time in Unix seconds. Requests need a token with the right "evaluate".
    """

    def __init__(self, flags: Callable[[], FlagSet], access: Access, clock: Callable[[], float]) -> None:
        self._flags = flags
        self._access = access
        self._clock = clock
        self._encoded = EncodedFlags(flags())
        self._served_before: Counter[tuple[str, str | None]] = Counter()

    @property
    def served(self) -> dict[tuple[str, str | None], int]:
        """Evaluations served since the start, by (flag, variant); the variant is None where there was none."""
        return dict(self._served_before + Counter(self._encoded.counts()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            # The server in front owns the lifespan; over a websocket there is nothing to say.
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1000})
            return
        key = route(scope)
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        refusal = self._refusal(scope["method"], key, headers)
        if refusal is not None or key is None:
            await (refusal or replies.NO_SUCH_PATH).send(send)
            return
        try:
            body = await read_body(headers, receive)
        except BodyTooLarge:
            await replies.TOO_LARGE.send(send)
            return
        except ClientGone:
            return
        answer = self._answer(key, body, headers)
        await send(answer.start)
        await send(answer.body)

    def _refusal(self, method: str, key: str | None, headers: list[tuple[bytes, bytes]]) -> Reply | None:
        if key is None:
            return replies.NO_SUCH_PATH
        if method != "POST":
            return replies.POST_ONLY
        rights = self._access.rights(headers)
        if rights is None:
            return replies.UNAUTHORIZED
        return None if EVALUATE in rights else replies.FORBIDDEN

    def _answer(self, key: str, body: bytes, headers: list[tuple[bytes, bytes]]) -> Reply:
        try:
            context = read_context(body)
        except BadRequest as fault:
            return replies.failure(400, fault.code, fault.details, key=key or None)
        encoded = self._current()
        if key:
            return encoded.answer(key, context, self._clock())
        content = encoded.bulk(context, self._clock())
        # A strong validator: a hash of the very bytes, so it differs by context and agrees between replicas.
        etag = b'"%s"' % mmh3.mmh3_x64_128_digest(content).hex().encode()
        if matches(headers, etag):
            return replies.reply(304, b"", [(b"etag", etag)])
        return replies.reply(200, content, [(b"etag", etag)])

    def _current(self) -> EncodedFlags:
        flags = self._flags()
        if flags is not self._encoded.flags:
            self._served_before.update(self._encoded.counts())
            self._encoded = EncodedFlags(flags)
        return self._encoded
