from __future__ import annotations

import pytest
from msgspec.structs import replace

from support.launches import T0, outline, ratio
from tminus.core.assess import Streaks, assess
from tminus.core.assessment import Assessment, Measurement, Outcome
from tminus.plan.criterion import parse_criterion

METRICS = outline("""
phases: [{ id: only }]
""").plan.metrics
HOLDS, FAILS, UNKNOWN, INCONCLUSIVE = Outcome.HOLDS, Outcome.FAILS, Outcome.UNKNOWN, Outcome.INCONCLUSIVE


def judge(text: str, found: Measurement, *, point: bool = False, baseline: str = "", now: float = T0) -> Assessment:
    criterion = parse_criterion(text, point=point)
    metric = METRICS[criterion.metric]
    if baseline:
        metric = type(metric).model_validate(metric.model_dump(exclude_defaults=True) | {"baseline": baseline})
    return assess(criterion, metric, found, 60.0, now)


@pytest.mark.parametrize(
    ("condition", "value", "outcome"),
    [
        ("< 500ms", 0.499, HOLDS),
        ("< 500ms", 0.5, FAILS),
        ("<= 500ms", 0.5, HOLDS),
        ("<= 500ms", 0.501, FAILS),
        ("> 500ms", 0.501, HOLDS),
        ("> 500ms", 0.5, FAILS),
        (">= 500ms", 0.5, HOLDS),
        (">= 500ms", 0.499, FAILS),
        ("= 500ms", 0.5, HOLDS),
        ("= 500ms", 0.6, FAILS),
        ("200..500ms", 0.2, HOLDS),
        ("200..500ms", 0.5, HOLDS),
        ("200..500ms", 0.199, FAILS),
        ("200..500ms", 0.501, FAILS),
    ],
)
def test_a_plain_value_is_held_against_the_target(condition: str, value: float, outcome: Outcome) -> None:
    assert judge(f"delay p95 {condition}", Measurement(value)).outcome is outcome


@pytest.mark.parametrize(
    ("text", "hits", "total", "outcome"),
    [
        ("errors < 0.1%", 0, 2995, HOLDS),
        ("errors < 0.1%", 0, 200, INCONCLUSIVE),
        ("errors < 0.1%", 20, 2995, FAILS),
        ("errors > 1%", 1, 20, INCONCLUSIVE),
        ("errors > 1%", 10, 20, HOLDS),
        ("errors > 1%", 0, 1000, FAILS),
        ("errors >= 70%", 90, 100, HOLDS),
        ("errors >= 70%", 72, 100, INCONCLUSIVE),
        ("zero errors", 0, 10, HOLDS),
        ("zero errors", 1, 10**6, FAILS),
    ],
)
def test_a_proportion_is_judged_by_its_bound(text: str, hits: int, total: int, outcome: Outcome) -> None:
    assert judge(text, ratio(hits, total)).outcome is outcome


def test_a_point_is_judged_by_the_plain_number() -> None:
    few = ratio(0, 200)
    assert [judge("errors < 0.1%", few, point=point).outcome for point in (False, True)] == [INCONCLUSIVE, HOLDS]


def test_few_data_say_how_many_more_are_needed() -> None:
    few = judge("errors < 0.1%", ratio(0, 200))
    assert few.needed == pytest.approx(2795, rel=0.02)
    assert f"about {few.needed:,} more needed" in few.sentence


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (Measurement(None, error="the source does not answer"), "the source does not answer"),
        (Measurement(None), "no data"),
        (Measurement(0.0, hits=0, total=0), "no data"),
        (Measurement(float("nan"), hits=0, total=10), "no data"),
        (ratio(0, 10_000, T0 - 61), "the newest data is 1 min 1 s old"),
    ],
)
def test_what_was_not_measured_is_neither_good_nor_bad(found: Measurement, why: str) -> None:
    judged = judge("errors < 0.1%", found)
    assert (judged.outcome, judged.why, judged.met) == (UNKNOWN, why, False)


def test_data_as_old_as_allowed_still_count() -> None:
    assert judge("errors < 0.1%", ratio(0, 10_000, T0 - 60)).outcome is HOLDS


@pytest.mark.parametrize(
    ("text", "baseline", "value", "outcome"),
    [
        ("delay p95 <= +10% vs baseline", "500ms", 0.55, HOLDS),
        ("delay p95 <= +10% vs baseline", "500ms", 0.56, FAILS),
        ("delay p95 -20% vs baseline", "500ms", 0.4, HOLDS),
        ("delay p95 -20% vs baseline", "500ms", 0.41, FAILS),
        ("delay p95 +20% vs baseline", "500ms", 0.6, HOLDS),
        ("delay p95 +20% vs baseline", "500ms", 0.59, FAILS),
    ],
)
def test_a_change_is_held_against_the_baseline(text: str, baseline: str, value: float, outcome: Outcome) -> None:
    assert judge(text, Measurement(value), baseline=baseline).outcome is outcome


def test_points_are_added_to_the_baseline_and_percent_multiply_it() -> None:
    by_points = judge("errors +5pp vs baseline", ratio(800, 1000), baseline="65%")
    by_percent = judge("errors +5% vs baseline", ratio(800, 1000), baseline="65%")
    assert (by_points.target, by_percent.target) == pytest.approx((0.70, 0.6825))


def test_the_evidence_says_what_was_seen_and_by_what() -> None:
    assert judge("errors < 0.1%", ratio(0, 5000, T0)).evidence() == {
        "criterion": "errors < 0.1%",
        "outcome": "Successful",
        "value": 0.0,
        "hits": 0,
        "total": 5000,
        "window_seconds": 60.0,
        "source": "app",
        "newest": T0,
    }


def lasting(values: list[float | None], step: float = 60.0) -> list[bool]:
    """Whether `delay p95 > 1s for 2m` is met after each value, one a minute."""
    streaks = Streaks()
    judged = [judge("delay p95 > 1s for 2m", Measurement(v), now=T0 + n * step) for n, v in enumerate(values)]
    return [streaks.follow(one).met for one in judged]


def test_for_asks_that_it_held_at_every_evaluation() -> None:
    assert lasting([2, 2, 2, 2]) == [False, False, True, True]


def test_one_good_value_starts_a_streak_over() -> None:
    assert lasting([2, 2, 0.5, 2, 2, 2]) == [False, False, False, False, False, True]


def test_a_gap_in_the_data_ends_a_streak() -> None:
    assert lasting([2, 2, None, 2, 2, 2]) == [False, False, False, False, False, True]


def test_without_for_the_first_look_is_enough() -> None:
    met = Streaks().follow(judge("delay p95 > 1s", Measurement(2.0)))
    assert (met.met, met.since) == (True, T0)


def test_what_is_forgotten_has_to_hold_from_the_start_again() -> None:
    streaks = Streaks()
    first = judge("delay p95 > 1s for 2m", Measurement(2.0))
    streaks.follow(first)
    streaks.forget()
    assert streaks.follow(replace(first, at=T0 + 120)).since == T0 + 120
