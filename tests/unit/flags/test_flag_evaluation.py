from __future__ import annotations

import json
from typing import Any

import pytest

from tminus.errors import TminusError
from tminus.flags import DefinitionInvalid, Evaluation, FlagSet, compile_flags


def flag(**changes: Any) -> dict[str, Any]:
    return {"state": "ENABLED", "variants": {"on": True, "off": False}, "defaultVariant": "off"} | changes


def ask(definition: dict[str, Any], context: dict[str, Any] | None = None, now: float | None = None) -> Evaluation:
    return compile_flags({"flags": {"f": definition}}).evaluate("f", context or {}, now)


def test_a_flag_without_targeting_is_static() -> None:
    assert ask(flag()) == Evaluation(value=False, variant="off", reason="STATIC")


def test_an_empty_targeting_rule_is_none() -> None:
    assert ask(flag(targeting={})).reason == "STATIC"


def test_a_disabled_flag_leaves_the_value_to_the_code() -> None:
    answer = ask(flag(state="DISABLED", targeting={"if": [True, "on"]}))
    assert (answer.variant, answer.reason, answer.error_code) == (None, "DISABLED", None)


@pytest.mark.parametrize("default", [None, ""])
def test_a_flag_without_a_default_variant_leaves_the_value_to_the_code(default: str | None) -> None:
    answer = ask(flag(defaultVariant=default))
    assert (answer.variant, answer.reason, answer.error_code) == (None, "DEFAULT", None)


def test_a_rule_without_a_result_gives_the_default_variant() -> None:
    assert ask(flag(targeting={"if": [False, "on"]})) == Evaluation(False, "off", "DEFAULT")


def test_a_rule_without_a_result_and_no_default_variant_leaves_the_value_to_the_code() -> None:
    answer = ask(flag(defaultVariant=None, targeting={"if": [False, "on"]}))
    assert (answer.variant, answer.reason) == (None, "DEFAULT")


@pytest.mark.parametrize("value", ["", 0, False, 0.0, {}])
def test_a_value_that_is_empty_is_an_answer(value: Any) -> None:
    answer = ask(flag(variants={"zero": value}, defaultVariant="zero"))
    assert (answer.value, answer.variant, answer.reason) == (value, "zero", "STATIC")


def test_true_and_false_name_the_variants_of_that_name() -> None:
    definition = flag(variants={"true": 1, "false": 0}, defaultVariant="false", targeting={"!!": [{"var": "beta"}]})
    assert ask(definition, {"beta": 1}) == Evaluation(1, "true", "TARGETING_MATCH")
    assert ask(definition) == Evaluation(0, "false", "TARGETING_MATCH")


@pytest.mark.parametrize("result", ["purple", 5, [], {"a": 1, "b": 2}, "true"])
def test_a_result_that_names_no_variant_is_an_error_whether_written_or_read(result: Any) -> None:
    for rule, context in (({"if": [True, result]}, {}), ({"var": "result"}, {"result": result})):
        answer = ask(flag(targeting=rule), context)
        assert (answer.variant, answer.reason, answer.error_code) == (None, "ERROR", "GENERAL")


def test_an_unknown_flag_is_not_found() -> None:
    answer = compile_flags({"flags": {}}).evaluate("nobody", {})
    assert (answer.reason, answer.error_code) == ("ERROR", "FLAG_NOT_FOUND")


def test_a_flags_metadata_goes_over_the_sets() -> None:
    definition = {
        "flags": {"f": flag(metadata={"owner": "growth", "ticket": None})},
        "metadata": {"owner": "platform", "version": 7},
    }
    flags = compile_flags(definition)
    assert flags.evaluate("f", {}).metadata == {"owner": "growth", "version": 7}
    assert flags.evaluate("nobody", {}).metadata == {"owner": "platform", "version": 7}


AFTER_NOON = {"if": [{">": [{"var": "$flagd.timestamp"}, 1000]}, "on"]}


def test_the_time_is_what_the_caller_says() -> None:
    assert ask(flag(targeting=AFTER_NOON), {}, now=1001.7).variant == "on"
    assert ask(flag(targeting=AFTER_NOON), {}, now=999.0).variant == "off"
    assert ask(flag(targeting=AFTER_NOON), {}).variant == "off"


def test_a_client_cannot_pass_off_its_own_flagd_properties() -> None:
    forged = {"$flagd": {"timestamp": 9999, "flagKey": "other"}}
    assert ask(flag(targeting=AFTER_NOON), forged).variant == "off"
    assert ask(flag(targeting={"if": [{"==": [{"var": "$flagd.flagKey"}, "f"]}, "on"]}), forged).variant == "on"
    assert ask(flag(targeting={"if": [{"missing": ["$flagd.timestamp"]}, "on"]}), forged).variant == "on"


