"""Advice on stages follows from traffic, errors and the harm that one accepts."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import inf

import pytest

from tminus.guards.advice import (
    Setting,
    first_share,
    harm_at,
    ladder,
    round_bake,
    stage_advice,
    total_seconds,
)
from tminus.guards.promotion import default_margin

USUAL = Setting(per_second=100, errors=0.001)


def test_the_first_share_is_the_largest_that_costs_no_more_than_one_accepts() -> None:
    first = first_share(USUAL)
    assert first is not None
    assert harm_at(USUAL, first) <= USUAL.harm < harm_at(USUAL, 0.5)


def test_more_traffic_asks_for_a_smaller_first_share_because_a_total_failure_is_seen_no_sooner_than_at_the_next_look() -> (
    None
):
    shares = [first_share(replace(USUAL, per_second=rate)) for rate in (100, 1_000, 10_000)]
    assert None not in shares
    assert shares[0] > shares[1] > shares[2]  # type: ignore[operator]


def test_looking_less_often_asks_for_a_smaller_first_share() -> None:
    assert first_share(replace(USUAL, tick=60.0)) < first_share(USUAL)  # type: ignore[operator]


def test_no_share_is_small_enough_for_a_regression_that_shows_only_after_more_failures() -> None:
    assert first_share(replace(USUAL, regression=1.2)) is None
    assert ladder(replace(USUAL, regression=1.2)) == ()
    assert first_share(replace(USUAL, regression=1.2, harm=1000)) is not None


def test_the_ladder_rises_to_half_in_steps_of_five_at_most_with_the_default_margins() -> None:
    stages = ladder(replace(USUAL, per_second=2000))
    shares = [one.share for one in stages]
    assert shares[-1] == 0.5
    assert all(1 < after / before <= 5 + 1e-9 for before, after in pairwise(shares))
    assert [one.margin for one in stages] == [default_margin(share) for share in shares]


def test_a_ladder_can_begin_where_one_says() -> None:
    assert [one.share for one in ladder(USUAL, first=0.05)] == [0.05, 0.2, 0.5]


def test_a_good_release_comes_through_the_usual_ladder_in_less_than_an_hour() -> None:
    assert 30 * 60 < total_seconds(ladder(USUAL, first=0.05)) < 45 * 60


def test_a_stage_without_control_has_no_end() -> None:
    everybody = stage_advice(USUAL, 1.0)
    assert (everybody.clear_seconds, everybody.see_seconds, everybody.excess) == (inf, inf, inf)


def test_where_nothing_need_be_shown_a_stage_waits_for_nothing_and_still_catches() -> None:
    free = stage_advice(USUAL, 0.05, needed=False)
    assert free.clear_seconds == 0.0
    assert free.see_seconds == stage_advice(USUAL, 0.05).see_seconds < inf


def test_a_narrower_margin_and_more_confidence_take_longer_to_show() -> None:
    usual = stage_advice(USUAL, 0.2)
    assert stage_advice(USUAL, 0.2, margin=1.5).clear_seconds > usual.clear_seconds
    assert stage_advice(USUAL, 0.2, beta=0.01).clear_seconds > usual.clear_seconds


@pytest.mark.parametrize(
    ("seconds", "bake"), [(1, 60), (60, 60), (61, 120), (817, 900), (5401, 7200), (80_000, 82_800), (90_000, 172_800)]
)
def test_a_bake_time_is_rounded_up_to_what_one_would_write(seconds: float, bake: float) -> None:
    assert round_bake(seconds) == bake
