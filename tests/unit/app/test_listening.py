"""What a client may send before anybody asks who it is: bounded in bytes and in time."""

from __future__ import annotations

import asyncio
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from tminus.app import listening
from tminus.app.listening import Listener, listener

MEGABYTE = b"a" * 1_000_000
HEAD = b"POST / HTTP/1.1\r\nhost: x\r\n"


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Reads the body where the path asks for it, and answers."""
    if scope["type"] != "http":
        return
    size = 0
    while scope["path"] != "/at-once":
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message["body"])
        if not message["more_body"]:
            break
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"8")]})
    await send({"type": "http.response.body", "body": b"%8d" % size})


@contextmanager
def serving(served: Any = app) -> Iterator[int]:
    server: Listener = listener(served, "127.0.0.1", 0, None)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def port() -> Iterator[int]:
    with serving() as port:
        yield port


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(listening, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(listening, "MESSAGE_SECONDS", 0.5)
    with serving() as port:
        yield port


def sent(port: int, *pieces: bytes) -> bytes:
    """What comes back until the server closes, or is quiet; b"" when it closed without a word."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
            return b"".join(iter(lambda: connection.recv(65536), b""))
        except (ConnectionError, BrokenPipeError):
            return b"reset"


def asked(*headers: bytes, body: bytes = b"", path: bytes = b"/") -> bytes:
    fields = b"".join(header + b"\r\n" for header in (*headers, b"connection: close"))
    return b"POST " + path + b" HTTP/1.1\r\nhost: x\r\n" + fields + b"\r\n" + body


def flooded(port: int, first: bytes, *pieces: bytes) -> bytes:
    """What comes back from a flood of 100 MB, which must not be taken."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(first)
        taken = 0
        with suppress(ConnectionError):
            for taken in range(100):  # noqa: B007
                connection.sendall(b"".join(pieces))
        assert taken < 99
        try:
            return connection.recv(65536)
        except ConnectionError:
            return b""


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (HEAD + b"x-a: ", MEGABYTE),
        (HEAD, b"x-a: " + MEGABYTE + b"\r\n"),
        (HEAD, b"x-a: b\r\n" * 100_000),
        (b"POST /", MEGABYTE),
        (asked(b"transfer-encoding: chunked", body=b"2\r\n{}\r\n0\r\n"), b"x-a: " + MEGABYTE + b"\r\n"),
        (asked(b"transfer-encoding: chunked", body=b"2\r\n{}\r\n0\r\nx-a: "), MEGABYTE),
        (asked(b"transfer-encoding: chunked", body=b"2;"), MEGABYTE),
        (asked(b"transfer-encoding: chunked", body=b"0\r\n", path=b"/at-once"), b"x-a: " + MEGABYTE + b"\r\n"),
    ],
    ids=["field", "fields", "many-fields", "address", "trailers", "trailer", "chunk-extension", "answered-trailers"],
)
def test_what_never_ends_is_cut_off(first: bytes, piece: bytes, port: int) -> None:
    assert flooded(port, first, piece)[:12] in (b"", b"HTTP/1.1 431", b"HTTP/1.1 400", b"HTTP/1.1 200")


def test_a_head_over_64_kib_that_comes_in_pieces_is_told_so(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(HEAD)
        for _ in range(100):
            connection.sendall(b"x-a: " + b"a" * 1000 + b"\r\n")
            if select.select([connection], [], [], 0.01)[0]:
                break
        assert connection.recv(1000).startswith(b"HTTP/1.1 431 ")


def test_a_large_body_passes_in_one_piece_in_many_and_in_the_smallest_chunks(port: int) -> None:
    assert sent(port, asked(b"content-length: 5000000", body=b"a" * 5_000_000)).endswith(b" 5000000")
    pieces = [b"a" * 10_000] * 500
    assert sent(port, asked(b"content-length: 5000000"), *pieces).endswith(b" 5000000")
    tiny = b"1\r\na\r\n" * 200_000 + b"0\r\n\r\n"
    assert sent(port, asked(b"transfer-encoding: chunked"), tiny).endswith(b"  200000")


def test_a_thousand_pipelined_requests_are_answered(port: int) -> None:
    one = b"POST / HTTP/1.1\r\nhost: x\r\nx-a: " + b"a" * 200 + b"\r\ncontent-length: 2\r\n\r\n{}"
    answers = sent(port, one * 1_000 + asked(b"content-length: 2", body=b"{}"))
    assert answers.count(b"HTTP/1.1 200") == 1_001


@pytest.mark.parametrize(
    "begun", [b"", b"\r\n", b"PO", HEAD, asked(b"content-length: 10", body=b"abc"), asked(b"content-length: 9")]
)
def test_who_never_comes_to_an_end_is_closed(begun: bytes, impatient: int) -> None:
    with socket.create_connection(("127.0.0.1", impatient), timeout=10) as connection:
        connection.sendall(begun)
        assert connection.recv(1000) == b""


def test_who_drips_after_an_early_answer_is_closed_too(impatient: int) -> None:
    with socket.create_connection(("127.0.0.1", impatient), timeout=10) as connection:
        connection.sendall(b"POST /at-once HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        for _ in range(100):
            try:
                connection.sendall(b"a")
            except ConnectionError:
                return
            time.sleep(0.1)
    pytest.fail("it stayed open")


def test_who_asks_now_and_then_stays_connected(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "HEAD_SECONDS", 2.0)
    monkeypatch.setattr(listening, "MESSAGE_SECONDS", 2.0)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for _ in range(5):
            connection.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-le")
            time.sleep(0.25)
            connection.sendall(b"ngth: 2\r\n\r\n{")
            time.sleep(0.25)
            connection.sendall(b"}")
            answer = b""
            while not answer.endswith(b"       2"):
                answer += (more := connection.recv(1000))
                assert more, "it was closed"


def test_a_server_that_ends_cuts_its_streams_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    ended = threading.Event()

    async def streaming(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        ended.set()

    with serving(streaming) as port:
        reader = socket.create_connection(("127.0.0.1", port), 10)
        reader.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        said = b""
        while b"first" not in said:
            said += reader.recv(1000)
    reader.close()  # long after the server has ended
    assert ended.is_set()
    assert [record.getMessage() for record in caplog.records] == []
