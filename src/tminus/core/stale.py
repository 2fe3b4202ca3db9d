"""Flags that nothing decides any more: on or off for everybody, and not changed for a while."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tminus.core.outline import Outline
from tminus.core.state import FlagState, State, Status


@dataclass(frozen=True, slots=True)
class StaleFlag:
    """`stands` is `on` or `off`, `since` the Unix time of the last change, `words` what people read."""

    flag: str
    stands: str
    since: float
    words: str


def stale_flags(outline: Outline, state: State, now: float, *, seconds: float) -> tuple[StaleFlag, ...]:
    """The plan's flags that everybody or nobody has had for at least `seconds`, the oldest first.

    A flag in an experiment, one that follows another's rollout, and one that only part of the users have is never stale.
    """
    if state.status is Status.NEW:
        return ()
    found = (one for one in _standing(outline, state) if now - one.since >= seconds)
    return tuple(sorted(found, key=lambda one: one.since))


def _standing(outline: Outline, state: State) -> Iterator[StaleFlag]:
    for key, flag in outline.plan.flags.items():
        own = state.flags.get(key, FlagState())
        since = own.changed_at or state.started_at
        if own.experiment or state.leaders(key):
            continue
        if own.killed_by:
            yield StaleFlag(key, "off", since, f"{own.killed_by} pulled its kill switch: {own.killed_why}")
        elif own.share >= 1 and not own.regions:
            yield StaleFlag(key, "on", since, f"everybody has {flag.brought}")
        elif own.share <= 0 and not own.cohorts:
            yield StaleFlag(key, "off", since, f"nobody has {flag.brought}")
