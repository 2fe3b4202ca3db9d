"""How many OFREP evaluations one core serves, beside the most that the same server can do at all.

    python bench/ofrep.py [--seconds 5] [--json]

wrk drives 32 connections from a core of its own, every request with a token of scope client. The peer is the smallest
ASGI application there is, a constant body, on the same uvicorn (uvloop, httptools, no access log) in the same run.
Beside it three servers of T-minus, 100 flags each: `app`, the evaluations with nothing around them; `run`, a real
`tminus run` with a launch in its first stage; and `edge`, a real `tminus edge` that follows that controller and
reports to it. Rounds of all alternate and the median round counts; `ratio_to_bare_asgi` compares CPU time a request,
which a neighbour on the machine moves far less than requests/s.

`holds` keeps `run` and `edge` to the targets: requests/s, and p99 under 10 ms. `counted` shows that counting and the
reporter were on: the evaluations in the controller's telemetry, and those that wrk had asked for; when wrk stops, up to
32 answers a load are counted that it did not wait for. Prints one JSON object; exit 2 when wrk is missing.
"""

from __future__ import annotations

import argparse
import json
import timeit
from typing import Any

from ofrep_load import (
    CONNECTIONS,
    MOST_P99_MS,
    ROUNDS,
    Ask,
    Rounds,
    Target,
    cores,
    load,
    machine,
    resident_kib,
    versions,
    wrk_is_missing,
)
from ofrep_servers import HALF, TOKEN, Product, alone, flag_set, product

TARGETS = {"single_static": 12_000, "single_split": 12_000, "bulk_100": 6_000}
ASKS = {
    "single_static": Ask("/ofrep/v1/evaluate/flags/static-0", TOKEN),
    "single_split": Ask("/ofrep/v1/evaluate/flags/split-0", TOKEN),
    "bulk_100": Ask("/ofrep/v1/evaluate/flags", TOKEN),
}
LOADS = 2  # warm-up and round


def evaluate_microseconds() -> dict[str, float]:
    """One `evaluate()` in microseconds: the best of five, since everything else only adds to it."""
    flags, context = flag_set(), {"targetingKey": "user-123456", "country": "CA", "tier": "gold"}
    number = 100_000
    timings = {}
    for name, key in (("static", "static-0"), ("split", "split-0")):
        timer = timeit.Timer(lambda key=key: flags.evaluate(key, context))  # type: ignore[misc]
        timings[name] = round(min(timer.repeat(5, number)) / number * 1e6, 3)
    return timings


def measure(seconds: float) -> dict[str, Any]:
    """The whole benchmark; `seconds` of load for each figure, spread over the rounds."""
    on = cores()
    rounds = {"bare": Rounds()} | {f"{which}.{name}": Rounds() for which in ("app", "run", "edge") for name in ASKS}
    with alone("bare", on[0]) as peer, alone("app", on[0]) as app, product(on[0], cohorts=["gold"]) as real:
        targets: dict[str, Target] = {"app": app, "run": real.run, "edge": real.edge}
        for _ in range(ROUNDS):
            load(rounds["bare"], peer, Ask("/", TOKEN), seconds / ROUNDS, on)
            for which, target in targets.items():
                for name, ask in ASKS.items():
                    load(rounds[f"{which}.{name}"], target, ask, seconds / ROUNDS, on)
        memory = {which: resident_kib(target.pid) for which, target in targets.items()}
    limit = rounds.pop("bare").median()
    return {
        "benchmark": "ofrep",
        "connections": CONNECTIONS,
        "seconds": seconds,
        "targets": {**TARGETS, "p99_ms": MOST_P99_MS},
        "bare_asgi": limit,
        **{which: {name: told(rounds[f"{which}.{name}"], name, limit) for name in ASKS} for which in targets},
        "counted": counted(real, rounds),
        "resident_kib": memory,
        "evaluate_us": evaluate_microseconds(),
        "same_core": on[0] == on[1],
        "versions": versions(),
        "machine": machine(),
    }


def told(rounds: Rounds, name: str, limit: dict[str, Any]) -> dict[str, Any]:
    """The median round, its ratio to the peer's, and whether it holds."""
    median = rounds.median()
    holds = {"rate": median["requests_per_second"] >= TARGETS[name], "p99": median["p99_ms"] < MOST_P99_MS}
    return {
        **median,
        "ratio_to_bare_asgi": round(limit["cpu_us_per_request"] / median["cpu_us_per_request"], 3),
        "holds": holds,
    }


def counted(real: Product, rounds: dict[str, Rounds]) -> dict[str, Any]:
    """Evaluations that the controller's telemetry has of each server, against those that wrk had answers to."""
    told: dict[str, Any] = {}
    for which, found in real.counted.items():
        asked, unheard = 1, 0  # one while it started
        for name in ASKS:
            flags = 2 * HALF if name == "bulk_100" else 1
            asked += rounds[f"{which}.{name}"].asked * flags
            unheard += len(rounds[f"{which}.{name}"].taken) * LOADS * CONNECTIONS * flags
        told[which] = {"counted": found, "asked": asked, "agrees": asked <= found <= asked + unheard}
    return told


def main() -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5, help="of load for each figure")
    parser.add_argument("--json", action="store_true", help="one line instead of indented")
    given = parser.parse_args()
    if wrk_is_missing("bench/ofrep.py"):
        return 2
    print(json.dumps(measure(given.seconds), indent=None if given.json else 2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
