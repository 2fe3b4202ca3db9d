"""Which part of a plan a scenario means, and that a scenario without one is said to be unsuitable."""

from __future__ import annotations

import pytest

from tminus.errors import UsageError
from tminus.plan.reading import read_plan_text
from tminus.rehearsal import choosing
from tminus.rehearsal.choosing import Unsuitable
from tminus.rehearsal.scenario_files import find_scenario
from tminus.rehearsal.script import script_of

FULL = read_plan_text("""\
tminus: 1
title: Full
starts: 2026-03-02 09:00
timezone: Europe/Zurich
roles: { lead: { reach: env:LEAD_URL }, boss: { reach: env:BOSS_URL } }
regions: { us: { countries: [US] }, eu: { countries: [DE, FR] } }
expected: { traffic: 20/s }
metrics:
  error_rate: { source: events, bad: 'request{error="true"}', total: request, baseline: 0.1% }
  uptime: { source: events, good: 'request{error="false"}', total: request }
  paid: { source: events, good: 'payment{ok="true"}', total: payment, baseline: 98% }
  answer: { source: app, histogram: http.server.request.duration, unit: s }
  orders: { source: app, count: ordered, per: hour }
flags: { page: {} }
phases:
  - id: release
    rollout:
      flag: page
      guards: [error_rate]
      stages:
        - { id: few, to: 5%, for: 6h }
        - { id: half, to: 50%, for: 10h, exit: [paid > 90% over 2h] }
        - { id: all, to: 100%, for: 6h }
    exit: [uptime > 99% over 2h]
    go: [boss]
rollback:
  when: [canary answer p95 > 2s for 2m, orders < 10/hour]
  do: [{ flag: page, to: off }, { notify: lead }, { run: ./undo.sh }]
""")
BARE = read_plan_text("tminus: 1\ntitle: Bare\nroles: { lead: {} }\nphases: [{ id: a }]\n")


@pytest.mark.parametrize(
    ("name", "key"), [("few", "few"), ("2", "half"), ("first", "few"), ("middle", "half"), ("last", "all")]
)
def test_a_stage_is_meant_by_id_number_or_place(name: str, key: str) -> None:
    assert choosing.stage(name, FULL)[0] == key


@pytest.mark.parametrize("name", ["0", "4", "fwe", "1e9", "²"])
def test_a_stage_that_is_not_there_is_a_mistake(name: str) -> None:
    with pytest.raises(UsageError, match="no stage"):
        choosing.stage(name, FULL)


def test_rules_choose_by_what_parts_are_for() -> None:
    assert choosing.metric("any guard", FULL) == "error_rate"
    assert choosing.metric("any trigger", FULL) == "answer"
    assert choosing.metric("any success", FULL) == "paid"  # not uptime: those are the guarded requests
    assert choosing.source("any source", FULL) == "events"
    assert choosing.region("any region", FULL) == "us"
    assert choosing.role("any approver", FULL) == "boss"
    assert choosing.action("any rollback action", FULL) == "rollback:1:3"  # the first that could fail


def test_worse_is_more_of_what_is_bad_and_less_of_what_is_good() -> None:
    assert choosing.worse("error_rate", FULL, 0.001, 5) == pytest.approx(0.005)
    assert choosing.worse("error_rate", FULL, 0.3, 5) == 1
    assert choosing.worse("paid", FULL, 0.98, 5) == pytest.approx(0.9)
    assert choosing.worse("answer", FULL, 0.2, 5) == pytest.approx(1.0)
    assert choosing.worse("orders", FULL, 50.0, 5) == pytest.approx(10.0)


@pytest.mark.parametrize(
    "name",
    ["small-regression", "dead-source", "payment-loss", "region-outage", "absent-approver", "failed-rollback-action"],
)
def test_a_scenario_that_a_plan_has_no_place_for_is_unsuitable_with_a_reason(name: str) -> None:
    with pytest.raises(Unsuitable, match=r"\w+ \w+"):
        script_of(*find_scenario(name), BARE)


def test_a_script_takes_dates_traffic_and_parts_of_a_bake_from_the_plan() -> None:
    script = script_of(*find_scenario("late-onset"), FULL)
    (regression,) = script.regressions
    assert (regression.stage, regression.after, regression.metric) == ("half", 0.8 * 36_000, "error_rate")
    assert script.traffic.rate == 20
    assert script.start == 1_772_438_400  # 2 March 2026, 9:00 in Zurich
    assert script.says == ("stage middle: half", "any guard: error_rate")


def test_all_scenarios_of_the_library_are_for_a_plan_that_has_everything() -> None:
    for name in ("healthy", "payment-loss", "region-outage", "absent-approver", "failed-rollback-action"):
        assert script_of(*find_scenario(name), FULL).name == name
