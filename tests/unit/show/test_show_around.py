"""Regions, features, own starts and what stands around the phases, in every drawing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from icalendar import Calendar

from tminus.plan import read_plan_text
from tminus.plan.timeline import timeline
from tminus.plan.timespans import Timeline
from tminus.show import as_calendar, as_data, as_mermaid, as_page, as_text

PLAN = """\
tminus: 1
title: Around
starts: 2026-01-12T09:00:00
flags: { page: {}, cart: {}, map: {} }
cohorts: { beta: { title: Beta users, users: [ann] }, staff: { users: [bert] } }
roles: { lead: { title: The lead, reach: env:LEAD } }
regions: { eu: { title: Europe, countries: [FR] }, us: { title: America, countries: [US] } }
phases:
  - id: out
    rollout:
      flag: page
      stages:
        - { title: Half, to: 50%, regions: [eu, us], cohorts: [beta, staff], for: 1d }
        - { title: All, to: 100%, features: [cart, map], starts: Friday 09:00, go: [lead] }
announcements: { news: { title: News, at: 2026-01-13T10:00:00, phase: out, owner: lead } }
milestones: { many: { at: users >= 500, do: [Dance] } }
metrics: { users: { source: events, unique: seen } }
budget: { total: $9, lines: [{ title: Rent, cost: $7 }] }
roadmap: [{ title: App, when: Q3 }]
"""


def line() -> Timeline:
    return timeline(read_plan_text(PLAN))


def test_the_terminal_says_where_a_stage_is_what_it_brings_and_when_it_may_begin() -> None:
    text = as_text(line())
    joined = " ".join(text.split())
    assert "from Mon 12 Jan 09:00 or later; in Europe and America; with Beta users and staff" in joined
    assert "     from Fri 16 Jan 09:00 or later; not before Friday 09:00; with the flags\n     cart and map\n" in text
    assert "   ████████████████████   100 %  All                              until its gate\n" in text


def test_the_terminal_lists_what_stands_around_and_says_what_is_not_done() -> None:
    text = as_text(line())
    assert text.endswith(
        "Milestones\n"
        "   T-minus does not act on them yet.\n"
        "   · users >= 500: Dance\n"
        "\n"
        "Announcements\n"
        "   T-minus does not send them yet: each is a box in its phase, which its owner\n"
        "   signs.\n"
        "   · News\n"
        "     when: 2026-01-13 10:00 · out · owner: The lead\n"
        "\n"
        "Budget\n"
        "   · Rent: $7\n"
        "   = Total: lines give $7 · stated $9\n"
        "\n"
        "Roadmap\n"
        "   What comes after the launch. It does not run.\n"
        "   · App: Q3\n"
    )


def test_the_chart_has_the_regions_and_a_section_of_what_is_told() -> None:
    chart = as_mermaid(line())
    assert "    Half 50 #37; in Europe and America :active, p1s1, 2026-01-12T09:00:00, 2026-01-13T09:00:00\n" in chart
    assert chart.endswith("    section Told\n    News :milestone, n1, 2026-01-13T10:00:00, 0d\n")


def test_the_calendar_has_the_announcement_and_a_stages_own_words() -> None:
    stamp = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    found: dict[str, Any] = {
        str(event["summary"]): event for event in Calendar.from_ical(as_calendar(line(), stamp)).walk("VEVENT")
    }
    assert found["Tell: News"]["dtstart"].dt == datetime(2026, 1, 13, 10, tzinfo=UTC)
    assert "T-minus does not send it yet." in found["Tell: News"]["description"]
    assert "out: Half, 50 % in Europe and America" in found
    words = found["out: All, 100 %"]["description"].splitlines()
    assert words[:3] == ["until its gate", "not before Friday 09:00", "with the flags cart and map"]


def test_the_page_has_a_table_for_each_part_and_marks_the_sums() -> None:
    page = as_page(line())
    for words in ("where: Europe and America", "<code>cart</code>, <code>map</code>", ", not before Friday 09:00"):
        assert words in page
    assert [page.count(f'<table class="around of-{key}">') for key in ("milestones", "budget", "roadmap", "risks")] == [
        1,
        1,
        1,
        0,
    ]
    assert page.count('<tr class="sum">') == 1


def test_the_data_has_it_all() -> None:
    data = as_data(line())
    stages = data["phases"][0]["stages"]
    assert [(one["regions"], one["features"], one["starts"], one["open_end"]) for one in stages] == [
        (["Europe", "America"], [], "", False),
        ([], ["cart", "map"], "Friday 09:00", True),
    ]
    assert data["notices"][0]["at"] == {
        "dated": True,
        "earliest": "2026-01-13T10:00:00+00:00",
        "latest": "2026-01-13T10:00:00+00:00",
    }
    assert [one["id"] for one in data["around"]] == ["milestones", "announcements", "budget", "roadmap"]
    assert data["around"][2]["rows"] == [["Rent", "$7"], ["Total", "lines give $7 · stated $9"]]


def test_a_plan_without_any_of_it_has_no_empty_section(odd: Timeline) -> None:
    bare = timeline(read_plan_text("tminus: 1\ntitle: Bare\nphases: [{ id: only }]\n"))
    assert (bare.around, bare.notices) == ((), ())
    assert 'class="around' not in as_page(bare)
    assert [section.id for section in odd.around] == ["announcements", "risks"]
