"""What was understood of a page, before it is written as a plan. Every part knows the line it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Understood:
    """What all parts share: where it comes from, and what is doubtful about it (empty: nothing)."""

    line: int
    doubt: str = field(default="", kw_only=True)
    lines: list[int] = field(default_factory=list, kw_only=True)  # further source lines that it was read from
    notes: list[tuple[int, str]] = field(default_factory=list, kw_only=True)  # lines kept beside it: (line, text)


@dataclass(slots=True)
class Target(Understood):
    """A number that is wanted, or feared: `error_rate < 0.1%`. Numbers are as the page writes them, in `unit`."""

    metric: str  # as people say it: "Error rate"
    comparator: str  # <, <=, >, >=, =, within, zero
    number: float = 0.0  # 0.1 for 0.1 %; the signed change in percent for a relative one (-20 for a 20 % reduction)
    unit: str = ""  # %, ms, s, min, h, d, $, €, /day, /5, "" for a plain count; see phrases.py
    high: float | None = None  # the upper end, for `within`
    aggregate: str = ""  # p95, mean, max, min, p50
    relative: bool = False  # against the baseline
    baseline: str = ""  # `65%`
    over: str = ""  # the window of the value: `7d`
    lasting: str = ""  # for how long it must hold, `5m`
    by: str = ""  # `month 1`: when it is to be reached, in the page's words
    condition: str = ""  # `at 100 concurrent users`
    group: str = ""  # the heading it stands under
    audience: str = ""  # `of eligible users`: what the share is of


@dataclass(slots=True)
class Box(Understood):
    """A task, or a bullet that is to be done."""

    text: str
    checked: bool | None = None
    owner: str = ""
    priority: str = ""
    estimate: str = ""  # as a plan writes it: `1d`, `4h..6h`
    expect: str = ""
    before: str = ""  # rollout or exit
    optional: bool = False
    group: str = ""  # the heading it stands under, inside its phase
    targets: list[Target] = field(default_factory=list)  # `Monitor error rates (target: <0.1%)`
    boxes: list[Box] = field(default_factory=list)


@dataclass(slots=True)
class Stage(Understood):
    """One step of a rollout."""

    title: str
    share: float | None = None  # 0.05 for 5 %; None where the page names an audience and no share
    lasts: str = ""
    starts: str = ""  # `+2d`, `Monday 00:00 UTC`
    audience: list[str] = field(default_factory=list)  # cohorts, in the page's words
    people: tuple[float, float] | None = None  # 50 to 100 users
    everybody: bool = False  # the page says that all are in
    regions: list[str] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)  # who says go
    boxes: list[Box] = field(default_factory=list)


@dataclass(slots=True)
class Command(Understood):
    """A line of a deployment script, with the comment above it."""

    run: str
    title: str = ""


@dataclass(slots=True)
class Phase(Understood):
    """A phase. `later` says that it is no part of the launch: a roadmap, or what comes after it."""

    title: str
    lasts: str = ""  # 1w..2w
    starts: str = ""  # a date, or +3d
    environment: str = ""
    audience: str = ""
    people: tuple[float, float] | None = None
    objectives: list[tuple[int, str]] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)  # what must hold at its end
    roles: list[str] = field(default_factory=list)  # who says go
    later: bool = False


@dataclass(slots=True)
class Alert(Understood):
    """A condition that people are told about."""

    text: str
    severity: str = ""  # critical, high, medium, low, info
    target: Target | None = None  # None: the page names no number
    lasting: str = ""
    channels: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Trigger(Understood):
    """A condition that starts a rollback."""

    text: str
    target: Target | None = None


@dataclass(slots=True)
class Procedure(Understood):
    """Ordered steps for people: a manual rollback, an incident playbook, a contingency."""

    title: str
    kind: str  # rollback, incident, contingency
    within: str = ""
    steps: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Level(Understood):
    """A level of escalation."""

    title: str
    who: str = ""
    since: float | None = None  # minutes after the start of the incident
    until: float | None = None


@dataclass(slots=True)
class Risk(Understood):
    """What may go wrong."""

    text: str
    probability: str = ""  # low, medium, high
    impact: str = ""  # low, medium, high, critical
    mitigation: list[str] = field(default_factory=list)
    group: str = ""


@dataclass(slots=True)
class Cost(Understood):
    """A budget line, a group's total or the whole total. `low` None: the page gives no price; 0: it is free."""

    title: str
    kind: str = "line"  # line, group, total
    low: float | None = None
    high: float | None = None
    open_end: bool = False  # `$25-200+`
    currency: str = ""
    times: float = 1.0
    per: str = ""  # month, year
    group: str = ""


