"""Nobody moves who should stay: along a ramp, through restarts and re-imports, and between flags."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tminus.flags import FlagSet, compile_flags, experiment_flag, rollout_flag
from tminus.flags.generations import GENERATIONS, PIN

RAMP = [5, 15, 50, 100]
keys = st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"]), min_size=1, max_size=12)
users = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20), min_size=1, max_size=40)
weights = st.lists(st.integers(0, 1000), min_size=2, max_size=8).filter(lambda some: sum(some) > 0)
# What happens between two steps of a ramp and must change nothing for whoever is in.
happenings = st.sampled_from(["nothing", "a restart", "a re-import", "a rollback and a resume"])


def arms_of(count: int) -> dict[str, float]:
    """Shares of `count` arms in percent, with three decimals, summing to 100."""
    each = round(100 / count, 3)
    return {f"arm-{number}": each for number in range(1, count)} | {"arm-0": round(100 - each * (count - 1), 3)}


def served(definition: dict[str, Any], key: str, how: str) -> FlagSet:
    document = {"flags": {key: definition}}
    if how == "a re-import":
        document = json.loads(json.dumps(document, indent=2, sort_keys=False))
    flags = compile_flags(document)
    return compile_flags(document) if how == "a restart" else flags


def variants_of(flags: FlagSet, key: str, who: list[str]) -> dict[str, Any]:
    return {user: flags.evaluate(key, {"targetingKey": user}).variant for user in who}


@settings(deadline=None)
@given(keys, users, st.integers(2, 9), st.lists(happenings, min_size=4, max_size=4))
def test_whoever_has_an_arm_keeps_it_up_the_ramp_whatever_happens_between(
    key: str, who: list[str], count: int, between: list[str]
) -> None:
    arms = arms_of(count)
    variants: dict[str, Any] = {"base": 0} | {arm: number for number, arm in enumerate(arms, 1)}
    had: list[dict[str, Any]] = []
    for percent, how in zip(RAMP, between, strict=True):
        made = {"key": key, "variants": variants, "default": "base", "arms": arms, "percent": percent}
        if how == "a rollback and a resume":
            killed = variants_of(served(experiment_flag(**made, killed=True), key, how), key, who)
            assert set(killed.values()) == {"outside"}
        had.append(variants_of(served(experiment_flag(**made), key, how), key, who))
    for before, after in pairwise(had):
        assert all(after[user] == arm for user, arm in before.items() if arm != "outside")
    assert "outside" not in had[-1].values()


@settings(deadline=None)
@given(keys, users, st.lists(st.tuples(st.sampled_from(RAMP), happenings), min_size=1, max_size=6))
def test_whoever_is_in_at_a_step_is_in_at_every_step_as_wide(
    key: str, who: list[str], walk: list[tuple[int, str]]
) -> None:
    variants = {"on": True, "off": False}
    seen: list[tuple[int, set[str]]] = []
    for percent, how in walk:
        definition = rollout_flag(key=key, variants=variants, off="off", on="on", percent=percent)
        got = variants_of(served(definition, key, how), key, who)
        seen.append((percent, {user for user, variant in got.items() if variant == "on"}))
    assert all(narrow <= wide for low, narrow in seen for high, wide in seen if low <= high)


def arm_of(flags: FlagSet, user: str) -> Any:
    return flags.evaluate("f", {"targetingKey": user}).variant


def split_by(some: list[int], generation: int) -> FlagSet:
    arms = [[f"v{index}", weight] for index, weight in enumerate(some)]
    flag = {"state": "ENABLED", "variants": {arm[0]: 1 for arm in arms}, "targeting": {"fractional": arms}}
    return compile_flags({"flags": {"f": flag}, "metadata": {PIN: generation}})


@settings(deadline=None)
@given(weights, st.sampled_from(sorted(GENERATIONS)), users)
def test_weights_scaled_by_ten_move_nobody(some: list[int], generation: int, who: list[str]) -> None:
    before, after = split_by(some, generation), split_by([weight * 10 for weight in some], generation)
    assert [arm_of(before, user) for user in who] == [arm_of(after, user) for user in who]


@settings(max_examples=15, deadline=None)
@given(weights, st.sampled_from(sorted(GENERATIONS)), st.data())
def test_a_weight_off_by_one_moves_at_most_one_part_of_the_sum_at_each_border(
    some: list[int], generation: int, data: st.DataObject
) -> None:
    which = data.draw(st.integers(0, len(some) - 1))
    other = [weight + (index == which) for index, weight in enumerate(some)]
    before, after = split_by(some, generation), split_by(other, generation)
    who = [f"user-{number}" for number in range(4000)]
    moved = sum(arm_of(before, user) != arm_of(after, user) for user in who) / len(who)
    most = min(1.0, (len(some) - 1) / (sum(some) + 1))
    # Five standard deviations of a share that is at most `most`, and one user.
    assert moved <= most + 5 * (most * (1 - most) / len(who)) ** 0.5 + 1 / len(who)


@settings(deadline=None)
@given(st.text("ab12", min_size=3, max_size=12), st.data())
def test_flag_and_user_are_told_apart_wherever_the_border_between_them_is(text: str, data: st.DataObject) -> None:
    one, other = data.draw(st.lists(st.integers(1, len(text) - 1), min_size=2, max_size=2, unique=True))
    seen = []
    for cut in (one, other):
        key, head = text[:cut], text[cut:]
        definition = rollout_flag(key=key, variants={"on": True, "off": False}, off="off", on="on", percent=50)
        flags = compile_flags({"flags": {key: definition}})
        seen.append([flags.evaluate(key, {"targetingKey": f"{head}{tail}"}).variant for tail in range(64)])
    assert seen[0] != seen[1]


@pytest.mark.slow
@pytest.mark.parametrize(("one", "other"), [("profile", "checkout"), ("a1", "a12"), ("flag-1", "flag-2")])
def test_two_flags_are_independent_over_a_million_keys(one: str, other: str) -> None:
    """Pearson's chi-square of the 2 x 2 table, one degree of freedom; 23.9 is passed by chance once in a million."""
    million, shares = 1_000_000, {one: 30, other: 50}
    rolled = {
        key: rollout_flag(key=key, variants={"on": True, "off": False}, off="off", on="on", percent=percent)
        for key, percent in shares.items()
    }
    flags = compile_flags({"flags": rolled})
    table = Counter(
        (flags.evaluate(one, context).variant, flags.evaluate(other, context).variant)
        for context in ({"targetingKey": f"user-{number}"} for number in range(million))
    )
    rows = {left: sum(table[left, right] for right in ("on", "off")) for left in ("on", "off")}
    columns = {right: sum(table[left, right] for left in ("on", "off")) for right in ("on", "off")}
    square = sum(
        (table[left, right] - expected) ** 2 / expected
        for left in rows
        for right in columns
        if (expected := rows[left] * columns[right] / million)
    )
    assert square < 23.9
