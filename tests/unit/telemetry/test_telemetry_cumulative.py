"""Running totals: what counts, over restarts on either side."""

from __future__ import annotations

import pytest

from tminus.plan.selector import Selector, parse_selector

NOW = 1_800_000_000.0
EVER = (NOW - 500_000, NOW + 500_000)


def count(store, text="requests"):
    store.flush()
    return store.count(parse_selector(text), *EVER).value


def test_differences_count_not_totals(store, rows):
    for at, value in ((1, 5), (2, 5), (3, 12)):
        store.offer([rows.counter(value, at, started=0)])
    assert count(store) == 12


def test_a_long_running_process_seen_for_the_first_time_is_a_base_line(store, rows):
    store.offer([rows.counter(1_000_000, 1, started=-90_000)])
    assert count(store) == 0
    store.offer([rows.counter(1_000_007, 2, started=-90_000)])
    assert count(store) == 7


def test_a_label_set_that_is_new_in_a_known_process_counts_in_full(store, rows):
    store.offer([rows.counter(1_000_000, 1, started=-90_000, code="200")])
    store.offer(
        [rows.counter(1_000_000, 2, started=-90_000, code="200"), rows.counter(3, 2, started=-90_000, code="500")]
    )
    assert count(store, 'requests{code="500"}') == 3


def test_label_sets_of_one_and_the_same_first_report_are_all_base_lines(store, rows):
    store.offer([rows.counter(10, 1, started=-90_000, code="200"), rows.counter(3, 1.01, started=-90_000, code="500")])
    assert count(store) == 0


def test_a_fall_without_a_new_start_is_a_reset(store, rows):
    for at, value in ((1, 50), (2, 4), (3, 6)):
        store.offer([rows.counter(value, at, started=0)])
    assert count(store) == 56


def test_a_restarted_process_begins_a_new_total(store, rows):
    store.offer([rows.counter(50, 1, started=0)])
    store.offer([rows.counter(60, 20, started=10)])
    assert count(store) == 110


def test_two_replicas_with_equal_labels_never_mix(store, rows):
    for at in range(1, 5):
        store.offer([rows.counter(100 * at, at, started=0, stream=1), rows.counter(at, at, started=0, stream=2)])
    assert count(store) == 404


def test_a_repeated_or_older_report_counts_for_nothing(store, rows):
    for at, value in ((1, 5), (3, 9), (3, 9), (2, 7)):
        store.offer([rows.counter(value, at, started=0)])
    assert count(store) == 9
    assert store.health().duplicates == 2


def test_a_repeated_delta_counts_once(store, rows):
    store.offer([rows.counter(5, 1)])
    store.offer([rows.counter(5, 1)])
    store.offer([rows.counter(5, 2)])
    assert count(store) == 10


@pytest.mark.parametrize("down_seconds", [5, 5000])
def test_a_restart_of_the_store_loses_and_doubles_nothing(open_store, clock, rows, tmp_path, down_seconds):
    store = open_store(tmp_path / "t.duckdb")
    store.offer([rows.counter(5, 1, started=0), rows.histogram((1, 0, 0, 0), 1, started=0)])
    store.close()
    clock.now += down_seconds
    again = open_store(tmp_path / "t.duckdb")
    again.offer([rows.counter(8, down_seconds, started=0), rows.histogram((1, 2, 0, 0), down_seconds, started=0)])
    again.offer([rows.counter(4, down_seconds, started=3, stream=2)])
    assert count(again) == 12
    assert count(again, "duration") == 3


def test_the_backlog_of_an_outage_is_dated_within_the_outage(store, rows):
    store.offer([rows.counter(0, 0, started=0)])
    store.offer([rows.counter(1000, 1000, started=0)])
    store.flush()
    assert store.count(Selector("requests"), NOW + 900, NOW + 1000).value == 0
    assert store.count(Selector("requests"), NOW + 499, NOW + 501).value == 1000


def test_cumulative_histograms_become_differences_by_bucket(store, rows):
    store.offer([rows.histogram((5, 0, 0, 0), 1, total=2.0, started=0)])
    store.offer([rows.histogram((5, 0, 9, 0), 2, total=29.0, started=0)])
    store.flush()
    found = store.quantile(Selector("duration"), 0.5, NOW + 1, NOW + 2)
    assert (found.low, found.high, found.count) == (2.0, 4.0, 9)
    assert store.mean(Selector("duration"), NOW + 1, NOW + 2).value == 3.0


def test_a_histogram_that_halves_its_resolution_goes_on(store, rows):
    store.offer([rows.histogram((1, 2, 3, 0), 1, started=0)])
    store.offer([rows.histogram((3, 4, 0), 2, bounds=(2.0, 4.0), started=0)])
    assert count(store, "duration") == 7
