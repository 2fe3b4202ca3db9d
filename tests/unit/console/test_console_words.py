"""How the page says times and numbers, and how it draws small lines."""

from __future__ import annotations

import math

import pytest

from tminus.console.sparkline import draw
from tminus.console.words import clock_time, evidence, lasting, pace_words, plan_clock, step, stopwatch
from tminus.core.state import ActionPhase


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "T+00:00:00"), (252, "T+00:04:12"), (8 * 86400 + 4 * 3600 + 720, "T+8d 04:12"), (-3, "T+00:00:00")],
)
def test_plan_time_reads_as_on_a_launch_pad(seconds: float, said: str) -> None:
    assert plan_clock(seconds) == said


@pytest.mark.parametrize(
    ("pace", "said"),
    [
        (1.0, ""),
        (20160.0, "1 week = 30 s"),
        (24.0, "1 hour = 2 min 30 s"),
        (60.0, "1 hour = 1 min"),
        (1440.0, "1 day = 1 min"),
        (1e6, "1 week = 605 ms"),
    ],
)
def test_a_compressed_pace_is_said_and_a_real_one_is_not(pace: float, said: str) -> None:
    assert pace_words(pace) == said


def test_a_time_of_another_day_carries_its_date_by_the_plans_zone() -> None:
    now = 1_800_000_000.0  # 2027-01-15 08:00 UTC, 03:00 in New York
    assert clock_time(now - 60, "America/New_York", now) == "02:59"
    assert clock_time(now - 4 * 3600, "America/New_York", now) == "14 Jan 23:00"
    assert clock_time(now - 4 * 3600, "UTC", now) == "04:00"


@pytest.mark.parametrize(
    ("number", "said"),
    [(1.87, "1.8"), (100, "100"), (99.97, "99"), (12_345, "12,345"), (0.04, "under 0.1"), (1e9, "over 1,000,000")],
)
def test_evidence_is_rounded_down_so_that_it_never_seems_enough_before_it_is(number: float, said: str) -> None:
    assert evidence(math.log(number)) == said


def test_a_line_stays_in_its_box_and_has_its_threshold() -> None:
    spark = draw([(float(t), math.sin(t)) for t in range(100)], 0, 99, 3.0, width=112, height=30)
    numbers = [float(n) for n in spark.line.replace("M", " ").replace("L", " ").replace(",", " ").split()]
    assert spark.threshold is not None
    assert all(0 <= x <= 112 for x in numbers[::2])
    assert all(spark.threshold < y <= 30 for y in numbers[1::2])


def test_a_line_breaks_where_nothing_was_measured() -> None:
    points = [(float(t), 1.0) for t in range(100) if not 30 < t < 70]
    assert draw(points, 0, 99, None, width=112, height=30).line.count("M") == 2


def test_a_second_later_only_the_newest_end_of_a_line_differs() -> None:
    points = [(float(t), -5.0 if 900 < t < 1000 else math.sin(t / 9)) for t in range(1800)]
    before = draw(points[:-1], 0, 1798, 2.0, width=112, height=30).line
    after = draw(points, 1, 1799, 2.0, width=112, height=30).line
    assert before.split("L")[1:-2] == after.split("L")[1:-2]


@pytest.mark.parametrize("points", [[], [(5.0, 7.0)], [(5.0, 0.0), (6.0, 0.0)]])
def test_few_or_equal_points_are_no_trouble(points: list[tuple[float, float]]) -> None:
    spark = draw(points, 0, 10, None, width=112, height=30)
    assert bool(spark.line) == bool(points)


def test_a_running_clock_counts_in_whole_seconds() -> None:
    assert [stopwatch(seconds) for seconds in (0.9, 7, 723.6, 3605)] == ["0:00", "0:07", "12:03", "1:00:05"]


def test_what_a_step_took_is_said_no_finer_than_it_matters() -> None:
    assert [lasting(seconds) for seconds in (0.01, 0.34, 12.4, 125)] == ["at once", "0.3 s", "12 s", "2 min 5 s"]


def test_every_state_of_an_action_has_its_own_words() -> None:
    said = [step(state)[1] for state in ("next", *ActionPhase)]
    assert len(set(said)) == len(said)