@dataclass(slots=True)
class Variable(Understood):
    """An environment variable. Its value is never kept."""

    name: str
    environment: str = ""
    secret: bool = False
    group: str = ""


@dataclass(slots=True)
class Service(Understood):
    """A container with its health check."""

    name: str
    image: str = ""
    test: str = ""
    every: str = ""
    timeout: str = ""
    retries: int | None = None


@dataclass(slots=True)
class Routine(Understood):
    """What is done again and again."""

    title: str
    every: str  # day, week, month, quarter, year
    at: str = ""
    lasts: str = ""
    steps: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Milestone(Understood):
    """At so many users, that is done."""

    title: str
    target: Target | None = None
    steps: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Channel(Understood):
    """A way to tell people."""

    title: str
    address: str = ""
    audience: str = ""  # internal, external


@dataclass(slots=True)
class Announcement(Understood):
    """Something that is told, when, and where."""

    title: str
    when: str = ""
    channels: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Dashboard(Understood):
    """A screen and whom it is for."""

    title: str
    audience: str = ""
    shows: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Role(Understood):
    """Somebody, by what they do."""

    title: str
    contact: str = ""  # what the page says of how to reach them; an address is never written as a secret
    duties: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Recovery(Understood):
    """How much may be lost and how long it may take; how backups are made."""

    rto: str = ""
    rpo: str = ""
    every: str = ""


@dataclass(slots=True)
class Bug(Understood):
    """A bug priority and by when such a bug is fixed."""

    name: str  # P0
    title: str = ""
    fix: str = ""


@dataclass(slots=True)
class Flag(Understood):
    """A feature that is on or off."""

    name: str
    on: bool | None = None


@dataclass(slots=True)
class Bar(Understood):
    """A task of a Gantt chart or a timeline table."""

    title: str
    section: str = ""
    starts: str = ""
    lasts: str = ""
    ends: str = ""


@dataclass(slots=True)
class Draft:
    """The whole of it."""

    title: str = ""
    title_line: int = 0
    summary: str = ""
    starts: str = ""
    timezone: str = ""
    facts: list[tuple[int, str, str]] = field(default_factory=list)  # (line, label, value): Status, Owner, Version
    phases: list[Phase] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)  # KPIs that belong to no phase
    measures: list[tuple[int, str, str]] = field(default_factory=list)  # metrics without a number: (line, name, group)
    alerts: list[Alert] = field(default_factory=list)
    triggers: list[Trigger] = field(default_factory=list)
    procedures: list[Procedure] = field(default_factory=list)
    escalation: list[Level] = field(default_factory=list)
    tiers: list[Level] = field(default_factory=list)  # of support
    risks: list[Risk] = field(default_factory=list)
    costs: list[Cost] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    routines: list[Routine] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    announcements: list[Announcement] = field(default_factory=list)
    dashboards: list[Dashboard] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    recovery: list[Recovery] = field(default_factory=list)
    bugs: list[Bug] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)  # lines kept as notes on the plan itself
    unread: int = 0  # the first line that was not looked into; it and all after it are one of the notes
    repeated: dict[int, int] = field(
        default_factory=dict
    )  # a line that says again what another says: line -> that line
