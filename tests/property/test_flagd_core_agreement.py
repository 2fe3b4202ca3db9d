"""Ours against flagd's own Python core (openfeature-flagd-core) over random flags and contexts.

The rules are typed: numbers are computed with numbers, texts compared with texts, lists walked as lists. Where types
mix, the two JSONLogic engines differ by design, as listed in docs/flags.md; ours follows the daemon's.
"""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from openfeature.contrib.tools.flagd.core import FlagdCore
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import OpenFeatureError

from tminus.flags import compile_flags, resolve
from tminus.flags.generations import PIN, THIRD

VALUES: dict[str, list[Any]] = {
    "boolean": [True, False],
    "string": ["", "hi", "é"],
    "integer": [0, 7, -3],
    "float": [0.5, -2.25, 1e300],
    "object": [{}, {"a": [1, None]}, {"b": {"c": "d"}}],
}
NAMES = ["a", "b", "true", "false"]

words = st.sampled_from(["u", "ann", "bob@acme.com", "acme", "1.2.3", "v2.0.0", "é", "z" * 30])
# Whole numbers as integers only: the Python core's typed accessors tell 2 from 2.0.
numbers = st.sampled_from([1, 2, 3, 7, 100, 0.5, 2.25, -1, -4])


def var(name: str) -> st.SearchStrategy[Any]:
    return st.just({"var": name})


def operation(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(*arguments).map(lambda made: {name: list(made)})


number_rules = st.recursive(
    numbers | var("n") | var("deep.n") | st.just({"var": ["absent", 5]}),
    lambda inner: st.one_of(
        *(operation(name, inner, inner) for name in ("+", "-", "*", "min", "max")), operation("/", inner, st.just(4))
    ),
    max_leaves=4,
)
text_rules = st.recursive(
    words | var("s") | var("deep.s"),
    lambda inner: st.one_of(
        operation("cat", inner, inner),
        operation("substr", inner, st.integers(-4, 4)),
        operation("substr", inner, st.integers(0, 4), st.integers(1, 5)),
    ),
    max_leaves=4,
)
lists = st.lists(words, min_size=1, max_size=3) | var("l")
ELEMENT = {"var": ""}
tests = st.one_of(
    *(operation(name, number_rules, number_rules) for name in ("==", "!=", "<", "<=", ">", ">=")),
    *(operation(name, text_rules, text_rules) for name in ("==", "===", "!=", "!==", "<", ">", "in")),
    operation("<", numbers, number_rules, numbers),
    operation("in", text_rules, lists),
    *(operation(name, text_rules, text_rules) for name in ("starts_with", "ends_with")),
    operation("sem_ver", text_rules, st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "^", "~"]), st.just("1.2.3")),
    *(operation(name, lists, words.map(lambda word: {"==": [ELEMENT, word]})) for name in ("all", "some", "none")),
    st.sampled_from([{"missing": ["s", "absent"]}, {"missing_some": [1, ["s", "absent"]]}, {"var": "yes"}]),
    st.sampled_from([{"$ref": "shared"}, {"==": [{"var": "$flagd.flagKey"}, "the-flag"]}]),
)
conditions = st.recursive(
    tests,
    lambda inner: st.one_of(operation("and", inner, inner), operation("or", inner, inner), operation("!", inner)),
    max_leaves=4,
)
hashed = st.one_of(text_rules, var("targetingKey"), var("n"), var("deep"), var("yes"), var("absent"))


def _split(arm: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    weights = st.integers(0, 40) | operation("if", conditions, st.integers(0, 9), st.integers(1, 50))
    arms = st.lists(st.tuples(arm, weights).map(list), min_size=1, max_size=4)
    explicit = st.tuples(hashed, arms).map(lambda made: {"fractional": [made[0], *made[1]]})
    return arms.map(lambda made: {"fractional": made}) | explicit


variants = st.sampled_from([*NAMES, None, True, "nowhere"])
targetings = st.recursive(
    variants,
    lambda inner: st.one_of(
        operation("if", conditions, inner, inner), operation("if", conditions, inner), _split(inner)
    ),
    max_leaves=5,
).filter(lambda rule: isinstance(rule, dict))


@st.composite
def flags(draw: st.DrawFn) -> dict[str, Any]:
    names = st.sampled_from(VALUES[draw(st.sampled_from(sorted(VALUES)))])
    flag: dict[str, Any] = {
        "state": draw(st.sampled_from(["ENABLED", "ENABLED", "ENABLED", "DISABLED"])),
        "variants": {name: draw(names) for name in NAMES},
        "defaultVariant": draw(st.sampled_from([*NAMES, None, ""])),
    }
    if draw(st.integers(0, 4)):
        flag["targeting"] = draw(targetings)
    if draw(st.booleans()):
        flag["metadata"] = {"owner": "growth", "size": 2}
    return flag


contexts = st.fixed_dictionaries(
    {
        "n": numbers,
        "s": words,
        "l": st.lists(words, max_size=3),
        "yes": st.booleans(),
        "deep": st.fixed_dictionaries({"n": numbers, "s": words}),
    },
    optional={"targetingKey": words},
)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """The core logs an error for whatever a rule cannot answer; thousands of them bury a failure."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def theirs(document: dict[str, Any], kind: str, default: Any, context: dict[str, Any]) -> tuple[Any, ...]:
    core = FlagdCore()
    core.set_flags(copy.deepcopy(document))
    attributes = {name: value for name, value in context.items() if name != "targetingKey"}
    try:
        got = getattr(core, f"resolve_{kind}_value")(
            "the-flag", default, EvaluationContext(context.get("targetingKey"), attributes)
        )
    except OpenFeatureError as error:
        return default, None, "ERROR", str(error.error_code.value)
    return got.value, got.variant, str(got.reason), None


@settings(max_examples=150, deadline=None)
@given(flags(), contexts, st.sampled_from(sorted(VALUES)))
def test_a_flag_is_answered_as_flagds_core_answers_it(flag: dict[str, Any], context: dict[str, Any], kind: Any) -> None:
    # In Python true is a number, and the core gives it out as 1.0.
    assume(kind != "float" or not isinstance(flag["variants"]["a"], bool))
    default = {"boolean": False, "string": "mine", "integer": -1, "float": -0.5, "object": {"mine": 1}}[kind]
    document = {"flags": {"the-flag": flag}, "$evaluators": {"shared": {"in": ["a", {"var": "s"}]}}}
    answer = resolve(
        compile_flags(document | {"metadata": {PIN: THIRD}}), "the-flag", kind, default, context, now=1_790_000_000.0
    )
    reason = "TARGETING_MATCH" if answer.reason == "SPLIT" else answer.reason
    ours = (answer.value, answer.variant, reason, answer.error_code)
    expected = theirs(document, kind, default, context)
    assert ours == expected, json.dumps([flag, context])
    assert type(ours[0]) is type(expected[0])
