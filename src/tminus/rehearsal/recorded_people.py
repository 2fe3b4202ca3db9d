"""The people and the actions of a launch that really happened: they sign, hold and end as they did then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf

from tminus.core import events as e
from tminus.core.advance import Blocker
from tminus.core.commands import abort, hold, kill, restore, resume, rollback
from tminus.core.outline import Outline
from tminus.core.state import State, Status
from tminus.engine import Ledger
from tminus.errors import Conflict, UsageError
from tminus.ports import Job, Result
from tminus.rehearsal.people import People, answer_of, open_questions_of
from tminus.rehearsal.recorded import Attempt, Record

_DONE = Attempt(1.0, "not in the record: taken as done")


@dataclass
class RecordedPeople(People):
    """Whoever signed in the record signs when he did then, or when he is asked, whichever is later; and holds, resumes,
    kill switches, rollbacks and the end come when people decided them. `missing` is who is asked and never was."""

    record: Record | None = None
    missing: dict[str, float] = field(default_factory=dict)
    _acted: int = 0
    _next: float = inf

    def answer(self, ledger: Ledger, blockers: Sequence[Blocker], now: float) -> bool:
        """Do what is due; True where somebody did something."""
        assert self.record is not None
        self._next = inf
        done = self._act(ledger, now)
        if ledger.state.status is not Status.RUNNING:
            return done
        for key, role, kind in open_questions_of(blockers):
            signed = self.record.signature(key, role)
            if signed is None:
                self.missing.setdefault(f"{role}: {key}", now)
            elif signed.at > now:
                self._next = min(self._next, signed.at)
            else:
                try:
                    ledger.record(answer_of(ledger.outline, ledger.state, key, role, kind), signed.actor)
                except (Conflict, UsageError):
                    continue
                done = True
        return done

    @property
    def next_answer(self) -> float:
        """When somebody does something next, in Unix seconds; infinite where nobody will."""
        assert self.record is not None
        acts = self.record.acts
        return min(self._next, acts[self._acted].at if self._acted < len(acts) else inf)

    def _act(self, ledger: Ledger, now: float) -> bool:
        """What people decided by `now`, where it makes sense in this launch too."""
        assert self.record is not None
        done = False
        while self._acted < len(self.record.acts) and (one := self.record.acts[self._acted]).at <= now:
            self._acted += 1
            try:
                ledger.record(_again(ledger.outline, ledger.state, one), one.actor)
                done = True
            except UsageError:
                continue
        return done


def _again(outline: Outline, state: State, one: e.Recorded) -> Sequence[e.Event]:
    match one.event:
        case e.LaunchHeld(reason=reason):
            return hold(outline, state, one.actor, reason)
        case e.LaunchResumed(reason=reason) if state.held_by:
            return resume(outline, state, reason)
        case e.FlagKilled(flag=flag, reason=reason):
            return kill(outline, state, flag, reason)
        case e.FlagRestored(flag=flag, reason=reason):
            return restore(outline, state, flag, reason)
        case e.RollbackStarted(cause=cause) if state.exposing:
            return (e.RollbackStarted(cause=cause),) if state.status is Status.RUNNING else rollback(outline, state, "")
        case e.AbortRequested(reason=reason) | e.LaunchAborted(reason=reason):
            return abort(outline, state, one.actor, reason)
    raise UsageError("it makes no sense now")


class RecordedDispatcher:
    """Every attempt takes as long and ends as the same one did then; what was never asked for is taken as done, and noted
    in `assumed`. `now` tells the time."""

    def __init__(self, record: Record, now: Callable[[], float]) -> None:
        self._record, self._now = record, now
        self._under: dict[str, tuple[Job, float, Attempt]] = {}
        self.assumed: list[str] = []

    def submit(self, job: Job) -> None:
        """Start a job."""
        known = self._record.attempts.get(job.key, ())
        if not known and job.kind != "notify":
            self.assumed.append(job.key)
        attempt = known[min(job.attempt, len(known)) - 1] if known else _DONE
        self._under[job.key] = job, self._now() + attempt.seconds, attempt

    def finished(self) -> list[Result]:
        """What has ended by now."""
        over = [key for key, (_, ends, _) in self._under.items() if ends <= self._now()]
        return [_result(*self._under.pop(key)) for key in over]

    def running(self) -> frozenset[str]:
        """The keys of what is under way."""
        return frozenset(self._under)


def _result(job: Job, ends: float, attempt: Attempt) -> Result:
    return Result(job.key, job.attempt, attempt.seconds, attempt.output, attempt.error, attempt.retryable)
