"""When to look next: at the next moment at which something can happen, and on the way there ever less often.

A launch of six weeks is mostly waiting. Looked at every ten seconds it is half a million looks; looked at when a bake
ends, a `for` is over, somebody answers or something begins to go wrong, it is some hundred. After each such moment the
looks come closely and then further apart, so that the time until something is noticed is known to a few percent of itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from tminus.core.advance import Blocker, silence_allowed
from tminus.core.boxes import PROBE_AGAIN
from tminus.core.decide import HOLD_CHANGES_SECONDS
from tminus.core.earning import demand
from tminus.core.facts import Facts
from tminus.core.outline import Outline
from tminus.core.state import ActionPhase, State, Status

_HEALTHY_GROWTH = 0.4  # of the time since anything changed; a look costs what it costs
_ILL_GROWTH = 0.03  # while something is wrong: how exactly the time until it is noticed is known
_LOOKS = 6.0  # within a `for`
_JUST_AFTER = 0.001  # seconds: where a rule says `longer than`, at the moment itself is too early
UNDER_WAY = (ActionPhase.REQUESTED, ActionPhase.STARTED)


@dataclass(frozen=True, slots=True)
class Pace:
    """The shortest and the longest time between two looks, in seconds."""

    fine: float = 10.0
    coarse: float = 6 * 3600.0


def next_look(
    pace: Pace,
    outline: Outline,
    state: State,
    facts: Facts,
    blockers: Sequence[Blocker],
    now: float,
    disturbed: float | None,
    known: float,
) -> float:
    """When to look next, in Unix seconds. `blockers` is what is in the launch's way now; `disturbed` since when something
    is wrong, None while all is well; `known` the next moment that the world or its people know of."""
    begun = state.started_at, state.stage_started_at, state.phase_started_at, state.stage_ended_at
    # Whoever is told that something is wrong looks, and sees that it is over when it is.
    changed = max(*begun, *state.alerts.values())
    step = (now - changed) * _HEALTHY_GROWTH
    if disturbed is not None:
        step = min(step, (now - disturbed) * _ILL_GROWTH)
    ripples = min(_lasting(pace, facts, now), default=inf)
    step = min(max(step, pace.fine), pace.coarse, ripples)
    return min(now + step, known, *(time for time in _due(outline, state, facts, blockers, now) if time > now))


def _lasting(pace: Pace, facts: Facts, now: float) -> Iterator[float]:
    """Seconds to the next look at what holds now, and has to for a while."""
    for found in facts.criteria.values():
        if found.since is not None and not found.lasted and found.criterion.hold_for:
            left = found.since + found.criterion.hold_for.seconds - now
            yield max(min(left, max(found.criterion.hold_for.seconds / _LOOKS, pace.fine)), 1.0)


def _due(outline: Outline, state: State, facts: Facts, blockers: Sequence[Blocker], now: float) -> Iterator[float]:
    """The moments that the launch itself knows of. Never empty."""
    yield inf
    for flag in outline.scheduled:
        yield from outline.changes_at(flag, state.started_at, state.pace)
    if state.status is Status.RUNNING and not state.held_by:
        yield from (blocker.until for blocker in blockers if blocker.until)
        if any(blocker.kind == "evidence" for blocker in blockers) and (asked := demand(outline, state)):
            yield asked.asks_at
        if state.hold:
            yield state.hold_changed_at + HOLD_CHANGES_SECONDS
        if facts.canary_seen_at is not None and facts.canary_seen_at < now:
            yield facts.canary_seen_at + silence_allowed(outline) + _JUST_AFTER
    rollback, within = state.rollback, outline.plan.rollback.within
    if state.status is Status.ROLLING_BACK and rollback and within:
        yield rollback.started_at + within.seconds + _JUST_AFTER
    for key, action in state.actions.items():
        if action.phase in UNDER_WAY:
            yield now + 1.0
        elif action.phase is ActionPhase.WAITING:
            yield action.retry_at
        elif action.phase is ActionPhase.FAILED and key.startswith("probe-"):
            yield action.ended_at + PROBE_AGAIN[min(max(action.attempt, 1), len(PROBE_AGAIN)) - 1]
