"""Prices, shares, numbers of people, escalation times, recovery goals, severities and how often."""

from __future__ import annotations

import math

import pytest

from tminus.importer.phrases import (
    read_costs,
    read_every,
    read_minutes,
    read_people,
    read_recovery,
    read_severity,
    read_share,
    read_shares,
)

# title, low, high, open end, currency, times, per
COSTS = {
    "Supabase Pro: $149/mo × 3": ("Supabase Pro", 149, 149, False, "$", 3, "month"),
    "$12-50/month": ("", 12, 50, False, "$", 1, "month"),
    "Free-$200": ("", 0, 200, False, "$", 1, ""),
    "$25-200+": ("", 25, 200, True, "$", 1, ""),
    "$2,000": ("", 2000, 2000, False, "$", 1, ""),
    "€ 1.500 pro Monat": ("", 1500, 1500, False, "€", 1, "month"),
    "10k USD": ("", 10000, 10000, False, "$", 1, ""),
    "Paid ads: $1,500": ("Paid ads", 1500, 1500, False, "$", 1, ""),
    "Hosting 20 € monatlich": ("Hosting", 20, 20, False, "€", 1, "month"),
    "$5-10k": ("", 5000, 10000, False, "$", 1, ""),
    "$149/mo × 3 = $447": ("", 149, 149, False, "$", 3, "month"),
    "Bicicletas: R$ 18.000": ("Bicicletas", 18000, 18000, False, "R$", 1, ""),
    "BRL 1.500": ("", 1500, 1500, False, "R$", 1, ""),
    "CHF 1’500.–": ("", 1500, 1500, False, "CHF", 1, ""),
    "Druck: 300,-- €": ("Druck", 300, 300, False, "€", 1, ""),
    "Strom ca. 300 € pro Monat": ("Strom", 300, 300, False, "€", 1, "month"),
    "€1,5k": ("", 1500, 1500, False, "€", 1, ""),
    "Hosting ≈ $200/mo": ("Hosting", 200, 200, False, "$", 1, "month"),
    "Analytics: Free": ("Analytics", 0, 0, False, "", 1, ""),
}


@pytest.mark.parametrize("text", COSTS)
def test_a_price_is_read_with_what_it_is_for(text: str) -> None:
    (cost,) = read_costs(text, 3)
    told = (cost.title, cost.low, cost.high, cost.open_end, cost.currency, cost.times, cost.per)
    assert (cost.line, told) == (3, COSTS[text])


def test_a_total_is_told_from_a_line() -> None:
    assert [cost.kind for cost in read_costs("Total: $10,000", 1) + read_costs("Reserve: $3,000", 1)] == [
        "total",
        "line",
    ]


@pytest.mark.parametrize("text", ["Launch discount (20% off)", "3 servers", "", "TBD"])
def test_what_names_no_price_costs_nothing(text: str) -> None:
    assert read_costs(text, 1) == []


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("5 -> 15 -> 50 -> 100 %", [0.05, 0.15, 0.5, 1.0]),
        ("5% → 25% → 100%", [0.05, 0.25, 1.0]),
        ("10/25/50/100%", [0.1, 0.25, 0.5, 1.0]),
        ("1 %, 10 %, dann 50 %", [0.01, 0.1, 0.5]),
        ("10, 25, 50 and 100 percent", [0.1, 0.25, 0.5, 1.0]),
        ("Week 1: Internal Beta (5% of users)", [0.05]),
        ("Day 1, 10%", [0.1]),
        ("%5, %25", [0.05, 0.25]),
        ("1000%", []),
        ("3 servers", []),
    ],
)
def test_shares_are_fractions_in_the_order_of_the_line(text: str, shares: list[float]) -> None:
    assert read_shares(text) == pytest.approx(shares)
    assert read_share(text) == (pytest.approx(shares[0]) if shares else None)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("(50-100 users)", (50, 100)),
        ("5000+ users", (5000, math.inf)),
        ("10-20 coaches", (10, 20)),
        ("first 100 customers", (100, 100)),
        ("up to 500 Nutzer", (0, 500)),
        ("All employees", None),
        ("50% of users", None),
    ],
)
def test_people_are_counted_from_fewest_to_most(text: str, people: tuple[float, float] | None) -> None:
    assert read_people(text) == people


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("0-5 min", (0, 5)),
        ("5–15 min", (5, 15)),
        ("30+ min", (30, None)),
        ("after 15 minutes", (15, None)),
        ("> 1 hour", (60, None)),
        ("within 5 minutes", (0, 5)),
        ("15 min - 1 hour", (15, 60)),
        ("T+30", (30, None)),
        ("Immediate", (0, None)),
        ("Level 1: Support team", None),
    ],
)
def test_an_escalation_is_told_in_minutes(text: str, minutes: tuple[float, float | None] | None) -> None:
    assert read_minutes(text) == minutes


@pytest.mark.parametrize(
    ("text", "goals"),
    [
        ("4 hours RTO, 1 hour RPO", ("4h", "1h")),
        ("RTO/RPO Targets: 4 hours RTO, 1 hour RPO", ("4h", "1h")),
        ("RTO: 4h / RPO: 15 min", ("4h", "15m")),
        ("RTO/RPO: 4h/1h", ("4h", "1h")),
        ("RPO < 1 hour", ("", "1h")),
        ("Recovery Time Objective: 2 hours", ("2h", "")),
        ("Restore within 4 hours", ("", "")),
        ("RPO 0, RTO 20 min.", ("20m", "0s")),
        ("RPO: none", ("", "0s")),
        ("RPO 0.5 h", ("", "0.5h")),
    ],
)
def test_recovery_goals_are_told_apart_by_their_names(text: str, goals: tuple[str, str]) -> None:
    assert read_recovery(text) == goals


@pytest.mark.parametrize(
    ("text", "severity"),
    [("Critical", "critical"), ("P1", "critical"), ("SEV1", "critical"), ("SEV-2", "high"), ("Warning", "medium"),
     ("High Priority", "high"), ("kritisch", "critical"), ("niedrig", "low"), ("Info", "info"), ("Errorless", "")],
)  # fmt: skip
def test_a_severity_is_one_of_five(text: str, severity: str) -> None:
    assert read_severity(text) == severity


@pytest.mark.parametrize(
    ("text", "every"),
    [("Daily", "day"), ("weekly review", "week"), ("täglich", "day"), ("hebdomadaire", "week"), ("every month", "month"),
     ("tous les jours", "day"), ("Quarterly", "quarter"), ("her hafta", "week"), ("Friday", "")],
)  # fmt: skip
def test_how_often_is_one_of_five_periods(text: str, every: str) -> None:
    assert read_every(text) == every


def test_a_price_that_comes_again_has_its_own_place() -> None:
    assert [read_costs("Hosting: $20", line)[0].line for line in (3, 8)] == [3, 8]
