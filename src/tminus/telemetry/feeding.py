"""What feeds guards: counts of all that arrived between two cursors. Any thread may ask."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tminus.errors import UsageError
from tminus.plan.selector import Selector
from tminus.telemetry.arms import count_units, number
from tminus.telemetry.batch import Layouts
from tminus.telemetry.database import Database
from tminus.telemetry.exceeding import count_above
from tminus.telemetry.growing import count_growth, watched_since
from tminus.telemetry.meeting import Meetings
from tminus.telemetry.model import ArmBatch, Growth, Met, Pursued, Split
from tminus.telemetry.pursuing import find_pursued
from tminus.telemetry.reading import Questions
from tminus.telemetry.series import SeriesIndex
from tminus.telemetry.subjects import count_ripe, newest_noted


class Feeding(Questions):
    """The guards' half of the store. All methods raise StoreError when the database cannot be read.

    `after` is the cursor of the call before, `since` the time before which nothing counts. Over consecutive calls the
    counts add up to what one call over everything gives (arms.py says why).
    """

    def __init__(self, database: Database, index: SeriesIndex, layouts: Layouts) -> None:
        super().__init__(database, index, layouts)
        self._meetings = Meetings()

    def arms(
        self,
        total: Selector,
        hits: Selector,
        *,
        split: Split,
        after: int,
        unit_seconds: float,
        hit_seconds: float,
        since: float = 0.0,
        until: int | None = None,
    ) -> ArmBatch:
        """Units that match `total` and hits that match `hits`, either once in so many seconds for a subject; of what
        arrived up to the cursor `until`, or to the present."""
        if min(unit_seconds, hit_seconds) <= 0:
            raise UsageError("the seconds of a unit must be above 0", hint="60 counts a user at most once a minute")
        top = max(self.cursor if until is None else min(until, self.cursor), after)
        found = count_units(
            self._database,
            self._index.matching(total),
            self._index.matching(hits),
            split=split,
            after=after,
            top=top,
            unit_seconds=unit_seconds,
            hit_seconds=hit_seconds,
            since=since,
        )
        return ArmBatch(top, tuple(found))

    def cursor_at(self, stamp: float) -> int:
        """The cursor as it was at a time of the store's own clock, to some seconds; 0 before anything arrived."""
        found = self._database.rows(f"SELECT coalesce(max(seq), 0) FROM arrivals WHERE stamp <= {number(stamp)}")
        return int(found[0][0])

    def above(
        self, selector: Selector, levels: Sequence[float], *, split: Split, after: int, since: float = 0.0
    ) -> ArmBatch:
        """Observations of histograms as units; hits are those above each level, which are in the histogram's own unit."""
        top = max(self.cursor, after)
        found = count_above(
            self._database,
            self._layouts.bounds,
            self._index.matching(selector),
            levels,
            split=split,
            after=after,
            top=top,
            since=since,
        )
        return ArmBatch(top, tuple(found))

    def ripe(
        self,
        of: Selector,
        did: Selector,
        within_seconds: float,
        *,
        split: Split,
        after: int,
        since: float = 0.0,
    ) -> ArmBatch:
        """Subjects who did `of` and have had their time; hits are those who did `did` in time (see subjects.py)."""
        if not 0 < within_seconds < math.inf:
            raise UsageError("the time allowed must be above 0")
        top = max(newest_noted(self._database, self.cursor), after)
        found = count_ripe(
            self._database,
            self._index.matching(of),
            self._index.matching(did),
            split=split,
            within_seconds=within_seconds,
            after=after,
            top=top,
            since=since,
        )
        return ArmBatch(top, tuple(found))

    def met(self, selector: Selector, *, split: Split, after: int, since: float = 0.0) -> Met:
        """Subjects met for the first time in either arm, and those met in more than one."""
        top = max(self.cursor, after)
        key = (selector, split, since)
        return self._meetings.met(self._database, key, self._index.matching(selector), after=after, top=top)

    def growth(self, selector: Selector, since: float) -> list[Growth]:
        """What each counter of these has grown by in what arrived since a time; those that have not are left out."""
        return count_growth(self._database, self._index.matching(selector), self.cursor_at(since))

    @property
    def watched_since(self) -> float:
        """When this file was first opened: nothing in it is older news than that."""
        return watched_since(self._database)

    def pursued(
        self, first: Selector, then: Selector, *, split: Split, start: float, end: float, around: tuple[float, float]
    ) -> list[Pursued]:
        """Subjects with a row of `first` dated in (start, end], and whether `then` has one of theirs of the same arm that is
        dated at most `around[0]` seconds before it and `around[1]` after it."""
        firsts, thens = self._index.matching(first), self._index.matching(then)
        return find_pursued(self._database, firsts, thens, split=split, start=start, end=end, around=around)
