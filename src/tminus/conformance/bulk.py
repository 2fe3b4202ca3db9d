"""Clauses on the bulk evaluation and its event streams."""

from __future__ import annotations

import httpx

from tminus.conformance import shapes
from tminus.conformance.clause import Clauses, NotAsked, need
from tminus.conformance.exchange import BULK, CONTEXT, Exchange, need_ok, need_type, object_of

clauses = Clauses("openapi.yaml, POST /ofrep/v1/evaluate/flags")
_STALE = '"tminus-conformance-other"'


@clauses.must("bulk-200", "A bulk evaluation with a context is answered with 200.", "responses.200")
def _answered(exchange: Exchange) -> None:
    need_ok(exchange.bulk)


@clauses.must("bulk-json", "Its reply is application/json.", "responses.200.content")
def _is_json(exchange: Exchange) -> None:
    _ = exchange.bulk_body
    need_type(exchange.bulk, "application/json")


@clauses.must("bulk-flags", "Its body is an object with an array `flags`.", "bulkEvaluationSuccess")
def _has_flags(exchange: Exchange) -> None:
    need_ok(exchange.bulk)
    need(isinstance(object_of(exchange.bulk).get("flags"), list), "there is no array `flags`")


@clauses.must(
    "bulk-items", "Each item is a success with key and reason, or a failure with key and error code.", "items"
)
def _items(exchange: Exchange) -> None:
    for item in exchange.bulk_body["flags"]:
        need(isinstance(item, dict), "an item is no object")
        if "errorCode" in item:
            shapes.failure(item, keyed=True)
        else:
            shapes.success(item)


@clauses.should("bulk-keys", "No flag comes twice.", "bulkEvaluationSuccess.flags")
def _keys(exchange: Exchange) -> None:
    keys = [item.get("key") for item in exchange.bulk_body["flags"] if isinstance(item, dict)]
    twice = sorted({str(key) for key in keys if keys.count(key) > 1}) if len(keys) < 5_000 else []
    need(not twice, f"twice: {', '.join(twice[:5])}")


@clauses.must("bulk-metadata", "Metadata of the set holds booleans, texts and numbers only.", "metadata")
def _metadata(exchange: Exchange) -> None:
    shapes.metadata(exchange.bulk_body.get("metadata", {}), "the set")


@clauses.should("bulk-etag", "The reply carries an ETag.", "responses.200.headers.ETag")
def _etag(exchange: Exchange) -> None:
    _ = exchange.bulk_body
    need(bool(exchange.bulk.headers.get("etag")), "there is no ETag")


@clauses.must("bulk-304", "If-None-Match with that ETag is answered with 304.", "responses.304")
def _not_modified(exchange: Exchange) -> None:
    answer = _again(exchange, _tag(exchange))
    need(answer.status_code == 304, f"it answers {answer.status_code}")


@clauses.must("bulk-304-empty", "A 304 has no body.", "responses.304")
def _empty(exchange: Exchange) -> None:
    answer = _again(exchange, _tag(exchange))
    if answer.status_code != 304:
        raise NotAsked("there was no 304")
    need(not answer.content, f"it has {len(answer.content)} bytes")


@clauses.must("bulk-if-none-match", "Another ETag in If-None-Match is answered with 200.", "parameters.If-None-Match")
def _modified(exchange: Exchange) -> None:
    _ = exchange.bulk_body
    answer = _again(exchange, _STALE)
    need_ok(answer)


@clauses.must("bulk-etag-stable", "The ETag stays while nothing changes.", "responses.200.headers.ETag")
def _stable(exchange: Exchange) -> None:
    before = _tag(exchange)
    after = _again(exchange, _STALE).headers.get("etag", "")
    need(after == before, f"it was {before} and became {after or 'none'}")


@clauses.must("bulk-bad-json", "A body that is not JSON is answered with 400 and an error code.", "responses.400")
def _bad_json(exchange: Exchange) -> None:
    answer = exchange.send("POST", BULK, b'{"context":')
    need(answer.status_code == 400, f"it answers {answer.status_code}")
    shapes.failure(object_of(answer), keyed=False)


@clauses.must(
    "bulk-bad-context", "A context that is no object is answered with 400 and an error code.", "responses.400"
)
def _bad_context(exchange: Exchange) -> None:
    answer = exchange.send("POST", BULK, {"context": "everybody"})
    need(answer.status_code == 400, f"it answers {answer.status_code}")
    shapes.failure(object_of(answer), keyed=False)


@clauses.must(
    "bulk-refetch", "flagConfigEtag and flagConfigLastModified are accepted.", "parameters.flagConfigEtag; ADR-0008"
)
def _refetch(exchange: Exchange) -> None:
    _ = exchange.bulk_body
    for moment in ("1771622898", "2026-02-20T21%3A28%3A18Z"):
        path = f"{BULK}?flagConfigEtag=%22abc%22&flagConfigLastModified={moment}"
        status = exchange.send("POST", path, {"context": CONTEXT}).status_code
        need(status in (200, 304), f"it answers {status}")


@clauses.must("streams", "Each of `eventStreams` has a type, and either url or endpoint.", "eventStream; ADR-0008")
def _streams(exchange: Exchange) -> None:
    entries = exchange.bulk_body.get("eventStreams")
    if entries is None:
        raise NotAsked("the server offers no event stream")
    need(isinstance(entries, list), "eventStreams is no array")
    for entry in entries:
        shapes.event_stream(entry)


@clauses.must("streams-open", "A stream of the type sse opens as text/event-stream.", "eventStream; event-streams.yaml")
def _opens(exchange: Exchange) -> None:
    entries = exchange.bulk_body.get("eventStreams")
    offered = (
        [one for one in entries if isinstance(one, dict) and one.get("type") == "sse"]
        if isinstance(entries, list)
        else []
    )
    if not offered:
        raise NotAsked("the server offers no event stream")
    for entry in offered:
        endpoint = entry.get("endpoint", {})
        address = entry.get("url") or f"{endpoint.get('origin', exchange.url)}{endpoint.get('requestUri', '')}"
        try:
            # As a browser's EventSource opens it: no header can carry a token.
            with exchange.client.stream("GET", address, headers={"accept": "text/event-stream"}) as answer:
                need_ok(answer)
                need_type(answer, "text/event-stream")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            need(False, f"it does not open: {error or type(error).__name__}")


def _tag(exchange: Exchange) -> str:
    _ = exchange.bulk_body
    tag: str = exchange.bulk.headers.get("etag", "")
    if not tag:
        raise NotAsked("the reply carries no ETag")
    return tag


def _again(exchange: Exchange, tag: str) -> httpx.Response:
    return exchange.send("POST", BULK, {"context": CONTEXT}, headers={"if-none-match": tag})
