"""Whatever users pay, in whatever order and however often it is delivered: sums and means are those of the definition."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tminus.plan.selector import Selector, parse_selector
from tminus.telemetry import Event, TelemetryStore, labels_of
from tminus.telemetry.model import VALUE_LABEL

NOW = 1_800_000_000.0
PAID, VISITED = Selector("paid"), Selector("visited")

amounts = st.integers(-10_000, 1_000_000).map(lambda cents: cents / 100)
happenings = st.lists(
    st.tuples(
        st.sampled_from(["paid", "paid", "items", "visited", "wordless"]),
        st.integers(0, 5),  # the user; 0 is nobody
        st.integers(0, 20),  # when
        amounts,
    ),
    max_size=30,
)


def event(number: int, kind: str, user: int, at: int, amount: float) -> Event:
    name = "visited" if kind == "visited" else "paid"
    member = {"paid": "amount", "items": "items"}.get(kind)
    labels = {VALUE_LABEL: member} if member else {}
    if kind == "visited":
        labels = {"variant": "ab"[user % 2]}
    subject = f"user-{user}" if user else ""
    return Event(
        str(number), "shop", name, NOW + at, subject, labels_of(labels), value=amount if member else None
    )  # fmt: skip


def near(value: float) -> Any:
    return pytest.approx(value, rel=1e-12, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(happenings, st.integers(0, 20), st.integers(0, 20), st.integers(0, 2**32))
def test_sums_and_means_are_those_one_adds_up_by_hand(happened, start, length, seed):
    chance, end = random.Random(seed), start + length
    delivered = [event(number, *one) for number, one in enumerate(happened)]
    again = [one for one in delivered if chance.random() < 0.4]
    arriving = chance.sample([*delivered, *again], len(delivered) + len(again))
    store = TelemetryStore(None, clock=lambda: NOW)
    try:
        for one in arriving:
            store.offer([one])
        store.flush()
        window = NOW + start, NOW + end
        total = store.sum_values(PAID, "amount", *window)
        payers = store.mean_value(PAID, "amount", None, *window)
        visitors = store.mean_value(PAID, "amount", VISITED, *window)
        arms = store.outcomes(
            parse_selector('visited{variant=~"a|b"}'), None, PAID,
            label="variant", since=NOW + start, until=NOW + end, member="amount",
        ).arms  # fmt: skip
    finally:
        store.close()
    inside = [one for one in happened if start < one[2] <= end]
    bought = [(user, amount) for kind, user, _, amount in inside if kind == "paid"]
    assert total.value == near(math.fsum(amount for _, amount in bought))
    assert_mean(payers, {user for user, _ in bought if user}, bought)
    assert_mean(visitors, {user for kind, user, _, _ in inside if kind == "visited" and user}, bought)
    assert {name: (one.users, near(one.total), near(one.squares)) for name, one in arms.items()} == by_arm(
        happened, start, end
    )


def assert_mean(found: Any, users: set[int], bought: list[tuple[int, float]]) -> None:
    assert found.rows == len(users)
    if users:
        assert found.value == near(math.fsum(amount for user, amount in bought if user in users) / len(users))
    else:
        assert found.value is None


def by_arm(happened: list[Any], start: int, end: int) -> dict[str, tuple[int, float, float]]:
    """arm -> (users, sum, sum of squares) of what each paid from the visit on; here both ends of the time belong to it."""
    began: dict[int, int] = {}
    for kind, user, at, _ in happened:
        if kind == "visited" and user and start <= at <= end:
            began[user] = min(at, began.get(user, at))
    paid: dict[str, list[float]] = {}
    for user, since in began.items():
        own = [amount for kind, one, at, amount in happened if kind == "paid" and one == user and since <= at <= end]
        paid.setdefault("ab"[user % 2], []).append(math.fsum(own))
    return {arm: (len(some), math.fsum(some), math.fsum(one * one for one in some)) for arm, some in paid.items()}
