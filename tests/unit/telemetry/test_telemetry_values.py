"""Values of events: kept beside the event, added up, and by user."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tminus.errors import IngestError
from tminus.plan.selector import parse_selector
from tminus.telemetry import ArmSums, Event, labels_of
from tminus.telemetry.model import VALUE_LABEL

NOW = 1_800_000_000.0
EVER = (NOW - 10_000, NOW + 10_000)
PAID, VISITED = parse_selector("paid"), parse_selector("visited")


def paid(rows: Any, user: str, amount: float, at: float = 0.0, member: str = "amount", **labels: str) -> Event:
    event = rows.event("paid", user, at, **labels)
    return replace(event, value=amount, labels=labels_of({**dict(event.labels), VALUE_LABEL: member}))


def test_values_add_up_and_refunds_take_away(store, rows):
    store.offer([paid(rows, "a", 12.5), paid(rows, "b", 7.25, 3), paid(rows, "b", -2.25, 2)])
    store.flush()
    found = store.sum_values(PAID, "amount", *EVER)
    assert (found.value, found.newest) == (17.5, NOW + 3)


def test_cents_are_exact_over_many_rows(store, rows):
    store.offer([paid(rows, f"u{number}", 0.1) for number in range(10_000)])
    store.flush()
    assert store.sum_values(PAID, "amount", *EVER).value == pytest.approx(1000.0, abs=1e-10)


def test_a_window_has_its_end_and_not_its_start(store, rows):
    store.offer([paid(rows, "a", 1, 0), paid(rows, "a", 2, 10), paid(rows, "a", 4, 20), paid(rows, "a", 8, 21)])
    store.flush()
    assert store.sum_values(PAID, "amount", NOW, NOW + 20).value == 6
    assert store.mean_value(PAID, "amount", None, NOW, NOW + 20).value == 6


def test_an_event_without_a_number_adds_nothing_and_nobody(store, rows):
    store.offer([paid(rows, "a", 10), rows.event("paid", "b", 5)])
    store.flush()
    assert store.sum_values(PAID, "amount", *EVER).value == 10
    assert (store.mean_value(PAID, "amount", None, *EVER).value, store.count(PAID, *EVER).value) == (10, 2)


def test_a_number_that_came_as_another_member_is_not_taken_for_this_one(store, rows):
    store.offer([paid(rows, "a", 10), paid(rows, "a", 3, member="items")])
    store.flush()
    assert store.sum_values(PAID, "amount", *EVER).value == 10
    assert store.sum_values(PAID, "items", *EVER).value == 3
    assert store.sum_values(PAID, "weight", *EVER).newest is None


def test_the_mean_is_over_those_who_paid_or_over_those_who_visited(store, rows):
    store.offer([paid(rows, "a", 10), paid(rows, "a", 20), paid(rows, "b", 6), paid(rows, "z", 100)])
    store.offer([rows.event("visited", user) for user in "aabcd"])
    store.flush()
    assert store.mean_value(PAID, "amount", None, *EVER).value == pytest.approx(136 / 3)
    among = store.mean_value(PAID, "amount", VISITED, *EVER)
    assert (among.value, among.rows, among.newest) == (9.0, 4, NOW)


def test_a_mean_of_nobody_is_no_value(store, rows):
    store.offer([paid(rows, "", 10)])
    store.flush()
    assert store.mean_value(PAID, "amount", None, *EVER).value is None
    assert store.mean_value(PAID, "amount", VISITED, *EVER).value is None
    assert store.sum_values(PAID, "amount", *EVER).value == 10


def test_visitors_who_all_paid_nothing_have_a_mean_of_zero(store, rows):
    store.offer([rows.event("visited", "a"), rows.event("visited", "b")])
    store.flush()
    assert store.mean_value(PAID, "amount", VISITED, *EVER).value == 0.0


@pytest.mark.parametrize("amount", [float("inf"), float("nan"), -2e15])
def test_a_value_that_cannot_be_added_is_refused(rows, amount):
    with pytest.raises(IngestError, match="between -1e15 and 1e15"):
        paid(rows, "a", amount)


def test_the_sums_of_an_experiment_are_of_values_and_so_is_the_week_before(store, rows):
    store.offer([rows.event("opened", user, 1, variant="a") for user in "uvw"])
    store.offer([paid(rows, "u", 10, 5), paid(rows, "u", 2.5, 6), paid(rows, "v", 4, 5), paid(rows, "v", -4, 6)])
    store.offer([paid(rows, "u", 8, -50), paid(rows, "u", 1000, 5, member="items"), paid(rows, "u", 1, 0.5)])
    store.flush()
    found = store.outcomes(
        parse_selector('opened{variant="a"}'), None, PAID,
        label="variant", since=NOW, until=NOW + 100, member="amount",
    )  # fmt: skip
    # v bought and gave it back: an outcome that is worth nothing. w bought nothing.
    assert found.arms == {"a": ArmSums(3, 2, 12.5, 156.25, 8.0, 64.0, 100.0)}


def test_a_file_of_before_events_carried_values_is_opened_and_goes_on(open_store, rows, tmp_path: Path):
    path = tmp_path / "t.duckdb"
    store = open_store(path)
    store.offer([rows.event("paid", "a", 1)])
    store.close()
    with duckdb.connect(str(path)) as old:
        old.execute("ALTER TABLE events DROP COLUMN value")
    again = open_store(path)
    again.offer([paid(rows, "a", 5, 2)])
    again.flush()
    assert again.count(PAID, *EVER).value == 2
    assert again.sum_values(PAID, "amount", *EVER).value == 5
