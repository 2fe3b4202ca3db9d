"""Definitions that somebody else wrote, taken into a plan: what they answer stays what it was."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from support.flag_strategies import conditions, contexts, flags, hashed
from tminus.core.exposure import flag_definition
from tminus.core.flag_files import export_flags, import_flags, part_text
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State
from tminus.flags import Evaluation, FlagSet, compile_flags
from tminus.flags.generations import PIN, THIRD
from tminus.flags.schema import schema_faults
from tminus.plan import Plan, examine_texts
from tminus.plan.document import read_document

HEAD = "tminus: 1\ntitle: T\nphases: [{ id: only }]\n"
NOW = 1_790_000_000.0
KEYS = ["checkout.v2", "2024", "a_b", "true", "f"]
SHARED = {"$evaluators": {"shared": {"in": ["a", {"var": "s"}]}}}
pins = st.sampled_from([{}, {PIN: 1}, {PIN: 2}, {PIN: 3}])


@st.composite
def pinned_flags(draw: st.DrawFn) -> dict[str, Any]:
    flag: dict[str, Any] = draw(flags())
    metadata = flag.get("metadata", {}) | draw(pins)
    return flag | ({"metadata": metadata} if metadata else {})


documents = st.builds(
    lambda flags, pin: {"flags": flags, **SHARED} | ({"metadata": pin} if pin else {}),
    st.dictionaries(st.sampled_from(KEYS), pinned_flags(), min_size=1, max_size=3),
    pins,
)


def plan_of(part: dict[str, Any]) -> Plan:
    """The plan with this part, read from its text, whatever `tminus check` thinks of it."""
    node, problems = read_document(HEAD + part_text(part), "plan.yaml")
    assert node is not None, problems
    return Plan.model_validate(node.plain())


def answered(flag_set: FlagSet, key: str, context: dict[str, Any]) -> tuple[Any, ...]:
    answer: Evaluation = flag_set.evaluate(key, context, NOW)
    return json.dumps(answer.value), answer.variant, answer.reason, answer.error_code


def sameness(flag: dict[str, Any]) -> dict[str, Any]:
    """A flag's JSON where three ways to name no default are one."""
    return flag | {"defaultVariant": flag.get("defaultVariant") or None}


@settings(max_examples=200, deadline=None)
@given(documents, st.lists(contexts, min_size=1, max_size=4))
def test_a_definition_taken_into_a_plan_and_out_again_answers_as_before(
    document: dict[str, Any], asked: list[dict[str, Any]]
) -> None:
    imported = import_flags(document)
    exported = json.loads(json.dumps(export_flags(plan_of(imported.part))))
    before, after = compile_flags(document), compile_flags(exported)
    for key in document["flags"]:
        for context in asked:
            assert answered(after, key, context) == answered(before, key, context)
    if "metadata" not in document:
        assert imported.left == ()
        assert exported["flags"] == {key: sameness(flag) for key, flag in document["flags"].items()}
    assert exported["$evaluators"] == document["$evaluators"]
    assert import_flags(exported).left == ()


@settings(max_examples=100, deadline=None)
@given(documents)
def test_a_check_of_it_refuses_nothing_but_variants_that_are_not_there(document: dict[str, Any]) -> None:
    part = import_flags(document).part
    plan, problems = examine_texts({"plan.yaml": HEAD, "part.yaml": part_text(part)})
    codes = {problem.code for problem in problems if problem.severity == "error"}
    assert codes == set() if plan else {"unknown-variant"}
    assert plan is not None or '"nowhere"' in json.dumps(document)
    if plan is not None:
        faults = schema_faults(export_flags(plan))
        assert [fault for fault in faults if ".targeting" not in fault] == []


def a_flag(key: str, flag: dict[str, Any], more: dict[str, Any]) -> Plan:
    """A plan with a flag that can be moved, taken from flagd, and others."""
    part = import_flags({"flags": {key: flag}, **SHARED}).part
    return plan_of(part | {"flags": part["flags"] | more})


