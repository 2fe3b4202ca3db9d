"""The guards' food from the embedded telemetry: every unit and every hit once, by arm and by place."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

from tminus.errors import SourceError, StoreError
from tminus.guards import Counts
from tminus.metrics.selecting import COUNTRY_LABELS, VARIANT_LABEL, base_unit, of_flag, of_variants
from tminus.plan.model import Metric, MetricKind
from tminus.plan.selector import Selector
from tminus.ports import EVERYWHERE, Exposure, Feed, Seen
from tminus.telemetry import ArmBatch, Split, Tally, TelemetryStore

UNIT_SECONDS = 1.0
ERROR_SECONDS = 3600.0
LEAST_SAMPLES = 1000  # below these a p99 rests on fewer than ten observations
_CANARY, _CONTROL = 0, 1
_BY_ARRIVAL = (MetricKind.RATIO, MetricKind.COUNT, MetricKind.RATE)


@contextmanager
def told_by_the_source() -> Iterator[None]:
    """A store that cannot answer is a source that cannot: StoreError becomes SourceError, in the same words."""
    try:
        yield
    except StoreError as error:
        raise SourceError(error.message, hint=error.hint) from error


class EmbeddedArmSource:
    """An `ArmSource` over the telemetry store; a position is the arrival number of a row.

    ratio         a unit is a user in one second of event time (a request, where telemetry has no users). An error is a
                  user's first one in an hour: who tries a broken page again and again is one sign of harm, not twenty.
                  A success is a user in one second, as units are.
    count, rate   hits are the metric's events, a user's once an hour, or once a second where `better: higher`; units are
                  those of the traffic.
    unique        hits are users met for the first time since the exposure began, units users of the traffic likewise.
    distribution  units are observations, hits those above each level.
    share         units are users whose time since their first `of` is over, hits those of them who did `did` in time.

    A hit that is not itself a unit brings a unit of its own (see telemetry/arms.py).
    """

    def __init__(self, store: TelemetryStore) -> None:
        self._store = store

    def arms(self, feed: Feed, after: int | None) -> tuple[int, dict[str, tuple[Counts, ...]]]:
        """Everything that arrived since, and for a share everybody who ripened since; see `ArmSource.arms`."""
        rungs = len(feed.levels) if feed.metric.kind is MetricKind.DISTRIBUTION else 1
        if after is None:
            return self._store.cursor, {EVERYWHERE: (Counts(0, 0, 0, 0),) * rungs}
        with told_by_the_source():
            batch = self._count(feed, after)
        return batch.cursor, _by_place(feed, batch.tallies, rungs)

    def levels(self, feed: Feed, quantiles: Sequence[float], window: float, now: float) -> tuple[float, ...]:
        """The control's quantiles in base units; nothing below `LEAST_SAMPLES` observations. See `ArmSource.levels`."""
        metric, exposure = feed.metric, feed.exposure
        if metric.kind is not MetricKind.DISTRIBUTION:
            return ()
        start = now - window
        control = of_variants(metric.histogram, exposure, exposure.control)
        canary = of_variants(metric.histogram, exposure, (exposure.canary,))
        with told_by_the_source():
            if not self._store.count(canary, start, now).value:
                control = of_flag(metric.histogram, exposure)
            found = self._store.quantiles(control, quantiles, start, now)
        known = [one.value for one in found if one.value is not None and one.count >= LEAST_SAMPLES]
        return tuple(value * base_unit(metric) for value in known) if len(known) == len(found) else ()

    def before(self, feed: Feed, minutes: int, now: float) -> list[Counts]:
        """Ratios and counts by the minute, of those who say no variant or the control's. See `ArmSource.before`."""
        asked = self._counted(feed.metric, feed) if feed.metric.kind in _BY_ARRIVAL else None
        if asked is None:
            return []
        total, hits, unit_seconds, hit_seconds = asked
        control = Split(VARIANT_LABEL, (frozenset(), frozenset({"", *feed.exposure.control})))
        with told_by_the_source():
            ends = [self._store.cursor_at(now - 60.0 * ago) for ago in range(minutes, -1, -1)]
            batches = [
                self._store.arms(
                    of_flag(total, feed.exposure),
                    of_flag(hits, feed.exposure),
                    split=control,
                    after=begin,
                    until=end,
                    unit_seconds=unit_seconds,
                    hit_seconds=hit_seconds,
                )
                for begin, end in pairwise(ends)
                if begin < end
            ]
        return [counts for batch in batches for counts in _counts(batch, 1)]

    def seen(self, feed: Feed, after: int | None) -> tuple[int, Seen]:
        """Users met since, by arm; nobody where the metric counts without users. See `ArmSource.seen`."""
        exposure, selector = feed.exposure, used(feed)
        if after is None or selector is None:
            return self._store.cursor, Seen()
        with told_by_the_source():
            met = self._store.met(
                of_flag(selector, exposure), split=arms_of(exposure), after=after, since=exposure.since
            )
        return met.cursor, Seen(met.by_arm[_CANARY], met.by_arm[_CONTROL], met.both)

    def _count(self, feed: Feed, after: int) -> ArmBatch:
        metric, since = feed.metric, feed.exposure.since
        split = arms_of(feed.exposure)
        match metric.kind:
            case MetricKind.RATIO | MetricKind.COUNT | MetricKind.RATE | MetricKind.UNIQUE:
                return self._units(feed, after, *self._counted(metric, feed))
            case MetricKind.DISTRIBUTION:
                levels = [level / base_unit(metric) for level in feed.levels]
                histogram = of_flag(metric.histogram, feed.exposure)
                return self._store.above(histogram, levels, split=split, after=after, since=since)
            case MetricKind.SHARE:
                of, did = of_flag(metric.of, feed.exposure), of_flag(metric.did, feed.exposure)
                return self._store.ripe(of, did, _within(metric), split=split, after=after, since=since)
        raise SourceError("a guard cannot count this kind of metric by variant", retryable=False)

    def _counted(self, metric: Metric, feed: Feed) -> tuple[Selector | None, Selector | None, float, float]:
        """(units, hits, how many seconds a unit is, how many a hit)."""
        if metric.kind is MetricKind.RATIO:
            return metric.total, metric.bad or metric.good, UNIT_SECONDS, ERROR_SECONDS if metric.bad else UNIT_SECONDS
        if metric.kind is MetricKind.UNIQUE:
            return _traffic(feed), metric.unique, math.inf, math.inf
        seconds = UNIT_SECONDS if metric.better == "higher" else ERROR_SECONDS
        return _traffic(feed), metric.count, UNIT_SECONDS, seconds

    def _units(
        self,
        feed: Feed,
        after: int,
        total: Selector | None,
        hits: Selector | None,
        unit_seconds: float,
        hit_seconds: float,
    ) -> ArmBatch:
        return self._store.arms(
            of_flag(total, feed.exposure),
            of_flag(hits, feed.exposure),
            split=arms_of(feed.exposure),
            after=after,
            unit_seconds=unit_seconds,
            hit_seconds=hit_seconds,
            since=feed.exposure.since,
        )


