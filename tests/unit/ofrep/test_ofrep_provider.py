"""The official OpenFeature provider against the app on a real server and a real socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from tminus.access import Access
from tminus.flags import compile_flags
from tminus.ofrep import OfrepApp

api = pytest.importorskip("openfeature.api")
ofrep = pytest.importorskip("openfeature.contrib.provider.ofrep")
from openfeature.evaluation_context import EvaluationContext  # noqa: E402

TOKEN = "client-token-000001"
IN_US = {"if": [{"==": [{"var": "country"}, "US"]}, "b"]}
VALUES = {
    "boolean": (False, True),
    "string": ("", "text"),
    "integer": (0, 7),
    "float": (0.0, 0.5),
    "object": ({}, {"k": [1]}),
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    flags = compile_flags(
        {
            "flags": {
                key: {"state": "ENABLED", "variants": {"a": a, "b": b}, "defaultVariant": "a", "targeting": IN_US}
                for key, (a, b) in VALUES.items()
            }
        }
    )
    app = OfrepApp(lambda: flags, Access({TOKEN: frozenset({"evaluate"})}), time.time)
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("country", ["US", "CA"])
def test_the_official_provider_gets_every_type(address: str, kind: str, country: str) -> None:
    provider = ofrep.OFREPProvider(address, headers_factory=lambda: {"X-API-Key": TOKEN})
    resolve = getattr(provider, f"resolve_{kind}_details")
    zero, other = VALUES[kind]
    details = resolve(kind, zero, EvaluationContext("user-1", {"country": country}))
    assert (details.value, details.variant) == ((other, "b") if country == "US" else (zero, "a"))


def test_the_official_provider_works_without_a_context(address: str) -> None:
    provider = ofrep.OFREPProvider(address, headers_factory=lambda: {"X-API-Key": TOKEN})
    assert provider.resolve_boolean_details("boolean", True).value is False
