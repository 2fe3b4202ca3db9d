"""What the guards of a made world are fed with: every kind of metric, by place, each unit once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tminus.core.state import FlagState, State
from tminus.errors import SourceError
from tminus.guards import Counts
from tminus.plan.reading import read_plan_text
from tminus.ports import EVERYWHERE, Exposure, Feed
from tminus.rehearsal import PlanWorld, Regression

PLAN = read_plan_text("""\
tminus: 1
title: Every kind of guard
roles: { lead: { people: [Ann] } }
regions: { us: { countries: [US] }, eu: { countries: [DE, FR] } }
metrics:
  error_rate: { source: events, bad: 'request{error="true"}', total: request }
  paid: { source: events, good: 'payment{ok="true"}', total: payment }
  answer: { source: app, histogram: http.server.request.duration, unit: s }
  completion: { source: events, of: opened, did: completed, within: 1h }
  tickets: { source: events, count: ticket }
  orders: { source: events, count: ordered, per: hour }
  mood: { source: events, gauge: survey.mood }
flags: { page: {} }
phases:
  - id: release
    rollout: { flag: page, guards: [error_rate], stages: [{ id: few, to: 20%, for: 6h }, { id: all, to: 100%, for: 6h }] }
    exit: [error_rate < 1%, paid > 95%, answer p95 < 500ms, completion > 60%, mood > 3]
    go: [lead]
