"""How soon a bad release is noticed, through the real engine in virtual time.

    python bench/detect.py [--seeds 200] [--json]

Each seed is one launch of examples/profile-enhancement at 100 requests/s whose new variant fails 5 % of its requests
from the start of the 5 % stage on, against 0.1 % of the old one. Guard, triggers and windows are the plan's own, unpaced;
a step every second. Counted from the stage's start to the event `RollbackStarted`: seconds, and failed requests of
people who had the new variant. The target, 10 failed requests at the median and 30 s, is for the live demo; here
nothing but the engine's own delay is in it. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from healthy import BASE_ERROR_RATE, REQUESTS_PER_SECOND, VALUES, launch_plan, surroundings

from tminus.core.events import RollbackStarted, StageStarted
from tminus.plan import Plan
from tminus.rehearsal import World, rehearse

CANARY_ERROR_RATE = 0.05
TICK_SECONDS = 1.0
GIVE_UP_SECONDS = 3600.0
TARGETS = {"failed_requests_median": 10, "seconds_median": 30.0}


@dataclass(frozen=True)
class Detection:
    """How one bad release ended; `seconds` is None when it never was rolled back."""

    failed: int
    seconds: float | None
    cause: str


def detect(seed: int, plan: Plan) -> Detection:
    """One bad release."""
    world = World(seed, REQUESTS_PER_SECOND, BASE_ERROR_RATE, lambda exposed: CANARY_ERROR_RATE, values=VALUES)
    went = rehearse(plan, world, tick=TICK_SECONDS, lasts=GIVE_UP_SECONDS)
    exposed = next(one.at for one in went.records if isinstance(one.event, StageStarted))
    for one in went.records:
        if isinstance(one.event, RollbackStarted):
            return Detection(went.hurt, one.at - exposed, one.event.cause["kind"])
    return Detection(went.hurt, None, "never")


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def measure(seeds: int) -> dict[str, Any]:
    """Launch `seeds` bad releases."""
    one = partial(detect, plan=launch_plan(3600.0))
    with multiprocessing.get_context("spawn").Pool(len(os.sched_getaffinity(0))) as pool:
        found = pool.map(one, range(1, seeds + 1), chunksize=4)
    failed = [float(each.failed) for each in found]
    seconds = [each.seconds if each.seconds is not None else GIVE_UP_SECONDS for each in found]
    return {
        "benchmark": "detect",
        "launches": seeds,
        "requests_per_second": REQUESTS_PER_SECOND,
        "base_error_rate": BASE_ERROR_RATE,
        "canary_error_rate": CANARY_ERROR_RATE,
        "tick_seconds": TICK_SECONDS,
        "failed_requests": {"median": quantile(failed, 0.5), "p90": quantile(failed, 0.9), "max": max(failed)},
        "seconds": {"median": quantile(seconds, 0.5), "p90": quantile(seconds, 0.9), "max": max(seconds)},
        "by_cause": dict(Counter(each.cause for each in found)),
        "targets": TARGETS,
        **surroundings(),
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=200, help="how many launches")
    parser.add_argument("--json", action="store_true", help="one line instead of indented")
    given = parser.parse_args()
    print(json.dumps(measure(given.seeds), indent=None if given.json else 2))


if __name__ == "__main__":
    main()
