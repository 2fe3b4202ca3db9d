"""What the store answers about a window."""

from __future__ import annotations

import math

import pytest

from tminus.errors import UsageError
from tminus.plan.selector import Selector, parse_selector
from tminus.telemetry import Quantile, Reading, Share, Total

NOW = 1_800_000_000.0
WINDOW = (NOW, NOW + 100)


def put(store, *items):
    store.offer(items)
    store.flush()


def test_a_window_holds_its_end_and_not_its_start(store, rows):
    put(store, rows.counter(1, 0), rows.counter(10, 50), rows.counter(100, 100), rows.counter(1000, 101))
    assert store.count(Selector("requests"), *WINDOW) == Total(110.0, NOW + 100)


def test_no_data_is_not_zero(store, rows):
    assert store.count(Selector("requests"), *WINDOW) == Total(0.0, None)
    put(store, rows.counter(0, 50))
    assert store.count(Selector("requests"), *WINDOW) == Total(0.0, NOW + 50)


def test_a_selector_picks_by_labels(store, rows):
    put(
        store,
        rows.counter(1, 1, code="200"),
        rows.counter(2, 2, code="500"),
        rows.counter(4, 3, code="503"),
        rows.counter(8, 4, name="requests.other", code="500"),
    )
    assert store.count(parse_selector('requests{code=~"5.."}'), *WINDOW).value == 6
    assert store.count(parse_selector('requests{code!="500"}'), *WINDOW).value == 5


def test_a_series_that_comes_later_is_found_by_a_selector_asked_before(store, rows):
    selector = parse_selector('requests{code=~"5.."}')
    put(store, rows.counter(1, 1, code="500"))
    assert store.count(selector, *WINDOW).value == 1
    put(store, rows.counter(1, 2, code="503"))
    assert store.count(selector, *WINDOW).value == 2


def test_events_and_observations_count_as_well(store, rows):
    put(store, rows.event("opened", "a", 1), rows.event("opened", "b", 2), rows.histogram((1, 2, 0, 4), 3))
    assert store.count(Selector("opened"), *WINDOW) == Total(2.0, NOW + 2)
    assert store.count(Selector("duration"), *WINDOW) == Total(7.0, NOW + 3)


def test_a_gauge_has_a_last_a_mean_and_a_highest_value(store, rows):
    put(store, rows.gauge(5, 10), rows.gauge(1, 30), rows.gauge(3, 20))
    assert store.last(Selector("depth"), *WINDOW) == Reading(1.0, 3, NOW + 30)
    assert store.mean_gauge(Selector("depth"), *WINDOW) == Reading(3.0, 3, NOW + 30)
    assert store.max_gauge(Selector("depth"), *WINDOW) == Reading(5.0, 3, NOW + 30)
    assert store.last(Selector("depth"), NOW + 40, NOW + 50) == Reading(None, 0, None)


def test_a_mean_is_the_sum_by_the_count(store, rows):
    put(store, rows.histogram((1, 1, 0, 0), 1, total=3.0), rows.histogram((0, 0, 2, 0), 2, total=6.0))
    assert store.mean(Selector("duration"), *WINDOW) == Reading(2.25, 4, NOW + 2)


def test_a_mean_leaves_out_what_came_without_a_sum(store, rows):
    put(store, rows.histogram((1, 1, 0, 0), 1, total=math.nan))
    assert store.mean(Selector("duration"), *WINDOW) == Reading(None, 0, NOW + 1)
    put(store, rows.histogram((1, 1, 0, 0), 2, total=3.0))
    assert store.mean(Selector("duration"), *WINDOW) == Reading(1.5, 2, NOW + 2)


def test_a_quantile_is_interpolated_and_says_between_what_the_truth_lies(store, rows):
    put(store, rows.histogram((0, 10, 10, 0), 1))
    assert store.quantile(Selector("duration"), 0.75, *WINDOW) == Quantile(3.0, 2.0, 4.0, 20, NOW + 1)


def test_a_quantile_above_the_last_bound_is_only_known_from_below(store, rows):
    put(store, rows.histogram((1, 0, 0, 9), 1))
    assert store.quantile(Selector("duration"), 0.95, *WINDOW) == Quantile(4.0, 4.0, math.inf, 10, NOW + 1)


def test_histograms_with_different_bounds_are_merged(store, rows):
    put(store, rows.histogram((10, 0, 0, 0), 1), rows.histogram((0, 10, 0), 2, bounds=(4.0, 8.0)))
    found = store.quantile(Selector("duration"), 0.75, *WINDOW)
    assert (found.value, found.low, found.high, found.count) == (6.0, 4.0, 8.0, 20)


def test_a_quantile_outside_0_to_1_is_refused(store):
    with pytest.raises(UsageError, match=r"p95 is 0\.95"):
        store.quantile(Selector("duration"), 95, *WINDOW)


def test_unique_counts_subjects_once_and_nobody_not_at_all(store, rows):
    put(store, *(rows.event("opened", subject, at) for at, subject in enumerate(["a", "b", "a", ""], start=1)))
    assert store.unique(Selector("opened"), *WINDOW) == Total(2.0, NOW + 4)


def test_a_share_is_of_those_who_began_in_the_window_and_did_it_in_time(store, rows):
    put(
        store,
        rows.event("opened", "quick", 10),
        rows.event("completed", "quick", 15),
        rows.event("opened", "slow", 10),
        rows.event("completed", "slow", 41),
        rows.event("completed", "backwards", 10),
        rows.event("opened", "backwards", 11),
        rows.event("completed", "stranger", 12),
        rows.event("opened", "again", 10),
        rows.event("opened", "again", 50),
        rows.event("completed", "again", 60),
        rows.event("opened", "last", 99),
        rows.event("completed", "last", 120),
    )
    found = store.share(Selector("opened"), Selector("completed"), 30, *WINDOW)
    assert found == Share(did=3, of=5, newest=NOW + 99)


def test_a_share_without_any_second_step_is_none_of_all(store, rows):
    put(store, rows.event("opened", "a", 10))
    assert store.share(Selector("opened"), Selector("completed"), 30, *WINDOW) == Share(0, 1, NOW + 10)


def test_known_series_are_listed_by_prefix(store, rows):
    put(store, rows.gauge(1, 1), rows.counter(1, 1, code="500"), rows.counter(1, 1, code="200"))
    assert [(series.name, series.labels) for series in store.series("req")] == [
        ("requests", (("code", "200"),)),
        ("requests", (("code", "500"),)),
    ]


def test_a_gauge_has_a_lowest_value(store, rows):
    put(store, rows.gauge(5, 10), rows.gauge(1, 30), rows.gauge(3, 20))
    assert store.min_gauge(Selector("depth"), *WINDOW) == Reading(1.0, 3, NOW + 30)


def test_several_quantiles_are_those_asked_one_by_one(store, rows):
    put(store, rows.histogram((3, 10, 20, 5), 1))
    found = store.quantiles(Selector("duration"), (0.1, 0.5, 0.9), *WINDOW)
    assert found == [store.quantile(Selector("duration"), q, *WINDOW) for q in (0.1, 0.5, 0.9)]
