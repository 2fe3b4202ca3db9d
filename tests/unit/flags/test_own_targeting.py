"""A flag that has a rule of its own, while a rollout brings it."""

from __future__ import annotations

from typing import Any

import pytest

from tminus.flags import compile_flags, having, moved, required, rollout_flag, standalone, why

GOLD = {"==": [{"var": "tier"}, "gold"]}
RULE = {"if": [GOLD, "blue", {"fractional": [["grey", 1], ["blue", 1]]}]}
VARIANTS = {"grey": "#888", "blue": "#00f", "new": "#fff"}


def flag(percent: float, **more: Any) -> dict[str, Any]:
    return rollout_flag(
        key="f", variants=VARIANTS, off="grey", on="new", percent=percent, otherwise=more.pop("rule", RULE), **more
    )


def answer(definition: dict[str, Any], context: dict[str, Any]) -> tuple[str | None, str]:
    found = compile_flags({"flags": {"f": definition}}).evaluate("f", context)
    return found.variant, found.reason


def test_before_the_rollout_the_flag_is_what_its_rule_says() -> None:
    assert flag(0) == {"state": "ENABLED", "variants": VARIANTS, "defaultVariant": "grey", "targeting": RULE}
    assert flag(0, rule={})["targeting"] == {}


def test_who_is_let_in_has_the_new_one_and_the_rule_decides_for_all_others() -> None:
    half = flag(50, always=["ann"], cohort_rules=[{"var": "staff"}])
    assert answer(half, {"targetingKey": "ann", "tier": "gold"}) == ("new", "TARGETING_MATCH")
    assert answer(half, {"staff": True, "tier": "gold"}) == ("new", "TARGETING_MATCH")
    assert answer(half, {"tier": "gold"}) == ("blue", "TARGETING_MATCH")
    golden = [answer(half, {"targetingKey": f"u{number}", "tier": "gold"})[0] for number in range(400)]
    assert 160 < golden.count("new") < 240
    assert set(golden) == {"new", "blue"}


def test_at_everybody_and_when_killed_the_rule_is_not_asked() -> None:
    assert answer(flag(100), {"tier": "gold"}) == ("new", "STATIC")
    assert answer(flag(50, killed=True, always=["ann"]), {"tier": "gold", "targetingKey": "ann"}) == ("grey", "STATIC")
    assert answer(flag(0, killed=True), {"tier": "gold"}) == ("grey", "STATIC")


def test_nobody_falls_out_as_the_share_rises_past_the_rule() -> None:
    users = [{"targetingKey": f"u{number}", "tier": "gold" if number % 3 else "iron"} for number in range(600)]
    inside: set[int] = set()
    for percent in (0, 1, 10, 50, 90, 100):
        now = {number for number, user in enumerate(users) if answer(flag(percent), user)[0] == "new"}
        assert inside <= now
        inside = now
    assert len(inside) == 600


def test_the_explanation_goes_on_into_the_flags_own_rule() -> None:
    document = {"flags": {"f": flag(5, always=["ann"])}}
    found = why(document, "f", {"targetingKey": "u1", "tier": "gold"})
    assert found.words == (
        'targetingKey is "ann": no',
        'there is a targetingKey and the split (bucket 92683 of 100000) is "new": no (the split gives "grey")',
        "nothing of this holds, so the rule behind it decides",
        'tier is "gold": yes',
        'so the variant is blue, worth "#00f" (TARGETING_MATCH)',
    )
    assert [step.path for step in found.steps][-1] == "targeting.if[4].if[0]"


@pytest.mark.parametrize("outcome", ["true", True])
def test_a_requirement_reads_a_truth_value_as_the_variant_it_names(outcome: Any) -> None:
    other = {
        "state": "ENABLED",
        "variants": {"true": 1, "no": 0},
        "defaultVariant": "no",
        "targeting": {"if": [GOLD, outcome]},
    }
    own = {"state": "ENABLED", "variants": VARIANTS, "defaultVariant": "new"}
    made = required(own, [having("other", other, "true")], "grey")
    assert answer(made, {"tier": "gold"})[0] == "new"
    assert answer(made, {"tier": "iron"})[0] == "grey"


def test_a_disabled_flag_is_nobodys() -> None:
    other = {"state": "DISABLED", "variants": {"on": 1}, "defaultVariant": "on"}
    assert having("other", other, "on") is False


def test_shared_rules_are_filled_in_where_a_flag_stands_alone() -> None:
    shared = {"gold": GOLD, "both": {"and": [{"$ref": "gold"}, {"var": "x"}]}}
    made = standalone({"targeting": {"if": [{"$ref": "both"}, "on", {"$ref": "lost"}]}}, shared)
    assert made == {"targeting": {"if": [{"and": [GOLD, {"var": "x"}]}, "on", {"$ref": "lost"}]}}


def test_a_change_of_the_rule_is_a_move() -> None:
    other = {"if": [{"==": [{"var": "tier"}, "iron"]}, "blue"]}
    found = moved({"flags": {"f": flag(0)}}, {"flags": {"f": flag(0, rule=other)}})
    assert [move.flag for move in found] == ["f"]
    assert found[0].share > 0.3
