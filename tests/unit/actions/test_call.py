"""Calls over HTTP, to a real server on loopback."""

import json
import socket
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tminus.actions import HttpCaller
from tminus.errors import ActionError
from tminus.ports import Job

Make = Callable[..., Job]


def call(job: Make, web: Any, path: str = "/weights", **spec: Any) -> Job:
    return job("call", url=f"{web.url}{path}", **spec)


def test_a_call_carries_its_body_token_and_key(web: Any, job: Make) -> None:
    web.says(200, b"{}")
    caller = HttpCaller({"DEPLOY_TOKEN": "hush\n"})
    done = caller.perform(call(job, web, method="PUT", body={"weight": 20}, token="env:DEPLOY_TOKEN"))
    assert done.startswith("200 in ")
    (seen,) = web.seen
    assert (seen.method, seen.path, json.loads(seen.body)) == ("PUT", "/weights", {"weight": 20})
    assert seen.headers["Authorization"] == "Bearer hush"
    assert seen.headers["Content-Type"] == "application/json"
    assert seen.headers["Idempotency-Key"] == "profile-1:rollback:1:2"


def test_post_is_the_default_and_an_odd_key_is_still_a_proper_header(web: Any, job: Make) -> None:
    web.says(204)
    HttpCaller({}).perform(call(job, web, key="stufe:größer\n100%"))
    assert web.seen[0].method == "POST"
    assert web.seen[0].body == b""
    assert web.seen[0].headers["Idempotency-Key"] == "profile-1:stufe:gr%C3%B6%C3%9Fer%0A100%25"


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(500, True), (503, True), (429, True), (400, False), (404, False), (409, False), (304, False)],
)
def test_the_status_says_whether_another_try_is_worth_it(web: Any, job: Make, status: int, retryable: bool) -> None:
    web.says(status)
    with pytest.raises(ActionError, match=f"answered {status}") as caught:
        HttpCaller({}).perform(call(job, web))
    assert caught.value.retryable is retryable


def test_an_error_says_what_the_service_said_but_never_the_token(web: Any, job: Make) -> None:
    web.says(403, b"token hush-123 may\n not\x1b[31m set weights " + b"x" * 5000)
    with pytest.raises(ActionError) as caught:
        HttpCaller({"T": "hush-123"}).perform(call(job, web, token="env:T"))
    assert str(caught.value).startswith("answered 403: token *** may not[31m set weights xxx")
    assert len(str(caught.value)) < 300


def test_a_token_that_is_not_set_is_named_and_nothing_is_sent(web: Any, job: Make) -> None:
    web.says(200)
    with pytest.raises(ActionError, match="DEPLOY_TOKEN is not set") as caught:
        HttpCaller({}).perform(call(job, web, token="env:DEPLOY_TOKEN"))
    assert not caught.value.retryable
    assert web.seen == []


@pytest.mark.parametrize("token", ["hush\nX-Evil: 1", "hüsh", "hush hush"])
def test_a_token_that_fits_no_header_is_refused_without_repeating_it(web: Any, job: Make, token: str) -> None:
    with pytest.raises(ActionError, match="T holds no token that fits") as caught:
        HttpCaller({"T": token}).perform(call(job, web, token="env:T"))
    assert "sh" not in str(caught.value).replace("check", "")


def test_a_redirect_on_the_same_host_is_followed_with_everything(web: Any, job: Make) -> None:
    web.says(307, Location="/new")
    web.says(200)
    HttpCaller({"T": "hush"}).perform(call(job, web, "/old", body={"a": 1}, token="env:T"))
    assert [(seen.method, seen.path, seen.body) for seen in web.seen] == [
        ("POST", "/old", b'{"a":1}'),
        ("POST", "/new", b'{"a":1}'),
    ]
    assert web.seen[1].headers["Authorization"] == "Bearer hush"
    assert web.seen[0].headers["Idempotency-Key"] == web.seen[1].headers["Idempotency-Key"]


@pytest.mark.parametrize("place", ["http://localhost:{port}/x", "http://127.0.0.1:1/x", "ftp://127.0.0.1/x"])
def test_a_redirect_to_another_host_is_not_followed(web: Any, job: Make, place: str) -> None:
    web.says(302, Location=place.format(port=web.url.rsplit(":", 1)[1]))
    with pytest.raises(ActionError, match="which the plan does not name") as caught:
        HttpCaller({}).perform(call(job, web))
    assert not caught.value.retryable
    assert len(web.seen) == 1


def test_redirects_in_circles_end(web: Any, job: Make) -> None:
    web.says(307, Location="/weights")
    with pytest.raises(ActionError, match="redirects in circles"):
        HttpCaller({}).perform(call(job, web))
    assert len(web.seen) == 6


def test_a_service_that_is_not_there_is_worth_another_try_and_only_its_host_is_named(job: Make) -> None:
    with pytest.raises(ActionError, match=r"cannot reach http://127\.0\.0\.1:1: .*refused") as caught:
        HttpCaller({}).perform(job("call", url="http://user:hush@127.0.0.1:1/secret?key=secret"))
    assert caught.value.retryable
    assert "hush" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_service_that_never_answers_is_left_after_the_time_limit(job: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(ActionError, match=r"no answer from http://127\.0\.0\.1:\d+ within 0\.2 s") as caught:
            HttpCaller({}).perform(job("call", url=url, timeout=0.2))
    assert caught.value.retryable


def test_a_service_that_drips_is_left_after_the_time_limit(web: Any, job: Make) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(400):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    web.answers.append(drip)
    with pytest.raises(ActionError, match=r"within 0\.4 s"):
        HttpCaller({}).perform(call(job, web, timeout=0.4))


def test_a_connection_cut_in_the_middle_is_worth_another_try(web: Any, job: Make) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        handler.close_connection = True

    web.answers.append(cut)
    with pytest.raises(ActionError, match="cannot reach") as caught:
        HttpCaller({}).perform(call(job, web))
    assert caught.value.retryable


@pytest.mark.parametrize("url", ["", "not a url", "ftp://host/x", "http://", "http://[::1", "file:///etc/x"])
def test_a_url_that_is_none_is_a_lasting_error(job: Make, url: str) -> None:
    with pytest.raises(ActionError, match="cannot be") as caught:
        HttpCaller({}).perform(job("call", url=url))
    assert not caught.value.retryable
