"""The plan: what a team writes, typed. This file says what there is; reading, checks and advice live beside it."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from tminus.plan.around import (
    Announcement,
    Budget,
    BugPriority,
    Channel,
    Dashboard,
    EscalationLevel,
    Expected,
    Kpi,
    Milestone,
    Recovery,
    Region,
    Risk,
    RoadmapEntry,
    Routine,
    Runbook,
    Service,
    Waiver,
)
from tminus.plan.experiments import Experiment
from tminus.plan.fields import (
    CriterionField,
    DurationField,
    ExposureField,
    FlagName,
    FractionField,
    Identifier,
    MomentField,
    QuantityField,
    SelectorField,
    SpanField,
    StartField,
)
from tminus.plan.flagging import Cohort, Flag
from tminus.plan.guarding import Evidence, Watching
from tminus.plan.part import PlanPart
from tminus.plan.quantity import Duration


class Role(PlanPart):
    """Who signs and who is told. `reach` names the environment variable that holds an Apprise URL."""

    title: str = ""
    reach: str | None = None  # env:NAME
    people: tuple[str, ...] = ()  # who fills the role, by name
    duties: tuple[str, ...] = ()


class MetricKind(StrEnum):
    """The kind says which aggregates make sense."""

    RATIO = "ratio"
    RATE = "rate"
    COUNT = "count"
    GAUGE = "gauge"
    DISTRIBUTION = "distribution"
    UNIQUE = "unique"
    SHARE = "share"
    SUM = "sum"
    VALUE = "value"


class Metric(PlanPart):
    """One definition that serves gates, alerts, triggers, guards and screens alike.

    Exactly one family of keys says the kind: `bad`/`good` with `total` (ratio), `count` (count, or rate with `per`),
    `gauge`, `histogram` (distribution), `unique`, `of` with `did` (share), `sum` with `value` (numbers that events carry, a
    mean with `per: user`), `query` (a value asked from a source).
    No family at all: the metric has no source yet, and a criterion on it waits for a role to sign.
    """

    title: str = ""
    source: str | None = None  # app (OTLP), events (CloudEvents), or a name under `sources`
    bad: SelectorField | None = None
    good: SelectorField | None = None
    total: SelectorField | None = None
    count: SelectorField | None = None
    per: Literal["second", "minute", "hour", "day", "week", "month", "user"] | None = None
    gauge: SelectorField | None = None
    histogram: SelectorField | None = None
    unique: SelectorField | None = None
    of: SelectorField | None = None
    did: SelectorField | None = None
    within: DurationField | None = None
    sum: SelectorField | None = None
    value: str | None = None  # the member of such an event's data that is summed
    query: str | None = None
    unit: str = ""
    baseline: QuantityField | None = None
    window: DurationField | None = None  # used where a criterion names none
    fresh: DurationField | None = None  # data older than this is no data
    better: Literal["lower", "higher"] | None = None  # of a count that is guarded
    traffic: Identifier | None = None  # of a count that is guarded: the ratio whose units it is held against
    attest: Identifier | None = None  # the role that signs for this metric while it has no source

    @cached_property
    def kind(self) -> MetricKind | None:
        """The kind that the given keys say; None while the metric has no source."""
        families = {
            "bad": MetricKind.RATIO,
            "good": MetricKind.RATIO,
            "count": MetricKind.RATE if self.per and self.per != "user" else MetricKind.COUNT,
            "gauge": MetricKind.GAUGE,
            "histogram": MetricKind.DISTRIBUTION,
            "unique": MetricKind.UNIQUE,
            "sum": MetricKind.SUM,  # before `of`, which says among which users there
            "of": MetricKind.SHARE,
            "query": MetricKind.VALUE,
        }
        return next((kind for key, kind in families.items() if getattr(self, key) is not None), None)

    def words(self, name: str) -> str:
        """The metric by its title, or by its name, as it stands inside a sentence: `API errors` stays as it is."""
        title = self.title or name.replace("_", " ")
        return title[:1].lower() + title[1:] if title[1:2].islower() else title


class Source(PlanPart):
    """Where a metric is asked from besides the embedded telemetry: a Prometheus-compatible server."""

    prometheus: str  # http(s)://host:port; may be env:NAME
    timeout: DurationField | None = None


class Environment(PlanPart):
    """Where a phase happens, and the names of the variables it needs. Values and secrets never stand in a plan."""

    title: str = ""
    url: str = ""
    requires: tuple[str, ...] = ()


class FlagAction(PlanPart):
    """Set a flag's exposure: `to: off` serves the default to everybody."""

    flag: FlagName
    to: ExposureField


