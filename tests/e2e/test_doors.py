"""Who is let in, over real HTTP to a real server: nobody's web page steers a launch, and beyond loopback a token is needed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from server import Server, free_port, running

TOKEN, CLIENT_TOKEN = "the-operators-token-0123456789", "the-services-token-0123456789"
PLAN: dict[str, Any] = {"roles": {"lead": {}}, "phases": [{"id": "only", "go": ["lead"]}]}
HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("launch"), PLAN) as server:
        server.shows(lambda view: view["status"] == "running")
        yield server


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
    ],
)
def test_what_another_site_asks_for_is_refused_and_not_done(server: Server, headers: dict[str, str]) -> None:
    for body in ({"json": {"reason": "x"}}, {"data": {"reason": "x"}}):
        answer = httpx.post(f"{server.address}/api/launch/hold", headers=headers, **body)
        assert answer.status_code == 403
        assert answer.json()["code"] == "cross-site"
    assert server.view()["can_hold"]


def test_a_form_that_says_nothing_of_where_it_comes_from_is_refused(server: Server) -> None:
    assert httpx.post(f"{server.address}/api/launch/hold", data={"reason": "x"}).status_code == 403
    assert server.view()["can_hold"]


@pytest.mark.parametrize("path", ["/", "/api/launch", "/live", "/status"])
def test_a_name_that_was_made_to_point_here_is_not_answered(server: Server, path: str) -> None:
    answer = httpx.get(f"{server.address}{path}", headers={"host": f"rebound.example:{server.port}"})
    assert answer.status_code == 421
    assert "New" not in answer.text


def serve(directory: Path, port: int, **tokens: str) -> subprocess.Popen[str]:
    """`tminus serve --host 0.0.0.0`, with these tokens and no others."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TMINUS_")}
    arguments = ["serve", "--host", "0.0.0.0", "--port", str(port), "--data", str(directory / "data")]
    program = [sys.executable, "-c", "from tminus.cli import main; main()", *arguments]
    return subprocess.Popen(
        program, cwd=directory, env=environment | tokens, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


@contextmanager
def open_to_all(directory: Path) -> Iterator[httpx.Client]:
    """A server that others could reach, with both tokens; the client sends none by itself."""
    port = free_port()
    process = serve(directory, port, TMINUS_TOKEN=TOKEN, TMINUS_CLIENT_TOKEN=CLIENT_TOKEN)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            wait_for(client, process)
            yield client
    finally:
        process.kill()
        process.communicate()


def wait_for(client: httpx.Client, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            assert client.get("/health").status_code == 200
            return
        except httpx.ConnectError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not come up, exit code {process.poll()}")


def test_without_a_token_it_does_not_start_where_others_could_reach_it(tmp_path: Path) -> None:
    process = serve(tmp_path, free_port())
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 2
    assert "no token is set" in said
    assert "TMINUS_TOKEN" in said
    assert "Traceback" not in said


def test_a_person_signs_in_with_the_token_and_a_service_may_not_steer(tmp_path: Path) -> None:
    with open_to_all(tmp_path) as client:
        turned_away = client.get("/", headers=HTML)
        assert (turned_away.status_code, turned_away.headers["location"]) == (303, "/login?next=/")
        assert client.get("/api/launch").status_code == 401

        assert client.post("/login", data={"token": "not-the-token-0123456789"}).status_code == 403
        assert client.post("/login", data={"token": CLIENT_TOKEN}).status_code == 403
        assert not client.cookies
        entered = client.post("/login", data={"token": TOKEN, "next": "//elsewhere.example"})
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        assert "HttpOnly" in entered.headers["set-cookie"]
        assert "SameSite=strict" in entered.headers["set-cookie"]
        assert client.get("/", headers=HTML).status_code == 200
        client.cookies.clear()

        service = {"authorization": f"Bearer {CLIENT_TOKEN}"}
        assert client.post("/api/launch/hold", json={}, headers=service).status_code == 403
        assert client.get("/", headers=service).status_code == 403
        evaluated = client.post("/ofrep/v1/evaluate/flags", json={"context": {"targetingKey": "u"}}, headers=service)
        assert evaluated.status_code == 200
        assert client.post("/ofrep/v1/evaluate/flags", json={"context": {"targetingKey": "u"}}).status_code == 401
