"""What stands around the phases, as the tables that every drawing shows."""

from __future__ import annotations

import pytest

from tminus.plan import read_plan_text
from tminus.plan.sections import budget_sums
from tminus.plan.timeline import timeline
from tminus.plan.timespans import Section

HEAD = """\
tminus: 1
title: A launch
roles: { lead: { title: The lead, reach: env:LEAD } }
metrics: { users: { source: events, unique: seen } }
phases: [{ id: only, title: The only one }]
"""


def around(text: str) -> dict[str, Section]:
    return {section.id: section for section in timeline(read_plan_text(f"{HEAD}{text}\n")).around}


def test_a_plan_with_nothing_around_it_has_no_section() -> None:
    assert around("") == {}


def test_a_column_in_which_nothing_stands_is_left_out() -> None:
    (risks,) = around("risks: [{ risk: Rain, impact: high }, { risk: Snow }]").values()
    assert (risks.columns, risks.rows) == (("Risk", "Grave"), (("Rain", "high"), ("Snow", "")))


@pytest.mark.parametrize(
    ("text", "key", "row"),
    [
        ("kpis: [{ that: users > 5, title: All, owner: lead }]", "kpis", ("All", "users > 5", "The lead")),
        ("milestones: { many: { at: users >= 9, do: [Dance, Sing] } }", "milestones", ("users >= 9", "Dance; Sing")),
        (
            "announcements: { news: { title: News, at: Monday 09:00, phase: only } }",
            "announcements",
            ("News", "Monday 09:00 · The only one"),
        ),
        ("routines: { look: { every: week, at: Friday, lasts: 1h } }", "routines", ("look", "every week, Friday", "1h")),
        ("escalation: [{ title: On call, until: 5m, notify: [lead] }]", "escalation", ("1 On call", "until 5m", "The lead")),
        ("bugs: { P1: { fix: now, before: only } }", "bugs", ("P1", "now", "The only one")),
        ("recovery: { rto: 4h }", "recovery", ("Back within", "4h")),
        ("runbooks: { slow: { do: [Look] } }", "runbooks", ("slow", "incident", "Look")),
        ("dashboards: [{ title: Growth, shows: [Users] }]", "dashboards", ("Growth", "Users")),
        ("roadmap: [{ title: App, when: Q3 }]", "roadmap", ("App", "Q3")),
    ],
)  # fmt: skip
def test_every_part_of_the_plan_is_a_row(text: str, key: str, row: tuple[str, ...]) -> None:
    assert around(text)[key].rows == (row,)


def test_a_budget_shows_what_its_lines_come_to_beside_what_is_stated() -> None:
    budget = around("""
budget:
  total: "$2,000"
  groups: { Servers: $300 }
  lines:
    - { title: Web, group: Servers, cost: $100, times: 2 }
    - { title: Data, group: Servers, cost: $20..50.50 }
    - { title: Brand }
    - { title: Law, cost: 500 CHF, per: year }
""")["budget"]
    assert [row[:2] for row in budget.rows] == [
        ("Web", "$100 × 2"),
        ("Data", "$20..50.50"),
        ("Servers", "lines give $220..250.50 · stated $300"),
        ("Brand", "no price yet"),
        ("Law", "500 CHF a year"),
        ("Total", "lines give $220..250.50 + 500 CHF a year · stated $2,000"),
    ]
    assert budget.sums == (2, 5)


def test_an_open_end_stays_open_and_what_is_free_adds_nothing() -> None:
    plan = read_plan_text(f"{HEAD}budget: {{ lines: [{{ title: a, cost: $1..2+ }}, {{ title: b, cost: free }}] }}\n")
    assert plan.budget is not None
    assert budget_sums(plan.budget.lines) == ["$1..2+"]
