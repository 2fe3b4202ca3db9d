"""What a surface may ask of and do to one launch. Surfaces translate; everything is decided below."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tminus.app.view import FeedItem, View
from tminus.app.viewing import build_view, feed
from tminus.core import commands
from tminus.core.answering import Answered, answers
from tminus.core.evaluations import Asked
from tminus.core.events import Event, Recorded
from tminus.core.facts import Facts
from tminus.core.state import State
from tminus.engine import Engine, Ledger
from tminus.engine.asking import asked_since
from tminus.errors import UsageError
from tminus.ports import Clock, Notebook

COMMANDS = (
    "go",
    "sign",
    "hold",
    "resume",
    "rollback",
    "abort",
    "kill",
    "restore",
    "drop",
    "unschedule",
    "settle",
)
_FEED_KEPT = 500


class Desk:
    """One launch as people see and steer it. Thread-safe; `wake` makes the engine look at once."""

    def __init__(
        self, ledger: Ledger, engine: Engine, clock: Clock, notebook: Notebook, wake: Callable[[], None]
    ) -> None:
        self.ledger = ledger
        self._engine = engine
        self._clock = clock
        self._notebook = notebook
        self._wake = wake
        self._recent: list[FeedItem] = []
        self._waiters: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._lock = threading.Lock()
        self._remember(ledger.log.read(ledger.launch))
        ledger.listen(lambda state, recorded: self._heard(recorded))

    @property
    def facts(self) -> Facts:
        """What was measured last."""
        return self._engine.facts

    def view(self) -> View:
        """The launch now."""
        troubles = [self._engine.trouble] if self._engine.trouble else []
        troubles += [f"{source}: {why}" for source, why in list(self._engine.watch.trouble.items())]
        return build_view(self.ledger.outline, self.ledger.state, self._engine.facts, self._clock.now(), troubles)

    def feed(self, limit: int = 100, after: int = 0) -> list[FeedItem]:
        """The newest events in words, oldest first."""
        return [item for item in self._recent if item.seq > after][-limit:]

    def series(self, names: Sequence[str], since: float) -> dict[str, list[tuple[float, float]]]:
        """Values noted since a time, for charts."""
        return self._notebook.series(self.ledger.launch, names, since)

    def answers(self, context: Mapping[str, Any], flag: str = "") -> tuple[Answered, ...]:
        """What a user has now and why, for one flag or for all; see `tminus.core.answering`."""
        return answers(self.ledger.outline, self.ledger.state, context, self._clock.now(), flag)

    def evaluations(self, since: float) -> Asked | None:
        """How often each flag was asked for since a time, and when last; None where that is not known. Raises SourceError."""
        source = self._engine.watch.exposures
        return None if source is None else asked_since(source, since, self._clock.now())

    def command(
        self, name: str, actor: str, *, role: str = "", target: str = "", outcome: str = "", reason: str = ""
    ) -> State:
        """Do what a person asks, by the name of the command (see `command_events`). Raises `UsageError`."""
        state = self.ledger.command(
            lambda now: command_events(self.ledger, now, name, actor, role, target, outcome, reason), actor
        )
        self._wake()
        return state

    async def changed(self, timeout: float) -> None:
        """Return when the launch has changed, or after `timeout` seconds."""
        waiter = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._waiters.add(waiter)
        try:
            await asyncio.wait_for(waiter[1].wait(), timeout)
        except TimeoutError:
            pass
        finally:
            with self._lock:
                self._waiters.discard(waiter)

    def _heard(self, recorded: Sequence[Recorded]) -> None:
        self._remember(recorded)
        with self._lock:
            waiters = list(self._waiters)
        for loop, event in waiters:
            loop.call_soon_threadsafe(event.set)

    def _remember(self, recorded: Sequence[Recorded]) -> None:
        items = feed(self.ledger.outline, list(recorded))
        self._recent = [*self._recent, *items][-_FEED_KEPT:]


def command_events(
    ledger: Ledger, state: State, name: str, actor: str, role: str, target: str, outcome: str, reason: str
) -> tuple[Event, ...]:
    """The events of a command by its name."""
    outline = ledger.outline
    match name:
        case "go":
            return commands.go(outline, state, role, reason)
        case "sign":
            return commands.sign(outline, state, target, role, reason)
        case "hold":
            return commands.hold(outline, state, actor, reason)
        case "resume":
            return commands.resume(outline, state, reason)
        case "rollback":
            return commands.rollback(outline, state, actor, reason)
        case "abort":
            return commands.abort(outline, state, actor, reason, ledger.clock.now())
        case "kill":
            return commands.kill(outline, state, target, reason)
        case "restore":
            return commands.restore(outline, state, target, reason)
        case "unschedule":
            return commands.unschedule(outline, state, target, reason)
        case "drop":
            return commands.drop(outline, state, target, reason)
        case "settle":
            return commands.settle(outline, state, target, outcome, reason)
    raise UsageError(f"there is no command {name}", hint=", ".join(COMMANDS))
