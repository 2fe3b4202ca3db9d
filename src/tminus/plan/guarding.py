"""How a launch is watched: what its guards take into account, and how a stage earns the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from tminus.plan.fields import DurationField, FractionField, Identifier
from tminus.plan.part import PlanPart

if TYPE_CHECKING:
    from tminus.plan.model import Metric, Plan, Rollout, Stage

ASK_AFTER_SECONDS = (
    86_400.0  # without evidence for so long after the bake a person is asked, where the plan says nothing
)
CONFIDENCE = 0.95


class Evidence(PlanPart):
    """What has to be shown of the new variant before the next stage: that it is at most `margin` times as bad.

    On a rollout it stands for all of its stages, on a stage for this one; what a stage leaves out its rollout says.
    """

    # true; false: the stage goes on when it has baked, whatever is known by then. None is what was not said: the log of a
    # launch leaves out what is as by default, and a stage's true must outlive its rollout's false.
    needed: bool | None = None
    margin: Annotated[float, Field(gt=1, le=100)] | None = None  # by the stage's share; docs/promotion.md
    below: FractionField | None = None  # or that its rate is below this: for services where next to nothing fails
    confidence: FractionField | None = None  # 95%
    within: DurationField | None = None  # after the bake; then a person is asked. 24h


class Watching(PlanPart):
    """How the launch is watched. The defaults suit 10 to 1,000 requests a second."""

    every: DurationField | None = None  # between two evaluations; 1s
    alpha: FractionField | None = None  # chance that the guards roll back a healthy launch; 1%
    # per guard metric: a rate above this is bad whatever control does
    ceiling: dict[Identifier, FractionField] = Field(default_factory=dict)
    silence: DurationField | None = None  # no data for this long and people are told; 5m
    burn_in: DurationField | None = Field(default=None, alias="burn-in")  # of a new share, while caches are cold; 30s
    # up to so many times the control's rate is no harm; 1
    dead_band: Annotated[float, Field(ge=1, le=100)] | None = Field(default=None, alias="dead-band")


def evidence_of(rollout: Rollout, stage: Stage) -> Evidence:
    """What a stage has to show, with what its rollout says of all; `needed` is always said."""
    general, own = rollout.evidence or Evidence(), stage.evidence
    needed = general.needed is not False
    if own is None:
        # Nothing is compared where only a few named people are in: to wait for numbers would be to wait for good.
        return general.model_copy(update={"needed": needed and stage.to > 0})
    said = {name: value for name in Evidence.model_fields if (value := getattr(own, name)) is not None}
    return general.model_copy(update={"needed": needed, **said})


def better(plan: Plan, name: str) -> str | None:
    """`lower` or `higher`: which way a guarded metric is better. None for a count that does not say it itself: that more
    than 100 orders an hour set off an alert does not make orders bad."""
    metric = plan.metrics[name]
    if metric.better:
        return metric.better
    if metric.bad is not None or metric.histogram is not None:
        return "lower"
    if metric.good is not None:
        return "higher"
    return "higher" if metric.of is not None else None


def traffic_of(plan: Plan, rollout: Rollout, name: str) -> str | None:
    """The metric whose units a count is held against: its own `traffic`, else the first guard that counts requests where
    the count comes from."""
    own = plan.metrics[name].traffic
    if own:
        return own
    known = (plan.metrics.get(guard) for guard in rollout.guards)
    counted = (
        guard
        for guard, metric in zip(rollout.guards, known, strict=True)
        if metric and metric.total and counted_together(plan, metric, plan.metrics[name])
    )
    return next(counted, None)


def counted_together(plan: Plan, one: Metric, other: Metric) -> bool:
    """True where one source counts both: all that is sent to T-minus itself is in one place."""
    return one.source == other.source or not {one.source, other.source} & set(plan.sources)