def test_the_context_is_left_as_it_was() -> None:
    context = {"targetingKey": "u"}
    ask(flag(targeting=AFTER_NOON), context, now=1.0)
    assert context == {"targetingKey": "u"}


def deep(levels: int) -> Any:
    nested: Any = []
    for _ in range(levels):
        nested = [nested]
    return nested


STRANGE = {
    "deep": deep(900),
    "deeper than the stack": deep(100_000),
    "a number of 5,000 digits": 10**5000,
    "a negative one": -(10**400),
    # mmh3.hash ends the process on this one, which is why it is not used.
    "half a character": "\ud800",
    "infinity": float("inf"),
    "not a number": float("nan"),
}


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize(
    "rule",
    [
        {"cat": [{"var": "x"}, ""]},
        {"==": [{"var": "x"}, {"var": "y"}]},
        {"in": [{"var": "x"}, {"var": "z"}]},
        {"fractional": [{"cat": [{"var": "x"}]}, ["on", 1]]},
        {"substr": ["abc", {"var": "x"}]},
        {"var": {"var": "x"}},
        {"sem_ver": [{"var": "x"}, "=", "1"]},
        {"*": [{"var": "x"}, {"var": "x"}]},
    ],
)
def test_no_context_however_strange_raises(rule: Any, strange: str) -> None:
    answer = ask(flag(targeting={"if": [rule, "on"]}), {"x": STRANGE[strange], "y": deep(900), "z": [deep(900)]})
    assert answer.reason in {"TARGETING_MATCH", "SPLIT", "DEFAULT", "ERROR"}


def test_a_list_of_flags_is_read_like_an_object() -> None:
    flags = compile_flags({"flags": [{"key": "a", **flag()}, {"key": "b", **flag()}]})
    assert list(flags.keys()) == ["a", "b"]


def test_the_revision_is_the_definitions_and_not_its_layout() -> None:
    one = compile_flags({"flags": {"a": flag(), "b": flag()}})
    same = compile_flags(json.loads(json.dumps({"flags": {"b": flag(), "a": flag()}}, indent=4)))
    other = compile_flags({"flags": {"a": flag(defaultVariant="on"), "b": flag()}})
    assert one.revision == same.revision != other.revision


def test_what_the_caller_changes_later_reaches_no_compiled_flag() -> None:
    definition = flag(variants={"on": {"limit": 1}}, defaultVariant="on")
    flags = compile_flags({"flags": {"f": definition}})
    definition["variants"]["on"]["limit"] = 999
    assert flags.evaluate("f", {}).value == {"limit": 1}


FAULTS = [
    ({"f": flag(state="ON")}, "flag 'f', state: 'ON' is not a state"),
    ({"f": flag(defaultVariant="purple")}, "flag 'f', defaultVariant: 'purple' is not one of the variants"),
    ({"f": flag(variants=None)}, "flag 'f', variants: must be an object"),
    ({"f": flag(targeting=[1])}, "flag 'f', targeting: must be an object"),
    ({"f": flag(metadata={"a": []})}, "flag 'f', metadata.a: must be text"),
    ({"f": 5}, "flag 'f': must be an object"),
    ({"f": flag(targeting={"if": [{"nope": 1}, "on"]})}, r"flag 'f', targeting\.if\[0\]: unknown operator 'nope'"),
]


@pytest.mark.parametrize(("flags", "message"), FAULTS)
def test_a_faulty_flag_is_named_with_the_place_of_the_fault(flags: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionInvalid, match=message):
        compile_flags({"flags": flags})


@pytest.mark.parametrize(("flags", "message"), FAULTS)
def test_when_lenient_a_faulty_flag_fails_alone(flags: dict[str, Any], message: str) -> None:
    compiled: FlagSet = compile_flags({"flags": {**flags, "good": flag()}}, strict=False)
    assert compiled.evaluate("f", {}).error_code == "PARSE_ERROR"
    assert compiled.evaluate("good", {}).reason == "STATIC"


@pytest.mark.parametrize(
    "definition", [{}, {"flags": 5}, {"flags": [5]}, {"flags": {"f": object()}}, {"flags": deep(9**5)}]
)
def test_what_is_no_definition_is_refused_in_one_line(definition: dict[str, Any]) -> None:
    with pytest.raises(TminusError) as caught:
        compile_flags(definition)
    assert "\n" not in str(caught.value)
