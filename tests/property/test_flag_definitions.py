"""Random rules and contexts: compiled and interpreted alike, and never an exception."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tminus.flags import compile_flags
from tminus.flags.coercion import loosely_equal, precedes, strictly_equal
from tminus.flags.jsonlogic import RuleCompiler
from tminus.flags.targeting import OPERATORS

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from([0.5, -1.5])
    | st.sampled_from(["", "a", "1", "ab"])
)
contexts = st.dictionaries(st.sampled_from(["x", "y"]), scalars)


def _pair(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    two, some = st.lists(inner, min_size=2, max_size=2), st.lists(inner, min_size=1, max_size=5)
    operators = [st.fixed_dictionaries({name: two}) for name in ("==", "===", "!=", "<", "in")]
    operators += [st.fixed_dictionaries({name: some}) for name in ("if", "and", "or")]
    return st.one_of(*operators, st.fixed_dictionaries({"!": st.tuples(inner).map(list)}))


rules = st.recursive(scalars | st.sampled_from([{"var": "x"}, {"var": ["y", "a"]}]), _pair, max_leaves=12)


def interpret(rule: Any, data: dict[str, Any]) -> Any:
    """The same language, walked naively."""
    if not isinstance(rule, dict):
        return rule
    ((name, nodes),) = rule.items()
    if name == "var":
        path, default = (nodes, None) if isinstance(nodes, str) else nodes
        return default if data.get(path) is None else data[path]
    if name == "if":
        for index in range(0, len(nodes) - 1, 2):
            if interpret(nodes[index], data):
                return interpret(nodes[index + 1], data)
        return interpret(nodes[-1], data) if len(nodes) % 2 else None
    values = [interpret(node, data) for node in nodes]
    if name in ("and", "or"):
        stop = name == "or"
        return next((value for value in values if bool(value) is stop), values[-1])
    if name == "in":
        # Without lists in the language only "part of a string" is left; numbers and truth values read as text.
        needle = {True: "true", False: "false"}[values[0]] if isinstance(values[0], bool) else values[0]
        return isinstance(values[1], str) and needle is not None and f"{needle:}" in values[1]
    if name == "!":
        return not values[0]
    left, right = values
    if name == "<":
        return precedes(left, right)
    if name == "===":
        return strictly_equal(left, right)
    return loosely_equal(left, right) is (name == "==")


@given(rules, contexts)
def test_a_compiled_rule_gives_what_walking_it_gives(rule: Any, context: dict[str, Any]) -> None:
    compiled = RuleCompiler("f", {}, OPERATORS).compile(rule, "targeting").rule(context)
    expected = interpret(rule, context)
    assert compiled == expected
    assert type(compiled) is type(expected)


json_values = st.recursive(
    scalars | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "x", "targetingKey"]), inner),
    max_leaves=8,
)
wild_rules = st.recursive(
    json_values | st.sampled_from([{"var": "x"}, {"var": "targetingKey"}, {"var": ""}]),
    lambda inner: st.dictionaries(
        st.sampled_from(sorted(OPERATORS)), st.lists(inner, max_size=4), min_size=1, max_size=1
    ),
    max_leaves=15,
)


@given(
    st.dictionaries(st.sampled_from(sorted(OPERATORS)), st.lists(wild_rules, max_size=4), min_size=1, max_size=1),
    json_values,
)
def test_any_rule_is_refused_or_answers_one_of_its_prepared_answers(targeting: Any, value: Any) -> None:
    flag = {"state": "ENABLED", "variants": {"a": 1, "b": 2}, "defaultVariant": "a", "targeting": targeting}
    flags = compile_flags({"flags": {"f": flag}}, strict=False)
    context = {"x": value, "targetingKey": value}
    answer = flags.evaluate("f", context, now=0.0)
    assert answer in flags.flags["f"].answers
    assert answer == flags.evaluate("f", context, now=0.0)
