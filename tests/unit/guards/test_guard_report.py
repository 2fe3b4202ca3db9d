"""What a guard says to people and to the engine."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import pytest

from tminus.guards import Counts, GuardReading, GuardSettings, Harm, explain, observe, reading, start
from tminus.guards.process import ABSOLUTE_STAKE, WARM_STAKE

READING = GuardReading(log(250.5), log(250.5), None, 5810, 4, 301, 12, 0.0)


def test_a_guard_that_saw_nothing_has_evidence_one() -> None:
    for settings in (GuardSettings(), GuardSettings(ceiling=0.01)):
        fresh = reading(settings, start(settings, 5.0))
        assert fresh.evidence == pytest.approx(1.0, abs=1e-15)
        assert fresh.started_at == 5.0


def test_all_that_is_bet_weighs_by_its_stake() -> None:
    settings = GuardSettings(ceiling=0.003)
    one = reading(settings, observe(settings, start(settings, 0.0), Counts(950, 1, 50, 3), 1.0))
    assert one.log_absolute is not None
    assert one.log_warm == pytest.approx(log(WARM_STAKE))
    halves = (1 - ABSOLUTE_STAKE) * exp(one.log_relative) + ABSOLUTE_STAKE * exp(one.log_absolute)
    assert one.evidence == pytest.approx((1 - WARM_STAKE) * halves + WARM_STAKE, rel=1e-12)


def test_evidence_too_large_for_a_float_is_clipped() -> None:
    settings = GuardSettings(burst=1.0)
    one = reading(settings, observe(settings, start(settings, 0.0), Counts(10**9, 0, 10**9, 10**9), 1.0))
    assert one.log_evidence > 1e8
    assert one.evidence == exp(700.0)


def test_the_sentence_names_counts_evidence_and_what_is_needed() -> None:
    assert explain(READING, 0.01) == (
        "12 failures in 301 canary users against 4 in 5,810; evidence of harm 250 of 100 needed"
    )


def test_the_sentence_names_what_was_counted() -> None:
    payments = replace(READING, harm=Harm.FEWER, control_hits=4_100, canary_hits=3)
    assert explain(payments, 0.01).startswith("3 successes in 301 canary users against 4,100 in 5,810; ")
    assert explain(replace(READING, rungs=4), 0.01).startswith("12 slow answers in 301 canary users against 4 in ")
    assert explain(READING, 0.01, "users", "tickets").startswith("12 tickets in 301 canary users against 4 in ")


def test_a_ladder_reports_the_rung_that_says_most_and_the_mean_of_all() -> None:
    settings = GuardSettings(rungs=2)
    ticks = [Counts(900, 450, 100, 50), Counts(900, 9, 100, 10)]
    one = reading(settings, observe(settings, start(settings, 0.0), ticks, 1.0))
    rungs = [
        reading(GuardSettings(), observe(GuardSettings(), start(GuardSettings(), 0.0), tick, 1.0)).evidence
        for tick in ticks
    ]
    assert one.evidence == pytest.approx(sum(rungs) / 2)
    assert (one.control_hits, one.canary_hits, one.rungs) == (9, 10, 2)


def test_the_sentence_says_when_there_is_no_control_or_no_canary() -> None:
    alone = replace(READING, control_units=0, control_hits=0)
    assert explain(alone, 0.01, unit="requests").startswith("12 failures in 301 canary requests with no control")
    unseen = replace(READING, log_evidence=0.0, canary_units=0, canary_hits=0)
    assert explain(unseen, 0.05) == "no canary users seen yet; evidence of harm 1 of 20 needed"


@pytest.mark.parametrize(
    ("log_evidence", "said"),
    [(log(0.27), "0.2"), (log(99.97), "99"), (log(100), "100"), (log(12_345), "12,345"), (900.0, "over 1,000,000")],
)
def test_evidence_is_rounded_down_so_that_it_never_looks_enough_when_it_is_not(log_evidence: float, said: str) -> None:
    assert f"evidence of harm {said} of 100 needed" in explain(replace(READING, log_evidence=log_evidence), 0.01)
