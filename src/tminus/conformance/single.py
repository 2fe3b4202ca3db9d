"""Clauses on the evaluation of one flag."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tminus.conformance import shapes
from tminus.conformance.clause import Clauses, NotAsked, need
from tminus.conformance.exchange import BULK, CONTEXT, MISSING, Exchange, need_ok, need_type, object_of

clauses = Clauses("openapi.yaml, POST /ofrep/v1/evaluate/flags/{key}")


@clauses.must("single-200", "A flag that exists is answered with 200.", "responses.200")
def _answered(exchange: Exchange) -> None:
    need_ok(exchange.single)


@clauses.must("single-json", "Its reply is application/json.", "responses.200.content")
def _is_json(exchange: Exchange) -> None:
    _ = exchange.single_body
    need_type(exchange.single, "application/json")


@clauses.must("single-key", "It names the flag that was asked for.", "evaluationSuccess.key")
def _key(exchange: Exchange) -> None:
    key = exchange.single_body.get("key")
    need(key == exchange.present, f"asked for {exchange.present!r}, it names {key!r}")


@clauses.must(
    "single-shape",
    "It has a reason of OpenFeature's; variant, value and metadata are of their types.",
    "evaluationSuccess",
)
def _shape(exchange: Exchange) -> None:
    shapes.success(exchange.single_body)


@clauses.should("single-reason", "The reason is one of the description's five.", "evaluationSuccess.reason.enum")
def _reason(exchange: Exchange) -> None:
    reason = exchange.single_body.get("reason")
    need(reason in shapes.OFREP_REASONS, f"{reason!r} is not among {', '.join(shapes.OFREP_REASONS)}")


@clauses.should(
    "single-agrees", "It gives the value that the bulk evaluation gives to the same context.", "description"
)
def _agrees(exchange: Exchange) -> None:
    of_bulk: Any = [
        one for one in exchange.bulk_body["flags"] if isinstance(one, dict) and one.get("key") == exchange.present
    ]
    if not of_bulk:
        raise NotAsked("the bulk reply does not hold this flag")
    here, there = exchange.single_body.get("value"), of_bulk[0].get("value")
    need(here == there and type(here) is type(there), f"alone {here!r}, in bulk {there!r}")


@clauses.should("single-steady", "The same context gets the same answer again.", "description")
def _steady(exchange: Exchange) -> None:
    first = exchange.single_body.get("value")
    for _ in range(3):
        again = object_of(exchange.evaluate(exchange.present)).get("value")
        need(again == first, f"it was {first!r} and became {again!r}")


@clauses.must("single-attributes", "Any further attribute in the context is accepted.", "context.additionalProperties")
def _attributes(exchange: Exchange) -> None:
    odd = {**CONTEXT, "nested": {"list": [1, None, {"a": True}]}, "größe": 1.5, "": "empty name"}
    status = exchange.evaluate(exchange.present, odd).status_code
    need(status == 200, f"it answers {status}")


@clauses.must("missing-404", "A flag that does not exist is answered with 404.", "responses.404")
def _missing(exchange: Exchange) -> None:
    need(exchange.missing.status_code == 404, f"it answers {exchange.missing.status_code}")


@clauses.must("missing-code", "The 404 says FLAG_NOT_FOUND.", "flagNotFound.errorCode")
def _missing_code(exchange: Exchange) -> None:
    _only_404(exchange)
    code = object_of(exchange.missing).get("errorCode")
    need(code == "FLAG_NOT_FOUND", f"it says {code!r}")


@clauses.must("missing-key", "The 404 names the flag.", "flagNotFound.key")
def _missing_key(exchange: Exchange) -> None:
    _only_404(exchange)
    key = object_of(exchange.missing).get("key")
    need(key == MISSING, f"it names {key!r}")


@clauses.should("key-decoded", "A key is percent-decoded, once.", "parameters.key; RFC 3986, 2.4")
def _decoded(exchange: Exchange) -> None:
    key = f"{MISSING} 100%25 ä"
    answer = exchange.send("POST", f"{BULK}/{quote(key, safe='')}", {"context": CONTEXT})
    found = object_of(answer).get("key")
    need(found == key, f"asked for {key!r}, it names {found!r}")


@clauses.must("single-bad-json", "A body that is not JSON is answered with 400, key and error code.", "responses.400")
def _bad_json(exchange: Exchange) -> None:
    answer = exchange.send("POST", f"{BULK}/{quote(exchange.present, safe='')}", b'{"context":')
    need(answer.status_code == 400, f"it answers {answer.status_code}")
    shapes.failure(object_of(answer), keyed=True)


@clauses.must(
    "single-bad-context", "A context that is no object is answered with 400, key and error code.", "responses.400"
)
def _bad_context(exchange: Exchange) -> None:
    answer = exchange.evaluate(exchange.present, ["everybody"])
    need(answer.status_code == 400, f"it answers {answer.status_code}")
    shapes.failure(object_of(answer), keyed=True)


@clauses.should("post-only", "Another method than POST is refused, without an error of the server's.", "paths")
def _post_only(exchange: Exchange) -> None:
    status = exchange.send("GET", f"{BULK}/{MISSING}").status_code
    need(400 <= status < 500, f"GET answers {status}")


def _only_404(exchange: Exchange) -> None:
    if exchange.missing.status_code != 404:
        raise NotAsked("there was no 404")
