"""Definitions that follow one another: compiled beside the one before and alone, they answer alike."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tminus.flags import DefinitionInvalid, FlagSet, compile_flags, shared
from tminus.flags.generations import PIN

SPLIT = {"fractional": [{"cat": [{"var": "$flagd.flagKey"}, {"var": "targetingKey"}]}, ["on", 30], ["off", 70]]}
RULES: list[Any] = [
    None,
    {"if": [{"==": [{"var": "country"}, "CA"]}, "on", "off"]},
    {"if": [{"$ref": "insider"}, "on", SPLIT]},
    SPLIT,
    {"if": [{"<": [{"var": "$flagd.timestamp"}, 5]}, "on"]},
    {"nonsense": []},
]
CONTEXTS = [{"targetingKey": f"user-{n}", "country": country, "n": n} for n in range(6) for country in ("CA", "FR")]

keys = st.sampled_from(["a", "b", "a1", "$x"])
metadata = st.dictionaries(st.sampled_from(["team", "until"]), st.sampled_from(["x", 1, 1.0, True, None]), max_size=2)
pinned = metadata | st.sampled_from([{PIN: 1}, {PIN: 2}, {PIN: 3}])
flags = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["ENABLED", "ENABLED", "DISABLED", "elsewhere"]),
        "variants": st.sampled_from(
            [{"on": True, "off": False}, {"on": 1, "off": 0}, {"off": 0, "on": 1}, {"on": 1.0}]
        ),
        "defaultVariant": st.sampled_from(["on", "off", None]),
        "targeting": st.sampled_from(RULES),
        "metadata": pinned,
    }
)
definitions = st.fixed_dictionaries(
    {
        "flags": st.dictionaries(keys, flags, max_size=4),
        "$evaluators": st.sampled_from([{}, {"insider": {"==": [{"var": "n"}, 3]}}, {"insider": {"var": "n"}}]),
        "metadata": pinned,
    }
)


def everything(served: FlagSet) -> tuple[Any, ...]:
    answers = [(key, served.evaluate(key, one, now)) for key in served.flags for one in CONTEXTS for now in (1.0, 9.0)]
    # Equal is not enough: 1, 1.0 and true are equal.
    return list(served.keys()), repr(served.metadata), served.revision, repr(answers), served.marks, served.filled


def in_turn(several: list[dict[str, Any]]) -> None:
    served: FlagSet | None = None
    for definition in several:
        served = compile_flags(definition, strict=False, known=served)
        assert everything(served) == everything(compile_flags(definition, strict=False))


@given(st.lists(definitions, min_size=1, max_size=4))
def test_a_set_compiled_beside_the_one_before_it_is_the_set_compiled_alone(several: list[dict[str, Any]]) -> None:
    in_turn(several)


INSIDERS = {"state": "ENABLED", "variants": {"on": True, "off": False}, "targeting": RULES[2]}


@given(st.lists(st.lists(st.sampled_from(["a", "b", "c"]), unique=True), min_size=2, max_size=4), st.integers(0, 12))
def test_the_bound_on_shared_rules_counts_flags_that_are_taken_over_too(several: list[list[str]], bound: int) -> None:
    evaluators = {"insider": {"==": [{"var": "n"}, 3]}}
    with pytest.MonkeyPatch.context() as lower:
        lower.setattr(shared, "MOST_FILLED_IN", bound)
        in_turn([{"flags": dict.fromkeys(present, INSIDERS), "$evaluators": evaluators} for present in several])


@given(st.dictionaries(keys, flags, min_size=1, max_size=4), keys, flags)
def test_a_change_of_one_flag_compiles_that_flag_alone(before: dict[str, Any], changed: str, fresh: Any) -> None:
    first = compile_flags({"flags": before}, strict=False)
    second = compile_flags({"flags": copy.deepcopy(before) | {changed: fresh}}, strict=False, known=first)
    assert all(second.flags[key] is first.flags[key] for key in first.marks if key != changed)


@given(definitions)
def test_what_was_let_pass_once_is_not_let_pass_by_a_strict_reader(definition: dict[str, Any]) -> None:
    lenient = compile_flags(definition, strict=False)
    assert strictly(definition, known=lenient) == strictly(definition)


def strictly(definition: dict[str, Any], known: FlagSet | None = None) -> object:
    try:
        return everything(compile_flags(definition, known=known))
    except DefinitionInvalid as fault:
        return str(fault)
