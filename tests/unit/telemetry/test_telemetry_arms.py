"""The guard's input: units and hits by arm, nothing lost and nothing twice."""

from __future__ import annotations

import math

import pytest

from tminus.errors import UsageError
from tminus.plan.selector import Selector, parse_selector
from tminus.telemetry import Split

TOTAL, BAD = Selector("request"), parse_selector('request{ok="no"}')
SPLIT = Split("variant", (frozenset({"on"}), frozenset({"off", ""})))


def ask(store, after=0, total=TOTAL, hits=BAD, unit=60.0, hit=60.0, since=0.0):
    """(units, hits) of canary and control, and the cursor."""
    store.flush()
    batch = store.arms(total, hits, split=SPLIT, after=after, unit_seconds=unit, hit_seconds=hit, since=since)
    return batch.sums(0) or (0, 0), batch.sums(1) or (0, 0), batch.cursor


def test_a_unit_counts_once_a_window_and_its_errors_once(store, rows):
    store.offer([rows.event("request", "u1", at, variant="on", ok="no") for at in (0, 1, 2)])
    store.offer(
        [rows.event("request", "u1", 61, variant="on", ok="yes"), rows.event("request", "u2", 1, variant="off")]
    )
    assert ask(store)[:2] == ((2, 1), (1, 0))


def test_units_and_hits_have_windows_of_their_own(store, rows):
    store.offer([rows.event("request", "u1", at, variant="on", ok="no") for at in (0, 1, 2, 3)])
    assert ask(store, unit=1, hit=3600)[0] == (4, 1)


def test_a_first_error_in_a_second_that_was_counted_brings_a_unit_of_its_own(store, rows):
    store.offer([rows.event("request", "u1", 0, variant="on", ok="yes")])
    first = ask(store)
    store.offer([rows.event("request", "u1", 1, variant="on", ok="no")])
    second = ask(store, first[2])
    store.offer([rows.event("request", "u1", 2, variant="on", ok="no")])
    third = ask(store, second[2])
    assert [found[0] for found in (first, second, third)] == [(1, 0), (1, 1), (0, 0)]
    assert ask(store)[0] == (2, 1)


def test_a_hit_that_comes_as_an_event_of_its_own_is_a_unit_of_its_own(store, rows):
    failed = Selector("failed")
    store.offer([rows.event("failed", "u1", 1, variant="on")])
    first = ask(store, hits=failed)
    store.offer([rows.event("request", "u1", 0, variant="on")])
    second = ask(store, first[2], hits=failed)
    assert (first[0], second[0]) == ((1, 1), (1, 0))


def test_late_events_count_when_they_arrive_under_their_own_window(store, rows):
    store.offer([rows.event("request", "u1", 0, variant="on", ok="no"), rows.event("request", "u1", 600, variant="on")])
    first = ask(store)
    late = [rows.event("request", "u1", at, variant="on", ok="no") for at in (5, 300)]
    store.offer(late)
    assert ask(store, first[2])[0] == (1, 1)


def test_events_without_a_subject_are_units_of_their_own(store, rows):
    store.offer([rows.event("request", "", 1, variant="on", ok=ok) for ok in ("yes", "no", "no")])
    assert ask(store)[0] == (3, 2)
    assert ask(store, unit=math.inf, hit=math.inf)[0] == (3, 2)


def test_once_and_for_all_is_once_in_days(store, rows):
    store.offer([rows.event("request", "u1", at, variant="on", ok="no") for at in (-90_000, 0)])
    first = ask(store, unit=math.inf, hit=math.inf)
    store.offer([rows.event("request", "u1", 10, variant="on", ok="no")])
    assert (first[0], ask(store, first[2], unit=math.inf, hit=math.inf)[0]) == ((1, 1), (0, 0))


def test_what_is_dated_before_the_attempt_does_not_exist(store, rows):
    store.offer([rows.event("request", "u1", at, variant="on", ok="no") for at in (-5, 5)])
    store.offer([rows.counter(7, -5, name="request", variant="on"), rows.counter(2, 5, name="request", variant="on")])
    assert ask(store, since=1_800_000_000.0)[0] == (3, 1)


def test_counters_are_summed_and_a_hit_outside_the_total_is_a_unit(store, rows):
    store.offer([rows.counter(10, 1, name="request", variant="on", ok="yes"), rows.counter(3, 1, name="failed")])
    assert ask(store)[:2] == ((10, 0), (0, 0))
    assert ask(store, hits=Selector("failed"))[:2] == ((10, 0), (3, 3))


def test_fractions_of_counters_add_up_over_many_calls(store, rows):
    cursor, units = 0, 0
    for call in range(20):
        store.offer([rows.counter(0.3, 20 * call + at, name="request", variant="on") for at in range(20)])
        (more, _), _, cursor = ask(store, cursor)
        units += more
    assert units == ask(store)[0][0]
    assert abs(units - 120) <= 25  # of 400 each with a chance of 0.3: within 2.7 standard deviations


def test_a_series_of_neither_arm_counts_for_nobody(store, rows):
    store.offer([rows.event("request", "u1", 0, variant="purple", ok="no")])
    assert ask(store)[:2] == ((0, 0), (0, 0))


def test_nothing_new_is_an_empty_answer_with_the_same_cursor(store, rows):
    store.offer([rows.event("request", "u1", 0, variant="on")])
    cursor = ask(store)[2]
    assert ask(store, cursor) == ((0, 0), (0, 0), cursor)


def test_the_cursor_goes_on_over_a_restart(open_store, rows, tmp_path):
    store = open_store(tmp_path / "t.duckdb")
    store.offer([rows.event("request", "u1", 0, variant="on", ok="no")])
    cursor = ask(store)[2]
    store.offer([rows.event("request", "u2", 0, variant="on", ok="no")])
    store.close()
    again = open_store(tmp_path / "t.duckdb")
    again.offer([rows.event("request", "u1", 1, variant="on", ok="no")])
    assert ask(again, cursor)[0] == (1, 1)


def test_seconds_below_nothing_are_refused(store):
    with pytest.raises(UsageError, match="above 0"):
        ask(store, unit=0)
