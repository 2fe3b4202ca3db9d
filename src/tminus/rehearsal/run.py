"""One rehearsed launch, from its first event to its end or to a given time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tminus.core.assessment import Measurement
from tminus.core.events import LaunchStarted, Recorded, RollbackStarted
from tminus.core.outline import Outline
from tminus.core.state import State, Status
from tminus.engine import Engine, Ledger, Watch
from tminus.engine.ledger import start_launch
from tminus.guards import Counts
from tminus.plan.model import Metric, Plan
from tminus.ports import Exposure, Job, Question, Result
from tminus.rehearsal.clock import VirtualClock
from tminus.rehearsal.people import People
from tminus.store import MemoryEventLog

START = 1_768_208_400.0  # 2026-01-12 09:00 UTC: a rehearsal has its own calendar
LAUNCH = "rehearsal"


@dataclass(frozen=True)
class Rehearsal:
    """How it went: the whole log, the state it folds to, and what users suffered."""

    records: list[Recorded]
    state: State
    seconds: float
    hurt: int

    @property
    def rollbacks(self) -> list[RollbackStarted]:
        """Every rollback, with its cause."""
        return [one.event for one in self.records if isinstance(one.event, RollbackStarted)]


class InstantDispatcher:
    """Every job succeeds by the next step."""

    def __init__(self) -> None:
        self._results: list[Result] = []

    def submit(self, job: Job) -> None:
        """Done."""
        self._results.append(Result(job.key, job.attempt, 0.0, output="rehearsed"))

    def finished(self) -> list[Result]:
        """What was submitted since."""
        results, self._results = self._results, []
        return results

    def running(self) -> frozenset[str]:
        """The jobs whose result was not fetched yet."""
        return frozenset(result.key for result in self._results)


class Surroundings(Protocol):
    """A world that a launch can be rehearsed in: it lives from tick to tick, and answers as sources do."""

    @property
    def hurt(self) -> int:
        """Failed requests of the canary so far."""
        ...

    def advance(self, state: State, now: float, tick: float) -> None:
        """Let `tick` seconds of users happen under the shares that hold at `now`."""
        ...

    def measure(self, question: Question, now: float) -> Measurement:
        """As a `MetricSource`."""
        ...

    def arms(self, metric: Metric, exposure: Exposure, after: int | None) -> tuple[int, Counts]:
        """As an `ArmSource`."""
        ...


def rehearse(
    plan: Plan, world: Surroundings, *, people: People | None = None, tick: float = 10.0, lasts: float = 90 * 86400.0
) -> Rehearsal:
    """Run `plan` in `world`, a step every `tick` seconds, until it ends, is rolled back, or `lasts` seconds have passed."""
    clock, log, people = VirtualClock(START), MemoryEventLog(), people or People()
    start_launch(log, LAUNCH, LaunchStarted(title=plan.title, plan={}), "rehearsal", clock.now())
    outline = Outline(plan)
    ledger = Ledger(log, LAUNCH, outline, clock)
    sources = dict.fromkeys(("app", "events", *plan.sources), world)
    engine = Engine(ledger, Watch(outline, sources, sources), InstantDispatcher(), worker="rehearsal")
    while clock.now() - START < lasts:
        now = clock.now()
        world.advance(ledger.state, now, tick)
        state = engine.step(now)
        if state.status.ended or state.status is Status.ROLLED_BACK:
            break
        people.act(ledger, engine.facts, now)
        clock.advance(tick)
    return Rehearsal(log.read(LAUNCH), ledger.state, clock.now() - START, world.hurt)
