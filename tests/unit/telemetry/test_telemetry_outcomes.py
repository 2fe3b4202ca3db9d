"""How the users of an experiment fared, arm by arm: the first arm counts, and only users whose time is over."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tminus.plan.selector import parse_selector
from tminus.telemetry import ArmSums
from tminus.telemetry.outcomes import BEFORE_SECONDS

NOW = 1_800_000_000.0
OPENED, BOUGHT = parse_selector('opened{variant=~"a|b"}'), parse_selector("bought")


def ask(store: Any, until: float = 1000.0, within: float | None = None, base: str = "", since: float = 0.0) -> Any:
    store.flush()
    return store.outcomes(
        OPENED,
        parse_selector(base) if base else None,
        BOUGHT,
        label="variant",
        since=NOW + since,
        until=NOW + until,
        within_seconds=within,
    )


def sums(users: int, hits: int, total: float, squares: float, *x: float) -> ArmSums:
    return ArmSums(users, hits, total, squares, *(x or (0.0, 0.0, 0.0)))


def test_a_user_belongs_to_the_arm_of_the_first_event_and_is_counted_in_both(store, rows):
    store.offer([rows.event("opened", "u", 5, variant="b"), rows.event("opened", "u", 3, variant="a")])
    store.offer([rows.event("bought", "u", 9), rows.event("opened", "v", 1, variant="b")])
    found = ask(store)
    assert found.arms == {"a": sums(1, 1, 1, 1), "b": sums(1, 0, 0, 0)}
    assert (found.met, found.both, found.newest) == (2, 1, NOW + 5)


def test_a_variant_that_is_no_arm_and_an_event_of_nobody_are_not_there(store, rows):
    store.offer([rows.event("opened", "u", 1, variant="outside"), rows.event("opened", "", 1, variant="a")])
    store.offer([rows.event("opened", "w", 1)])
    found = ask(store)
    assert (found.arms, found.met) == ({}, 0)


def test_what_a_user_did_before_meeting_the_arm_is_no_outcome(store, rows):
    store.offer([rows.event("bought", "u", 1), rows.event("opened", "u", 2, variant="a"), rows.event("bought", "u", 2)])
    assert ask(store).arms == {"a": sums(1, 1, 1, 1)}


@pytest.mark.parametrize(("until", "expected"), [(99.0, {}), (100.0, {"a": sums(1, 1, 1, 1)})])
def test_a_user_counts_when_the_time_allowed_is_over_and_only_what_came_in_time(store, rows, until, expected):
    store.offer(
        [rows.event("opened", "u", 0, variant="a"), rows.event("bought", "u", 50), rows.event("bought", "u", 101)]
    )
    assert ask(store, until, within=100.0).arms == expected


def test_the_time_of_a_metric_with_a_beginning_of_its_own_starts_there(store, rows):
    store.offer([rows.event("opened", "u", 0, variant="a"), rows.event("opened", "v", 0, variant="a")])
    store.offer([rows.event("basket", "u", 60), rows.event("bought", "u", 10), rows.event("bought", "u", 70)])
    assert ask(store, within=100.0, base="basket").arms == {"a": sums(1, 1, 1, 1)}
    assert ask(store, until=120.0, within=100.0, base="basket").arms == {}


def test_what_users_did_in_the_week_before_is_the_covariate(store, rows):
    for user, before, after in (("u", 2, 3), ("v", 0, 1), ("w", 1, 0)):
        store.offer([rows.event("opened", user, 1, variant="a")])
        store.offer([rows.event("bought", user, -100 - n) for n in range(before)])
        store.offer([rows.event("bought", user, 10 + n) for n in range(after)])
    store.offer([rows.event("bought", "u", -BEFORE_SECONDS - 1)])
    assert ask(store).arms == {"a": sums(3, 2, 4, 10, 3, 5, 6)}


def test_a_redelivered_event_counts_once(store, rows):
    again = rows.event("bought", "u", 3, id="same")
    store.offer([rows.event("opened", "u", 1, variant="a"), again])
    store.flush()
    store.offer([again])
    assert ask(store).arms["a"].total == 1


@pytest.mark.parametrize("seed", range(12))
def test_the_sums_are_those_that_one_counts_by_hand(store, rows, seed):
    chance = random.Random(seed)
    events = []
    for user in range(40):
        for _ in range(chance.randrange(8)):
            kind, at = chance.choice(["opened", "bought", "basket"]), float(chance.randrange(-300, 400))
            events.append((kind, f"u{user}", at, chance.choice("aabc") if kind == "opened" else ""))
    shuffled = chance.sample(events, len(events))
    store.offer([rows.event(k, u, at, **({"variant": arm} if arm else {})) for k, u, at, arm in shuffled])
    within, base = chance.choice([None, 50.0, 150.0]), chance.choice(["", "basket"])
    until = float(chance.randrange(100, 400))
    met = {u for k, u, at, arm in events if k == "opened" and arm in "ab" and 0 <= at <= until}
    alone = {u: {arm for k, v, at, arm in events if v == u and arm and arm in "ab" and 0 <= at <= until} for u in met}
    found = ask(store, until, within, base)
    # Two arms at one moment are told apart by arrival, which the reference does not know.
    tied = {u for u in met if len(first_arms(events, u, until)) > 1}
    assert (found.met, found.both) == (len(met), sum(len(arms) > 1 for arms in alone.values()))
    if not tied:
        assert found.arms == by_hand(events, until, within, base)


def first_arms(events: list[Any], user: str, until: float) -> set[str]:
    shown = [(at, arm) for k, u, at, arm in events if u == user and k == "opened" and arm in "ab" and 0 <= at <= until]
    return {arm for at, arm in shown if at == min(shown)[0]}


def by_hand(events: list[Any], until: float, within: float | None, base: str) -> dict[str, ArmSums]:
    found: dict[str, list[tuple[int, int]]] = {}
    for user in {u for _, u, _, _ in events}:
        own = [(k, at, arm) for k, u, at, arm in events if u == user and at <= until]
        shown = sorted((at, arm) for k, at, arm in own if k == "opened" and arm in "ab" and at >= 0)
        if not shown:
            continue
        began = shown[0][0]
        if base:
            starts = [at for k, at, _ in own if k == base and at >= began]
            if not starts:
                continue
            began = min(starts)
        end = until if within is None else began + within
        if end > until:
            continue
        y = sum(k == "bought" and began <= at <= end for k, at, _ in own)
        x = sum(k == "bought" and at < 0 for k, at, _ in own)
        found.setdefault(shown[0][1], []).append((y, x))
    return {
        arm: ArmSums(
            len(users),
            sum(y > 0 for y, _ in users),
            *(float(sum(f(y, x) for y, x in users)) for f in SUMS),
        )
        for arm, users in found.items()
    }


SUMS = (
    lambda y, x: y,
    lambda y, x: y * y,
    lambda y, x: x,
    lambda y, x: x * x,
    lambda y, x: x * y,
)
