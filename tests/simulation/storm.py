"""A launch rehearsed in a storm: the real engine on a virtual clock while everything around it fails, then a calm.

    python tests/simulation/storm.py SEED        tells the storm of a seed, event by event, and what the checkers say

A seed decides what this storm is like: one controller or two that compete, crashes, full disks, sources that hang,
clocks that jump, people who are away, a release that is bad, a rollback action that fails. After `STORM_SECONDS` the
faults end, so that what is not finished then has no excuse.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from checkers import Checker, Outcome, all_checkers

from tminus.core import commands
from tminus.core.events import Event, LaunchStarted
from tminus.core.evolve import evolve
from tminus.core.outline import Outline
from tminus.core.state import ActionPhase, State, Status
from tminus.core.story import story
from tminus.engine import Engine, Ledger, Watch
from tminus.engine.ledger import start_launch
from tminus.errors import StoreError, UsageError
from tminus.plan import read_plan
from tminus.rehearsal import World
from tminus.rehearsal.checking import Finding
from tminus.rehearsal.clock import VirtualClock
from tminus.rehearsal.faults import Crash, Deeds, Faults, FaultyDispatcher, FaultyLog, FaultySource
from tminus.rehearsal.people import People
from tminus.rehearsal.run import START
from tminus.store import MemoryEventLog

LAUNCH = "storm"
OUTLINE = Outline(read_plan([Path(__file__).with_name("plan.yaml")]))
TICK = 2.0
STORM_SECONDS = 600.0
CALM_SECONDS = 1500.0
_VALUES = {"http.server.request.duration": 0.05}


class Skewed:
    """A machine's own clock: off by some seconds, and by more after a jump."""

    def __init__(self, clock: VirtualClock, offset: float = 0.0) -> None:
        self._clock = clock
        self.offset = offset

    def now(self) -> float:
        """Unix seconds, as this machine believes."""
        return self._clock.now() + self.offset


@dataclass
class Controller:
    """One process: it lives until a `Crash`, and another takes its place after `down_until`."""

    name: str
    clock: Skewed
    engine: Engine | None = None
    dispatcher: FaultyDispatcher | None = None
    down_until: float = 0.0
    lives: int = 0
    busy: bool = False


