from typing import Any

import pytest

from tminus.flags import DefinitionInvalid
from tminus.held import HeldFlags


def flag(default: str) -> dict[str, Any]:
    return {"state": "ENABLED", "variants": {"on": True, "off": False}, "defaultVariant": default}


def test_what_is_changed_after_it_was_held_is_neither_served_nor_handed_on() -> None:
    definition = {"flags": {"b": flag("off"), "a": flag("off")}}
    held = HeldFlags()
    held.hold(definition)
    definition["flags"]["a"]["defaultVariant"] = "on"
    assert held.current().evaluate("a", {}).value is False
    assert held.definition == {"flags": {"b": flag("off"), "a": flag("off")}}
    assert held.document()[1].index(b'"b"') < held.document()[1].index(b'"a"')


def test_a_change_keeps_the_flags_that_it_does_not_touch() -> None:
    held = HeldFlags({"flags": {"a": flag("off"), "b": flag("off")}})
    before = held.current().flags
    assert held.hold({"flags": {"a": flag("off"), "b": flag("on")}})
    assert held.current().flags["a"] is before["a"]
    assert held.current().evaluate("b", {}).value is True


def test_a_definition_that_cannot_be_served_leaves_the_one_before() -> None:
    held = HeldFlags({"flags": {"a": flag("off")}})
    before = held.document()
    with pytest.raises(DefinitionInvalid):
        held.hold({"flags": {"a": flag("elsewhere")}})
    assert held.document() == before
    assert held.definition == {"flags": {"a": flag("off")}}
