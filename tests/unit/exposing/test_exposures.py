"""Evaluations counted, sampled and reported: to a controller over HTTP, and into a process' own telemetry."""

from __future__ import annotations

import logging
import socket
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from support.serving import served
from tminus.app.exposures import TelemetrySink
from tminus.errors import SourceError
from tminus.exposing import HttpSink, Reporter, Tally
from tminus.exposing.report import Sample
from tminus.flags import Evaluation
from tminus.held import Counts, Samples
from tminus.ingest import IngestApp
from tminus.telemetry import Event, Kind, Point, TelemetryStore

ON = Evaluation(True, "on", "SPLIT")
NOBODY = Evaluation(None, None, "ERROR", "FLAG_NOT_FOUND")
LABELS = (
    ("feature_flag.key", "f"),
    ("feature_flag.provider.name", "tminus"),
    ("feature_flag.result.reason", "split"),
    ("feature_flag.result.variant", "on"),
)


class Collected:
    """A sink that keeps what it is given, or refuses it."""

    def __init__(self) -> None:
        self.refuses = False
        self.counts: list[Counts] = []
        self.samples: list[Sample] = []

    def send(self, counts: Counts, samples: Sequence[Sample]) -> None:
        if self.refuses:
            raise SourceError("not now")
        self.counts.append(counts)
        self.samples.extend(samples)


class Given:
    """Counts that the test sets."""

    def __init__(self, **counts: int) -> None:
        self.samples: Samples = deque()
        self.of = counts

    def counts(self) -> Counts:
        return {(key, "on", "SPLIT"): times for key, times in self.of.items()}


def test_a_tally_counts_from_many_threads_without_losing_one() -> None:
    tally = Tally()

    def work(worker: int) -> None:
        for _ in range(2_000):
            tally.count("f", ON, {"targetingKey": f"u{worker}"})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert tally.counts() == {("f", "on", "SPLIT"): 16_000}
    assert len(tally.samples) == 63  # the first, and then one of 256


def test_names_that_do_not_exist_are_not_counted() -> None:
    tally = Tally()
    tally.count("nobody", NOBODY, {})
    assert tally.counts() == {}


def test_a_key_that_is_too_long_to_be_kept_is_sampled_as_nobodys() -> None:
    tally = Tally()
    tally.count("f", ON, {"targetingKey": "x" * 100_000})
    assert list(tally.samples) == [("f", "on", "SPLIT", "")]


def test_a_report_has_what_changed_as_running_totals() -> None:
    first, second, sink = Given(a=1, b=2), Given(a=10), Collected()
    reporter = Reporter([first, second], sink)
    reporter.report()
    reporter.report()
    first.of["b"] = 3
    first.samples.append(("b", "on", "SPLIT", "u"))
    reporter.report()
    assert sink.counts == [{("a", "on", "SPLIT"): 11, ("b", "on", "SPLIT"): 2}, {("b", "on", "SPLIT"): 3}]
    assert sink.samples == [("b", "on", "SPLIT", "u")]


def test_a_report_that_is_refused_is_made_up_for_by_the_next(caplog: pytest.LogCaptureFixture) -> None:
    given, sink = Given(a=1), Collected()
    reporter = Reporter([given], sink)
    sink.refuses = True
    with caplog.at_level(logging.WARNING):
        reporter.report()
        reporter.report()
    assert len(caplog.records) == 1, "said once, not every ten seconds"
    sink.refuses, given.of["a"] = False, 5
    reporter.report()
    assert sink.counts == [{("a", "on", "SPLIT"): 5}]


def test_the_last_report_is_sent_at_the_end() -> None:
    given, sink = Given(a=1), Collected()
    reporter = Reporter([given], sink, every_seconds=3600)
    reporter.start()
    reporter.close()
    assert sink.counts == [{("a", "on", "SPLIT"): 1}]


