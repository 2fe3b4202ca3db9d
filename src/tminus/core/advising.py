"""The advice of the guards on every rollout of a plan: what its stages need, and the stages that one would write."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tminus.delay import ALPHA, USUAL_ERRORS
from tminus.guards.advice import Setting, StageAdvice, first_share, ladder, stage_advice
from tminus.plan import Plan
from tminus.plan.guarding import evidence_of
from tminus.plan.model import Phase, Rollout, Stage
from tminus.plan.quantity import Dimension


@dataclass(frozen=True, slots=True)
class Given:
    """What is told besides the plan; None where its `expected`, or what is usual, is to say it."""

    traffic: float | None = None
    errors: float | None = None
    harm: float | None = None
    regression: float | None = None


@dataclass(frozen=True, slots=True)
class RolloutAdvice:
    """The stages of one rollout as the plan has them, and those that one would write instead.

    setting  None where the traffic is not known: then there is nothing to say but that
    stages   one for each of the plan's; None where there is nobody to compare
    first    the largest sensible first share; None where there is none
    better   the stages below 100 % that one would write; empty where the plan's rollout has none either
    """

    phase: Phase
    rollout: Rollout
    setting: Setting | None
    stages: tuple[StageAdvice | None, ...] = ()
    first: float | None = None
    better: tuple[StageAdvice, ...] = ()


def advise_on(plan: Plan, given: Given) -> tuple[RolloutAdvice, ...]:
    """One for each rollout of the plan, in its order."""
    found = ((phase, phase.rollout) for phase in plan.phases)
    return tuple(_on_rollout(plan, phase, rollout, given) for phase, rollout in found if rollout)


def setting_of(plan: Plan, rollout: Rollout, given: Given) -> Setting | None:
    """What the advice is reckoned from: what is given, else the plan, else the usual. None without traffic."""
    expected, watching = plan.expected, plan.watching
    rate = expected.traffic if expected.traffic and expected.traffic.dimension is Dimension.RATE else None
    per_second = given.traffic if given.traffic is not None else rate.value if rate else None
    if per_second is None:
        return None
    setting = Setting(
        per_second,
        given.errors or expected.errors or USUAL_ERRORS,
        given.regression or expected.regression,
        tick=watching.every.seconds if watching.every else 1.0,
        # The guards of a rollout share one alpha: each has an equal part of it.
        alpha=(watching.alpha or ALPHA) / max(len(rollout.guards), 1),
        dead_band=watching.dead_band or 1.0,
    )
    return setting if given.harm is None else replace(setting, harm=given.harm)


def _on_rollout(plan: Plan, phase: Phase, rollout: Rollout, given: Given) -> RolloutAdvice:
    setting = setting_of(plan, rollout, given)
    if setting is None:
        return RolloutAdvice(phase, rollout, None)
    stages = tuple(_on_stage(setting, rollout, stage) for stage in rollout.stages)
    compared = any(0 < stage.to < 1 for stage in rollout.stages)
    return RolloutAdvice(phase, rollout, setting, stages, first_share(setting), ladder(setting) if compared else ())


def _on_stage(setting: Setting, rollout: Rollout, stage: Stage) -> StageAdvice | None:
    share = 1 - rollout.holdback if stage.to >= 1 and rollout.holdback else stage.to
    if not 0 < share < 1:
        return None
    asked = evidence_of(rollout, stage)
    beta = None if asked.confidence is None else 1 - asked.confidence
    return stage_advice(setting, share, asked.margin, needed=asked.needed is not False, beta=beta)