def used(feed: Feed) -> Selector | None:
    """The events of those who used what a metric is about, whatever came of it."""
    metric = feed.metric
    return metric.total or metric.of or (feed.traffic and feed.traffic.total) or metric.count or metric.unique


def arms_of(exposure: Exposure) -> Split:
    """Canary and control, by the variant that telemetry says."""
    return Split(VARIANT_LABEL, (frozenset({exposure.canary}), frozenset(exposure.control)))


def _traffic(feed: Feed) -> Selector:
    if feed.traffic is None or feed.traffic.total is None:
        hint = "name a metric with total: as its traffic"
        raise SourceError("nothing says among how many units this count happens", hint=hint, retryable=False)
    return feed.traffic.total


def _within(metric: Metric) -> float:
    allowed = metric.within or metric.window
    if allowed is None:
        hint = "write within: under the metric"
        raise SourceError("nothing says how much time users have for the second step", hint=hint, retryable=False)
    return allowed.seconds


def _by_place(feed: Feed, tallies: Iterable[Tally], rungs: int) -> dict[str, tuple[Counts, ...]]:
    """The counts of all tallies, and of those of each place by the country that their labels say."""
    found: dict[str, list[Tally]] = defaultdict(list)
    for tally in tallies:
        found[EVERYWHERE].append(tally)
        if feed.places and (country := _country(tally)):
            for name, countries in feed.places.items():
                if country in countries:
                    found[name].append(tally)
    nothing = {EVERYWHERE: (Counts(0, 0, 0, 0),) * rungs}
    return nothing | {name: _counts(ArmBatch(0, tuple(members)), rungs) for name, members in found.items()}


def _country(tally: Tally) -> str:
    labels = dict(tally.labels)
    return next((labels[name] for name in COUNTRY_LABELS if labels.get(name)), "").upper()


def _counts(batch: ArmBatch, rungs: int) -> tuple[Counts, ...]:
    nobody = (0,) * (rungs + 1)
    canary, control = batch.sums(_CANARY) or nobody, batch.sums(_CONTROL) or nobody
    return tuple(
        Counts(*_in_bounds(control[0], control[rung]), *_in_bounds(canary[0], canary[rung]))
        for rung in range(1, rungs + 1)
    )


def _in_bounds(units: int, hits: int) -> tuple[int, int]:
    # Only a counter that falls (the net changes of a level, taken for traffic by mistake) comes out below 0 or the hits.
    return max(units, hits, 0), max(hits, 0)
