from __future__ import annotations

from typing import Any

import pytest

from tminus.flags import compile_flags, experiment_flag, rollout_flag
from tminus.flags.generations import PIN
from tminus.flags.moves import CODE_DEFAULT, moved

VARIANTS = {"on": True, "off": False}


def rolled(percent: float, **more: Any) -> dict[str, Any]:
    return document(rollout_flag(key="f", variants=VARIANTS, off="off", on="on", percent=percent, **more))


def document(flag: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"flags": {"f": flag}} | more


def split(*arms: Any, **more: Any) -> dict[str, Any]:
    flag = {"state": "ENABLED", "variants": {"a": 1, "b": 2, "c": 3}, "defaultVariant": "a"}
    return document(flag | {"targeting": {"fractional": list(arms)}}, **more)


def test_the_same_definition_moves_nobody_however_it_is_written() -> None:
    assert moved(split(["a", 1], ["b", 1]), split(["a", 50], ["b", 50])) == ()
    assert moved(rolled(5), rolled(5)) == ()


@pytest.mark.parametrize(
    ("before", "after", "pair", "share"),
    [
        (rolled(5), rolled(8.1), ("off", "on"), 0.031),
        (rolled(50), rolled(15, always=["ann"]), ("on", "off"), 0.35),
        (rolled(0), rolled(5), ("off", "on"), 0.05),
        (rolled(100), rolled(5), ("on", "off"), 0.95),
        (rolled(5), rolled(5, killed=True), ("on", "off"), 0.05),
        (split(["a", 1], ["b", 1]), split(["a", 1], ["b", 3]), ("a", "b"), 0.25),
    ],
)
def test_a_split_on_the_same_hash_is_reckoned_exactly(
    before: dict[str, Any], after: dict[str, Any], pair: tuple[str, str], share: float
) -> None:
    (move,) = moved(before, after)
    assert move.exact
    assert [found for found, _ in move.pairs] == [pair]
    assert move.share == pytest.approx(share, abs=1e-8)


def test_the_sentence_says_how_many_and_from_where_to_where() -> None:
    (move,) = moved(rolled(5), rolled(8.1))
    assert move.words == "f: this moves 3.1 % of users (3.1 % from off to on)"


def test_arms_in_another_order_move_whoever_is_between_their_borders() -> None:
    (move,) = moved(split(["a", 30], ["b", 70]), split(["b", 70], ["a", 30]))
    assert move.share == pytest.approx(0.6)
    assert dict(move.pairs) == {("a", "b"): pytest.approx(0.3), ("b", "a"): pytest.approx(0.3)}


@pytest.mark.parametrize(
    "after",
    [
        split(["a", 1], ["b", 1], metadata={PIN: 3}),
        split({"cat": ["salt", {"var": "targetingKey"}]}, ["a", 1], ["b", 1]),
    ],
)
def test_other_dice_draw_everybody_anew_and_are_sampled(after: dict[str, Any]) -> None:
    (move,) = moved(split(["a", 1], ["b", 1]), after)
    assert not move.exact
    assert move.share == pytest.approx(0.5, abs=0.03)
    assert "this moves about" in move.words


def test_the_exact_share_is_the_one_that_users_see() -> None:
    for generation in (1, 2, 3):
        pin = {"metadata": {PIN: generation}}
        before, after = split(["a", 2], ["b", 3], ["c", 5], **pin), split(["a", 3], ["b", 3], ["c", 5], **pin)
        (move,) = moved(before, after)
        one, other = compile_flags(before), compile_flags(after)
        contexts = [{"targetingKey": f"u{number}"} for number in range(20_000)]
        seen = sum(one.evaluate("f", who).variant != other.evaluate("f", who).variant for who in contexts)
        assert move.share == pytest.approx(seen / len(contexts), abs=0.02)


