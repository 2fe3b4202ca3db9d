"""Stages: leaps, words, regions, and whether a stage is long enough to see anything."""

from __future__ import annotations

import random
from collections.abc import Callable
from math import inf
from statistics import median

import pytest

from tminus.delay import seconds_to_see
from tminus.errors import Problem
from tminus.guards import Counts, GuardSettings, observe, reading, start, threshold

Codes = Callable[[str], list[str]]
Check = Callable[[str], tuple[Problem, ...]]


def rollout(stages: str) -> str:
    return f"""\
phases:
  - id: release
    rollout: {{ flag: checkout, guards: [errors], stages: [{stages}] }}
    exit: [errors < 1%]
"""


def test_from_five_to_a_hundred_is_a_leap_and_the_message_says_what_to_put_between(check: Check) -> None:
    [problem] = check(rollout("{ to: 5%, for: 1d }, { to: 100%, for: 1d }"))
    assert (problem.code, problem.place) == ("stage-leap", "phases.release.rollout.stages.1.to")
    assert "from 5% to 100%" in problem.message
    assert "5%, 20%, 100%" in problem.hint


@pytest.mark.parametrize(
    "stages",
    [
        "{ to: 5%, for: 1d }, { to: 25%, for: 1d }",
        "{ to: 5%, for: 1d }, { to: 50%, for: 1d }, { to: 100%, for: 1d }",
        "{ to: 12%, for: 1d }, { to: 100%, for: 1d }",
        "{ to: 0%, for: 1d, cohorts: [staff] }, { to: 5%, for: 1d, cohorts: [staff] }",
        "{ to: 100%, for: 1d, regions: [home] }, { to: 100%, for: 1d }",
        "{ to: 5%, for: 1d }, { to: 5%, for: 1d, cohorts: [staff] }",
        "{ to: 5%, for: 1d, regions: [home] }, { to: 5%, for: 1d }",
        "{ to: 0%, for: 1d, cohorts: [staff] }, { to: 5%, for: 1d, cohorts: [staff], regions: [home] }",
    ],
)
def test_steps_that_one_can_watch_are_no_finding(stages: str, codes: Codes) -> None:
    assert codes(rollout(stages)) == []


def test_an_open_beta_of_half_that_speaks_of_all_registered_users_is_found(check: Check) -> None:
    beta = "{ title: Open beta, to: 50%, for: 1w, notes: [Available to all registered users] }"
    [problem] = check(rollout("{ to: 15%, for: 1w }, " + beta))
    assert problem.code == "words-and-share"
    assert "50%" in problem.message
    assert "all registered users" in problem.message


@pytest.mark.parametrize(
    ("title", "note", "told"),
    [
        ("All users", "Watch closely", True),
        ("Everybody", "Watch closely", True),
        ("Open beta", "For all our customers", True),
        ("Offene Beta", "Für alle Nutzer", True),
        ("Early", "Not yet for all users", False),
        ("Early", "Then it opens to all users", False),
        ("Early", "Tell all users by e-mail", False),
        ("Early", "Half of all users", False),
        ("Early", "Everybody on the team watches the dashboards", False),
        ("All hands on deck", "Small users of the all-new page", False),
    ],
)
def test_words_count_where_they_say_who_is_in(title: str, note: str, told: bool, codes: Codes) -> None:
    fragment = rollout(f"{{ title: {title}, to: 25%, for: 1d, notes: ['{note}'] }}")
    assert codes(fragment) == (["words-and-share"] if told else [])


def test_words_count_in_a_checklist_of_stages_as_well(codes: Codes) -> None:
    beta = "phases: [{{ id: a, tasks: [{{ do: {}, tasks: [{{ do: {}, owner: lead }}] }}], go: [support] }}]"
    assert codes(beta.format("Open beta (50% of users)", "Available to all registered users")) == ["words-and-share"]
    for words in (("Open beta", "Available to all registered users"), ("Open beta (50% of users)", "Tell all users")):
        assert codes(beta.format(*words)) == []


def test_at_a_hundred_per_cent_all_users_are_all_users(codes: Codes) -> None:
    assert codes(rollout("{ to: 25%, for: 1d }, { title: All users, to: 100%, for: 1d }")) == []


