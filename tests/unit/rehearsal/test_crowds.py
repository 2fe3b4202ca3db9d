"""Who comes when, from where, and how many of them fail: the arithmetic beneath a rehearsed world."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from tminus.core.state import FlagState, RegionShare, State
from tminus.plan.criterion import Arm
from tminus.plan.model import Metric
from tminus.plan.reading import read_plan_text
from tminus.plan.selector import parse_selector
from tminus.ports import Question
from tminus.rehearsal.places import Population
from tminus.rehearsal.traffic import DAILY, Traffic
from tminus.rehearsal.world import Arrivals

ERRORS = Metric(source="events", bad=parse_selector('request{error="true"}'), total=parse_selector("request"))
MONDAY = 1_768_176_000.0  # 2026-01-12 00:00 UTC
PLAN = read_plan_text("""\
tminus: 1
title: Regions
roles: { lead: { people: [Ann] } }
regions: { us: { countries: [US] }, eu: { countries: [DE, FR] }, all: { everywhere: true } }
phases: [{ id: a, go: [lead] }]
""")


def test_a_long_step_counts_every_request_and_its_last_minutes_hold_what_they_would() -> None:
    arrivals = Arrivals(1, (300.0,))
    arrivals.advance(36_000.0, 36_000.0, 100.0, 0.1, 0.0, 0.01, 0.0)
    counts = arrivals.between(0, 1)
    assert counts.canary_units == pytest.approx(360_000, rel=0.02)
    assert counts.control_units == pytest.approx(3_240_000, rel=0.01)
    assert counts.control_hits == pytest.approx(32_400, rel=0.05)
    window = arrivals.measure(Question(ERRORS, None, Arm.ALL, 300.0), 36_000.0)
    assert window.total == pytest.approx(30_000, rel=0.05)
    assert arrivals.between(1, 1).empty


def test_harm_is_what_the_old_version_would_not_have_had() -> None:
    arrivals = Arrivals(1)
    arrivals.advance(1000.0, 1000.0, 100.0, 0.5, 0.05, 0.01, 0.01)
    assert arrivals.hurt == pytest.approx(2500, rel=0.1)
    assert arrivals.excess == pytest.approx(2000, rel=0.1)
    before = arrivals.excess
    arrivals.advance(2000.0, 1000.0, 100.0, 0.5, 0.05, 0.05, 0.05)  # everybody suffers
    assert arrivals.excess == before


def test_traffic_follows_day_and_week_and_keeps_its_mean() -> None:
    zone = ZoneInfo("UTC")
    daily = Traffic(100.0, DAILY, (1.0,) * 7, zone)
    assert daily.mean(MONDAY, MONDAY + 86_400) == pytest.approx(100, rel=0.02)
    assert daily.mean(MONDAY + 4 * 3600, MONDAY + 5 * 3600) == pytest.approx(25)
    weekly = Traffic(100.0, days=(1, 1, 1, 1, 1, 0, 0), zone=zone)
    assert weekly.mean(MONDAY + 4.5 * 86_400, MONDAY + 5.5 * 86_400) == pytest.approx(50)
    assert weekly.mean(MONDAY + 5 * 86_400, MONDAY + 6 * 86_400) == 0


def test_a_share_of_a_region_is_a_part_of_all_users() -> None:
    people = Population.of(PLAN, {"us": 0.4})
    state = State(flags={"page": FlagState(share=0.5, regions=("us",))})
    crowd = people.crowd(state)
    assert crowd.share == pytest.approx(0.2)
    assert crowd.within("us") == pytest.approx((1.0, 0.25))
    assert crowd.within("eu")[0] == 0
    wider = people.crowd(
        State(flags={"page": FlagState(share=0.1, regions=("eu",), earlier=(RegionShare(0.5, ("us",)),))})
    )
    assert wider.share == pytest.approx(0.2 + 0.1 * 0.4)  # DE, FR and elsewhere have a fifth each


def test_a_region_that_is_everywhere_holds_everybody() -> None:
    crowd = Population.of(PLAN).crowd(State(flags={"page": FlagState(share=0.3, regions=("all",))}))
    assert crowd.share == pytest.approx(0.3)
    assert crowd.within("all") == pytest.approx((1.0, 1.0))


def test_cohorts_alone_are_a_few_of_all() -> None:
    crowd = Population.of(PLAN).crowd(State(stage_flag="page", flags={"page": FlagState(cohorts=("staff",))}))
    assert crowd.share == 0.005


def test_a_killed_flag_brings_nobody_the_variant() -> None:
    crowd = Population.of(PLAN).crowd(State(flags={"page": FlagState(share=0.3, killed_by="ann")}))
    assert crowd.share == 0
