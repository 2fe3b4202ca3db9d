"""A launch that really happened, as its log tells it: when people signed and acted, how actions ended, who had what."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tminus.core import events as e
from tminus.core.evolve import evolve
from tminus.core.state import FlagState, State
from tminus.engine.engine import ACTOR as ENGINE
from tminus.errors import TminusError, UsageError
from tminus.plan.criterion import Arm, Criterion, parse_criterion

Evidence = Mapping[str, Any]
_ACTS = (
    e.LaunchHeld,
    e.LaunchResumed,
    e.FlagKilled,
    e.FlagRestored,
    e.AbortRequested,
    e.LaunchAborted,
    e.RollbackStarted,
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt at an action went: it took so many seconds; `error` is empty where it succeeded."""

    seconds: float
    output: str = ""
    error: str = ""
    retryable: bool = False


@dataclass(frozen=True)
class Record:
    """The log of one launch. Times are Unix seconds."""

    records: Sequence[e.Recorded]

    def __post_init__(self) -> None:
        if not self.records or not isinstance(self.records[0].event, e.LaunchStarted):
            raise UsageError("the log does not begin with the start of a launch")

    @property
    def launch(self) -> str:
        """Its name."""
        return self.records[0].launch

    @cached_property
    def started(self) -> e.LaunchStarted:
        """Its first event, with the plan that it ran by."""
        first = self.records[0].event
        assert isinstance(first, e.LaunchStarted)
        return first

    @property
    def begins(self) -> float:
        """When it was started."""
        return self.records[0].at

    @property
    def ends(self) -> float:
        """When the newest of it happened."""
        return self.records[-1].at

    @cached_property
    def signatures(self) -> Mapping[tuple[str, str], e.Recorded]:
        """(box or gate, role) -> who signed first, and when."""
        found: dict[tuple[str, str], e.Recorded] = {}
        for one in self.records:
            match one.event:
                case e.TaskSigned(task=name, role=role) | e.GateSigned(gate=name, role=role):
                    found.setdefault((name, role), one)
                    found.setdefault((_beginning(name), role), one)
        return found

    def signature(self, name: str, role: str) -> e.Recorded | None:
        """When a role signed; a criterion that it vouched for may have another threshold by now."""
        return self.signatures.get((name, role)) or self.signatures.get((_beginning(name), role))

    @cached_property
    def acts(self) -> Sequence[e.Recorded]:
        """What people did besides signing: hold, resume, switch off, roll back, abort."""
        return [one for one in self.records if one.actor != ENGINE and isinstance(one.event, _ACTS)]

    @cached_property
    def attempts(self) -> Mapping[str, Sequence[Attempt]]:
        """Idempotency key -> its attempts in their order."""
        began: dict[str, float] = {}
        found: dict[str, list[Attempt]] = {}
        for one in self.records:
            match one.event:
                case e.ActionStarted(key=key):
                    began[key] = one.at
                case e.ActionSucceeded(key=key, output=output):
                    found.setdefault(key, []).append(Attempt(one.at - began.get(key, one.at), output))
                case e.ActionFailed(key=key, error=error, final=final):
                    attempt = Attempt(one.at - began.get(key, one.at), error=error, retryable=not final)
                    found.setdefault(key, []).append(attempt)
        return found

    def flags(self, at: float) -> Mapping[str, FlagState]:
        """Who had what at a time."""
        times, states = self._exposures
        place = bisect_right(times, at) - 1
        return states[place] if place >= 0 else {}

    def kept(self, metric: str, aggregate: str | None, arm: Arm, window: float | None, at: float) -> Evidence | None:
        """What the log last kept, by `at`, of a metric over a window; None stands for a criterion that names none."""
        known = self._evidence.get((metric, aggregate, arm, window), ())
        place = bisect_right([one.at for one, _ in known], at) - 1
        return known[place][1] if place >= 0 else None

    @cached_property
    def _exposures(self) -> tuple[Sequence[float], Sequence[Mapping[str, FlagState]]]:
        times, states, state = [], [], State(launch=self.launch)
        for one in self.records:
            before, state = state, evolve(state, one)
            if state.flags != before.flags:
                times.append(one.at)
                states.append(state.flags)
        return times, states

    @cached_property
    def _evidence(self) -> Mapping[tuple[object, ...], Sequence[tuple[e.Recorded, Evidence]]]:
        found: dict[tuple[object, ...], list[tuple[e.Recorded, Evidence]]] = {}
        for one in self.records:
            for kept in _kept(one.event):
                try:
                    key = _measured(parse_criterion(str(kept["criterion"])))
                except (TminusError, ValueError):
                    continue  # a form that this version does not read
                found.setdefault(key, []).append((one, kept))
        return found


def _kept(event: e.Event) -> Iterator[Evidence]:
    evidence = getattr(event, "evidence", None) or {}
    yield from (one for one in evidence.get("criteria", ()) if "value" in one)
    yield from (one for one in (evidence.get("trigger"), evidence) if isinstance(one, dict) and "value" in one)


def _measured(criterion: Criterion) -> tuple[object, ...]:
    window = criterion.window.seconds if criterion.window else None
    return criterion.metric, criterion.aggregate, criterion.arm, window


def _beginning(name: str) -> str:
    """`attest:stage:few:retention >= 70%` without its threshold."""
    if not name.startswith("attest:"):
        return name
    ends = [place for sign in "<>=" if (place := name.find(sign)) > 0]
    return name[: min(ends)].rstrip() if ends else name
