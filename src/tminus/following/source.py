"""Where a definition is read from, and how one learns that there is another."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
import msgspec

from tminus.errors import SourceError, UsageError
from tminus.flags.pause import collector_paused
from tminus.tls import verifying

DEFINITIONS_PATH = "/flagd/flags.json"
STREAM_PATH = "/ofrep/v1/stream"
_MOST_BYTES = 64 * 1024 * 1024
_LOOK_SECONDS = 0.25
_HOST = re.compile(r"[\w.-]+|[0-9a-f:]+")
# The stream says something every 15 s: after this long without a word the connection is dead.
_SILENCE_SECONDS = 40.0


class Source(Protocol):
    """A place that holds a definition. Both methods raise SourceError where it cannot be read."""

    def read(self) -> dict[str, Any] | None:
        """The definition; None when it is the one that was read last."""
        ...

    def wait(self, ended: Callable[[], bool], heard: Callable[[], None]) -> None:
        """Block while the place lives, calling `heard()` whenever it may have another definition; returns on `ended()`."""
        ...

    def close(self) -> None:
        """Let a `wait` on another thread end."""
        ...


class FileSource:
    """A JSON file; looked at four times a second, by its time and size."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None

    def read(self) -> dict[str, Any] | None:
        """The definition, None when the file is as it was. Raises SourceError."""
        try:
            mark = self._mark()
            if mark == self._seen:
                return None
            definition = parse(self._path.read_bytes(), str(self._path))
        except OSError as error:
            raise SourceError(f"{self._path} cannot be read: {error.strerror}", hint="look at the path") from None
        self._seen = mark
        return definition

    def wait(self, ended: Callable[[], bool], heard: Callable[[], None]) -> None:
        """Look at the file until `ended()`."""
        while not ended():
            time.sleep(_LOOK_SECONDS)
            with contextlib.suppress(OSError):
                if self._mark() != self._seen:
                    heard()

    def close(self) -> None:
        """Nothing is held open."""

    def _mark(self) -> tuple[int, int, int]:
        stat = self._path.stat()
        return stat.st_mtime_ns, stat.st_size, stat.st_ino


class UrlSource:
    """A T-minus controller or edge: its definition by HTTP with ETag, and its stream of change notices.

    `url` is the controller's address; a path of its own names the definition itself (`https://host/flags.json`), and is
    then asked again every 5 seconds when there is no stream beside it.
    """

    def __init__(
        self, url: str, token: str = "", *, timeout_seconds: float = 5.0, authorities: Path | str | None = None
    ) -> None:
        address = _address(url)
        bare = address.path in ("", "/")
        self._definitions = address.copy_with(path=DEFINITIONS_PATH) if bare else address
        self._stream = address.copy_with(path=STREAM_PATH, query=None)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(timeout=timeout_seconds, headers=headers, verify=verifying(url, authorities))
        self._etag = ""

    def read(self) -> dict[str, Any] | None:
        """The definition, None for 304. Raises SourceError."""
        try:
            answer = self._client.get(self._definitions, headers={"if-none-match": self._etag} if self._etag else {})
        except (httpx.HTTPError, RuntimeError) as error:
            hint = "--tls-ca names the CA that signed it" if "CERTIFICATE_VERIFY_FAILED" in str(error) else ""
            raise SourceError(f"{self._shown} does not answer: {error or type(error).__name__}", hint=hint) from None
        if answer.status_code == 304:
            return None
        if answer.status_code != 200:
            raise SourceError(f"{self._shown} answers {answer.status_code}", hint=_HINTS.get(answer.status_code, ""))
        definition = parse(answer.content, self._shown)
        self._etag = answer.headers.get("etag", "")
        return definition

    def wait(self, ended: Callable[[], bool], heard: Callable[[], None]) -> None:
        """Read the stream until it breaks or `ended()`. Raises SourceError when it breaks."""
        timeout = httpx.Timeout(5.0, read=_SILENCE_SECONDS)
        try:
            with self._client.stream("GET", self._stream, timeout=timeout) as answer:
                if answer.status_code != 200:
                    self._poll(ended, heard)
                    return
                # What changed between the last read and this connection was not announced to anybody.
                heard()
                for line in answer.iter_lines():
                    if ended():
                        return
                    if line.startswith("data:") and b"refetchEvaluation" in line.encode():
                        heard()
        except (httpx.HTTPError, RuntimeError) as error:
            raise SourceError(f"{self._shown} went away: {error or type(error).__name__}") from None
        raise SourceError(f"{self._shown} ended its stream")

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def _poll(self, ended: Callable[[], bool], heard: Callable[[], None]) -> None:
        for _ in range(20):
            if ended():
                return
            time.sleep(_LOOK_SECONDS)
        heard()

    @property
    def _shown(self) -> str:
        """The address without what could be a secret in it."""
        return str(self._definitions.copy_with(userinfo=b"", query=None))


def _address(url: str) -> httpx.URL:
    try:
        # httpx would send a host with a space or half a bracket on its way.
        if _HOST.fullmatch(urlsplit(url).hostname or "") and url.startswith(("http://", "https://")):
            return httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        pass
    raise UsageError(f"{url!a} is not an address", hint="as http://127.0.0.1:8620")


_HINTS = {
    401: "give a token with --token or TMINUS_SERVER_TOKEN",
    403: "definitions need a token of the scope server: tminus tokens add NAME --scope server",
    404: "is that a T-minus controller?",
}


def parse(content: bytes, place: str) -> dict[str, Any]:
    """A definition out of JSON text. Raises SourceError, which names `place`."""
    if len(content) > _MOST_BYTES:
        raise SourceError(f"{place} is larger than 64 MiB")
    try:
        with collector_paused():
            definition = msgspec.json.decode(content)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{place} is not JSON: {error}") from None
    if not isinstance(definition, dict):
        raise SourceError(f"{place} is not a flag definition", hint='such as {"flags": {}}')
    return definition
