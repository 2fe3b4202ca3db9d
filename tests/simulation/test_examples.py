"""The plans of real teams under examples/: clean, whole, rehearsed to their end, and rolled back where something breaks.

The figures are those of the pages that the plans come from; what the table counts is said beside each column.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tminus.core.events import RollbackCompleted
from tminus.core.state import Status
from tminus.plan.criterion import Criterion
from tminus.plan.model import Plan, Task
from tminus.plan.naming import all_tasks
from tminus.plan.reading import examine_plan, read_plan
from tminus.rehearsal import PlanWorld, Regression, Rehearsal, rehearse

EXAMPLES = Path(__file__).parents[2] / "examples"
_TICK = 600.0
_FINE_TICK = 300.0  # a rollback is timed by it


@dataclass(frozen=True, slots=True)
class Figures:
    """How many of each a plan has. `boxes` stand beneath the headings of its checklists (see `boxes_of`)."""

    phases: int
    boxes: int
    stages: int
    alerts: int
    triggers: int
    levels: int
    risks: int
    costs: int  # budget lines with a price


# repz, scalemate and rally-connect: their pages name no trigger, and the plans have their own.
# profile-enhancement: 29 nested bullets, 22 boxes without any, 2 conditions that only a person can vouch for.
FIGURES = {
    "dojopool": Figures(phases=3, boxes=20, stages=3, alerts=11, triggers=4, levels=3, risks=8, costs=0),
    "repz": Figures(phases=5, boxes=23, stages=9, alerts=0, triggers=3, levels=4, risks=7, costs=10),
    "profile-enhancement": Figures(phases=3, boxes=53, stages=4, alerts=5, triggers=4, levels=0, risks=0, costs=0),
    "scalemate": Figures(phases=6, boxes=126, stages=1, alerts=3, triggers=3, levels=0, risks=3, costs=0),
    "rally-connect": Figures(phases=5, boxes=217, stages=2, alerts=0, triggers=2, levels=3, risks=0, costs=8),
}

# What goes wrong an hour into a stage, and the trigger of the plan that has to see it.
FAULTS = {
    "dojopool": (Regression("health_check_failures", 0.3, "team-and-beta", after=3600), "health_check_failures > 1%"),
    "repz": (Regression("api_response", 4.0, "wednesday", after=3600), "canary api_response p95 > 2s"),
    "profile-enhancement": (Regression("page_load", 9.0, "closed-beta", after=3600), "canary page_load p95 > 5s"),
    "scalemate": (Regression("response_time", 5.0, "open-to-the-world", after=3600), "canary response_time mean > 3s"),
    "rally-connect": (Regression("response_time", 5.0, "internal-team", after=3600), "canary response_time mean > 2s"),
}

every_example = pytest.mark.parametrize("name", FIGURES)


def files_of(name: str) -> list[Path]:
    """A plan, with the overlay that binds it to a Prometheus where it has one."""
    return [path for path in (EXAMPLES / name / "plan.yaml", EXAMPLES / name / "monitoring.yaml") if path.exists()]


def rehearsed(name: str, *regressions: Regression, tick: float = _TICK) -> tuple[Plan, Rehearsal, PlanWorld]:
    plan = read_plan(files_of(name))
    world = PlanWorld(plan, regressions=regressions)
    return plan, rehearse(plan, world, tick=tick), world


def boxes_of(name: str, plan: Plan) -> int:
    """dojopool: what the page has ticked; repz: its first phase alone has boxes; else all beneath a heading."""
    if name == "dojopool":
        return sum(task.done for phase in plan.phases for task in all_tasks(phase.tasks))
    phases = plan.phases[:1] if name == "repz" else plan.phases
    return sum(1 for phase in phases for heading in phase.tasks for _ in all_tasks(heading.tasks))


def stages_of(plan: Plan) -> tuple[str, ...]:
    return tuple(stage.id or "" for phase in plan.phases if phase.rollout for stage in phase.rollout.stages)


def judged(plan: Plan) -> Iterable[Criterion]:
    """Every criterion that holds a launch, takes it back, or tells people."""
    yield from plan.rollback.when
    yield from (alert.when for alert in plan.alerts)
    for phase in plan.phases:
        yield from phase.exit
        for stage in phase.rollout.stages if phase.rollout else ():
            yield from stage.exit
        for task in all_tasks(phase.tasks):
            yield from task.proof.holds if task.proof else ()


@every_example
def test_an_example_has_no_error_and_no_open_finding(name: str) -> None:
    for files in (files_of(name), files_of(name)[:1]):
        plan, problems = examine_plan(files)
        assert plan is not None
        assert [str(problem) for problem in problems if not problem.waived] == []


@every_example
def test_an_example_has_all_that_its_page_has(name: str) -> None:
    plan = read_plan(files_of(name))
    assert FIGURES[name] == Figures(
        phases=len(plan.phases),
        boxes=boxes_of(name, plan),
        stages=len(stages_of(plan)),
        alerts=len(plan.alerts),
        triggers=len(plan.rollback.when),
        levels=len(plan.escalation),
        risks=len(plan.risks),
        costs=sum(line.cost is not None for line in plan.budget.lines) if plan.budget else 0,
    )


@every_example
def test_somebody_or_something_proves_every_box_of_an_example(name: str) -> None:
    leaves = [task for phase in read_plan(files_of(name)).phases for task in all_tasks(phase.tasks) if not task.tasks]
    assert [task.do for task in leaves if not _is_answered_for(task)] == []


def _is_answered_for(task: Task) -> bool:
    return task.owner is not None or task.proof is not None


@every_example
def test_an_example_has_a_source_for_all_that_it_judges_by(name: str) -> None:
    plan = read_plan(files_of(name))
    named = {criterion.metric for criterion in (*judged(plan), *(kpi.that for kpi in plan.kpis))}
    assert {metric for metric in named if plan.metrics[metric].kind is None} == set()


@every_example
def test_an_example_goes_from_its_first_phase_to_its_last_and_measures_every_criterion(name: str) -> None:
    plan, rehearsal, world = rehearsed(name)
    assert rehearsal.state.status is Status.COMPLETED
    assert rehearsal.rollbacks == []
    assert rehearsal.state.phases_done == tuple(phase.id for phase in plan.phases)
    assert rehearsal.state.stages_done == stages_of(plan)
    assert {criterion.metric for criterion in judged(plan)} - world.asked == set()


@every_example
def test_a_trigger_of_an_example_takes_a_bad_release_back_in_time(name: str) -> None:
    fault, trigger = FAULTS[name]
    plan, rehearsal, _ = rehearsed(name, fault, tick=_FINE_TICK)
    assert rehearsal.state.status is Status.ROLLED_BACK
    assert [back.cause["kind"] for back in rehearsal.rollbacks] == ["trigger"]
    assert trigger in rehearsal.rollbacks[0].cause["text"]
    completed = [one.event for one in rehearsal.records if isinstance(one.event, RollbackCompleted)]
    assert plan.rollback.within is not None
    assert [back.failed for back in completed] == [()]
    assert completed[0].seconds <= plan.rollback.within.seconds
    assert not rehearsal.state.exposing
    assert all(flag.share == 0 and not flag.cohorts and not flag.features for flag in rehearsal.state.flags.values())


def test_without_its_overlay_people_attest_what_the_profile_example_does_not_measure() -> None:
    plan = read_plan(files_of("profile-enhancement")[:1])
    attested = {criterion.metric for criterion in judged(plan) if plan.metrics[criterion.metric].kind is None}
    world = PlanWorld(plan)
    rehearsal = rehearse(plan, world, tick=_TICK)
    assert rehearsal.state.status is Status.COMPLETED
    assert "retention_30d" in attested
    assert not attested & world.asked
    assert any(gate.startswith("attest:") and "retention_30d" in gate for gate in rehearsal.state.gates)
