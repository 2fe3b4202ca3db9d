"""Lines that lead conditions, by their grammar: going back, going on, or neither."""

from __future__ import annotations

import pytest

from tminus.importer.conditions import topic_of_condition, topic_of_purpose, topic_of_question
from tminus.importer.topics import Topic

BACK = [
    "We zetten de code uit als",
    "No-go if…",
    "The manager shall order a return to the old system in the event that",
    "We halt and pull the build if:",
    "npm packages cannot be taken back. We move latest back to 2.9 if, within 72 hours,",
    "Close the shop (the big red toggle) if:",
    "Abort when any of the following is seen:",
    "Any one of us may flip new_ui off when:",
    "Wards return to paper upon any of:",
    "Wir schalten auf den alten Shop zurück, wenn",
    "Arrêt immédiat et retour aux SMS quand :",
    "Se suspende el despliegue si:",
    "Wracamy, czyli wycofujemy zmiany, gdy:",
    "stop_when",
]
ON = [
    "We ship if",
    "Leave shadow when",
    "Keep going only while",
    "On passe à la suite si :",
    "Seguimos si",
    "Weiter geht es, wenn",
]
HOLD = [
    "We hold if",
    "Hold the next step when any of these",
    "We pause the ramp when",
    "Do not promote if",
    "Wir warten, wenn",
    "On ne passe pas à la suite si",
    "Hacemos una pausa si",
]
NEITHER = [
    "If the person on the left has not answered, call the next.",
    "When we stop to think, it is a good plan",
    "Old clients keep working",
    "Rollback plan",
    "if",
    "",
]


@pytest.mark.parametrize("line", BACK)
def test_a_line_that_says_we_go_back_if_leads_triggers(line: str) -> None:
    assert topic_of_condition(line) is Topic.TRIGGERS


@pytest.mark.parametrize("line", ON)
def test_a_line_that_says_we_go_on_when_leads_criteria(line: str) -> None:
    assert topic_of_condition(line) is Topic.CRITERIA


@pytest.mark.parametrize("line", NEITHER)
def test_other_lines_lead_no_conditions(line: str) -> None:
    assert topic_of_condition(line) is None


@pytest.mark.parametrize(
    "line", ["To leave beta:", "Para seguir adelante:", "Traffic grows for days. Before leaving Shadow:"]
)
def test_a_purpose_leads_criteria(line: str) -> None:
    assert topic_of_purpose(line) is Topic.CRITERIA


def test_a_purpose_of_anything_else_leads_nothing() -> None:
    assert topic_of_purpose("To whom it may concern") is None


def test_a_heading_that_asks_when_one_goes_back_names_triggers() -> None:
    assert topic_of_question("When we call a brownout off") is Topic.TRIGGERS
    assert topic_of_question("When we celebrate") is None


@pytest.mark.parametrize("line", HOLD)
def test_a_line_that_says_we_hold_if_leads_alerts_and_no_way_back(line: str) -> None:
    assert topic_of_condition(line) is Topic.ALERTS


def test_to_hold_and_go_back_is_to_go_back_and_what_going_on_needs_is_a_criterion() -> None:
    assert topic_of_condition("We hold the ramp and roll back if") is Topic.TRIGGERS
    assert topic_of_condition("We pause and revert when") is Topic.TRIGGERS
    assert topic_of_condition("We do not proceed unless") is Topic.CRITERIA
