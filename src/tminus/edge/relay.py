"""Reports of edges and providers behind this edge, passed on to whom it follows; nothing of them is kept here.

A report holds running totals, and its sender repeats what was not taken. So an edge that stored it would only add a
place to lose it: the sender is answered when the controller has taken the report, and told to come again until then.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import msgspec

from tminus.access import INGEST, Access
from tminus.exposing.names import COUNTER, EVENT
from tminus.ofrep.replies import (
    POST_ONLY,
    TOO_LARGE,
    TOO_SLOW,
    Header,
    Receive,
    Reply,
    Scope,
    Send,
    failure,
    reply,
    too_many,
)
from tminus.ofrep.requests import Bodies, BodyTooLarge, BodyTooSlow, ClientGone, TooBusy
from tminus.tls import verifying

METRICS_PATH = "/v1/metrics"
EVENTS_PATH = "/v1/events"
PATHS = frozenset({METRICS_PATH, EVENTS_PATH})

# Less than the five seconds after which a sender gives up: it should hear why.
_PATIENCE_SECONDS = 4.0
_AT_ONCE = 8
_MOST_WAITING = 64
_CONTENT_TYPES = {METRICS_PATH: "application/json", EVENTS_PATH: "application/cloudevents-batch+json"}
# What the controller says of the report itself; everything else is about the way there.
_ABOUT_THE_REPORT = (400, 404, 413, 415)


class _Named(msgspec.Struct):
    name: str = ""


class _Scope(msgspec.Struct):
    metrics: list[_Named] = []


class _Resource(msgspec.Struct, rename="camel"):
    scope_metrics: list[_Scope] = []


class _Metrics(msgspec.Struct, rename="camel"):
    resource_metrics: list[_Resource] = []


class _Event(msgspec.Struct):
    type: str


_metrics = msgspec.json.Decoder(_Metrics).decode
_events = msgspec.json.Decoder(list[_Event]).decode


class Relay:
    """An ASGI application for `POST /v1/metrics` and `/v1/events`, with counts and samples of evaluations alone.

    `url` is whom the edge follows, `token` what it is known by there. A request needs the right to send telemetry, as
    at a controller. At most 64 reports of up to 1 MiB are under way, of which eight upwards; the others get 429.
    """

    def __init__(self, url: str, token: str, access: Access, authorities: Path | None = None) -> None:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        limits = httpx.Limits(max_connections=_AT_ONCE)
        self._client = httpx.AsyncClient(
            base_url=url,
            headers=headers,
            timeout=_PATIENCE_SECONDS,
            limits=limits,
            verify=verifying(url, authorities),
        )
        self._access = access
        self._bodies = Bodies()
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal.send(send)
            return
        self._under_way += 1
        try:
            answer = await self._answer(scope["path"], scope["headers"], receive)
        except ClientGone:
            return
        finally:
            self._under_way -= 1
        await answer.send(send)

    async def close(self) -> None:
        """End the connections."""
        await self._client.aclose()

    def _refusal(self, scope: Scope) -> Reply | None:
        if scope["method"] != "POST":
            return POST_ONLY
        rights = self._access.rights(scope["headers"])
        if rights is None:
            challenge = (b"www-authenticate", b"Bearer")
            return failure(401, "GENERAL", "a token is needed (Authorization: Bearer ...)", headers=[challenge])
        if INGEST not in rights:
            return failure(403, "GENERAL", "this token may not send telemetry")
        content_type, encoding = (_value(scope["headers"], name) for name in (b"content-type", b"content-encoding"))
        wanted = _CONTENT_TYPES[scope["path"]]
        if content_type.partition(";")[0].strip().lower() != wanted or encoding.strip().lower() not in ("", "identity"):
            return failure(415, "GENERAL", f"an edge takes {wanted} alone, not compressed")
        return too_many(1) if self._under_way >= _MOST_WAITING else None

    async def _answer(self, path: str, headers: list[Header], receive: Receive) -> Reply:
        try:
            body = await self._bodies.read(headers, receive)
        except BodyTooLarge:
            return TOO_LARGE
        except BodyTooSlow:
            return TOO_SLOW
        except TooBusy:
            return too_many(1)
        try:
            others = _others(path, body)
        except (ValueError, RecursionError) as error:
            return failure(400, "PARSE_ERROR", f"the body is no report: {error}")
        if others:
            return failure(403, "GENERAL", f"an edge passes on evaluations alone, not {others:.100}")
        return await self._passed_on(path, body)

    async def _passed_on(self, path: str, body: bytes) -> Reply:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                answer = await self._client.post(path, content=body, headers={"content-type": _CONTENT_TYPES[path]})
        except (httpx.HTTPError, TimeoutError) as error:
            return _come_again(f"who this edge follows takes no reports: {error or type(error).__name__}")
        if answer.status_code < 300 or answer.status_code in _ABOUT_THE_REPORT:
            content_type = answer.headers.get("content-type", "application/json").encode()
            return _as_it_is(answer.status_code, answer.content, content_type)
        return _come_again(f"who this edge follows answers {answer.status_code}")


def _others(path: str, body: bytes) -> str:
    """The first name in a report that is none of ours. Raises ValueError for what is no report."""
    if path == EVENTS_PATH:
        return next((event.type or "''" for event in _events(body) if event.type != EVENT), "")
    scopes = (scope for resource in _metrics(body).resource_metrics for scope in resource.scope_metrics)
    return next((metric.name or "''" for scope in scopes for metric in scope.metrics if metric.name != COUNTER), "")


def _come_again(words: str) -> Reply:
    return failure(503, "GENERAL", words, headers=[(b"retry-after", b"2")])


def _as_it_is(status: int, content: bytes, content_type: bytes) -> Reply:
    if not content:
        return reply(status, b"", [(b"content-length", b"0")])
    fields = [(b"content-type", content_type), (b"content-length", b"%d" % len(content))]
    start = {"type": "http.response.start", "status": status, "headers": fields}
    return Reply(status, start, {"type": "http.response.body", "body": content})


def _value(headers: list[Header], wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in headers if name == wanted), "")
