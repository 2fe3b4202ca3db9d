"""Flags to clear away: on or off for everybody and not changed for a while, or older than the plan wants them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tminus.core.outline import Outline
from tminus.core.state import FlagState, State, Status
from tminus.plan.flagging import Flag


@dataclass(frozen=True, slots=True)
class StaleFlag:
    """`stands` is `on`, `off` or, of one that has expired, `some`; `since` is the Unix time of the last change.

    `words` are what people read, `owner` is a role of the plan or empty, `expires` a local time in the plan's zone.
    """

    flag: str
    stands: str
    since: float
    words: str
    owner: str = ""
    expires: str = ""
    expired: bool = False


def stale_flags(outline: Outline, state: State, now: float, *, seconds: float) -> tuple[StaleFlag, ...]:
    """The plan's flags that everybody or nobody has had for at least `seconds`, and those that expired; oldest first.

    Until it expires a flag in an experiment, one that follows another's rollout, and one that only part of the users have
    is never stale.
    """
    if state.status is Status.NEW:
        return ()
    found = (one for one in _standing(outline, state, now) if one.expired or _is_old(one, now - seconds))
    return tuple(sorted(found, key=lambda one: one.since))


def _is_old(one: StaleFlag, before: float) -> bool:
    return one.stands != "some" and one.since <= before


def _standing(outline: Outline, state: State, now: float) -> Iterator[StaleFlag]:
    for key, flag in outline.plan.flags.items():
        own = state.flags.get(key, FlagState())
        stands, words = _stands(flag, own, led=bool(state.leaders(key)))
        yield StaleFlag(
            key,
            stands,
            own.changed_at or state.started_at,
            words,
            owner=flag.owner or "",
            expires=flag.expires.isoformat() if flag.expires else "",
            expired=flag.expires is not None and _seconds(flag.expires, outline.plan.timezone) <= now,
        )


def _stands(flag: Flag, own: FlagState, *, led: bool) -> tuple[str, str]:
    if own.experiment:
        return "some", "an experiment has it"
    if led:
        return "some", "it comes along with another flag's rollout"
    if own.killed_by:
        return "off", f"{own.killed_by} pulled its kill switch: {own.killed_why}"
    if own.share >= 1 and not own.regions:
        return "on", f"everybody has {flag.brought}"
    if own.share <= 0 and not own.cohorts:
        return "off", f"nobody has {flag.brought}"
    return "some", f"some have {flag.brought}"


def _seconds(moment: datetime, timezone: str) -> float:
    return moment.replace(tzinfo=ZoneInfo(timezone)).timestamp()
