"""Nobody's web page may steer a launch through its visitor's browser: the one place that says so.

A browser tells where a request comes from, in `Sec-Fetch-Site` and in `Origin`, and no page can forge them. A program
such as curl sends neither; it may post JSON, which no HTML form can, but not a form.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from tminus.errors import AccessDenied

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
_SAFE = ("GET", "HEAD", "OPTIONS")
_HINT = "use the console of this server, or send JSON without an Origin"


def same_site(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A Litestar guard: raises `AccessDenied` for a change that another site asks for."""
    if connection.scope.get("method") in _SAFE:
        return
    headers = connection.headers
    refuse_cross_site(
        host=headers.get("host", ""),
        origin=headers.get("origin"),
        fetch_site=headers.get("sec-fetch-site"),
        content_type=headers.get("content-type", ""),
    )


def refuse_cross_site(*, host: str, origin: str | None, fetch_site: str | None, content_type: str) -> None:
    """Raise `AccessDenied` unless the headers show the same site, or a program that posts JSON."""
    if fetch_site is not None and fetch_site.lower() not in ("same-origin", "none"):
        raise _denied("another site asked for this change")
    if origin is not None and not _same_host(origin, host):
        raise _denied("this change was asked for from another origin")
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in (JSON, FORM):
        raise _denied("a change is sent as JSON, or as a form of the console")
    if kind == FORM and origin is None and fetch_site is None:
        raise _denied("a form without an Origin may come from anywhere")


def _same_host(origin: str, host: str) -> bool:
    try:
        return bool(host) and urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:  # an Origin such as http://[ is no place at all
        return False


def _denied(message: str) -> AccessDenied:
    return AccessDenied(message, code="cross-site", hint=_HINT)
