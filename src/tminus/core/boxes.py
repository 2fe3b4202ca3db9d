"""Boxes: every one is proven by a probe, by criteria that hold, or by a role that signs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tminus.core import events as e
from tminus.core.facts import Facts
from tminus.core.outline import Outline, TaskPlace
from tminus.core.state import ActionPhase, State, TaskState
from tminus.plan.model import Phase, Proof, Task

PROBE_AGAIN = (5.0, 15.0, 60.0, 300.0, 900.0)  # seconds after a failed probe


def is_proven(outline: Outline, state: State, key: str) -> bool:
    """True for a box that is proven, that does not apply, or whose parts are all proven."""
    place = outline.tasks[key]
    if (
        any(above.task.skip for above in outline.lineage(key))
        or state.tasks.get(key, TaskState()).proven_at is not None
    ):
        return True
    children = outline.children(key)
    return bool(children) and place.task.proof is None and all(is_proven(outline, state, child) for child in children)


def signers(task: Task) -> tuple[str, ...]:
    """The roles whose signature a box asks for; `anyone` where the plan names nobody and no probe."""
    proof = task.proof
    if proof is None:
        return (task.owner or "anyone",)
    named = (proof.sign_off,) if proof.sign_off else ()
    has_probe = proof.http or proof.command or proof.holds
    return named if named or has_probe else (task.owner or "anyone",)


def box_blockers(
    outline: Outline, state: State, facts: Facts, phase: Phase, *, before_rollout: bool
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(box, what it waits for, roles that can sign) of each box that still counts and is not proven."""
    for key in outline.leaves(phase):
        place = outline.tasks[key]
        if any(above.task.optional for above in outline.lineage(key)) or is_proven(outline, state, key):
            continue
        if before_rollout and place.task.by != "rollout":
            continue
        waiting = _missing_signatures(place, state.tasks.get(key, TaskState()))
        if waiting:
            yield key, f"{place.task.do}: waiting for {', '.join(waiting)} to sign", waiting
        else:
            yield key, f"{place.task.do}: {_probe_words(state, key)}", ()


def prove(outline: Outline, state: State, facts: Facts) -> tuple[e.Event, ...]:
    """`TaskProven` for every box of the present phase whose proof is complete."""
    phase = outline.phases.get(state.phase or "")
    if phase is None:
        return ()
    proven = []
    for key in outline.leaves(phase):
        if not is_proven(outline, state, key):
            evidence = _complete(outline.tasks[key].task, state.tasks.get(key, TaskState()), state, key, facts)
            if evidence is not None:
                proven.append(e.TaskProven(task=key, evidence=evidence))
    return tuple(proven)


def probes(outline: Outline, state: State, now: float) -> tuple[e.Event, ...]:
    """Requests for the probes of the present phase that are due, each in its own time after a failure."""
    phase = outline.phases.get(state.phase or "")
    if phase is None:
        return ()
    due: list[e.Event] = []
    for key in outline.leaves(phase):
        task = outline.tasks[key].task
        if task.proof is None or is_proven(outline, state, key):
            continue
        if all(is_proven(outline, state, before) for before in task.after):
            due.extend(_due_probes(key, task, task.proof, state, now))
    return tuple(due)


def _due_probes(key: str, task: Task, proof: Proof, state: State, now: float) -> Iterator[e.Event]:
    for kind, probe in (("probe-http", proof.http), ("probe-command", proof.command)):
        if probe is None:
            continue
        name = f"{kind}:{key}"
        known = state.actions.get(name)
        tries = known.attempt if known else 0
        if known is not None and (known.phase is not ActionPhase.FAILED or now < known.ended_at + _pause(tries)):
            continue
        spec = probe.model_dump(mode="json")
        yield e.ActionRequested(
            key=name, kind=kind, spec=spec, title=f"probe: {task.do}", timeout=_timeout(probe), attempts=tries + 1
        )


def _timeout(probe: Any) -> float:
    within = getattr(probe, "within", None) or getattr(probe, "timeout", None)
    return float(within.seconds) if within else 30.0


def _pause(tries: int) -> float:
    return PROBE_AGAIN[min(max(tries, 1), len(PROBE_AGAIN)) - 1]


def _missing_signatures(place: TaskPlace, known: TaskState) -> tuple[str, ...]:
    if known.signed and "anyone" in signers(place.task):
        return ()
    return tuple(role for role in signers(place.task) if role not in known.signed)


def _complete(task: Task, known: TaskState, state: State, key: str, facts: Facts) -> dict[str, Any] | None:
    asked = signers(task)
    if any(role not in known.signed for role in asked if role != "anyone") or (
        asked == ("anyone",) and not known.signed
    ):
        return None
    evidence: dict[str, Any] = {"signed": known.signed} if known.signed else {}
    proof = task.proof or Proof()
    for kind, probe in (("probe-http", proof.http), ("probe-command", proof.command)):
        if probe is not None:
            action = state.actions.get(f"{kind}:{key}")
            if action is None or action.phase is not ActionPhase.DONE:
                return None
            evidence[kind] = action.note
    for criterion in proof.holds:
        found = facts.criteria.get(criterion.key)
        if found is None or not found.met:
            return None
        evidence.setdefault("criteria", []).append(found.evidence())
    return evidence


def _probe_words(state: State, key: str) -> str:
    for kind in ("probe-http", "probe-command"):
        action = state.actions.get(f"{kind}:{key}")
        if action is not None and action.phase is ActionPhase.FAILED:
            return f"the probe failed ({action.note}), it is tried again"
    return "not proven yet"