@settings(max_examples=150, deadline=None)
@given(pinned_flags(), contexts, st.floats(0, 1).map(lambda share: round(share, 3)))
def test_a_rollout_lets_in_its_share_and_leaves_everybody_else_to_the_flags_own_rule(
    flag: dict[str, Any], context: dict[str, Any], share: float
) -> None:
    assume(flag["state"] == "ENABLED" and flag["defaultVariant"])
    plan, bare = a_flag("x.y", flag, {}), a_flag("x.y", flag | {"targeting": None}, {})
    brought = plan.flags["x.y"].brought

    def answer(of: Plan, **state: Any) -> tuple[Any, ...]:
        document = flag_definition(Outline(of), State(flags={"x.y": FlagState(**state)}))
        return answered(compile_flags(document), "x.y", context)

    own, dice = answer(plan), answer(bare, share=share)
    assert own == answered(compile_flags({"flags": {"x.y": flag}, **SHARED}), "x.y", context)
    expected = brought if dice[1] == brought else own[1]
    assert answer(plan, share=share)[1] == expected
    assert answer(plan, share=1.0)[1] == brought
    killed = answer(plan, share=share, killed_by="ann")
    assert (killed[1], killed[2]) == (flag["defaultVariant"], "STATIC")


halves = st.one_of(hashed.map(lambda one: [one]), st.just([])).map(
    lambda dice: {"fractional": [*dice, ["a", 1], ["b", 1]]}
)
splitting = st.recursive(
    halves | st.just({"if": [True, {"==": [{"var": "yes"}, True]}]}),
    lambda inner: st.builds(lambda test, one: {"if": [test, one, "b"]}, conditions, inner),
    max_leaves=2,
)


@settings(max_examples=100, deadline=None)
@given(pinned_flags(), splitting, st.lists(contexts, min_size=8, max_size=8))
def test_a_flag_that_requires_another_is_for_exactly_those_whom_its_own_rule_gives_it(
    flag: dict[str, Any], rule: dict[str, Any], asked: list[dict[str, Any]]
) -> None:
    pinned = flag.get("metadata", {}).get(PIN)
    assume(flag["state"] == "ENABLED" and flag["defaultVariant"] and pinned != THIRD)
    follower: dict[str, Any] = {"requires": ["x"]} | ({"metadata": {PIN: pinned}} if pinned else {})
    state = State(flags={"later": FlagState(share=1.0)})
    for brought in ("a", "true"):
        named = {"variants": {"a": 1, "b": 2, "true": 3}, "defaultVariant": "b", "targeting": rule}
        plan = a_flag("x", flag | named, {"later": follower})
        plan = plan.model_copy(
            update={"flags": plan.flags | {"x": plan.flags["x"].model_copy(update={"rollout": brought})}}
        )
        found = compile_flags(flag_definition(Outline(plan), state))
        for context in asked:
            has = found.evaluate("x", context, NOW).variant == brought
            assert found.evaluate("later", context, NOW).variant == ("on" if has else "off")


texts = st.text(max_size=6) | st.sampled_from(
    ["on", "~", "null", "+.5", "1e3", "0x1", "1_0", "=", "<<", "- a", "a: b", "#", "!x", "&a"]
)
values = st.recursive(
    texts | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(texts.filter(bool), st.dictionaries(texts, values, max_size=3), min_size=1, max_size=3))
def test_whatever_values_a_flag_has_they_come_in_as_they_are_or_the_flag_is_listed(variants: dict[str, Any]) -> None:
    flag = {"state": "ENABLED", "variants": variants, "metadata": {"text": next(iter(variants))}}
    imported = import_flags({"flags": {"f": flag}})
    if "f" not in imported.part.get("flags", {}):
        assert imported.left[0].startswith("f: ")
        return
    assert imported.left == ()
    exported = export_flags(plan_of(imported.part))["flags"]["f"]
    assert json.dumps(exported["variants"]) == json.dumps(variants)
    assert exported["metadata"] == flag["metadata"]
