"""Escalations and costs told in one line, and paragraphs whose lines stand for themselves."""

from __future__ import annotations

import pytest

from tminus.importer.evidence_costs import read_amounts
from tminus.importer.evidence_legs import read_legs
from tminus.importer.evidence_lists import topic_of_items
from tminus.importer.page import Block, Kind
from tminus.importer.topics import Topic
from tminus.importer.verse import Line, read_verse


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("Duty (0-15 min) -> Ann (15-45 min) -> VP (45+ min)", [("Duty", 0, 15), ("Ann", 15, 45), ("VP", 45, None)]),
        ("On-call → lead (15 min) → CTO (30 min)", [("On-call", 0, 15), ("lead", 15, 30), ("CTO", 30, None)]),
        (
            "D'abord l'astreinte (15 minutes), puis Idir (jusqu'à 45 minutes), ensuite la direction.",
            [("astreinte", 0, 15), ("Idir", 15, 45), ("direction", 45, None)],
        ),
    ],
)
def test_a_chain_of_people_and_minutes_is_an_escalation(text: str, levels: list[tuple[str, int, int | None]]) -> None:
    assert [(level.who, level.since, level.until) for level in read_legs(text, 1)] == levels


@pytest.mark.parametrize(
    "text",
    ["Deploy (10 min) -> smoke test (5-8 min) -> open (1-2 min)", "We wait 10 minutes and go.", "A -> B -> C"],
)
def test_a_run_sheet_and_a_chain_without_times_are_none(text: str) -> None:
    assert read_legs(text, 1) == []


def test_names_with_amounts_are_costs_and_talk_of_money_is_none() -> None:
    costs = read_amounts("Ink 112 €, paper 348 €, stickers 60 €. Don't tell the cat.", 4, 4)
    assert [(cost.title, cost.low) for cost in costs] == [("Ink", 112.0), ("paper", 348.0), ("stickers", 60.0)]
    assert read_amounts("We paid 300 € for the domain and 20 € for coffee.", 4, 4) == []


def test_lines_with_dots_are_a_cost_each_on_its_own_line() -> None:
    costs = read_amounts("Hosting ..... 40 € al mes Fotos ...... 1.800 € Total ..... 1.840 €", 10, 12)
    assert [(cost.line, cost.title, cost.low, cost.per, cost.kind) for cost in costs] == [
        (10, "Hosting", 40.0, "month", "line"),
        (11, "Fotos", 1800.0, "", "line"),
        (12, "Total", 1840.0, "", "total"),
    ]


def listed(title: str, *items: str) -> Block:
    return Block(
        Kind.HEADING, 1, title, children=[Block(Kind.ITEM, at, text) for at, text in enumerate(items, start=2)]
    )


def test_items_that_are_feared_under_an_open_condition_are_triggers_and_wanted_ones_criteria() -> None:
    assert topic_of_items(listed("Ann flips it if", "error rate > 4 %", "latency above 2 s")) is Topic.TRIGGERS
    assert topic_of_items(listed("Ann flips it if", "error rate < 1 %", "latency below 200 ms")) is Topic.CRITERIA


def test_items_with_levels_are_risks_and_amounts_are_costs_only_where_they_are_paid() -> None:
    risks = listed("Clouds", "The bank changes its API. Odds: medium, damage: high.", "Rain. Chance: low")
    assert topic_of_items(risks) is Topic.RISKS
    assert topic_of_items(listed("What we spend", "Servers 300 €", "Mail 20 €")) is Topic.BUDGET
    assert topic_of_items(listed("What we sell", "Taster 9 €", "Pantry 24 €")) is None


def test_what_hangs_under_a_label_are_its_items() -> None:
    verse = read_verse(["  Go on if:   crashes under 1 %", "              no photo lost"])
    assert verse is not None
    assert (verse.lead, verse.lines) == ("Go on if:", [Line(0, "crashes under 1 %"), Line(1, "no photo lost")])


def test_a_box_behind_a_label_keeps_its_tick() -> None:
    verse = read_verse(["To do:      [x] build it"])
    assert verse is not None
    assert verse.lines == [Line(0, "build it", True)]


def test_wrapped_prose_is_one_flow_of_text() -> None:
    prose = [
        "You know the drawing. One percent, ten percent, fifty percent, and",
        "the error rate must stay below 1%, nobody knows of what.",
    ]
    assert read_verse(prose) is None