class Offered(TelemetryStore):
    """A store that shows what it was offered, and keeps it as the real one does."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, clock=time.time)
        self.offered: list[Point | Event] = []

    def offer(self, items: Sequence[Point | Event]) -> int:
        self.offered.extend(items)
        return super().offer(items)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Offered]:
    store = Offered(tmp_path / "telemetry.duckdb")
    yield store
    store.close()


def test_own_telemetry_gets_a_counter_and_events_in_opentelemetrys_words(store: Offered) -> None:
    now = time.time()
    TelemetrySink(store, lambda: now).send({("f", "on", "SPLIT"): 7}, [("f", "on", "SPLIT", "user-1")])
    point, event = store.offered
    assert isinstance(point, Point)
    assert (point.name, point.kind, point.value, point.cumulative) == (
        "feature_flag.evaluations",
        Kind.COUNTER,
        7.0,
        True,
    )
    assert isinstance(event, Event)
    assert (event.type, event.subject) == ("feature_flag.evaluation", "user-1")
    assert point.labels == event.labels == LABELS
    store.flush()


@contextmanager
def controller(store: TelemetryStore) -> Iterator[str]:
    """A controller's ingest on a real port."""
    app = IngestApp(
        store,
        authorise=lambda headers: None if headers.get("authorization") == "Bearer t" else (401, "no"),
        clock=time.time,
    )
    with served(app) as url:
        yield url


def test_a_controller_takes_reports_as_otlp_and_cloudevents(store: Offered) -> None:
    with controller(store) as url:
        sink = HttpSink(url, "t", "shop", time.time)
        sink.send({("f", "on", "SPLIT"): 7, ("g", None, "DISABLED"): 1}, [("f", "on", "SPLIT", "user-1")])
        sink.close()
    points = [one for one in store.offered if isinstance(one, Point)]
    (event,) = [one for one in store.offered if isinstance(one, Event)]
    assert [point.value for point in points] == [7.0, 1.0]
    assert all(point.cumulative and point.name == "feature_flag.evaluations" for point in points)
    assert points[0].labels == (*LABELS, ("service.name", "shop"))
    assert "feature_flag.result.variant" not in dict(points[1].labels)
    assert (event.type, event.subject, event.labels) == ("feature_flag.evaluation", "user-1", LABELS)


def test_a_controller_that_refuses_or_is_away_is_a_source_error(store: Offered) -> None:
    counts: dict[Any, int] = {("f", "on", "SPLIT"): 1}
    with controller(store) as url, pytest.raises(SourceError, match="it answers 401"):
        HttpSink(url, "wrong", "shop", time.time).send(counts, [])
    with pytest.raises(SourceError, match="takes no reports"):
        HttpSink("http://127.0.0.1:9", "t", "shop", time.time).send(counts, [])


def test_a_key_that_is_no_unicode_is_reported_all_the_same(store: Offered) -> None:
    tally = Tally()
    tally.count("f", ON, {"targetingKey": "user-\ud800"})
    with controller(store) as url:
        Reporter([tally], HttpSink(url, "t", "shop", time.time)).report()
    (event,) = [one for one in store.offered if isinstance(one, Event)]
    assert event.subject == "user-?"


def test_samples_wait_for_a_controller_that_is_away_the_oldest_fall_out(store: Offered) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        sink = HttpSink(f"http://127.0.0.1:{taken.getsockname()[1]}", "t", "shop", time.time)
        for number in range(1_200):
            with pytest.raises(SourceError):
                sink.send({("f", "on", "SPLIT"): number + 1}, [("f", "on", "SPLIT", f"u{number}")])
    with controller(store) as url:
        sink._url = url
        sink.send({("f", "on", "SPLIT"): 1_201}, [])
        sink.send({("f", "on", "SPLIT"): 1_202}, [])
    events = [one for one in store.offered if isinstance(one, Event)]
    assert [event.subject for event in events] == [f"u{number}" for number in range(200, 1_200)]
