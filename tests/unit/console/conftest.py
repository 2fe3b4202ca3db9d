"""A launch that a test takes where it wants it, behind the console as a server mounts it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from support.engines import Idle
from tminus.app.desk import Desk
from tminus.app.notebook import MemoryNotebook
from tminus.console import console_routes
from tminus.core import events as e
from tminus.core.assess import assess
from tminus.core.decide import needed_criteria
from tminus.core.facts import Facts
from tminus.core.outline import Outline
from tminus.engine import Engine, Ledger, Watch
from tminus.guards import GuardReading
from tminus.plan import read_plan_text
from tminus.store import MemoryEventLog

PLAN = """
tminus: 1
title: New <search>
timezone: America/New_York
roles: { lead: {}, support: {} }
metrics:
  error_rate: { source: app, bad: errors, total: requests, unit: "%" }
  load: { title: Page load, source: app, histogram: load, unit: s }
flags: { new-search: { title: The new search, variants: { "on": true, "off": false }, default: "off" } }
phases:
  - id: prepare
    tasks: [ { id: trained, do: Support is trained, owner: support } ]
  - id: rollout
    title: Rollout
    environment: production
    tasks: [ { id: watched, do: Somebody watches, owner: lead, by: exit } ]
    rollout:
      flag: new-search
      guards: [error_rate]
      stages: [ { id: first, to: 15%, for: 1h, exit: [load p95 < 2s over 10m] }, { id: all, to: 100%, for: 1h } ]
    go: [lead, support]
rollback:
  when: [error_rate > 1% for 2m]
  within: 5m
  do: [ { flag: new-search, to: "off" }, { notify: lead } ]
"""
START = 1_800_000_000.0  # 2027-01-15 08:00 UTC, 03:00 in New York


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> float:
        return self.at


class Stand:
    """A desk and everything around it, and the moves a test makes."""

    def __init__(self) -> None:
        self.clock, self.log, self.notebook = Clock(), MemoryEventLog(), MemoryNotebook()
        self.outline = Outline(read_plan_text(PLAN))
        self.log.append("search", 0, [e.LaunchStarted(title="New search", plan={})], actor="ada", at=START)
        self.ledger = Ledger(self.log, "search", self.outline, self.clock)
        self.engine = Engine(self.ledger, Watch(self.outline, {}, {}), Idle(), worker="w")
        self.desk = Desk(self.ledger, self.engine, self.clock, self.notebook, lambda: None)
        self.happen(e.PhaseStarted(phase="prepare"))

    def happen(self, *events: e.Event, after: float = 1.0, actor: str = "tminus") -> None:
        """Some seconds later these are recorded."""
        self.clock.at += after
        self.ledger.record(events, actor)

    def at_first_stage(self) -> None:
        """15 % have it."""
        self.happen(e.TaskProven(task="trained"), e.PhaseCompleted(phase="prepare"), e.PhaseStarted(phase="rollout"))
        self.happen(e.StageStarted(phase="rollout", stage="first", flag="new-search", share=0.15, cohorts=("staff",)))

    def measure(self, found: Callable[[str], Any], log_evidence: float = 0.6) -> None:
        """What every metric was measured as, by its name, and what the guard says."""
        plan, now = self.outline.plan, self.clock.at
        judged = {}
        for criterion in needed_criteria(self.outline, self.ledger.state):
            judged[criterion.key] = assess(criterion, plan.metrics[criterion.metric], found(criterion.metric), 600, now)
        guard = GuardReading(log_evidence, log_evidence, None, 12_840, 14, 2_214, 3, START)
        self.engine.facts = Facts(judged, {"error_rate": guard}, log_evidence, now)

    def roll_back(self) -> None:
        """The guard has seen enough."""
        self.happen(e.RollbackStarted(cause={"kind": "guard", "text": "error_rate: 19 of 2,214 failed"}))
        self.engine.facts = Facts()


@pytest.fixture
def stand() -> Stand:
    """A launch in its first phase, waiting for support to sign a box."""
    return Stand()


@pytest.fixture
def client(stand: Stand) -> Iterator[TestClient[Litestar]]:
    """The console over the launch."""
    with TestClient(Litestar(console_routes(lambda: stand.desk), openapi_config=None)) as found:
        yield found


@pytest.fixture
def empty_client() -> Iterator[TestClient[Litestar]]:
    """The console before any launch."""
    with TestClient(Litestar(console_routes(lambda: None), openapi_config=None)) as found:
        yield found
