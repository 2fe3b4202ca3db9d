"""Clauses on credentials, rate limits and the server's own errors; the last two look back on all that was asked."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from tminus.conformance.clause import Clauses, NotAsked, need
from tminus.conformance.exchange import BULK, CONTEXT, Exchange, need_ok

clauses = Clauses("openapi.yaml")
_BODY = {"context": CONTEXT}


@clauses.must("token-bearer", "A bearer token lets a client in.", "securitySchemes.BearerAuth")
def _bearer(exchange: Exchange) -> None:
    _only_with_token(exchange)
    need_ok(exchange.bulk)


@clauses.should("token-api-key", "So does X-API-Key.", "securitySchemes.ApiKeyAuth")
def _api_key(exchange: Exchange) -> None:
    _only_with_token(exchange)
    status = exchange.send("POST", BULK, _BODY, headers={"x-api-key": exchange.token}, known=False).status_code
    need(status == 200, f"it answers {status}")


@clauses.must("token-missing", "Without credentials, bulk and single answer 401.", "responses.401")
def _missing(exchange: Exchange) -> None:
    _only_with_token(exchange)
    for path in (BULK, f"{BULK}/any"):
        status = exchange.send("POST", path, _BODY, known=False).status_code
        need(status == 401, f"POST {path} answers {status}")


@clauses.must("token-wrong", "A token that is not known is answered with 401 or 403.", "responses.401 and 403")
def _wrong(exchange: Exchange) -> None:
    _only_with_token(exchange)
    headers = {"authorization": "Bearer tminus-conformance-wrong"}
    status = exchange.send("POST", BULK, _BODY, headers=headers, known=False).status_code
    need(status in (401, 403), f"it answers {status}")


@clauses.must("retry-after", "A 429 says in Retry-After when to come again, as seconds or a date.", "responses.429")
def _retry_after(exchange: Exchange) -> None:
    if not exchange.refused:
        raise NotAsked("no request was answered with 429")
    for text in exchange.refused:
        need(_is_moment(text), f"Retry-After is {text!r}")


@clauses.must("no-5xx", "Nothing that the suite asked ended in an error of the server's.", "responses.500")
def _no_5xx(exchange: Exchange) -> None:
    broken = [f"{what} answered {status}" for what, status in exchange.statuses if status >= 500]
    need(not broken, "; ".join(broken[:3]))


def _only_with_token(exchange: Exchange) -> None:
    if not exchange.token:
        raise NotAsked("no token was given (--token)")


def _is_moment(text: str) -> bool:
    if re.fullmatch(r"\d+", text.strip()):
        return True
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            read(text)
        except ValueError:
            continue
        return True
    return False
