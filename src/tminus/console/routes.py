"""The handlers of the console. Everything a person does is posted to the API; these only show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any
from urllib.parse import unquote

from litestar import Request, Response, get
from litestar.enums import MediaType
from litestar.params import Parameter
from litestar.response import Stream

from tminus.app.desk import Desk
from tminus.console.asking import ask
from tminus.console.asking_why import asked_context
from tminus.console.assets import Assets
from tminus.console.live import chart, stream
from tminus.console.panels import PANELS, Screen, environment, page_context

Looking = Callable[[], Desk | None]

# style-src and script-src by default-src: nothing inline, nothing from elsewhere, and nobody may frame the page.
SECURITY_HEADERS: Mapping[str, str] = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_PROBLEM_COOKIE = "tminus-problem"
_FOR_EVER = "public, max-age=31536000, immutable"
_MOST_NAMES = 50


class Pages:
    """Templates and assets, and what every page needs from them."""

    def __init__(self) -> None:
        self.assets = Assets()
        self.templates = environment()
        self.templates.globals["asset"] = self.assets.url
        self.templates.globals["complete"] = self.assets.complete
        self.screen = Screen(self.templates)
        self.version = self.assets.version
        self.templates.globals["version"] = self.version

    def html(self, template: str, *, status: int = 200, **context: Any) -> Response[str]:
        """A page as a response that is never cached."""
        return Response(
            self.templates.get_template(template).render(context),
            media_type=MediaType.HTML,
            status_code=status,
            headers={**SECURITY_HEADERS, "cache-control": "no-store"},
        )

    def no_launch(self) -> Response[str]:
        """The page before any launch."""
        return self.html("no_launch.html")


def console_routes(desk: Looking) -> list[Any]:
    """The console's handlers over the launch that `desk()` gives; None means that there is none yet."""
    pages = Pages()
    showing = [make(pages, desk) for make in (_front_page, _live, _confirm, _why, _status)]
    return [*showing, _series(desk), _static(pages)]


@cache
def _pages() -> Pages:
    return Pages()


def login_page(to: str, problem: str) -> str:
    """The sign-in form: a token, posted to /login with the path to go on to."""
    return _pages().templates.get_template("login.html").render(to=to, problem=problem)


def _front_page(pages: Pages, desk: Looking) -> Any:
    @get("/", media_type=MediaType.HTML, include_in_schema=False)
    async def front_page() -> Response[str]:
        current = desk()
        if current is None:
            return pages.no_launch()
        view, panels = pages.screen.panels(current)
        return pages.html("page.html", view=view, panels=panels, names=PANELS, launch=current.ledger.launch)

    return front_page


def _live(pages: Pages, desk: Looking) -> Any:
    @get("/live", include_in_schema=False, exclude_from_compression=True)
    async def live() -> Stream:
        headers = {**SECURITY_HEADERS, "cache-control": "no-store", "x-accel-buffering": "no"}
        return Stream(stream(desk, pages.screen, pages.version), media_type="text/event-stream", headers=headers)

    return live


def _series(desk: Looking) -> Any:
    @get("/series", include_in_schema=False)
    async def series(
        names: Annotated[str, Parameter(description="comma-separated")] = "",
        since: Annotated[float, Parameter(description="Unix seconds")] = 0.0,
    ) -> Response[dict[str, Any]]:
        current = desk()
        wanted = [name for name in names.split(",") if name][:_MOST_NAMES]
        found = chart(current, since, wanted) if current is not None else {"series": {}, "marks": []}
        return Response(found, headers={**SECURITY_HEADERS, "cache-control": "no-store"})

    return series


def _confirm(pages: Pages, desk: Looking) -> Any:
    @get("/confirm/{command:str}", media_type=MediaType.HTML, include_in_schema=False)
    async def confirm(
        request: Request[Any, Any, Any],
        command: Annotated[str, Parameter(description="what is asked for")],
        target: Annotated[str, Parameter(description="the box, flag or action")] = "",
        outcome: Annotated[str, Parameter(description="for settle: done or again")] = "",
        part: Annotated[bool, Parameter(description="the form alone, for the dialog")] = False,
    ) -> Response[str]:
        current = desk()
        if current is None:
            return pages.no_launch()
        view = current.view()
        question = ask(view, command, target, outcome)
        template = "confirm_form.html" if part else "confirm.html"
        problem = unquote(request.cookies.get(_PROBLEM_COOKIE, ""))
        if question is None:
            return pages.html("gone.html", status=404, part=part)
        page = pages.html(template, view=view, question=question, problem="" if part else problem, part=part)
        if problem:
            page.delete_cookie(_PROBLEM_COOKIE)
        return page

    return confirm


def _why(pages: Pages, desk: Looking) -> Any:
    @get("/why", media_type=MediaType.HTML, include_in_schema=False)
    async def why(
        key: Annotated[str, Parameter(description="the user")] = "",
        more: Annotated[str, Parameter(description="what else is known, as country=CA, tier=gold")] = "",
    ) -> Response[str]:
        current = desk()
        if current is None:
            return pages.no_launch()
        context, problem = asked_context(key, more)
        found = await asyncio.to_thread(current.answers, context) if key and not problem else ()
        page = page_context(current, current.view())
        return pages.html("why.html", **page, key=key, more=more, answers=found, problem=problem)

    return why


def _status(pages: Pages, desk: Looking) -> Any:
    @get("/status", media_type=MediaType.HTML, include_in_schema=False)
    async def status() -> Response[str]:
        current = desk()
        if current is None:
            return pages.html("status.html", view=None)
        return pages.html("status.html", **page_context(current, current.view()))

    return status


def _static(pages: Pages) -> Any:
    @get("/static/{path:path}", include_in_schema=False)
    async def static(path: Annotated[str, Parameter(description="DIGEST/NAME")]) -> Response[bytes]:
        asset = pages.assets.find(path)
        if asset is None:
            return Response(b"no such file\n", media_type="text/plain", status_code=404)
        headers = {**SECURITY_HEADERS, "cache-control": _FOR_EVER}
        return Response(asset.content, media_type=asset.media_type, headers=headers)

    return static
