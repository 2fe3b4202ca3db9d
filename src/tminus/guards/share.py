"""The canary's share of the units, as it really was: of this tick, and of a few ticks before where ticks are small.

A tick with one unit is all canary or all control, and its own share says nothing about who was at risk. So small ticks are
judged by the share of the last hundred canary units, their own included; large ones by their own alone. See docs/guards.md.
"""

from __future__ import annotations

from typing import NamedTuple

from tminus.guards.model import Harm

MEMORY = 100.0  # units of the smaller arm that are remembered ...
_MOST = 4000.0  # ... and of both arms, while the smaller has not been seen so often
_BEGUN = 1e-9  # units: something is remembered, even if it is nothing
_UNLIKE = 16.0  # squared standard deviations from the remembered share at which it no longer holds
_MISSING = 8.0  # expected units of an arm that did not come at all: its batch is late, that is no chance


class Share(NamedTuple):
    """Units of either arm: to judge a tick by, and to remember for the next (since `since`, Unix seconds)."""

    canary: float = 0.0
    control: float = 0.0
    past_canary: float = 0.0
    past_control: float = 0.0
    since: float = float("-inf")


def realised(share: Share, canary: int, control: int, changed_at: float, harm: Harm = Harm.MORE) -> Share:
    """The share to judge a tick of `canary` and `control` units by, and what to remember of it.

    Looks only at units, never at hits, so that a bet by it stays fair. What was before `changed_at` is forgotten, and so is
    a share that this tick contradicts. Until the canary is seen nothing is remembered.
    """
    past_canary, past_control = share.past_canary, share.past_control
    since = max(share.since, changed_at)
    before, units = past_canary + past_control, canary + control
    if changed_at > share.since or before == 0.0 or _contradicts(past_canary, past_control, canary, units):
        return Share(float(canary), float(control), *_begin(canary, control, harm), since)
    pooled_canary, pooled_control = past_canary + canary, past_control + control
    least, most = min(pooled_canary, pooled_control), before + units
    keep = min(1.0, MEMORY / least if least else 1.0, _MOST / most if least < MEMORY else 1.0)
    return Share(pooled_canary, pooled_control, pooled_canary * keep, pooled_control * keep, since)


def _begin(canary: int, control: int, harm: Harm) -> tuple[float, float]:
    """What a first tick leaves. We began because a canary unit came: with it the share is too large in the mean, without it
    too small. Either way it is to be the wrong way round for harm to be seen."""
    if canary == 0:
        return 0.0, 0.0
    return (float(canary), float(control)) if harm is Harm.MORE else (canary - 1.0, control + _BEGUN)


def _contradicts(past_canary: float, past_control: float, canary: int, units: int) -> bool:
    before = past_canary + past_control
    chance = (past_canary + 0.5) / (before + 1.0)
    unsure = 1.0 + units / before
    missing = chance if canary == 0 else 1.0 - chance if canary == units else 0.0
    if units * missing > _MISSING * unsure:
        return True
    variance = units * chance * (1.0 - chance) * unsure
    return (canary - units * chance) ** 2 > _UNLIKE * (variance + 1.0)
