"""A scenario held against a plan: which metric, which stage, which role. What makes no sense for a plan is said, not faked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from zoneinfo import ZoneInfo

from tminus.plan.model import Plan
from tminus.plan.timeline import planned_start
from tminus.ports import EventLog
from tminus.rehearsal import choosing
from tminus.rehearsal.choosing import Unsuitable
from tminus.rehearsal.healthy import healthy
from tminus.rehearsal.incidents import Outage, Regression
from tminus.rehearsal.moments import Moment
from tminus.rehearsal.people import People, Person
from tminus.rehearsal.performing import ActionFault, ScriptedDispatcher
from tminus.rehearsal.places import Population
from tminus.rehearsal.planworld import PlanWorld
from tminus.rehearsal.run import START
from tminus.rehearsal.scenario import At, EventPart, PersonPart, Scenario
from tminus.rehearsal.traffic import DAILY, Traffic

_RATE = 100.0  # requests a second, where neither scenario nor plan says


@dataclass(frozen=True)
class Script:
    """One scenario for one plan, ready to be played with any seed. `says` is what its rules chose, for people."""

    name: str
    scenario: Scenario
    plan: Plan
    start: float
    usual: Mapping[str, float]
    traffic: Traffic
    population: Population
    regressions: tuple[Regression, ...] = ()
    outages: tuple[Outage, ...] = ()
    crashes: tuple[Moment, ...] = ()
    faults: tuple[ActionFault, ...] = ()
    each: Mapping[str, Person] = field(default_factory=dict)
    everybody: Person | None = None
    says: tuple[str, ...] = ()
    mender: Person | None = None  # who settles steps that failed for good

    def world(self, seed: int) -> PlanWorld:
        """The world of one launch."""
        return PlanWorld(
            self.plan, seed, usual=self.usual, regressions=self.regressions, outages=self.outages, crashes=self.crashes,
            traffic=self.traffic, population=self.population,
        )  # fmt: skip

    def people(self, seed: int) -> People:
        """The people of one launch."""
        zone = ZoneInfo(self.plan.timezone)
        return People(each=self.each, everybody=self.everybody, zone=zone, seed=seed, mender=self.mender)

    def dispatcher(self, log: EventLog) -> ScriptedDispatcher:
        """Who performs the actions of one launch."""
        return ScriptedDispatcher(log, self.faults)


def script_of(name: str, scenario: Scenario, plan: Plan) -> Script:
    """Hold a scenario against a plan. Raises `Unsuitable` where the plan has nothing of what the scenario is about."""
    zone, world = ZoneInfo(plan.timezone), scenario.world
    for region in world.regions:
        choosing.region(region, plan)
    for metric in world.metrics:
        choosing.known_metric(metric, plan)
    rate = world.rate or plan.expected.traffic
    traffic = Traffic(
        rate.value if rate else _RATE,
        _normal(world.hours) or (DAILY if world.day == "daily" else (1.0,) * 24),
        _normal(world.week) or (1.0,) * 7,
        zone,
    )
    usual = {metric: quantity.value for metric, quantity in world.metrics.items()}
    made = _Making(plan, {**healthy(plan), **usual})
    for event in scenario.events:
        made.take(event)
    each = {role if role == "everybody" else made.role(role): _person(part) for role, part in scenario.people.items()}
    return Script(
        name,
        scenario,
        plan,
        start_of(plan),
        made.values,
        traffic,
        Population.of(plan, world.regions),
        tuple(made.regressions),
        tuple(made.outages),
        tuple(made.crashes),
        tuple(made.faults),
        {role: person for role, person in each.items() if role != "everybody"},
        each.get("everybody"),
        tuple(dict.fromkeys(made.says)),
    )


@dataclass
class _Making:
    plan: Plan
    values: Mapping[str, float]
    regressions: list[Regression] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    crashes: list[Moment] = field(default_factory=list)
    faults: list[ActionFault] = field(default_factory=list)
    says: list[str] = field(default_factory=list)

    def take(self, event: EventPart) -> None:
        if event.action is not None:
            key = choosing.action(event.action, self.plan)
            self._say(event.action, key)
            self.faults.append(ActionFault(key, inf if event.fails == "always" else float(event.fails or 0)))
            return
        assert event.at is not None
        begins = self._moment(event.at)
        if event.metric is not None:
            self.regressions.append(self._regression(event, event.metric, begins))
        elif event.source is not None:
            source = choosing.source(event.source, self.plan)
            self._say(event.source, source)
            self.outages.append(Outage(source, begins, event.down.seconds, hangs=event.hung is not None))
        else:
            self.crashes.append(begins)

    def role(self, name: str) -> str:
        role = choosing.role(name, self.plan)
        self._say(name, role)
        return role

    def _regression(self, event: EventPart, name: str, begins: Moment) -> Regression:
        metric = choosing.metric(name, self.plan, begins.stage)
        self._say(name, metric)
        region = choosing.region(event.region, self.plan) if event.region else ""
        if event.region:
            self._say(event.region, region)
        to = event.to.value if event.to else choosing.worse(metric, self.plan, self.values[metric], event.times or 1.0)
        return Regression(
            metric,
            to,
            begins.stage,
            begins.after,
            event.for_.seconds if event.for_ else inf,
            event.everybody,
            begins.phase,
            region,
            event.over.seconds if event.over else 0.0,
        )

    def _moment(self, at: At) -> Moment:
        if at.phase:
            return Moment(phase=choosing.phase(at.phase, self.plan), after=at.after)
        if not at.stage:
            return Moment(after=at.after)
        key, stage = choosing.stage(at.stage, self.plan)
        self._say(f"stage {at.stage}", key)
        return Moment(stage=key, after=at.after if at.part is None else at.part * stage.bakes.seconds)

    def _say(self, asked: str, chosen: str) -> None:
        if asked != chosen:
            self.says.append(f"{asked}: {chosen}")


def start_of(plan: Plan) -> float:
    """When a rehearsal begins, in Unix seconds: when the plan says, else at an hour that is the same for all."""
    planned = planned_start(plan)
    return START if planned is None else planned


def _normal(factors: tuple[float, ...]) -> tuple[float, ...]:
    """The factors with a mean of 1."""
    mean = sum(factors) / len(factors) if factors else 1.0
    return tuple(factor / mean for factor in factors)


def _person(part: PersonPart) -> Person:
    delay = part.answers.seconds if part.answers else 0.0
    return Person(delay, part.absent, part.only is not None, varies=not part.exactly)


__all__ = ["Script", "Unsuitable", "script_of", "start_of"]
