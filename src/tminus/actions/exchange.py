"""One HTTP request and its answer, within a time and a size, and never farther than the host that was named."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from tminus.errors import ActionError

LIMIT = 1 << 20  # bytes of an answer that are read
_MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: the first LIMIT bytes of its body, and the seconds until they were here."""

    status: int
    body: bytes
    seconds: float


class HttpExchange:
    """Sends requests, from any thread. Errors name the host only: a path or query may hold a secret."""

    def __init__(self) -> None:
        self._client = httpx.Client(headers={"User-Agent": "tminus"}, follow_redirects=False)

    def __call__(
        self,
        method: str,
        url: str,
        *,
        timeout: float,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Reply:
        """The answer, after redirects on the same host. Raises `ActionError`, retryable when nothing could be reached."""
        began = time.monotonic()
        try:
            request = self._client.build_request(method, url, headers=headers, content=content)
        except (httpx.InvalidURL, ValueError, TypeError) as error:
            raise ActionError("the URL or a header cannot be used") from error
        for _ in range(_MOST_REDIRECTS + 1):
            status, body, following = self._send(request, began + timeout, timeout)
            if following is None:
                return Reply(status, body, time.monotonic() - began)
            if not _same_place(request.url, following.url):
                raise ActionError(
                    f"{_origin(request.url)} sends us on to {_origin(following.url)}, which the plan does not name",
                    hint="name the final URL",
                )
            request = following
        raise ActionError(f"{_origin(request.url)} redirects in circles")

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._client.close()

    def _send(self, request: httpx.Request, deadline: float, timeout: float) -> tuple[int, bytes, httpx.Request | None]:
        origin = _origin(request.url)
        left = max(deadline - time.monotonic(), 0.001)
        request.extensions["timeout"] = httpx.Timeout(left).as_dict()
        try:
            response = self._client.send(request, stream=True)
            try:
                return response.status_code, _body(response, deadline), response.next_request
            finally:
                response.close()
        except httpx.TimeoutException as error:
            raise ActionError(f"no answer from {origin} within {timeout:g} s", retryable=True) from error
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            raise ActionError(f"{origin or 'the URL'} cannot be asked: not a proper HTTP request") from error
        except httpx.RequestError as error:
            raise ActionError(f"cannot reach {origin}: {error or type(error).__name__}", retryable=True) from error


def _body(response: httpx.Response, deadline: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) >= LIMIT:
            break
        if time.monotonic() > deadline:  # a server that sends a byte now and then keeps every read below its time-out
            raise httpx.ReadTimeout("the answer did not end")
    return bytes(body[:LIMIT])


def _same_place(one: httpx.URL, other: httpx.URL) -> bool:
    upgraded = (one.scheme, other.scheme) == ("http", "https") and (one.port, other.port) == (None, None)
    return one.host == other.host and (upgraded or (one.scheme, one.port) == (other.scheme, other.port))


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii', 'replace')}" if url.host else ""
