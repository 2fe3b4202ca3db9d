"""How long a rehearsal takes, what it needs, and how it grows.

    python bench/rehearse.py [--launches 200] [--processes 2] [--quick] [--json]

- `profile`: examples/profile-enhancement with its monitoring, the scenario `healthy`: CPU seconds a launch, rules checked.
- `many`: `--launches` of them on `--processes` processes, by the clock, and what 1,000 take: measured with --launches 1000,
  else in proportion (start-up not multiplied).
- `six_weeks`: a plan of six weeks in three phases with 20 metrics, each a criterion at every stage; CPU seconds.
- `growth`: CPU seconds of such plans with more metrics, of plans with more phases, and of more launches; the exponent of a
  straight line through them, log against log, says how they grow: 1 is linear.

Prints one JSON object. The targets are issue 4's. `--quick` measures everything with as few launches as will do: its
figures say that it runs, and little else.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import statistics
import time
from pathlib import Path
from typing import Any

from healthy import surroundings

from tminus.plan import Plan, read_plan
from tminus.plan.reading import read_plan_text
from tminus.rehearsal.many import play_all
from tminus.rehearsal.playing import play_script
from tminus.rehearsal.scenario_files import find_scenario
from tminus.rehearsal.script import Script, script_of

EXAMPLE = Path(__file__).parent.parent / "examples" / "profile-enhancement"
TARGETS = {"six_weeks_seconds": 1.0, "thousand_launches_seconds": 60.0, "peak_megabytes": 500}
_REPEATS = 10
METRICS, PHASES, LAUNCHES = (5, 10, 20, 40, 80), (2, 4, 8, 16), (5, 10, 20)


def script(plan: Plan) -> Script:
    """A good release of a plan."""
    return script_of(*find_scenario("healthy"), plan)


def made(metrics: int, phases: int, weeks: float = 6.0) -> Plan:
    """A plan of so many weeks: `phases` phases with a rollout of three stages each, `metrics` criteria at every stage."""
    names = [f"metric_{number}" for number in range(metrics)]
    hours = weeks * 7 * 24 / phases / 3
    exits = ", ".join(f"canary {name} p95 < 2s over 1h" for name in names)
    lines = ["tminus: 1", "title: Made", "roles: { lead: { people: [Ann] } }", "metrics:"]
    lines += ["  error_rate: { source: events, bad: 'request{error=\"true\"}', total: request }"]
    lines += [f"  {name}: {{ source: app, histogram: {name}.duration, unit: s }}" for name in names]
    lines += ["flags:", *(f"  flag-{number}: {{}}" for number in range(phases)), "phases:"]
    for number in range(phases):
        lines += [
            f"  - id: phase-{number}",
            "    tasks: [{ do: It is ready, owner: lead }]",
            f"    rollout: {{ flag: flag-{number}, guards: [error_rate], stages: [",
            *(f"      {{ to: {share}%, for: {hours:.0f}h, exit: [{exits}] }}," for share in (5, 50, 100)),
            "    ] }",
            "    go: [lead]",
        ]
    lines += ["rollback: { when: [canary error_rate > 5% for 2m] }"]
    return read_plan_text("\n".join(lines))


def cpu_seconds(one: Script, launches: int) -> float:
    """CPU seconds of one launch, in the mean; the first, which loads and fills caches, is not counted."""
    play_script(one, 1)
    begun = time.process_time()
    for seed in range(2, launches + 2):
        play_script(one, seed)
    return (time.process_time() - begun) / launches


def many(one: Script, launches: int, processes: int) -> dict[str, Any]:
    """So many launches by the clock."""
    begun = time.perf_counter()
    first = 0.0
    for number, _ in enumerate(play_all([one], range(1, launches + 1), processes)):
        first = first or (time.perf_counter() - begun if number == 0 else 0.0)
    elapsed = time.perf_counter() - begun
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    each = (elapsed - first) / max(launches - 1, 1)
    return {
        "launches": launches,
        "processes": processes,
        "elapsed_seconds": round(elapsed, 1),
        "cpu_seconds": round(children.ru_utime + children.ru_stime, 1),
        "thousand_launches_seconds": round(first + 999 * each, 1),
        "thousand_measured": launches == 1000,
        "peak_megabytes_a_process": round(children.ru_maxrss / 1024),
        "peak_megabytes": round((children.ru_maxrss * processes + _own_kilobytes()) / 1024),
    }


def _own_kilobytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def grown(found: dict[int, float]) -> dict[str, Any]:
    """CPU seconds by size, and the exponent of a straight line through them, log against log: 1 is linear."""
    sizes, seconds = ([math.log(one) for one in side] for side in (found, found.values()))
    exponent = statistics.linear_regression(sizes, seconds).slope
    return {"exponent": round(exponent, 2), "cpu_seconds": {size: round(one, 3) for size, one in found.items()}}


def measure(launches: int, processes: int, quick: bool = False) -> dict[str, Any]:
    """All of it."""
    repeats, few, sizes = (1, 1, 2) if quick else (_REPEATS, 5, None)
    profile = script(read_plan([EXAMPLE / "plan.yaml", EXAMPLE / "monitoring.yaml"]))
    return {
        "benchmark": "rehearse",
        "profile": {"cpu_seconds_per_launch": round(cpu_seconds(profile, 2 * repeats), 3)},
        "many": many(profile, launches, processes),
        "six_weeks": {"metrics": 20, "phases": 3, "cpu_seconds": round(cpu_seconds(script(made(20, 3)), repeats), 3)},
        "growth": {
            "metrics": grown({count: cpu_seconds(script(made(count, 3)), few) for count in METRICS[:sizes]}),
            "phases": grown({count: cpu_seconds(script(made(5, count)), few) for count in PHASES[:sizes]}),
            "launches": grown(
                {count: cpu_seconds(profile, count) * count for count in ((1, 2) if quick else LAUNCHES)}
            ),
        },
        "targets": TARGETS,
        **surroundings(),
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--launches", type=int, default=200, help="of the profile example, one after the other")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="as few launches as will do")
    parser.add_argument("--json", action="store_true", help="one line instead of indented")
    given = parser.parse_args()
    launches = 8 if given.quick else given.launches
    print(json.dumps(measure(launches, given.processes, given.quick), indent=None if given.json else 2))


if __name__ == "__main__":
    main()
