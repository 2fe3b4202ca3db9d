"""Following a file and a server: what is read, what is kept, and what is said when the place is bad."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tminus.errors import SourceError, UsageError
from tminus.following import FileSource, Follower, UrlSource, follow
from tminus.held import HeldFlags


def definition(default: str = "a") -> dict[str, Any]:
    return {"flags": {"f": {"state": "ENABLED", "variants": {"a": 1, "b": 2}, "defaultVariant": default}}}


def value(held: HeldFlags) -> Any:
    return held.current().evaluate("f", {}).value


def until(seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not seen():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


class Place:
    """A server of a definition with an ETag, and without a stream; `status` is what it answers."""

    def __init__(self) -> None:
        self.body = json.dumps(definition()).encode()
        self.status = 200
        self.asked: list[str | None] = []
        place = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/ofrep/v1/stream":
                    self.send_error(404)
                    return
                place.asked.append(self.headers.get("if-none-match"))
                tag = f'"{hash(place.body)}"'
                status = 304 if self.headers.get("if-none-match") == tag else place.status
                body = b"" if status == 304 else place.body
                self.send_response(status)
                self.send_header("etag", tag)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def place() -> Iterator[Place]:
    place = Place()
    yield place
    place.server.shutdown()
    place.server.server_close()


def test_a_definition_is_read_once_and_then_only_when_its_etag_is_another(place: Place) -> None:
    source = UrlSource(place.address)
    assert source.read() == definition()
    assert source.read() is None
    place.body = json.dumps(definition("b")).encode()
    assert source.read() == definition("b")
    assert place.asked[0] is None
    assert None not in place.asked[1:]


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, b"", "give a token"),
        (403, b"", "scope server"),
        (500, b"", "answers 500"),
        (200, b"<h1>", "is not JSON"),
        (200, b"[]", "is not a flag definition"),
        (200, b"[" * 100_000, "is not JSON"),
    ],
)
def test_a_bad_answer_says_what_to_do(place: Place, status: int, body: bytes, words: str) -> None:
    place.status, place.body = status, body
    with pytest.raises(SourceError, match=words):
        UrlSource(place.address).read()


def test_an_error_never_shows_a_secret_of_the_address(place: Place) -> None:
    place.status = 500
    with pytest.raises(SourceError) as caught:
        UrlSource(f"{place.address}/flags.json?key=secret").read()
    assert "secret" not in str(caught.value)


def test_a_file_is_followed_and_nonsense_in_it_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "flags.json"
    path.write_text(json.dumps(definition()))
    told: list[bool] = []
    follower = Follower(FileSource(path), HeldFlags(), told.append)
    follower.start()
    try:
        assert follower.wait_ready(20)
        path.write_text("{")
        until(lambda: bool(follower.trouble))
        assert "is not JSON" in follower.trouble
        path.write_text(json.dumps({"flags": {"f": {"state": "NO", "variants": {}}}}))
        until(lambda: "is not a state" in follower.trouble)
        assert value(follower.held) == 1
        path.write_text(json.dumps(definition("b")))
        until(lambda: value(follower.held) == 2)
        until(lambda: told == [False, True])
    finally:
        follower.close()


def test_a_place_that_comes_up_late_is_followed_then(place: Place) -> None:
    place.status = 500
    follower = follow(place.address)
    follower.start()
    try:
        until(lambda: "answers 500" in follower.trouble)
        assert not follower.ready
        place.status = 200
        assert follower.wait_ready(20)
        assert value(follower.held) == 1
    finally:
        follower.close()


@pytest.mark.parametrize("place", ["", "nowhere.json", "ftp://x", "http://", "https://[", "http://a b"])
def test_what_is_no_place_is_refused(place: str) -> None:
    with pytest.raises(UsageError):
        follow(place)


def test_listeners_hear_of_each_change_until_they_forget() -> None:
    held, heard = HeldFlags(), [0]

    def hear() -> None:
        heard[0] += 1

    forget = held.listen(hear)
    assert [held.hold(definition("a")), held.hold(definition("a")), held.hold(definition("b"))] == [True, False, True]
    forget()
    held.hold(definition("a"))
    assert heard == [2]
    revision, body = held.document()
    assert (revision, json.loads(body)) == (held.current().revision, definition("a"))
