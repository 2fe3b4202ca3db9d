"""Contexts and definitions that nobody should send: an answer in the protocol's words, in bounded time and memory."""

from __future__ import annotations

from typing import Any

import pytest

from tminus.flags import DefinitionInvalid, Evaluation, compile_flags, resolve
from tminus.flags.generations import GENERATIONS, PIN

VARIANTS = {"on": True, "off": False}
HUGE = "x" * 1_000_000


def ask(targeting: Any, context: dict[str, Any], generation: int = 2) -> Evaluation:
    flag = {"state": "ENABLED", "variants": VARIANTS, "defaultVariant": "off", "targeting": targeting}
    return compile_flags({"flags": {"f": flag}, "metadata": {PIN: generation}}).evaluate("f", context, now=0.0)


def nested(levels: int, kind: type) -> Any:
    made: Any = kind()
    for _ in range(levels):
        made = [made] if kind is list else {"a": made}
    return made


@pytest.mark.parametrize("generation", sorted(GENERATIONS))
def test_a_targeting_key_of_a_megabyte_is_hashed_like_any_other(generation: int) -> None:
    one, again = (ask({"fractional": [["on", 1], ["off", 1]]}, {"targetingKey": HUGE}, generation) for _ in range(2))
    assert (one.reason, one.variant) == ("SPLIT", again.variant)


def test_ten_thousand_attributes_are_looked_up_one_by_one() -> None:
    context = {f"key-{number}": number for number in range(10_000)}
    assert ask({"if": [{"==": [{"var": "key-9999"}, 9999]}, "on"]}, context).variant == "on"
    # A `var` of everything and an operator that reads it are the widest a rule can look.
    assert ask({"if": [{"in": [{"var": ""}, [1]]}, "on"]}, context).variant == "off"


@pytest.mark.parametrize("kind", [list, dict])
@pytest.mark.parametrize("generation", sorted(GENERATIONS))
def test_a_context_nested_a_thousand_deep_is_answered(kind: type, generation: int) -> None:
    deep = nested(1000, kind)
    path = ".".join(["0" if kind is list else "a"] * 1000)
    for rule in ({"var": path}, {"cat": [{"var": "x"}]}, {"==": [{"var": "x"}, 1]}, {"missing": ["x." + path]}):
        assert ask({"if": [rule, "on"]}, {"x": deep}, generation).error_code in (None, "GENERAL")
    split = {"fractional": [{"var": "x"}, ["on", 1]]}
    assert ask(split, {"x": deep}, generation).error_code in (None, "GENERAL")


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), float("-inf"), 10**400])
@pytest.mark.parametrize("generation", sorted(GENERATIONS))
def test_a_number_that_json_has_not_puts_nobody_into_a_split(odd: float, generation: int) -> None:
    answer = ask({"fractional": [{"var": "x"}, ["on", 1]]}, {"x": odd, "targetingKey": "u"}, generation)
    assert (answer.variant, answer.reason) == ("off", "DEFAULT")
    weighted = ask({"fractional": [["on", {"var": "x"}], ["off", 1]]}, {"x": odd, "targetingKey": "u"}, generation)
    assert (weighted.variant, weighted.reason) == ("off", "DEFAULT")


def test_half_a_character_is_an_error_and_not_the_end_of_the_process() -> None:
    for generation in GENERATIONS:
        answer = ask({"fractional": [["on", 1]]}, {"targetingKey": "\ud800"}, generation)
        assert (answer.reason, answer.error_code) == ("ERROR", "GENERAL")


@pytest.mark.parametrize(
    "double",
    [{"cat": [{"var": "accumulator"}, {"var": "accumulator"}, ""]}, {"merge": [{"var": "accumulator"}] * 2}],
)
def test_a_rule_that_doubles_with_each_item_of_a_list_stops_before_the_memory_is_full(double: Any) -> None:
    rule = {"if": [{"reduce": [{"var": "items"}, double, "x"]}, "on"]}
    assert ask(rule, {"items": [1, 2]}).variant == "on"
    answer = ask(rule, {"items": [1] * 64})
    assert (answer.reason, answer.error_code) == ("ERROR", "GENERAL")


@pytest.mark.parametrize("wrong", [None, True, 3, 3.5, "x", [], {}, [1], {"a": 1}])
def test_no_type_of_attribute_makes_a_rule_raise(wrong: Any) -> None:
    x = {"var": "x"}
    rules = [{"sem_ver": [x, "=", "1"]}, {"starts_with": [x, "a"]}, {"%": [x, x]}, {"map": [x, x]}, {"in": [x, x]}]
    for rule in [*rules, {"substr": [x, x, x]}, {"missing_some": [x, x]}, {"fractional": [x, ["on", x]]}, x]:
        assert ask({"if": [rule, "on"]}, {"x": wrong, "targetingKey": wrong}).error_code is None


@pytest.mark.parametrize(
    ("evaluators", "circle"),
    [
        ({"a": {"$ref": "a"}}, "a -> a"),
        ({"a": {"if": [{"$ref": "b"}, "on"]}, "b": {"!": [{"$ref": "a"}]}}, "a -> b -> a"),
    ],
)
def test_a_definition_that_refers_to_itself_is_refused_and_names_the_circle(evaluators: Any, circle: str) -> None:
    flag = {"state": "ENABLED", "variants": VARIANTS, "defaultVariant": "off", "targeting": {"$ref": "a"}}
    document = {"flags": {"f": flag, "good": {"state": "ENABLED", "variants": VARIANTS, "defaultVariant": "on"}}}
    with pytest.raises(DefinitionInvalid, match=circle):
        compile_flags(document | {"$evaluators": evaluators})
    served = compile_flags(document | {"$evaluators": evaluators}, strict=False)
    assert resolve(served, "f", "boolean", True, {}).error_code == "PARSE_ERROR"
    assert resolve(served, "good", "boolean", False, {}).value is True
