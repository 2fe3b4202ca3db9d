from __future__ import annotations

import pytest
from msgspec.structs import asdict

from support.launches import T0, Course, course, outline, recorded, rolled_back
from tminus.core import events as e
from tminus.core.evolve import evolve, fold
from tminus.core.state import ActionPhase, FlagState, State, Status

ON = FlagState(share=0.05, cohorts=("staff",), changed_at=T0)
RUNNING = State(launch="page-1", seq=7, status=Status.RUNNING, started_at=T0, phase="release", flags={"page": ON})


def change(event: e.Event, state: State = RUNNING, *, at: float = T0 + 9) -> dict[str, object]:
    """What an event changes, besides the number."""
    after = asdict(evolve(state, recorded(event, 8, at, "ann")))
    assert after.pop("seq") == 8
    return {key: value for key, value in after.items() if value != getattr(state, key)}


@pytest.mark.parametrize(
    ("event", "changes"),
    [
        (e.LaunchHeld(reason="lunch"), {"held_by": "ann", "held_why": "lunch"}),
        (e.LaunchCompleted(), {"status": Status.COMPLETED, "ended_at": T0 + 9, "phase": None}),
        (
            e.LaunchAborted(),
            {"status": Status.ABORTED, "ended_at": T0 + 9, "flags": {"page": FlagState(changed_at=T0 + 9)}},
        ),
        (e.PhaseStarted(phase="next"), {"phase": "next", "phase_started_at": T0 + 9}),
        (e.PhaseCompleted(phase="release"), {"phases_done": ("release",), "phase_ended_at": T0 + 9}),
        (e.StatusPublished(status="degraded"), {"public_status": "degraded", "public_since": T0 + 9}),
        (e.AlertFired(alert="slow", severity="high", text="slow"), {"alerts": {"slow": T0 + 9}}),
        (e.FlagSet(flag="page", share=0.0), {"flags": {"page": FlagState(changed_at=T0 + 9)}}),
        (
            e.GateSigned(gate="phase:release", role="lead", note="ok"),
            {"gates": {"phase:release": {"lead": {"by": "ann", "at": T0 + 9, "note": "ok"}}}},
        ),
        (
            e.GuardCheckpointed(cursor={"errors": 5}, guards={"errors": {}}),
            {"checkpoint_at": T0 + 9, "checkpoint_cursor": {"errors": 5}, "checkpoint_guards": {"errors": {}}},
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_event_changes_this_and_nothing_else(event: e.Event, changes: dict[str, object]) -> None:
    assert change(event) == changes


def test_a_stage_lets_its_share_and_cohorts_in_and_keeps_who_was_in() -> None:
    started = e.StageStarted(phase="release", stage="half", flag="page", share=0.5, cohorts=("friends",))
    after = evolve(RUNNING, recorded(started, 8, T0 + 9))
    assert after.flags == {"page": FlagState(share=0.5, cohorts=("staff", "friends"), changed_at=T0 + 9)}
    assert (after.stage, after.stage_started_at, after.rollout_since) == ("half", T0 + 9, T0 + 9)


def test_the_rollout_is_as_old_as_its_first_stage() -> None:
    launch = course()
    launch.wait(3600)
    assert (launch.state.stage, launch.state.stage_started_at, launch.state.rollout_since) == ("all", T0 + 3600, T0)


def test_a_rollback_takes_the_flag_from_everybody_in_the_very_event_that_starts_it() -> None:
    launch = course()
    launch.record(e.RollbackStarted(cause={"kind": "person", "text": "bad"}))
    state = launch.state
    assert (state.status, state.exposing, state.stage, state.rollout_since) == (Status.ROLLING_BACK, False, None, 0.0)


def test_a_kill_switch_takes_the_flag_away_without_forgetting_the_share() -> None:
    killed = evolve(RUNNING, recorded(e.FlagKilled(flag="page"), actor="ann"))
    restored = evolve(killed, recorded(e.FlagRestored(flag="page")))
    assert [state.share_of("page") for state in (RUNNING, killed, restored)] == [0.05, 0.0, 0.05]
    assert [state.exposing for state in (RUNNING, killed, restored)] == [True, False, True]


def test_time_under_the_kill_switch_is_no_bake_time() -> None:
    launch = course()
    launch.now += 600
    launch.record(e.FlagKilled(flag="page"))
    launch.now += 600
    launch.record(e.FlagRestored(flag="page"))
    assert launch.state.stage_started_at == T0 + 1200


def acting(*events: e.Event) -> Course:
    launch = Course(outline())
    launch.record(e.ActionRequested(key="k", kind="run", spec={}), *events)
    return launch


@pytest.mark.parametrize(
    ("last", "phase"),
    [
        (e.ActionSucceeded(key="k", attempt=1, output="ok"), ActionPhase.DONE),
        (e.ActionFailed(key="k", attempt=1, error="no", final=True), ActionPhase.FAILED),
        (e.ActionFailed(key="k", attempt=1, error="no", final=False, retry_at=T0 + 2), ActionPhase.WAITING),
        (e.ActionInDoubt(key="k"), ActionPhase.IN_DOUBT),
        (e.ActionSettled(key="k", outcome="done"), ActionPhase.DONE),
        (e.ActionSettled(key="k", outcome="again"), ActionPhase.REQUESTED),
    ],
)
def test_an_action_goes_through_its_phases(last: e.Event, phase: ActionPhase) -> None:
    after = acting(e.ActionStarted(key="k", attempt=1, worker="w"), last).state.actions["k"]
    assert (after.phase, after.attempt) == (phase, 1)


def test_what_is_asked_for_again_goes_on_counting_its_attempts() -> None:
    again = acting(
        e.ActionStarted(key="k", attempt=1),
        e.ActionFailed(key="k", attempt=1, error="no", final=True),
        e.ActionRequested(key="k", kind="run", spec={}),
    ).state.actions["k"]
    assert (again.phase, again.attempt) == (ActionPhase.REQUESTED, 1)


def test_sent_out_again_a_release_has_fresh_gates_stages_and_evidence_but_keeps_its_boxes() -> None:
    launch = rolled_back()
    launch.record(
        e.TaskSigned(task="backup", role="lead"),
        e.GateSigned(gate="phase:release", role="lead"),
        e.GuardCheckpointed(cursor={"errors": 1}, guards={"errors": {}}),
        e.RolloutRestarted(phase="release"),
    )
    state = launch.state
    assert (state.status, state.run, state.phase, state.stages_done) == (Status.RUNNING, 2, "release", ())
    assert (state.gates, state.checkpoint_guards, list(state.tasks)) == ({}, {}, ["backup"])


def test_restarting_a_phase_that_had_not_begun_leaves_its_beginning_to_the_clock() -> None:
    before = State(status=Status.ROLLED_BACK, phase="prepare", phases_done=("prepare",), phase_started_at=T0)
    after = fold([recorded(e.RolloutRestarted(phase="release"), 2, T0 + 9)], before)
    assert (after.phase, after.phases_done, after.phase_started_at) == ("prepare", ("prepare",), T0)


def test_restarting_an_earlier_phase_undoes_the_phases_after_it() -> None:
    before = State(status=Status.ROLLED_BACK, phase="after", phases_done=("prepare", "release"))
    after = fold([recorded(e.RolloutRestarted(phase="release"), 2, T0 + 9)], before)
    assert (after.phase, after.phases_done, after.phase_started_at) == ("release", ("prepare",), T0 + 9)


def test_another_flags_first_stage_does_not_inherit_the_evidence_of_the_one_before() -> None:
    seen = evolve(RUNNING, recorded(e.GuardCheckpointed(cursor={"errors": 1}, guards={"errors": {}})))
    same = e.StageStarted(phase="release", stage="half", flag="page", share=0.5)
    other = e.StageStarted(phase="more", stage="first", flag="other", share=0.05)
    kept = [evolve(seen, recorded(event)).checkpoint_guards for event in (same, other)]
    assert kept == [{"errors": {}}, {}]
