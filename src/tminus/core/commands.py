"""What people may tell a launch, as the events it records. Each refuses, in one line, what makes no sense now."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from tminus.core import events as e
from tminus.core.acting import exposing, is_overtaken
from tminus.core.advance import attest_gate, attesters
from tminus.core.boxes import is_proven, signers
from tminus.core.earning import demand, evidence_gate, vouchers
from tminus.core.kept import switched_on_without
from tminus.core.outline import Outline
from tminus.core.scheduling import changes_left
from tminus.core.state import ActionPhase, State, Status, TaskState
from tminus.core.story import because
from tminus.errors import UsageError, no_such
from tminus.plan.criterion import Criterion
from tminus.plan.model import Task

SAID_AGAIN_SECONDS = 10.0  # a double click, or two people at one alarm, must not cut the way back short


def go(outline: Outline, state: State, role: str, note: str = "") -> tuple[e.Event, ...]:
    """A role says go at the nearest gate that asks for it: the present stage's, else the present phase's.

    One go is one decision: what a person says of 15 % must not count for the end of the whole phase.
    """
    _running(state)
    gates = [(gate, roles) for gate, roles in open_gates(outline, state) if role in roles]
    if not gates:
        asked = sorted({r for _, roles in open_gates(outline, state) for r in roles})
        waiting = f"it waits for {', '.join(asked)}" if asked else "no gate is waiting for a go"
        raise UsageError(f"the present gates do not ask {role}: {waiting}", hint="tminus status shows the gates")
    signed = [gate for gate, _ in gates if role in state.gates.get(gate, {})]
    if len(signed) == len(gates):
        raise UsageError(f"{role} has said go already at {', '.join(signed)}")
    nearest = next(gate for gate, _ in gates if gate not in signed)
    return (e.GateSigned(gate=nearest, role=role, note=note),)


def open_gates(outline: Outline, state: State) -> list[tuple[str, tuple[str, ...]]]:
    """The gates ahead that roles may sign now: (gate, roles)."""
    gates = []
    if state.stage and (roles := outline.stages[state.stage].stage.go):
        gates.append((f"stage:{state.stage}", roles))
    phase = outline.phases.get(state.phase or "")
    if phase is not None and phase.id not in state.phases_done and phase.go:
        gates.append((f"phase:{phase.id}", phase.go))
    return gates


def sign(outline: Outline, state: State, task: str, role: str, note: str = "") -> tuple[e.Event, ...]:
    """A person with this role vouches for a box."""
    _not_ended(state)
    if task.startswith("attest:"):
        return _vouch(outline, state, task, role, note)
    if task.startswith("evidence:"):
        return _vouch_for_stage(outline, state, task, role, note)
    _known(task, outline.tasks, "box")
    renews = _can_grow_old(outline.tasks[task].task)
    # What cannot grow old is as well proven now as it was at any time.
    if not renews and is_proven(outline, state, task, state.started_at):
        raise UsageError(f"{task} is proven already")
    parts = outline.children(task)
    if parts and outline.tasks[task].task.proof is None:
        raise UsageError(f"{task} is proven by the boxes beneath it: {', '.join(parts)}", hint="sign those")
    asked = signers(outline.tasks[task].task)
    if not asked:
        raise UsageError(f"{task} is proven by its probe, not by a signature", hint="skip it in the plan with a reason")
    if role not in asked and "anyone" not in asked:
        raise UsageError(f"{task} is signed by {', '.join(asked)}, not by {role}")
    if role in state.tasks.get(task, TaskState()).signed and not renews:
        raise UsageError(f"{role} has signed {task} already")
    return (e.TaskSigned(task=task, role=role, note=note),)


def _can_grow_old(task: Task) -> bool:
    """True for a box whose proof counts for a time only: it is signed again whenever somebody likes."""
    return task.proof is not None and task.proof.age is not None


def attestations(outline: Outline, state: State) -> dict[str, tuple[str, ...]]:
    """The criteria at the present gates that a role has to vouch for: name -> roles."""
    gates: list[tuple[str, tuple[Criterion, ...]]] = []
    if state.stage:
        gates.append((f"stage:{state.stage}", outline.stages[state.stage].stage.exit))
    if state.phase and state.phase not in state.phases_done:
        gates.append((f"phase:{state.phase}", outline.phases[state.phase].exit))
    return {attest_gate(gate, c): roles for gate, exits in gates for c in exits if (roles := attesters(outline, c))}


def _vouch(outline: Outline, state: State, name: str, role: str, note: str) -> tuple[e.Event, ...]:
    waiting = attestations(outline, state)
    _known(name, waiting, "criterion to vouch for now")
    return _vouched(state, name, waiting[name], role, note)


def _vouch_for_stage(outline: Outline, state: State, name: str, role: str, note: str) -> tuple[e.Event, ...]:
    asked = demand(outline, state)
    if name in {evidence_gate(done) for done in state.stages_done}:
        # Not "did you mean" the next one: who signs the same stage twice would vouch for another.
        raise UsageError(f"{name}: that stage is done already", hint="tminus status says what is waited for now")
    _known(name, [evidence_gate(state.stage)] if asked and state.stage else [], "stage that waits for evidence")
    return _vouched(state, name, vouchers(outline, state), role, note)


def _vouched(state: State, name: str, roles: tuple[str, ...], role: str, note: str) -> tuple[e.Event, ...]:
    if role not in roles and "anyone" not in roles:
        raise UsageError(f"{name} is vouched for by {', '.join(roles)}, not by {role}")
    if role in state.gates.get(name, {}):
        raise UsageError(f"{role} has vouched for it already")
    return (e.GateSigned(gate=name, role=role, note=note),)


def hold(outline: Outline, state: State, actor: str, reason: str = "") -> tuple[e.Event, ...]:
    """Stop going on; keep watching."""
    _running(state)
    if state.held_by:
        raise UsageError(f"{state.held_by} holds the launch already")
    return (e.LaunchHeld(reason=reason),)


def resume(outline: Outline, state: State, reason: str = "") -> tuple[e.Event, ...]:
    """Go on after a hold, or send the release out again after a rollback: from the first stage, or from an earlier phase
    that was not complete yet."""
    _not_ended(state)
    if state.abort_by:
        raise UsageError(f"{state.abort_by} has ended the launch: it only goes back now", hint="tminus run starts anew")
    if state.status is Status.ROLLING_BACK:
        raise UsageError("the rollback is still under way", hint="wait until it is completed, then resume")
    if state.status is Status.ROLLED_BACK:
        # What was never completed is not skipped: a rollback during the preparations restarts them, not the rollout.
        again = (p.id for p in outline.plan.phases if p.rollout is not None or p.id not in state.phases_done)
        phase = next(again, outline.plan.phases[-1].id)
        restarted = e.RolloutRestarted(phase=phase, reason=reason)
        if state.public_status == "operational":
            return (restarted,)
        return restarted, e.StatusPublished(status="operational", message="The problem is mended.")
    if not state.held_by:
        raise UsageError("nobody holds the launch", hint="tminus status says what it waits for")
    return (e.LaunchResumed(reason=reason),)


def rollback(outline: Outline, state: State, actor: str, reason: str = "") -> tuple[e.Event, ...]:
    """Give everybody the default again and do what the plan says about going back."""
    _running(state)
    text = f"{actor} rolled back{because(reason)}"
    return (e.RollbackStarted(cause={"kind": "person", "text": text}),)


def abort(outline: Outline, state: State, actor: str, reason: str = "", now: float = inf) -> tuple[e.Event, ...]:
    """End the launch for good; everybody has the default again, at once.

    Where users may have something new, and while a rollback is under way, the rollback's actions are done before it ends;
    said a second time it ends without them. Else traffic, the status page and the people on duty would stay with a release
    that nobody watches any more. What is said within seconds of the first (`now` in Unix seconds) is no second time.
    """
    _not_ended(state)
    if state.abort_by and 0 <= now - state.abort_at < SAID_AGAIN_SECONDS:
        words = f"{state.abort_by} ended the launch just now: it goes back first"
        raise UsageError(words, hint=f"said again after {SAID_AGAIN_SECONDS:g} seconds, abort ends it without that")
    if not state.abort_by and state.status is Status.ROLLING_BACK:
        return (e.AbortRequested(reason=reason),)
    exposed = state.rollout_since > 0 or exposing(outline, state)
    if state.status is Status.RUNNING and exposed and outline.plan.rollback.do:
        text = f"{actor} ended the launch{because(reason)}"
        return e.AbortRequested(reason=reason), e.RollbackStarted(cause={"kind": "person", "text": text})
    return (e.LaunchAborted(reason=reason, went_back=state.status is not Status.RUNNING),)


def kill(outline: Outline, state: State, flag: str, reason: str = "") -> tuple[e.Event, ...]:
    """Pull a flag's kill switch. Works whenever, also after the launch has ended."""
    _known(flag, (*outline.plan.flags, *state.kept), "flag")
    known = state.flags.get(flag)
    if known is not None and known.killed_by:
        raise UsageError(f"{known.killed_by} has switched {flag} off already")
    return (e.FlagKilled(flag=flag, reason=reason),)