class NotifyAction(PlanPart):
    """Tell a role, through the Apprise URL of its `reach`."""

    notify: Identifier
    message: str = ""


class StatusAction(PlanPart):
    """Say on the public status page how things are."""

    status: Literal["operational", "degraded", "partial-outage", "major-outage", "maintenance"]
    message: str = ""


class RunAction(PlanPart):
    """Run a command. It gets TMINUS_KEY (the idempotency key) in its environment; `once` says that twice is harmful."""

    run: str | tuple[str, ...]
    once: bool = False
    timeout: DurationField | None = None
    cwd: str | None = None


class CallAction(PlanPart):
    """Call a URL (POST by default) with the Idempotency-Key header."""

    call: str
    method: Literal["POST", "PUT", "PATCH", "DELETE", "GET"] = "POST"
    body: dict[str, Any] | None = None
    timeout: DurationField | None = None
    token: str | None = None  # env:NAME, sent as a bearer token


_ACTIONS = ("flag", "notify", "status", "run", "call")


def _action_tag(value: Any) -> str | None:
    """Which action a mapping means, by its first telling key: one precise error instead of five vague ones."""
    if isinstance(value, dict):
        named = next((key for key in value if key in _ACTIONS), None)
    else:
        named = next((key for key in _ACTIONS if hasattr(value, key)), None)
    return None if named is None else f"action:{named}"


Action = Annotated[
    Annotated[FlagAction, Tag("action:flag")]
    | Annotated[NotifyAction, Tag("action:notify")]
    | Annotated[StatusAction, Tag("action:status")]
    | Annotated[RunAction, Tag("action:run")]
    | Annotated[CallAction, Tag("action:call")],
    Discriminator(_action_tag),
]


class HttpProbe(PlanPart):
    """A URL that must answer, with this status and text."""

    url: str
    status: int = 200
    contains: str | None = None
    within: DurationField | None = None


class CommandProbe(PlanPart):
    """A command that must end with status 0."""

    run: str | tuple[str, ...]
    timeout: DurationField | None = None


class Proof(PlanPart):
    """How a box is proven: by a probe, by criteria that hold, by a role that signs. All that is named must be given."""

    sign_off: Identifier | None = Field(default=None, alias="sign-off")
    http: HttpProbe | None = None
    command: CommandProbe | None = None
    holds: tuple[CriterionField, ...] = ()
    age: DurationField | None = None  # a proof that is older counts no more


class Priority(StrEnum):
    """How much a task matters to the launch."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Task(PlanPart):
    """One box of a checklist. With `tasks` beneath and no proof of its own it is proven when all of them are."""

    do: str
    id: Identifier | None = None  # made from `do` where it is not given
    owner: Identifier | None = None
    priority: Priority = Priority.MEDIUM
    estimate: DurationField | None = None
    expect: str = ""
    after: tuple[Identifier, ...] = ()
    proof: Proof | None = None  # none: the owner signs
    skip: str | None = None  # the reason why this does not apply
    optional: bool = False
    by: Literal["rollout", "exit"] = "rollout"  # what it has to be proven before
    done: bool = False  # the team says so; it is signed or proven all the same
    done_on: MomentField | None = Field(default=None, alias="done-on")
    note: str = ""
    tasks: tuple[Task, ...] = ()


class Stage(PlanPart):
    """One step of a rollout: how many have the new variant, who is always in, how long at least, and what must hold."""

    title: str = ""
    id: Identifier | None = None
    to: FractionField
    cohorts: tuple[Identifier, ...] = ()
    regions: tuple[Identifier, ...] = ()  # the share is of the users there; everywhere if none is named
    features: tuple[FlagName, ...] = ()  # flags that those who are in have as well from here on
    starts: StartField | None = None  # not before: a weekday and time, a date, or an offset from the phase's start
    for_: DurationField | None = Field(default=None, alias="for")
    exit: tuple[CriterionField, ...] = ()
    go: tuple[Identifier, ...] = ()
    evidence: Evidence | None = None  # what it has to show before the next one
    notes: tuple[str, ...] = ()

    @property
    def bakes(self) -> Duration:
        """How long the stage lasts at least; no time at all where the plan does not say."""
        return self.for_ or Duration(0.0, "no time")


class Rollout(PlanPart):
    """A flag's way to its users, stage by stage, and the metrics that guard every stage."""

    flag: FlagName
    stages: tuple[Stage, ...] = Field(min_length=1)
    guards: tuple[Identifier, ...] = ()
    evidence: Evidence | None = None  # what every stage has to show before the next one
    holdback: FractionField | None = None  # at 100 % so many keep the default while the stage bakes: a control


