"""What must be true of every launch, rehearsed or real. One class a rule, so that a finding names one.

`see` is called for each event with the states before and after it, `end` once when the launch is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tminus.core import events as e
from tminus.core.advance import attest_gate, attesters
from tminus.core.evolve import evolve
from tminus.core.outline import Outline
from tminus.core.state import State, Status
from tminus.ports import EventLog, Job


class Finding(AssertionError):
    """A rule is broken."""


@dataclass(frozen=True)
class Ended:
    """How it ended. `received` is every attempt that reached the world, with the number of the newest event then."""

    outline: Outline
    launch: str
    log: EventLog
    state: State
    received: Sequence[tuple[int, Job]]


class Checker(Protocol):
    """One rule."""

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Look at an event. Raises `Finding`."""
        ...

    def end(self, outcome: Ended) -> None:
        """Look at the whole. Raises `Finding`."""
        ...


class Rule:
    """A rule that has nothing to see, or nothing to say."""

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Nothing to see by itself."""

    def end(self, outcome: Ended) -> None:
        """Nothing to say at the end."""


class EveryDeedHasItsEvent(Rule):
    """Nothing reaches the world that the log had not announced, attempt by attempt."""

    def __init__(self) -> None:
        self._starts: dict[tuple[str, int], list[int]] = {}

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Remember what is announced."""
        if isinstance(one.event, e.ActionStarted):
            self._starts.setdefault((one.event.key, one.event.attempt), []).append(one.seq)

    def end(self, outcome: Ended) -> None:
        """Compare with what was received."""
        for head, job in outcome.received:
            if not any(seq <= head for seq in self._starts.get((job.key, job.attempt), ())):
                raise Finding(f"attempt {job.attempt} at {job.key} reached the world before its event")


class OneAskingForEachDeed(Rule):
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


class OneStageAtATime(Rule):
    """A stage starts while no other is active, and only in a launch that runs."""

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Look at each start."""
        if isinstance(one.event, e.StageStarted) and (before.stage or before.status is not Status.RUNNING):
            raise Finding(f"event {one.seq} starts {one.event.stage} during {before.stage or before.status.value}")


class EveryStageOnceARun(Rule):
    """Within one run of the rollout the stages start in the plan's order, none twice, none left out."""

    def __init__(self) -> None:
        self._started: dict[int, list[str]] = {}

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Note who starts."""
        if isinstance(one.event, e.StageStarted):
            self._started.setdefault(before.run, []).append(one.event.stage)

    def end(self, outcome: Ended) -> None:
        """Compare with the plan."""
        planned = list(outcome.outline.stages)
        for run, stages in self._started.items():
            if stages != planned[: len(stages)]:
                raise Finding(f"run {run} started its stages as {stages}")
        if outcome.state.status is Status.COMPLETED and self._started.get(outcome.state.run) != planned:
            raise Finding(f"the launch completed without all stages: {self._started}")


class PromotedOnEvidence(Rule):
    """A stage ends well only with every criterion measured and held, canary data, its signatures, and nobody holding."""

    def __init__(self) -> None:
        self._promoted: list[tuple[e.Recorded, State]] = []

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Keep each promotion with what was known then."""
        if isinstance(one.event, e.StagePromoted):
            self._promoted.append((one, before))

    def end(self, outcome: Ended) -> None:
        """Judge them."""
        for one, before in self._promoted:
            assert isinstance(one.event, e.StagePromoted)
            self._judge(one.seq, one.event, before, outcome.outline)

    def _judge(self, seq: int, event: e.StagePromoted, before: State, outline: Outline) -> None:
        stage = outline.stages[event.stage].stage
        seen = {found["criterion"]: found["outcome"] for found in event.evidence.get("criteria", [])}
        gate = f"stage:{event.stage}"
        vouched = {c.text for c in stage.exit if attesters(outline, c) and before.gates.get(attest_gate(gate, c))}
        if any(seen.get(one.text) != "Successful" for one in stage.exit if one.text not in vouched):
            raise Finding(f"event {seq} promotes {event.stage} on {seen}")
        guards = event.evidence.get("guards", {})
        # Of all places together: a guard of a region that the stage does not reach has nothing to count.
        watched = outline.stages[event.stage].rollout.guards
        if any(name not in guards or guards[name]["canary"][1] == 0 for name in watched):
            raise Finding(f"event {seq} promotes {event.stage} without canary data")
        signed = before.gates.get(gate, {})
        if any(role not in signed for role in stage.go) or before.held_by:
            raise Finding(f"event {seq} promotes {event.stage} signed by {list(signed)}, held by {before.held_by!r}")


