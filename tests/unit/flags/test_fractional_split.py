from __future__ import annotations

from typing import Any

import mmh3
import pytest

from tminus.flags import DefinitionInvalid, Evaluation, compile_flags
from tminus.flags.generations import PIN, percent_bounds, upper_bounds


def ask(targeting: Any, context: dict[str, Any], key: str = "f") -> Evaluation:
    variants = {name: name for name in ("a", "b", "c", "true", "rest")}
    flag = {"state": "ENABLED", "variants": variants, "defaultVariant": "rest", "targeting": targeting}
    return compile_flags({"flags": {key: flag}}).evaluate(key, context)


def arm_of(text: str, weights: dict[str, int]) -> str:
    """Generation 2, written down as the specification has it."""
    bucket = (mmh3.hash(text, 0, signed=False) * sum(weights.values())) >> 32
    end = 0
    for name, weight in weights.items():
        end += weight
        if bucket < end:
            return name
    raise AssertionError("the weights cover every bucket")


WEIGHTS = {"a": 17, "b": 0, "c": 83}
ARMS = [[name, weight] for name, weight in WEIGHTS.items()]


def test_without_an_expression_the_flags_key_and_the_targeting_key_are_hashed() -> None:
    for number in range(300):
        user = f"user-{number}"
        assert ask({"fractional": ARMS}, {"targetingKey": user}, key="flag").variant == arm_of(f"flag{user}", WEIGHTS)


def test_an_expression_that_gives_text_is_hashed_as_it_is() -> None:
    for number in range(300):
        rule = {"fractional": [{"var": "email"}, *ARMS]}
        assert ask(rule, {"email": f"{number}@é.com"}).variant == arm_of(f"{number}@é.com", WEIGHTS)


# MurmurHash3 x86 32 with seed 0 of these texts is 0x00000000 and 0x248bfa47 (published test vectors).
@pytest.mark.parametrize(("text", "expected"), [("", 0x00000000), ("hello", 0x248BFA47)])
def test_the_hash_is_the_published_one(text: str, expected: int) -> None:
    assert mmh3.hash(text, 0, signed=False) == expected


@pytest.mark.parametrize("weights", [[1], [25, 25, 25, 25], [1, 99_999], [0, 3, 0, 4], [2**31 - 2, 1], [7, 11, 13]])
def test_the_precomputed_bounds_divide_the_hashes_as_the_multiplication_does(weights: list[int]) -> None:
    total, bounds = sum(weights), upper_bounds(weights)
    cumulative = 0
    for weight, bound in zip(weights, bounds, strict=True):
        cumulative += weight
        for value in (bound - 1, bound, bound + 1):
            assert (value < bound) == ((value * total) >> 32 < cumulative)
    assert bounds[-1] == 2**32


def test_chance_is_told_from_a_rule() -> None:
    rule = {"if": [{"==": [{"var": "country"}, "US"]}, "a", {"fractional": [["b", 1]]}]}
    assert ask(rule, {"targetingKey": "u", "country": "US"}).reason == "TARGETING_MATCH"
    assert ask(rule, {"targetingKey": "u"}).reason == "SPLIT"


@pytest.mark.parametrize("context", [{}, {"targetingKey": None}, {"targetingKey": ""}])
def test_without_a_targeting_key_the_default_variant_is_served(context: dict[str, Any]) -> None:
    answer = ask({"fractional": ARMS}, context)
    assert (answer.variant, answer.reason) == ("rest", "DEFAULT")


def test_a_missing_hash_property_falls_back_to_the_targeting_key() -> None:
    rule = {"fractional": [{"var": "company"}, *ARMS]}
    assert ask(rule, {"targetingKey": "u1"}, key="flag").variant == arm_of("flagu1", WEIGHTS)
    assert ask(rule, {}).reason == "DEFAULT"


def test_a_hash_property_that_is_no_text_puts_nobody_in() -> None:
    assert ask({"fractional": [{"var": "id"}, *ARMS]}, {"targetingKey": "u", "id": 7}).reason == "DEFAULT"


def test_an_arm_without_a_weight_weighs_one_and_a_negative_weight_nothing() -> None:
    for number in range(50):
        answer = ask({"fractional": [["a", -50], ["b"], ["c", 0]]}, {"targetingKey": str(number)})
        assert answer.variant == "b"


