"""A launch at its first stage, on a log in memory, behind the API as a server mounts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from support.engines import Idle
from tminus.api import api_routes
from tminus.app.desk import Desk
from tminus.app.notebook import MemoryNotebook
from tminus.core import events as e
from tminus.core.outline import Outline
from tminus.engine import Engine, Ledger, Watch
from tminus.plan import read_plan_text
from tminus.store import MemoryEventLog

PLAN = """
tminus: 1
title: New search
roles: { lead: {} }
metrics: { error_rate: { source: app, bad: errors, total: requests, unit: "%" } }
flags: { new-search: { variants: { "on": true, "off": false }, default: "off" } }
phases:
  - id: rollout
    rollout: { flag: new-search, stages: [ { to: 10%, for: 1h, go: [lead] } ] }
"""


@dataclass
class Clock:
    """Time that stands still."""

    at: float = 1_800_000_000.0

    def now(self) -> float:
        return self.at


@pytest.fixture
def desk() -> Desk:
    """A desk over a launch whose 10 % stage has begun."""
    plan, clock, log = read_plan_text(PLAN), Clock(), MemoryEventLog()
    outline = Outline(plan)
    log.append("search", 0, [e.LaunchStarted(title=plan.title, plan={})], actor="ada", at=clock.at)
    ledger = Ledger(log, "search", outline, clock)
    stage = outline.stage_ids(plan.phases[0])[0]
    started = e.StageStarted(phase="rollout", stage=stage, flag="new-search", share=0.1)
    ledger.record([e.PhaseStarted(phase="rollout"), started], "tminus")
    notebook = MemoryNotebook()
    notebook.note("search", clock.at, {"evidence": 0.5})
    engine = Engine(ledger, Watch(outline, {}, {}), Idle(), worker="w")
    return Desk(ledger, engine, clock, notebook, lambda: None)


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient[Litestar]]:
    """The API over the launch."""
    with TestClient(Litestar(api_routes(lambda: desk), openapi_config=None)) as found:
        yield found


@pytest.fixture
def empty_client() -> Iterator[TestClient[Litestar]]:
    """The API before any launch."""
    with TestClient(Litestar(api_routes(lambda: None), openapi_config=None)) as found:
        yield found
