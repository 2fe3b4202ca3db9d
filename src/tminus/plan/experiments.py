"""Experiments: fixed arms of a flag, compared on metrics. Who is in, and since when; the statistics are elsewhere."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from tminus.plan.fields import FlagName, FractionField, Identifier, SelectorField
from tminus.plan.part import PlanPart

BETTER = Literal["more", "fewer"]


class Experiment(PlanPart):
    """Variants of a flag that some users have side by side, for as long as it takes to tell them apart."""

    title: str = ""
    flag: FlagName
    arms: dict[str, FractionField]  # variant -> its share of those who are in
    control: str = ""  # the arm that the others are compared with; the first
    to: FractionField  # how many users are in; raising it moves nobody from one arm to another
    regions: tuple[Identifier, ...] = ()  # only users there can be in; everywhere if none is named
    cohorts: tuple[Identifier, ...] = ()  # only users of one of these can be in; everybody if none is named
    layer: Identifier | None = None  # of the experiments that name the same one a user is in one at most
    from_: FractionField | None = Field(default=None, alias="from")  # where its range of the layer begins, for good
    phase: Identifier | None = None  # in which it begins; the first with a rollout, else the first
    met: SelectorField | None = None  # the event by which a user meets the flag; else what each metric begins with
    metrics: dict[Identifier, BETTER]  # what it is judged by, and whether more or fewer of it is better
    margin: FractionField = 0.02  # how much worse than the control still is `not worse`
    alpha: FractionField = 0.05  # the chance that any of its verdicts is wrong

    @model_validator(mode="before")
    @classmethod
    def _say_the_control(cls, given: Any) -> Any:
        """By name, and not by its place alone: the log of a launch keeps no order."""
        arms = given.get("arms") if isinstance(given, dict) else None
        return {"control": next(iter(arms)), **given} if isinstance(arms, dict) and arms else given

    @property
    def treatments(self) -> list[str]:
        """The arms that are compared with the control."""
        return [arm for arm in self.arms if arm != self.control]

    @property
    def comparisons(self) -> int:
        """How many verdicts share its alpha."""
        return max(len(self.treatments) * len(self.metrics), 1)
