"""Who was met first in which arm, and who in more than one: each subject once, counted by arrival (arms.py).

To know whether somebody is new one has to know everybody. Those met up to the last cursor are kept in memory, 8 bytes
for each, since asking the database for them again would take longer each day. It is a copy of what the database says:
another cursor than the last one, or a restart, reads it anew, and the answer is the same.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tminus.plan.selector import Selector
from tminus.telemetry.arms import among, arm_of, number, of_arms
from tminus.telemetry.database import Database
from tminus.telemetry.model import Kind, Met, Series, Split

Key = tuple[Selector, Split, float]  # what is asked: which events, told apart how, dated since when
Subjects = NDArray[np.int64]

_MOST_KEPT = 32


@dataclass(frozen=True, slots=True)
class _Known:
    cursor: int
    arms: tuple[Subjects, ...]  # sorted


class Meetings:
    """Everybody met so far, for each question. Any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[Key, _Known] = {}

    def met(self, database: Database, key: Key, series: Sequence[Series], *, after: int, top: int) -> Met:
        """Subjects whose first row in an arm arrived in (`after`, `top`]. Raises StoreError."""
        _, split, since = key
        members = of_arms(series, split, Kind.EVENT)
        if after >= top or not members:
            return Met(max(top, after), (0,) * len(split.arms))
        with self._lock:
            known = self._known.get(key)
        if known is None or known.cursor != after:
            known = _Known(after, _subjects(database, members, split, since, -1, after))
        arrived = _subjects(database, members, split, since, after, top)
        new = tuple(one[~_within(before, one)] for before, one in zip(known.arms, arrived, strict=True))
        with self._lock:
            if key not in self._known and len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[key] = _Known(top, tuple(_merged(*pair) for pair in zip(known.arms, new, strict=True)))
        return Met(top, tuple(len(one) for one in new), _now_in_two(known.arms, new))


def _subjects(
    database: Database, members: Sequence[Series], split: Split, since: float, after: int, top: int
) -> tuple[Subjects, ...]:
    """Everybody with a row in (`after`, `top`], sorted, by arm."""
    found: dict[str, NDArray[Any]] = database.columns(
        f"SELECT DISTINCT {arm_of(members, split)} AS arm, subject FROM events WHERE seq > {after} AND seq <= {top} "
        f"AND {among(one.id for one in members)} AND stamp >= {number(since)} AND subject <> 0"
    )
    return tuple(np.sort(found["subject"][found["arm"] == arm]) for arm in range(len(split.arms)))


def _within(known: Subjects, asked: Subjects) -> NDArray[np.bool_]:
    """Which of `asked` are among the sorted `known`."""
    places = np.searchsorted(known, asked)
    inside = places < len(known)
    inside[inside] = known[places[inside]] == asked[inside]
    return inside


def _merged(known: Subjects, new: Subjects) -> Subjects:
    return np.insert(known, np.searchsorted(known, new), new) if len(new) else known


def _now_in_two(known: Sequence[Subjects], new: Sequence[Subjects]) -> int:
    """How many were in one arm at most before, and are in more now."""
    asked = np.unique(np.concatenate(new))
    before = np.sum([_within(arm, asked) for arm in known], axis=0)
    added = np.sum([_within(arm, asked) for arm in new], axis=0)
    return int(np.count_nonzero((before < 2) & (before + added >= 2)))
