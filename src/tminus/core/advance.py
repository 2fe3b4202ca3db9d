"""What a launch does next, or what it waits for: the one place that knows the order of things.

    phase opens -> its steps -> boxes that gate the rollout -> stages, one by one -> other boxes, criteria, roles -> next

`advance` answers with the events to record, or with the blockers that stand in the way. The engine records the first,
every screen shows the second, so that nobody is told another reason than the one that holds the launch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf
from typing import Any

import msgspec

from tminus.core import events as e
from tminus.core.acting import sequence
from tminus.core.assessment import Assessment, Outcome
from tminus.core.boxes import box_blockers, first_boxes, proven_since
from tminus.core.earning import earned_evidence, evidence_gate, missing, served_share
from tminus.core.experiments import due_experiments
from tminus.core.facts import Facts
from tminus.core.outline import Outline, StagePlace
from tminus.core.scheduling import changes_ahead, waiting_changes
from tminus.core.silence import silence_words
from tminus.core.state import ActionPhase, State, Status
from tminus.plan.criterion import Criterion
from tminus.plan.model import Phase
from tminus.plan.quantity import format_duration, format_percent

DEFAULT_SILENCE = 300.0


class Blocker(msgspec.Struct, frozen=True):
    """One thing in the way. `until` is when it clears by itself at the earliest, `roles` who can clear it."""

    id: str
    kind: str  # time, criterion, inconclusive, unmeasured, evidence, sign-off, box, action, silence, killed, person
    text: str
    until: float | None = None
    roles: tuple[str, ...] = ()

    def reason(self) -> dict[str, str]:
        """For the log."""
        return {"id": self.id, "kind": self.kind, "text": self.text}


class Advance(msgspec.Struct, frozen=True):
    """Either the events that take the launch on, or what blocks it; both empty when it has ended."""

    events: tuple[e.Event, ...] = ()
    blockers: tuple[Blocker, ...] = ()


def advance(outline: Outline, state: State, facts: Facts, now: float) -> Advance:
    """The next step of a running launch."""
    if state.status is not Status.RUNNING:
        return Advance()
    if state.phase is None or state.phase in state.phases_done:
        return _open_phase(outline, state, now)
    phase = outline.phases[state.phase]
    for part in (_steps, _boxes_first, _experiments, _stages):
        found = part(outline, state, facts, now, phase)
        if found is not None:
            return found
    return _close_phase(outline, state, facts, now, phase)


def _open_phase(outline: Outline, state: State, now: float) -> Advance:
    phase = outline.phase_after(state.phases_done[-1] if state.phases_done else None)
    if phase is None:
        ahead = (*waiting_changes(outline, state, now), *changes_ahead(outline, state, now))
        blockers = tuple(Blocker(one.id, one.kind, one.text, one.until) for one in ahead)
        return Advance(blockers=blockers) if blockers else Advance(events=(e.LaunchCompleted(),))
    opens = outline.opens_at(phase, state.started_at, state.phase_ended_at, paced=state.pace != 1.0)
    if opens > now:
        text = f"{phase.title or phase.id} starts in {format_duration(opens - now)}"
        return Advance(blockers=(Blocker(f"starts:{phase.id}", "time", text, until=opens),))
    return Advance(events=(e.PhaseStarted(phase=phase.id),))


def _steps(outline: Outline, state: State, facts: Facts, now: float, phase: Phase) -> Advance | None:
    events, awaited = sequence(f"step:{phase.id}:{state.run}", phase.steps, outline, state)
    if events:
        return Advance(events=events)
    blockers = tuple(_action_blocker(action.request.key, state) for action in awaited)
    return Advance(blockers=blockers) if blockers else None


def _boxes_first(outline: Outline, state: State, facts: Facts, now: float, phase: Phase) -> Advance | None:
    if phase.rollout is None or state.stage or any(key in state.stages_done for key in outline.stage_ids(phase)):
        return None
    blockers = tuple(_boxes(outline, state, facts, now, phase, before_rollout=True))
    return Advance(blockers=blockers) if blockers else None


def _experiments(outline: Outline, state: State, facts: Facts, now: float, phase: Phase) -> Advance | None:
    started = due_experiments(outline, state)
    return Advance(events=started) if started else None


def _stages(outline: Outline, state: State, facts: Facts, now: float, phase: Phase) -> Advance | None:
    left = [key for key in outline.stage_ids(phase) if key not in state.stages_done]
    if not left:
        return None
    place = outline.stages[left[0]]
    killed = tuple(_killed(place.rollout.flag, state))
    if killed:
        return Advance(blockers=killed)
    if state.stage is None:
        return _open_stage(outline, state, now, place, left[0])
    blockers = tuple(_stage_blockers(outline, state, facts, now))
    if blockers:
        return Advance(blockers=blockers)
    promoted = e.StagePromoted(stage=state.stage, evidence=_evidence(place.stage.exit, facts))
    return Advance(events=(promoted, *_released(place)))


def _released(place: StagePlace) -> tuple[e.Event, ...]:
    """Who was held back as a control gets the variant when the last stage has passed."""
    stage, flag = place.stage, place.rollout.flag
    held = served_share(place) < stage.to
    return (e.FlagSet(flag=flag, share=stage.to, regions=stage.regions),) if held else ()


def _open_stage(outline: Outline, state: State, now: float, place: StagePlace, key: str) -> Advance:
    stage, phase = place.stage, place.phase
    ready, since = _ready_at(outline, state, place), state.stage_started_at + 1 if place.number else -inf
    opens = outline.stage_opens_at(stage, state.phase_started_at, ready, since, paced=state.pace != 1.0)
    if opens > now:
        text = f"{stage.title or format_percent(stage.to)} starts in {format_duration(opens - now)}"
        return Advance(blockers=(Blocker(f"starts:{key}", "time", text, until=opens),))
    started = e.StageStarted(
        phase=phase.id,
        stage=key,
        flag=place.rollout.flag,
        share=served_share(place),
        cohorts=stage.cohorts,
        regions=stage.regions,
        features=stage.features,
    )
    return Advance(events=(started,))


def _ready_at(outline: Outline, state: State, place: StagePlace) -> float:
    """Since when nothing but the clock keeps a stage from starting: the next Monday is the one after that."""
    begun = state.phase_started_at
    if place.number:
        return max(begun, state.stage_ended_at)
    # A proof that was renewed meanwhile counts from its first time: it must not put a Monday off by a week.
    proofs = (proven_since(outline, state, key) for key in first_boxes(outline, place.phase))
    prefix = f"step:{place.phase.id}:"
    done = (one for key, one in state.actions.items() if key.startswith(prefix) and one.request.kind != "notify")
    steps = (one.ended_at for one in done)
    return max((begun, *proofs, *steps))


def _killed(flag: str, state: State) -> Iterator[Blocker]:
    known = state.flags.get(flag)
    if known is not None and known.killed_by:
        yield Blocker(
            f"killed:{flag}",
            "killed",
            f"flag {flag} was switched off by {known.killed_by}: tminus restore {flag} puts it back",
        )


def _stage_blockers(outline: Outline, state: State, facts: Facts, now: float) -> Iterator[Blocker]:
    place = outline.stages[state.stage or ""]
    baked = state.stage_started_at + place.stage.bakes.seconds
    if now < baked:
        name = place.stage.title or format_percent(place.stage.to)
        yield Blocker(f"bake:{state.stage}", "time", f"{name} bakes for {place.stage.bakes.text}", until=baked)
    yield from silence_blockers(outline, state, facts, now)
    yield from _unearned(outline, state, facts, now)
    yield from criteria_blockers(place.stage.exit, outline, state, facts, f"stage:{state.stage}")
    yield from _gate_blockers(f"stage:{state.stage}", place.stage.go, state)


def _unearned(outline: Outline, state: State, facts: Facts, now: float) -> Iterator[Blocker]:
    for number, one in enumerate(missing(outline, state, facts, now)):
        asked = one.roles and not number  # one signature stands for all that is missing, so it is named once
        name = f"; tminus sign {evidence_gate(state.stage or '')} lets it go on all the same" if asked else ""
        yield Blocker(one.id, "evidence", f"{one.text}{name}", roles=one.roles)


def _close_phase(outline: Outline, state: State, facts: Facts, now: float, phase: Phase) -> Advance:
    blockers = list(_boxes(outline, state, facts, now, phase, before_rollout=False))
    if phase.lasts and now < (ends := state.phase_started_at + phase.lasts.shortest.seconds):
        text = f"{phase.title or phase.id} lasts at least {phase.lasts.shortest.text}"
        blockers.append(Blocker(f"lasts:{phase.id}", "time", text, until=ends))
    if phase.rollout:
        blockers.extend(_killed(phase.rollout.flag, state))
        blockers.extend(silence_blockers(outline, state, facts, now))
    blockers.extend(criteria_blockers(phase.exit, outline, state, facts, f"phase:{phase.id}"))
    blockers.extend(_gate_blockers(f"phase:{phase.id}", phase.go, state))
    if blockers:
        return Advance(blockers=tuple(blockers))
    return Advance(events=(e.PhaseCompleted(phase=phase.id, evidence=_evidence(phase.exit, facts)),))


def silence_blockers(outline: Outline, state: State, facts: Facts, now: float) -> Iterator[Blocker]:
    """No data is not good data: while the canary is not seen, nothing is promoted."""
    phase = outline.phases.get(state.phase or "")
    if not (phase and phase.rollout and phase.rollout.guards and state.rollout_since):
        return
    seen, words = facts.canary_seen_at, silence_words(outline, state, facts)
    because = f": {words}" if words else ""
    if seen is None or seen < state.stage_started_at:
        text = f"nothing has been measured from the new variant in this stage yet{because}"
        yield Blocker(f"unseen:{state.stage}", "silence", text)
    elif now - seen > silence_allowed(outline):
        text = f"no measurements from the new variant for {format_duration(now - seen)}{because}"
        yield Blocker(f"silence:{phase.rollout.flag}", "silence", text)


def silence_allowed(outline: Outline) -> float:
    """Seconds without data after which people are told."""
    silence = outline.plan.watching.silence
    return silence.seconds if silence else DEFAULT_SILENCE


def criteria_blockers(
    criteria: Iterable[Criterion], outline: Outline, state: State, facts: Facts, gate: str
) -> Iterator[Blocker]:
    """What of these criteria is not met, and why. What cannot be measured yet is vouched for by a role."""
    for criterion in criteria:
        roles = attesters(outline, criterion)
        found = facts.criteria.get(criterion.key)
        if roles:
            key = attest_gate(gate, criterion)
            if not state.gates.get(key):
                text = f"{criterion.text} is not measured: waiting for {roles[0]} to vouch for it"
                yield Blocker(key, "sign-off", text, roles=roles)
        elif found is None:
            yield Blocker(f"criterion:{criterion.text}", "unmeasured", f"{criterion.text}: not measured yet")
        elif not found.met:
            until = _lasting_until(found, criterion)
            yield Blocker(f"criterion:{criterion.text}", _kind(found), found.sentence, until=until)


def attesters(outline: Outline, criterion: Criterion) -> tuple[str, ...]:
    """Who vouches for a criterion whose metric has no source; empty for one that is measured."""
    metric = outline.plan.metrics[criterion.metric]
    return () if metric.kind is not None else (metric.attest or "anyone",)


def attest_gate(gate: str, criterion: Criterion) -> str:
    """The name under which a role vouches for a criterion at a gate."""
    return f"attest:{gate}:{criterion.text}"


def _kind(found: Assessment) -> str:
    kinds = {Outcome.UNKNOWN: "unmeasured", Outcome.INCONCLUSIVE: "inconclusive"}
    return kinds.get(found.outcome, "criterion")


def _lasting_until(found: Assessment, criterion: Criterion) -> float | None:
    return found.since + criterion.hold_for.seconds if found.since is not None and criterion.hold_for else None


def _gate_blockers(gate: str, roles: Iterable[str], state: State) -> Iterator[Blocker]:
    signed = state.gates.get(gate, {})
    for role in roles:
        if role not in signed:
            yield Blocker(f"go:{gate}:{role}", "sign-off", f"waiting for the go of {role}", roles=(role,))


def _boxes(
    outline: Outline, state: State, facts: Facts, now: float, phase: Phase, *, before_rollout: bool
) -> Iterator[Blocker]:
    for task, text, roles in box_blockers(outline, state, facts, now, phase, before_rollout=before_rollout):
        yield Blocker(f"box:{task}", "sign-off" if roles else "box", text, roles=roles)


def _action_blocker(key: str, state: State) -> Blocker:
    action = state.actions[key]
    words = {
        ActionPhase.FAILED: f"failed: {action.note}; mend it, then settle it as done or have it tried again",
        ActionPhase.IN_DOUBT: "may or may not have happened before a restart; say which with settle",
        ActionPhase.WAITING: f"attempt {action.attempt} failed ({action.note}), trying again",
    }.get(action.phase, "is under way")
    return Blocker(f"action:{key}", "action", f"{action.request.title} {words}")


def _evidence(criteria: Iterable[Criterion], facts: Facts) -> dict[str, Any]:
    evidence: dict[str, Any] = {}
    found = [facts.criteria[key] for c in criteria if (key := c.key) in facts.criteria]
    if found:
        evidence["criteria"] = [assessment.evidence() for assessment in found]
    if facts.guards:
        evidence["guards"] = {metric: guard_evidence(reading) for metric, reading in facts.guards.items()}
    if shown := earned_evidence(facts):
        evidence["shown"] = shown
    return evidence


def guard_evidence(reading: Any) -> dict[str, Any]:
    """A guard's counts and evidence as the log keeps them."""
    return {
        "log_evidence": round(reading.log_evidence, 4),
        "canary": [reading.canary_hits, reading.canary_units],
        "control": [reading.control_hits, reading.control_units],
    }
