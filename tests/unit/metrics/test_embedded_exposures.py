"""The port for evaluations on a real telemetry store, running and as a file that nobody has open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tminus.app.exposures import TelemetrySink
from tminus.errors import SourceError, StoreError
from tminus.exposing.names import COUNTER, attributes
from tminus.held import Counts
from tminus.metrics.embedded_exposures import EmbeddedExposureSource
from tminus.metrics.selecting import VARIANT_LABEL
from tminus.plan.model import Metric
from tminus.ports import Exposure, Feed
from tminus.telemetry import Event, Kind, Point, TelemetryFile, TelemetryStore, labels_of

NOW = 1_800_000_000.0
HOUR, DAY = 3600.0, 86_400.0
PAGE = Exposure("page", "on", ("off",))
ERRORS = Metric.model_validate({"source": "events", "bad": 'request{error="true"}', "total": "request"})
FEED = Feed(ERRORS, PAGE)
Asking = Callable[[], EmbeddedExposureSource]


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[TelemetryStore]:
    store = TelemetryStore(tmp_path / "telemetry.duckdb", clock=clock)
    yield store
    store.close()


@pytest.fixture(params=["running", "file"])
def asking(request: pytest.FixtureRequest, tmp_path: Path, store: TelemetryStore) -> Asking:
    """The source over what has been stored so far: by the process that runs, or after its end."""

    def make() -> EmbeddedExposureSource:
        if request.param == "running":
            return EmbeddedExposureSource(store)
        store.close()
        return EmbeddedExposureSource(TelemetryFile(tmp_path / "telemetry.duckdb"))

    return make


def report(store: TelemetryStore, sink: TelemetrySink, counts: Counts) -> None:
    sink.send(counts, [])
    store.flush()


def total(value: float, at: float, stream: int, started: float = NOW + 1) -> Point:
    labels = labels_of(attributes("page", "on", "SPLIT"))
    return Point(COUNTER, Kind.COUNTER, at, value, labels, cumulative=True, started_at=started, stream=stream)


numbers = count()


def event(kind: str, user: str, at: float, flag: str = "page", variant: str = "on") -> Event:
    labels = labels_of({"feature_flag.key": flag, VARIANT_LABEL: variant})
    return Event(str(next(numbers)), "test", kind, NOW + at, user, labels)


def test_without_any_evaluation_nothing_is_known(store: TelemetryStore, asking: Asking) -> None:
    store.offer([event("request", "ann", 0)])
    store.flush()
    found = asking()
    assert (found.answers(NOW - HOUR), found.newest()) == (None, {})


def test_evaluations_are_summed_by_flag_and_variant_whatever_the_reason(
    store: TelemetryStore, clock: Clock, asking: Asking
) -> None:
    sink = TelemetrySink(store, clock)
    clock.now += 10
    counts: Counts = {("page", "on", "SPLIT"): 5, ("page", "on", "TARGETING_MATCH"): 2, ("page", None, "ERROR"): 1}
    report(store, sink, {**counts, ("cart", "off", "STATIC"): 9})
    found = asking()
    assert found.answers(NOW) == {"page": {"on": 7, "": 1}, "cart": {"off": 9}}
    assert set(found.newest()) == {"page", "cart"}


def test_instances_are_summed_and_one_that_starts_over_counts_in_full(
    store: TelemetryStore, clock: Clock, asking: Asking
) -> None:
    for seconds, values in ((10, (100, 40)), (20, (150, 5))):
        clock.now = NOW + seconds
        store.offer([total(value, clock.now, stream) for stream, value in enumerate(values, 1)])
        store.flush()
    assert asking().answers(NOW) == {"page": {"on": 100 + 40 + 50 + 5}}


def test_a_flag_that_is_asked_for_after_hours_of_quiet_is_asked_for_now(
    store: TelemetryStore, clock: Clock, asking: Asking
) -> None:
    sink = TelemetrySink(store, clock)
    clock.now += 10
    report(store, sink, {("page", "on", "SPLIT"): 5})
    clock.now += 6 * HOUR
    report(store, sink, {("page", "on", "SPLIT"): 6})
    found = asking()
    assert found.answers(clock.now - 60) == {"page": {"on": 1}}
    assert found.newest()["page"] == pytest.approx(clock.now, abs=10)


def test_a_flag_that_nobody_asks_for_any_more_keeps_its_last_time_and_is_known(
    store: TelemetryStore, clock: Clock, asking: Asking
) -> None:
    sink = TelemetrySink(store, clock)
    clock.now += 10
    report(store, sink, {("page", "on", "SPLIT"): 5})
    clock.now += 3 * DAY
    store.offer([event("request", "ann", 3 * DAY)])
    store.flush()
    found = asking()
    assert found.answers(clock.now - HOUR) == {}, "none, which is known, and not unknown"
    assert found.newest()["page"] == pytest.approx(NOW + 10, abs=10)


@pytest.mark.parametrize(("days", "kept"), [(12, 12), (40, 15)])
def test_evaluations_are_kept_since_the_file_was_begun_and_for_the_retention_at_most(
    store: TelemetryStore, asking: Asking, days: float, kept: float
) -> None:
    assert asking().kept_since(NOW + days * DAY) == NOW + (days - kept) * DAY


def test_a_sampled_user_is_seen_where_telemetry_has_them_with_the_variant_they_were_given(
    store: TelemetryStore, asking: Asking
) -> None:
    evaluation = "feature_flag.evaluation"
    given = [event(evaluation, "ann", 10), event(evaluation, "bob", 10), event(evaluation, "cy", 10, variant="off")]
    elsewhere = [event(evaluation, "dan", 10, flag="cart"), event(evaluation, "", 10), event(evaluation, "eve", 500)]
    seen = [
        event("request", "ann", 15),
        event("request", "bob", 15, variant="off"),
        event("request", "cy", -5, variant="off"),
    ]
    store.offer([*given, *elsewhere, *seen, event("request", "ann", 16)])
    store.flush()
    found = asking().followed(FEED, NOW, NOW + 100)
    assert sorted((one.canary, one.seen) for one in found) == [(False, True), (True, False), (True, True)]


def test_what_is_reported_much_later_is_not_what_the_answer_led_to(store: TelemetryStore, asking: Asking) -> None:
    store.offer([event("feature_flag.evaluation", "ann", 10), event("request", "ann", 10 + 121)])
    store.flush()
    assert [one.seen for one in asking().followed(FEED, NOW, NOW + 100)] == [False]


def test_a_file_that_another_process_writes_is_refused_with_its_name(store: TelemetryStore, tmp_path: Path) -> None:
    # In one process DuckDB says it otherwise; between two it names the lock. Either way nothing is read.
    with pytest.raises(StoreError, match=r"telemetry\.duckdb"):
        TelemetryFile(tmp_path / "telemetry.duckdb")


def test_a_store_that_cannot_be_read_is_a_source_error(store: TelemetryStore) -> None:
    source = EmbeddedExposureSource(store)
    store.close()
    with pytest.raises(SourceError):
        source.kept_since(NOW)
