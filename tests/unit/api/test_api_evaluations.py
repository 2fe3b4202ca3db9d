"""How often flags were asked for, over the API: known, not known, and what is no time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tminus.app.desk import Desk
from tminus.app.exposures import TelemetrySink
from tminus.metrics.embedded_exposures import EmbeddedExposureSource
from tminus.telemetry import TelemetryStore

Client = TestClient[Litestar]
PATH = "/api/flags/evaluations"


@pytest.fixture
def store(desk: Desk) -> Iterator[TelemetryStore]:
    """Telemetry on the desk's clock, read by its engine."""
    store = TelemetryStore(None, clock=desk.ledger.clock.now)
    desk._engine.watch.exposures = EmbeddedExposureSource(store)
    yield store
    store.close()


def test_answers_come_by_flag_and_variant_with_the_last_time_and_how_far_back(
    client: Client, desk: Desk, store: TelemetryStore
) -> None:
    now = desk.ledger.clock.now()
    TelemetrySink(store, desk.ledger.clock.now).send({("new-search", "on", "SPLIT"): 7}, [])
    store.flush()
    assert client.get(PATH, params={"since": now - 60}).json() == {
        "since": now - 60,
        "kept_since": now,
        "counted": {"new-search": {"on": 7}},
        "newest": {"new-search": now},
    }


@pytest.mark.usefixtures("store")
def test_where_nothing_was_ever_reported_it_is_null(client: Client) -> None:
    assert client.get(PATH).json() is None


def test_without_telemetry_it_is_null(client: Client) -> None:
    assert client.get(PATH).json() is None


@pytest.mark.parametrize("since", ["yesterday", "nan", "inf", "-1e300"])
def test_any_since_is_answered_or_refused_and_never_a_fault_of_the_server(
    client: Client, desk: Desk, store: TelemetryStore, since: str
) -> None:
    TelemetrySink(store, desk.ledger.clock.now).send({("new-search", "on", "SPLIT"): 7}, [])
    store.flush()
    assert client.get(PATH, params={"since": since}).status_code in (200, 400)


def test_a_store_that_cannot_be_read_is_a_problem_in_words(client: Client, store: TelemetryStore) -> None:
    store.close()
    answer = client.get(PATH)
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_server_without_a_launch_says_so(empty_client: Client) -> None:
    assert empty_client.get(PATH).status_code == 404
