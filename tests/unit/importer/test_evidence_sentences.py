"""Rules told in a sentence are found; stories, advice and other people's `if` are not."""

from __future__ import annotations

import pytest

from tminus.importer.draft import Draft
from tminus.importer.evidence_sentences import read_told, read_wish
from tminus.importer.page import Block, Kind
from tminus.importer.topics import Topic


def told(text: str, topic: Topic | None = None) -> Draft:
    draft = Draft()
    read_told([Block(Kind.TEXT, 7, text, 7)], topic, draft, taken=False)
    return draft


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        (
            "If p95 stays above 800 ms for ten minutes, the on-call rolls back.",
            ["p95 stays above 800 ms for ten minutes"],
        ),
        (
            "Paramos si la tienda se cae, o si quedan menos de 100 piezas.",
            ["la tienda se cae", "quedan menos de 100 piezas"],
        ),
        ("By hand: if reports go above 40 per hour, Safety turns the flag off.", ["reports go above 40 per hour"]),
        ("Wenn die Fehlerquote über 3 % liegt, schalten wir zurück.", ["die Fehlerquote über 3 % liegt"]),
        ("Si le taux d'erreur dépasse 2 %, on revient à la version 1.", ["le taux d'erreur dépasse 2 %"]),
    ],
)
def test_a_sentence_that_goes_back_on_a_number_is_a_trigger(text: str, conditions: list[str]) -> None:
    assert [trigger.text for trigger in told(text).triggers] == conditions


@pytest.mark.parametrize(
    "text",
    [
        "If they ever roll that back I shall be the first to write.",
        "In May the error rate went over 3% and when we saw it we rolled back.",
        "If you have more than 20 users, switch off notifications.",
        "When we are at 50%, we go back to the office.",
        "If the review takes more than 3 days, we close the request.",
    ],
)
def test_stories_advice_and_patience_are_no_triggers(text: str) -> None:
    draft = told(text)
    assert not draft.triggers
    assert not draft.alerts


def test_a_sentence_that_tells_somebody_of_a_threshold_is_an_alert() -> None:
    (alert,) = told("We page the on-call when 5xx goes above 2 % for 5 minutes.").alerts
    assert alert.target is not None
    assert (alert.target.number, alert.lasting) == (2.0, "5m")


def test_a_call_that_nobody_answers_escalates_under_any_heading() -> None:
    text = (
        "Severity 1 goes to the duty phone. Not answered within 10 minutes: B. Osei. "
        "Not answered within 30 minutes: CFO office."
    )
    assert [(level.who, level.since, level.until) for level in told(text).escalation] == [
        ("duty phone", 0.0, 10.0),
        ("B. Osei", 10.0, 30.0),
        ("CFO office", 30.0, None),
    ]


def test_a_wish_is_a_target_with_what_is_there_today() -> None:
    block = Block(
        Kind.TEXT, 3, "We want 6,000 Insiders by the end of May. Today there are 3,850. The first 200 get a mug.", 3
    )
    (target,) = read_wish(block, None)
    assert (target.number, target.baseline) == (6000.0, "3,850")
    assert read_wish(block, Topic.RISKS) == []