def test_a_stage_that_is_too_short_says_how_many_hours_it_would_need(check: Check) -> None:
    expected = "expected: { traffic: 100/s, errors: 0.1%, regression: 2 }\n"
    [problem] = check(expected + rollout("{ to: 5%, for: 30m }"))
    assert problem.code == "stage-too-short"
    assert "53 min 30 s" in problem.message
    assert "write for: 1h" in problem.hint


@pytest.mark.parametrize(
    "fragment",
    [
        "expected: { traffic: 100/s }\n" + rollout("{ to: 5%, for: 3h }"),
        "expected: { traffic: 1000/s }\n" + rollout("{ to: 5%, for: 1h }"),
        "expected: { traffic: 100/s, regression: 10 }\n" + rollout("{ to: 5%, for: 5m }"),
        "expected: { traffic: 100/s }\n" + rollout("{ to: 25%, for: 1d }, { to: 100%, for: 1m }"),
        "expected: { traffic: 100/s }\n" + rollout("{ to: 0%, for: 5m, cohorts: [staff] }"),
        "expected: { users: 2000 }\n" + rollout("{ to: 5%, for: 5m }"),
        rollout("{ to: 5%, for: 5m }"),
    ],
)
def test_a_stage_that_is_long_enough_or_of_which_nobody_can_say_is_no_finding(fragment: str, codes: Codes) -> None:
    assert codes(fragment) == []


@pytest.mark.parametrize(
    ("per_second", "share", "errors", "regression"),
    [(100, 0.05, 0.001, 2), (100, 0.05, 0.001, 10), (100, 0.5, 0.001, 2), (1000, 0.05, 0.001, 2), (100, 0.01, 0.01, 3)],
)
def test_the_hours_are_those_that_the_real_guard_needs(
    per_second: float, share: float, errors: float, regression: float
) -> None:
    needed = seconds_to_see(per_second, share, errors, regression)
    seen = [_seen_after(random.Random(seed), needed, per_second, share, errors, regression) for seed in range(15)]
    assert needed / 2 < median(seen) < 1.6 * needed
    assert sum(seconds < 3 * needed for seconds in seen) >= 13


def _seen_after(
    dice: random.Random, needed: float, per_second: float, share: float, errors: float, regression: float
) -> float:
    """Seconds until a guard sees the regression; errors come as in a Poisson process, 50 ticks an expected delay."""
    settings, now, tick = GuardSettings(), 0.0, needed / 50
    state = start(settings, now)
    canary, control = per_second * share, per_second * (1 - share)
    while reading(settings, state).log_evidence < threshold(settings.alpha):
        now += tick
        if now > 20 * needed:
            return inf
        failed = _poisson(dice, control * tick * errors), _poisson(dice, canary * tick * errors * regression)
        state = observe(settings, state, Counts(round(control * tick), failed[0], round(canary * tick), failed[1]), now)
    return now


def _poisson(dice: random.Random, mean: float) -> int:
    count, waited = 0, dice.expovariate(1.0)
    while waited < mean:
        count, waited = count + 1, waited + dice.expovariate(1.0)
    return count


def test_what_cannot_be_seen_takes_for_ever() -> None:
    assert seconds_to_see(0, 0.05, 0.001, 2) == inf
    assert seconds_to_see(100, 1.0, 0.001, 2) == inf
    assert seconds_to_see(100, 0.05, 0.001, 1.0) == inf
    assert seconds_to_see(100, 0.05, 0.001, 1.25, dead_band=1.25) == inf


def test_more_traffic_a_larger_share_and_a_worse_regression_show_sooner() -> None:
    usual = seconds_to_see(100, 0.05, 0.001, 2)
    assert seconds_to_see(200, 0.05, 0.001, 2) == pytest.approx(usual / 2)
    assert seconds_to_see(100, 0.1, 0.001, 2) < usual
    assert seconds_to_see(100, 0.05, 0.001, 3) < usual
    assert seconds_to_see(100, 0.05, 0.001, 2, alpha=0.05) < usual
