"""Costs as budgets name them."""

from __future__ import annotations

import pytest

from tminus.plan.money import parse_cost


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("$149", (149, 149, "$", False)),
        ("€20..50", (20, 50, "€", False)),
        ("500 CHF", (500, 500, "CHF", False)),
        ("free..$200", (0, 200, "$", False)),
        ("$25..200+", (25, 200, "$", True)),
        ("$1,827", (1827, 1827, "$", False)),
        ("$1.5k", (1500, 1500, "$", False)),
        ("free", (0, 0, "", False)),
        ("$10..$20", (10, 20, "$", False)),
    ],
)
def test_an_amount_or_the_lowest_and_the_highest_is_read(text: str, read: tuple[float, float, str, bool]) -> None:
    cost = parse_cost(text)
    assert (cost.low, cost.high, cost.currency, cost.open_end) == read
    assert str(cost) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("149", "has no currency"),
        ("$20..€50", "two currencies"),
        ("$50..20", "from the lower to the higher"),
        ("$..", "is no value"),
        ("", "is no value"),
        ("5%", "is no cost"),
        ("10ms", "is no cost"),
        ("$" * 100_000, "is no value"),
    ],
)
def test_anything_else_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as raised:
        parse_cost(text)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 200
