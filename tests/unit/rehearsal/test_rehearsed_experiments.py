"""Experiments in a rehearsal: the arms fare as the gates hope, users come as expected, and nobody is a canary by it."""

from __future__ import annotations

from tminus.core.events import AlertFired, ExperimentStarted, LaunchCompleted, PhaseCompleted
from tminus.plan.reading import read_plan_text
from tminus.ports import OutcomeQuestion
from tminus.rehearsal.planworld import PlanWorld
from tminus.rehearsal.run import play
from tminus.rehearsal.trials import HopedOutcomes

PLAN = """
tminus: 1
title: Button
roles: { lead: { people: [Ann], reach: env:LEAD_URL } }
metrics:
  errors: { source: events, bad: 'request{error="true"}', total: request }
  retention: { source: events, of: opened, did: returned, within: 1d }
  orders: { source: events, count: bought, within: 1d }
expected: { users: 280000 }
flags: { page: {}, button: { variants: { plain: 0, green: 1, big: 2 }, default: plain } }
experiments:
  button: { flag: button, arms: { plain: 50%, green: 25%, big: 25% }, to: 20%, met: opened,
            metrics: { retention: more, orders: fewer } }
phases:
  - id: release
    rollout: { flag: page, guards: [errors], stages: [{ to: 5%, for: 1d }, { to: 50%, for: 1d }] }
    exit: [variant green of button is better on retention, variant big of button is not worse on retention by 10%]
rollback: { when: [variant green of button is worse on retention by 20%], do: [{ flag: page, to: off }] }
"""


def test_a_rehearsal_waits_until_the_arms_can_be_told_apart() -> None:
    plan = read_plan_text(PLAN)
    found = play(plan, PlanWorld(plan))
    events = [one.event for one in found.records]
    assert sum(isinstance(one, ExperimentStarted) for one in events) == 1
    assert isinstance(events[-1], LaunchCompleted)
    assert [one for one in events if isinstance(one, AlertFired)] == []
    (closed,) = (one for one in events if isinstance(one, PhaseCompleted))
    assert [one["outcome"] for one in closed.evidence["criteria"]] == ["Successful", "Successful"]
    days = (found.records[-1].at - found.records[0].at) / 86_400
    assert 2 < days < 14


def test_users_come_as_the_plan_expects_and_only_the_arm_that_has_to_be_better_is() -> None:
    plan = read_plan_text(PLAN)
    asked = OutcomeQuestion(plan.metrics["retention"], "button", ("plain", "green", "big"), since=0.0)
    day = 86_400.0
    assert HopedOutcomes(plan).outcomes(asked, day).met == 0
    arms = HopedOutcomes(plan).outcomes(asked, 8 * day).arms
    assert {name: arm.users for name, arm in arms.items()} == {"plain": 14_000, "green": 7_000, "big": 7_000}
    rates = {name: arm.hits / arm.users for name, arm in arms.items()}
    assert rates["big"] == rates["plain"]
    assert rates["green"] / rates["plain"] > 1.09


def test_where_fewer_is_better_nothing_is_hoped_of_an_arm_that_no_gate_asks_about() -> None:
    plan = read_plan_text(PLAN)
    asked = OutcomeQuestion(plan.metrics["orders"], "button", ("plain", "green", "big"), since=0.0)
    arms = HopedOutcomes(plan).outcomes(asked, 8 * 86_400.0).arms
    means = {round(arm.moments.total / arm.users, 9) for arm in arms.values()}
    assert len(means) == 1
