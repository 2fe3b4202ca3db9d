"""An arm that gets lost between the answer and telemetry: told apart, and never imagined."""

from __future__ import annotations

from itertools import accumulate
from math import log
from random import Random

import pytest

from tminus.errors import UsageError
from tminus.guards.lost import ALPHA, Arrivals, lost_arm

LAUNCHES = 500
LOOKS = (20, 50, 100, 200, 400, 700, 1000, 1500, 2000)


def test_a_new_version_of_which_nobody_is_seen_is_lost_after_some_twenty_users() -> None:
    assert not lost_arm(Arrivals(14, 0), Arrivals(140, 133)).lost
    found = lost_arm(Arrivals(22, 0), Arrivals(220, 209))
    assert found.lost
    assert found.sentence.startswith(
        "of 22 sampled users who were given the new version 0% were then seen with it in telemetry, of 220 with the old one 95%"
    )


def test_most_of_it_lost_takes_more_users_and_a_loss_of_less_than_half_is_none() -> None:
    assert not lost_arm(Arrivals(40, 8), Arrivals(400, 380)).lost
    assert lost_arm(Arrivals(120, 24), Arrivals(1200, 1140)).lost
    assert not lost_arm(Arrivals(100_000, 52_000), Arrivals(100_000, 95_000)).lost


def test_where_telemetry_sees_nobody_of_either_arm_nothing_is_said() -> None:
    """Its users have other names than the targeting keys."""
    assert lost_arm(Arrivals(5_000, 0), Arrivals(50_000, 0)).log_evidence == 0.0


def test_the_evidence_is_of_the_pair_that_explains_best_what_was_seen() -> None:
    """No pair of rates with the canary's at least half the control's does better than the one that was found."""
    canary, control = Arrivals(60, 9), Arrivals(300, 270)
    found = lost_arm(canary, control).log_evidence

    def likelihood(arm: Arrivals, rate: float) -> float:
        return arm.seen * log(rate) + (arm.given - arm.seen) * log(1 - rate)

    rates = [number / 200 for number in range(1, 200)]
    best = max(likelihood(canary, p) + likelihood(control, q) for p in rates for q in rates if p >= q / 2)
    free = max(likelihood(canary, p) + likelihood(control, q) for p in rates for q in rates)
    assert 0 < found <= free - best, "a mixture knows less than the best rates, chosen afterwards"


@pytest.mark.parametrize("counts", [(Arrivals(1, 2), Arrivals(5, 5)), (Arrivals(5, 5), Arrivals(-1, 0))])
def test_counts_that_cannot_be_are_refused(counts: tuple[Arrivals, Arrivals]) -> None:
    with pytest.raises(UsageError):
        lost_arm(*counts)


class Crowd:
    """Users of whom a few make most requests; who comes often is also seen more surely in telemetry."""

    def __init__(self, random: Random, share: float, reported: float, spread: float) -> None:
        size = random.choice([300, 3_000, 20_000])
        activity = [random.paretovariate(1.2) for _ in range(size)]
        self.until = list(accumulate(activity))
        self.canary = [random.random() < share for _ in range(size)]
        usual = sorted(activity)[size // 2]
        self.chance = [min(max(random.gauss(reported, spread) + 0.05 * log(one / usual), 0.0), 1.0) for one in activity]


def looks(random: Random, crowd: Crowd, kept: float) -> list[tuple[Arrivals, Arrivals]]:
    """A launch as its looks see it. Samples are drawn by who evaluates how often, each user counts once, and the chance to
    be seen drifts over the day for both arms alike; `kept` is what the canary keeps of it."""
    found, arms, met = [], {True: [0, 0], False: [0, 0]}, set[int]()
    for number, user in enumerate(random.choices(range(len(crowd.until)), cum_weights=crowd.until, k=LOOKS[-1])):
        if user not in met:
            met.add(user)
            drift = 0.15 * (number / LOOKS[-1] - 0.5)
            canary = crowd.canary[user]
            arms[canary][0] += 1
            arms[canary][1] += random.random() < (crowd.chance[user] + drift) * (kept if canary else 1.0)
        if number + 1 in LOOKS:
            found.append((Arrivals(*arms[True]), Arrivals(*arms[False])))
    return found


def lost(kept: float, launches: int) -> float:
    """The share of launches that any look called lost, over shares of 1 to 50 % and telemetry that sees 20 to 95 %."""
    called = 0
    for seed in range(launches):
        random = Random(seed)
        share, reported = random.choice([0.01, 0.05, 0.15, 0.5]), random.choice([0.2, 0.5, 0.8, 0.95])
        crowd = Crowd(random, share, reported, random.choice([0.0, 0.1, 0.3]))
        called += any(lost_arm(*look).lost for look in looks(random, crowd, kept))
    return called / launches


def test_healthy_launches_are_not_called_lost() -> None:
    """Also where a third fewer of its users report: people click otherwise on a new page."""
    assert lost(1.0, LAUNCHES) <= ALPHA * 2
    assert lost(0.67, LAUNCHES // 2) <= ALPHA * 2


def test_launches_whose_new_version_mostly_fails_are_called_lost() -> None:
    assert lost(0.05, 200) > 0.4
