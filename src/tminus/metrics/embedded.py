"""Metrics from the embedded telemetry: what services sent by OTLP and as CloudEvents."""

from __future__ import annotations

from msgspec.structs import replace

from tminus.core.assessment import Measurement
from tminus.errors import StoreError
from tminus.metrics.selecting import base_unit, narrowed
from tminus.plan.model import Metric, MetricKind
from tminus.ports import Question
from tminus.telemetry import TelemetryStore

_EXTREMES = {"max": 1.0, "min": 0.0}  # as quantiles: as near as the buckets say


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
                return self._gauge(question, start, end)
            case MetricKind.UNIQUE:
                seen = self._store.unique(narrowed(metric.unique, question), start, end)
                return self._counted(seen.value, seen.newest)
            case MetricKind.SHARE:
                return self._share(question, start, end)
            case MetricKind.SUM:
                return self._sum(question, start, end)
        return Measurement(None, error=f"{self._name} cannot answer this kind of metric")

    def _ratio(self, question: Question, start: float, end: float) -> Measurement:
        metric = question.metric
        total = self._store.count(narrowed(metric.total, question), start, end)
        if not total.value:
            return Measurement(None, newest=total.newest, error="no data in the window")
        hits = self._store.count(narrowed(metric.bad or metric.good, question), start, end).value
        return Measurement(hits / total.value, hits=hits, total=total.value, newest=total.newest)

    def _count(self, question: Question, start: float, end: float) -> Measurement:
        total = self._store.count(narrowed(question.metric.count, question), start, end)
        found = self._counted(total.value, total.newest)
        if found.value is None or question.metric.kind is MetricKind.COUNT:
            return found
        return replace(found, value=found.value / question.window)

    def _counted(self, value: float, newest: float | None) -> Measurement:
        """None of something rare is a good answer, but only while the store hears anything at all."""
        return Measurement(value, newest=newest if newest is not None else self._store.health().committed_at or 0.0)

    def _gauge(self, question: Question, start: float, end: float) -> Measurement:
        store, metric = self._store, question.metric
        ask = {"max": store.max_gauge, "min": store.min_gauge, "mean": store.mean_gauge}
        reading = ask.get(question.aggregate or "", store.last)(narrowed(metric.gauge, question), start, end)
        return Measurement(_scaled(reading.value, metric), newest=reading.newest)

    def _distribution(self, question: Question, start: float, end: float) -> Measurement:
        selector, aggregate = narrowed(question.metric.histogram, question), question.aggregate or "mean"
        if aggregate == "count":
            total = self._store.count(selector, start, end)
            return self._counted(total.value, total.newest)
        if aggregate in ("mean", "sum"):
            mean = self._store.mean(selector, start, end)
            times = mean.rows if aggregate == "sum" else 1
            value = None if mean.value is None else mean.value * times
            return Measurement(_scaled(value, question.metric), newest=mean.newest)
        quantile = _EXTREMES.get(aggregate)
        if quantile is None:
            quantile = 0.5 if aggregate == "median" else float(aggregate.removeprefix("p")) / 100
        found = self._store.quantile(selector, quantile, start, end)
        return Measurement(_scaled(found.value, question.metric), newest=found.newest)

    def _share(self, question: Question, start: float, end: float) -> Measurement:
        metric = question.metric
        within = metric.within.seconds if metric.within else question.window
        share = self._store.share(narrowed(metric.of, question), narrowed(metric.did, question), within, start, end)
        if not share.of:
            return Measurement(None, newest=share.newest, error="nobody did the first thing in the window")
        return Measurement(share.did / share.of, hits=share.did, total=share.of, newest=share.newest)

    def _sum(self, question: Question, start: float, end: float) -> Measurement:
        metric, selector = question.metric, narrowed(question.metric.sum, question)
        assert metric.value is not None
        if metric.per is None:
            total = self._store.sum_values(selector, metric.value, start, end)
            found = self._counted(total.value, total.newest)
            return replace(found, value=_scaled(found.value, metric))
        among = narrowed(metric.of, question) if metric.of else None
        mean = self._store.mean_value(selector, metric.value, among, start, end)
        if mean.value is None:
            return Measurement(None, newest=mean.newest, error="no users in the window")
        return Measurement(_scaled(mean.value, metric), newest=mean.newest)


def _scaled(value: float | None, metric: Metric) -> float | None:
    return None if value is None else value * base_unit(metric)
