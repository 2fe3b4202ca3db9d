"""The engine of one launch: catch up, observe, decide, record, perform; then the same again."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from tminus.core.acting import is_overtaken, page
from tminus.core.advance import Blocker
from tminus.core.decide import weigh
from tminus.core.events import (
    ActionFailed,
    ActionInDoubt,
    ActionStarted,
    ActionSucceeded,
    Recorded,
    RollbackStarted,
    RolloutRestarted,
)
from tminus.core.facts import Facts
from tminus.core.state import ActionPhase, ActionState, State, Status
from tminus.engine.ledger import Ledger
from tminus.engine.watch import Watch
from tminus.errors import Conflict, StoreError
from tminus.guards import GuardReading
from tminus.ports import Dispatcher, Job, Notebook, Result

ACTOR = "tminus"
_MOST_ROUNDS = 200  # a plan with more immediate consequences than this is a loop in our rules, not a plan
_log = logging.getLogger(__name__)


class Engine:
    """Drives one launch. `step(now)` does everything that is due and returns; whoever calls it owns the clock."""

    def __init__(
        self,
        ledger: Ledger,
        watch: Watch,
        dispatcher: Dispatcher,
        *,
        worker: str,
        sole: bool = True,
        notebook: Notebook | None = None,
    ) -> None:
        self.ledger = ledger
        self.watch = watch
        self.dispatcher = dispatcher
        self.worker = worker
        self.sole = sole  # True: no other controller can be alive, so an attempt by another worker is dead
        self.notebook = notebook
        self.facts = Facts()
        self.blockers: tuple[Blocker, ...] = ()  # what stood in the way at the end of the newest step
        self._results: deque[Result] = deque()
        self.trouble = ""  # why nothing can be recorded at present; empty while all is well
        ledger.listen(self._heard)

    def has_news(self) -> bool:
        """True when another process has recorded something. Cheap: asked many times a second."""
        return self.ledger.log.head(self.ledger.launch) > self.ledger.state.seq

    def step(self, now: float) -> State:
        """Do what is due at `now`. Never raises for a log that cannot be written: the launch holds and `trouble` says why."""
        try:
            state = self._step(now)
        except Conflict:
            return self.ledger.state  # somebody else got there first: the next step starts from what they recorded
        except StoreError as error:
            if not self.trouble:
                _log.error("the launch holds, its log cannot be used: %s", error)
            self.trouble = str(error)
            return self.ledger.state
        self.trouble = ""
        return state

    def _step(self, now: float) -> State:
        state = self.ledger.catch_up()
        # Results stay here until they are recorded: fetched and then lost to a full disk, they would be done twice.
        self._results.extend(self.dispatcher.finished())
        while self._results:
            state = self._note_result(state, self._results[0], now)
            self._results.popleft()
        if state.status is Status.NEW or (state.status.ended and not self._pending(state)):
            return state
        self.facts = self.watch.facts(state, now)
        state = self._decide(state)
        checkpoint = self.watch.checkpoint(state, now)
        if checkpoint is not None and not state.status.ended:
            state = self.ledger.record([checkpoint], ACTOR, state)
        state = self._perform(state, now)
        self._take_notes(state, now)
        return state

    def _decide(self, state: State) -> State:
        for _ in range(_MOST_ROUNDS):
            # Measuring took its time, and each round follows what the one before recorded: durations must not be negative.
            found = weigh(self.ledger.outline, state, self.facts, self.ledger.clock.now())
            self.blockers = found.blockers
            if not found.events:
                return state
            before, state = state.stage, self.ledger.record(found.events, ACTOR, state)
            if state.stage != before:
                # What was shown was shown of the stage that ended: the next one earns for itself, from its first look on.
                self.facts = replace(self.facts, earned={}, sample="")
        raise AssertionError(f"decide did not come to rest within {_MOST_ROUNDS} rounds")

    def _perform(self, state: State, now: float) -> State:
        running = self.dispatcher.running()
        for key, action in self._pending(state).items():
            if key in running or not self._is_due(action, now):
                continue
            if self._is_unclear(action):
                told = page(
                    f"doubt:{key}:{action.attempt}",
                    self.ledger.outline,
                    state,
                    f"{action.request.title}: did it happen?",
                )
                state = self.ledger.record([ActionInDoubt(key=key, title=action.request.title), *told], ACTOR, state)
                continue
            state = self._start(state, action, now)
        return state

    def _start(self, state: State, action: ActionState, now: float) -> State:
        request, attempt = action.request, action.attempt + 1
        # Written first: after a crash between this and the result, `once` actions are in doubt and others done again.
        started = ActionStarted(
            key=request.key, title=request.title, attempt=attempt, worker=self.worker, until=now + request.timeout + 5.0
        )
        state = self.ledger.record([started], ACTOR, state)
        job = Job(self.ledger.launch, request.key, request.kind, request.spec, request.timeout, attempt, state.identity)
        self.dispatcher.submit(job)
        return state

    def _is_due(self, action: ActionState, now: float) -> bool:
        match action.phase:
            case ActionPhase.REQUESTED:
                return True
            case ActionPhase.WAITING:
                return now >= action.retry_at
            case ActionPhase.STARTED:  # and not running here: its worker died, or is another controller still at it
                return self.sole or now >= action.until
        return False

    def _pending(self, state: State) -> dict[str, ActionState]:
        waits = (ActionPhase.REQUESTED, ActionPhase.STARTED, ActionPhase.WAITING)
        return {
            key: action
            for key, action in state.actions.items()
            if action.phase in waits and (self._is_unclear(action) or not is_overtaken(state, key))
        }

    def _is_unclear(self, action: ActionState) -> bool:
        return action.phase is ActionPhase.STARTED and action.request.once

    def _note_result(self, state: State, result: Result, now: float) -> State:
        action = state.actions.get(result.key)
        if action is None or action.attempt != result.attempt or action.phase is not ActionPhase.STARTED:
            return state  # somebody settled it meanwhile, or took it over
        if not result.error:
            done = ActionSucceeded(
                key=result.key,
                title=action.request.title,
                attempt=result.attempt,
                seconds=round(result.seconds, 3),
                output=result.output,
            )
            return self.ledger.record([done], ACTOR, state)
        tried = result.attempt - action.earlier
        final = not result.retryable or tried >= action.request.attempts
        failed = ActionFailed(
            key=result.key,
            title=action.request.title,
            attempt=result.attempt,
            error=result.error,
            final=final,
            retry_at=0.0 if final else now + retry_delay(tried),
        )
        return self.ledger.record([failed], ACTOR, state)

    def _heard(self, state: State, recorded: Sequence[Recorded]) -> None:
        if any(isinstance(one.event, RollbackStarted | RolloutRestarted) for one in recorded):
            self.watch.forget()

    def _take_notes(self, state: State, now: float) -> None:
        if self.notebook is None:
            return
        values = {f"criterion:{key}": c.value for key, c in self.facts.criteria.items() if c.value is not None}
        values |= {f"guard:{metric}": reading.log_evidence for metric, reading in self.facts.guards.items()}
        if self.facts.log_evidence is not None:
            values["evidence"] = self.facts.log_evidence
        if self.facts.guards:
            values |= _counted(max(self.facts.guards.values(), key=lambda reading: reading.log_evidence))
        values |= {f"share:{key}": state.share_of(key) for key in state.flags}
        if values:
            self.notebook.note(self.ledger.launch, now, values)


def _counted(reading: GuardReading) -> dict[str, float]:
    return {
        "units:canary": reading.canary_units,
        "errors:canary": reading.canary_hits,
        "units:control": reading.control_units,
        "errors:control": reading.control_hits,
    }


def retry_delay(attempt: int) -> float:
    """Seconds until the next attempt: 2, 4, 8 ... at most 60."""
    return min(2.0**attempt, 60.0)
