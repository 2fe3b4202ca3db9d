"""Boxes: every one is proven by a probe, by criteria that hold, or by a role that signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tminus.core import events as e
from tminus.core.facts import Facts
from tminus.core.outline import Outline, TaskPlace
from tminus.core.state import ActionPhase, ActionState, State, TaskState
from tminus.plan.model import CommandProbe, HttpProbe, Phase, Proof, Task
from tminus.plan.quantity import Duration, format_duration

_UNTOUCHED = TaskState()
PROBE_AGAIN = (5.0, 15.0, 60.0, 300.0, 900.0)  # seconds after a failed probe


def is_proven(outline: Outline, state: State, key: str, now: float) -> bool:
    """True for a box that is proven, that does not apply, or whose parts are all proven.

    A proof with an `age` counts for that long, and for good once the launch has gone through the gate it was for.
    """
    if key in outline.skipped:
        return True
    place, known = outline.tasks[key], state.tasks.get(key)
    if known is not None and known.proven_at is not None:
        return (
            key not in outline.ageing
            or _is_fresh(place.task, known, state, key, now)
            or _is_past_gate(outline, state, place)
        )
    if place.task.proof is not None:
        return False
    children = outline.children(key)
    return bool(children) and all(is_proven(outline, state, child, now) for child in children)


def first_boxes(outline: Outline, phase: Phase) -> Iterator[str]:
    """The boxes of a phase that have to be proven before its rollout begins."""
    for key in outline.leaves(phase):
        if outline.tasks[key].task.by == "rollout" and key not in outline.optional and key not in outline.skipped:
            yield key


def _open(outline: Outline, state: State, phase: Phase) -> list[str]:
    """The boxes of a phase that are not proven for good: every step asks about each of the others in vain."""
    known, ageing = state.tasks, outline.ageing
    leaves = outline.leaves(phase)
    return [key for key in leaves if key not in known or known[key].proven_at is None or key in ageing]


def proven_since(outline: Outline, state: State, key: str) -> float:
    """When a box was proven for the first time, in Unix seconds; 0 where it was not."""
    return state.tasks.get(key, TaskState()).first_proven_at or 0.0


def signers(task: Task) -> tuple[str, ...]:
    """The roles whose signature a box asks for; `anyone` where the plan names nobody and no probe."""
    proof = task.proof
    if proof is None:
        return (task.owner or "anyone",)
    named = (proof.sign_off,) if proof.sign_off else ()
    has_probe = proof.http or proof.command or proof.holds
    return named if named or has_probe else (task.owner or "anyone",)


def box_blockers(
    outline: Outline, state: State, facts: Facts, now: float, phase: Phase, *, before_rollout: bool
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(box, what it waits for, roles that can sign) of each box that still counts and is not proven."""
    for key in _open(outline, state, phase):
        if key in outline.optional or is_proven(outline, state, key, now):
            continue
        task, known = outline.tasks[key].task, state.tasks.get(key, _UNTOUCHED)
        if before_rollout and task.by != "rollout":
            continue
        waiting, words = signers(task), f"{task.do}{_said(task)}"
        if known is not _UNTOUCHED:
            waiting = _missing_signatures(task, _signatures(task, known, now)) if known.signed else waiting
            words += _aged(task, known, now)
        if waiting:
            yield key, f"{words}: waiting for {', '.join(waiting)} to sign", waiting
        else:
            yield key, f"{words}: {_probe_words(state, key)}", ()


def prove(outline: Outline, state: State, facts: Facts, now: float) -> tuple[e.Event, ...]:
    """`TaskProven` for every box of the present phase whose proof is complete."""
    phase = outline.phases.get(state.phase or "")
    if phase is None:
        return ()
    proven = []
    for key in _open(outline, state, phase):
        if key not in state.tasks and signers(outline.tasks[key].task):
            continue  # nobody has signed it yet; asked first, since it is so of most boxes at most looks
        if not is_proven(outline, state, key, now):
            evidence = _complete(outline.tasks[key].task, state.tasks.get(key, TaskState()), state, key, facts, now)
            if evidence is not None:
                proven.append(e.TaskProven(task=key, evidence=evidence))
    return tuple(proven)


def probes(outline: Outline, state: State, now: float) -> tuple[e.Event, ...]:
    """Requests for the probes of the present phase that are due, each in its own time after a failure."""
    phase = outline.phases.get(state.phase or "")
    if phase is None:
        return ()
    due: list[e.Event] = []
    for key in _open(outline, state, phase):
        task = outline.tasks[key].task
        if task.proof is None or is_proven(outline, state, key, now):
            continue
        if all(is_proven(outline, state, before, now) for before in task.after):
            due.extend(_due_probes(key, task, task.proof, state, now))
    return tuple(due)


