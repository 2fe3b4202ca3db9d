"""POST /v1/metrics (OTLP/HTTP) and POST /v1/events (CloudEvents), as raw ASGI in front of any framework."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any, TypeVar

from tminus.errors import IngestError
from tminus.ingest.answers import (
    JSON,
    PROTOBUF,
    Answer,
    Send,
    events_refused,
    metrics_accepted,
    metrics_refused,
)
from tminus.ingest.body import MAX_UNPACKED_BYTES, Disconnected, Receive, check_encoding, read_body, unpack
from tminus.telemetry import DecodedMetrics, Event, TelemetryStore, decode_events, decode_metrics

Decoded = TypeVar("Decoded")
Authorise = Callable[[Mapping[str, str]], tuple[int, str] | None]

METRICS_PATH = "/v1/metrics"
EVENTS_PATH = "/v1/events"

_INLINE_BYTES = 256 * 1024
# A large body takes up to some hundred MiB while it is decoded: two at a time, the others wait.
_LARGE_AT_ONCE = 2


class IngestApp:
    """An ASGI application for the two ingest paths; any other path gets 404.

    authorise: from the request's headers (lower-case names) None for yes, or (status, message) for no.
    clock: Unix seconds, the time of events that bring none. members: which member of the data is the value, by the type of
    event, as of now. Bad input is answered with 4xx, a full queue with 503 and
    Retry-After; bodies over 256 KiB are decoded in a thread, so that the event loop goes on serving flags meanwhile.
    """

    paths = frozenset({METRICS_PATH, EVENTS_PATH})

    def __init__(
        self,
        store: TelemetryStore,
        *,
        authorise: Authorise,
        clock: Callable[[], float],
        members: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._store, self._authorise, self._clock, self._members = store, authorise, clock, members
        self._large = asyncio.Semaphore(_LARGE_AT_ONCE)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = _headers(scope["headers"])
        content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        metrics = scope["path"] == METRICS_PATH
        try:
            self._admit(scope, headers)
            answer = await (self._take_metrics if metrics else self._take_events)(receive, headers, content_type)
        except IngestError as error:
            refusal = metrics_refused(content_type, error.status, str(error)) if metrics else None
            answer = refusal or events_refused(error.status, str(error))
        except Disconnected:
            return
        await answer.send(send)

    def _admit(self, scope: MutableMapping[str, Any], headers: Mapping[str, str]) -> None:
        if scope["path"] not in self.paths:
            raise IngestError(f"nothing is at {scope['path']!a}", status=404, hint=f"{METRICS_PATH} or {EVENTS_PATH}")
        if scope["method"] != "POST":
            raise IngestError(f"{scope['method']} is not possible here", status=405, hint="POST")
        refused = self._authorise(headers)
        if refused is not None:
            status, message = refused
            raise IngestError(message, status=status)

    async def _take_metrics(self, receive: Receive, headers: Mapping[str, str], content_type: str) -> Answer:
        if content_type not in (PROTOBUF, JSON):
            raise IngestError(f"cannot read {content_type!a}", status=415, hint=f"send {PROTOBUF} or {JSON}")
        decoded: DecodedMetrics = await self._decoded(receive, headers, lambda body: decode_metrics(body, content_type))
        accepted = self._store.offer(decoded.points)
        outside = len(decoded.points) - accepted
        reason = decoded.reason or ("the time is older than what is kept, or in the future" if outside else "")
        return metrics_accepted(content_type, decoded.refused + outside, reason)

    async def _take_events(self, receive: Receive, headers: Mapping[str, str], content_type: str) -> Answer:
        now, members = self._clock(), self._members()
        events: list[Event] = await self._decoded(
            receive, headers, lambda body: decode_events(body, content_type, now, members)
        )
        self._store.offer(events)
        return Answer(202)

    async def _decoded(
        self, receive: Receive, headers: Mapping[str, str], decode: Callable[[bytes], Decoded]
    ) -> Decoded:
        packed = check_encoding(headers.get("content-encoding", ""))
        body = await read_body(receive, headers)
        if len(body) <= _INLINE_BYTES:
            try:
                return decode(unpack(body, _INLINE_BYTES) if packed else body)
            except IngestError as error:
                # Small as sent and large when unpacked: in a thread then, and with the limit that counts.
                if not packed or error.status != 413:
                    raise
        async with self._large:
            return await asyncio.to_thread(lambda: decode(unpack(body, MAX_UNPACKED_BYTES) if packed else body))


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}
