from __future__ import annotations

from typing import Any

import pytest

from tminus.flags import DefinitionInvalid, Evaluation, Share, compile_flags, rollout_flag

VARIANTS = {"on": "new", "off": "old"}


def rollout(percent: float, key: str = "f", **more: Any) -> dict[str, Any]:
    return rollout_flag(key=key, variants=VARIANTS, off="off", on="on", percent=percent, **more)


def ask(definition: dict[str, Any], context: dict[str, Any], key: str = "f") -> Evaluation:
    return compile_flags({"flags": {key: definition}}).evaluate(key, context)


@pytest.mark.parametrize(("percent", "variant"), [(0, "off"), (100, "on")])
def test_at_either_end_the_flag_is_static(percent: float, variant: str) -> None:
    answer = ask(rollout(percent), {"targetingKey": "bob"})
    assert (answer.variant, answer.reason) == (variant, "STATIC")


def test_a_share_of_nobody_leaves_those_who_are_always_in() -> None:
    alone = rollout(0, always=["ann"], cohort_rules=[{"==": [{"var": "tier"}, "gold"]}])
    answers = [ask(alone, one).variant for one in ({"targetingKey": "ann"}, {"tier": "gold"}, {"targetingKey": "bob"})]
    assert answers == ["on", "on", "off"]
    assert ask(rollout(0, always=["ann"], killed=True), {"targetingKey": "ann"}).variant == "off"


def test_the_kill_switch_beats_the_percentage_and_everybody_who_is_always_in() -> None:
    for percent in (50, 100):
        killed = rollout(percent, killed=True, always=["ann"], cohort_rules=[{"==": [{"var": "tier"}, "gold"]}])
        answer = ask(killed, {"targetingKey": "ann", "tier": "gold"})
        assert (answer.variant, answer.reason) == ("off", "STATIC")
        assert killed["state"] == "ENABLED"


def test_those_who_are_always_in_are_in_at_the_smallest_share() -> None:
    users = [f"user-{number}" for number in range(200)]
    definition = rollout(0.001, always=users)
    assert {ask(definition, {"targetingKey": user}).variant for user in users} == {"on"}


def test_a_cohort_is_in_even_without_a_targeting_key() -> None:
    answer = ask(rollout(0.001, cohort_rules=[{"==": [{"var": "tier"}, "gold"]}]), {"tier": "gold"})
    assert (answer.variant, answer.reason) == ("on", "TARGETING_MATCH")


@pytest.mark.parametrize("context", [{}, {"targetingKey": ""}, {"targetingKey": None}, {"user": "u"}])
def test_nobody_unknown_is_in_a_share(context: dict[str, Any]) -> None:
    answer = ask(rollout(99.999), context)
    assert (answer.variant, answer.reason) == ("off", "DEFAULT")


def test_the_hash_keeps_flag_and_user_apart() -> None:
    users = [f"3{number}" for number in range(400)]
    one = [ask(rollout(50, key="a1"), {"targetingKey": f"2{user}"}, key="a1").variant for user in users]
    other = [ask(rollout(50, key="a12"), {"targetingKey": user}, key="a12").variant for user in users]
    assert one != other


@pytest.mark.parametrize("percent", [-0.001, 100.001, 0.0004, float("nan"), float("inf")])
def test_a_share_that_cannot_be_kept_is_refused(percent: float) -> None:
    with pytest.raises(DefinitionInvalid, match=r"flag 'f', percent: .* between 0 and 100"):
        rollout(percent)


def test_a_share_with_binary_noise_is_taken_for_what_it_means() -> None:
    assert rollout(0.1 + 0.2) == rollout(0.3)


@pytest.mark.parametrize("key", ["", "a:b"])
def test_a_key_that_would_blur_the_hash_is_refused(key: str) -> None:
    with pytest.raises(DefinitionInvalid, match="without ':'"):
        rollout(5, key=key)


def test_a_variant_that_does_not_exist_is_refused() -> None:
    with pytest.raises(DefinitionInvalid, match="'new' is not one of the variants"):
        rollout_flag(key="f", variants=VARIANTS, off="off", on="new", percent=5)


def test_metadata_rides_along() -> None:
    assert ask(rollout(5, metadata={"launch": "l1"}), {"targetingKey": "u"}).metadata == {"launch": "l1"}


def test_an_upgrade_of_t_minus_moves_nobody_so_the_compiled_rule_is_pinned() -> None:
    key = {"var": "targetingKey"}
    hashed = {"cat": [{"var": "$flagd.flagKey"}, ":", key]}
    split = {"fractional": [hashed, ["on", 5_000], ["off", 95_000]]}
    assert rollout(5, always=["ann"])["targeting"] == {"if": [{"in": [key, ["ann"]]}, "on", key, split]}


def test_those_who_were_in_at_five_percent_when_this_was_written_still_are() -> None:
    flags = compile_flags({"flags": {"profile": rollout(5, key="profile")}})
    chosen = [n for n in range(100) if flags.evaluate("profile", {"targetingKey": f"user-{n}"}).variant == "on"]
    assert chosen == [3, 16, 25, 50]


def test_a_share_in_countries_is_the_same_share_of_the_same_dice_there_and_nothing_elsewhere() -> None:
    users = [f"user-{number}" for number in range(300)]
    near, everywhere = rollout(40, countries=("CH", "DE")), rollout(40)
    for user in users:
        anywhere = ask(everywhere, {"targetingKey": user}).variant
        for country, variant in (("CH", anywhere), ("de", anywhere), ("US", "off"), (None, "off"), (7, "off")):
            assert ask(near, {"targetingKey": user, "country": country}).variant == variant


def test_everybody_of_a_country_is_not_everybody() -> None:
    answers = [ask(rollout(100, countries=("CH",)), {"targetingKey": "u", "country": one}) for one in ("CH", "FR")]
    assert [(one.variant, one.reason) for one in answers] == [("on", "SPLIT"), ("off", "DEFAULT")]


@pytest.mark.parametrize("context", [{"country": "CH"}, {"country": "CH", "targetingKey": ""}])
def test_nobody_unknown_is_in_a_countrys_share(context: dict[str, Any]) -> None:
    assert ask(rollout(100, countries=("CH",)), context).variant == "off"


def test_who_is_in_one_of_several_shares_is_in() -> None:
    several = rollout(10, also=[Share(30, ("CH",)), Share(60, ("US",))])
    for user in (f"user-{number}" for number in range(300)):
        for country, percent in (("CH", 30), ("US", 60), ("FR", 10)):
            assert (
                ask(several, {"targetingKey": user, "country": country}).variant
                == ask(rollout(percent), {"targetingKey": user}).variant
            )


def test_two_flags_with_one_seed_have_the_same_users() -> None:
    users = [f"user-{number}" for number in range(300)]
    leads, follows = rollout(30, key="page"), rollout(30, key="cart", seed="page")
    one = {user for user in users if ask(leads, {"targetingKey": user}, "page").variant == "on"}
    other = {user for user in users if ask(follows, {"targetingKey": user}, "cart").variant == "on"}
    assert one == other
    assert 0 < len(one) < len(users)


def test_a_whole_share_anywhere_among_several_is_everybody() -> None:
    whole = rollout(5, countries=("CH",), also=[Share(100)])
    assert "targeting" not in whole
    assert whole["defaultVariant"] == "on"
    assert ask(rollout(5, also=[Share(100)], killed=True), {"targetingKey": "u"}).variant == "off"


def test_shares_of_nobody_leave_the_flag_as_it_was() -> None:
    assert rollout(0, countries=("CH",), also=[Share(0)]) == rollout(0)
