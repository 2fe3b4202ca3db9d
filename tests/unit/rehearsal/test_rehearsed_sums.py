"""Money in a rehearsal: a gate, a trigger and an experiment on what users pay are answered like any other metric."""

from __future__ import annotations

import pytest

from tminus.core.events import LaunchCompleted, RollbackStarted
from tminus.plan.criterion import Arm
from tminus.plan.reading import read_plan_text
from tminus.ports import OutcomeQuestion, Question
from tminus.rehearsal.incidents import Regression
from tminus.rehearsal.planworld import PlanWorld
from tminus.rehearsal.run import play
from tminus.rehearsal.trials import HopedOutcomes

PLAN = """
tminus: 1
title: Shop
roles: { lead: { people: [Ann], reach: env:LEAD_URL } }
metrics:
  errors: { source: events, bad: 'request{error="true"}', total: request }
  revenue: { source: events, sum: paid, value: amount, per: user, of: visited, unit: $, window: 1h, baseline: $20 }
expected: { users: 280000 }
flags: { page: {}, shop: { variants: { old: 0, new: 1 }, default: old } }
experiments: { shop: { flag: shop, arms: { old: 50%, new: 50% }, to: 20%, metrics: { revenue: more } } }
phases:
  - id: release
    rollout: { flag: page, guards: [errors], stages: [{ to: 5%, for: 1d }, { to: 50%, for: 1d }] }
    exit: [revenue > $15, variant new of shop is better on revenue]
rollback: { when: [canary revenue < $10], do: [{ flag: page, to: off }] }
"""


def test_a_healthy_shop_earns_what_its_gates_ask_for_and_the_launch_ends() -> None:
    plan = read_plan_text(PLAN)
    world = PlanWorld(plan)
    events = [one.event for one in play(plan, world).records]
    assert isinstance(events[-1], LaunchCompleted)
    value = world.measure(Question(plan.metrics["revenue"], None, Arm.ALL, 3600.0), 0.0).value
    assert value == pytest.approx(18.75, rel=0.03)


def test_users_with_the_new_version_who_pay_less_take_it_back() -> None:
    plan = read_plan_text(PLAN)
    less = Regression("revenue", to=4.0, phase="release", after=3600.0)
    events = [one.event for one in play(plan, PlanWorld(plan, regressions=(less,))).records]
    (back,) = (one for one in events if isinstance(one, RollbackStarted))
    assert "revenue" in str(back)


def test_amounts_vary_as_much_as_their_mean() -> None:
    plan = read_plan_text(PLAN)
    asked = OutcomeQuestion(plan.metrics["revenue"], "shop", ("old", "new"), since=0.0)
    old = HopedOutcomes(plan).outcomes(asked, 8 * 86_400.0).arms["old"].moments
    mean = old.total / old.users
    assert old.squares / old.users - mean * mean == pytest.approx(mean * mean)
