"""What must be true of every launch, whatever goes wrong around it. One class a rule, so that a finding names one.

`see` is called for each event with the states before and after it, `end` once when the storm is over.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Protocol

from tminus.core import events as e
from tminus.core.evolve import fold
from tminus.core.outline import Outline
from tminus.core.state import ActionPhase, State, Status
from tminus.rehearsal.faults import Deeds
from tminus.store import MemoryEventLog


class Finding(AssertionError):
    """A rule is broken."""


@dataclass(frozen=True)
class Outcome:
    """How it ended, and what is fair to expect: a bad release, people who never came, actions that could not succeed."""

    outline: Outline
    launch: str
    log: MemoryEventLog
    state: State
    deeds: Deeds
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


class _Rule:
    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Nothing to see by itself."""

    def end(self, outcome: Outcome) -> None:
        """Nothing to say at the end."""


class EveryDeedHasItsEvent(_Rule):
    """Nothing reaches the world that the log had not announced, attempt by attempt."""

    def __init__(self) -> None:
        self._starts: dict[tuple[str, int], list[int]] = {}

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Remember what is announced."""
        if isinstance(one.event, e.ActionStarted):
            self._starts.setdefault((one.event.key, one.event.attempt), []).append(one.seq)

    def end(self, outcome: Outcome) -> None:
        """Compare with what was received."""
        for head, job in outcome.deeds.received:
            if not any(seq <= head for seq in self._starts.get((job.key, job.attempt), ())):
                raise Finding(f"attempt {job.attempt} at {job.key} reached the world before its event")


class OnceIsOnce(_Rule):
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
        done = Counter(job.key for _, job in outcome.deeds.received)
        for key, allowed in self._allowed.items():
            if outcome.state.actions[key].request.once and done[key] > allowed:
                raise Finding(f"{key} reached the world {done[key]} times, allowed were {allowed}")


class OneAskingForEachDeed(_Rule):
    """An idempotency key is asked for once, and settled once an attempt. A probe may be asked for again."""

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """No second request, no second success, no number of an attempt twice."""
        match one.event:
            case e.ActionRequested(key=key) if key in before.actions and not key.startswith("probe-"):
                raise Finding(f"{key} is asked for a second time in event {one.seq}")
            case e.ActionSucceeded(key=key) | e.ActionFailed(key=key) if before.actions[key].settled:
                raise Finding(f"event {one.seq} settles {key}, which was {before.actions[key].phase.value} already")
            case e.ActionStarted(key=key, attempt=attempt) if attempt != before.actions[key].attempt + 1:
                raise Finding(f"event {one.seq}: attempt {attempt} at {key} after {before.actions[key].attempt}")


class OneStageAtATime(_Rule):
    """A stage starts while no other is active, and only in a launch that runs."""

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Look at each start."""
        if isinstance(one.event, e.StageStarted) and (before.stage or before.status is not Status.RUNNING):
            raise Finding(f"event {one.seq} starts {one.event.stage} during {before.stage or before.status.value}")


class EveryStageOnceARun(_Rule):
    """Within one run of the rollout the stages start in the plan's order, none twice, none left out."""

    def __init__(self) -> None:
        self._started: dict[int, list[str]] = {}

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Note who starts."""
        if isinstance(one.event, e.StageStarted):
            self._started.setdefault(before.run, []).append(one.event.stage)

    def end(self, outcome: Outcome) -> None:
        """Compare with the plan."""
        planned = list(outcome.outline.stages)
        for run, stages in self._started.items():
            if stages != planned[: len(stages)]:
                raise Finding(f"run {run} started its stages as {stages}")
        if outcome.state.status is Status.COMPLETED and self._started.get(outcome.state.run) != planned:
            raise Finding(f"the launch completed without all stages: {self._started}")


class PromotedOnEvidence(_Rule):
    """A stage ends well only with every criterion measured and held, canary data, its signatures, and nobody holding."""

    def __init__(self) -> None:
        self._promoted: list[tuple[e.Recorded, State]] = []

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Keep each promotion with what was known then."""
        if isinstance(one.event, e.StagePromoted):
            self._promoted.append((one, before))

    def end(self, outcome: Outcome) -> None:
        """Judge them."""
        for one, before in self._promoted:
            assert isinstance(one.event, e.StagePromoted)
            self._judge(one.seq, one.event, before, outcome.outline)

    def _judge(self, seq: int, event: e.StagePromoted, before: State, outline: Outline) -> None:
        stage = outline.stages[event.stage].stage
        seen = {found["criterion"]: found["outcome"] for found in event.evidence.get("criteria", [])}
        if any(seen.get(criterion.text) != "Successful" for criterion in stage.exit):
            raise Finding(f"event {seq} promotes {event.stage} on {seen}")
        guards = event.evidence.get("guards", {})
        if not guards or any(guard["canary"][1] == 0 for guard in guards.values()):
            raise Finding(f"event {seq} promotes {event.stage} without canary data")
        signed = before.gates.get(f"stage:{event.stage}", {})
        if any(role not in signed for role in stage.go) or before.held_by:
            raise Finding(f"event {seq} promotes {event.stage} signed by {list(signed)}, held by {before.held_by!r}")


