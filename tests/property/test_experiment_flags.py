"""Experiments as flags: raising the percentage moves nobody between arms, and the arms have what the plan says."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tminus.errors import TminusError
from tminus.flags import FlagSet, compile_flags, experiment_flag

VARIANTS = {"plain": 0, "green": 1, "big": 2}
ARMS = {"plain": 50.0, "green": 25.0, "big": 25.0}
USERS = [f"user-{number}" for number in range(20_000)]


def flags(percent: float, key: str = "button", **more: object) -> FlagSet:
    definition = experiment_flag(
        **{"key": key, "variants": VARIANTS, "default": "plain", "arms": ARMS, "percent": percent, **more}  # type: ignore[arg-type]
    )
    return compile_flags({"flags": {key: definition}})


def variants(found: FlagSet, users: list[str], key: str = "button") -> dict[str, str | None]:
    return {user: found.evaluate(key, {"targetingKey": user}).variant for user in users}


def test_twenty_thousand_users_stay_in_their_arms_while_the_experiment_grows() -> None:
    seen = [variants(flags(percent), USERS) for percent in (5, 20, 60, 100)]
    for before, after in pairwise(seen):
        assert [user for user in USERS if before[user] not in ("outside", after[user])] == []
    assert [round(sum(v != "outside" for v in one.values()) / len(USERS), 2) for one in seen] == [0.05, 0.2, 0.6, 1.0]


def test_the_arms_have_their_shares_of_those_who_are_in_at_any_percentage() -> None:
    for percent in (20, 100):
        counts = Counter(variants(flags(percent), USERS).values())
        inside = sum(count for name, count in counts.items() if name != "outside")
        assert {name: round(counts[name] / inside, 2) for name in ARMS} == pytest.approx(
            {"plain": 0.5, "green": 0.25, "big": 0.25}, abs=0.015
        )


def test_who_is_in_one_experiment_says_nothing_of_the_arm_in_another() -> None:
    one, other = variants(flags(100), USERS), variants(flags(100, key="layout"), USERS, "layout")
    both = sum(one[user] == "green" and other[user] == "green" for user in USERS)
    assert both / len(USERS) == pytest.approx(1 / 16, abs=0.006)


@given(st.lists(st.integers(0, 100_000), min_size=2, max_size=6), st.integers(0, 10**9))
@settings(max_examples=60, deadline=None)
def test_no_way_up_and_down_ever_shows_a_user_two_arms(thousandths: list[int], first: int) -> None:
    users = [f"u{number}" for number in range(first, first + 40)]
    met: dict[str, set[str | None]] = {user: set() for user in users}
    for weight in thousandths:
        for user, variant in variants(flags(weight / 1000), users).items():
            met[user].add(variant)
    assert all(len(arms - {"outside"}) <= 1 for arms in met.values())


def test_who_is_outside_has_the_value_of_the_default_under_a_name_of_its_own() -> None:
    for found in (flags(0), flags(100, killed=True), flags(20)):
        one = found.evaluate("button", {"targetingKey": ""})
        assert (one.variant, one.value) == ("outside", 0)


def test_an_arm_that_is_called_outside_is_told_from_those_who_are() -> None:
    arms = {"outside": 50.0, "b": 50.0}
    found = flags(0, variants={"outside": 1, "b": 2}, default="b", arms=arms)
    assert found.evaluate("button", {"targetingKey": "u"}).variant == "outside-"


@pytest.mark.parametrize(
    "wrong", [{"arms": {"plain": 50.0, "green": 25.0}}, {"arms": {"plain": 50.0, "blue": 50.0}}, {"percent": 101.0}]
)
def test_a_definition_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(TminusError):
        flags(**{"percent": 5.0, **wrong})  # type: ignore[arg-type]


def test_the_order_in_which_the_arms_are_written_means_nothing() -> None:
    turned = dict(reversed(ARMS.items()))
    assert variants(flags(60), USERS[:500]) == variants(flags(60, arms=turned), USERS[:500])
