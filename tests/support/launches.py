"""Launches for tests: a short plan, and a course of events that decides, records and measures without an engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tminus.core import commands
from tminus.core.assess import Streaks, assess
from tminus.core.assessment import Measurement
from tminus.core.decide import decide, needed_criteria
from tminus.core.events import ActionStarted, ActionSucceeded, Event, LaunchStarted, Recorded
from tminus.core.evolve import evolve
from tminus.core.facts import Facts
from tminus.core.outline import Outline
from tminus.core.state import ActionPhase, State
from tminus.guards import GuardReading
from tminus.plan.model import Plan
from tminus.plan.reading import read_plan_text

T0 = 1_768_208_400.0
MINUTE, HOUR = 60.0, 3600.0

HEAD = """
tminus: 1
title: Page
roles: { lead: { reach: env:LEAD_URL }, product: {}, support: {} }
flags: { page: { variants: { on: true, off: false }, default: off }, cart: {} }
cohorts: { staff: { users: [ann] } }
metrics:
  errors: { source: app, bad: 'request{error="true"}', total: request, unit: "%", window: 1m }
  delay: { source: app, histogram: duration, unit: s, window: 1m }
  mood: { unit: "%", attest: product }
  payments: { source: app, good: paid, total: request, unit: "%" }
"""
ROLLOUT = """
phases:
  - id: release
    rollout:
      flag: page
      stages:
        - { id: few, to: 5%, cohorts: [staff], for: 1h }
        - { id: all, to: 100%, for: 1h }
"""


def plan(text: str = ROLLOUT) -> Plan:
    """The plan of these phases, and whatever else stands in `text`, under a common head."""
    return read_plan_text(HEAD + text)


def outline(text: str = ROLLOUT) -> Outline:
    """The same, as a launch travels it."""
    return Outline(plan(text))


def ratio(hits: float, total: float, at: float | None = None) -> Measurement:
    """What a source says of a proportion."""
    return Measurement(hits / total if total else None, hits=hits, total=total, newest=at, source="app")


def reading(log_evidence: float = 0.0) -> GuardReading:
    """A guard's evidence, with some counts to it."""
    return GuardReading(log_evidence, log_evidence, None, 950, 1, 50, 9, T0)


def recorded(event: Event, seq: int = 1, at: float = T0, actor: str = "tminus") -> Recorded:
    """An event as it stands in a log; nobody looks at the hashes here."""
    return Recorded("page-1", seq, at, actor, event, "", "")


@dataclass
class Course:
    """A launch in the making: `state`, `log`, the time `now`, and what is measured (`found`, by metric)."""

    outline: Outline
    now: float = T0
    state: State = field(default_factory=State)
    log: list[Recorded] = field(default_factory=list)
    found: dict[str, Measurement] = field(default_factory=dict)
    guards: dict[str, GuardReading] = field(default_factory=dict)
    seen_at: float | None = None
    streaks: Streaks = field(default_factory=Streaks)

    @property
    def facts(self) -> Facts:
        """What is known now."""
        metrics = self.outline.plan.metrics
        found = {}
        for criterion in needed_criteria(self.outline, self.state):
            measured = self.found.get(criterion.metric)
            if measured is not None:
                at_hand = assess(criterion, metrics[criterion.metric], measured, MINUTE, self.now)
                found[criterion.key] = self.streaks.follow(at_hand)
        evidence = max((one.log_evidence for one in self.guards.values()), default=None)
        return Facts(found, self.guards, evidence, self.seen_at)

    def record(self, *events: Event, actor: str = "tminus") -> None:
        """Add to the log."""
        for event in events:
            one = recorded(event, self.state.seq + 1, self.now, actor)
            self.state = evolve(self.state, one)
            self.log.append(one)

    def tell(self, command: Callable[..., Sequence[Event]], *words: Any, actor: str = "ann") -> tuple[Event, ...]:
        """What a person's command records."""
        events = tuple(command(self.outline, self.state, *words))
        self.record(*events, actor=actor)
        return events

    def rest(self) -> list[Event]:
        """Decide until there is nothing more to say; what was said."""
        said: list[Event] = []
        facts = self.facts
        for _ in range(50):
            events = decide(self.outline, self.state, facts, self.now)
            if not events:
                return said
            self.record(*events)
            said += events
        raise AssertionError("decide does not come to rest")

    def wait(self, seconds: float) -> list[Event]:
        """Let time pass at once, then decide."""
        self.now += seconds
        return self.rest()

    def do(self, *keys: str) -> None:
        """These actions are performed with success; without keys all that are open."""
        open_ = [key for key, one in self.state.actions.items() if one.phase is ActionPhase.REQUESTED]
        for key in keys or open_:
            attempt = self.state.actions[key].attempt + 1
            self.record(ActionStarted(key=key, attempt=attempt), ActionSucceeded(key=key, attempt=attempt))


def course(text: str = ROLLOUT, **more: Any) -> Course:
    """A launch that has just begun, and done what was to be done at once."""
    begun = Course(outline(text), **more)
    begun.record(LaunchStarted(title="Page", plan={}), actor="ann")
    begun.rest()
    return begun


def rolled_back(text: str = ROLLOUT) -> Course:
    """A launch whose rollback is completed."""
    gone = course(text)
    gone.now += MINUTE
    gone.tell(commands.rollback, "ann")
    gone.rest()
    return gone


def kinds(events: Sequence[Event]) -> list[str]:
    """The names of events."""
    return [type(event).__name__ for event in events]
