"""Running totals into increments, so that a restart on either side loses nothing and counts nothing twice.

A cumulative point says "V since S". Each sender's total is kept apart by (stream, series, S): a restarted process has
a new S and starts a new total, two replicas never mix. For a total that was seen before, the increment is the
difference; a total that fell without a new S is a reset, and counts in full. A point that is not newer than the last
one of its total is a repeat, and counts for nothing.

For a total seen for the first time there are three cases:

- The same sender has reported this metric before, under the same S: the label set is new (the first error of a
  variant, say). It stood at 0 in the report before, so it counts in full.
- S is after the moment this store began to watch (less two minutes, for two processes that start together): all of it
  happened on our watch, so it counts in full, also when T-minus was down at the time.
- Otherwise the process is older than our watch. Its history is no news of now: the point becomes the base line, and
  counting starts with the next one.

An increment that covers more than two minutes (after T-minus or the sender was away) is dated at the middle of what
it covers: at the point's own time, the backlog of an hour would look like a spike in the last second.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from tminus.telemetry.model import Buckets, Kind, Point

FRESH_SECONDS = 120.0
_DELTA = -1.0

MarkKey = tuple[int, int, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """The last point of one total: what the next one is compared with."""

    name: str
    started_at: float
    at: float
    value: float
    buckets: Buckets | None


@dataclass(frozen=True, slots=True)
class Increment:
    """What a point adds, and the time it is dated at."""

    at: float
    value: float
    buckets: Buckets | None


class Ledger:
    """The marks of all totals, with those of the batch under way kept apart until it is committed."""

    def __init__(self, watching_since: float, retention_seconds: float, marks: Iterable[tuple[MarkKey, Mark]]) -> None:
        self._watching_since = watching_since
        self._retention_seconds = retention_seconds
        self._marks = dict(marks)
        self._reports: dict[tuple[int, str, float], float] = {}
        for (stream, _, started_at), mark in self._marks.items():
            self._note(self._reports, (stream, mark.name, started_at), mark.at)
        self.staged: dict[MarkKey, Mark] = {}
        self._staged_reports: dict[tuple[int, str, float], float] = {}
        self._this_report: dict[tuple[int, str, float], float] = {}

    def end_of_report(self) -> None:
        """One request's points are done. Only points of an earlier request prove that a sender was known before."""
        for key, at in self._this_report.items():
            self._note(self._staged_reports, key, at)
        self._this_report.clear()

    def take(self, point: Point, series: int, now: float) -> Increment | None:
        """What the point adds; None for a repeat."""
        if point.kind is Kind.GAUGE:
            return Increment(point.at, point.value, None)
        key = (point.stream, series, point.started_at if point.cumulative else _DELTA)
        before = self.staged.get(key) or self._marks.get(key)
        mark = Mark(point.name, point.started_at, point.at, point.value, point.buckets)
        if not point.cumulative:
            if before is not None and (before.started_at, before.at) == (point.started_at, point.at):
                return None
            self.staged[key] = Mark(point.name, point.started_at, point.at, 0.0, None)
            return Increment(point.at, point.value, point.buckets)
        if before is not None and point.at <= before.at:
            return None
        self.staged[key] = mark
        self._note(self._this_report, (point.stream, point.name, point.started_at), point.at)
        if before is not None:
            value, buckets = _difference(mark, before)
            return Increment(_dated(before.at, point.at), value, buckets)
        since = self._counts_since(point, now)
        if since is None:
            return Increment(point.at, 0.0, None)
        return Increment(_dated(since, point.at), point.value, point.buckets)

    def commit(self) -> None:
        """The batch is on disk."""
        self._marks.update(self.staged)
        for key, at in self._staged_reports.items():
            self._note(self._reports, key, at)
        self.rollback()

    def rollback(self) -> None:
        """The batch is not on disk, and will be worked out again from the same marks."""
        self.staged = {}
        self._staged_reports.clear()
        self._this_report.clear()

    def forget(self, before: float) -> None:
        """Drop totals that nobody has reported since `before`: processes that are gone."""
        self._marks = {key: mark for key, mark in self._marks.items() if mark.at >= before}
        self._reports = {key: at for key, at in self._reports.items() if at >= before}

    def _counts_since(self, point: Point, now: float) -> float | None:
        key = (point.stream, point.name, point.started_at)
        seen = self._staged_reports.get(key, self._reports.get(key))
        if seen is not None and seen < point.at:
            return seen
        # Marks are forgotten after the retention, so a total older than that may have been counted already.
        horizon = max(self._watching_since, now - self._retention_seconds) - FRESH_SECONDS
        return point.started_at if horizon <= point.started_at <= point.at else None

    @staticmethod
    def _note(reports: dict[tuple[int, str, float], float], key: tuple[int, str, float], at: float) -> None:
        reports[key] = max(at, reports.get(key, at))


def _dated(since: float, at: float) -> float:
    return at if at - since <= FRESH_SECONDS else (since + at) / 2


def _difference(now: Mark, before: Mark) -> tuple[float, Buckets | None]:
    if now.buckets is None or before.buckets is None:
        reset = now.value < before.value
        return (now.value if reset else now.value - before.value), now.buckets
    earlier = rebucket(before.buckets, now.buckets.bounds)
    counts = tuple(new - old for new, old in zip(now.buckets.counts, earlier, strict=True))
    if min(counts) < 0:
        return now.value, now.buckets
    return now.value - before.value, Buckets(now.buckets.bounds, counts)


def rebucket(buckets: Buckets, bounds: tuple[float, ...]) -> tuple[int, ...]:
    """The counts under other bounds. Exact when each old bucket lies inside a new one, as when an exponential histogram
    halves its resolution."""
    if buckets.bounds == bounds:
        return buckets.counts
    counts = [0] * (len(bounds) + 1)
    for position, count in enumerate(buckets.counts):
        inside = position < len(buckets.bounds)
        counts[bisect_left(bounds, buckets.bounds[position]) if inside else len(bounds)] += count
    return tuple(counts)
