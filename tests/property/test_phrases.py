"""The phrase reader, for any text: it never raises, looks at a line's beginning alone, and writes what a plan reads."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tminus.importer import phrases
from tminus.importer.draft import Target
from tminus.plan.criterion import parse_criterion
from tminus.plan.quantity import parse_span
from tminus.plan.weektime import parse_weektime

_READERS = (
    phrases.read_span, phrases.read_weeks, phrases.read_date, phrases.read_weektime, phrases.read_share, phrases.read_shares,
    phrases.read_people, phrases.read_minutes, phrases.read_recovery, phrases.read_severity, phrases.read_every,
    phrases.metric_id, phrases.metric_name,
)  # fmt: skip
_TOKENS = st.sampled_from(
    [
        *(
            "Error rate",
            "uptime",
            "Target",
            "target:",
            "users",
            "No",
            "zero",
            "bugs",
            "<",
            ">",
            "≥",
            "under",
            "at least",
        ),
        *(
            "5%",
            "99.9%",
            "1.000",
            "1,5",
            "200ms",
            "2 s",
            "10k",
            "$25-50",
            "4.5/5",
            "9/5",
            "50/day",
            "3x",
            "baseline",
            "½",
        ),
        *(
            "+",
            "-",
            "–",
            "(",
            ")",
            ":",
            ",",
            "/",
            "in week 1",
            "for 10 minutes",
            "over 24h",
            "increase",
            "reduction in",
            "vs",
        ),
        *(
            "p95",
            "average",
            "January",
            "12",
            "2026",
            "T-7",
            "€",
            "Prozent",
            "altında",
            "'den",
            "per month",
            "RTO",
            "MB",
            "µs",
        ),
        *(
            "-5%",
            "+15%",
            "²",
            "٣",
            "to",
            "between",
            "and",
            "100 years",
            "999999999999999",
            "0",
            "of users",
            "Friday",
            "PM",
        ),
    ]
)
_TEXT = st.one_of(
    st.text(max_size=80), st.lists(_TOKENS, max_size=12).map(" ".join), st.lists(_TOKENS, max_size=8).map("".join)
)


def every_target(text: str) -> list[Target]:
    halves = text.split(" ", 1)
    behind = halves[1] if len(halves) > 1 else ""
    labelled = phrases.read_targets(text, 1, label=halves[0], value=behind, wanted=True)
    return phrases.read_targets(text, 1) + phrases.read_targets(text, 1, wanted=True) + labelled


@given(_TEXT)
@example("Latency > 100 years")
@example("Score: 9/5")
@example("p95 < 5")
def test_any_text_is_read_without_an_error(text: str) -> None:
    for read in _READERS:
        read(text)
    phrases.read_costs(text, 1)
    every_target(text)


@given(_TEXT)
@example("0/0")
def test_every_target_is_a_criterion_that_reads_back_to_its_comparator_and_number(text: str) -> None:
    for target in every_target(text):
        criterion = parse_criterion(phrases.criterion_text(target))
        assert criterion.comparator == ("<=" if target.comparator == "zero" else target.comparator)
        if target.relative or target.unit == "%":
            assert criterion.target.value == pytest.approx(target.number / 100)
        elif target.unit == "":
            assert criterion.target.value == pytest.approx(target.number)


@given(_TEXT)
def test_spans_and_weektimes_are_what_a_plan_reads(text: str) -> None:
    span, moment = phrases.read_span(text), phrases.read_weektime(text)
    assert not span or parse_span(span).longest.seconds > 0
    assert not moment or parse_weektime(moment).text == moment


@given(
    st.sampled_from(
        ["9", "9,", "1-", "% ", "zero ", "per ", " ", "(", "<", "1 000 ", "week 1 ", "T+1", "1a", "½", ": ", "no "]
    )
)
def test_a_hostile_line_of_a_megabyte_is_read_by_its_beginning(piece: str) -> None:
    line = piece * (1_000_000 // len(piece))
    begun = line[:500]
    assert phrases.read_targets(line, 1, wanted=True) == phrases.read_targets(begun, 1, wanted=True)
    assert [read(line) for read in _READERS[:-2]] == [read(begun) for read in _READERS[:-2]]
