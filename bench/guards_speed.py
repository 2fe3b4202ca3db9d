"""What a look costs: the product's own `observe`, with 25 bets, one guard at a time.

Medians over many rounds. Machines are noisy and unlike, so each figure also stands beside a calibrating loop of plain Python
that ran in the same rounds: the ratio travels, the microseconds do not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np

from tminus.guards import Counts, GuardSettings, GuardState, observe, reading, start

TARGETS = {"update_microseconds": 20.0, "thousand_guards_milliseconds": 50.0}
_TICKS = 200


def _ticks(seed: int) -> list[Counts]:
    """100 requests/s at 5 %, 1 % of which fail: most ticks have an error, so that most updates bet."""
    rng = np.random.default_rng(seed)
    drawn = np.stack([rng.poisson(95, _TICKS), rng.binomial(95, 0.01, _TICKS), rng.poisson(5, _TICKS)])
    return [Counts(int(units) + 20, int(hits), int(canary), 0) for units, hits, canary in drawn.T]


def _calibration() -> int:
    total = 0
    for number in range(1000):
        total += number * number
    return total


def _microseconds(work: Callable[[], object], rounds: int, each: int) -> list[float]:
    """CPU microseconds of `each` pieces of work, one value a round: time that others had the processor does not count."""
    spent = []
    for _ in range(rounds):
        began = time.process_time_ns()
        work()
        spent.append((time.process_time_ns() - began) / 1000.0 / each)
    return spent


def _run(settings: GuardSettings, ticks: list[Counts]) -> GuardState:
    state = start(settings, 0.0)
    for number, counts in enumerate(ticks, 1):
        state = observe(settings, state, counts, float(number))
    return state


def measure(seed: int, rounds: int) -> dict[str, Any]:
    """Target 5."""
    ticks, settings = _ticks(seed), GuardSettings()
    limited = replace(settings, ceiling=0.003)
    guards = [_run(settings, ticks[:20]) for _ in range(1000)]
    last = _run(limited, ticks)
    loop = median(_microseconds(_calibration, rounds, 1))
    update = median(_microseconds(lambda: _run(settings, ticks), rounds, _TICKS))
    with_ceiling = median(_microseconds(lambda: _run(limited, ticks), rounds, _TICKS))
    read = median(_microseconds(lambda: [reading(limited, last) for _ in range(_TICKS)], rounds, _TICKS))
    thousand = median(
        _microseconds(lambda: [observe(settings, one, ticks[0], 21.0) for one in guards], max(rounds // 5, 5), 1000)
    )
    return {
        "bets": len(settings.prior),
        "rounds": rounds,
        "update_microseconds": round(update, 2),
        "update_with_ceiling_microseconds": round(with_ceiling, 2),
        "reading_with_ceiling_microseconds": round(read, 2),
        "thousand_guards_one_tick_milliseconds": round(thousand, 2),
        "calibrating_loop_microseconds": round(loop, 2),
        "update_over_loop": round(update / loop, 3),
        "targets": TARGETS,
        "ok": update < TARGETS["update_microseconds"] and thousand < TARGETS["thousand_guards_milliseconds"],
        "ok_with_ceiling": with_ceiling < TARGETS["update_microseconds"],
    }
