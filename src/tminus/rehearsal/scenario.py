"""A scenario: what the world of a rehearsal is like and what goes wrong in it, as a team writes it in YAML.

This file says what there is. `script.py` holds it against a plan, `scenario_files.py` reads it. docs/rehearsal.md has
every key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, PlainValidator, field_validator, model_validator

from tminus.plan.fields import DurationField, FractionField, QuantityField, refuse
from tminus.plan.part import PlanPart
from tminus.plan.quantity import Dimension, Duration, Quantity, parse_duration

_MOMENT = re.compile(r"(?:(stage|phase) ([^+]{1,100}?))?(?: ?\+ ?([^+]{1,40}))?")
_PERCENT = re.compile(r"(\d{1,3})\s?%")
_KINDS = ("metric", "source", "crash", "action")


@dataclass(frozen=True, slots=True)
class At:
    """A moment as it is written: so long after a stage, a phase or the launch began; `part` is one of the stage's bake."""

    text: str
    stage: str = ""
    phase: str = ""
    after: float = 0.0
    part: float | None = None


def parse_at(text: str) -> At:
    """Read `stage NAME + 3h`, `stage 2 + 80%`, `phase ID + 1d` or `+2d`. Raises ValueError with one line on others."""
    words = " ".join(text.split())
    found = _MOMENT.fullmatch(words)
    if not words or found is None:
        raise ValueError(f"`{words[:60]}` is no moment: write stage first + 3h, phase ID + 1d or +2d")
    kind, name, later = found.group(1), (found.group(2) or "").strip(), (found.group(3) or "").strip()
    percent = _PERCENT.fullmatch(later)
    if percent:
        if kind != "stage" or int(percent[1]) > 100:
            raise ValueError(f"`{words[:60]}`: a percentage is part of a stage's bake: write stage first + 80%")
        return At(words, stage=name, part=int(percent[1]) / 100)
    after = parse_duration(later).seconds if later else 0.0
    return At(words, stage=name if kind == "stage" else "", phase=name if kind == "phase" else "", after=after)


def _read_at(value: Any) -> At:
    if isinstance(value, At):
        return value
    if not isinstance(value, str):
        raise refuse("bad-moment", "a moment is text: write stage first + 3h, phase ID + 1d or +2d")
    try:
        return parse_at(value)
    except ValueError as error:
        raise refuse("bad-moment", str(error)) from None


AtField = Annotated[At, PlainValidator(_read_at), PlainSerializer(str)]


class PersonPart(PlanPart):
    """How the people of a role answer."""

    answers: DurationField | None = None  # after being asked; between half of it and twice as long
    exactly: bool = False  # not varied
    absent: bool = False
    only: Literal["office hours"] | None = None  # Monday to Friday, 9 to 17 in the plan's zone


class WorldPart(PlanPart):
    """Who comes, and what the metrics usually read."""

    rate: QuantityField | None = None  # requests a second in the mean; the plan's expected traffic, else 100/s
    day: Literal["even", "daily"] = "even"  # daily: a quarter of it at night, and half as much again in the evening
    hours: tuple[float, ...] = ()  # 24 factors instead, from midnight in the plan's zone
    week: tuple[float, ...] = ()  # 7 factors, from Monday
    regions: dict[str, FractionField] = Field(default_factory=dict)  # the part of the users who are there
    metrics: dict[str, QuantityField] = Field(default_factory=dict)

    @field_validator("rate")
    @classmethod
    def _is_rate(cls, rate: Quantity | None) -> Quantity | None:
        if rate is not None and (rate.dimension is not Dimension.RATE or rate.value <= 0):
            raise refuse("bad-rate", f"{rate.text} is no rate of requests: write one such as 100/s")
        return rate

    @field_validator("hours", "week")
    @classmethod
    def _are_factors(cls, factors: tuple[float, ...]) -> tuple[float, ...]:
        if factors and (len(factors) not in (7, 24) or min(factors) < 0 or sum(factors) <= 0):
            raise refuse("bad-profile", f"{len(factors)} factors: write 24 for hours and 7 for week, none below 0")
        return factors


class EventPart(PlanPart):
    """One thing that happens: a metric that goes wrong, a source that fails, a crash of T-minus, an action that fails."""

    at: AtField | None = None
    metric: str | None = None
    times: float | None = Field(default=None, gt=0, allow_inf_nan=False)  # so many times worse
    to: QuantityField | None = None
    over: DurationField | None = None  # how long it takes to get that bad
    for_: DurationField | None = Field(default=None, alias="for")
    everybody: bool = False
    region: str | None = None
    source: str | None = None
    dead: DurationField | None = None
    hung: DurationField | None = None
    crash: bool = False
    action: str | None = None
    fails: Literal["always"] | Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> EventPart:
        named = [kind for kind in _KINDS if getattr(self, kind)]
        if len(named) != 1:
            found = " and ".join(named) or "nothing"
            raise refuse("bad-event", f"an event is one thing, and this one names {found}: write one of {_LISTED}")
        if named[0] == "metric" and (self.times is None) == (self.to is None):
            raise refuse("bad-event", f"how {self.metric} goes wrong is said once: write times: 5 or to: 3s")
        if named[0] == "source" and (self.dead is None) == (self.hung is None):
            raise refuse("bad-event", f"how {self.source} fails is said once: write dead: 30m or hung: 30m")
        if named[0] == "action" and self.fails is None:
            raise refuse("bad-event", f"how often {self.action} fails is missing: write fails: always or fails: 2")
        if named[0] != "action" and self.at is None:
            raise refuse("bad-event", "when it happens is missing: write at: stage first + 3h")
        strange = [
            key for key, kind in _BELONGS.items() if kind != named[0] and getattr(self, key) not in (None, False)
        ]
        if strange:
            key = strange[0].rstrip("_")
            raise refuse(
                "bad-event", f"`{key}` is said of a {_BELONGS[strange[0]]}, and this event has none: take it out"
            )
        return self

    @property
    def down(self) -> Duration:
        """For how long a source does not answer."""
        found = self.dead or self.hung
        assert found is not None
        return found


_LISTED = "metric, source, crash: true, action"
_BELONGS = {
    "times": "metric", "to": "metric", "over": "metric", "for_": "metric", "everybody": "metric", "region": "metric",
    "dead": "source", "hung": "source", "fails": "action",
}  # fmt: skip


class Scenario(PlanPart):
    """A whole scenario. It names parts of a plan by their id, or by rule, such as `any guard` and `stage middle`."""

    title: str
    seed: int | None = None
    world: WorldPart = Field(default_factory=WorldPart)
    people: dict[str, PersonPart] = Field(default_factory=dict)
    events: tuple[EventPart, ...] = ()

    @property
    def healthy(self) -> bool:
        """True where nothing goes wrong with the release: a rollback in it is a false one."""
        return not any(event.metric and not event.everybody for event in self.events)
