"""From plan, state and facts to the view of a launch, and from events to its feed."""

from __future__ import annotations

import math
from dataclasses import replace

from tminus.app.consequences import end_consequence, rollback_consequence
from tminus.app.experimenting import experiment_views
from tminus.app.flag_views import answers_view, flag_views
from tminus.app.view import (
    ActionView,
    BoxView,
    CriterionView,
    EarnedView,
    FeedItem,
    GuardView,
    PhaseView,
    StageView,
    View,
)
from tminus.core.acting import title as action_title
from tminus.core.assessment import Assessment, Outcome, name_of
from tminus.core.boxes import box_blockers, is_proven
from tminus.core.commands import attestations, open_gates
from tminus.core.decide import alpha_of
from tminus.core.earning import evidence_gate, missing
from tminus.core.events import ActionSucceeded, Event, Recorded, TaskProven
from tminus.core.explaining import comparisons, hit_words, unit_words
from tminus.core.facts import Facts, guarded_metric
from tminus.core.outline import Outline
from tminus.core.reach import region_names
from tminus.core.situation import describe
from tminus.core.state import ActionPhase, ActionState, State, Status
from tminus.core.story import QUIET, story
from tminus.guards import explain
from tminus.plan.checks_metrics import currency_of, dimension_of
from tminus.plan.criterion import Criterion
from tminus.plan.model import Metric, MetricKind, Phase
from tminus.plan.quantity import Dimension, format_percent, format_quantity

_STATES = {
    Outcome.HOLDS: "holds",
    Outcome.FAILS: "fails",
    Outcome.UNKNOWN: "unknown",
    Outcome.INCONCLUSIVE: "inconclusive",
}


_HITS = {
    MetricKind.DISTRIBUTION: "slow",
    MetricKind.COUNT: "counted",
    MetricKind.RATE: "counted",
    MetricKind.SHARE: "did",
}


def build_view(outline: Outline, state: State, facts: Facts, now: float, troubles: list[str]) -> View:
    """The view at `now`; `troubles` are what is wrong with T-minus itself or its sources."""
    situation = describe(outline, state, facts, now)
    phase = outline.phases.get(state.phase or "")
    running = state.status is Status.RUNNING
    boxes = [key for p in outline.plan.phases for key in outline.leaves(p)]
    return View(
        launch=state.launch,
        title=outline.plan.title,
        environment=phase.environment if phase else "",
        status=state.status.value,
        headline=situation.headline,
        sentence=situation.sentence,
        tone=situation.tone,
        until=situation.until,
        now=now,
        timezone=outline.plan.timezone,
        started_at=state.started_at,
        elapsed_plan_seconds=((state.ended_at or now) - state.started_at) * state.pace if state.started_at else 0.0,
        pace=state.pace,
        run=state.run,
        phases=[_phase(outline, state, p, now) for p in outline.plan.phases],
        criteria=_criteria(outline, state, facts),
        guard=_guard(outline, facts),
        flags=flag_views(outline, state, facts, now),
        boxes_proven=sum(is_proven(outline, state, key, now) for key in boxes),
        boxes_total=len(boxes),
        boxes_waiting=_waiting(outline, state, facts, now, phase),
        go_roles=_go_roles(outline, state) if running else [],
        can_hold=running and not state.held_by,
        can_resume=bool(state.held_by) or state.status is Status.ROLLED_BACK,
        can_roll_back=running,
        can_abort=not state.status.ended,
        rollback_consequence=rollback_consequence(outline, state),
        abort_consequence=end_consequence(outline, state),
        alerts=list(state.alerts),
        public_status=state.public_status,
        public_message=state.public_message,
        public_since=state.public_since,
        rollback_steps=_rollback_steps(outline, state, now),
        rollback_seconds=_rollback_seconds(state, now),
        rollback_within=outline.plan.rollback.within.seconds if outline.plan.rollback.within else None,
        actions_stuck=[_action(a, now) for a in state.actions.values() if _is_stuck(a)],
        troubles=troubles,
        seq=state.seq,
        experiments=experiment_views(outline, state, facts),
        evaluations=answers_view(facts),
    )


