"""Which experiments a launch has, and when they begin: with their phase, after its steps and the boxes before a rollout."""

from __future__ import annotations

from tminus.core.events import ExperimentStarted
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State
from tminus.plan.experiments import Experiment
from tminus.plan.model import Plan


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
