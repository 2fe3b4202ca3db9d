"""The benchmark's arithmetic for many guards is that of `tminus.guards` for one."""

from __future__ import annotations

import sys
from math import inf
from pathlib import Path

import numpy as np
import pytest

from tminus.guards import Counts, GuardSettings, Harm, combine, least_bursts, observe, reading, start
from tminus.guards.process import GuardState
from tminus.guards.promotion import PromotionSettings, begin, earn, promotion

sys.path.insert(0, str(Path(__file__).parents[3] / "bench"))

from guards_batch import Herd
from guards_healthy import PLACES, SETTINGS, Family
from guards_promotion import Stage
from guards_world import Trouble, World, stage_began

TICKS = 400
GUARDS = 5


def ticks(rng: np.random.Generator, settings: GuardSettings) -> list[tuple[np.ndarray, np.ndarray]]:
    """Units (2, guards) and hits (2, guards, rungs) of small, large, one-armed and empty ticks, canary first."""
    made = []
    for number in range(TICKS):
        size = 3.0 if number % 3 else 300.0
        units = rng.poisson(np.multiply.outer([0.1, 0.9], np.full(GUARDS, size)))
        units *= rng.random((2, GUARDS)) > 0.1
        chance = np.array([0.05, 0.02, 0.01])[: settings.rungs]
        hits = rng.binomial(units[..., None], chance)
        bursts = rng.random((GUARDS, 1)) < 0.1
        hits[1] = np.where(bursts, np.minimum(hits[1] * 6, units[1][:, None]), hits[1])
        made.append((units, hits))
    return made


@pytest.mark.parametrize(
    "settings",
    [
        GuardSettings(),
        GuardSettings(harm=Harm.FEWER, dead_band=1.1),
        GuardSettings(rungs=3, burst=2.0),
        GuardSettings(rungs=2, restart_seconds=50.0),
    ],
    ids=["default", "fewer", "ladder", "ladder that estimates bursts"],
)
def test_many_guards_at_once_say_at_every_step_what_each_says_alone(settings: GuardSettings) -> None:
    herd = Herd(settings, GUARDS)
    alone = [start(settings, 0.0) for _ in range(GUARDS)]
    estimated = 1.0
    for number, (units, hits) in enumerate(ticks(np.random.default_rng(7), settings), 1):
        now = 7.0 * number
        changed_at = 0.0 if number > 150 else -inf
        if number > 300:
            changed_at = 7.0 * 301
        herd.observe((units[0], units[1]), (hits[0], hits[1]), now, changed_at)
        for guard in range(GUARDS):
            rungs = [
                Counts(int(units[1, guard]), int(one[1]), int(units[0, guard]), int(one[0])) for one in hits[:, guard].T
            ]
            alone[guard] = observe(settings, alone[guard], rungs, now, changed_at)
        said = [reading(settings, one) for one in alone]
        assert herd.evidence() == pytest.approx([one.log_evidence for one in said], abs=1e-9), f"tick {number}"
        assert (herd.bound() >= herd.evidence() - 1e-9).all()
        estimated = max(estimated, *(one.burst for one in said))
    assert estimated > 1.0, "bursts were never believed, so their arithmetic was not compared"
    assert herd.logs == pytest.approx(np.stack([one.relative for one in alone]), abs=1e-9)


def test_guards_that_are_dropped_leave_the_others_as_they_are() -> None:
    settings = GuardSettings()
    herd, fewer = Herd(settings, GUARDS), Herd(settings, GUARDS)
    some = np.array([True, False, True, True, False])
    for number, (units, hits) in enumerate(ticks(np.random.default_rng(8), settings)[:100], 1):
        herd.observe((units[0], units[1]), (hits[0], hits[1]), 5.0 * number)
        if number == 50:
            fewer.keep(some)
        if number >= 50:
            units, hits = units[:, some], hits[:, some]
        fewer.observe((units[0], units[1]), (hits[0], hits[1]), 5.0 * number)
    assert fewer.evidence() == pytest.approx(herd.evidence()[some], abs=1e-12)


def test_a_family_of_guards_has_the_evidence_that_combine_adds_up() -> None:
    launches, weights = 3, {}
    world = World(Trouble("bursts", burst=3.0, warm_up=5.0), launches, 20.0, np.random.default_rng(9))
    family = Family(launches)
    alone = {
        (metric, place, one): start(settings, 0.0)
        for metric, settings in enumerate(SETTINGS)
        for place in range(PLACES)
        for one in range(launches)
    }
    for number in range(60):
        began = 20.0 * number
        tick = world.tick(began)
        family.observe(tick, began + 20.0, stage_began(began))
        least = [shared(alone, one) for one in range(launches)]
        for (metric, place, one), state in alone.items():
            some = slice(None) if place == 0 else slice(place - 1, place)
            units, hits = tick.units[one, some].sum(axis=0), tick.hits[metric, one, some].sum(axis=0)
            counts = Counts(int(units[1]), int(hits[1]), int(units[0]), int(hits[0]))
            alone[metric, place, one] = observe(
                SETTINGS[metric], state, counts, began + 20.0, stage_began(began), least[one][str(metric)]
            )
    assert any(factors[0] > 1 for of_launch in least for factors in of_launch.values()), "nothing was ever shared"
    for one in range(launches):
        readings, weights = {}, {}
        for metric, settings in enumerate(SETTINGS):
            for place in range(PLACES):
                readings[f"{metric} {place}"] = reading(settings, alone[metric, place, one])
                weights[f"{metric} {place}"] = (0.5 if place == 0 else 0.5 / (PLACES - 1)) / len(SETTINGS)
        some_launch = np.arange(launches) == one
        assert family.evidence(some_launch) == pytest.approx([combine(readings, weights)], abs=1e-9)


def shared(alone: dict[tuple[int, int, int], GuardState], launch: int) -> dict[str, tuple[float, ...]]:
    return least_bursts(
        {
            str(metric): [(settings, alone[metric, place, launch]) for place in range(PLACES)]
            for metric, settings in enumerate(SETTINGS)
        }
    )


def test_many_stages_at_once_say_at_every_step_what_promotion_says_of_one() -> None:
    margins = (3.5, 1.75)
    many = Stage(GUARDS, margins)
    alone = [[begin(PromotionSettings(margin)) for margin in margins] for _ in range(GUARDS)]
    shown = False
    for units, hits in ticks(np.random.default_rng(10), GuardSettings()):
        many.earn((units[0], units[1]), (hits[0, :, 0], hits[1, :, 0]))
        for guard in range(GUARDS):
            counts = Counts(int(units[1, guard]), int(hits[1, guard, 0]), int(units[0, guard]), int(hits[0, guard, 0]))
            for at, margin in enumerate(margins):
                alone[guard][at] = earn(PromotionSettings(margin), alone[guard][at], counts)
        said = [
            [promotion(PromotionSettings(margin), state) for margin, state in zip(margins, states, strict=True)]
            for states in alone
        ]
        evidence = many.log_evidence()
        assert evidence == pytest.approx(np.array([[one.log_evidence for one in row] for row in said]), abs=1e-9)
        assert ((evidence >= many.needed) == [[one.shown for one in row] for row in said]).all()
        shown = shown or any(one.shown for row in said for one in row)
    assert shown, "nothing was ever shown, so the threshold was not compared"
