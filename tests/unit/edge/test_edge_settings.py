"""What an edge is told, before it serves."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tminus.access import ALL_RIGHTS, CLIENT_RIGHTS
from tminus.app.clock import SystemClock
from tminus.edge import Edge
from tminus.edge.front import EdgeFront
from tminus.errors import UsageError
from tminus.following import FileSource, Follower
from tminus.held import HeldFlags

TOKEN = "client-token-000001"


def edge(host: str, *, alone: bool, **environment: str) -> Edge:
    return Edge("flags.json", host, 0, SystemClock(), open_to_all=alone, environment=environment)


def test_on_loopback_everybody_may_ask_and_beyond_it_a_token_is_needed() -> None:
    assert edge("127.0.0.1", alone=True).access().rights([]) == ALL_RIGHTS
    with pytest.raises(UsageError, match="no token is set"):
        edge("0.0.0.0", alone=False).access()


def test_with_a_token_nobody_comes_in_without_on_loopback_either() -> None:
    access = edge("127.0.0.1", alone=True, TMINUS_CLIENT_TOKEN=TOKEN).access()
    assert access.rights([]) is None
    assert access.rights([(b"x-api-key", TOKEN.encode())]) == CLIENT_RIGHTS


@pytest.mark.parametrize(
    ("variable", "value"), [("TMINUS_CORS", "shop"), ("TMINUS_RATE", "0"), ("TMINUS_CLIENT_TOKEN", "short")]
)
def test_a_setting_that_is_wrong_is_said_before_anything_is_served(tmp_path: Path, variable: str, value: str) -> None:
    flags = tmp_path / "flags.json"
    flags.write_text('{"flags": {}}')
    given = Edge(str(flags), "127.0.0.1", 0, SystemClock(), open_to_all=True, environment={variable: value})
    with pytest.raises(UsageError, match=variable):
        asyncio.run(given.serve(lambda: None))


def test_health_says_whether_there_are_flags_and_whether_they_are_current(tmp_path: Path) -> None:
    path = tmp_path / "flags.json"
    path.write_text("{")
    follower = Follower(FileSource(path), HeldFlags())

    async def nobody(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("health is the edge's own")

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=EdgeFront(nobody, nobody, follower))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
            return await client.get("/health")

    assert asyncio.run(ask()).status_code == 503
    path.write_text(json.dumps({"flags": {}}))
    follower.start()
    assert follower.wait_ready(20)
    answer = asyncio.run(ask())
    follower.close()
    assert (answer.status_code, answer.json()["ok"], answer.json()["following"]) == (200, True, True)
