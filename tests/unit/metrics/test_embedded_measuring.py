"""What a criterion gets as an answer from the embedded telemetry."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tminus.metrics.embedded import EmbeddedMetricSource
from tminus.plan.criterion import Arm
from tminus.plan.model import Metric
from tminus.ports import Question
from tminus.telemetry import Buckets, Kind, Point, TelemetryStore

NOW = 1_800_000_000.0


@pytest.fixture
def store() -> Iterator[TelemetryStore]:
    store = TelemetryStore(None, clock=lambda: NOW)
    yield store
    store.close()


def value(store: TelemetryStore, metric: dict[str, str], aggregate: str | None) -> float | None:
    question = Question(Metric.model_validate({"source": "app", **metric}), aggregate, Arm.ALL, 60.0)
    found = EmbeddedMetricSource(store, "app").measure(question, NOW)
    assert not found.error
    return found.value


@pytest.mark.parametrize(("aggregate", "expected"), [(None, 0.003), ("max", 0.009), ("min", 0.001), ("mean", 0.005)])
def test_a_gauge_answers_with_the_aggregate_that_was_asked(
    store: TelemetryStore, aggregate: str | None, expected: float
) -> None:
    store.offer([Point("lag", Kind.GAUGE, NOW - at, height) for at, height in ((30, 1), (20, 7), (10, 9), (5, 3))])
    store.flush()
    assert value(store, {"gauge": "lag", "unit": "ms"}, aggregate) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [(None, 0.15), ("mean", 0.15), ("sum", 1.5), ("count", 10), ("max", 0.4), ("min", 0.0), ("p50", 0.1)],
)
def test_a_distribution_answers_with_the_aggregate_that_was_asked(
    store: TelemetryStore, aggregate: str | None, expected: float
) -> None:
    store.offer([Point("took", Kind.HISTOGRAM, NOW - 5, 1500.0, buckets=Buckets((100.0, 200.0, 400.0), (5, 3, 2, 0)))])
    store.flush()
    assert value(store, {"histogram": "took", "unit": "ms"}, aggregate) == pytest.approx(expected)
