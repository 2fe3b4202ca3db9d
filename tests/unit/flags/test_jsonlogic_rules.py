"""One rule, one context, one result: JSONLogic as flagd evaluates it."""

from __future__ import annotations

from typing import Any

import pytest

from tminus.flags.errors import DefinitionInvalid
from tminus.flags.jsonlogic import RuleCompiler
from tminus.flags.targeting import OPERATORS


def apply(rule: Any, data: dict[str, Any] | None = None, evaluators: dict[str, Any] | None = None) -> Any:
    return RuleCompiler("the-flag", evaluators or {}, OPERATORS).compile(rule, "targeting").rule(data or {})


def v(path: Any) -> dict[str, Any]:
    return {"var": path}


USER = {
    "age": 17,
    "email": "ann@acme.com",
    "tags": ["a", "b"],
    "plan": {"tier": "gold", "seats": [3, 5]},
    "none": None,
    "people": [{"name": "al"}, {"name": "bo"}],
}

READING = [
    (v("email"), "ann@acme.com"),
    (v(["email"]), "ann@acme.com"),
    (v("plan.tier"), "gold"),
    (v("plan.seats.1"), 5),
    (v("plan.seats.9"), None),
    (v("tags.x"), None),
    (v("email.x"), None),
    (v(["nobody", "default"]), "default"),
    (v(["none", "default"]), "default"),
    (v({"cat": ["plan", ".tier"]}), "gold"),
    (v("$flagd.flagKey"), "the-flag"),
    (v(""), USER),
    ({"missing": ["age", "phone", "plan.x"]}, ["phone", "plan.x"]),
    ({"missing": [["age", "phone"]]}, ["phone"]),
    ({"missing_some": [1, ["age", "phone"]]}, []),
    ({"missing_some": [2, ["age", "phone"]]}, ["phone"]),
]

LOGIC = [
    ({"if": [True, "yes", "no"]}, "yes"),
    ({"if": [False, 1, "", 2, [], 3, "else"]}, "else"),
    ({"if": [False, 1, True, 2, 3]}, 2),
    ({"if": [False, "yes"]}, None),
    ({"if": []}, None),
    ({"if": ["alone"]}, "alone"),
    ({"?:": [0, "yes", "no"]}, "no"),
    ({"and": [1, "a", 0, "b"]}, 0),
    ({"and": [1, "a"]}, "a"),
    ({"or": [0, "", "b", "c"]}, "b"),
    ({"or": [0, ""]}, ""),
    ({"!": [[]]}, True),
    ({"!": "0"}, False),
    ({"!!": ["0"]}, True),
    ({"!!": [{}]}, False),
]

COMPARING = [
    ({"==": [1, "1"]}, True),
    ({"==": [True, 1]}, True),
    ({"==": ["", 0]}, True),
    ({"==": [None, 0]}, False),
    ({"==": [None, v("nobody")]}, True),
    ({"==": ["1_0", 10]}, False),
    ({"==": ["abc", 0]}, False),
    ({"==": [v("age"), "17"]}, True),
    ({"!=": [1, "2"]}, True),
    ({"===": [1, 1.0]}, True),
    ({"===": [1, True]}, False),
    ({"===": [1, "1"]}, False),
    ({"!==": [1, "1"]}, True),
    ({"<": [v("age"), 18]}, True),
    ({"<": [1, 5, 10]}, True),
    ({"<": [1, 11, 10]}, False),
    ({"<=": [1, 1, 10]}, True),
    ({">": [10, 5, 1]}, True),
    ({">=": ["10", 9]}, True),
    ({">=": ["10", "9"]}, False),
    ({"<": ["a", 1]}, False),
    ({"<": [v("nobody"), 1]}, True),
    ({"<": [1]}, False),
    ({"in": ["acme", v("email")]}, True),
    ({"in": [v("email"), ["ann@acme.com", "bob@acme.com"]]}, True),
    ({"in": [v("age"), ["17"]]}, False),
    ({"in": [v("age"), [17.0]]}, True),
    ({"in": [True, [1]]}, False),
    ({"in": ["a", v("tags")]}, True),
    ({"in": [None, "null"]}, False),
    ({"in": ["a", 5]}, False),
]

COMPUTING = [
    ({"+": [1, "2", None, True]}, 4),
    ({"+": "3.5"}, 3.5),
    ({"-": [5, 2]}, 3),
    ({"-": [5]}, -5),
    ({"*": [2, 3, 4]}, 24),
    ({"/": [1, 4]}, 0.25),
    ({"%": [7, 3]}, 1),
    ({"%": [-7, 3]}, -1),
    ({"min": [3, 1, 2]}, 1),
    ({"max": [3, "10", 2]}, 10),
    ({"max": []}, None),
    ({">": [{"/": [1, 0]}, 1e300]}, True),
    ({"<": [{"*": [10**400, -1]}, 0]}, True),
]

TEXTS = [
    ({"cat": ["a", 1, 2.0, True, None, 0.5]}, "a12true0.5"),
    ({"cat": [v("plan.tier"), "-", v("age")]}, "gold-17"),
    ({"cat": "alone"}, "alone"),
    ({"substr": ["jsonlogic", 4]}, "logic"),
    ({"substr": ["jsonlogic", -5]}, "logic"),
    ({"substr": ["jsonlogic", 1, 3]}, "son"),
    ({"substr": ["jsonlogic", 4, -2]}, "log"),
    ({"substr": ["é", -9]}, "é"),
    ({"starts_with": [v("email"), "ann"]}, True),
    ({"ends_with": [v("email"), "@x.com"]}, False),
    ({"starts_with": [v("age"), "1"]}, None),
    ({"ends_with": ["only one"]}, None),
]

