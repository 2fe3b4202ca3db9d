"""Questions to the store. Every call has a database connection of its own, so any thread may ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tminus.errors import UsageError
from tminus.plan.selector import Selector
from tminus.telemetry.batch import Layouts
from tminus.telemetry.database import Database
from tminus.telemetry.histogram import quantile, segments
from tminus.telemetry.model import Buckets, Kind, Quantile, Reading, Series, Share, Total
from tminus.telemetry.outcomes import ArmOutcomes, OutcomeSeries, read_outcomes
from tminus.telemetry.series import SeriesIndex
from tminus.telemetry.values import read_mean, read_sum, valued

_IN_WINDOW = "stamp > ? AND stamp <= ?"


class Questions:
    """The reading half of the store. All methods raise StoreError when the database cannot be read."""

    def __init__(self, database: Database, index: SeriesIndex, layouts: Layouts) -> None:
        self._database, self._index, self._layouts = database, index, layouts

    def count(self, selector: Selector, start: float, end: float) -> Total:
        """How many in (start, end]: increments of counters, observations of histograms, events. Gauges do not count."""
        value, newest = 0.0, None
        for kind, added, table in (
            (Kind.COUNTER, "sum(value)", "points"),
            (Kind.HISTOGRAM, "sum(samples)", "points"),
            (Kind.EVENT, "count(*)", "events"),
        ):
            if ids := self._ids(selector, kind):
                [(more, at)] = self._window(f"{added}, max(stamp)", table, ids, start, end)
                value += float(more or 0)
                newest = at if newest is None or (at is not None and at > newest) else newest
        return Total(value, newest)

    def last(self, selector: Selector, start: float, end: float) -> Reading:
        """A gauge's newest reading in (start, end]; with several series the newest of all, later arrival winning ties."""
        return self._gauge(selector, "arg_max(value, (stamp, seq))", start, end)

    def mean_gauge(self, selector: Selector, start: float, end: float) -> Reading:
        """The plain mean of a gauge's readings in (start, end], each reading weighing the same."""
        return self._gauge(selector, "avg(value)", start, end)

    def min_gauge(self, selector: Selector, start: float, end: float) -> Reading:
        """The lowest of a gauge's readings in (start, end]."""
        return self._gauge(selector, "min(value)", start, end)

    def max_gauge(self, selector: Selector, start: float, end: float) -> Reading:
        """The highest of a gauge's readings in (start, end]."""
        return self._gauge(selector, "max(value)", start, end)

    def mean(self, selector: Selector, start: float, end: float) -> Reading:
        """Sum by count of a histogram over (start, end], in its own unit; `rows` is the number of observations."""
        ids = self._ids(selector, Kind.HISTOGRAM)
        if not ids:
            return Reading(None, 0, None)
        # Without a sum from the sender (NaN, which the database holds as NULL) a row says nothing about the mean.
        columns = "sum(value), sum(samples) FILTER (value IS NOT NULL), max(stamp)"
        [(total, samples, newest)] = self._window(columns, "points", ids, start, end)
        return Reading(total / samples if samples else None, int(samples or 0), newest)

    def quantile(self, selector: Selector, q: float, start: float, end: float) -> Quantile:
        """The q-quantile (0 <= q <= 1) of a histogram's observations in (start, end], in its own unit.

        Off by at most the width of the bucket it falls into; `low` and `high` give that interval (see histogram.py).
        """
        return self.quantiles(selector, (q,), start, end)[0]

    def quantiles(self, selector: Selector, qs: Sequence[float], start: float, end: float) -> list[Quantile]:
        """Several quantiles of the same observations, for little more than the price of one."""
        for q in qs:
            if not 0 <= q <= 1:
                raise UsageError(f"a quantile is between 0 and 1, not {q:g}", hint="p95 is 0.95")
        ids = self._ids(selector, Kind.HISTOGRAM)
        if not ids:
            return [Quantile(None, None, None, 0, None) for _ in qs]
        [(samples, newest)] = self._window("sum(samples), max(stamp)", "points", ids, start, end)
        rows = self._window("layout, bucket, sum(n)::BIGINT", "buckets", ids, start, end, "GROUP BY layout, bucket")
        merged = self._segments(rows)
        found = (quantile(merged, q) or (None, None, None) for q in qs)
        return [Quantile(value, low, high, int(samples or 0), newest) for value, low, high in found]

    def unique(self, selector: Selector, start: float, end: float) -> Total:
        """How many distinct subjects had such an event in (start, end]. Events without a subject do not count."""
        ids = self._ids(selector, Kind.EVENT)
        if not ids:
            return Total(0.0, None)
        distinct = "count(DISTINCT subject) FILTER (subject <> 0), max(stamp)"
        [(subjects, newest)] = self._window(distinct, "events", ids, start, end)
        return Total(float(subjects), newest)

    def share(self, of: Selector, did: Selector, within_seconds: float, start: float, end: float) -> Share:
        """Of the subjects with an `of` event in (start, end], how many had a `did` event at most `within_seconds` later.

        Any of a subject's `of` events may be the beginning. `did` events count up to `end + within_seconds`, so the
        youngest subjects have had less time than the others as long as that is in the future.
        """
        of_ids, did_ids = self._ids(of, Kind.EVENT), self._ids(did, Kind.EVENT)
        if not of_ids:
            return Share(0, 0, None)
        [(subjects, newest)] = self._window(
            "count(DISTINCT subject), max(stamp)", "events", of_ids, start, end, None, True
        )
        if not did_ids:
            return Share(0, int(subjects), newest)
        # The latest beginning before each `did` is the nearest one: if that is too long ago, they all are.
        sql = f"""
            WITH begun AS (SELECT subject, stamp FROM events WHERE series IN ({_listed(of_ids)}) AND {_IN_WINDOW}
                           AND subject <> 0),
                 done AS (SELECT subject, stamp FROM events WHERE series IN ({_listed(did_ids)})
                          AND stamp > ? AND stamp <= ? AND subject <> 0)
            SELECT count(DISTINCT done.subject) FROM done ASOF JOIN begun
            ON done.subject = begun.subject AND done.stamp >= begun.stamp
            WHERE done.stamp - begun.stamp <= ?"""
        until = end + within_seconds
        [(did_it,)] = self._database.rows(sql, [start, end, start, until, within_seconds])
        return Share(int(did_it), int(subjects), newest)

    def sum_values(self, selector: Selector, member: str, start: float, end: float) -> Total:
        """What this member of such events adds up to in (start, end]."""
        return read_sum(self._database, self._ids(valued(selector, member), Kind.EVENT), start, end)

    def mean_value(self, selector: Selector, member: str, among: Selector | None, start: float, end: float) -> Reading:
        """The same per subject: of those with an event of `among` in (start, end], or with such a value where it is None.

        `rows` is the number of subjects.
        """
        ids = self._ids(valued(selector, member), Kind.EVENT)
        users = None if among is None else self._ids(among, Kind.EVENT)
        return read_mean(self._database, ids, users, start, end)

    def outcomes(
        self,
        met: Selector,
        base: Selector | None,
        outcome: Selector,
        *,
        label: str,
        since: float,
        until: float,
        within_seconds: float | None = None,
        member: str | None = None,
    ) -> ArmOutcomes:
        """How the users fared who met an arm (the value of `label`) in [since, until]. See outcomes.py.

        With `member` a user's outcome is what that member of the outcome events adds up to, else how many they are.
        """
        series = OutcomeSeries(
            self._index.matching(met),
            None if base is None else self._index.matching(base),
            self._index.matching(outcome if member is None else valued(outcome, member)),
            summed=member is not None,
        )
        return read_outcomes(
            self._database, series, label=label, since=since, until=until, within_seconds=within_seconds
        )

    def series(self, prefix: str = "") -> list[Series]:
        """What is known: every name with its labels, for names that start with `prefix`."""
        return self._index.listing(prefix)

    @property
    def cursor(self) -> int:
        """The arrival number of the newest committed row."""
        raise NotImplementedError

    def _ids(self, selector: Selector, kind: Kind) -> list[int]:
        return [series.id for series in self._index.matching(selector) if series.kind is kind]

    def _gauge(self, selector: Selector, value: str, start: float, end: float) -> Reading:
        ids = self._ids(selector, Kind.GAUGE)
        if not ids:
            return Reading(None, 0, None)
        [(found, rows, newest)] = self._window(f"{value}, count(*), max(stamp)", "points", ids, start, end)
        return Reading(found, int(rows), newest)

    def _segments(self, rows: Iterable[tuple[Any, ...]]) -> list[tuple[float, float, int]]:
        counts: dict[int, dict[int, int]] = {}
        for layout, bucket, n in rows:
            counts.setdefault(layout, {})[bucket] = n
        merged = []
        for layout, by_bucket in counts.items():
            bounds = self._layouts.bounds[layout]
            merged += segments(Buckets(bounds, tuple(by_bucket.get(i, 0) for i in range(len(bounds) + 1))))
        return merged

    def _window(
        self,
        columns: str,
        table: str,
        ids: list[int],
        start: float,
        end: float,
        group: str | None = None,
        named: bool = False,
    ) -> list[tuple[Any, ...]]:
        somebody = "AND subject <> 0" if named else ""
        sql = (
            f"SELECT {columns} FROM {table} WHERE series IN ({_listed(ids)}) AND {_IN_WINDOW} {somebody} {group or ''}"
        )
        return self._database.rows(sql, [start, end])


def _listed(ids: list[int]) -> str:
    return ", ".join(map(str, ids))
