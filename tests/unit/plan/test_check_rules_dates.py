"""Dates, zones, proofs and sums: what the rules find, and on what they stay silent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tminus.errors import Problem
from tminus.plan.reading import examine_texts

Codes = Callable[[str], list[str]]
Check = Callable[[str], tuple[Problem, ...]]


def told(at: str) -> str:
    return f"announcements: {{ live: {{ title: It is live, at: {at} }} }}\n"


def test_dates_in_a_plan_without_a_timezone_are_found(base: str, codes: Codes) -> None:
    nowhere = base.replace("timezone: Europe/Zurich\n", "")
    assert nowhere != base
    for text in (told("Monday 09:00"), told("2026-03-02T09:00"), "starts: 2026-03-02T09:00\n"):
        assert [one.code for one in examine_texts({"a": nowhere, "b": text})[1]] == ["no-timezone"]
        assert codes(text) == []
    for text in (told("Monday 09:00 UTC"), told("+3d"), "title: No dates at all"):
        assert [one.code for one in examine_texts({"a": nowhere, "b": text})[1]] == []


@pytest.mark.parametrize(
    ("zone", "start", "at", "ambiguous"),
    [
        ("America/New_York", "2026-07-06T09:00", "Monday 09:00 EST", True),
        ("America/New_York", "2026-01-12T09:00", "Monday 09:00 EST", False),
        ("America/New_York", "2026-07-06T09:00", "Monday 09:00 EDT", False),
        ("America/New_York", None, "Monday 09:00 EST", True),
        ("Europe/Zurich", "2026-07-06T09:00", "Monday 09:00 CET", True),
        ("Europe/Zurich", "2026-07-06T09:00", "Monday 09:00 CEST", False),
        ("Europe/Zurich", "2026-07-06T09:00", "Monday 09:00 America/New_York", False),
        ("Europe/Zurich", None, "Monday 09:00 UTC", False),
        ("Europe/Zurich", None, "Monday 09:00 GMT", False),
        ("Europe/Zurich", None, "Monday 09:00 JST", False),
        ("Asia/Kolkata", None, "Monday 09:00 IST", False),
        ("America/Phoenix", None, "Monday 09:00 MST", False),  # where the clocks never change
        ("Asia/Shanghai", None, "Monday 09:00 CST", True),  # it would be Chicago's
        ("Europe/Istanbul", None, "Monday 09:00 TRT", False),
    ],
)
def test_a_zone_is_ambiguous_where_people_mean_another_time(
    zone: str, start: str | None, at: str, ambiguous: bool, codes: Codes
) -> None:
    starts = f"starts: {start}\n" if start else ""
    assert codes(f"timezone: {zone}\n{starts}{told(at)}") == (["ambiguous-zone"] if ambiguous else [])


@pytest.mark.parametrize(
    "fragment",
    [
        # Stages longer than the phase
        "phases:\n  - id: a\n    lasts: 1w..2w\n    go: [lead]\n"
        "    rollout: { flag: checkout, guards: [errors], stages: [{ to: 5%, for: 1w }, { to: 25%, for: 8d }] }",
        # A phase before the launch, before the phase before it, before that one can be over
        "starts: 2026-03-02T09:00\nphases: [{ id: a, starts: 2026-03-01T09:00, go: [lead] }]",
        "phases: [{ id: a, starts: 2026-03-08T09:00, go: [lead] }, { id: b, starts: 2026-03-02T09:00, go: [lead] }]",
        "starts: 2026-03-02T09:00\n"
        "phases: [{ id: a, lasts: 2w..3w, go: [lead] }, { id: b, starts: 2026-03-09T09:00, go: [lead] }]",
        # A stage before the one before it has baked
        "phases:\n  - id: a\n    go: [lead]\n    rollout:\n      flag: checkout\n      guards: [errors]\n      stages:\n"
        "        - { to: 5%, for: 1w, starts: 2026-03-02T09:00 }\n        - { to: 25%, for: 1w, starts: 2026-03-05T09:00 }",
    ],
)
def test_dates_that_cannot_all_be_kept_are_found(fragment: str, codes: Codes) -> None:
    assert codes(fragment) == ["dates-contradict"]


@pytest.mark.parametrize(
    "fragment",
    [
        "phases:\n  - id: a\n    lasts: 1w..2w\n    go: [lead]\n"
        "    rollout: { flag: checkout, guards: [errors], stages: [{ to: 5%, for: 1w }, { to: 25%, for: 7d }] }",
        "starts: 2026-03-02T09:00\nphases: [{ id: a, starts: 2026-03-02T09:00, go: [lead] }]",
        "starts: 2026-03-02T09:00\n"
        "phases: [{ id: a, lasts: 1w..3w, go: [lead] }, { id: b, starts: 2026-03-09T09:00, go: [lead] }]",
        "starts: 2026-03-02T09:00\nphases: [{ id: a, lasts: 1w, go: [lead] }, { id: b, starts: +3d, go: [lead] }]",
        "starts: 9999-12-31T23:00\nphases: [{ id: a, lasts: 3w, go: [lead] }, { id: b, lasts: 1w, go: [lead] }]",
        "phases:\n  - id: a\n    go: [lead]\n    rollout:\n      flag: checkout\n      guards: [errors]\n      stages:\n"
        "        - { to: 5%, for: 1w, starts: 2026-03-02T09:00 }\n        - { to: 25%, for: 1w, starts: Monday 09:00 }\n"
        "        - { to: 50%, for: 1w, starts: 2026-03-16T09:00 }",
    ],
)
def test_dates_that_can_be_kept_are_no_finding(fragment: str, codes: Codes) -> None:
    assert codes(fragment) == []


@pytest.mark.parametrize(
    ("start", "done", "stale"),
    [
        ("starts: 2026-03-02T09:00\n", ", done-on: 2026-01-01T09:00", True),
        ("starts: 2026-03-02T09:00\n", ", done-on: 2026-01-31T09:00", False),  # thirty days to the hour
        ("starts: 2026-03-02T09:00\n", ", done-on: 2026-03-05T09:00", False),
        ("starts: 2026-03-02T09:00\n", "", False),
        ("", ", done-on: 2020-01-01T09:00", False),  # nobody says when the launch is
    ],
)
def test_a_proof_is_stale_when_it_is_older_than_allowed_at_the_launch(
    start: str, done: str, stale: bool, codes: Codes
) -> None:
    task = f"{{ do: Drill, owner: lead, proof: {{ sign-off: support, age: 30d }}{done} }}"
    assert codes(f"{start}phases: [{{ id: a, tasks: [{task}], go: [support] }}]") == (["stale-proof"] if stale else [])


INFRASTRUCTURE = [("Database", "$149"), ("Hosting", "$60"), ("CDN", "$200"), ("Monitoring", "$200")]


def budget(stated: str, lines: list[tuple[str, str]], more: str = "") -> str:
    written = "".join(f"    - {{ group: A, title: {title}, cost: '{cost}'{more} }}\n" for title, cost in lines)
    return f"budget:\n  groups: {{ A: '{stated}' }}\n  lines:\n{written}"


def test_a_group_whose_lines_come_to_less_is_found_with_the_sum(check: Check) -> None:
    [problem] = check(budget("$2,000", INFRASTRUCTURE, ", per: month, times: 3"))
    assert (problem.code, problem.place) == ("budget-sum", "budget.groups.A")
    assert "$1,827" in problem.message
    assert check(budget("$1,827", INFRASTRUCTURE, ", per: month, times: 3")) == ()


MONTHLY = ["$20..50", "$25..200+", "free..$200", "free..$29", "free..$40", "$10", "free", "$5..20"]


def test_a_total_of_ranges_that_are_free_or_open_is_added_up(check: Check) -> None:
    lines = "".join(f"    - {{ title: L{number}, cost: '{cost}' }}\n" for number, cost in enumerate(MONTHLY))
    [problem] = check(f"budget:\n  per: month\n  total: $65..550\n  lines:\n{lines}")
    assert problem.code == "budget-sum"
    assert "$60..549+" in problem.message
    for fits in ("$60..549", "$60..549+", "$60..550"):
        assert check(f"budget:\n  per: month\n  total: {fits}\n  lines:\n{lines}") == ()


@pytest.mark.parametrize(
    "text",
    [
        "budget: { total: $300, groups: { A: $100, B: $200 } }",
        "budget: { total: $300, groups: { A: $100 }, lines: [{ title: B, cost: $200 }] }",
        "budget: { total: $10, per: month, lines: [{ title: Domain, cost: $120, per: year }] }",
        "budget: { total: $120, per: year, lines: [{ title: Mail, cost: $10, per: month }] }",
        "budget: { total: $300, lines: [{ title: A, cost: $100 }, { title: B }] }",  # B has no price yet
        "budget: { total: $300, lines: [{ title: A, cost: $100 }, { title: B, cost: €200 }] }",
        "budget: { total: $0.30, lines: [{ title: A, cost: $0.10 }, { title: B, cost: $0.20 }] }",
        "budget: { total: $300 }",
        "budget: { lines: [{ title: A, cost: $100 }] }",
    ],
)
def test_sums_that_add_up_or_cannot_be_added_are_no_finding(text: str, codes: Codes) -> None:
    assert codes(text) == []


def test_one_number_between_the_ends_of_a_range_is_an_estimate(codes: Codes) -> None:
    lines = "lines: [{ title: A, cost: $100..200 }, { title: B, cost: $50 }]"
    assert codes(f"budget: {{ total: $200, {lines} }}") == []
    assert codes(f"budget: {{ total: $260, {lines} }}") == ["budget-sum"]


def test_an_unpriced_line_does_not_excuse_a_sum_that_is_too_small(codes: Codes) -> None:
    assert codes("budget: { total: $50, lines: [{ title: A, cost: $100 }, { title: B }] }") == ["budget-sum"]
