"""Bad weather alone: what a seed makes of a plan, before any launch meets it."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tminus.plan.model import Plan
from tminus.plan.reading import read_plan
from tminus.ports import Job
from tminus.rehearsal.faults import Crash, Faults
from tminus.rehearsal.performing import ActionFault
from tminus.rehearsal.weather import StormyDispatcher, faults_of, stormy
from tminus.store import MemoryEventLog

EXAMPLES = Path(__file__).parents[3] / "examples"
JOB = Job("one", "step:release:1:1", "run", {}, 30.0, 1, "x")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan([EXAMPLES / "repz" / "plan.yaml"])


def dispatcher(faults: Faults, failing: tuple[ActionFault, ...] = ()) -> StormyDispatcher:
    return StormyDispatcher(MemoryEventLog(), failing, faults)


def test_the_same_seed_makes_the_same_weather_and_another_seed_another(plan: Plan) -> None:
    def made(seed: int) -> tuple[object, ...]:
        found = stormy(plan, seed)
        return found.regressions, found.outages, found.crashes, found.faults, found.each, found.mender

    assert made(5) == made(5)
    assert len({repr(made(seed)) for seed in range(40)}) == 40


def test_forty_seeds_have_every_kind_of_trouble_and_days_without(plan: Plan) -> None:
    storms = [stormy(plan, seed) for seed in range(40)]
    for kind in ("regressions", "outages", "crashes", "faults", "each"):
        found = [bool(getattr(one, kind)) for one in storms]
        assert any(found), kind
        assert kind == "each" or not all(found), kind  # of so many roles somebody is always slow
    assert any(one.absent for storm in storms for one in storm.each.values())
    assert any(outage.hangs for storm in storms for outage in storm.outages)
    assert {one.everybody for storm in storms for one in storm.regressions} == {True, False}
    assert any(storm.mender is None for storm in storms)


def test_all_that_goes_wrong_is_of_the_plan(plan: Plan) -> None:
    stages = {one.id for phase in plan.phases if phase.rollout for one in phase.rollout.stages}
    phases = {phase.id for phase in plan.phases}
    for seed in range(40):
        found = stormy(plan, seed)
        moments = [*found.crashes, *(one.begins for one in (*found.outages, *found.regressions))]
        assert {one.stage for one in moments} <= stages | {""}
        assert {one.phase for one in moments} <= phases | {""}
        assert {one.metric for one in found.regressions} <= plan.metrics.keys()


def test_the_faults_of_a_seed_do_not_depend_on_what_else_was_drawn() -> None:
    first, second = faults_of(3), faults_of(3)
    assert (first.crash, first.full, first.duplicate, first.race) == (
        second.crash,
        second.full,
        second.duplicate,
        second.race,
    )
    assert first.random.random() == second.random.random()


def test_a_process_may_die_right_after_it_sent_a_job_off() -> None:
    sends = dispatcher(Faults(Random(1), crash=1.0))
    with pytest.raises(Crash):
        sends.submit(JOB)
    assert [job.key for _, job in sends.received] == [JOB.key]


def test_a_result_may_come_twice_and_in_calm_weather_once() -> None:
    stormy_one, calm = dispatcher(Faults(Random(1), duplicate=1.0)), dispatcher(Faults(Random(1)))
    for sends, expected in ((stormy_one, 2), (calm, 1)):
        sends.submit(JOB)
        results = [*sends.finished(), *sends.finished()]
        assert [one.key for one in results] == [JOB.key] * expected


def test_an_action_that_is_said_to_fail_fails() -> None:
    sends = dispatcher(Faults(Random(1)), (ActionFault("step:release", 1.0),))
    sends.submit(JOB)
    (result,) = sends.finished()
    assert "fail" in result.error
