from __future__ import annotations

from typing import Any

import pytest

from tminus.flags import compile_flags, resolve


def ask(value: Any, kind: Any, default: Any) -> tuple[Any, str, str | None]:
    flag = {"state": "ENABLED", "variants": {"it": value}, "defaultVariant": "it"}
    answer = resolve(compile_flags({"flags": {"f": flag}}), "f", kind, default, {})
    return answer.value, answer.reason, answer.error_code


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (False, "boolean", False),
        ("", "string", ""),
        (0, "integer", 0),
        (0, "float", 0.0),
        (10.0, "integer", 10),
        (10, "float", 10.0),
        (1e300, "float", 1e300),
        (2**60, "integer", 2**60),
        ([], "object", []),
        ({}, "object", {}),
    ],
)
def test_a_value_of_the_asked_type_is_the_answer_even_where_it_is_empty(value: Any, kind: str, expected: Any) -> None:
    got, reason, error = ask(value, kind, "mine")
    assert (got, reason, error) == (expected, "STATIC", None)
    assert type(got) is type(expected)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "integer"),
        (True, "float"),
        (1, "boolean"),
        ("1", "integer"),
        (3.14, "integer"),
        (1e16, "integer"),
        (2**53, "float"),
        ({}, "string"),
        ("{}", "object"),
        (None, "string"),
    ],
)
def test_a_value_of_another_type_leaves_the_callers_default_and_says_why(value: Any, kind: str) -> None:
    assert ask(value, kind, "mine") == ("mine", "ERROR", "TYPE_MISMATCH")


@pytest.mark.parametrize(
    ("flag", "reason", "error"),
    [
        ({"state": "DISABLED", "variants": {"on": True}}, "DISABLED", None),
        ({"state": "ENABLED", "variants": {"on": True}}, "DEFAULT", None),
        ({"state": "ENABLED", "variants": {"on": True}, "targeting": {"if": [True, "gone"]}}, "ERROR", "GENERAL"),
        ({"state": "ENABLED", "variants": {"on": True}, "targeting": {"$ref": "gone"}}, "ERROR", "PARSE_ERROR"),
    ],
)
def test_where_no_variant_applies_the_callers_default_does(flag: Any, reason: str, error: str | None) -> None:
    answer = resolve(compile_flags({"flags": {"f": flag}}, strict=False), "f", "boolean", True, {})
    assert (answer.value, answer.variant, answer.reason, answer.error_code) == (True, None, reason, error)


def test_an_unknown_flag_leaves_the_callers_default() -> None:
    answer = resolve(compile_flags({"flags": {}}), "nobody", "integer", 13, {})
    assert (answer.value, answer.error_code) == (13, "FLAG_NOT_FOUND")