def feed(outline: Outline, records: list[Recorded], *, everything: bool = False) -> list[FeedItem]:
    """Events in words, oldest first; without the quiet ones unless asked for."""
    items = []
    for one in records:
        if everything or not (isinstance(one.event, QUIET) or _echoes(one.event)):
            mark, text = story(one.event, outline, one.actor)
            items.append(FeedItem(one.seq, one.at, mark, text, one.actor, type(one.event).__name__))
    return items


def _echoes(event: Event) -> bool:
    """Said already by the line before: a box proven by a signature alone, an action that is nothing but an event."""
    if isinstance(event, ActionSucceeded):
        return not event.output and not event.seconds
    return isinstance(event, TaskProven) and set(event.evidence) == {"signed"}


def _phase(outline: Outline, state: State, phase: Phase, now: float) -> PhaseView:
    boxes = outline.leaves(phase)
    done = phase.id in state.phases_done
    return PhaseView(
        id=phase.id,
        title=phase.title or phase.id,
        state="done" if done else "now" if phase.id == state.phase else "next",
        stages=[_stage(outline, state, key, now) for key in outline.stage_ids(phase)],
        boxes_proven=sum(is_proven(outline, state, key, now) for key in boxes),
        boxes_total=len(boxes),
    )


def _stage(outline: Outline, state: State, key: str, now: float) -> StageView:
    stage = outline.stages[key].stage
    view = StageView(
        key,
        stage.title or format_percent(stage.to),
        stage.to,
        "next",
        bakes_for=stage.for_.text if stage.for_ else "",
        regions=region_names(outline.plan, stage.regions),
        features=list(stage.features),
    )
    if key in state.stages_done:
        return replace(view, state="done", progress=1.0)
    if key != state.stage:
        return view
    bake = stage.bakes.seconds
    progress = min((now - state.stage_started_at) / bake, 1.0) if bake else 1.0
    until = state.stage_started_at + bake if bake else None
    return replace(view, state="now", progress=progress, started_at=state.stage_started_at, bakes_until=until)


def _criteria(outline: Outline, state: State, facts: Facts) -> list[CriterionView]:
    phase = outline.phases.get(state.phase or "")
    stage = outline.stages[state.stage].stage if state.stage else None
    gates: list[Criterion] = [*(stage.exit if stage else ()), *(phase.exit if phase else ())]
    alerts = [watched.when for watched in outline.alerts]
    shown = []
    kpis = [kpi.that for kpi in outline.plan.kpis]
    for role, criteria in (
        ("gate", gates),
        ("trigger", outline.plan.rollback.when),
        ("alert", alerts),
        ("kpi", kpis),
    ):
        for criterion in criteria:
            shown.append(_criterion(outline, criterion, facts.criteria.get(criterion.key), role))
    return list({(view.role, view.key): view for view in shown}.values())


def _criterion(outline: Outline, criterion: Criterion, found: Assessment | None, role: str) -> CriterionView:
    metric = outline.plan.metrics[criterion.metric]
    dimension = _claimed(metric) if criterion.claim else dimension_of(metric) or criterion.target.dimension
    target = found.target if found else criterion.target.value
    value = found.value if found else None
    currency = currency_of(metric, criterion)
    said = "" if value is None else format_quantity(value, dimension, currency=currency)
    sourceless = metric.kind is None or (metric.source is None and metric.kind is not MetricKind.VALUE)
    return CriterionView(
        key=criterion.key,
        text=criterion.text,
        role=role,
        state=_STATES[found.outcome] if found else "unknown",
        lasted=found.lasted if found else False,
        name=name_of(criterion, metric).removeprefix("whether "),
        value=value,
        value_text="no source" if sourceless else "–" if value is None else said,
        target=target,
        target_text=format_quantity(target, dimension, currency=currency),
        comparator="against" if criterion.claim else criterion.comparator.value,
        dimension=dimension.value,
        margin=_margin(value, target),
        sentence=found.sentence if found else "not measured yet",
        window=found.window if found else 0.0,
        series=f"criterion:{criterion.key}",
    )


