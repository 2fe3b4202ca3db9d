from __future__ import annotations

from math import inf, log

import pytest

from support.launches import outline
from tminus.core.explaining import Comparison, comparisons
from tminus.core.facts import Earned, Facts
from tminus.guards import Counts, GuardReading, GuardSettings, Harm, observe, reading, start, threshold

GUARDED = "phases: [{ id: release, rollout: { flag: page, guards: [errors], stages: [{ to: 5%, for: 1h }] } }]"
SETTINGS = GuardSettings(burst=1.0)


def compared(seen: GuardReading, earned: Earned | None = None) -> Comparison:
    facts = Facts({}, {"errors": seen}, seen.log_evidence, earned={"errors": earned} if earned else {})
    (one,) = comparisons(outline(GUARDED), facts, 0.01)
    return one


def guard(*ticks: Counts) -> GuardReading:
    state = start(SETTINGS, 0.0)
    for number, tick in enumerate(ticks):
        state = observe(SETTINGS, state, tick, number + 1.0)
    return reading(SETTINGS, state)


def test_a_comparison_has_the_counts_and_how_many_times_worse_they_are() -> None:
    one = compared(guard(Counts(9_500, 19, 500, 2)))
    assert (one.canary_hits, one.canary_units, one.control_hits, one.control_units) == (2, 500, 19, 9_500)
    assert one.times == pytest.approx(2.0)
    assert one.hit == "failures"


def test_the_failures_it_names_are_never_too_many() -> None:
    """No sequence of failures of the canary rolls back sooner than the sentence says."""
    seen = [Counts(950, 1, 50, 0)] * 20
    one = compared(guard(*seen))
    assert one.hits_left is not None
    assert one.hits_left >= 2
    almost = guard(*seen, *[Counts(19, 0, 1, 1)] * (one.hits_left - 1))
    assert almost.log_evidence < threshold(0.01)
    assert f"at least {one.hits_left} more failures in a row would be needed to roll back" in one.change


def test_it_says_what_is_still_to_be_shown() -> None:
    earned = Earned(False, inf, 2.0, "nothing is shown yet", left=720.0)
    assert "about 12 min more as good as the old version" in compared(guard(Counts(95, 1, 5, 0)), earned).change


def test_with_nothing_measured_it_says_so() -> None:
    assert compared(guard()).change == "nothing has been measured of the new variant"


def test_where_fewer_are_harm_it_is_their_absence_that_counts() -> None:
    settings = GuardSettings(harm=Harm.FEWER, burst=1.0)
    state = observe(settings, start(settings, 0.0), Counts(95, 90, 5, 1), 1.0)
    one = compared(reading(settings, state))
    assert (one.hits_left, one.hit) == (None, "successes")
    assert "successes that stay away would roll back" in one.change


def test_among_several_guards_a_single_one_needs_more() -> None:
    seen = guard(Counts(9_500, 19, 500, 2))
    both = Facts({}, {"errors": seen, "errors in north": seen}, seen.log_evidence)
    one, _ = comparisons(outline(GUARDED), both, 0.01)
    alone = compared(seen)
    assert one.hits_left is not None
    assert alone.hits_left is not None
    assert one.hits_left >= alone.hits_left
    assert one.hits_left - alone.hits_left <= log(2) / log(20) + 1
