"""One launch in memory: its log, its folded state, and whoever wants to hear of new events.

The engine and the people's commands share it. Everything is recorded by compare-and-set on the event number, so a
command from another process is simply found in the log, and the loser of a race reads again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from tminus.core.events import Event, LaunchStarted, Recorded
from tminus.core.evolve import evolve
from tminus.core.outline import Outline
from tminus.core.state import State
from tminus.errors import Conflict, UsageError
from tminus.ports import Clock, EventLog

Listener = Callable[[State, Sequence[Recorded]], None]
Decide = Callable[[State], Sequence[Event]]
_TRIES = 5


class Ledger:
    """A launch's log and its fold. Thread-safe."""

    def __init__(self, log: EventLog, launch: str, outline: Outline, clock: Clock) -> None:
        self.log = log
        self.launch = launch
        self.outline = outline
        self.clock = clock
        self._state = State(launch=launch)
        self._lock = threading.RLock()
        self._listeners: list[Listener] = []
        self.catch_up()

    @property
    def state(self) -> State:
        """The state as of the newest event known here."""
        return self._state

    def listen(self, listener: Listener) -> None:
        """Call `listener(state, events)` after each batch of events, in order, on the thread that found them."""
        self._listeners.append(listener)

    def catch_up(self) -> State:
        """Fold what others recorded since. Raises `StoreError` when the log cannot be read."""
        with self._lock:
            if self.log.head(self.launch) > self._state.seq:
                self._take(self.log.read(self.launch, self._state.seq))
            return self._state

    def record(self, events: Sequence[Event], actor: str, on: State | None = None) -> State:
        """Append events that were decided `on` a state (the newest known here otherwise).

        Raises `Conflict` when there is a newer one, be it recorded by another process or by another thread here:
        a decision to promote must not slip in behind the kill switch that it did not know of.
        """
        with self._lock:
            if on is not None and on.seq != self._state.seq:
                raise Conflict(f"{self.launch}: event {on.seq + 1} was recorded by somebody else meanwhile")
            recorded = self.log.append(self.launch, self._state.seq, events, actor=actor, at=self.clock.now())
            self._take(recorded)
            return self._state

    def command(self, decide: Decide, actor: str) -> State:
        """Record what `decide(state)` says, on the newest state; somebody else having been quicker is normal."""
        for _ in range(_TRIES):
            with self._lock:
                state = self.catch_up()
                try:
                    return self.record(decide(state), actor)
                except Conflict:
                    continue
        raise Conflict(f"{self.launch}: others kept recording at the same moment", hint="try again")

    def _take(self, recorded: Sequence[Recorded]) -> None:
        state = self._state
        for one in recorded:
            state = evolve(state, one)
        self._state = state
        for listener in self._listeners:
            listener(state, recorded)


def start_launch(log: EventLog, launch: str, started: LaunchStarted, actor: str, now: float) -> None:
    """Record the first event of a launch. Raises `UsageError` when the name is taken."""
    try:
        log.append(launch, 0, [started], actor=actor, at=now)
    except Conflict:
        raise UsageError(f"there is a launch {launch} already", hint="choose another name with --name") from None
