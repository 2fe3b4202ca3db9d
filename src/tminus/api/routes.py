"""The JSON API of one launch: what it is, what happened, and the commands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from litestar import Request, Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException
from litestar.params import Parameter

from tminus.api.body import CommandBody, read_body, read_question
from tminus.api.problem import NotFound, on_http_error, on_surprise, on_tminus_error
from tminus.api.same_site import FORM, same_site
from tminus.api.schema import CommandOperation, QuestionOperation, schema_of
from tminus.app.desk import COMMANDS, Desk
from tminus.app.view import FeedItem, View
from tminus.core.evaluations import Asked
from tminus.errors import TminusError

Looking = Callable[[], Desk | None]
PROBLEM_COOKIE = "tminus-problem"  # carries a refusal to the console's confirm page where there is no script
_FRESH = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


def api_routes(desk: Looking) -> list[Any]:
    """The API's handlers over the launch that `desk()` gives; while it gives None, everything is 404 with a hint."""
    handlers = [_launch(desk), _log(desk), _series(desk), _why(desk), _evaluations(desk), _command(desk)]
    router = Router(
        "/api",
        route_handlers=[*handlers, schema_of(handlers)],
        exception_handlers={TminusError: on_tminus_error, HTTPException: on_http_error, Exception: on_surprise},
    )
    return [router]


def _launch(desk: Looking) -> Any:
    @get("/launch", summary="The launch now", tags=["launch"])
    async def launch() -> Response[View]:
        """Everything a screen shows: state, stages, criteria, guard, flags, boxes, what can be done."""
        return Response(_found(desk).view(), headers=_FRESH)

    return launch


def _log(desk: Looking) -> Any:
    @get("/launch/log", summary="What happened, oldest first", tags=["launch"])
    async def log(
        after: Annotated[int, Parameter(ge=0, le=2**53, description="only events after this number")] = 0,
        limit: Annotated[int, Parameter(ge=1, le=500, description="the newest so many")] = 100,
    ) -> Response[list[FeedItem]]:
        """Events in words. The quiet ones (attempts, checkpoints) are only in the log itself."""
        return Response(_found(desk).feed(limit=limit, after=after), headers=_FRESH)

    return log


def _series(desk: Looking) -> Any:
    @get("/launch/series", summary="Values over time", tags=["launch"])
    async def series(
        names: Annotated[
            str,
            Parameter(
                description="comma-separated: evidence, criterion:KEY, guard:METRIC, share:FLAG, units:ARM, errors:ARM"
            ),
        ],
        since: Annotated[float, Parameter(description="Unix seconds")] = 0.0,
    ) -> Response[dict[str, list[tuple[float, float]]]]:
        """name -> [[Unix seconds, value]], oldest first; kept in memory, so empty after a restart."""
        wanted = [name for name in names.split(",") if name][:50]
        return Response(_found(desk).series(wanted, since), headers=_FRESH)

    return series


def _why(desk: Looking) -> Any:
    @post(
        "/flags/why",
        status_code=200,
        summary="What a user has, and why",
        tags=["flags"],
        operation_class=QuestionOperation,
    )
    async def why(request: Request[Any, Any, Any]) -> Response[list[dict[str, Any]]]:
        """One answer a flag: variant, value, reason, and the steps that led there, as data and in words."""
        asked = read_question(await request.body())
        found = await asyncio.to_thread(_found(desk).answers, asked.context, asked.flag)
        return Response([one.data() for one in found], headers=_FRESH)

    return why


def _evaluations(desk: Looking) -> Any:
    @get("/flags/evaluations", summary="How often each flag was asked for", tags=["flags"])
    async def evaluations(
        since: Annotated[float, Parameter(description="Unix seconds")] = 0.0,
    ) -> Response[Asked | None]:
        """Answers by flag and variant since a time, when each flag was last asked for, and how far back that is kept; null
        where no evaluation was ever reported."""
        return Response(await asyncio.to_thread(_found(desk).evaluations, since), headers=_FRESH)

    return evaluations


def _command(desk: Looking) -> Any:
    @post(
        "/launch/{command:str}",
        status_code=200,
        guards=[same_site],
        summary="Steer the launch",
        tags=["launch"],
        operation_class=CommandOperation,
    )
    async def command(
        request: Request[Any, Any, Any],
        command: Annotated[str, Parameter(description=", ".join(COMMANDS))],
    ) -> Response[Any]:
        """Record what a person asks and answer with the launch as it is then. A form without script is sent back."""
        content_type = request.headers.get("content-type", "")
        said = read_body(content_type, await request.body())
        form = content_type.startswith(FORM) and "text/html" in request.headers.get("accept", "")
        try:
            view = await asyncio.to_thread(_do, _found(desk), command, _actor(request), said)
        except TminusError as error:
            if not form:
                raise
            return _sent_back(said, str(error))
        return _see_other("/") if form else Response(view, headers=_FRESH)

    return command


def _do(desk: Desk, command: str, actor: str, said: CommandBody) -> View:
    if command not in COMMANDS:
        raise NotFound(f"there is no command {command[:40]}", hint=", ".join(COMMANDS))
    desk.command(command, actor, role=said.role, target=said.target, outcome=said.outcome, reason=said.reason)
    return desk.view()


def _found(desk: Looking) -> Desk:
    current = desk()
    if current is None:
        raise NotFound("no launch has been started yet", hint="tminus run PLAN starts one", code="no-launch")
    return current


def _actor(request: Request[Any, Any, Any]) -> str:
    return str(request.scope.get("tminus.actor") or "operator")


def _see_other(place: str) -> Response[bytes]:
    return Response(b"", status_code=303, headers={"location": place, **_FRESH})


def _sent_back(said: CommandBody, problem: str) -> Response[bytes]:
    # Only to the console's own confirm page: a free `back` would make this a stepping stone to other sites.
    inside = said.back.startswith("/confirm/") and said.back.isascii() and "\\" not in said.back
    answer = _see_other(said.back if inside else "/")
    cookie = Cookie(PROBLEM_COOKIE, value=quote(problem[:500]), httponly=True, samesite="strict", max_age=30, path="/")
    answer.set_cookie(cookie)
    return answer
