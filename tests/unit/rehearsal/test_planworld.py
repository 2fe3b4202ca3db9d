"""The world that is made for a plan: healthy unless told otherwise, and the same again from its seed."""

from __future__ import annotations

import pytest

from tminus.core.state import FlagState, State, Status
from tminus.plan.criterion import Arm
from tminus.plan.reading import read_plan_text
from tminus.ports import Exposure, Question
from tminus.rehearsal import PlanWorld, Regression, Rehearsal, healthy, rehearse

PLAN = read_plan_text("""\
tminus: 1
title: A small launch
roles: { lead: { reach: env:LEAD_URL } }
metrics:
  error_rate: { source: events, bad: 'request{error="true"}', total: request }
  paid: { source: events, good: 'payment{ok="true"}', total: payment }
  answer: { source: app, histogram: http.server.request.duration, unit: s }
  completion: { source: events, of: opened, did: completed, within: 1h }
  orders: { source: events, count: ordered, per: day }
  mood: { source: events, gauge: survey.mood, unit: /5 }
  visits: { source: events, unique: visited, baseline: 1000 }
  basket: { source: events, gauge: basket.value, unit: $ }
  losses: { source: events, count: lost }
flags: { page: {} }
phases:
  - id: release
    rollout:
      flag: page
      guards: [error_rate]
      stages:
        - { id: few, to: 5%, for: 6h, exit: [canary answer p95 < 500ms over 1h] }
        - { id: all, to: 100%, for: 6h }
    exit:
      - error_rate < 0.1% over 2h
      - paid > 95% over 2h
      - completion > 80%
      - orders > 50/day
      - mood > 4.5/5
      - visits +15% vs baseline
      - basket $20..30
      - zero losses
rollback:
  when: [canary answer p95 > 2s for 2m, error_rate > 1% for 2m]
  do: [{ flag: page, to: off }]
alerts: [{ when: answer p95 > 600ms, for: 1m, notify: [lead] }]
""")


def run(*regressions: Regression, seed: int = 1) -> tuple[Rehearsal, PlanWorld]:
    world = PlanWorld(PLAN, seed=seed, regressions=regressions)
    return rehearse(PLAN, world, tick=60.0, lasts=3 * 86400.0), world


def test_a_launch_in_its_own_world_is_measured_at_every_gate_and_completes() -> None:
    rehearsal, world = run()
    assert rehearsal.state.status is Status.COMPLETED
    assert world.asked == set(PLAN.metrics)


def test_healthy_values_pass_the_gates_and_set_nothing_off() -> None:
    values = healthy(PLAN)
    assert values["error_rate"] < 0.001
    assert 0.95 < values["paid"] < 1
    assert values["answer"] < 0.5
    assert 4.5 < values["mood"] <= 5
    assert values["visits"] >= 1150
    assert 20 <= values["basket"] <= 30
    assert values["losses"] == 0


@pytest.mark.parametrize(
    ("regression", "cause"),
    [
        (Regression("answer", 3.0, "few", after=3600), "canary answer p95 > 2s for 2m"),
        (Regression("error_rate", 0.05, "few", after=3600), "error_rate"),
    ],
    ids=["a slow answer", "failing requests"],
)
def test_what_goes_wrong_in_a_stage_rolls_the_launch_back(regression: Regression, cause: str) -> None:
    rehearsal, _ = run(regression)
    assert rehearsal.state.status is Status.ROLLED_BACK
    assert cause in rehearsal.rollbacks[0].cause["text"]


def test_a_regression_that_passes_before_its_trigger_has_waited_long_enough_is_forgiven() -> None:
    rehearsal, _ = run(Regression("answer", 3.0, "few", after=3600, lasts=60))
    assert rehearsal.state.status is Status.COMPLETED


def test_only_the_canary_feels_a_regression_unless_everybody_does() -> None:
    exposure = Exposure("page", "on", ("off",))
    metric = PLAN.metrics["answer"]
    for everybody, control in ((False, 0.2), (True, 3.0)):
        world = PlanWorld(PLAN, regressions=(Regression("answer", 3.0, "few", everybody=everybody),))
        world.advance(State(stage="few", stage_flag="page", flags={"page": FlagState(share=0.05)}), 0.0, 60.0)
        read = {
            arm: world.measure(Question(metric, "p95", arm, 60.0, exposure), 0.0).value or 0.0
            for arm in (Arm.CANARY, Arm.CONTROL)
        }
        assert read[Arm.CANARY] == pytest.approx(3.0, rel=0.05)
        assert read[Arm.CONTROL] == pytest.approx(control, rel=0.05)


def test_the_same_seed_gives_the_same_log() -> None:
    first, again, other = run(seed=5)[0], run(seed=5)[0], run(seed=6)[0]
    assert [record.hash for record in first.records] == [record.hash for record in again.records]
    assert [record.hash for record in first.records] != [record.hash for record in other.records]
