"""Metrics from the embedded telemetry: what services sent by OTLP and as CloudEvents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tminus.core.assessment import Measurement
from tminus.errors import SourceError, StoreError
from tminus.guards import Counts
from tminus.plan.criterion import Arm
from tminus.plan.model import Metric, MetricKind
from tminus.plan.selector import Matcher, Selector
from tminus.ports import EVERYWHERE, Exposure, Feed, Question, Seen
from tminus.telemetry import ArmBatch, TelemetryStore

# OpenTelemetry's semantic conventions for feature flags.
FLAG_LABEL = "feature_flag.key"
VARIANT_LABEL = "feature_flag.result.variant"
UNIT_SECONDS = 1.0
ERROR_SECONDS = 3600.0
_SECONDS = {"ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9, "min": 60.0, "h": 3600.0}


class EmbeddedMetricSource:
    """A `MetricSource` over the telemetry store; `name` is what people read as the source of a value."""

    def __init__(self, store: TelemetryStore, name: str) -> None:
        self._store = store
        self._name = name

    def measure(self, question: Question, now: float) -> Measurement:
        """The value over (now - window, now]."""
        try:
            found = self._measure(question, now - question.window, now)
        except StoreError as error:
            found = Measurement(None, error=str(error))
        return replace(found, source=self._name)

    def _measure(self, question: Question, start: float, end: float) -> Measurement:
        metric = question.metric
        match metric.kind:
            case MetricKind.RATIO:
                return self._ratio(question, start, end)
            case MetricKind.COUNT | MetricKind.RATE:
                return self._count(question, start, end)
            case MetricKind.DISTRIBUTION:
                return self._distribution(question, start, end)
            case MetricKind.GAUGE:
                reading = self._store.last(_narrowed(metric.gauge, question), start, end)
                return Measurement(_scaled(reading.value, metric), newest=reading.newest)
            case MetricKind.UNIQUE:
                seen = self._store.unique(_narrowed(metric.unique, question), start, end)
                return self._counted(seen.value, seen.newest)
            case MetricKind.SHARE:
                return self._share(question, start, end)
        return Measurement(None, error=f"{self._name} cannot answer this kind of metric")

    def _ratio(self, question: Question, start: float, end: float) -> Measurement:
        metric = question.metric
        total = self._store.count(_narrowed(metric.total, question), start, end)
        if not total.value:
            return Measurement(None, newest=total.newest, error="no data in the window")
        hits = self._store.count(_narrowed(metric.bad or metric.good, question), start, end).value
        return Measurement(hits / total.value, hits=hits, total=total.value, newest=total.newest)

    def _count(self, question: Question, start: float, end: float) -> Measurement:
        total = self._store.count(_narrowed(question.metric.count, question), start, end)
        found = self._counted(total.value, total.newest)
        if found.value is None or question.metric.kind is MetricKind.COUNT:
            return found
        return replace(found, value=found.value / question.window)

    def _counted(self, value: float, newest: float | None) -> Measurement:
        """None of something rare is a good answer, but only while the store hears anything at all."""
        return Measurement(value, newest=newest if newest is not None else self._store.health().committed_at or 0.0)

    def _distribution(self, question: Question, start: float, end: float) -> Measurement:
        selector, aggregate = _narrowed(question.metric.histogram, question), question.aggregate or "mean"
        if aggregate == "mean":
            mean = self._store.mean(selector, start, end)
            return Measurement(_scaled(mean.value, question.metric), newest=mean.newest)
        quantile = 0.5 if aggregate == "median" else float(aggregate.removeprefix("p")) / 100
        found = self._store.quantile(selector, quantile, start, end)
        return Measurement(_scaled(found.value, question.metric), newest=found.newest)

    def _share(self, question: Question, start: float, end: float) -> Measurement:
        metric = question.metric
        within = metric.within.seconds if metric.within else question.window
        share = self._store.share(_narrowed(metric.of, question), _narrowed(metric.did, question), within, start, end)
        if not share.of:
            return Measurement(None, newest=share.newest, error="nobody did the first thing in the window")
        return Measurement(share.did / share.of, hits=share.did, total=share.of, newest=share.newest)


class EmbeddedArmSource:
    """An `ArmSource` over the telemetry store.

    A unit is a user in one second of event time (a request, where telemetry has no users), an error is a user's first
    one in an hour: a user whose page is broken and who tries again and again is one sign of harm, not twenty, while the
    share of either arm stays what it is in traffic.
    """

    def __init__(self, store: TelemetryStore) -> None:
        self._store = store

    def arms(self, feed: Feed, after: int | None) -> tuple[int, dict[str, tuple[Counts, ...]]]:
        """Units and units with an error of everything that arrived since."""
        metric, exposure = feed.metric, feed.exposure
        if after is None:
            return self._store.cursor, {EVERYWHERE: (Counts(0, 0, 0, 0),)}
        total, bad = _of_flag(metric.total, exposure), _of_flag(metric.bad, exposure)
        try:
            failed = self._store.arms(
                bad, bad, label=VARIANT_LABEL, after=after, dedup_seconds=ERROR_SECONDS, since=exposure.since
            )
            seen = self._store.arms(
                total,
                total,
                label=VARIANT_LABEL,
                after=after,
                dedup_seconds=UNIT_SECONDS,
                until=failed.cursor,
                since=exposure.since,
            )
        except StoreError as error:
            raise SourceError(error.message, hint=error.hint) from error
        return failed.cursor, {EVERYWHERE: (_counts(_split(seen, exposure), _split(failed, exposure)),)}

    def levels(self, feed: Feed, quantiles: Sequence[float], window: float, now: float) -> tuple[float, ...]:
        """None: here is nothing that takes time."""
        return ()

    def seen(self, feed: Feed, after: int | None) -> tuple[int, Seen]:
        """Nobody: requests here have no users."""
        return after or 0, Seen()


def _split(batch: ArmBatch, exposure: Exposure) -> tuple[int, int]:
    """(canary, control) of what a batch counted."""
    canary = batch.arms.get(exposure.canary, (0, 0))[0]
    return canary, sum(batch.arms.get(variant, (0, 0))[0] for variant in exposure.control)


def _counts(units: tuple[int, int], errors: tuple[int, int]) -> Counts:
    # A user who was counted a moment ago may fail within the same second: the error then comes without a unit.
    # Counting the unit again is the careful side, since it only ever lowers the rate that the guard sees.
    return Counts(max(units[1], errors[1]), errors[1], max(units[0], errors[0]), errors[0])


def _of_flag(selector: Selector | None, exposure: Exposure) -> Selector:
    """Measurements of this flag, or of services that report one flag only and do not name it."""
    assert selector is not None
    return Selector(selector.name, (*selector.matchers, Matcher(FLAG_LABEL, "=~", f"({re.escape(exposure.flag)})?")))


def _narrowed(selector: Selector | None, question: Question) -> Selector:
    assert selector is not None
    if question.arm is Arm.ALL or question.exposure is None:
        return selector
    exposure = question.exposure
    pattern = "|".join(re.escape(variant) for variant in exposure.variants(question.arm))
    of_flag = _of_flag(selector, exposure)
    return Selector(of_flag.name, (*of_flag.matchers, Matcher(VARIANT_LABEL, "=~", pattern)))


def _scaled(value: float | None, metric: Metric) -> float | None:
    return None if value is None else value * _SECONDS.get(metric.unit, 1.0)