""")
USUAL = {"error_rate": 0.01, "paid": 0.9, "answer": 0.2, "completion": 0.7, "tickets": 6.0, "orders": 0.1, "mood": 4.0}
EXPOSURE = Exposure("page", "on", ("off",))
HOUR = 3600.0


def world(*regressions: Regression, seed: int = 1) -> PlanWorld:
    return PlanWorld(PLAN, seed=seed, usual=USUAL, regressions=regressions)


def live(made: PlanWorld, hours: int = 4, share: float = 0.2, regions: tuple[str, ...] = ()) -> PlanWorld:
    state = State(stage="few", stage_flag="page", flags={"page": FlagState(share=share, regions=regions)})
    for hour in range(1, hours + 1):
        made.advance(state, hour * HOUR, HOUR)
    return made


def feed(name: str, levels: Sequence[float] = (), places: dict[str, frozenset[str]] | None = None,
         countries: frozenset[str] | None = None) -> Feed:  # fmt: skip
    traffic = PLAN.metrics["error_rate"]
    exposure = Exposure("page", "on", ("off",), countries=countries)
    return Feed(PLAN.metrics[name], exposure, tuple(levels), traffic, places or {})


def counts(made: PlanWorld, asked: Feed, after: int = 0) -> tuple[Counts, ...]:
    return made.arms(asked, after)[1][EVERYWHERE]


def test_hits_of_a_ratio_are_what_its_metric_counts() -> None:
    (failed,), (paid,) = (counts(live(world()), feed(name)) for name in ("error_rate", "paid"))
    assert failed.canary_units == pytest.approx(288_000, rel=0.01)
    assert failed.canary_hits == pytest.approx(2_880, rel=0.1)
    assert paid.canary_hits == pytest.approx(0.9 * paid.canary_units, rel=0.01)
    assert paid.control_hits == pytest.approx(0.9 * paid.control_units, rel=0.01)


def test_levels_are_quantiles_of_the_control_and_a_rung_holds_what_is_above_its_level() -> None:
    made = live(world())
    levels = made.levels(feed("answer"), (0.5, 0.9, 0.99), 600.0, 4 * HOUR)
    assert levels[0] == pytest.approx(0.2)
    rungs = counts(made, feed("answer", levels))
    above = [rung.canary_hits / rung.canary_units for rung in rungs]
    assert above == pytest.approx([0.5, 0.1, 0.01], rel=0.1)
    assert len({rung.canary_units for rung in rungs}) == 1
    assert rungs[0].canary_hits >= rungs[1].canary_hits >= rungs[2].canary_hits


def test_a_slower_release_lifts_every_rung_of_the_canary_alone() -> None:
    made = live(world(Regression("answer", 0.25, "few")))
    rungs = counts(made, feed("answer", (0.2, 0.38, 0.64)))
    for rung in rungs:
        assert rung.canary_hits / rung.canary_units > 1.15 * rung.control_hits / rung.control_units


def test_there_are_no_levels_before_there_were_requests() -> None:
    assert world().levels(feed("answer"), (0.5,), 600.0, 0.0) == ()
    assert live(world(), share=1.0).levels(feed("answer"), (0.5,), 600.0, 4 * HOUR) == ()


def test_a_count_comes_at_its_rate_against_the_requests_of_its_traffic() -> None:
    made = live(world(Regression("tickets", 18.0, "few")))
    (tickets,), (orders,), (failed,) = (counts(made, feed(name)) for name in ("tickets", "orders", "error_rate"))
    # six a minute while all is well, of everybody
    assert tickets.control_hits == pytest.approx(6 * 240 * 0.8, rel=0.1)
    assert tickets.canary_hits == pytest.approx(18 * 240 * 0.2, rel=0.1)
    assert orders.control_hits == pytest.approx(0.1 * 4 * HOUR * 0.8, rel=0.1)
    assert (tickets.canary_units, tickets.control_units) == (failed.canary_units, failed.control_units)


def test_users_are_counted_when_they_had_their_time_and_each_once() -> None:
    made = live(world())
    position, found = made.arms(feed("completion"), 0)
    assert position == 3  # what came in the newest hour may still be done
    (did,) = found[EVERYWHERE]
    assert did.canary_units == pytest.approx(3 * HOUR * 100 * 0.2 / 20, rel=0.1)
    assert did.canary_hits == pytest.approx(0.7 * did.canary_units, rel=0.1)
    assert made.arms(feed("completion"), position)[1][EVERYWHERE][0].empty


@pytest.mark.parametrize("name", ["error_rate", "paid", "answer", "completion", "tickets"])
def test_the_parts_of_a_feed_add_up_however_it_is_asked(name: str) -> None:
    levels = (0.2, 0.4) if name == "answer" else ()
    whole, parts = live(world()), world()
    position, sums = 0, [Counts(0, 0, 0, 0)] * max(len(levels), 1)
    for hour in range(1, 5):
        state = State(stage="few", stage_flag="page", flags={"page": FlagState(share=0.2)})
        parts.advance(state, hour * HOUR, HOUR)
        parts.arms(feed(name, levels), position)  # asked and lost, as by a crash
        position, found = parts.arms(feed(name, levels), position)
        sums = [one + other for one, other in zip(sums, found[EVERYWHERE], strict=True)]
    assert tuple(sums) == counts(whole, feed(name, levels))


@pytest.mark.parametrize("name", ["error_rate", "paid", "answer", "completion", "tickets"])
def test_places_are_parts_of_the_whole_and_feel_their_own_regressions(name: str) -> None:
    worse = {"error_rate": 0.1, "paid": 0.5, "answer": 0.4, "completion": 0.3, "tickets": 30.0}
    made = live(world(Regression(name, worse[name], "few", region="us")))
    levels = (0.3,) if name == "answer" else ()
    places = {"us": frozenset({"US"}), "eu": frozenset({"DE", "FR"})}
    found = made.arms(feed(name, levels, places), 0)[1]
    us, eu, everywhere = found["us"][0], found["eu"][0], found[EVERYWHERE][0]
    assert us.canary_units + eu.canary_units < everywhere.canary_units
    assert eu.canary_units == pytest.approx(2 * us.canary_units, rel=0.05)
    rate = {place: (one.canary_hits / one.canary_units, one.control_hits / one.control_units) for place, one in
            (("us", us), ("eu", eu))}  # fmt: skip
    assert rate["eu"][0] == pytest.approx(rate["eu"][1], rel=0.25)
    assert rate["us"][0] != pytest.approx(rate["us"][1], rel=0.25)


def test_the_places_of_a_ratio_sum_to_what_its_criteria_read() -> None:
    made = live(world())
    by_place = counts(made, feed("error_rate", places={"us": frozenset({"US"})}))
    assert by_place == counts(made, feed("error_rate"))


def test_who_is_outside_the_countries_of_a_stage_is_no_control() -> None:
    made = live(world(), share=0.5, regions=("us",))
    (all_control,), (in_us,) = (counts(made, feed("error_rate", countries=one)) for one in (None, frozenset({"US"})))
    assert in_us.canary_units == all_control.canary_units
    assert in_us.control_units == pytest.approx(in_us.canary_units, rel=0.02)
    assert all_control.control_units > 5 * in_us.control_units


def test_users_are_seen_once_in_the_arm_that_they_have() -> None:
    made = live(world())
    position, seen = made.seen(feed("completion"), 0)
    assert seen.canary == pytest.approx(4 * HOUR * 100 * 0.2 / 20, rel=0.1)
    assert seen.canary / (seen.canary + seen.control) == pytest.approx(0.2, rel=0.05)
    assert seen.both == 0
    assert made.seen(feed("completion"), position)[1].canary == 0


def test_a_gauge_has_no_units_to_count() -> None:
    with pytest.raises(SourceError, match="mood is not counted by variant"):
        live(world()).arms(feed("mood"), 0)
