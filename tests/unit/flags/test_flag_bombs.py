"""Definitions and contexts that are made to take a server's time: each is refused for what it is, and the rest is served."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tminus.flags import Evaluation, arrays, compile_flags
from tminus.flags.shared import MOST_FILLED_IN, Shared
from tminus.following.source import parse

GOOD = {"state": "ENABLED", "variants": {"on": True, "off": False}, "defaultVariant": "off"}
NUMBERS = list(range(300))


def when(condition: Any) -> dict[str, Any]:
    return {**GOOD, "targeting": {"if": [condition, "on", "off"]}}


def ask(condition: Any, context: dict[str, Any] | None = None, **shared: Any) -> Evaluation:
    """The answer of a flag with this condition; another flag beside it must be served in any case."""
    document = {"flags": {"bad": when(condition), "good": GOOD}, "$evaluators": shared}
    flags = compile_flags(parse(json.dumps(document).encode(), "flags.json"), strict=False)
    assert flags.evaluate("good", {}).value is False
    return flags.evaluate("bad", context or {})


def doubling(count: int, last: Any = 1) -> dict[str, Any]:
    """Rules of which each refers to the next one twice."""
    rules = {f"e{number}": {"and": [{"$ref": f"e{number + 1}"}] * 2} for number in range(count)}
    return {**rules, f"e{count}": last}


def test_a_bomb_of_shared_rules_is_found_without_being_filled_in() -> None:
    shared = Shared(doubling(200))
    assert shared.parts("e200") == 1
    assert shared.parts("e199") == 5
    assert shared.parts("e0") == 10**9
    answer = ask({"$ref": "e0"}, **doubling(200))
    assert (answer.error_code, "more than 100000 parts" in answer.error_details) == ("PARSE_ERROR", True)


def test_thousands_of_flags_that_refer_to_a_bomb_are_each_refused_and_the_others_served() -> None:
    bad = {f"bad{number}": when({"$ref": "e0"}) for number in range(3_000)}
    flags = compile_flags({"flags": {**bad, "good": GOOD}, "$evaluators": doubling(40)}, strict=False)
    assert flags.evaluate("good", {}).value is False
    assert {flags.evaluate(key, {}).error_code for key in bad} == {"PARSE_ERROR"}


def test_large_rules_that_many_flags_share_are_filled_in_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tminus.flags.shared.MOST_FILLED_IN", 5_000)
    flags = {f"f{number}": when({"$ref": "large"}) for number in range(10)}
    document = {"flags": flags, "$evaluators": {"large": {"in": [{"var": "x"}, list(range(1_000))]}}}
    found = compile_flags(document, strict=False)
    codes = [found.evaluate(key, {"x": 5}).error_code for key in flags]
    assert codes == [None] * 4 + ["PARSE_ERROR"] * 6
    assert MOST_FILLED_IN == 5_000_000


@pytest.mark.parametrize(
    "shared",
    [
        {"e0": {"$ref": "e0"}},
        {"e0": {"!": {"$ref": "e1"}}, "e1": [{"$ref": "e0"}, {"$ref": "e0"}]},
        {"e0": {"if": [{"$ref": "nowhere"}, 1, 2]}},
        {f"e{number}": {"!": {"$ref": f"e{number + 1}"}} for number in range(50_000)},
    ],
    ids=["itself", "each-other", "nowhere", "a-chain-of-50000"],
)
def test_shared_rules_that_lead_nowhere_are_a_fault_of_the_flag_that_asks(shared: dict[str, Any]) -> None:
    assert ask({"$ref": "e0"}, **shared).error_code == "PARSE_ERROR"


def test_lists_within_lists_end_instead_of_keeping_the_server() -> None:
    for operator in ("some", "all", "none", "map", "filter"):
        condition: Any = {"==": [{"var": ""}, -1 if operator in ("some", "filter") else {"var": ""}]}
        if operator == "none":
            condition = {"==": [{"var": ""}, -1]}
        for _ in range(4):
            condition = {operator: [NUMBERS, condition]}
        assert ask(condition).error_code == "GENERAL", operator
    step: Any = {"+": [{"var": "current"}, {"var": "accumulator"}]}
    for _ in range(4):
        step = {"reduce": [NUMBERS, step, 0]}
    assert ask(step).error_code == "GENERAL"


def test_how_long_a_list_may_be_is_counted_anew_for_each_answer() -> None:
    condition = {"some": [{"var": "list"}, {"some": [NUMBERS, {"==": [{"var": ""}, -1]}]}]}
    document = {"flags": {"f": when(condition)}}
    flags = compile_flags(document)
    few, many = {"list": [0] * 1_000}, {"list": [0] * 20_000}
    for _ in range(10):
        assert flags.evaluate("f", few).variant == "off"
        assert flags.evaluate("f", many).error_code == "GENERAL"
    assert arrays.MOST_VISITS == 5_000_000


@pytest.mark.parametrize("weight", [2**31, 2**53, 2**64 - 1, 1e300, 1.5, "5", True, [1], {"var": "none", "of": "it"}])
def test_a_weight_that_no_split_can_have_is_a_fault_of_its_flag(weight: Any) -> None:
    flag = {**GOOD, "targeting": {"fractional": [["on", weight], ["off", 1]]}}
    answer = compile_flags({"flags": {"f": flag}}, strict=False).evaluate("f", {"targetingKey": "u"})
    assert answer.error_code == "PARSE_ERROR"


def test_a_weight_that_overflows_for_a_context_alone_leaves_nobody_without_an_answer() -> None:
    flag = {**GOOD, "targeting": {"fractional": [["on", {"var": "w"}], ["off", 1]]}}
    flags = compile_flags({"flags": {"f": flag}})
    for weight in (2**62, -(2**63), 1e300, -1.5, "many", None, [], {}, True):
        answer = flags.evaluate("f", {"targetingKey": "u", "w": weight})
        assert answer.variant in ("on", "off")


def test_a_hundred_thousand_flags_are_served() -> None:
    flags = compile_flags({"flags": {f"f{number}": GOOD for number in range(100_000)}}, strict=False)
    assert len(flags.flags) == 100_000
    assert flags.evaluate("f99999", {}).value is False