def restore(outline: Outline, state: State, flag: str, reason: str = "") -> tuple[e.Event, ...]:
    """Put the kill switch back."""
    _known(flag, (*outline.plan.flags, *state.kept), "flag")
    known = state.flags.get(flag)
    if known is None or not known.killed_by:
        raise UsageError(f"the kill switch of {flag} has not been pulled")
    return (e.FlagRestored(flag=flag, reason=reason),)


def unschedule(outline: Outline, state: State, flag: str, reason: str = "") -> tuple[e.Event, ...]:
    """Leave a flag as it is: the changes that the plan still has for it do not come, and the launch waits for none."""
    _not_ended(state)
    _known(flag, outline.scheduled, "flag with scheduled changes")
    if not changes_left(outline, state, flag):
        raise UsageError(f"{flag} has no scheduled change left", hint="tminus status says what the launch waits for")
    return (e.FlagUnscheduled(flag=flag, reason=reason),)


def drop(outline: Outline, state: State, flag: str, reason: str = "") -> tuple[e.Event, ...]:
    """Serve a flag that was kept from an earlier launch no more. Works whenever, also after the launch has ended."""
    if flag in outline.plan.flags:
        hint = "leave it out of the next launch's plan and drop it then; tminus kill gives everybody the default"
        raise UsageError(
            f"{flag} is a flag of the present plan, not one that is kept from an earlier launch", hint=hint
        )
    _known(flag, state.kept, "kept flag")
    needed = [key for key, one in state.kept.items() if flag in one.requires]
    if needed:
        raise UsageError(f"{', '.join(needed)} requires {flag}, and is kept too", hint=f"drop {needed[0]} first")
    if again := switched_on_without(state, flag):
        words = f"{', '.join(again)} came with {flag} and would be on again without its kill switch"
        raise UsageError(words, hint=f"drop or kill {again[0]} first")
    return (e.FlagDropped(flag=flag, reason=reason),)


