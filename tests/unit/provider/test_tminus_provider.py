"""The in-process provider, through OpenFeature's own SDK."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.event import EventDetails, ProviderEvent
from openfeature.exception import ProviderNotReadyError

from tminus.errors import UsageError
from tminus.provider import TminusProvider

USER = EvaluationContext(targeting_key="u", attributes={"country": "CA"})


def definition(default: str = "a") -> dict[str, Any]:
    def flag(*values: Any, **more: Any) -> dict[str, Any]:
        variants = dict(zip("ab", values, strict=False))
        return {"state": "ENABLED", "variants": variants, "defaultVariant": default, **more}

    rule = {"if": [{"and": [{"==": [{"var": "country"}, "CA"]}, {"==": [{"var": "targetingKey"}, "u"]}]}, "b"]}
    return {
        "flags": {
            "text": flag("one", "two", metadata={"owner": "growth"}),
            "number": flag(10.0, 3.5),
            "list": flag([1], [2]),
            "targeted": flag("no", "yes", targeting=rule),
            "off": flag(True, False, state="DISABLED"),
        }
    }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "flags.json"
    path.write_text(json.dumps(definition()))
    return path


@pytest.fixture
def client(path: Path) -> Iterator[OpenFeatureClient]:
    api.set_provider_and_wait(TminusProvider(str(path)), domain="tminus-unit")
    yield api.get_client("tminus-unit")
    api.shutdown()


def test_details_carry_variant_reason_and_metadata(client: OpenFeatureClient) -> None:
    found = client.get_string_details("text", "none", USER)
    assert (found.value, found.variant, str(found.reason)) == ("one", "a", "STATIC")
    assert dict(found.flag_metadata) == {"owner": "growth"}
    targeted = client.get_string_details("targeted", "none", USER)
    assert (targeted.value, str(targeted.reason)) == ("yes", "TARGETING_MATCH")
    assert client.get_string_value("targeted", "none") == "no"


def test_a_number_is_given_as_the_other_kind_where_nothing_is_lost(client: OpenFeatureClient) -> None:
    assert client.get_integer_value("number", 0, USER) == 10
    assert client.get_float_value("number", 0.0, USER) == 10.0
    assert client.get_object_value("list", [], USER) == [1]


def test_the_codes_own_default_stands_in_and_the_error_says_why(client: OpenFeatureClient) -> None:
    off = client.get_boolean_details("off", True, USER)
    assert (off.value, str(off.reason), off.error_code) == (True, "DISABLED", None)
    assert str(client.get_boolean_details("nobody", True, USER).error_code) == "FLAG_NOT_FOUND"
    wrong = client.get_boolean_details("text", True, USER)
    assert (wrong.value, str(wrong.error_code)) == (True, "TYPE_MISMATCH")


def test_a_change_is_an_event_that_names_the_flags(client: OpenFeatureClient, path: Path) -> None:
    events: list[EventDetails] = []
    client.add_handler(ProviderEvent.PROVIDER_CONFIGURATION_CHANGED, events.append)
    path.write_text(json.dumps(definition("b")))
    deadline = time.monotonic() + 20
    while not events and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "text" in (events[0].flags_changed or [])
    assert client.get_string_value("text", "none", USER) == "two"


def test_a_file_that_breaks_makes_it_stale_and_keeps_the_last_good_flags(client: OpenFeatureClient, path: Path) -> None:
    seen: list[str] = []
    client.add_handler(ProviderEvent.PROVIDER_STALE, lambda details: seen.append("stale"))
    path.write_text("{")
    deadline = time.monotonic() + 20
    while not seen and time.monotonic() < deadline:
        time.sleep(0.01)
    assert seen == ["stale"]
    assert client.get_string_value("text", "none", USER) == "one"


def test_without_a_first_definition_it_is_not_ready_and_says_why() -> None:
    provider = TminusProvider("http://127.0.0.1:9", timeout_seconds=1.5)
    with pytest.raises(ProviderNotReadyError, match="does not answer"):
        provider.initialize(EvaluationContext())
    provider.shutdown()


def test_a_place_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(UsageError, match="neither an address nor a file"):
        TminusProvider("nowhere.json")
