"""Observations of histograms above some levels, by arm and by arrival."""

from __future__ import annotations

import duckdb
import pytest

from tminus.plan.selector import Selector
from tminus.telemetry import Buckets, Kind, Point, Split, labels_of
from tminus.telemetry.histogram import parts_above

NOW = 1_800_000_000.0
SPLIT = Split("variant", (frozenset({"on"}), frozenset({"off"})))


def sent(counts, at, variant="on", bounds=(1.0, 2.0, 4.0)):
    labels = labels_of({"variant": variant})
    return Point("duration", Kind.HISTOGRAM, NOW + at, 0.0, labels, buckets=Buckets(bounds, counts))


def ask(store, levels, after=0, since=0.0):
    store.flush()
    batch = store.above(Selector("duration"), levels, split=SPLIT, after=after, since=since)
    return batch.sums(0), batch.sums(1), batch.cursor


def test_a_bucket_is_cut_where_the_level_lies(store):
    store.offer([sent((10, 10, 100, 5), 1), sent((1, 0, 0, 0), 1, "off")])
    assert ask(store, (1.0, 2.0, 2.5, 4.0))[:2] == ((125, 115, 105, 80, 5), (1, 0, 0, 0, 0))


def test_what_lies_in_the_open_bucket_is_above_every_level(store):
    store.offer([sent((0, 0, 0, 7), 1)])
    assert ask(store, (100.0,))[0] == (7, 7)


def test_parts_above_are_one_less_what_quantiles_take_to_lie_below():
    assert parts_above((1.0, 2.0), 0.25) == pytest.approx([0.75, 1.0, 1.0])
    assert parts_above((-1.0, 1.0), 0.0) == pytest.approx([0.0, 0.5, 1.0])


def test_a_bucket_that_is_cut_adds_up_over_many_calls(store):
    cursor, above = 0, 0
    for call in range(20):
        store.offer([sent((0, 1, 0, 0), 20 * call + number) for number in range(20)])
        (_, more), _, cursor = ask(store, (1.7,), cursor)
        above += more
    assert above == ask(store, (1.7,))[0][1]
    assert abs(above - 120) <= 25  # of 400 each with a chance of 0.3: within 2.7 standard deviations


def test_a_higher_level_never_has_more_above_it(store):
    store.offer([sent((3, 5, 7, 1), at) for at in range(20)])
    _, *above = ask(store, (0.5, 1.1, 1.5, 1.9, 2.1, 3.9))[0]
    assert above == sorted(above, reverse=True)


def test_histograms_without_bounds_and_with_other_bounds_meet_in_one_answer(store):
    store.offer([sent((9,), 1, bounds=()), sent((2, 4), 2, bounds=(3.0,)), sent((0, 0, 2, 0), 3)])
    assert ask(store, (3.0,))[0] == (8, 5)


def test_observations_from_before_the_attempt_do_not_exist(store):
    store.offer([sent((0, 0, 0, 1), -5), sent((0, 0, 0, 2), 5)])
    assert ask(store, (1.0,), since=NOW)[0] == (2, 2)


def test_a_file_from_before_latencies_were_watched_is_read_on(open_store, tmp_path):
    path = tmp_path / "t.duckdb"
    with duckdb.connect(str(path)) as old:
        old.execute("CREATE TABLE buckets (series INTEGER, stamp DOUBLE, layout INTEGER, bucket INTEGER, n BIGINT)")
    store = open_store(path)
    store.offer([sent((0, 0, 0, 2), 5)])
    assert ask(store, (1.0,))[0] == (2, 2)