@dataclass
class Storm:
    """One seed's storm. `run` goes through it and answers with what the checkers have to say at the end."""

    seed: int
    log: MemoryEventLog = field(default_factory=MemoryEventLog)
    checkers: Sequence[Checker] = field(default_factory=all_checkers)
    engine_class: type[Engine] = Engine

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.clock = VirtualClock(START)
        self.faults = self._faults()
        bad, self.mended = self.random.random() < 0.4, False
        self.world = World(
            self.seed,
            error_rate=0.001,
            canary_error_rate=(lambda exposed: 0.001 if self.mended else 0.2) if bad else None,
            values=_VALUES,
        )
        self.source = FaultySource(self.world)
        self.deeds = Deeds(self.log)
        self.people = People(delay=self.random.choice([0.0, 10.0]), absent=self._absent())
        competing = self.random.random() < 0.4
        names = ["one", "two"] if competing else ["one"]
        self.controllers = [Controller(name, Skewed(self.clock)) for name in names]
        self.is_bad = bad
        self.states: list[State] = [State(launch=LAUNCH)]  # by event number: the fold that everybody must agree with
        self.was_resumed = 0

    def run(self) -> Outcome:
        """Storm and calm. Raises `Finding` for the first rule that is broken on the way."""
        start_launch(self.log, LAUNCH, LaunchStarted(title="Storm", plan={}), "rehearsal", self.clock.now())
        while self.clock.now() - START < STORM_SECONDS + CALM_SECONDS and not self.state.status.ended:
            self.faults.calm = self.clock.now() - START > STORM_SECONDS
            self.world.advance(self.state, self.clock.now(), TICK)
            self._weather()
            for controller in self.controllers:
                self._live(controller)
                self._look()
            if self._rests():
                break
            self.clock.advance(TICK)
        self._look()
        outcome = Outcome(
            OUTLINE,
            LAUNCH,
            self.log,
            self.state,
            self.deeds.received,
            self.is_bad,
            self.people.absent,
            self.faults.lasting,
        )
        for checker in self.checkers:
            checker.end(outcome)
        return outcome

    @property
    def state(self) -> State:
        """The fold of everything in the log."""
        return self.states[-1]

    def _faults(self) -> Faults:
        random = self.random
        lasting = ("rollback:1:2",) if random.random() < 0.3 else ()
        crash, full, fail, duplicate = (random.choice([0.0, 0.02, 0.1]) for _ in range(4))
        return Faults(random, crash, full, fail, lasting, duplicate, race=random.choice([0.0, 0.1, 0.3]))

    def _absent(self) -> frozenset[str]:
        return frozenset({self.random.choice(["lead", "product"])} if self.random.random() < 0.15 else ())

    def _weather(self) -> None:
        """What changes by itself: instruments that fail, clocks that jump."""
        if self.faults.calm:
            self.source.mode = "up"
            for controller in self.controllers:
                controller.clock.offset = 0.0
            return
        if self.random.random() < 0.01:
            self.source.mode = self.random.choice(["up", "error", "hung"])
        if self.random.random() < 0.003:
            self.clock.advance(self.random.choice([60.0, 600.0]))  # the machine slept
        if self.random.random() < 0.005:
            self.random.choice(self.controllers).clock.offset = self.random.choice([-90.0, -5.0, 0.0, 5.0, 90.0])

    def _live(self, controller: Controller) -> None:
        """One process's tick, its people's commands included; a crash takes it down for a while."""
        if controller.busy:
            return  # it is in the middle of a tick, and a rival's turn has come round to it
        controller.busy = True
        try:
            if controller.engine is None:
                if self.clock.now() < controller.down_until:
                    return
                self._boot(controller)
            assert controller.engine is not None
            controller.engine.step(controller.clock.now())
            self._people(controller.engine)
        except Crash:
            assert controller.dispatcher is not None
            controller.dispatcher.die()
            controller.engine = None
            controller.down_until = self.clock.now() + self.random.choice([0.0, 5.0, 60.0])
        finally:
            controller.busy = False

    def _boot(self, controller: Controller) -> None:
        controller.lives += 1
        dispatcher = controller.dispatcher = FaultyDispatcher(self.faults, self.deeds, controller.clock)
        log = FaultyLog(self.log, self.faults, rival=lambda: self._live(self.random.choice(self.controllers)))
        ledger = Ledger(log, LAUNCH, OUTLINE, controller.clock)
        watch = Watch(OUTLINE, {"app": self.source}, {"app": self.source})
        worker = f"{controller.name}:{controller.lives}"
        controller.engine = self.engine_class(ledger, watch, dispatcher, worker=worker, sole=len(self.controllers) == 1)

    def _people(self, engine: Engine) -> None:
        """The roles sign; an operator meddles during the storm and tidies up in the calm."""
        try:
            self.people.act(engine.ledger, engine.facts, engine.ledger.clock.now())
            if self.faults.calm:
                self._tidy(engine.ledger)
            elif self.random.random() < 0.01:
                self._meddle(engine.ledger)
        except (StoreError, UsageError):
            return  # refused, and told so in a line: people try again

    def _meddle(self, ledger: Ledger) -> None:
        outline, name = OUTLINE, self.random.choice(["hold", "resume", "kill", "restore", "rollback", "settle"])
        match name:
            case "hold":
                ledger.command(lambda now: commands.hold(outline, now, "operator"), "operator")
            case "resume":
                self._resume(ledger)
            case "kill":
                ledger.command(lambda now: commands.kill(outline, now, "new-page"), "operator")
            case "restore":
                ledger.command(lambda now: commands.restore(outline, now, "new-page"), "operator")
            case "rollback" if self.random.random() < 0.3:
                ledger.command(lambda now: commands.rollback(outline, now, "operator"), "operator")
            case "settle":
                self._settle(ledger, self.random.choice(["done", "again"]))

    def _tidy(self, ledger: Ledger) -> None:
        state = ledger.state
        if state.held_by or (state.status is Status.ROLLED_BACK and self.was_resumed < 2):
            self._resume(ledger)
        if any(flag.killed_by for flag in state.flags.values()) and not state.status.ended:
            ledger.command(lambda now: commands.restore(OUTLINE, now, "new-page"), "operator")
        self._settle(ledger, "done")

    def _resume(self, ledger: Ledger) -> None:
        before = ledger.state
        after = ledger.command(lambda now: commands.resume(OUTLINE, now), "operator")
        if after.run > before.run:
            self.was_resumed += 1
            self.mended = True

    def _settle(self, ledger: Ledger, outcome: str) -> None:
        settled = (ActionPhase.FAILED, ActionPhase.IN_DOUBT)
        for key, action in ledger.state.actions.items():
            if action.phase in settled and not key.startswith(("rollback:", "probe-")):
                ledger.command(partial(_settled, key=key, outcome=outcome), "operator")

    def _look(self) -> None:
        """Show the checkers what was recorded since, and compare every live controller with the log."""
        for one in self.log.read(LAUNCH, self.state.seq):
            before, after = self.state, evolve(self.state, one)
            self.states.append(after)
            for checker in self.checkers:
                checker.see(before, one, after)
        for controller in self.controllers:
            live = controller.engine.ledger.state if controller.engine else None
            if live is not None and live != self.states[live.seq]:
                raise Finding(f"controller {controller.name} believes another state than the log says at {live.seq}")

    def _rests(self) -> bool:
        """Nothing more will come: rolled back, and nobody is going to send it out a third time."""
        return self.faults.calm and self.state.status is Status.ROLLED_BACK and self.was_resumed >= 2


def _settled(state: State, key: str, outcome: str) -> Sequence[Event]:
    return commands.settle(OUTLINE, state, key, outcome)


def replay_command(seed: int) -> str:
    """What to type to see a seed's storm again."""
    return f"python tests/simulation/storm.py {seed}"


def tell(storm: Storm) -> None:
    """Print the storm's log."""
    for one in storm.log.read(LAUNCH):
        mark, words = story(one.event, OUTLINE, one.actor)
        print(f"{one.seq:4} {one.at - START:8.1f} {type(one.event).__name__:18} {mark} {words[:150]}")


def main() -> int:
    """Command line; 1 when a checker found something."""
    storm = Storm(int(sys.argv[1]))
    try:
        outcome = storm.run()
    except Finding as found:
        tell(storm)
        print(f"seed {storm.seed}: {found}")
        return 1
    tell(storm)
    lives = ", ".join(f"{one.name} lived {one.lives} times" for one in storm.controllers)
    print(f"seed {storm.seed}: {outcome.state.status.value}; {lives}; {len(storm.deeds.received)} deeds; all is well")
    return 0


if __name__ == "__main__":
    sys.exit(main())
