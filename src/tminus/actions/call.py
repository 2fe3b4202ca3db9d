"""Calls to other services over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from tminus.actions.exchange import HttpExchange, Reply
from tminus.actions.reference import secret, variable, world_key
from tminus.errors import ActionError
from tminus.ports import Job

_TOO_MANY = 429
_EXCERPT = 200  # characters of an error's body that go into the log


class HttpCaller:
    """Performs `call`: spec `url`, `method`, `body` (JSON data, or text), `token` (`env:NAME`, sent as a bearer token).

    Every attempt carries the same Idempotency-Key header. 2xx is success; 5xx and 429 are worth another try, as is a
    service that cannot be reached; any other answer is final.
    """

    def __init__(self, env: Mapping[str, str], exchange: HttpExchange | None = None) -> None:
        self._env = env
        self._exchange = exchange or HttpExchange()

    def perform(self, job: Job) -> str:
        """Call it; the status and the time it took. Raises `ActionError`."""
        token = self._token(job.spec.get("token"))
        content, kind = _content(job.spec.get("body"))
        headers = {"Idempotency-Key": world_key(job), **kind}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        method = str(job.spec.get("method") or "POST")
        reply = self._exchange(method, str(job.spec["url"]), timeout=job.timeout, headers=headers, content=content)
        if not 200 <= reply.status < 300:
            worth = reply.status >= 500 or reply.status == _TOO_MANY
            raise ActionError(f"answered {reply.status}{_excerpt(reply, token)}", retryable=worth)
        return f"{reply.status} in {reply.seconds * 1000:.0f} ms"

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._exchange.close()

    def _token(self, reference: str | None) -> str:
        if reference is None:
            return ""
        token = secret(self._env, reference, "the token")
        name = variable(reference, "the token")
        if not token:
            raise ActionError(f"there is no token: {name} is not set", hint=f"set {name}")
        if not (token.isascii() and token.isprintable()) or " " in token:
            raise ActionError(f"{name} holds no token that fits into a header", hint=f"check {name}")
        return token


def _content(body: Any) -> tuple[bytes | None, dict[str, str]]:
    if body is None:
        return None, {}
    if isinstance(body, str):
        return body.encode(), {"Content-Type": "text/plain; charset=utf-8"}
    return msgspec.json.encode(body), {"Content-Type": "application/json"}


def _excerpt(reply: Reply, token: str) -> str:
    text = " ".join(reply.body[: 8 * _EXCERPT].decode("utf-8", "replace").split())
    if token:
        text = text.replace(token, "***")  # some services repeat what they refuse
    text = "".join(letter for letter in text if letter.isprintable())
    return f": {text[:_EXCERPT]}" if text else ""
