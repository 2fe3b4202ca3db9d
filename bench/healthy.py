"""How often a healthy launch is rolled back, through the real engine in virtual time.

    python bench/healthy.py [--seeds 1000] [--hours 24] [--tick 10] [--json]

Each seed is one launch of examples/profile-enhancement at 100 requests/s, of which 0.1 % fail in either arm, whichever
variant they get. Its four stages (5, 15, 50 and 100 %) share the hours; people sign at once; a step every `tick` seconds.
Guard, triggers, alerts and their windows are the plan's own. Every rollback here is a false one: `share` is to be
at most 0.01. Prints one JSON object. Uses every core, a process each.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import mean
from typing import Any

from tminus.plan import Plan, read_plan
from tminus.plan.criterion import Criterion
from tminus.plan.model import Phase, Stage
from tminus.plan.quantity import Duration
from tminus.rehearsal import World, rehearse

PLAN = Path(__file__).parent.parent / "examples" / "profile-enhancement" / "plan.yaml"
REQUESTS_PER_SECOND = 100.0
BASE_ERROR_RATE = 0.001
# What the world answers besides errors: everything well within its targets, so that errors alone decide.
VALUES = {"http.server.request.duration": 0.05, "profile_opened": 0.88}
STAGES = 4
TARGET = 0.01
_PARTS = ("tminus", "numpy", "pydantic", "msgspec")


@dataclass(frozen=True)
class Launch:
    """How one launch went: its causes of rollback, whether it completed, steps of the engine and CPU seconds of them."""

    causes: tuple[str, ...]
    completed: bool
    steps: int
    seconds: float


def launch_plan(seconds_per_stage: float) -> Plan:
    """The profile-enhancement plan with short stages; its guard, triggers, alerts, signatures and windows unchanged.

    Phases have no least length, and the exits that ask for fewer errors than the base rate are left out: at exactly
    0.1 % they would hold every other launch for good and spare it the exposure that is to be shown here.
    """
    plan = read_plan([PLAN])
    return plan.model_copy(update={"phases": tuple(_phase(phase, seconds_per_stage) for phase in plan.phases)})


def _phase(phase: Phase, seconds: float) -> Phase:
    changed: dict[str, Any] = {"lasts": None, "exit": tuple(c for c in phase.exit if not _asks_of_errors(c))}
    if phase.rollout is not None:
        stages = tuple(_stage(stage, seconds) for stage in phase.rollout.stages)
        changed["rollout"] = phase.rollout.model_copy(update={"stages": stages})
    return phase.model_copy(update=changed)


def _stage(stage: Stage, seconds: float) -> Stage:
    return stage.model_copy(update={"for_": Duration(seconds, f"{seconds:g}s")})


def _asks_of_errors(criterion: Criterion) -> bool:
    return criterion.metric in ("error_rate", "uptime")


def launch(seed: int, plan: Plan, hours: float, tick: float) -> Launch:
    """One healthy launch."""
    world = World(seed, rate=REQUESTS_PER_SECOND, error_rate=BASE_ERROR_RATE, values=VALUES)
    began = time.process_time()  # what else runs on the machine is no part of it
    went = rehearse(plan, world, tick=tick, lasts=hours * 3600.0 + 60 * tick)
    seconds = time.process_time() - began
    causes = tuple(one.cause["text"].partition(":")[0] for one in went.rollbacks)
    return Launch(causes, went.state.status.value == "completed", round(went.seconds / tick), seconds)


def surroundings() -> dict[str, Any]:
    """Versions and machine, without which no number means anything."""
    return {
        "versions": {"python": platform.python_version()} | {part: version(part) for part in _PARTS},
        "machine": {
            "system": f"{platform.system()} {platform.release()} {platform.machine()}",
            "processor": _processor(),
            "cores": len(os.sched_getaffinity(0)),
        },
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def measure(seeds: int, hours: float, tick: float) -> dict[str, Any]:
    """Launch `seeds` times and count."""
    one = partial(launch, plan=launch_plan(hours * 3600.0 / STAGES), hours=hours, tick=tick)
    began = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(len(os.sched_getaffinity(0))) as pool:
        launches = pool.map(one, range(1, seeds + 1), chunksize=4)
    elapsed = time.perf_counter() - began
    rolled_back = [one for one in launches if one.causes]
    return {
        "benchmark": "healthy",
        "launches": seeds,
        "hours": hours,
        "tick_seconds": tick,
        "requests_per_second": REQUESTS_PER_SECOND,
        "base_error_rate": BASE_ERROR_RATE,
        "completed": sum(one.completed for one in launches),
        "rolled_back": len(rolled_back),
        "share": len(rolled_back) / seeds,
        "target_share": TARGET,
        "by_cause": dict(Counter(cause for one in rolled_back for cause in one.causes)),
        "seeds_rolled_back": [seed for seed, one in enumerate(launches, 1) if one.causes],
        "cpu_seconds_per_launch": round(mean(one.seconds for one in launches), 3),
        "engine_steps_per_cpu_second": round(sum(one.steps for one in launches) / sum(o.seconds for o in launches)),
        "elapsed_seconds": round(elapsed, 1),
        **surroundings(),
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1000, help="how many launches")
    parser.add_argument("--hours", type=float, default=24, help="that the four stages last together")
    parser.add_argument("--tick", type=float, default=10, help="seconds between two steps of the engine")
    parser.add_argument("--json", action="store_true", help="one line instead of indented")
    given = parser.parse_args()
    print(json.dumps(measure(given.seeds, given.hours, given.tick), indent=None if given.json else 2))


if __name__ == "__main__":
    main()
