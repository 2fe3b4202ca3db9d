"""Random flags in flagd's words, and contexts to ask them with.

The rules are typed: numbers are computed with numbers, texts compared with texts, lists walked as lists. They may refer
to an evaluator `shared`.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

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
