"""Which experiments a launch has, who is in them, and when they begin: with their phase, after its steps and the boxes
before a rollout."""

from __future__ import annotations

from typing import Any

from tminus.core.events import ExperimentStarted
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State
from tminus.flags import experiment_flag
from tminus.plan.experiments import Experiment
from tminus.plan.layers import range_in_layer, widest
from tminus.plan.model import Plan
from tminus.plan.quantity import percent_text
from tminus.plan.regions import countries_of


def due_experiments(outline: Outline, state: State) -> tuple[ExperimentStarted, ...]:
    """The experiments that begin now: their phase has come, and nobody has pulled the kill switch of their flag."""
    order = list(outline.phases)
    come = frozenset(order[: order.index(state.phase) + 1]) if state.phase in order else frozenset[str]()
    return tuple(
        ExperimentStarted(experiment=name, flag=one.flag, share=one.to)
        for name, one in outline.plan.experiments.items()
        if name not in state.experiments
        and phase_of(outline.plan, one) in come
        and not state.flags.get(one.flag, FlagState()).killed_by
    )


def phase_of(plan: Plan, experiment: Experiment) -> str:
    """The id of the phase in which an experiment begins: the first with a rollout, else the first, if it names none."""
    rollouts = (phase.id for phase in plan.phases if phase.rollout is not None)
    return experiment.phase or next(rollouts, plan.phases[0].id)


def experiment_on(plan: Plan, flag: str) -> Experiment | None:
    """The experiment that a flag serves; None for a flag that serves none."""
    return next((one for one in plan.experiments.values() if one.flag == flag), None)


def experiment_definition(plan: Plan, experiment: Experiment, own: FlagState, about: dict[str, Any]) -> dict[str, Any]:
    """flagd's definition of an experiment's flag that stands as `own` says; `about` goes into its metadata."""
    flag = plan.flags[experiment.flag]
    start, share = range_in_layer(plan, experiment, own.share)
    countries = countries_of(plan, experiment.regions)
    cohorts = [plan.cohorts[name] for name in experiment.cohorts if name in plan.cohorts]
    return experiment_flag(
        key=experiment.flag,
        variants=flag.variants,
        default=flag.default or experiment.control,  # who is outside has a value, and the control's is what was
        arms={arm: round(share * 100, 3) for arm, share in experiment.arms.items()},
        percent=round(share * 100, 3),
        layer=experiment.layer or "",
        start=round(start * 100, 3),
        countries=None if countries is None else tuple(sorted(countries)),
        users=[user for cohort in cohorts for user in cohort.users] if experiment.cohorts else None,
        rules=[rule for cohort in cohorts for rule in cohort.rules],
        killed=bool(own.killed_by),
        metadata=about | _of_layer(plan, experiment, own.share),
    )


# In a flag's metadata: its layer, and its part of that layer's dice in words that a plan's `from` takes.
LAYER, LAYER_FROM, LAYER_TO = "tminus.layer", "tminus.from", "tminus.to"


def _of_layer(plan: Plan, experiment: Experiment, share: float) -> dict[str, Any]:
    if experiment.layer is None:
        return {}
    start, end = dice_of(plan, experiment, share)
    return {LAYER: experiment.layer, LAYER_FROM: percent_text(start), LAYER_TO: percent_text(end)}


def dice_of(plan: Plan, experiment: Experiment, share: float) -> tuple[float, float]:
    """(start, end), both 0..1, of its layer's dice while `share` of all are in it; before it begins, of its widest."""
    start, width = range_in_layer(plan, experiment, share or widest(plan, experiment))
    return start, round(start + width, 5)
