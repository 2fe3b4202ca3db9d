"""The JSON Schema: valid, helpful, and of one mind with the reader about the examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from tminus.plan.document import read_document
from tminus.plan.schema import json_schema

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "examples").glob("*/plan.yaml"))


def instance(text: str) -> Any:
    node, problems = read_document(text, "plan.yaml")
    assert node is not None
    assert problems == []
    return node.plain()


def validator() -> Any:
    return jsonschema.Draft202012Validator(json_schema())


def test_the_schema_is_valid_and_says_what_it_is() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["$id"] == "urn:tminus:plan:1"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_examples_fit_the_schema(path: Path) -> None:
    assert [error.message for error in validator().iter_errors(instance(path.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("title:", "titel:"), ("tminus: 1", "tminus: 2"), ("to: 5%", "to: []"), ("do: Rollback", "du: Rollback")],
)
def test_what_the_reader_refuses_does_not_fit_either(old: str, new: str) -> None:
    text = (ROOT / "examples" / "first" / "plan.yaml").read_text(encoding="utf-8")
    assert old in text
    assert list(validator().iter_errors(instance(text.replace(old, new, 1))))


def test_an_editor_gets_help_from_docstrings_and_comments() -> None:
    schema = json_schema()
    assert schema["$defs"]["Watching"]["properties"]["alpha"]["description"].startswith("Chance that the guards")
    assert "always in" in schema["$defs"]["Stage"]["description"]
    described = [
        (name, key)
        for name, definition in schema["$defs"].items()
        for key, value in definition.get("properties", {}).items()
        if "title" in value
    ]
    assert described == []


def test_keys_are_spelled_as_in_a_plan() -> None:
    definitions = json_schema()["$defs"]
    assert "for" in definitions["Stage"]["properties"]
    assert "sign-off" in definitions["Proof"]["properties"]
