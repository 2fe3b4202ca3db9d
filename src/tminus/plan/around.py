"""What a plan says around its phases: who is where, what it costs, what may go wrong, what is told and done again."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from tminus.plan.fields import (
    CostField,
    CountryField,
    CriterionField,
    DurationField,
    FractionField,
    Identifier,
    QuantityField,
    StartField,
    WeekTimeField,
)
from tminus.plan.part import PlanPart


class Region(PlanPart):
    """Where users are: by the `country` of the evaluation context (ISO 3166-1, two letters), and all of other regions."""

    title: str = ""
    countries: tuple[CountryField, ...] = ()
    regions: tuple[Identifier, ...] = ()
    everywhere: bool = False


class Expected(PlanPart):
    """What the team expects, so that `check` can say which stage is too short to see anything."""

    traffic: QuantityField | None = None  # requests a second of everybody together, such as 100/s
    users: QuantityField | None = None
    errors: FractionField | None = None  # the usual share of failed requests
    regression: Annotated[float, Field(gt=1, le=1000)] = 2.0  # how many times worse is to be seen within a stage


class Kpi(PlanPart):
    """A target that is measured and shown, and holds nothing."""

    that: CriterionField
    title: str = ""
    group: str = ""
    by: str = ""  # when it is to be reached, in words
    owner: Identifier | None = None
    notes: tuple[str, ...] = ()


class Level(StrEnum):
    """How likely, or how grave."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Risk(PlanPart):
    """What may go wrong, and what is done about it."""

    risk: str
    group: str = ""
    probability: Level | None = None
    impact: Level | None = None
    mitigation: tuple[str, ...] = ()
    owner: Identifier | None = None
    notes: tuple[str, ...] = ()


class BudgetLine(PlanPart):
    """One position. Without `cost` it has no price yet."""

    title: str
    group: str = ""
    cost: CostField | None = None
    per: Literal["month", "year"] | None = None
    times: Annotated[float, Field(gt=0)] = 1.0
    actual: CostField | None = None  # what it came to
    notes: tuple[str, ...] = ()


class Budget(PlanPart):
    """What the launch may cost: the lines, and the sums that the team has stated for groups and for the whole."""

    total: CostField | None = None
    per: Literal["month", "year"] | None = None
    groups: dict[str, CostField] = Field(default_factory=dict)
    lines: tuple[BudgetLine, ...] = ()


class EscalationLevel(PlanPart):
    """Who is called when an incident has lasted for so long."""

    title: str = ""
    after: DurationField | None = None  # from the start of the incident; 0s for the first level
    until: DurationField | None = None
    notify: tuple[Identifier, ...] = ()
    notes: tuple[str, ...] = ()


class BugPriority(PlanPart):
    """By when a bug of this priority is fixed."""

    title: str = ""
    fix: str = ""  # in words: immediately, before beta, backlog
    before: Identifier | None = None  # the phase that does not begin while one is open
    owner: Identifier | None = None


class Runbook(PlanPart):
    """What people do, in this order, when something has gone wrong."""

    title: str = ""
    kind: Literal["rollback", "incident", "contingency"] = "incident"
    within: DurationField | None = None
    do: tuple[str, ...] = ()
    owner: Identifier | None = None
    notes: tuple[str, ...] = ()


class Recovery(PlanPart):
    """How much may be lost, how long coming back may take, and the drill that shows it."""

    rto: DurationField | None = None  # recovery time objective
    rpo: DurationField | None = None  # recovery point objective
    every: DurationField | None = None  # between two backups
    drill: Identifier | None = None  # the task or routine that restores one and measures it
    owner: Identifier | None = None
    notes: tuple[str, ...] = ()


class HealthCheck(PlanPart):
    """How a container says that it is well, as in a compose file."""

    test: str
    every: DurationField | None = None
    timeout: DurationField | None = None
    retries: int | None = None


class Service(PlanPart):
    """A container of the release."""

    title: str = ""
    image: str = ""
    health: HealthCheck | None = None
    notes: tuple[str, ...] = ()


class Routine(PlanPart):
    """A checklist that comes back."""

    title: str = ""
    every: Literal["hour", "day", "week", "month", "quarter", "year"]
    at: WeekTimeField | None = None
    lasts: DurationField | None = None
    phase: Identifier | None = None  # during which it is done; without it after the launch as well
    do: tuple[str, ...] = ()
    owner: Identifier | None = None
    notes: tuple[str, ...] = ()


class Milestone(PlanPart):
    """When that is reached, this is done."""

    at: CriterionField
    title: str = ""
    do: tuple[str, ...] = ()
    owner: Identifier | None = None
    notes: tuple[str, ...] = ()


class Channel(PlanPart):
    """A way to tell people. `reach` names the environment variable that holds an Apprise URL."""

    title: str = ""
    address: str = ""  # for people to read; nothing is sent to it
    audience: Literal["internal", "external"] | None = None
    reach: str | None = None  # env:NAME


class Announcement(PlanPart):
    """What is told to whom, when."""

    title: str
    at: StartField | None = None
    when: str = ""  # in words, where there is no date
    phase: Identifier | None = None
    channels: tuple[Identifier, ...] = ()
    audience: str = ""
    message: str = ""
    owner: Identifier | None = None
    notes: tuple[str, ...] = ()


class Dashboard(PlanPart):
    """A screen, whom it is for, and what it shows."""

    title: str
    audience: str = ""
    shows: tuple[str, ...] = ()


class RoadmapEntry(PlanPart):
    """What comes after the launch. It is kept and shown, and does not run."""

    title: str
    when: str = ""
    do: tuple[str, ...] = ()


class Waiver(PlanPart):
    """A finding of `tminus check` that the team accepts, with the reason."""

    code: str
    at: str = ""  # the place, such as phases.beta or metrics.dau; without it everywhere
    because: str
