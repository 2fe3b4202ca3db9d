"""The requests that clauses ask with; answers to the common ones are asked for once and kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote

import httpx

from tminus.conformance.clause import NotAsked, Wrong, need
from tminus.errors import SourceError, UsageError

BULK = "/ofrep/v1/evaluate/flags"
CONTEXT = {"targetingKey": "conformance-user", "country": "CA", "plan": "premium", "age": 42}
MISSING = "tminus-conformance-no-such-flag"


@dataclass
class Exchange:
    """One server under test. `flag` names a flag that exists there; without it the first of the bulk reply is asked for."""

    url: str
    token: str = ""
    flag: str = ""
    timeout_seconds: float = 10.0
    statuses: list[tuple[str, int]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise UsageError(f"{self.url!a} is not an address", hint="as http://127.0.0.1:8620")
        self.url = self.url.rstrip("/")
        self.client = httpx.Client(timeout=self.timeout_seconds)

    def send(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, known: bool = True
    ) -> httpx.Response:
        """One request: `body` as JSON, or as it is when it is bytes. Raises SourceError where nothing answers.

        `known` sends the token along. A query in `path` stays in it.
        """
        sent = {"content-type": "application/json", **(headers or {})}
        if known and self.token:
            sent["authorization"] = f"Bearer {self.token}"
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        try:
            answer = self.client.request(method, self.url + path, content=content, headers=sent)
        except httpx.InvalidURL as error:
            raise UsageError(f"{self.url!a} is not an address: {error}") from None
        except httpx.HTTPError as error:
            untrusted = "CERTIFICATE_VERIFY_FAILED" in str(error)
            hint = "SSL_CERT_FILE=FILE names the CA that signed it" if untrusted else "look at the address"
            raise SourceError(f"{self.url} does not answer: {error or type(error).__name__}", hint=hint) from None
        self.statuses.append((f"{method} {path[:80]}", answer.status_code))
        if answer.status_code == 429:
            self.refused.append(answer.headers.get("retry-after", ""))
        return answer

    def evaluate(self, key: str, context: Any = CONTEXT) -> httpx.Response:
        """A single evaluation."""
        return self.send("POST", f"{BULK}/{quote(key, safe='')}", {"context": context})

    @cached_property
    def bulk(self) -> httpx.Response:
        """The reply to a good bulk evaluation."""
        return self.send("POST", BULK, {"context": CONTEXT})

    @property
    def bulk_body(self) -> dict[str, Any]:
        """Its body. Raises NotAsked where it is no bulk reply: another clause says so."""
        body = json_of(self.bulk) if self.bulk.status_code == 200 else None
        if not isinstance(body, dict) or not isinstance(body.get("flags"), list):
            raise NotAsked("the bulk evaluation gave no flags")
        return body

    @cached_property
    def present(self) -> str:
        """The key of a flag that exists and evaluates. Raises NotAsked without one."""
        if self.flag:
            return self.flag
        for item in self.bulk_body["flags"]:
            if isinstance(item, dict) and isinstance(item.get("key"), str) and "errorCode" not in item:
                key: str = item["key"]
                return key
        raise NotAsked("this server has no flag; name one with --flag")

    @cached_property
    def single(self) -> httpx.Response:
        """The reply to a good single evaluation. Raises NotAsked without a flag."""
        return self.evaluate(self.present)

    @property
    def single_body(self) -> dict[str, Any]:
        """Its body. Raises NotAsked where it is no success."""
        body = json_of(self.single) if self.single.status_code == 200 else None
        if not isinstance(body, dict):
            raise NotAsked("the single evaluation gave no answer")
        return body

    @cached_property
    def missing(self) -> httpx.Response:
        """The reply for a flag that does not exist."""
        return self.evaluate(MISSING)


def need_ok(answer: httpx.Response) -> None:
    """Raises Wrong unless the answer is 200."""
    need(answer.status_code == 200, f"it answers {answer.status_code}")


def need_type(answer: httpx.Response, kind: str) -> None:
    """Raises Wrong unless the body is said to be of this content type."""
    said = answer.headers.get("content-type", "")
    need(said.startswith(kind), f"the content type is {said!r}")


def json_of(answer: httpx.Response) -> Any:
    """The body as JSON; None when it is not."""
    try:
        return answer.json()
    except ValueError:
        return None


def object_of(answer: httpx.Response) -> dict[str, Any]:
    """The body as a JSON object. Raises Wrong."""
    body = json_of(answer)
    if not isinstance(body, dict):
        raise Wrong(f"{answer.status_code} with a body that is no JSON object: {answer.text[:80]!r}")
    return body
