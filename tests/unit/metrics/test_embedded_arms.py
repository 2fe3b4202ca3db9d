from __future__ import annotations

from collections.abc import Iterator

import pytest

from tminus.guards import Counts
from tminus.metrics.embedded import VARIANT_LABEL, EmbeddedArmSource
from tminus.plan.model import Metric
from tminus.ports import EVERYWHERE, Exposure, Feed
from tminus.telemetry import Event, TelemetryStore

METRIC = Metric.model_validate({"source": "events", "bad": 'request{error="true"}', "total": "request"})
NOW = 1_800_000_000.0


@pytest.fixture
def store() -> Iterator[TelemetryStore]:
    store = TelemetryStore(None, clock=lambda: NOW + 600)
    yield store
    store.close()


def asked(number: int, user: str, at: float, *, failed: bool, variant: str = "on") -> Event:
    labels = (("error", str(failed).lower()), (VARIANT_LABEL, variant))
    return Event(id=str(number), source="test", type="request", at=at, subject=user, labels=labels)


def counts(store: TelemetryStore, events: list[Event], exposure: Exposure) -> Counts:
    after = store.cursor
    store.offer(events)
    store.flush()
    return EmbeddedArmSource(store).arms(Feed(METRIC, exposure), after)[1][EVERYWHERE][0]


def test_a_user_who_keeps_failing_counts_once_an_hour_and_stays_in_the_traffic(store: TelemetryStore) -> None:
    events = [asked(n, "ann", NOW + 10 * n, failed=True) for n in range(5)]
    events += [asked(10 + n, "bob", NOW + 10 * n, failed=False, variant="off") for n in range(5)]
    assert counts(store, events, Exposure("page", "on", ("off",))) == Counts(5, 0, 5, 1)


def test_who_failed_in_the_attempt_before_fails_anew_in_this_one(store: TelemetryStore) -> None:
    before = [asked(n, f"user-{n}", NOW + n, failed=True) for n in range(20)]
    assert counts(store, before, Exposure("page", "on", ("off",), since=NOW - 1)).canary_hits == 20
    again = [asked(100 + n, f"user-{n}", NOW + 100 + n, failed=True) for n in range(20)]
    assert counts(store, again, Exposure("page", "on", ("off",), since=NOW + 60)).canary_hits == 20


def test_what_is_dated_before_the_attempt_does_not_count_however_late_it_comes(store: TelemetryStore) -> None:
    late = [asked(1, "ann", NOW, failed=True), asked(2, "bob", NOW + 90, failed=False)]
    assert counts(store, late, Exposure("page", "on", ("off",), since=NOW + 60)) == Counts(0, 0, 1, 0)
