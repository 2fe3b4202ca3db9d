"""`evolve(state, recorded) -> state`: one small function an event, no rules, no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from msgspec.structs import replace

from tminus.core import events as e
from tminus.core.state import (
    ActionPhase,
    ActionState,
    FlagState,
    RegionShare,
    RollbackState,
    State,
    Status,
    TaskState,
)


def evolve(state: State, recorded: e.Recorded) -> State:
    """The state after one more event of the log."""
    applied = _APPLY[type(recorded.event)](state, recorded, recorded.event)
    return replace(applied, launch=recorded.launch, seq=recorded.seq)


def fold(records: Iterable[e.Recorded], state: State | None = None) -> State:
    """The state after a whole log, or after the rest of one."""
    state = state or State()
    for recorded in records:
        state = evolve(state, recorded)
    return state


def _launch_started(state: State, at: e.Recorded, event: e.LaunchStarted) -> State:
    killed = {
        key: FlagState(killed_by=one.killed_by, killed_why=one.killed_why, changed_at=one.since)
        for key, one in event.kept.items()
        if one.killed_by
    }
    return replace(
        state,
        status=Status.RUNNING,
        identity=event.identity,
        started_at=at.at,
        pace=event.pace,
        public_since=at.at,
        flags=killed,
        kept=event.kept,
    )


def _launch_held(state: State, at: e.Recorded, event: e.LaunchHeld) -> State:
    return replace(state, held_by=at.actor, held_why=event.reason)


def _launch_resumed(state: State, at: e.Recorded, event: e.LaunchResumed) -> State:
    return replace(state, held_by="", held_why="")


def _launch_completed(state: State, at: e.Recorded, event: e.LaunchCompleted) -> State:
    return replace(state, status=Status.COMPLETED, ended_at=at.at, hold=(), hold_since=None, phase=None, stage=None)


def _launch_aborted(state: State, at: e.Recorded, event: e.LaunchAborted) -> State:
    return replace(
        state,
        status=Status.ABORTED,
        ended_at=at.at,
        hold=(),
        hold_since=None,
        stage=None,
        rollout_since=0.0,
        exposed_since=0.0,
        flags=state.flags if event.went_back else _all_off(state, at.at),
        experiments={},
    )


def _abort_requested(state: State, at: e.Recorded, event: e.AbortRequested) -> State:
    return replace(state, abort_by=at.actor, abort_why=event.reason, abort_at=at.at)


def _phase_started(state: State, at: e.Recorded, event: e.PhaseStarted) -> State:
    return replace(state, phase=event.phase, phase_started_at=at.at, stage=None, asked=())


def _phase_completed(state: State, at: e.Recorded, event: e.PhaseCompleted) -> State:
    return replace(state, phases_done=(*state.phases_done, event.phase), phase_ended_at=at.at, stage=None)


def _task_signed(state: State, at: e.Recorded, event: e.TaskSigned) -> State:
    known = state.tasks.get(event.task, TaskState())
    signed = {**known.signed, event.role: {"by": at.actor, "at": at.at, "note": event.note}}
    return replace(state, tasks={**state.tasks, event.task: replace(known, signed=signed)})


def _task_proven(state: State, at: e.Recorded, event: e.TaskProven) -> State:
    known = state.tasks.get(event.task, TaskState())
    first = at.at if known.first_proven_at is None else known.first_proven_at
    proven = replace(known, first_proven_at=first, proven_at=at.at, evidence=event.evidence)
    asked = tuple(one for one in state.asked if one != f"box:{event.task}")
    return replace(state, tasks={**state.tasks, event.task: proven}, asked=asked)


def _gate_signed(state: State, at: e.Recorded, event: e.GateSigned) -> State:
    signed = {**state.gates.get(event.gate, {}), event.role: {"by": at.actor, "at": at.at, "note": event.note}}
    done = (event.gate, f"go:{event.gate}:{event.role}")  # a gate of evidence is asked for by each of its metrics
    asked = tuple(one for one in state.asked if one not in done and not one.startswith(f"{event.gate}:"))
    return replace(state, gates={**state.gates, event.gate: signed}, asked=asked)


def _stage_started(state: State, at: e.Recorded, event: e.StageStarted) -> State:
    known = state.flags.get(event.flag, FlagState())
    cohorts = tuple(dict.fromkeys((*known.cohorts, *event.cohorts)))  # who is in stays in
    flag = replace(
        known,
        share=event.share,
        cohorts=cohorts,
        regions=event.regions,
        earlier=_kept(known, RegionShare(event.share, event.regions)),
        features=tuple(dict.fromkeys((*known.features, *event.features))),
        changed_at=at.at,
    )
    goes_on = known.share > 0 or known.cohorts  # else the evidence so far is about another flag's rollout
    return replace(
        state,
        checkpoint_guards=state.checkpoint_guards if goes_on else {},
        stage=event.stage,
        stage_flag=event.flag,
        stage_started_at=at.at,
        rollout_since=state.rollout_since or at.at,
        exposed_since=_exposed_since(state, at.at),
        flags={**state.flags, event.flag: flag},
    )


def _kept(known: FlagState, newest: RegionShare) -> tuple[RegionShare, ...]:
    """The shares so far that the newest does not contain: users of a region that it does not name stay in."""
    so_far = (*known.earlier, RegionShare(known.share, known.regions)) if known.share > 0 else known.earlier
    return tuple(one for one in so_far if not newest.covers(one))


def _stage_promoted(state: State, at: e.Recorded, event: e.StagePromoted) -> State:
    return replace(state, stages_done=(*state.stages_done, event.stage), stage_ended_at=at.at, stage=None, asked=())


def _experiment_started(state: State, at: e.Recorded, event: e.ExperimentStarted) -> State:
    known = state.flags.get(event.flag, FlagState())
    flag = replace(known, share=event.share, changed_at=at.at, experiment=True)
    return replace(
        state,
        flags={**state.flags, event.flag: flag},
        experiments={**state.experiments, event.experiment: at.at},
        exposed_since=_exposed_since(state, at.at),
    )


def _hold_started(state: State, at: e.Recorded, event: e.HoldStarted) -> State:
    since = at.at if state.hold_since is None else state.hold_since
    asked = tuple(dict.fromkeys((*state.asked, *(reason["id"] for reason in event.reasons))))
    return replace(state, hold=event.reasons, hold_since=since, hold_changed_at=at.at, asked=asked)


def _hold_ended(state: State, at: e.Recorded, event: e.HoldEnded) -> State:
    return replace(state, hold=(), hold_since=None, hold_changed_at=at.at)


def _rollback_started(state: State, at: e.Recorded, event: e.RollbackStarted) -> State:
    number = state.rollbacks + 1
    return replace(
        state,
        status=Status.ROLLING_BACK,
        flags=_all_off(state, at.at),
        experiments={},
        stage=None,
        rollout_since=0.0,
        exposed_since=0.0,
        hold=(),
        hold_since=None,
        asked=(),
        rollbacks=number,
        rollback=RollbackState(number, at.at, event.cause, event.evidence),
        checkpoint_guards={},
    )


def _rollback_completed(state: State, at: e.Recorded, event: e.RollbackCompleted) -> State:
    rollback = replace(cast(RollbackState, state.rollback), completed_at=at.at, failed=event.failed)
    return replace(state, status=Status.ROLLED_BACK, rollback=rollback)


def _rollback_overdue(state: State, at: e.Recorded, event: e.RollbackOverdue) -> State:
    return replace(state, rollback=replace(cast(RollbackState, state.rollback), overdue=True))


def _rollout_restarted(state: State, at: e.Recorded, event: e.RolloutRestarted) -> State:
    # What people signed for boxes stands; what they said at gates was about the release that was rolled back.
    before = state.phases_done.index(event.phase) if event.phase in state.phases_done else len(state.phases_done)
    begun = event.phase == state.phase or event.phase in state.phases_done
    return replace(
        state,
        status=Status.RUNNING,
        run=state.run + 1,
        # A phase that had not begun opens in its own time, not because somebody resumed.
        phase=event.phase if begun else state.phase,
        phase_started_at=at.at if begun else state.phase_started_at,
        phases_done=state.phases_done[:before],
        phase_ended_at=at.at,
        stage=None,
        stages_done=(),
        gates={},
        held_by="",
        held_why="",
        checkpoint_guards={},
    )


def _flag_set(state: State, at: e.Recorded, event: e.FlagSet) -> State:
    known = state.flags.get(event.flag, FlagState())
    if event.share > 0 and state.status is Status.RUNNING:  # what a rollback puts up is nothing of the launch
        state = replace(state, exposed_since=_exposed_since(state, at.at))
    adds = bool(event.regions) and not event.change
    earlier = _kept(known, RegionShare(event.share, event.regions)) if adds else ()
    flag = replace(known, share=event.share, regions=event.regions, earlier=earlier, changed_at=at.at)
    if event.share == 0:
        flag = replace(flag, cohorts=(), features=())
    if not event.change:
        return replace(state, flags={**state.flags, event.flag: flag})
    flags = {**state.flags, event.flag: replace(flag, change=event.change)}
    return replace(state, flags=flags, changes={**state.changes, event.flag: event.change})


def _flag_killed(state: State, at: e.Recorded, event: e.FlagKilled) -> State:
    known = state.flags.get(event.flag, FlagState())
    flag = replace(known, killed_by=at.actor, killed_why=event.reason, changed_at=at.at)
    return replace(state, flags={**state.flags, event.flag: flag})


def _flag_restored(state: State, at: e.Recorded, event: e.FlagRestored) -> State:
    known = state.flags.get(event.flag, FlagState())
    flag = replace(known, killed_by="", killed_why="", changed_at=at.at)
    # Time in which nobody had the new variant is no bake time: the stage starts over.
    bakes_from = at.at if state.stage and event.flag == state.stage_flag else state.stage_started_at
    return replace(state, flags={**state.flags, event.flag: flag}, stage_started_at=bakes_from)


def _flag_dropped(state: State, at: e.Recorded, event: e.FlagDropped) -> State:
    kept, flags = ({k: v for k, v in found.items() if k != event.flag} for found in (state.kept, state.flags))
    return replace(state, kept=kept, flags=flags)


def _flag_unscheduled(state: State, at: e.Recorded, event: e.FlagUnscheduled) -> State:
    return replace(state, unscheduled={**state.unscheduled, event.flag: state.changes.get(event.flag, 0)})


def _status_published(state: State, at: e.Recorded, event: e.StatusPublished) -> State:
    return replace(state, public_status=event.status, public_message=event.message, public_since=at.at)


def _action_requested(state: State, at: e.Recorded, event: e.ActionRequested) -> State:
    # A probe is asked for again and again under one key: its attempts go on counting, so that the pauses between grow.
    known = state.actions.get(event.key)
    before = known.attempt if known else 0
    return replace(state, actions={**state.actions, event.key: ActionState(event, at.at, attempt=before)})


def _action_started(state: State, at: e.Recorded, event: e.ActionStarted) -> State:
    return _act(
        state, event.key, phase=ActionPhase.STARTED, attempt=event.attempt, worker=event.worker, until=event.until
    )


def _action_succeeded(state: State, at: e.Recorded, event: e.ActionSucceeded) -> State:
    return _act(state, event.key, phase=ActionPhase.DONE, ended_at=at.at, note=event.output)


def _action_failed(state: State, at: e.Recorded, event: e.ActionFailed) -> State:
    phase = ActionPhase.FAILED if event.final else ActionPhase.WAITING
    return _act(state, event.key, phase=phase, retry_at=event.retry_at, ended_at=at.at, note=event.error)


def _action_in_doubt(state: State, at: e.Recorded, event: e.ActionInDoubt) -> State:
    return _act(state, event.key, phase=ActionPhase.IN_DOUBT)


def _action_settled(state: State, at: e.Recorded, event: e.ActionSettled) -> State:
    phase = ActionPhase.DONE if event.outcome == "done" else ActionPhase.REQUESTED
    earlier = state.actions[event.key].attempt
    return _act(state, event.key, phase=phase, ended_at=at.at, note=event.note, earlier=earlier)


def _alert_fired(state: State, at: e.Recorded, event: e.AlertFired) -> State:
    return replace(state, alerts={**state.alerts, event.alert: at.at})


def _alert_resolved(state: State, at: e.Recorded, event: e.AlertResolved) -> State:
    return replace(state, alerts={key: since for key, since in state.alerts.items() if key != event.alert})


def _guard_checkpointed(state: State, at: e.Recorded, event: e.GuardCheckpointed) -> State:
    return replace(
        state,
        checkpoint_at=at.at,
        checkpoint_cursor=event.cursor,
        checkpoint_guards=event.guards,
        checkpoint_stage=event.stage,
    )


def _act(state: State, key: str, **changes: Any) -> State:
    return replace(state, actions={**state.actions, key: replace(state.actions[key], **changes)})


def _exposed_since(state: State, at: float) -> float:
    return (state.exposed_since if state.exposing else 0.0) or at


def _all_off(state: State, at: float) -> dict[str, FlagState]:
    return {
        key: FlagState(killed_by=flag.killed_by, killed_why=flag.killed_why, changed_at=at)
        for key, flag in state.flags.items()
    }


_APPLY: dict[type[e.Event], Callable[[State, e.Recorded, Any], State]] = {
    e.LaunchStarted: _launch_started,
    e.LaunchHeld: _launch_held,
    e.LaunchResumed: _launch_resumed,
    e.LaunchCompleted: _launch_completed,
    e.AbortRequested: _abort_requested,
    e.LaunchAborted: _launch_aborted,
    e.PhaseStarted: _phase_started,
    e.PhaseCompleted: _phase_completed,
    e.TaskSigned: _task_signed,
    e.TaskProven: _task_proven,
    e.GateSigned: _gate_signed,
    e.StageStarted: _stage_started,
    e.StagePromoted: _stage_promoted,
    e.ExperimentStarted: _experiment_started,
    e.HoldStarted: _hold_started,
    e.HoldEnded: _hold_ended,
    e.RollbackStarted: _rollback_started,
    e.RollbackCompleted: _rollback_completed,
    e.RollbackOverdue: _rollback_overdue,
    e.RolloutRestarted: _rollout_restarted,
    e.FlagSet: _flag_set,
    e.FlagKilled: _flag_killed,
    e.FlagRestored: _flag_restored,
    e.FlagDropped: _flag_dropped,
    e.FlagUnscheduled: _flag_unscheduled,
    e.StatusPublished: _status_published,
    e.ActionRequested: _action_requested,
    e.ActionStarted: _action_started,
    e.ActionSucceeded: _action_succeeded,
    e.ActionFailed: _action_failed,
    e.ActionInDoubt: _action_in_doubt,
    e.ActionSettled: _action_settled,
    e.AlertFired: _alert_fired,
    e.AlertResolved: _alert_resolved,
    e.GuardCheckpointed: _guard_checkpointed,
}
