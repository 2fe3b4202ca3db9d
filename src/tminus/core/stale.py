"""Flags to clear away: on or off for everybody and not changed for a while, asked for by nobody, or older than planned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from tminus.core.evaluations import Asked
from tminus.core.kept import default_words, is_off, stands
from tminus.core.outline import Outline
from tminus.core.scheduling import next_change
from tminus.core.state import FlagState, State, Status
from tminus.core.story import because
from tminus.plan.flagging import Flag
from tminus.plan.quantity import format_duration

_DAY = 86_400.0  # a flag that nobody asks for is judged from here on: services sleep at night
_REPORTED_SECONDS = 60.0  # evaluations are reported every ten seconds: less is no pause


@dataclass(frozen=True, slots=True)
class StaleFlag:
    """`stands` is `on`, `off` or, of one that has expired, `some`; `since` is the Unix time of the last change.

    `words` are what people read, `owner` is a role of the plan or empty, `expires` a local time in the plan's zone.
    `last_asked` is the Unix time of its newest evaluation and `evaluations` how many there were in the days asked about, as far
    as telemetry goes back; None where none is kept or known. `unasked` says that it was not asked for, and for how long.
    """

    flag: str
    stands: str
    since: float
    words: str
    owner: str = ""
    expires: str = ""
    expired: bool = False
    last_asked: float | None = None
    evaluations: int | None = None
    unasked: str = ""


def stale_flags(
    outline: Outline, state: State, now: float, *, seconds: float, asked: Asked | None = None
) -> tuple[StaleFlag, ...]:
    """The plan's flags that everybody or nobody has had for at least `seconds`, those that nobody asked for in that time, as
    far as `asked` goes back, and those that expired; oldest first.

    Until it expires a flag in an experiment, one that follows another's rollout, one with a scheduled change ahead, and one
    that only part of the users have is stale only when nobody asks for it.
    """
    if state.status is Status.NEW:
        return ()
    found = (
        one
        for standing in chain(_standing(outline, state, now), _kept(outline, state, now))
        if (one := _asked_for(standing, asked, state, now, seconds)).expired
        or one.unasked
        or _is_old(one, now - seconds)
    )
    return tuple(sorted(found, key=lambda one: one.since))


def known_for(asked: Asked, state: State, now: float) -> float:
    """For how many seconds evaluations of the launch's flags are known."""
    return now - max(asked.kept_since, state.started_at)


def _asked_for(one: StaleFlag, asked: Asked | None, state: State, now: float, seconds: float) -> StaleFlag:
    if asked is None:
        return one
    counted, last = sum(asked.counted.get(one.flag, {}).values()), asked.newest.get(one.flag)
    return replace(one, last_asked=last, evaluations=counted, unasked=_unasked(last, asked, state, now, seconds))


def _unasked(last: float | None, asked: Asked, state: State, now: float, seconds: float) -> str:
    known = known_for(asked, state, now)
    if known < min(seconds, _DAY) or (last is not None and last > now - max(seconds, _REPORTED_SECONDS)):
        return ""
    if last is not None:
        return f"last asked for {_days(now - last)} ago"
    return f"not asked for in {known_words(asked, state, now)}"


def known_words(asked: Asked, state: State, now: float) -> str:
    """The time of which evaluations of the launch's flags are known: `the 12 days that telemetry goes back`."""
    reach = "since the launch began" if state.started_at > asked.kept_since else "that telemetry goes back"
    return f"the {_days(known_for(asked, state, now))} {reach}"


def _days(seconds: float) -> str:
    """Whole days, from two on; never more than there were."""
    days = int(seconds // _DAY)
    return f"{days} days" if days >= 2 else format_duration(seconds)


def _is_old(one: StaleFlag, before: float) -> bool:
    return one.stands != "some" and one.since <= before


def _standing(outline: Outline, state: State, now: float) -> Iterator[StaleFlag]:
    for key, flag in outline.plan.flags.items():
        own = state.flags.get(key, FlagState())
        coming = next_change(outline, state, key, now)
        led = bool(state.leaders(key))
        stands, words = ("some", f"it changes to {coming}") if coming else _stands(flag, own, led=led)
        yield StaleFlag(
            key,
            stands,
            own.changed_at or state.started_at,
            words,
            owner=flag.owner or "",
            expires=flag.expires.isoformat() if flag.expires else "",
            expired=flag.expires is not None and _seconds(flag.expires, outline.plan.timezone) <= now,
        )


def _kept(outline: Outline, state: State, now: float) -> Iterator[StaleFlag]:
    """The flags of earlier launches: what their plans said of them is in their metadata."""
    for key, one in state.kept.items():
        own, about = state.flags.get(key, FlagState()), one.definition.get("metadata", {})
        standing, words = ("off", default_words(one)) if is_off(state, key) else stands(one)
        if own.killed_by:
            words = _switched_off(own)
        expires = _moment(about.get("expires"))
        yield StaleFlag(
            key,
            standing,
            own.changed_at or one.since,
            f"{words}, kept from {one.launch}",
            owner=str(about.get("owner", "")),
            expires=expires.isoformat() if expires else "",
            expired=expires is not None and _seconds(expires, outline.plan.timezone) <= now,
        )


def _moment(text: Any) -> datetime | None:
    """A local time; None for what a definition from elsewhere calls so and is none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except (TypeError, ValueError):
        return None


def _stands(flag: Flag, own: FlagState, *, led: bool) -> tuple[str, str]:
    if own.experiment:
        return "some", "an experiment has it"
    if led:
        return "some", "it comes along with another flag's rollout"
    if own.killed_by:
        return "off", _switched_off(own)
    if own.share >= 1 and not own.regions:
        return "on", f"everybody has {flag.brought}"
    if not flag.can_move or flag.targeting:
        return "some", "its own targeting decides" if flag.targeting else "it is left to the code"
    if own.share <= 0 and not own.cohorts:
        return "off", f"nobody has {flag.brought}"
    return "some", f"some have {flag.brought}"


def _switched_off(flag: FlagState) -> str:
    return f"{flag.killed_by} pulled its kill switch{because(flag.killed_why)}"


def _seconds(moment: datetime, timezone: str) -> float:
    return moment.replace(tzinfo=ZoneInfo(timezone)).timestamp()
