"""Definitions by HTTP, as flagd's http sync reads them."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tminus.access import CLIENT_RIGHTS, SERVER_RIGHTS, Access
from tminus.flagd import DefinitionsApp
from tminus.held import HeldFlags

CLIENT, SERVER = "client-token-000001", "server-token-000001"
PATH = "/flagd/flags.json"
DEFINITION: dict[str, Any] = {
    "flags": {"f": {"state": "ENABLED", "variants": {"on": True}, "defaultVariant": "on"}},
    "metadata": {"team": "growth"},
}


def ask(app: DefinitionsApp, path: str = PATH, method: str = "GET", token: str = SERVER, **more: str) -> httpx.Response:
    async def exchange() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            headers = {"authorization": f"Bearer {token}", **more} if token else more
            return await client.request(method, path, headers=headers)

    return asyncio.run(exchange())


@pytest.fixture
def held() -> HeldFlags:
    return HeldFlags(DEFINITION)


@pytest.fixture
def app(held: HeldFlags) -> DefinitionsApp:
    return DefinitionsApp(held, Access({CLIENT: CLIENT_RIGHTS, SERVER: SERVER_RIGHTS}))


def test_the_definition_comes_as_it_is_with_an_etag_that_follows_it(app: DefinitionsApp, held: HeldFlags) -> None:
    first = ask(app)
    assert (first.status_code, first.json()) == (200, DEFINITION)
    assert first.headers["content-type"] == "application/json"
    again = ask(app, **{"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    held.hold({"flags": {}})
    after = ask(app, **{"if-none-match": f'W/{first.headers["etag"]}, "x"'})
    assert (after.status_code, after.json()) == (200, {"flags": {}})


def test_head_has_the_headers_alone(app: DefinitionsApp) -> None:
    reply = ask(app, method="HEAD")
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["etag"]


@pytest.mark.parametrize(
    ("token", "path", "method", "status"),
    [
        ("", PATH, "GET", 401),
        ("unknown-token-00001", PATH, "GET", 401),
        (CLIENT, PATH, "GET", 403),
        (SERVER, PATH, "POST", 405),
        (SERVER, "/flagd/other.json", "GET", 404),
    ],
)
def test_others_get_none(app: DefinitionsApp, token: str, path: str, method: str, status: int) -> None:
    reply = ask(app, path, method, token)
    assert reply.status_code == status
    assert "flags" not in reply.json()


def test_no_definition_yet_is_not_an_empty_one(held: HeldFlags) -> None:
    reply = ask(DefinitionsApp(held, Access.open(), lambda: False), token="")
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "1")