LISTS = [
    ({"map": [v("plan.seats"), {"*": [v(""), 2]}]}, [6, 10]),
    ({"filter": [v("plan.seats"), {">": [v(""), 3]}]}, [5]),
    ({"reduce": [v("plan.seats"), {"+": [v("current"), v("accumulator")]}, 1]}, 9),
    ({"all": [v("plan.seats"), {">": [v(""), 2]}]}, True),
    ({"all": [[], True]}, False),
    ({"some": [v("tags"), {"==": [v(""), "b"]}]}, True),
    ({"none": [v("tags"), {"==": [v(""), "b"]}]}, False),
    ({"none": [v("nobody"), True]}, True),
    ({"some": [v("people"), {"==": [v("name"), "bo"]}]}, True),
    ({"merge": [[1], 2, [3, [4]]]}, [1, 2, 3, [4]]),
    ({"map": [v("tags"), v("$flagd.flagKey")]}, [None, None]),
]

VERSIONS: list[tuple[list[Any], bool | None]] = [
    (["1.2.3", "=", "v1.2.3"], True),
    (["1.2.3", "!=", "1.2.4"], True),
    (["1.10.0", ">", "1.9.9"], True),
    (["2.0.0-rc.1", "<", "2.0.0"], True),
    (["1.0.0-alpha", "<", "1.0.0-alpha.1"], True),
    (["1.0.0-2", "<", "1.0.0-11"], True),
    (["1.0.0-2", "<", "1.0.0-a"], True),
    (["1.0.0+a", "=", "1.0.0+b"], True),
    (["3.1.4", "~", "3.1.0"], True),
    (["3.2.0", "~", "3.1.0"], False),
    (["3.2.0", "^", "3.0.0"], True),
    (["4.0.0", "^", "3.0.0"], False),
    ([1.2, ">=", "1.1"], True),
    (["1", "<=", "1.0.0"], True),
    (["1.2.3.4", "=", "1.2.3"], None),
    (["01.2.3", "=", "1.2.3"], None),
    (["1.0.0", "===", "1.0.0"], None),
    (["9" * 5000, ">", "1.0.0"], None),
    ([None, "=", "1.0.0"], None),
]


@pytest.mark.parametrize(("rule", "expected"), [*READING, *LOGIC, *COMPARING, *COMPUTING, *TEXTS, *LISTS])
def test_a_rule_gives_what_jsonlogic_says(rule: Any, expected: Any) -> None:
    result = apply(rule, USER)
    assert result == expected
    assert isinstance(result, bool) == isinstance(expected, bool)


@pytest.mark.parametrize(("operands", "expected"), VERSIONS)
def test_versions_compare_by_semantic_versioning(operands: list[Any], expected: bool | None) -> None:
    assert apply({"sem_ver": operands}) is expected


def test_a_rule_over_data_gives_the_same_as_the_rule_with_the_data_written_in() -> None:
    for operands, expected in VERSIONS:
        context = {"left": operands[0], "right": operands[2]}
        assert apply({"sem_ver": [v("left"), operands[1], v("right")]}, context) is expected


def test_only_the_needed_branch_is_evaluated() -> None:
    assert apply({"or": [True, {"substr": [v("a"), v("b"), v("c"), v("d")]}]}) is True


def test_an_object_with_several_keys_is_data() -> None:
    assert apply({"if": [True, {"a": 1, "b": 2}]}) == {"a": 1, "b": 2}


def test_a_reference_stands_for_its_evaluator() -> None:
    evaluators = {"staff": {"ends_with": [v("email"), {"$ref": "domain"}]}, "domain": {"cat": ["@acme", ".com"]}}
    assert apply({"!": {"$ref": "staff"}}, USER, evaluators) is False


@pytest.mark.parametrize(
    ("rule", "evaluators", "message"),
    [
        ({"if": [{"equals": [1, 1]}, "on"]}, {}, r"targeting\.if\[0\]: unknown operator 'equals'"),
        ({"and": [{"$ref": "staf"}]}, {"staff": True}, r"\$ref to 'staf'.*known: staff"),
        ({"$ref": "a"}, {"a": {"!": {"$ref": "b"}}, "b": {"!": {"$ref": "a"}}}, "circle: a -> b -> a"),
        ({"map": [[1]]}, {}, r"targeting\.map: takes a list and a rule"),
        ({"fractional": [["on", 0.5]]}, {}, r"fractional\[0\]\[1\]: the weight 0.5 is not a whole number"),
        ({"fractional": [v("email"), "on"]}, {}, r"fractional\[1\]: an arm is a list"),
        ({"fractional": [["a", 2**31 - 1], ["b", 1]]}, {}, "sum to more than 2147483647"),
        ({"fractional": []}, {}, "at least one arm"),
    ],
)
def test_a_faulty_rule_is_refused_with_the_flag_and_the_path(
    rule: Any, evaluators: dict[str, Any], message: str
) -> None:
    with pytest.raises(DefinitionInvalid, match=message) as caught:
        apply(rule, {}, evaluators)
    assert caught.value.flag == "the-flag"


def test_references_that_multiply_without_end_are_refused_instead_of_filling_the_memory() -> None:
    laughs = {f"e{n}": {"or": [{"$ref": f"e{n + 1}"}] * 10} for n in range(20)} | {"e20": True}
    with pytest.raises(DefinitionInvalid, match="more than 100000 parts"):
        apply({"$ref": "e0"}, {}, laughs)


def test_a_rule_nested_too_deeply_is_refused() -> None:
    rule: Any = True
    for _ in range(500):
        rule = {"!": rule}
    with pytest.raises(DefinitionInvalid, match="deeper than 100"):
        apply(rule)