class ExposureNeverRisesInAHold(Rule):
    """While the launch holds, is held, goes back or has gone back, nobody new gets the variant. A kill switch put back
    by a person only restores what was there, and a scheduled change waits for people and rollbacks, not for a gate. A
    flag of the rollback's own, such as a banner, is no release."""

    def __init__(self) -> None:
        self._set: list[tuple[str, str]] = []

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Compare the shares."""
        going_back = before.status in (Status.ROLLING_BACK, Status.ROLLED_BACK)
        scheduled = isinstance(one.event, e.FlagSet) and one.event.change > 0
        holds = before.held_by or (before.hold and not scheduled)
        if not (going_back or holds) or isinstance(one.event, e.FlagRestored):
            return
        for key, flag in after.flags.items():
            known = before.flags.get(key)
            cohorts = set(known.cohorts) if known else set()
            if after.share_of(key) > before.share_of(key) or not cohorts.issuperset(flag.cohorts):
                words = f"event {one.seq} raises {key} from {before.share_of(key)} to {after.share_of(key)} in a hold"
                if not (going_back and isinstance(one.event, e.FlagSet)):
                    raise Finding(words)
                self._set.append((key, words))

    def end(self, outcome: Ended) -> None:
        """What a rollback set may be a flag of its own, which the plan says."""
        for key, words in self._set:
            if key not in outcome.outline.fallbacks:
                raise Finding(words)


class RollbacksEndOrPage(Rule):
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

    def end(self, outcome: Ended) -> None:
        """Every one is over, and whoever had to be told was."""
        if outcome.state.status is Status.ROLLING_BACK:
            raise Finding("a rollback never ended")
        plan = outcome.outline.plan
        reachable = any(role.reach for role in plan.roles.values()) or any(phase.go for phase in plan.phases)
        for number, why in self._troubled if reachable else ():
            if not any(key.startswith(f"rollback:{number}:{why}:") for key in self._pages):
                raise Finding(f"rollback {number} was {why} and nobody was paged")


class TheLogIsWhole(Rule):
    """The chain verifies, and reading it from the start gives the state that everybody saw.

    A log in memory reads every event back from its bytes as it takes it, so its fold is one of what was written.
    """

    def __init__(self) -> None:
        self._folded = State()

    def see(self, before: State, one: e.Recorded, after: State) -> None:
        """Follow the fold."""
        self._folded = after

    def end(self, outcome: Ended) -> None:
        """Read it all."""
        records = outcome.log.read(outcome.launch)
        if outcome.log.verify(outcome.launch) != len(records):
            raise Finding("the chain has another length than the log")
        if self._folded != outcome.state:
            raise Finding("the log folds to another state than the live one")


def rules() -> list[Checker]:
    """A fresh set for one launch."""
    return [
        EveryDeedHasItsEvent(),
        OneAskingForEachDeed(),
        OneStageAtATime(),
        EveryStageOnceARun(),
        PromotedOnEvidence(),
        ExposureNeverRisesInAHold(),
        RollbacksEndOrPage(),
        TheLogIsWhole(),
    ]


def check_launch(ended: Ended) -> None:
    """Hold a launch against every rule, event by event from its log. Raises `Finding`."""
    checkers, state = rules(), State(launch=ended.launch)
    for one in ended.log.read(ended.launch):
        before, state = state, evolve(state, one)
        for checker in checkers:
            checker.see(before, one, state)
    for checker in checkers:
        checker.end(ended)
