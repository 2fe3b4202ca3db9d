"""What must be true of a launch in a storm: the rules of every launch (`tminus.rehearsal.checking`), and more.

`see` is called for each event with the states before and after it, `end` once when the storm is over.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Protocol

from tminus.core import events as e
from tminus.core.state import ActionPhase, State, Status
from tminus.rehearsal.checking import Ended, Finding, rules


@dataclass(frozen=True)
class Outcome(Ended):
    """And what is fair to expect: a bad release, people who never came, actions that could not succeed."""

    is_bad: bool
    absent: frozenset[str]
    lasting: tuple[str, ...]


class Checker(Protocol):
    """One rule."""

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Look at an event. Raises `Finding`."""
        ...

    def end(self, outcome: Outcome) -> None:
        """Look at the whole. Raises `Finding`."""
        ...


class _StormRule:
    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Nothing to see by itself."""

    def end(self, outcome: Outcome) -> None:
        """Nothing to say at the end."""


class OnceIsOnce(_StormRule):
    """An action marked `once` reaches the world once; again only after a person said so."""

    def __init__(self) -> None:
        self._allowed: Counter[str] = Counter()

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Count the permissions."""
        if isinstance(one.event, e.ActionRequested) and one.event.once:
            self._allowed[one.event.key] += 1
        if isinstance(one.event, e.ActionSettled) and one.event.outcome == "again":
            self._allowed[one.event.key] += 1

    def end(self, outcome: Outcome) -> None:
        """Count the deeds."""
        done = Counter(job.key for _, job in outcome.received)
        for key, allowed in self._allowed.items():
            if outcome.state.actions[key].request.once and done[key] > allowed:
                raise Finding(f"{key} reached the world {done[key]} times, allowed were {allowed}")


class OnlyBadReleasesGoBack(_StormRule):
    """A source that cannot answer, a full disk or a crash is no evidence against a release. Nor is what was seen of the
    release before: every release sent out after a rollback is mended here, and stays."""

    def __init__(self) -> None:
        self._causes: list[tuple[int, int, dict[str, str]]] = []

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Collect the causes."""
        if isinstance(one.event, e.RollbackStarted):
            self._causes.append((one.seq, before.run, one.event.cause))

    def end(self, outcome: Outcome) -> None:
        """A healthy release goes back by a person only."""
        for seq, run, cause in self._causes:
            if cause["kind"] != "person" and (run > 1 or not outcome.is_bad):
                raise Finding(f"event {seq} rolls a healthy release back: {cause['text']}")


class TheCalmEndsIt(_StormRule):
    """Once the faults are over the launch completes, has gone back, or waits for somebody who never came, and says so."""

    def end(self, outcome: Outcome) -> None:
        """Look where it is."""
        state = outcome.state
        if state.status in (Status.COMPLETED, Status.ROLLED_BACK):
            return
        waits = {role for reason in state.hold for role in outcome.absent if role in reason["text"]}
        if state.status is not Status.RUNNING or not waits:
            raise Finding(f"the launch is {state.status.value} in {state.phase}/{state.stage}, holds for {state.hold}")


class NothingIsSkipped(_StormRule):
    """A completed launch has every step done, or a person's word for it, and everything it did is in the world."""

    def end(self, outcome: Outcome) -> None:
        """Look at each action."""
        reached = {job.key for _, job in outcome.received}
        for key, action in outcome.state.actions.items():
            if action.phase is ActionPhase.DONE and action.note == "rehearsed" and key not in reached:
                raise Finding(f"{key} is recorded as done and never reached the world")
        if outcome.state.status is not Status.COMPLETED:
            return
        for phase in outcome.outline.plan.phases:
            for number in range(1, len(phase.steps) + 1):
                keys = [f"step:{phase.id}:{run}:{number}" for run in range(1, outcome.state.run + 1)]
                if not any(key in outcome.state.actions for key in keys):
                    raise Finding(f"step {number} of {phase.id} was skipped")


def all_checkers() -> list[Checker]:
    """A fresh set for one storm."""
    return [*rules(), OnceIsOnce(), OnlyBadReleasesGoBack(), TheCalmEndsIt(), NothingIsSkipped()]