def test_weights_that_sum_to_nothing_put_nobody_in() -> None:
    assert ask({"fractional": [["a", 0], ["b", 0]]}, {"targetingKey": "u"}).reason == "DEFAULT"


def test_weights_may_be_computed() -> None:
    rule = {"fractional": [{"var": "targetingKey"}, ["a", {"if": [{"var": "beta"}, 100, 0]}], ["b", 10]]}
    for number in range(100):
        user = f"u{number}"
        assert ask(rule, {"targetingKey": user, "beta": True}).variant == arm_of(user, {"a": 100, "b": 10})
        assert ask(rule, {"targetingKey": user}).variant == "b"


@pytest.mark.parametrize("weight", ["many", 0.5, True, 2**31, 10**400])
def test_a_computed_weight_that_is_unusable_puts_nobody_in(weight: Any) -> None:
    rule = {"fractional": [["a", {"var": "w"}], ["b", 10]]}
    assert ask(rule, {"targetingKey": "u", "w": weight}).reason == "DEFAULT"


def test_an_arm_may_be_a_rule_of_its_own() -> None:
    rule = {"fractional": [[{"var": "colour"}, 1]]}
    assert ask(rule, {"targetingKey": "u", "colour": "c"}).variant == "c"
    assert ask(rule, {"targetingKey": "u"}).reason == "DEFAULT"
    assert ask(rule, {"targetingKey": "u", "colour": "mauve"}).error_code == "GENERAL"


def test_a_split_can_be_a_condition() -> None:
    rule = {"if": [{"fractional": [[False, 0], [True, 1]]}, "a", "b"]}
    assert ask(rule, {"targetingKey": "u"}).variant == "a"
    assert ask(rule, {}).variant == "b"


def test_a_true_arm_is_the_variant_of_that_name() -> None:
    assert ask({"fractional": [[True, 1]]}, {"targetingKey": "u"}).variant == "true"


@pytest.mark.parametrize("pinned", [0, 4, "2", True, 2.5])
def test_a_generation_that_flagd_never_had_is_refused(pinned: Any) -> None:
    with pytest.raises(DefinitionInvalid, match=r"metadata\.tminus\.fractional.*no generation"):
        compile_flags({"flags": {"f": {"state": "ENABLED", "variants": {"a": 1}, "metadata": {PIN: pinned}}}})


@pytest.mark.parametrize("weights", [[1], [50, 50], [25, 25, 25, 25], [1, 2, 3], [0, 7, 93], [1, 99_999], [33, 33, 34]])
def test_the_borders_of_the_first_generation_are_where_its_float_comparison_turns(weights: list[int]) -> None:
    end = 0.0
    for weight, bound in zip(weights, percent_bounds(weights), strict=True):
        end += 100 * weight / sum(weights)
        for value in (bound - 1, bound, bound + 1):
            assert value < 0 or (value < bound) == (value / (2**31 - 1) * 100 < end)


def test_what_rounding_leaves_over_in_the_first_generation_is_in_no_arm() -> None:
    flag = {
        "state": "ENABLED",
        "variants": {"a": 1, "rest": 0},
        "defaultVariant": "rest",
        "targeting": {"fractional": [{"var": "targetingKey"}, ["a", 1]]},
    }
    # The published preimages of the hashes 2^31 - 1 and 2^31, both of which are 100 % or more of the first's range.
    first, second = (compile_flags({"flags": {"f": flag}, "metadata": {PIN: number}}) for number in (1, 2))
    for user in ("SI7p-", "6LvT0"):
        assert first.evaluate("f", {"targetingKey": user}).variant == "rest"
        assert second.evaluate("f", {"targetingKey": user}).variant == "a"


def test_an_arm_may_be_computed_whole() -> None:
    merged = {"merge": [{"var": "colour"}, 1]}
    for rule in ({"fractional": [merged]}, {"fractional": [{"var": "email"}, merged]}):
        answer = ask(rule, {"targetingKey": "u", "colour": "b", "email": "e"})
        assert (answer.variant, answer.reason) == ("b", "SPLIT")
        assert ask(rule, {"colour": "b"}).reason == "DEFAULT"


def test_a_context_cannot_write_an_arm_into_a_split() -> None:
    rule = {"fractional": [{"var": "company"}, ["a", 1]]}
    assert ask(rule, {"targetingKey": "u", "company": ["b", 1_000_000]}).reason == "DEFAULT"
