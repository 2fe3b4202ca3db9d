"""Events as people read them: one line each, the same in `tminus log`, on the console and in messages."""

from __future__ import annotations

from collections.abc import Callable
from math import floor
from typing import Any

from tminus.core import events as e
from tminus.core.explaining import hit_words, unit_words
from tminus.core.facts import guarded_metric
from tminus.core.outline import Outline
from tminus.core.reach import reach_words
from tminus.core.scheduling import change_words, moment_words
from tminus.plan.guarding import better
from tminus.plan.quantity import format_duration

NOT_SENT = "not sent"  # how a notifier begins its note when a role cannot be reached: nothing failed, nobody was told

_ONE = {"failures": "failure", "successes": "success", "slow answers": "slow answer"}

# Shape first, colour second: a mark says the same in black and white.
GOOD, BAD, UNKNOWN, ON, PERSON, NOTE = "✓", "✗", "◌", "▮", "✋", "·"


def story(event: e.Event, outline: Outline, actor: str) -> tuple[str, str]:
    """(mark, sentence) of one event."""
    mark, words = _WORDS[type(event)]
    if isinstance(event, e.ActionSucceeded) and event.output.startswith(NOT_SENT):
        return UNKNOWN, f"{_act(event)}: {event.output}"
    return mark, words(event, outline, actor)


def _stage_started(event: e.StageStarted, outline: Outline, actor: str) -> str:
    place = outline.stages.get(event.stage)
    title = f"{place.stage.title}: " if place and place.stage.title else ""
    who = reach_words(outline.plan, event.share, event.regions, event.cohorts)
    features = f", with {', '.join(event.features)}" if event.features else ""
    return f"{title}{who} have {event.flag}{features}"


def _stage_promoted(event: e.StagePromoted, outline: Outline, actor: str) -> str:
    place = outline.stages.get(event.stage)
    title = place.stage.title if place and place.stage.title else event.stage
    baked = place is None or place.stage.for_ is not None
    otherwise = "it baked long enough" if baked else "nothing was in its way"
    return f"{title} passed: {_seen(event.evidence, outline) or otherwise}"


def _experiment_started(event: e.ExperimentStarted, outline: Outline, actor: str) -> str:
    known = outline.plan.experiments.get(event.experiment)
    arms = f": {', '.join(f'{share * 100:g} % {arm}' for arm, share in known.arms.items())}" if known else ""
    title = known.title if known and known.title else event.experiment
    who = reach_words(outline.plan, event.share, known.regions if known else ())
    members = f" who are of {' or '.join(known.cohorts)}" if known and known.cohorts else ""
    return f"{title}: {who}{members} are in the experiment{arms}"


def _flag_set(event: e.FlagSet, outline: Outline, actor: str) -> str:
    known = outline.plan.flags.get(event.flag)
    if not event.change or known is None or event.change > len(known.changes):
        return f"Flag {event.flag} set to {event.share * 100:g} %"
    change = known.changes[event.change - 1]
    words = f"Flag {event.flag} changes to {change_words(outline.plan, change)}"
    over = event.passed_over
    before = "the change before it was" if over == 1 else f"{over} changes before it were"
    missed = f"; {before} not made and {'is' if over == 1 else 'are'} passed over" if over else ""
    return f"{words}, as the plan schedules for {moment_words(change.at)}{missed}"


def _phase_completed(event: e.PhaseCompleted, outline: Outline, actor: str) -> str:
    return f"Phase {_phase(event.phase, outline)} is complete"


def _seen(evidence: dict[str, Any], outline: Outline) -> str:
    """Criteria, what was shown, and of the other guards what they counted; a region's guard is part of the whole one's."""
    criteria = evidence.get("criteria", [])
    held = "1 criterion held" if len(criteria) == 1 else f"{len(criteria)} criteria held"
    parts = [held] if criteria else []
    shown = evidence.get("shown", {})
    parts += [f"{metric} {_at_most(metric, one, outline)}" for metric, one in shown.items()]
    for guard, counted in evidence.get("guards", {}).items():
        if guard == guarded_metric(guard) and guard not in shown:
            hits, units = counted["canary"]
            words = hit_words(outline, guard)
            found = (
                f"{hits:,} {_ONE.get(words, words) if hits == 1 else words} in {units:,} {unit_words(outline, guard)}"
            )
            parts.append(f"{guard}: {found} of the new version")
    return ", ".join(parts)


def _at_most(metric: str, shown: dict[str, Any], outline: Outline) -> str:
    if shown["by"] == "ceiling":
        return "below its ceiling"
    if metric in outline.plan.metrics and better(outline.plan, metric) == "higher":
        return f"at least {floor(100 / shown['at_most'])} % of the old version's"
    return f"at most {shown['at_most']:.3g} times as bad as in the old version"


def _phase(key: str, outline: Outline) -> str:
    phase = outline.phases.get(key)
    return phase.title if phase and phase.title else key


def _task(key: str, outline: Outline) -> str:
    place = outline.tasks.get(key)
    return place.task.do if place else key


def _kept(event: e.LaunchStarted) -> str:
    names = list(event.kept)
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"; of earlier launches it goes on serving {', '.join(names[:5])}{more}" if names else ""


def because(reason: str) -> str:
    """The clause that a person's reason adds to a sentence; empty where none was given."""
    return f": {reason}" if reason else ""


