from __future__ import annotations

import json
from typing import Any

import pytest

from tminus.flags import Share, Why, compile_flags, experiment_flag, rollout_flag, why

VARIANTS = {"on": True, "off": False}


def document(flag: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"flags": {"f": flag}} | more


def ruled(targeting: Any, **more: Any) -> dict[str, Any]:
    flag = {"state": "ENABLED", "variants": VARIANTS, "defaultVariant": "off", "targeting": targeting}
    return document(flag | more)


ROLLED = document(
    rollout_flag(
        key="f",
        variants=VARIANTS,
        off="off",
        on="on",
        percent=50,
        countries=("CA",),
        also=[Share(10)],
        always=["ann"],
        cohort_rules=[{"==": [{"var": "tier"}, "gold"]}],
    )
)


def asked(definition: dict[str, Any], context: dict[str, Any], now: float | None = None) -> Why:
    found = why(definition, "f", context, now)
    assert found.answer == compile_flags(definition, strict=False).evaluate("f", context, now)
    assert json.loads(json.dumps(found.data()))["flag"] == "f"
    return found


def test_the_branch_that_decided_is_the_last_step() -> None:
    assert asked(ROLLED, {"targetingKey": "ann"}).words == (
        'targetingKey is "ann": yes',
        "so the variant is on, worth true (TARGETING_MATCH)",
    )
    by_tier = asked(ROLLED, {"targetingKey": "u1", "tier": "gold"})
    assert [step.found["holds"] for step in by_tier.steps] == [False, True]
    assert by_tier.steps[-1].path == "targeting.if[2]"


def test_a_split_says_the_bucket_the_arm_and_its_share() -> None:
    found = asked(ROLLED, {"targetingKey": "u1"})
    step = found.steps[-1]
    assert (step.found["hashed"], step.found["of"], step.found["arm"]) == ("f:u1", 100_000, "off")
    assert 10_000 <= step.found["bucket"] < 100_000
    assert "off, which has 90 %, from 10 % to 100 %" in step.said


def test_a_split_within_a_condition_says_its_bucket() -> None:
    experiment = experiment_flag(
        key="f", variants={"a": 1, "b": 2}, default="a", arms={"a": 50.0, "b": 50.0}, percent=99
    )
    said = asked(document(experiment), {"targetingKey": "u"}).words[0]
    assert said.startswith("there is a targetingKey and the split (bucket ")


@pytest.mark.parametrize(
    ("context", "fault"),
    [
        ({"targetingKey": "u1"}, "no country is given"),
        ({"targetingKey": "u1", "country": "DE"}, 'country is "DE"'),
        ({"targetingKey": "u1", "country": "CA"}, 'the split gives "off"'),
        ({"country": "CA"}, "not so: there is a targetingKey"),
    ],
)
def test_of_conditions_that_must_all_hold_the_first_that_does_not_is_named(context: dict[str, Any], fault: str) -> None:
    split = {"fractional": [{"var": "targetingKey"}, ["on", 0], ["off", 1]]}
    needed = [{"var": "targetingKey"}, {"in": [{"var": "country"}, ["CA", "US"]]}, {"==": [split, "on"]}]
    assert asked(ruled({"if": [{"and": needed}, "on"]}), context).steps[0].said.endswith(f": no ({fault})")


@pytest.mark.parametrize(
    ("definition", "context", "said"),
    [
        (document({"state": "DISABLED", "variants": VARIANTS}), {}, "disabled"),
        (document({"state": "ENABLED", "variants": VARIANTS, "defaultVariant": "on"}), {}, "no rule"),
        (ruled({"if": [False, "on"]}), {}, "no condition holds"),
        (ruled({"if": [False, "on", None]}), {}, "leaves it to the default"),
        (ruled({"fractional": [["on", 1]]}), {}, "nothing to hash"),
        (ruled({"fractional": [["on", 0]]}), {"targetingKey": "u"}, "weigh nothing"),
        (ruled({"var": "wanted"}), {"wanted": "on"}, 'wanted gives "on"'),
        (ruled({"if": [{"cat": [{"var": "x"}]}, "on"]}), {"x": "\ud800"}, "cat"),
        (ruled({"fractional": [{"var": "x"}, ["on", 1]]}), {"x": "\ud800"}, "cannot be evaluated"),
        (
            ruled({"fractional": [["on", 1]]}, metadata={"tminus.fractional": 1}),
            {"targetingKey": "SI7p-"},
            "on, which has",
        ),
        (
            ruled({"fractional": [{"var": "targetingKey"}, ["on", 1]]}, metadata={"tminus.fractional": 1}),
            {"targetingKey": "SI7p-"},
            "beyond the last arm",
        ),
    ],
)
def test_every_way_to_an_answer_has_its_words(definition: Any, context: dict[str, Any], said: str) -> None:
    assert any(said in words for words in asked(definition, context).words)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"==": [{"var": "country"}, "CA"]}, 'country is "CA"'),
        ({"in": ["@acme.com", {"var": "email"}]}, '"@acme.com" is in email'),
        ({"sem_ver": [{"var": "version"}, ">=", "2.0.0"]}, 'version version >= "2.0.0"'),
        ({"and": [{"var": "a"}, {"or": [{"var": "b"}, {"!": [{"var": "c"}]}]}]}, "a and (b or not (c))"),
        ({"in": [{"var": "x"}, list("abcdefg")]}, 'x is "a", "b", "c", "d", "e" or 2 more'),
        ({"in": [{"var": "country"}, ["DE", "de", "DK", "dk"]]}, 'country is "DE" or "DK"'),
        ({"in": [{"var": "x"}, ["Ann", "ann"]]}, 'x is "Ann" or "ann"'),
        ({"in": [{"var": "x"}, ["a", 1]]}, 'x is in ["a", 1]'),
        ({">": [{"+": [1, {"var": "n"}]}, 3]}, '{"+": [1, {"var": "n"}]} is above 3'),
        ({"var": "targetingKey"}, "there is a targetingKey"),
    ],
)
def test_a_condition_is_told_as_people_say_it(condition: Any, words: str) -> None:
    assert asked(ruled({"if": [condition, "on"]}), {}).steps[0].found["condition"] == words


def test_a_shared_rule_is_walked_into() -> None:
    definition = ruled({"$ref": "beta"}) | {"$evaluators": {"beta": {"if": [{"var": "beta"}, "on"]}}}
    assert [step.path for step in asked(definition, {"beta": 1}).steps] == ["targeting", "$evaluators.beta.if[0]"]


def test_the_time_counts() -> None:
    definition = ruled({"if": [{">": [{"var": "$flagd.timestamp"}, 1000]}, "on"]})
    assert asked(definition, {}, now=2000.0).words[0] == "$flagd.timestamp is above 1000: yes"
    assert asked(definition, {}, now=500.0).words[0] == "$flagd.timestamp is above 1000: no"


def test_a_flag_that_is_not_there_or_cannot_be_read_says_so() -> None:
    assert why({"flags": {}}, "f", {}).words == ("FLAG_NOT_FOUND: flag 'f' does not exist",)
    assert asked(ruled({"nope": 1}), {}).words[0].startswith("PARSE_ERROR: ")
