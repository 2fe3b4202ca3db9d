"""Errors as problem+json (RFC 9457), with the stable code and the hint that every T-minus error carries."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from tminus.errors import AccessDenied, Conflict, StoreError, TminusError, UsageError

PROBLEM_JSON = "application/problem+json"
_log = logging.getLogger(__name__)


class NotFound(UsageError):
    """There is no launch, or no command of that name."""

    code = "not-found"


class BadRequest(UsageError):
    """The body or the query is not what it should be."""

    code = "bad-request"


def status_of(error: TminusError) -> int:
    """The HTTP status that says the same as the error."""
    match error:
        case NotFound():
            return 404
        case BadRequest():
            return 400
        case UsageError() | Conflict():
            return 409
        case AccessDenied():
            return 403 if error.code == "cross-site" else 401
        case StoreError():
            return 503
    return 500


def on_tminus_error(request: Request[Any, Any, Any], error: TminusError) -> Response[dict[str, Any]]:
    """The response for an error that T-minus raised on purpose."""
    return problem(status_of(error), error.code, error.message, error.hint, retryable=error.retryable)


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    """The response for what the framework found wrong with a request."""
    extra = error.extra if isinstance(error.extra, list) else []
    told = "; ".join(f"{one.get('key', '')}: {one.get('message', '')}" for one in extra if isinstance(one, dict))
    return problem(error.status_code, "bad-request", told or error.detail)


def on_surprise(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """The response for a bug of ours: logged in full, told in one line."""
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, "internal", "T-minus itself failed; its log has the details")


def problem(
    status: int, code: str, detail: str, hint: str = "", *, retryable: bool = False
) -> Response[dict[str, Any]]:
    """A problem document."""
    body = {
        "type": f"urn:tminus:error:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "hint": hint,
        "retryable": retryable,
    }
    return Response(body, status_code=status, media_type=PROBLEM_JSON, headers={"cache-control": "no-store"})
