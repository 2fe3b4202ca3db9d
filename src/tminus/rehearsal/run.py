"""One rehearsed launch, from its first event to its end or to a given time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tminus.core.advance import Blocker
from tminus.core.assessment import Measurement
from tminus.core.events import (
    GateSigned,
    LaunchStarted,
    PhaseCompleted,
    PhaseStarted,
    Recorded,
    RollbackStarted,
    StagePromoted,
    StageStarted,
    TaskProven,
    TaskSigned,
)
from tminus.core.outline import Outline
from tminus.core.state import State, Status
from tminus.engine import Engine, Ledger, Watch
from tminus.engine.ledger import start_launch
from tminus.errors import StoreError
from tminus.guards import Counts
from tminus.plan import paced
from tminus.plan.model import Plan
from tminus.ports import Dispatcher, Feed, Job, Question, Result, Seen
from tminus.rehearsal.clock import VirtualClock
from tminus.rehearsal.faults import Crash, Faults, FaultyLog, overtake
from tminus.rehearsal.pacing import UNDER_WAY, Pace, next_look
from tminus.rehearsal.people import People
from tminus.rehearsal.performing import ScriptedDispatcher
from tminus.rehearsal.trials import HopedOutcomes
from tminus.store import MemoryEventLog

START = 1_768_208_400.0  # 2026-01-12 09:00 UTC: a rehearsal has its own calendar
LAUNCH = "rehearsal"
ACTOR = "rehearsal"  # who starts a rehearsal: by it a rehearsal is told from a real launch
_LAST_WORDS = 10  # seconds in which what was asked for at the end still happens
_PROGRESS = (
    PhaseStarted,
    PhaseCompleted,
    StageStarted,
    StagePromoted,
    TaskSigned,
    TaskProven,
    GateSigned,
    RollbackStarted,
)


@dataclass(frozen=True)
class Rehearsal:
    """How it went: the whole log, the state it folds to, and what users suffered."""

    records: list[Recorded]
    state: State
    seconds: float
    hurt: int
    outline: Outline
    log: MemoryEventLog

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

    def arms(self, feed: Feed, after: int | None) -> tuple[int, dict[str, tuple[Counts, ...]]]:
        """As an `ArmSource`."""
        ...

    def levels(self, feed: Feed, quantiles: Sequence[float], window: float, now: float) -> tuple[float, ...]:
        """As an `ArmSource`."""
        ...

    def before(self, feed: Feed, minutes: int, now: float) -> list[Counts]:
        """As an `ArmSource`."""
        ...

    def seen(self, feed: Feed, after: int | None) -> tuple[int, Seen]:
        """As an `ArmSource`."""
        ...


@dataclass(frozen=True)
class Stay:
    """When a rehearsal that goes nowhere is over: after `lasts` seconds, or `patience` of them in a hold without progress."""

    lasts: float = 180 * 86400.0
    patience: float = 21 * 86400.0


_PACE, _STAY = Pace(), Stay()


class Lively(Surroundings, Protocol):
    """Surroundings that know when something changes in them, so that nobody has to look all the time."""

    def changes_after(self, state: State, now: float) -> float:
        """The next moment at which something changes, in Unix seconds; infinite where none is known."""
        ...

    def crashed(self, since: float, now: float) -> bool:
        """Whether T-minus itself was killed after `since`, and by `now`: it then starts again from its log."""
        ...

    def disturbed_since(self, now: float) -> float | None:
        """Since when something is wrong that somebody should notice; None while all is well."""
        ...


def rehearse(
    plan: Plan, world: Surroundings, *, people: People | None = None, tick: float = 10.0, lasts: float = 90 * 86400.0
) -> Rehearsal:
    """Run `plan` in `world`, a step every `tick` seconds, until it ends, is rolled back, or `lasts` seconds have passed."""
    stage = _Stage(plan, world, people or People(), InstantDispatcher(), START)
    while stage.clock.now() - START < lasts and not stage.step(tick):
        stage.people.act(stage.engine.ledger, stage.engine.facts, stage.clock.now())
        stage.clock.advance(tick)
    return stage.rehearsal()


def play(
    plan: Plan,
    world: Lively,
    *,
    people: People | None = None,
    dispatcher: Dispatcher | None = None,
    log: MemoryEventLog | None = None,
    start: float = START,
    pace: Pace = _PACE,
    stay: Stay = _STAY,
    speed: float = 1.0,
    own: Plan | None = None,
    over: Callable[[State, float], bool] = lambda state, now: False,
    faults: Faults | None = None,
) -> Rehearsal:
    """As `rehearse`, with a look at each moment at which something can happen, and not in between.

    `speed` is the pace of the launch and `own` the plan at it, where `world` was made of that: a world knows the metrics
    of its own plan. `over(state, now)` says that there is nothing more to see, `faults` strike T-minus while it records.
    """
    stage = _Stage(plan, world, people or People(), dispatcher or InstantDispatcher(), start, log, speed, own, faults)
    before = start
    while True:
        now = stage.clock.now()
        ended = stage.step(now - before)
        if over(stage.engine.ledger.state, now):
            return stage.rehearsal()
        if ended or now - start > stay.lasts or stage.waits(now) > stay.patience:
            return stage.finish()
        if world.crashed(before, now):
            stage.boot()
            stage.drive(now)
        before, state, facts = now, stage.engine.ledger.state, stage.engine.facts
        blockers = stage.engine.blockers
        if stage.ask(blockers, now):
            continue  # what they said may be all that was missing
        known = min(world.changes_after(state, now), stage.people.next_answer)
        then = next_look(pace, stage.outline, state, facts, blockers, now, world.disturbed_since(now), known)
        stage.clock.advance(then - now)


class _Stage:
    """A launch with all that it needs to run on this machine's memory alone."""

    def __init__(
        self,
        plan: Plan,
        world: Surroundings,
        people: People,
        dispatcher: Dispatcher,
        start: float,
        log: MemoryEventLog | None = None,
        speed: float = 1.0,
        own: Plan | None = None,
        faults: Faults | None = None,
    ) -> None:
        self.faults = faults
        self.clock, self.log, self.people = VirtualClock(start), log or MemoryEventLog(), people
        self.world, self.dispatcher = world, dispatcher
        self.start = self.moved_at = start
        data = plan.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"tminus": plan.tminus}
        start_launch(self.log, LAUNCH, LaunchStarted(title=plan.title, plan=data, pace=speed), ACTOR, start)
        # The targets of KPIs are measured to be shown, and move nothing: here nobody looks at them.
        self.outline = Outline((own or paced(plan, speed)).model_copy(update={"kpis": ()}))
        self.boot()

    def boot(self) -> None:
        """Start T-minus, or start it again: all that it knows is in the log."""
        log = FaultyLog(self.log, self.faults, self._overtake) if self.faults else self.log
        ledger = Ledger(log, LAUNCH, self.outline, self.clock)
        ledger.listen(self._heard)
        sources = dict.fromkeys(("app", "events", *self.outline.plan.sources), self.world)
        # Only a plan with experiments needs what users would do in them.
        hoped = HopedOutcomes(self.outline.plan) if self.outline.plan.experiments else None
        watch = Watch(self.outline, sources, sources, dict.fromkeys(sources, hoped) if hoped else {})
        self.engine = Engine(ledger, watch, self.dispatcher, worker="rehearsal")

    def step(self, passed: float) -> bool:
        """Let the world live through the time that has passed, and the engine do what is due; True when it is over."""
        now = self.clock.now()
        self.world.advance(self.engine.ledger.state, now, passed)
        state = self.drive(now)
        return state.status.ended or state.status is Status.ROLLED_BACK

    def drive(self, now: float) -> State:
        """Let the engine do what is due: again where it died of it, could not record it, or somebody else was quicker."""
        if self.faults is None:
            return self.engine.step(now)
        while True:
            try:
                state = self.engine.step(now)
            except Crash:
                self._die()
                continue
            if not self.engine.trouble and not self.engine.has_news():
                return state

    def ask(self, blockers: Sequence[Blocker], now: float) -> bool:
        """Let people answer; True where somebody did, or has to try again."""
        try:
            return self.people.answer(self.engine.ledger, blockers, now)
        except Crash:
            self._die()
        except StoreError:
            if self.faults is None:
                raise
        return True

    def _die(self) -> None:
        if isinstance(self.dispatcher, ScriptedDispatcher):
            self.dispatcher.die()
        self.boot()

    def _overtake(self) -> None:
        overtake(self.log, LAUNCH, self.clock.now())

    def waits(self, now: float) -> float:
        """For how many seconds something else than the clock has kept the launch from going on, and nothing moved."""
        since = self.engine.ledger.state.hold_since
        return 0.0 if since is None else now - max(since, self.moved_at)

    def finish(self) -> Rehearsal:
        """Let what was asked for at the very end happen, such as the message that it was rolled back."""
        for _ in range(_LAST_WORDS):
            if all(action.phase not in UNDER_WAY for action in self.engine.ledger.state.actions.values()):
                break
            self.clock.advance(1.0)
            self.drive(self.clock.now())
        return self.rehearsal()

    def rehearsal(self) -> Rehearsal:
        """How it went."""
        state = self.engine.ledger.state
        return Rehearsal(
            self.log.read(LAUNCH), state, self.clock.now() - self.start, self.world.hurt, self.outline, self.log
        )

    def _heard(self, state: State, recorded: Sequence[Recorded]) -> None:
        if any(isinstance(one.event, _PROGRESS) for one in recorded):
            self.moved_at = recorded[-1].at