class Phase(PlanPart):
    """A part of the launch: its tasks, its steps, its rollout, and the gate at its end."""

    id: Identifier
    title: str = ""
    environment: str = ""
    audience: str = ""
    objectives: tuple[str, ...] = ()
    starts: StartField | None = None  # a date and time in the plan's zone, or an offset from the launch's start (+3d)
    lasts: SpanField | None = None
    steps: tuple[Action, ...] = ()
    tasks: tuple[Task, ...] = ()
    rollout: Rollout | None = None
    exit: tuple[CriterionField, ...] = ()
    go: tuple[Identifier, ...] = ()
    notes: tuple[str, ...] = ()


class Rollback(PlanPart):
    """When to go back, how fast it must be done, and what is done besides serving the default to everybody."""

    when: tuple[CriterionField, ...] = ()
    within: DurationField | None = None
    do: tuple[Action, ...] = ()


class Severity(StrEnum):
    """How loud an alert is."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Alert(PlanPart):
    """A condition that people are told about; it never moves the launch."""

    when: CriterionField
    for_: DurationField | None = Field(default=None, alias="for")
    severity: Severity = Severity.MEDIUM
    notify: tuple[Identifier, ...] = ()
    title: str = ""
    id: Identifier | None = None


class Plan(PlanPart):
    """A whole launch plan."""

    tminus: Literal[1]
    title: str
    summary: str = ""
    starts: MomentField | None = None
    timezone: str = "UTC"
    roles: dict[Identifier, Role] = Field(default_factory=dict)
    environments: dict[Identifier, Environment] = Field(default_factory=dict)
    services: dict[Identifier, Service] = Field(default_factory=dict)
    sources: dict[Identifier, Source] = Field(default_factory=dict)
    metrics: dict[Identifier, Metric] = Field(default_factory=dict)
    expected: Expected = Field(default_factory=Expected)
    cohorts: dict[Identifier, Cohort] = Field(default_factory=dict)
    regions: dict[Identifier, Region] = Field(default_factory=dict)
    flags: dict[FlagName, Flag] = Field(default_factory=dict)
    evaluators: dict[str, Any] = Field(default_factory=dict)  # rules in JSONLogic that others name by `$ref`
    experiments: dict[Identifier, Experiment] = Field(default_factory=dict)
    phases: tuple[Phase, ...] = Field(min_length=1)
    rollback: Rollback = Field(default_factory=Rollback)
    alerts: tuple[Alert, ...] = ()
    watching: Watching = Field(default_factory=Watching)
    kpis: tuple[Kpi, ...] = ()
    escalation: tuple[EscalationLevel, ...] = ()
    runbooks: dict[Identifier, Runbook] = Field(default_factory=dict)
    recovery: Recovery | None = None
    bugs: dict[Identifier, BugPriority] = Field(default_factory=dict)
    risks: tuple[Risk, ...] = ()
    budget: Budget | None = None
    channels: dict[Identifier, Channel] = Field(default_factory=dict)
    announcements: dict[Identifier, Announcement] = Field(default_factory=dict)
    routines: dict[Identifier, Routine] = Field(default_factory=dict)
    milestones: dict[Identifier, Milestone] = Field(default_factory=dict)
    dashboards: tuple[Dashboard, ...] = ()
    roadmap: tuple[RoadmapEntry, ...] = ()
    notes: tuple[str, ...] = ()
    waive: tuple[Waiver, ...] = ()
    later: dict[str, Any] = Field(default_factory=dict)  # what the team keeps in the plan and T-minus does not run yet