def settle(outline: Outline, state: State, key: str, outcome: str, note: str = "") -> tuple[e.Event, ...]:
    """Say what became of an action that failed or is in doubt: `done`, or `again`."""
    _not_ended(state)
    _known(key, state.actions, "action")
    if state.actions[key].phase not in (ActionPhase.FAILED, ActionPhase.IN_DOUBT):
        raise UsageError(f"{key} is {state.actions[key].phase.value}: only a failed or doubtful action is settled")
    if outcome not in ("done", "again"):
        raise UsageError(f"an action is settled as done or again, not as {outcome}")
    if outcome == "again" and is_overtaken(state, key):
        raise UsageError(f"{key} belongs to what the launch has left behind: it is not done again")
    return (e.ActionSettled(key=key, title=state.actions[key].request.title, outcome=outcome, note=note),)


def _running(state: State) -> None:
    _not_ended(state)
    if state.status is not Status.RUNNING:
        raise UsageError(
            f"the launch is {state.status.value}", hint="after a rollback, resume sends the release out again"
        )


def _not_ended(state: State) -> None:
    if state.status.ended or state.status is Status.NEW:
        raise UsageError(f"the launch is {state.status.value}", hint="tminus run starts a new one")


def _known(name: str, names: Iterable[str], what: str) -> None:
    known = list(names)
    if name not in known:
        raise no_such(what, name, known)
