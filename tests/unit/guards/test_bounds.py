from __future__ import annotations

import math

import pytest

from tminus.guards.bounds import lower_bound, shows_above, shows_below, still_needed, upper_bound


# Known values: the rule of three's exact form 1 - 0.05^(1/n), and 95 % one-sided Clopper-Pearson bounds from tables.
@pytest.mark.parametrize(
    ("bad", "total", "bound"),
    [
        (0, 10, 1 - 0.05**0.1),
        (0, 2995, 1 - 0.05 ** (1 / 2995)),
        (1, 10, 0.39416),
        (5, 10, 0.77756),
        (10, 10, 1.0),
    ],
)
def test_the_upper_bound_is_clopper_and_pearsons(bad: int, total: int, bound: float) -> None:
    assert upper_bound(bad, total) == pytest.approx(bound, abs=1e-5)


def test_the_lower_bound_mirrors_the_upper_one() -> None:
    assert lower_bound(9, 10) == pytest.approx(1 - upper_bound(1, 10))


@pytest.mark.parametrize(
    ("bad", "total", "limit"), [(49_900, 100_000, 0.5), (499_000, 10**6, 0.5), (9_900, 10**7, 0.001)]
)
def test_large_counts_agree_with_the_normal_distribution(bad: int, total: int, limit: float) -> None:
    deviation = (bad + 0.5 - total * limit) / math.sqrt(total * limit * (1 - limit))
    tail = math.erfc(-deviation / math.sqrt(2)) / 2
    assert shows_below(bad, total, limit, 1 - tail * 1.02)
    assert not shows_below(bad, total, limit, 1 - tail * 0.98)


@pytest.mark.parametrize(("bad", "total"), [(0, 0), (0, 200), (3, 10)])
def test_few_data_show_nothing_however_good_they_look(bad: int, total: int) -> None:
    assert (shows_below(bad, total, 0.001), shows_above(bad, total, 0.9)) == (False, False)


def test_no_data_leave_every_rate_possible() -> None:
    assert (lower_bound(0, 0), upper_bound(0, 0)) == (0.0, 1.0)


def test_no_errors_in_2995_requests_show_less_than_one_in_a_thousand_and_one_request_fewer_does_not() -> None:
    assert [shows_below(0, total, 0.001) for total in (2994, 2995)] == [False, True]


def test_more_bad_ones_than_there_are_is_above_every_limit_and_no_crash() -> None:
    assert (shows_above(7, 5, 0.2), shows_below(7, 5, 0.2), lower_bound(7, 5) > 0.5) == (True, False, True)


@pytest.mark.parametrize(("bad", "total", "limit"), [(0, 200, 0.001), (6, 1000, 0.01), (99_999, 10**6, 0.1)])
def test_as_many_more_as_are_said_to_be_needed_are_enough(bad: int, total: int, limit: float) -> None:
    more = still_needed(bad, total, limit)
    assert more is not None
    size = total + more
    assert shows_below(bad / total * size, size, limit)
    assert not shows_below(bad / total * size * 0.95, size * 0.95, limit)


def test_what_is_shown_already_needs_no_more() -> None:
    assert still_needed(0, 10_000, 0.001) == 0


def test_a_rate_at_the_limit_will_never_be_shown_to_be_below_it() -> None:
    assert still_needed(10, 100, 0.1) is None
