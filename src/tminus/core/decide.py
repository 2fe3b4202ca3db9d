"""`decide(outline, state, facts, now) -> events`: what is to be recorded next, by the first rule that has something to say.

Safety comes first and asks nobody: going back, telling people. Then comes what the plan has scheduled. Going on comes
last, and only while nobody holds the launch. The engine appends what comes out, folds it, and asks again until there is
nothing more to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tminus.core import events as e
from tminus.core.acting import exposing, page, sequence, tell
from tminus.core.advance import Advance, Blocker, advance, guard_evidence, silence_allowed
from tminus.core.boxes import probes, prove
from tminus.core.explaining import hit_words, unit_words
from tminus.core.facts import Facts
from tminus.core.outline import Outline
from tminus.core.scheduling import due_changes
from tminus.core.silence import silence_words
from tminus.core.state import ActionPhase, State, Status
from tminus.core.story import because
from tminus.guards import GuardReading, GuardSettings, explain, threshold
from tminus.plan.criterion import Criterion
from tminus.plan.quantity import format_duration

HOLD_CHANGES_SECONDS = 30.0  # a hold whose reasons flicker is written down at most this often
NO_DATA = "no data"  # with a space: no alert of a plan can have this name
_ALPHA = GuardSettings().alpha
_MOST_LISTED = 4  # of the things that wait for somebody; a message is read on a phone


def decide(outline: Outline, state: State, facts: Facts, now: float) -> tuple[e.Event, ...]:
    """The next events, or none when nothing is to be recorded at `now`."""
    return weigh(outline, state, facts, now).events


def weigh(outline: Outline, state: State, facts: Facts, now: float) -> Advance:
    """As `decide`, and what stands in the way of a launch that nobody holds where there is nothing to record."""
    if state.status.ended or state.status is Status.NEW:
        return Advance()
    for rule in _RULES:
        events = rule(outline, state, facts, now)
        if events:
            return Advance(events)
    return _go_on(outline, state, facts, now)


def alpha_of(outline: Outline) -> float:
    """The chance, over the whole launch, that its guards roll back a healthy release."""
    return outline.plan.watching.alpha or _ALPHA


def needed_criteria(outline: Outline, state: State) -> list[Criterion]:
    """What has to be measured now: triggers, alerts and targets always, exits and proofs of where the launch is."""
    wanted = [*outline.plan.rollback.when, *(watched.when for watched in outline.alerts)]
    wanted += measured_kpis(outline)
    phase = outline.phases.get(state.phase or "")
    if phase is not None and state.status is Status.RUNNING:
        wanted.extend(phase.exit)
        if state.stage:
            wanted.extend(outline.stages[state.stage].stage.exit)
        for key in outline.task_ids(phase):
            proof = outline.tasks[key].task.proof
            wanted.extend(proof.holds if proof else ())
    return list({criterion.key: criterion for criterion in wanted}.values())


def measured_kpis(outline: Outline) -> list[Criterion]:
    """The targets of the launch whose metric has a source. They are measured and shown, and move nothing."""
    metrics = outline.plan.metrics
    return [kpi.that for kpi in outline.plan.kpis if metrics[kpi.that.metric].kind is not None]


def _roll_back(outline: Outline, state: State, facts: Facts, now: float) -> tuple[e.Event, ...]:
    if state.status is not Status.RUNNING or not exposing(outline, state):
        return ()
    if facts.log_evidence is not None and facts.log_evidence >= threshold(alpha_of(outline)):
        metric, worst = max(facts.guards.items(), key=lambda pair: pair[1].log_evidence)
        words = unit_words(outline, metric), hit_words(outline, metric, worst.harm)
        text = f"guard {metric}: {explain(worst, alpha_of(outline), *words)}{_by_ceiling(worst)}"
        return (e.RollbackStarted(cause={"kind": "guard", "text": text}, evidence=_counted(facts)),)
    for criterion in outline.plan.rollback.when:
        found = facts.criteria.get(criterion.key)
        # What was measured before anybody had it is about the release before: it may just have been rolled back.
        if found is not None and found.met and found.at > state.judged_since:
            cause = {"kind": "trigger", "text": f"trigger {criterion.text}: {found.sentence}"}
            return (e.RollbackStarted(cause=cause, evidence={"trigger": found.evidence(), **_counted(facts)}),)
    return ()


def _by_ceiling(worst: GuardReading) -> str:
    """Both arms may be as bad as each other and the launch rolled back all the same: then the counts alone would mislead."""
    beyond = worst.log_absolute is not None and worst.log_absolute > worst.log_relative
    return "; it is above its ceiling, whatever the old version has" if beyond else ""


def _counted(facts: Facts) -> dict[str, Any]:
    """What every guard has counted, for the log."""
    guards = {name: guard_evidence(reading) for name, reading in facts.guards.items()}
    return {"guards": guards} if guards else {}


def _go_back(outline: Outline, state: State, facts: Facts, now: float) -> tuple[e.Event, ...]:
    rollback = state.rollback
    if state.status is not Status.ROLLING_BACK or rollback is None:
        return ()
    prefix, about = f"rollback:{rollback.number}", rollback.cause["text"]
    events, awaited = sequence(prefix, outline.plan.rollback.do, outline, state, about=about, stop=False)
    within = outline.plan.rollback.within
    if events:
        return events
    if awaited and within and not rollback.overdue and now - rollback.started_at > within.seconds:
        left = ", ".join(action.request.title for action in awaited)
        text = (
            f"The rollback has taken longer than {within.text}: {left} {'is' if len(awaited) == 1 else 'are'} not done."
        )
        return e.RollbackOverdue(within=within.seconds), *page(f"{prefix}:overdue", outline, state, text)
    if awaited:
        return ()
    failed = tuple(
        known.request.title
        for key, known in state.actions.items()
        if key.removeprefix(f"{prefix}:").isdigit() and known.phase is ActionPhase.FAILED
    )
    told = f"Rolled back, but these actions failed: {', '.join(failed)}." if failed else ""
    pages = page(f"{prefix}:failed", outline, state, told) if failed else ()
    return e.RollbackCompleted(seconds=now - rollback.started_at, failed=failed), *pages, *_end(state)


def _end(state: State) -> tuple[e.Event, ...]:
    """The end that a person asked for, now that the launch has gone back."""
    if not state.abort_by:
        return ()
    return (e.LaunchAborted(reason=f"asked for by {state.abort_by}{because(state.abort_why)}", went_back=True),)


def _alerts(outline: Outline, state: State, facts: Facts, now: float) -> tuple[e.Event, ...]:
    events: list[e.Event] = []
    for watched in outline.alerts:
        key, alert, found = watched.id, watched.alert, facts.criteria.get(watched.when.key)
        if found is None:
            continue
        if found.met and key not in state.alerts:
            text = f"{alert.title or alert.when.text}: {found.sentence}"
            events.append(e.AlertFired(alert=key, severity=alert.severity, text=text, evidence=found.evidence()))
            told = (tell(f"alert:{key}:{state.seq}:{r}", r, outline, text, alert.severity) for r in alert.notify)
            events.extend(told)
        elif key in state.alerts and found.since is None and found.outcome.name == "FAILS":
            events.append(e.AlertResolved(alert=key, seconds=now - state.alerts[key]))
    return tuple(events)


def _silence(outline: Outline, state: State, facts: Facts, now: float) -> tuple[e.Event, ...]:
    phase = outline.phases.get(state.phase or "")
    guarded = phase.rollout if phase and phase.rollout and phase.rollout.guards else None
    watched = state.status is Status.RUNNING and guarded and state.exposes(guarded.flag)
    listening = max(facts.canary_seen_at or 0.0, facts.watching_since or 0.0)
    since = max(listening, state.stage_started_at, state.rollout_since)
    silent = bool(watched) and now - since > silence_allowed(outline)
    if silent and NO_DATA not in state.alerts:
        because = silence_words(outline, state, facts)
        advice = f"{because[:1].upper()}{because[1:]}." if because else "Look at the service's telemetry, or roll back."
        text = f"No measurements from the new variant for {format_duration(now - since)}: the launch holds. {advice}"
        fired = e.AlertFired(alert=NO_DATA, severity="high", text=text)
        return fired, *page(f"alert:no-data:{state.seq}", outline, state, text)
    if not silent and NO_DATA in state.alerts:
        return (e.AlertResolved(alert=NO_DATA, seconds=now - state.alerts[NO_DATA]),)
    return ()


def _change(outline: Outline, state: State, facts: Facts, now: float) -> tuple[e.Event, ...]:
    return due_changes(outline, state, now)


def _prove(outline: Outline, state: State, facts: Facts, now: float) -> tuple[e.Event, ...]:
    return prove(outline, state, facts, now) if state.status is Status.RUNNING else ()


def _probe(outline: Outline, state: State, facts: Facts, now: float) -> tuple[e.Event, ...]:
    return probes(outline, state, now) if state.status is Status.RUNNING else ()


def _go_on(outline: Outline, state: State, facts: Facts, now: float) -> Advance:
    if state.held_by or state.status is not Status.RUNNING:
        return Advance()
    found = advance(outline, state, facts, now)
    if not found.events:
        return Advance(_hold(outline, state, found.blockers, now), found.blockers)
    if state.hold_since is not None and not isinstance(found.events[0], e.ActionRequested):
        return Advance((e.HoldEnded(seconds=now - state.hold_since), *found.events))
    return found


def _hold(outline: Outline, state: State, blockers: tuple[Blocker, ...], now: float) -> tuple[e.Event, ...]:
    """Time alone is no hold: a launch holds when the clock would let it go on and something else does not."""
    reasons = () if any(b.kind == "time" and (b.until or 0) > now for b in blockers) else tuple(_holding(blockers))
    if not reasons:
        return (e.HoldEnded(seconds=now - state.hold_since),) if state.hold_since is not None else ()
    # What people were told and have not done is not said to them again, though its reason came and went.
    asked = set(state.asked)
    same = {reason["id"] for reason in state.hold} == {reason["id"] for reason in reasons}
    just_said = bool(state.hold) and now - state.hold_changed_at < HOLD_CHANGES_SECONDS
    if (same or just_said) and not _asks(blockers, asked):
        return ()
    return e.HoldStarted(reasons=reasons), *_ask_people(outline, state, blockers, asked)


def _holding(blockers: tuple[Blocker, ...]) -> Iterator[dict[str, str]]:
    # An action that is simply under way is progress, not a hold.
    return (b.reason() for b in blockers if not (b.kind == "action" and b.text.endswith("is under way")))


def _asks(blockers: tuple[Blocker, ...], asked: set[str]) -> bool:
    return any(b.roles and b.id not in asked for b in blockers)


def _ask_people(
    outline: Outline, state: State, blockers: tuple[Blocker, ...], asked: set[str]
) -> tuple[e.ActionRequested, ...]:
    new: dict[str, list[str]] = {}
    for blocker in blockers:
        if blocker.id not in asked:
            for role in blocker.roles:
                new.setdefault(role, []).append(blocker.text.partition(": waiting for")[0])
    messages = (
        tell(f"ask:{state.run}:{state.seq}:{role}", role, outline, _asking(texts))
        for role, texts in new.items()
        if role in outline.plan.roles
    )
    return tuple(messages)


def _asking(texts: list[str]) -> str:
    more = f" and {len(texts) - _MOST_LISTED} more" if len(texts) > _MOST_LISTED else ""
    return f"Waiting for you: {'; '.join(texts[:_MOST_LISTED])}{more}"


_Rule = Callable[[Outline, State, Facts, float], tuple[e.Event, ...]]
# Going on comes after all of them.
_RULES: tuple[_Rule, ...] = (_roll_back, _go_back, _alerts, _silence, _change, _prove, _probe)