class ExposureNeverRisesInAHold(_Rule):
    """While the launch holds, is held, goes back or has gone back, nobody new gets the variant. A kill switch put back
    by a person only restores what was there."""

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Compare the shares."""
        going_back = before.status in (Status.ROLLING_BACK, Status.ROLLED_BACK)
        if not (going_back or before.held_by or before.hold) or isinstance(one.event, e.FlagRestored):
            return
        for key, flag in after.flags.items():
            known = before.flags.get(key)
            cohorts = set(known.cohorts) if known else set()
            if after.share_of(key) > before.share_of(key) or not cohorts.issuperset(flag.cohorts):
                raise Finding(
                    f"event {one.seq} raises {key} from {before.share_of(key)} to {after.share_of(key)} in a hold"
                )


class RollbacksEndOrPage(_Rule):
    """A rollback takes the variant from everybody at once, and completes; late or failed actions page somebody."""

    def __init__(self) -> None:
        self._pages: set[str] = set()
        self._troubled: set[tuple[int, str]] = set()

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Note rollbacks in trouble, and pages."""
        match one.event:
            case e.RollbackStarted() if after.exposing:
                raise Finding(f"event {one.seq} starts a rollback and somebody still has the variant")
            case e.RollbackOverdue():
                self._troubled.add((after.rollbacks, "overdue"))
            case e.RollbackCompleted(failed=failed) if failed:
                self._troubled.add((after.rollbacks, "failed"))
            case e.ActionRequested(key=key, kind="notify"):
                self._pages.add(key)

    def end(self, outcome: Outcome) -> None:
        """Every one is over, and whoever had to be told was."""
        if outcome.state.status is Status.ROLLING_BACK:
            raise Finding("a rollback never ended")
        for number, why in self._troubled:
            if not any(key.startswith(f"rollback:{number}:{why}:") for key in self._pages):
                raise Finding(f"rollback {number} was {why} and nobody was paged")


class OnlyBadReleasesGoBack(_Rule):
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


class TheCalmEndsIt(_Rule):
    """Once the faults are over the launch completes, has gone back, or waits for somebody who never came, and says so."""

    def end(self, outcome: Outcome) -> None:
        """Look where it is."""
        state = outcome.state
        if state.status in (Status.COMPLETED, Status.ROLLED_BACK):
            return
        waits = {role for reason in state.hold for role in outcome.absent if role in reason["text"]}
        if state.status is not Status.RUNNING or not waits:
            raise Finding(f"the launch is {state.status.value} in {state.phase}/{state.stage}, holds for {state.hold}")


class NothingIsSkipped(_Rule):
    """A completed launch has every step done, or a person's word for it, and everything it did is in the world."""

    def end(self, outcome: Outcome) -> None:
        """Look at each action."""
        reached = {job.key for _, job in outcome.deeds.received}
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


class TheLogIsWhole(_Rule):
    """The chain verifies, and reading it from the start gives the state that everybody saw."""

    def end(self, outcome: Outcome) -> None:
        """Read it all."""
        records = outcome.log.read(outcome.launch)
        if outcome.log.verify(outcome.launch) != len(records):
            raise Finding("the chain has another length than the log")
        again = [e.Recorded(r.launch, r.seq, r.at, r.actor, e.decode(e.encode(r.event)), "", "") for r in records]
        if fold(again) != outcome.state:
            raise Finding("the log folds to another state than the live one")


def all_checkers() -> list[Checker]:
    """A fresh set for one storm."""
    rules = (EveryDeedHasItsEvent, OnceIsOnce, OneAskingForEachDeed, OneStageAtATime, EveryStageOnceARun)
    more = (PromotedOnEvidence, ExposureNeverRisesInAHold, RollbacksEndOrPage, OnlyBadReleasesGoBack)
    return [rule() for rule in (*rules, *more, TheCalmEndsIt, NothingIsSkipped, TheLogIsWhole)]
