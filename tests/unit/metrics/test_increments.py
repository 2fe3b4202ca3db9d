"""What counters grew by, from raw samples."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tminus.metrics.increments import Samples, increments, whole


def series(name: str, *values: tuple[float, float], instance: str = "a") -> Samples:
    return Samples((("__name__", name), ("instance", instance)), values)


def grown(*given: Samples, after: float = 0.0, top: float = 10_000.0) -> list[list[tuple[float, float]]]:
    return list(increments(given, after, top).values())


def test_growth_belongs_to_the_sample_that_shows_it() -> None:
    assert grown(series("n", (90, 5), (100, 7), (110, 7), (120, 10), (130, 99)), after=100, top=120) == [
        [(110, 0), (120, 3)]
    ]


def test_a_restart_counts_in_full() -> None:
    assert grown(series("n", (90, 50), (100, 4), (110, 6))) == [[(100, 4), (110, 2)]]


def test_what_a_new_target_did_before_is_history() -> None:
    assert grown(series("n", (90, 5000), (100, 5002))) == [[(100, 2)]]


def test_the_first_error_of_a_known_target_counts() -> None:
    assert grown(series("ok", (90, 1), (100, 2)), series("bad", (100, 1)))[1] == [(100, 1)]
    assert grown(series("ok", (90, 1), (100, 2)), series("bad", (100, 1), instance="b"))[1] == []


def test_after_a_long_absence_counting_starts_anew() -> None:
    assert grown(series("n", (90, 5), (1000, 900), (1010, 901))) == [[(1010, 1)]]


steps = st.lists(st.tuples(st.integers(1, 400), st.integers(0, 5), st.booleans()), max_size=20)


@given(histories=st.lists(steps, min_size=1, max_size=3), cuts=st.lists(st.integers(0, 6000), max_size=8).map(sorted))
def test_spans_add_up_however_they_are_cut(histories: list[list[tuple[int, int, bool]]], cuts: list[int]) -> None:
    given_series = []
    for number, history in enumerate(histories):
        at, value, values = 0, 0.0, []
        for seconds, more, restart in history:
            at, value = at + seconds, (0 if restart else value) + more * 0.5
            values.append((float(at), value))
        given_series.append(series(f"n{number}", *values))
    edges = [0, *cuts, 9000]
    pieces = 0
    for after, top in pairwise(edges):
        # As the source asks: nothing older than the gap before, nothing newer than the end.
        seen = [Samples(one.key, tuple(v for v in one.values if after - 300 <= v[0] <= top)) for one in given_series]
        pieces += sum(whole(*growth) for found in increments(seen, after, top).values() for growth in found)
    assert pieces == sum(whole(*growth) for found in increments(given_series, 0, 9000).values() for growth in found)


def test_fractions_are_exact_on_average_and_whole_numbers_stay() -> None:
    times = [1_800_000_000.0 + 15 * number for number in range(4000)]
    assert abs(sum(whole(at, 0.3) for at in times) - 1200) <= 90
    assert all(whole(at, 7.0) == 7 for at in times)