def _due_probes(key: str, task: Task, proof: Proof, state: State, now: float) -> Iterator[e.Event]:
    for kind, probe in _probes_of(task):
        name = f"{kind}:{key}"
        known = state.actions.get(name)
        if not _is_due(known, proof, now):
            continue
        tries = known.attempt if known else 0
        spec = probe.model_dump(mode="json")
        yield e.ActionRequested(
            key=name, kind=kind, spec=spec, title=f"probe: {task.do}", timeout=_timeout(probe), attempts=tries + 1
        )


def _is_due(known: ActionState | None, proof: Proof, now: float) -> bool:
    """A probe is asked for, again after a pause where it failed, and again where its success counts no more."""
    if known is None:
        return True
    if known.phase is ActionPhase.FAILED:
        return now >= known.ended_at + _pause(known.attempt)
    return known.phase is ActionPhase.DONE and not _counts(known.ended_at, proof.age, now)


def _timeout(probe: Any) -> float:
    within = getattr(probe, "within", None) or getattr(probe, "timeout", None)
    return float(within.seconds) if within else 30.0


def _pause(tries: int) -> float:
    return PROBE_AGAIN[min(max(tries, 1), len(PROBE_AGAIN)) - 1]


def _probes_of(task: Task) -> list[tuple[str, HttpProbe | CommandProbe]]:
    proof = task.proof or Proof()
    named: tuple[tuple[str, HttpProbe | CommandProbe | None], ...] = (
        ("probe-http", proof.http),
        ("probe-command", proof.command),
    )
    return [(kind, probe) for kind, probe in named if probe is not None]


def _counts(at: float, age: Duration | None, now: float) -> bool:
    return age is None or now - at <= age.seconds


def _age(task: Task) -> Duration | None:
    return task.proof.age if task.proof else None


def _signatures(task: Task, known: TaskState, now: float) -> dict[str, dict[str, Any]]:
    """What was signed and still counts."""
    if not known.signed:
        return {}
    return {role: one for role, one in known.signed.items() if _counts(one["at"], _age(task), now)}


def _missing_signatures(task: Task, signed: Mapping[str, Any]) -> tuple[str, ...]:
    asked = signers(task)
    if not signed:
        return asked
    return () if "anyone" in asked else tuple(role for role in asked if role not in signed)


def _is_fresh(task: Task, known: TaskState, state: State, key: str, now: float) -> bool:
    """True where all that proved a box still counts at `now`."""
    age = _age(task)
    if age is None:
        return True
    if _missing_signatures(task, _signatures(task, known, now)):
        return False
    # What was renewed meanwhile is proven anew, so that the log says so.
    if not _counts(known.proven_at or 0.0, age, now):
        return False
    return all(_probed(state, f"{kind}:{key}", age, now) is not None for kind, _ in _probes_of(task))


def _is_past_gate(outline: Outline, state: State, place: TaskPlace) -> bool:
    """True where the gate that a box was for is behind the launch: what becomes old afterwards holds nothing up."""
    if place.phase.id in state.phases_done:
        return True
    begun = any(key == state.stage or key in state.stages_done for key in outline.stage_ids(place.phase))
    return begun and place.task.by == "rollout"


def _complete(task: Task, known: TaskState, state: State, key: str, facts: Facts, now: float) -> dict[str, Any] | None:
    signed = _signatures(task, known, now)
    if _missing_signatures(task, signed):
        return None
    evidence: dict[str, Any] = {"signed": signed} if signed else {}
    for kind, _ in _probes_of(task):
        action = _probed(state, f"{kind}:{key}", _age(task), now)
        if action is None:
            return None
        evidence[kind] = action.note
    for criterion in task.proof.holds if task.proof else ():
        found = facts.criteria.get(criterion.key)
        if found is None or not found.met:
            return None
        evidence.setdefault("criteria", []).append(found.evidence())
    return evidence


def _probed(state: State, name: str, age: Duration | None, now: float) -> ActionState | None:
    """The probe of this name where it succeeded and still counts."""
    action = state.actions.get(name)
    done = action is not None and action.phase is ActionPhase.DONE and _counts(action.ended_at, age, now)
    return action if done else None


def _said(task: Task) -> str:
    """That somebody ticked the box on paper: words, and no proof."""
    on = f" on {task.done_on:%Y-%m-%d}" if task.done_on else ""
    return f" (said to be done{on})" if task.done or on else ""


def _aged(task: Task, known: TaskState, now: float) -> str:
    if known.proven_at is None:
        return ""
    age = _age(task)
    return f" (proven {format_duration(now - known.proven_at)} ago, counts for {age.text})" if age else ""


def _probe_words(state: State, key: str) -> str:
    for kind in ("probe-http", "probe-command"):
        action = state.actions.get(f"{kind}:{key}")
        if action is not None and action.phase is ActionPhase.FAILED:
            return f"the probe failed ({action.note}), it is tried again"
    return "not proven yet"
