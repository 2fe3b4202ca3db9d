"""A URL that must answer."""

from __future__ import annotations

from typing import Any, Protocol

from tminus.errors import ActionError
from tminus.plan.quantity import parse_duration
from tminus.ports import Job


class Reply(Protocol):
    """What an HTTP exchange brought back; `seconds` from the request to the end of the body."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...
    @property
    def seconds(self) -> float: ...


class Exchange(Protocol):
    """Sends one request and raises `ActionError` when no answer comes in time."""

    def __call__(self, method: str, url: str, *, timeout: float) -> Reply: ...


class HttpProbe:
    """Performs `probe-http`: spec `url`, `status` (200), `contains` (text), `within` (a duration, or seconds)."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def perform(self, job: Job) -> str:
        """The evidence, such as `200 in 12 ms, 4,213 bytes`. Raises `ActionError` saying what was seen instead."""
        spec = job.spec
        reply = self._exchange("GET", str(spec["url"]), timeout=job.timeout)
        seen = f"{reply.status} in {reply.seconds * 1000:.0f} ms, {len(reply.body):,} bytes"
        wanted, text, within = int(spec.get("status") or 200), spec.get("contains"), _seconds(spec.get("within"))
        if reply.status != wanted:
            raise ActionError(f"{seen}: the status should be {wanted}", retryable=True)
        if text and str(text).encode() not in reply.body:
            raise ActionError(f"{seen}: without the text {text!r}", retryable=True)
        if within is not None and reply.seconds > within:
            raise ActionError(f"{seen}: slower than {within * 1000:.0f} ms", retryable=True)
        return seen


def _seconds(within: Any) -> float | None:
    if within is None:
        return None
    return parse_duration(within).seconds if isinstance(within, str) else float(within)