def _proof(event: e.TaskProven, outline: Outline, actor: str) -> str:
    signed = event.evidence.get("signed", {})
    by = ", ".join(f"signed by {role}" for role in signed)
    probed = ", ".join(str(event.evidence[k]) for k in ("probe-http", "probe-command") if k in event.evidence)
    measured = "measured" if "criteria" in event.evidence else ""
    how = ", ".join(part for part in (by, probed, measured) if part)
    return f"{_task(event.task, outline)} ({how})" if how else _task(event.task, outline)


def _said(gate: str) -> str:
    if gate.startswith("evidence:"):
        return "vouched for going on without evidence"
    return f"vouched for {gate.split(':', 3)[-1]}" if gate.startswith("attest:") else "said go"


def _act(event: Any) -> str:
    return str(event.title or event.key.replace(":", " "))


_WORDS: dict[type[e.Event], tuple[str, Callable[[Any, Outline, str], str]]] = {
    e.LaunchStarted: (ON, lambda ev, o, a: f"{ev.title}: launch started by {a}{_kept(ev)}"),
    e.LaunchHeld: (PERSON, lambda ev, o, a: f"{a} holds the launch{because(ev.reason)}"),
    e.LaunchResumed: (PERSON, lambda ev, o, a: f"{a} lets the launch go on{because(ev.reason)}"),
    e.LaunchCompleted: (GOOD, lambda ev, o, a: "Launched: every phase is complete"),
    e.AbortRequested: (PERSON, lambda ev, o, a: f"{a} ends the launch once it has gone back{because(ev.reason)}"),
    e.LaunchAborted: (BAD, lambda ev, o, a: f"{a} ended the launch{because(ev.reason)}; everybody has the default"),
    e.PhaseStarted: (ON, lambda ev, o, a: f"Phase {_phase(ev.phase, o)} begins"),
    e.PhaseCompleted: (GOOD, _phase_completed),
    e.TaskSigned: (PERSON, lambda ev, o, a: f"{a} signed as {ev.role}: {_task(ev.task, o)}{because(ev.note)}"),
    e.TaskProven: (GOOD, _proof),
    e.GateSigned: (PERSON, lambda ev, o, a: f"{a} {_said(ev.gate)} as {ev.role}{because(ev.note)}"),
    e.StageStarted: (ON, _stage_started),
    e.StagePromoted: (GOOD, _stage_promoted),
    e.ExperimentStarted: (ON, _experiment_started),
    e.HoldStarted: (UNKNOWN, lambda ev, o, a: f"Holding: {'; '.join(r['text'] for r in ev.reasons[:3])}"),
    e.HoldEnded: (ON, lambda ev, o, a: f"The hold is over after {format_duration(ev.seconds)}"),
    e.RollbackStarted: (BAD, lambda ev, o, a: f"ROLLBACK: {ev.cause['text']}. Everybody has the default again"),
    e.RollbackCompleted: (
        GOOD,
        lambda ev, o, a: (
            f"Rolled back in {format_duration(ev.seconds)}" + (f"; failed: {', '.join(ev.failed)}" if ev.failed else "")
        ),
    ),
    e.RollbackOverdue: (BAD, lambda ev, o, a: f"The rollback takes longer than {format_duration(ev.within)}"),
    e.RolloutRestarted: (ON, lambda ev, o, a: f"{a} sends the release out again{because(ev.reason)}"),
    e.FlagSet: (NOTE, _flag_set),
    e.FlagKilled: (PERSON, lambda ev, o, a: f"{a} switched {ev.flag} off{because(ev.reason)}"),
    e.FlagRestored: (PERSON, lambda ev, o, a: f"{a} put the kill switch of {ev.flag} back{because(ev.reason)}"),
    e.FlagUnscheduled: (
        PERSON,
        lambda ev, o, a: f"{a} took {ev.flag} off its schedule{because(ev.reason)}; it stays as it is",
    ),
    e.FlagDropped: (PERSON, lambda ev, o, a: f"{a} dropped {ev.flag}{because(ev.reason)}; it is served no more"),
    e.StatusPublished: (NOTE, lambda ev, o, a: f"Status page: {ev.status}{because(ev.message)}"),
    e.ActionRequested: (NOTE, lambda ev, o, a: f"Asked for: {_act(ev)}"),
    e.ActionStarted: (NOTE, lambda ev, o, a: f"Doing: {_act(ev)} (attempt {ev.attempt})"),
    e.ActionSucceeded: (GOOD, lambda ev, o, a: f"Done: {_act(ev)}{because(ev.output)}"),
    e.ActionFailed: (
        BAD,
        lambda ev, o, a: f"{'Failed' if ev.final else 'Failed, trying again'}: {_act(ev)}: {ev.error}",
    ),
    e.ActionInDoubt: (
        UNKNOWN,
        lambda ev, o, a: f"In doubt after a restart: {_act(ev)}; a person has to say",
    ),
    e.ActionSettled: (
        PERSON,
        lambda ev, o, a: f"{a} settled {_act(ev)} as {ev.outcome}{because(ev.note)}",
    ),
    e.AlertFired: (BAD, lambda ev, o, a: f"ALERT ({ev.severity}): {ev.text}"),
    e.AlertResolved: (GOOD, lambda ev, o, a: f"Alert over: {ev.alert} after {format_duration(ev.seconds)}"),
    e.GuardCheckpointed: (NOTE, lambda ev, o, a: "Guard sums saved"),
}

# What belongs in a feed for people; the rest is in the log for whoever asks.
QUIET = (e.GuardCheckpointed, e.ActionStarted, e.ActionRequested)
