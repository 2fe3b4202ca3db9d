"""Probes against a real server and real commands: one line of evidence, or what was seen instead."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tminus.actions import CommandRunner, HttpExchange
from tminus.errors import ActionError
from tminus.plan.model import CommandProbe as CommandProbeInPlan
from tminus.plan.model import HttpProbe as HttpProbeInPlan
from tminus.ports import Job
from tminus.probes import CommandProbe, HttpProbe

PAGE = b"<h1>Enhanced profile</h1>" + b"." * 4188


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status = 200 if self.path == "/profile" else 404
        body = PAGE if status == 200 else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def look(**plan: Any) -> str:
    """Perform the probe with the spec that the core makes of the plan's words."""
    spec = HttpProbeInPlan(**plan).model_dump(mode="json")
    return HttpProbe(HttpExchange()).perform(Job("l", "probe-http:box", "probe-http", spec, 20.0, 1))


def test_a_page_that_answers_as_it_should_is_evidence_in_a_line(site: str) -> None:
    seen = look(url=f"{site}/profile", contains="Enhanced profile", within="20s")
    assert seen.startswith("200 in ")
    assert seen.endswith(" ms, 4,213 bytes")


def test_another_status_can_be_what_is_wanted(site: str) -> None:
    assert look(url=f"{site}/old", status=404).endswith(" ms, 0 bytes")


@pytest.mark.parametrize(
    ("path", "more", "words"),
    [
        ("/old", {}, r"404 in \d+ ms, 0 bytes: the status should be 200"),
        ("/profile", {"status": 302}, "200 in .*: the status should be 302"),
        ("/profile", {"contains": "Simple profile"}, "200 in .*, 4,213 bytes: without the text 'Simple profile'"),
        ("/profile", {"within": "0.001ms"}, "slower than 0 ms"),
    ],
)
def test_what_is_not_as_it_should_be_is_said_and_looked_at_again(
    site: str, path: str, more: dict[str, Any], words: str
) -> None:
    with pytest.raises(ActionError, match=words) as caught:
        look(url=f"{site}{path}", **more)
    assert caught.value.retryable


def test_a_site_that_is_down_is_said() -> None:
    with pytest.raises(ActionError, match=r"cannot reach http://127\.0\.0\.1:1"):
        look(url="http://127.0.0.1:1/profile")


def command(tmp_path: Path, **plan: Any) -> str:
    spec = CommandProbeInPlan(**plan).model_dump(mode="json")
    return CommandProbe(CommandRunner(tmp_path)).perform(Job("l", "probe-command:box", "probe-command", spec, 20.0, 1))


def test_a_command_that_succeeds_is_evidence_in_a_line(tmp_path: Path) -> None:
    seen = command(tmp_path, run="echo collecting; echo 42 passed")
    assert seen.startswith("status 0 in ")
    assert seen.endswith(" s: 42 passed")
    assert command(tmp_path, run=["echo", "$HOME"]).endswith(": $HOME")


def test_a_command_that_fails_says_why_and_is_looked_at_again(tmp_path: Path) -> None:
    with pytest.raises(ActionError, match="ended with status 1: 3 failed") as caught:
        command(tmp_path, run="echo 3 failed; exit 1")
    assert caught.value.retryable
