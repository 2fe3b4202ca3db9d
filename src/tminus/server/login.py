"""Signing in with the token, for people whose browser is not on the same machine."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qs

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from litestar.params import Parameter

from tminus.access import OBSERVE, Access
from tminus.console import login_page
from tminus.server.front import COOKIE

_MONTH = 30 * 86400


def login_routes(access: Access, *, secure: bool = False) -> list[Any]:
    """`/login`: a form, and what it posts to. `secure`: the server is reached by TLS, and so is the cookie sent."""

    @get("/login", media_type=MediaType.HTML, sync_to_thread=False)
    def form(to: Annotated[str, Parameter(query="next")] = "/") -> Response[str]:
        return Response(login_page(_inside(to), ""), media_type=MediaType.HTML)

    @post("/login")
    async def enter(request: Request[Any, Any, Any]) -> Response[Any]:
        given = parse_qs((await request.body()).decode("utf-8", "replace"))
        token, to = given.get("token", [""])[0].strip(), _inside(given.get("next", ["/"])[0])
        rights = access.rights([(b"x-api-key", token.encode())])
        if rights is None or OBSERVE not in rights:
            return Response(login_page(to, "That token is not known here."), media_type=MediaType.HTML, status_code=403)
        cookie = Cookie(COOKIE, value=token, httponly=True, secure=secure, samesite="strict", max_age=_MONTH, path="/")
        return Response(b"", status_code=303, headers={"location": to}, cookies=[cookie])

    return [form, enter]


def _inside(path: str) -> str:
    """Only ever a path on this server: a link elsewhere in `next` would make the login page a stepping stone."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
