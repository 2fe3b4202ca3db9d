"""Simulated launches, seeded: how often a healthy one is rolled back, and how soon a bad one is."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from tminus.guards import Counts, GuardSettings, Harm, observe, reading, start, threshold

SHARE, PER_SECOND = 0.05, 100
Stream = list[Counts]


def stream(
    dice: np.random.Generator, ticks: int, tick_seconds: int, control_rate: np.ndarray | float, times_worse: float
) -> Stream:
    """Binomial counts a tick: SHARE of PER_SECOND units are canary and fail `times_worse` as often as the control."""
    units = PER_SECOND * tick_seconds
    canary = dice.binomial(units, SHARE, ticks)
    canary_hits = dice.binomial(canary, np.minimum(1.0, np.multiply(control_rate, times_worse)))
    control_hits = dice.binomial(units - canary, control_rate)
    columns = (units - canary, control_hits, canary, canary_hits)
    return [Counts(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def rolled_back(settings: GuardSettings, counts: Stream, tick_seconds: int) -> bool:
    """Looks after every tick with a canary error: at other ticks the evidence cannot have risen."""
    state = start(settings, 0.0)
    for index, tick in enumerate(counts):
        state = observe(settings, state, tick, (index + 1.0) * tick_seconds)
        if tick.canary_hits and reading(settings, state).log_evidence >= threshold(settings.alpha):
            return True
    return False


@pytest.mark.parametrize(
    ("settings", "times_worse"),
    [(GuardSettings(alpha=0.05, dead_band=1.25), 1.25), (GuardSettings(alpha=0.05, ceiling=0.01), 1.0)],
    ids=["at the edge of the dead band", "with a ceiling"],
)
def test_fewer_healthy_streams_than_alpha_are_rolled_back_over_many_looks(
    settings: GuardSettings, times_worse: float
) -> None:
    dice = np.random.default_rng(20_260_112)
    launches = 600
    alarms = sum(
        rolled_back(settings, stream(dice, 240, 60, 0.001, times_worse), tick_seconds=60) for _ in range(launches)
    )
    assert alarms <= settings.alpha * launches


def test_incidents_that_hit_both_arms_do_not_roll_back_a_healthy_launch() -> None:
    dice = np.random.default_rng(7)
    settings = GuardSettings()
    rate = np.full(240, 0.001)
    rate[60:70], rate[200:203] = 0.2, 0.6
    assert sum(rolled_back(settings, stream(dice, 240, 60, rate, 1.0), tick_seconds=60) for _ in range(300)) <= 3


@pytest.mark.parametrize(
    ("healthy_minutes", "most"), [(0, 4), (120, 7)], ids=["from the first second", "after two healthy hours"]
)
@pytest.mark.parametrize("base", [0.0002, 0.001])
def test_five_percent_errors_are_caught_within_a_few_canary_errors_at_the_median(
    base: float, healthy_minutes: int, most: int
) -> None:
    dice = np.random.default_rng(11)
    failed = [canary_errors_until_caught(dice, base, healthy_minutes) for _ in range(101)]
    assert np.median(failed) <= most


def canary_errors_until_caught(dice: np.random.Generator, base: float, healthy_minutes: int) -> int:
    settings = GuardSettings()
    state = start(settings, 0.0)
    for index, tick in enumerate(stream(dice, healthy_minutes, 60, base, 1.0)):
        state = observe(settings, state, tick, 60.0 * (index + 1))
    failed = 0
    for index, tick in enumerate(stream(dice, 600, 1, base, 0.05 / base)):
        state = observe(settings, state, tick, 60.0 * healthy_minutes + index + 1)
        failed += tick.canary_hits
        if reading(settings, state).log_evidence >= threshold(settings.alpha):
            return failed
    raise AssertionError("five percent of errors went unnoticed for ten minutes")


@pytest.mark.parametrize(("share", "times_worse"), [(0.05, 50.0), (0.05, 10.0), (0.2, 3.0), (0.5, 2.0)])
def test_the_mean_delay_is_near_that_of_the_test_that_knows_the_effect(share: float, times_worse: float) -> None:
    """Errors one by one, as only they move the evidence; 1.30 is asked for, and 400 launches tell it to some 5 %."""
    dice = np.random.default_rng(17)
    chance = share * times_worse / (share * times_worse + 1 - share)
    gain, loss = log(chance / share), log((1 - chance) / (1 - share))
    ours = wald = 0
    for _ in range(400):
        state, known, seen, caught = start(SINGLY, 0.0), 0.0, 0, 0
        while not caught or known < log(100):
            seen += 1
            canary = int(dice.random() < chance)
            if known < log(100):
                known += gain if canary else loss
                wald += 1
            if not caught:
                units = Counts(round(1e6 * (1 - share)), 1 - canary, round(1e6 * share), canary)
                state = observe(SINGLY, state, units, 1.0)
                caught = seen if reading(SINGLY, state).log_evidence >= log(100) else 0
        ours += caught
    assert ours <= 1.35 * wald


SINGLY = GuardSettings(burst=1.0)


def test_all_payments_lost_at_five_percent_are_noticed_within_130_payments() -> None:
    settings = GuardSettings(harm=Harm.FEWER)
    state, payments = start(settings, 0.0), 0
    while reading(settings, state).log_evidence < threshold(settings.alpha):
        payments += 1
        state = observe(settings, state, Counts(950, 1, 50, 0), float(payments))
    assert 90 < payments <= 130


@pytest.mark.parametrize("sigma", [0.5, 1.0])
def test_answers_slower_by_a_quarter_are_noticed_within_a_minute(sigma: float) -> None:
    dice = np.random.default_rng(23)
    assert np.mean([seconds_until_slow(dice, sigma) for _ in range(25)]) <= 60


def seconds_until_slow(dice: np.random.Generator, sigma: float) -> float:
    settings = GuardSettings(rungs=4)
    levels = np.quantile(dice.lognormal(0.0, sigma, 10_000), [0.5, 0.9, 0.95, 0.99])
    state, now = start(settings, 0.0), 0.0
    while reading(settings, state).log_evidence < threshold(settings.alpha):
        now += 1.0
        control, canary = dice.lognormal(0.0, sigma, 80), 1.25 * dice.lognormal(0.0, sigma, 20)
        rungs = [Counts(80, int((control > level).sum()), 20, int((canary > level).sum())) for level in levels]
        state = observe(settings, state, rungs, now)
    return now