def _claimed(metric: Metric) -> Dimension:
    """What an arm's value is: a mean per user, or a share of the users."""
    if metric.kind is MetricKind.SUM:
        return dimension_of(metric) or Dimension.COUNT
    return Dimension.COUNT if metric.kind in (MetricKind.COUNT, MetricKind.RATE) else Dimension.RATIO


def _margin(value: float | None, target: float) -> str:
    if value is None or not target:
        return ""
    return f"{(value - target) / abs(target):+.0%}"


def _guard(outline: Outline, facts: Facts) -> GuardView | None:
    if not facts.guards or facts.log_evidence is None:
        return None
    name, worst = max(facts.guards.items(), key=lambda pair: (pair[1].log_evidence, pair[1].canary_units))
    metric = outline.plan.metrics[guarded_metric(name)]
    words = unit_words(outline, name), hit_words(outline, name, worst.harm)
    return GuardView(
        log_evidence=facts.log_evidence,
        log_threshold=math.log(1 / alpha_of(outline)),
        sentence=f"{name}: {explain(worst, alpha_of(outline), *words)}",
        canary_units=worst.canary_units,
        canary_hits=worst.canary_hits,
        control_units=worst.control_units,
        control_hits=worst.control_hits,
        metrics=list(facts.guards),
        metric=name,
        hit=_HITS.get(metric.kind, "succeeded" if metric.good else "failed") if metric.kind else "failed",
        earned=[
            EarnedView(
                metric=metric,
                shown=one.shown,
                upper=one.upper if math.isfinite(one.upper) else None,
                margin=one.margin,
                sentence=one.sentence,
                seconds_left=one.left,
            )
            for metric, one in facts.earned.items()
        ],
        comparisons=list(comparisons(outline, facts, alpha_of(outline))),
        sample=facts.sample,
    )


def _waiting(outline: Outline, state: State, facts: Facts, now: float, phase: Phase | None) -> list[BoxView]:
    if phase is None or state.status is not Status.RUNNING:
        return []
    waiting = [
        BoxView(task, text, list(roles))
        for task, text, roles in box_blockers(outline, state, facts, now, phase, before_rollout=False)
    ]
    vouching = attestations(outline, state).items()
    waiting += [BoxView(evidence_gate(state.stage or ""), f"Go on without evidence: {one.text}", list(one.roles))
                for one in missing(outline, state, facts, now) if one.roles][:1]  # fmt: skip
    return waiting + [
        BoxView(name, f"{name.split(':', 3)[-1]}: not measured, to be vouched for", list(roles))
        for name, roles in vouching
        if not state.gates.get(name)
    ]


def _go_roles(outline: Outline, state: State) -> list[str]:
    asked = (
        role for gate, roles in open_gates(outline, state) for role in roles if role not in state.gates.get(gate, {})
    )
    return list(dict.fromkeys(asked))


def _rollback_steps(outline: Outline, state: State, now: float) -> list[ActionView]:
    """The plan's rollback actions with what became of each; empty while no rollback is under way or just done."""
    if state.status not in (Status.ROLLING_BACK, Status.ROLLED_BACK):
        return []
    steps = []
    for number, action in enumerate(outline.plan.rollback.do):
        key = f"rollback:{state.rollbacks}:{number + 1}"
        known = state.actions.get(key)
        steps.append(_action(known, now) if known else ActionView(key, action_title(action), "next", "", 0.0))
    return steps


def _rollback_seconds(state: State, now: float) -> float:
    rollback = state.rollback
    if rollback is None or state.status not in (Status.ROLLING_BACK, Status.ROLLED_BACK):
        return 0.0
    return (rollback.completed_at or now) - rollback.started_at


def _action(action: ActionState, now: float) -> ActionView:
    seconds = (action.ended_at or now) - action.requested_at
    return ActionView(action.request.key, action.request.title, action.phase.value, action.note, seconds)


def _is_stuck(action: ActionState) -> bool:
    """A person has to settle it; a probe tries again by itself, and a message kept nobody waiting."""
    waits_for_a_person = action.phase in (ActionPhase.FAILED, ActionPhase.IN_DOUBT)
    return waits_for_a_person and not action.request.kind.startswith("probe") and action.request.kind != "notify"
