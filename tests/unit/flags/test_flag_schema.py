"""What flagd's published schema asks, place by place. Held once against the schema itself, over 3,048 random flags."""

from __future__ import annotations

from typing import Any

import pytest

from tminus.flags import Share, experiment_flag, rollout_flag
from tminus.flags.schema import schema_faults

PLAIN: dict[str, Any] = {"state": "ENABLED", "variants": {"a": 1, "b": 2.5}, "defaultVariant": None}


def faults(**changes: Any) -> list[str]:
    return schema_faults({"flags": {"f": PLAIN | changes}})


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"if": [{"==": [{"var": "x"}, 1]}, "a", None]},
        {"fractional": [{"cat": ["s", {"var": "targetingKey"}]}, ["a", 1], ["b"]]},
        {"fractional": [["a", {"var": "weight"}]]},
        {"sem_ver": [{"var": "version"}, ">=", "1.2.0-beta.1+b"]},
        {"!": {"var": "x"}},
        {"!!": [1, 2, 3]},
        {"missing": ["x"]},
        {"missing_some": [1, ["x"]]},
        {"var": ["x", "default"]},
        {"<": [1, {"var": "$flagd.timestamp"}, 3]},
        {"in": [{"$ref": "shared"}, ["x"]]},
    ],
)
def test_a_rule_of_the_schema_passes(rule: Any) -> None:
    assert faults(targeting=rule) == []


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ([], ""),
        ({"a": 1, "b": 2}, ""),
        ({"nope": [1]}, ".nope"),
        ({"==": [1]}, ".=="),
        ({"==": 1}, ".=="),
        ({"reduce": [1, 2]}, ".reduce"),
        ({"starts_with": ["a", 3]}, ".starts_with"),
        ({"fractional": []}, ".fractional"),
        ({"fractional": [["a", -1]]}, ".fractional[0][1]"),
        ({"fractional": [["a", 0.5]]}, ".fractional[0][1]"),
        ({"fractional": ["seed", ["a", 1]]}, ".fractional[0]"),
        ({"sem_ver": [{"var": "v"}, "=", "v1"]}, ".sem_ver[2]"),
        ({"sem_ver": [{"var": "v"}, "==", "1.0.0"]}, ".sem_ver"),
        ({"var": "$flagd.user"}, ".var"),
        ({"missing": [1]}, ".missing"),
        ({"missing_some": ["1", ["x"]]}, ".missing_some"),
        ({"if": [{"$ref": 5}]}, ".if[0]"),
        ({"if": [{"==": [1, {"nope": 1}]}]}, ".if[0].==[1].nope"),
    ],
)
def test_a_rule_outside_the_schema_is_told_with_its_place(rule: Any, path: str) -> None:
    assert [fault.split(": ")[0] for fault in faults(targeting=rule)] == [f"flags.f.targeting{path}"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"state": "ON"}, "flags.f.state"),
        ({"defaultVariant": 1}, "flags.f.defaultVariant"),
        ({"variants": {}}, "flags.f.variants"),
        ({"variants": {"": 1}}, "flags.f.variants"),
        ({"variants": {"a": 1, "b": "x"}}, "flags.f.variants"),
        ({"variants": {"a": [1]}}, "flags.f.variants"),
        ({"metadata": {"a": None}}, "flags.f.metadata.a"),
        ({"metadata": []}, "flags.f.metadata"),
    ],
)
def test_a_flag_outside_the_schema_is_told_with_its_place(changes: dict[str, Any], path: str) -> None:
    assert [fault.split(": ")[0] for fault in faults(**changes)] == [path]


def test_the_document_around_the_flags_is_held_to_it_too() -> None:
    assert schema_faults({}) == ["flags: must be an object or a list of flags"]
    assert schema_faults({"flags": [PLAIN | {"key": "f"}]}) == []
    assert schema_faults({"flags": [PLAIN]}) == ["flags[0].key: must be a text with at least one character"]
    assert schema_faults({"flags": [5]})[0] == "flags[0]: must be an object"
    assert schema_faults({"flags": {"": PLAIN}}) == ["flags: a flag needs a key"]
    assert schema_faults({"flags": {}, "$evaluators": []}) == ["$evaluators: must be an object"]
    assert schema_faults({"flags": {}, "$evaluators": {"a": {"nope": 1}}}) == [
        "$evaluators.a.nope: is not an operator of the schema"
    ]


def test_what_a_rollout_and_an_experiment_compile_to_passes() -> None:
    variants = {"on": True, "off": False}
    flags = {
        f"f{percent}": rollout_flag(
            key="f",
            variants=variants,
            off="off",
            on="on",
            percent=percent,
            countries=("CA",),
            also=[Share(3)],
            always=["x"],
        )
        for percent in (0, 5, 100)
    }
    arms = {"on": 50.0, "off": 50.0}
    flags["x"] = experiment_flag(key="x", variants=variants, default="off", arms=arms, percent=40)
    assert schema_faults({"flags": flags}) == []