def test_users_named_in_a_definition_are_named_when_they_move() -> None:
    (move,) = moved(rolled(5, always=["ann", "bob"]), rolled(5, always=["bob", "u1", "zoe"]))
    assert move.share == 0
    assert set(move.named) <= {"ann", "u1", "zoe"}
    assert len(move.named) >= 2
    assert "ann" in move.words


def test_a_rule_on_an_attribute_is_asked_with_the_values_that_it_names() -> None:
    (move,) = moved(rolled(50, countries=("CA",)), rolled(50, countries=("CA", "US")))
    assert not move.exact
    assert [pair for pair, _ in move.pairs] == [("off", "on")]
    assert 0.05 < move.share < 0.4


def test_raising_an_experiments_share_changes_nobodys_arm() -> None:
    made = {"key": "f", "variants": {"a": 1, "b": 2}, "default": "a", "arms": {"a": 50.0, "b": 50.0}}
    (move,) = moved(*(document(experiment_flag(**made, percent=percent)) for percent in (20, 40)))
    assert {pair for pair, _ in move.pairs} == {("outside", "a"), ("outside", "b")}
    assert move.share == pytest.approx(0.2, abs=0.02)


def test_the_users_of_a_file_are_counted_one_by_one() -> None:
    users = [{"targetingKey": f"user-{number}"} for number in range(100)]
    (move,) = moved(rolled(5), rolled(100), users)
    was_on = [compile_flags(rolled(5)).evaluate("f", user).variant for user in users].count("on")
    assert move.share == (100 - was_on) / 100


def test_a_flag_that_is_switched_off_leaves_everybody_to_the_code() -> None:
    off = document({**rolled(5)["flags"]["f"], "state": "DISABLED"})
    (move,) = moved(rolled(5), off)
    assert move.share == pytest.approx(1)
    assert {after for (_, after), _ in move.pairs} == {CODE_DEFAULT}


def test_flags_that_come_or_go_move_nobody() -> None:
    assert moved({"flags": {}}, rolled(5)) == moved(rolled(5), {"flags": {}}) == ()


def by_company(percent: int, attribute: str = "company") -> dict[str, Any]:
    return {
        "flags": {
            "f": rollout_flag(
                key="f", variants={"on": 1, "off": 0}, off="off", on="on", percent=percent, unit=attribute
            )
        }
    }


@pytest.mark.parametrize("attribute", ["company", "org.id"])
def test_who_moves_is_found_where_the_dice_are_thrown_for_an_attribute(attribute: str) -> None:
    (move,) = moved(by_company(5, attribute), by_company(50, attribute))
    assert move.share == pytest.approx(0.45, abs=0.03)


def test_dice_for_another_attribute_draw_everybody_anew() -> None:
    (move,) = moved(by_company(50), by_company(50, "team"))
    assert move.share == pytest.approx(0.5, abs=0.03)


def test_an_attribute_that_is_hashed_and_compared_has_both_kinds_of_values() -> None:
    def ruled(percent: int) -> dict[str, Any]:
        (flag,) = by_company(percent)["flags"].values()
        first = {"==": [{"var": "company"}, "acme"]}
        return {"flags": {"f": flag | {"targeting": {"if": [first, "on", *flag["targeting"]["if"]]}}}}

    (move,) = moved(ruled(5), ruled(95))
    assert move.share == pytest.approx(0.45, abs=0.03)


def test_dice_that_a_shared_rule_names_are_found_too() -> None:
    def shared(percent: int) -> dict[str, Any]:
        split = {"fractional": [{"$ref": "dice"}, ["on", percent], ["off", 100 - percent]]}
        flag = {"state": "ENABLED", "variants": {"on": 1, "off": 0}, "defaultVariant": "off"}
        dice = {"cat": ["salt", {"var": "company"}]}
        ruled = flag | {"targeting": {"if": [{"var": "company"}, split]}}
        return {"flags": {"f": ruled}, "$evaluators": {"dice": dice}}

    (move,) = moved(shared(5), shared(50))
    assert move.share == pytest.approx(0.45, abs=0.03)
