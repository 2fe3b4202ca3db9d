"""What a ramp promises people: who is in stays in."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tminus.flags import FlagSet, compile_flags, rollout_flag

VARIANTS = {"on": True, "off": False}
USERS = [f"user-{number}" for number in range(20_000)]

percents = st.integers(0, 100_000).map(lambda thousandths: thousandths / 1000)
keys = st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"]), min_size=1, max_size=20)
users = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


def rollout(key: str, percent: float, **more: Any) -> FlagSet:
    definition = rollout_flag(key=key, variants=VARIANTS, off="off", on="on", percent=percent, **more)
    return compile_flags({"flags": {key: definition}})


def is_in(flags: FlagSet, key: str, user: str) -> bool:
    return flags.evaluate(key, {"targetingKey": user}).variant == "on"


def members(key: str, percent: float) -> set[str]:
    flags = rollout(key, percent)
    return {user for user in USERS if is_in(flags, key, user)}


@given(keys, st.lists(percents, min_size=2, max_size=8), st.lists(users, min_size=1, max_size=30))
def test_over_any_ramp_up_or_down_the_larger_share_holds_the_smaller(
    key: str, ramp: list[float], who: list[str]
) -> None:
    admitted = [(percent, {user for user in who if is_in(rollout(key, percent), key, user)}) for percent in ramp]
    for percent, some in admitted:
        for other, more in admitted:
            assert percent > other or some <= more


@given(keys, percents, st.lists(users, min_size=1, max_size=10), st.lists(users, max_size=5))
def test_a_kill_and_a_resume_bring_back_the_same_people(
    key: str, percent: float, who: list[str], team: list[str]
) -> None:
    before = [is_in(rollout(key, percent, always=team), key, user) for user in who]
    assert not any(is_in(rollout(key, percent, always=team, killed=True), key, user) for user in who)
    assert [is_in(rollout(key, percent, always=team), key, user) for user in who] == before


@settings(max_examples=15, deadline=None)
@given(keys, percents)
def test_the_realised_share_is_the_one_asked_for(key: str, percent: float) -> None:
    share = percent / 100
    # Five standard deviations, and a few people for shares that are nearly nothing or nearly all.
    allowed = 5 * math.sqrt(len(USERS) * share * (1 - share)) + 5
    assert abs(len(members(key, percent)) - share * len(USERS)) <= allowed


@settings(max_examples=10, deadline=None)
@given(keys, keys, st.integers(5, 95), st.integers(5, 95))
def test_two_flags_choose_their_people_independently(one: str, other: str, left: int, right: int) -> None:
    if one == other:
        return
    both = len(members(one, left) & members(other, right))
    share = left * right / 10_000
    assert abs(both - share * len(USERS)) <= 5 * math.sqrt(len(USERS) * share * (1 - share)) + 5
