"""The official OpenFeature provider against the app on a real server and a real socket."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from support.serving import served
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
    with served(app) as address:
        yield address


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
