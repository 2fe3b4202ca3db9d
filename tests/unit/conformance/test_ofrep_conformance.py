"""The suite against our own server, and against servers that are wrong in one way each."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from typer.testing import CliRunner

from support.serving import served
from tminus.access import Access
from tminus.cli.commands import app as program
from tminus.conformance import CLAUSES, Exchange, Verdict, as_junit, check_ofrep, summary
from tminus.errors import SourceError, UsageError
from tminus.held import HeldFlags
from tminus.ofrep import OfrepApp, RateLimit

TOKEN = "conformance-token-01"
DEFINITION = {
    "flags": {
        "colour": {"state": "ENABLED", "variants": {"red": "#f00", "blue": "#00f"}, "defaultVariant": "red"},
        "off": {"state": "DISABLED", "variants": {"on": True}, "defaultVariant": "on"},
        "broken": {
            "state": "ENABLED",
            "variants": {"on": True},
            "defaultVariant": "on",
            "targeting": {"if": [True, "x"]},
        },
    },
    "metadata": {"team": "growth"},
}


def ours(**more: Any) -> OfrepApp:
    held = HeldFlags(DEFINITION)
    access = more.pop("access", Access({TOKEN: frozenset({"evaluate"})}))
    return OfrepApp(held.current, access, time.time, held=held, **more)


def failed(verdicts: list[Verdict]) -> set[str]:
    return {one.clause.name for one in verdicts if one.outcome == "failed"}


def test_our_own_server_keeps_every_clause_that_can_be_asked() -> None:
    with served(ours()) as url:
        verdicts = check_ofrep(Exchange(url, TOKEN))
    assert failed(verdicts) == set()
    assert {one.clause.name for one in verdicts if one.outcome == "skipped"} == {"retry-after"}


def test_without_a_token_the_clauses_on_tokens_are_not_asked() -> None:
    with served(ours(access=Access.open())) as url:
        verdicts = check_ofrep(Exchange(url))
    assert failed(verdicts) == set()
    skipped = {one.clause.name for one in verdicts if one.outcome == "skipped"}
    assert {"token-missing", "token-bearer"} <= skipped


def test_a_flag_can_be_named_and_one_that_is_not_there_fails() -> None:
    with served(ours()) as url:
        assert failed(check_ofrep(Exchange(url, TOKEN, "off"))) == set()
        assert "single-200" in failed(check_ofrep(Exchange(url, TOKEN, "nobody")))


def test_a_server_that_limits_is_asked_for_retry_after() -> None:
    with served(ours(limit=RateLimit(5, time.monotonic))) as url:
        verdicts = {one.clause.name: one.outcome for one in check_ofrep(Exchange(url, TOKEN))}
    assert verdicts["retry-after"] == "passed"


Change = Callable[[int, dict[bytes, bytes], Any, dict[str, Any]], tuple[int, dict[bytes, bytes], Any]]


def spoilt(change: Change) -> Any:
    """Our server, with each whole reply changed: (status, headers, body as JSON or None, scope) -> the same three."""
    inner = ours(access=Access.open())

    async def app(scope: dict[str, Any], receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        started: dict[str, Any] = {}

        async def collect(message: Any) -> None:
            if message["type"] == "http.response.start":
                started.update(message)
                return
            if message.get("more_body") or is_stream(started):
                if not started.get("sent"):
                    started["sent"] = True
                    await send({name: value for name, value in started.items() if name != "sent"})
                await send(message)
                return
            headers, content = dict(started["headers"]), message.get("body", b"")
            body = json.loads(content) if content else None
            status, headers, body = change(started["status"], headers, body, scope)
            written = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
            headers[b"content-length"] = str(len(written)).encode()
            await send({"type": "http.response.start", "status": status, "headers": list(headers.items())})
            await send({"type": "http.response.body", "body": written})

        if scope["type"] == "http":
            await inner(scope, receive, collect)

    return app


def is_stream(start: dict[str, Any]) -> bool:
    return (b"content-type", b"text/event-stream") in start.get("headers", [])


def forgets_404(status: int, headers: Any, body: Any, scope: Any) -> Any:
    return (400 if status == 404 else status), headers, body


def forgets_the_key(status: int, headers: Any, body: Any, scope: Any) -> Any:
    return status, headers, {name: value for name, value in (body or {}).items() if name != "key"} or body


def invents_a_reason(status: int, headers: Any, body: Any, scope: Any) -> Any:
    return status, headers, {**body, "reason": "BECAUSE"} if body and "reason" in body else body


def ignores_etags(status: int, headers: Any, body: Any, scope: Any) -> Any:
    return (200, {b"content-type": b"application/json"}, {"flags": []}) if status == 304 else (status, headers, body)


def has_no_etag(status: int, headers: Any, body: Any, scope: Any) -> Any:
    return status, {name: value for name, value in headers.items() if name != b"etag"}, body


def fails_on_bad_json(status: int, headers: Any, body: Any, scope: Any) -> Any:
    return (500 if status == 400 else status), headers, body


def says_text(status: int, headers: Any, body: Any, scope: Any) -> Any:
    return status, {**headers, b"content-type": b"text/plain"}, body


def gives_null(status: int, headers: Any, body: Any, scope: Any) -> Any:
    return status, headers, {**body, "value": None} if body and "value" in body else body


def offers_a_broken_stream(status: int, headers: Any, body: Any, scope: Any) -> Any:
    entry = {"type": "sse", "endpoint": {"requestUri": "/nowhere"}, "url": "http://127.0.0.1:9/"}
    return status, headers, {**body, "eventStreams": [entry]} if body and "eventStreams" in body else body


def nests_metadata(status: int, headers: Any, body: Any, scope: Any) -> Any:
    return status, headers, {**body, "metadata": {"team": ["growth"]}} if body and "flags" in body else body


def disagrees(status: int, headers: Any, body: Any, scope: Any) -> Any:
    return status, headers, {**body, "value": "#0f0"} if body and "value" in body else body


WRONG: dict[Change, set[str]] = {
    forgets_404: {"missing-404"},
    forgets_the_key: {
        "single-key",
        "single-shape",
        "missing-key",
        "key-decoded",
        "single-bad-json",
        "single-bad-context",
    },
    invents_a_reason: {"single-shape", "single-reason"},
    ignores_etags: {"bulk-304"},
    has_no_etag: {"bulk-etag"},
    fails_on_bad_json: {"bulk-bad-json", "bulk-bad-context", "single-bad-json", "single-bad-context", "no-5xx"},
    says_text: {"bulk-json", "single-json"},
    gives_null: {"single-shape", "single-agrees"},
    offers_a_broken_stream: {"streams", "streams-open"},
    nests_metadata: {"bulk-metadata"},
    disagrees: {"single-agrees"},
}


@pytest.mark.parametrize("change", WRONG, ids=lambda change: change.__name__)
def test_a_server_that_is_wrong_in_one_way_fails_there_and_nowhere_else(change: Change) -> None:
    with served(spoilt(change)) as url:
        assert failed(check_ofrep(Exchange(url))) == WRONG[change]


def test_a_server_that_is_something_else_fails_at_the_first_clause() -> None:
    async def hello(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b"<h1>It works!</h1>"})

    with served(hello) as url:
        assert {"bulk-flags", "missing-404", "bulk-bad-json"} <= failed(check_ofrep(Exchange(url)))


def test_a_connection_that_is_cut_fails_the_clause_and_the_others_are_asked() -> None:
    with served(ours(access=Access.open())) as url:
        exchange = Exchange(url)
        send = exchange.client.request

        def cut(method: str, address: str, **sent: Any) -> httpx.Response:
            if sent.get("content") == b'{"context":':
                raise httpx.RemoteProtocolError("cut")
            return send(method, address, **sent)

        exchange.client.request = cut  # type: ignore[method-assign,assignment]
        verdicts = check_ofrep(exchange)
    assert failed(verdicts) == {"bulk-bad-json", "single-bad-json"}


def test_where_nothing_answers_it_says_so() -> None:
    with pytest.raises(SourceError, match=r"does not answer.*look at the address"):
        check_ofrep(Exchange("http://127.0.0.1:9"))
    with pytest.raises(UsageError, match="is not an address"):
        Exchange("localhost:8620")


def test_every_clause_has_a_name_of_its_own_and_its_place_in_the_text() -> None:
    assert len({clause.name for clause in CLAUSES}) == len(CLAUSES)
    assert all("openapi.yaml" in clause.source and clause.text.endswith(".") for clause in CLAUSES)


def test_the_command_prints_json_writes_junit_and_fails_for_a_required_clause(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    with served(spoilt(forgets_404)) as url:
        done = CliRunner().invoke(program, ["conformance", "ofrep", url, "--json", "--junit", str(report)])
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert told["ok"] is False
    (wrong,) = [one for one in told["clauses"] if one["outcome"] == "failed"]
    assert (wrong["clause"], wrong["details"]) == ("missing-404", "it answers 400")
    suite = ElementTree.parse(report).getroot()
    assert (suite.get("failures"), suite.get("tests")) == ("1", str(len(CLAUSES)))


def test_the_command_says_in_words_which_clause_is_not_kept() -> None:
    with served(spoilt(has_no_etag)) as url:
        done = CliRunner().invoke(program, ["conformance", "ofrep", url])
    assert done.exit_code == 0, "an ETag is optional"
    assert "there is no ETag" in done.stdout
    assert "responses.200.headers.ETag" in done.stdout


def test_junit_counts_an_optional_failure_as_skipped() -> None:
    with served(spoilt(has_no_etag)) as url:
        verdicts = check_ofrep(Exchange(url))
    suite = ElementTree.fromstring(as_junit(verdicts, "ofrep"))
    assert suite.get("failures") == "0"
    assert "0 of them required" in summary(verdicts)
