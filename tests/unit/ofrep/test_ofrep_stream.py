"""The stream of change notices, through the real ASGI interface."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tminus.access import Access
from tminus.held import HeldFlags
from tminus.ofrep import OfrepApp
from tminus.ofrep.stream import PATH

TOKEN, DEAF = "client-token-000001", "ingest-token-000001"
BEARER = (b"authorization", b"Bearer " + TOKEN.encode())


def definition(default: str) -> dict[str, Any]:
    return {"flags": {"f": {"state": "ENABLED", "variants": {"a": 1, "b": 2}, "defaultVariant": default}}}


class Reader:
    """A client of the stream: it can wait for what comes next, and go away."""

    def __init__(self, app: OfrepApp, query: str = "", *headers: tuple[bytes, bytes], method: str = "GET") -> None:
        self._gone = asyncio.Event()
        self._news: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        scope = {
            "type": "http",
            "method": method,
            "path": PATH,
            "raw_path": PATH.encode(),
            "query_string": query.encode(),
            "headers": list(headers),
        }
        self.task = asyncio.create_task(app(scope, self._receive, self._news.put))  # type: ignore[arg-type]

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def next(self) -> dict[str, Any]:
        return await asyncio.wait_for(self._news.get(), 10)

    async def opened(self) -> int:
        start = await self.next()
        if start["status"] == 200:
            assert (await self.next())["body"] == b"retry: 1000\n\n"
        return int(start["status"])

    async def event(self) -> dict[str, Any]:
        """The next event: its fields, and its data read."""
        lines = (await self.next())["body"].decode().strip().splitlines()
        fields = dict(line.split(": ", 1) for line in lines)
        return {**fields, "data": json.loads(fields["data"])}

    async def leave(self) -> None:
        self._gone.set()
        await asyncio.wait_for(self.task, 10)


@pytest.fixture
def held() -> HeldFlags:
    return HeldFlags(definition("a"))


@pytest.fixture
def access() -> Access:
    return Access({TOKEN: frozenset({"evaluate"}), DEAF: frozenset({"ingest"})})


@pytest.fixture
def app(held: HeldFlags, access: Access) -> OfrepApp:
    return OfrepApp(held.current, access, lambda: 1234.5, held=held)


def play(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


def test_a_change_on_another_thread_is_told_to_every_reader(app: OfrepApp, held: HeldFlags) -> None:
    async def story() -> None:
        readers = [Reader(app, "", BEARER) for _ in range(3)]
        assert [await one.opened() for one in readers] == [200] * 3
        await asyncio.to_thread(held.hold, definition("b"))
        revision = held.current().revision
        data = {"type": "refetchEvaluation", "etag": f'"{revision}"', "lastModified": 1234}
        for one in readers:
            assert await one.event() == {"id": revision, "event": "message", "data": data}
            await one.leave()

    play(story)


def test_a_definition_that_says_the_same_tells_nobody(app: OfrepApp, held: HeldFlags) -> None:
    async def story() -> None:
        reader = Reader(app, "", BEARER)
        await reader.opened()
        assert held.hold(definition("a")) is False
        held.hold(definition("b"))
        assert (await reader.event())["id"] == held.current().revision
        await reader.leave()

    play(story)


def test_a_reader_that_comes_back_hears_at_once_of_what_it_missed(app: OfrepApp, held: HeldFlags) -> None:
    async def story() -> None:
        seen = held.current().revision.encode()
        held.hold(definition("b"))
        missed = Reader(app, "", BEARER, (b"last-event-id", seen))
        await missed.opened()
        assert (await missed.event())["data"]["type"] == "refetchEvaluation"
        await missed.leave()

    play(story)


def test_whoever_leaves_is_forgotten(app: OfrepApp, held: HeldFlags) -> None:
    async def story() -> None:
        reader = Reader(app, "", BEARER)
        await reader.opened()
        assert len(held._listeners) == 1
        await reader.leave()
        assert held._listeners == {}

    play(story)


def test_the_ticket_of_a_bulk_reply_opens_the_stream_and_nothing_else(app: OfrepApp, access: Access) -> None:
    holder = access.holder([BEARER])
    assert holder is not None
    assert TOKEN not in holder.ticket

    async def story() -> None:
        reader = Reader(app, f"ticket={holder.ticket}")
        assert await reader.opened() == 200
        await reader.leave()

    play(story)
    assert access.rights([(b"authorization", b"Bearer " + holder.ticket.encode())]) is None


@pytest.mark.parametrize(
    ("query", "headers", "method", "status"),
    [
        ("", [], "GET", 401),
        ("ticket=guessed", [], "GET", 401),
        ("", [(b"x-api-key", DEAF.encode())], "GET", 403),
        ("", [BEARER], "POST", 405),
    ],
)
def test_others_are_refused(
    app: OfrepApp, query: str, headers: list[tuple[bytes, bytes]], method: str, status: int
) -> None:
    async def story() -> None:
        assert await Reader(app, query, *headers, method=method).opened() == status

    play(story)
