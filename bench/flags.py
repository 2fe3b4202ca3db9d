"""What an evaluation costs on one core, beside the Python evaluators that install from the registry.

    python bench/flags.py [--rounds 7] [--flags 10000]

The same two flags everywhere: `static` is off for everybody, `rule` is on for 5 % of the users in Canada. Rounds of all
evaluators alternate in one process and each one's best round counts, because a neighbour on the machine can only slow a
round down. Each peer is called as its documentation calls it, logging off, nothing over the network; the fresh context
that its interface asks for with each user is part of what it costs. Start-up compiles definitions of rollouts, decoded
from JSON as from a file; memory is what the compiled set keeps. Where others use the machine, `cpu_seconds` is what the
start-up took, and what is held against the limit. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import platform
import sys
import tempfile
import time
import timeit
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from typing import Any

import msgspec
from flag_engine.engine import get_evaluation_result
from growthbook import GrowthBook
from openfeature.contrib.tools.flagd.core import FlagdCore
from openfeature.evaluation_context import EvaluationContext
from UnleashClient import UnleashClient
from UnleashClient.cache import FileCache

from tminus.flags import compile_flags, rollout_flag

USER, COUNTRY = "user-123", "CA"
VARIANTS = {"on": True, "off": False}
TARGETS = {"static_us": 0.5, "rule_us": 2.0, "times_flagd_core": 30.0, "start_up_s": 1.0, "bytes_a_flag": 2048.0}
PEERS = ("openfeature-flagd-core", "UnleashClient", "growthbook", "flagsmith-flag-engine")
Call = Callable[[], Any]


def definition() -> dict[str, Any]:
    """flagd's definition of both flags."""
    made: dict[str, Any] = {"state": "ENABLED", "variants": VARIANTS, "defaultVariant": "off"}
    split = {"fractional": [{"cat": [{"var": "$flagd.flagKey"}, {"var": "targetingKey"}]}, ["on", 5], ["off", 95]]}
    targeting = {"if": [{"==": [{"var": "country"}, COUNTRY]}, split]}
    return {"flags": {"static": made, "rule": made | {"targeting": targeting}}}


def ours() -> dict[str, Call]:
    flags = compile_flags(definition())
    context = {"targetingKey": USER, "country": COUNTRY}
    return {key: partial(flags.evaluate, key, context, 1.0) for key in ("static", "rule")}


def flagd_core() -> dict[str, Call]:
    core = FlagdCore()
    core.set_flags(definition())

    def call(key: str) -> Any:
        return core.resolve_boolean_value(key, False, EvaluationContext(USER, {"country": COUNTRY}))

    return {key: partial(call, key) for key in ("static", "rule")}


def growthbook() -> dict[str, Call]:
    rule = {"force": True, "coverage": 0.05, "hashAttribute": "id", "condition": {"country": COUNTRY}}
    features = {"static": {"defaultValue": False}, "rule": {"defaultValue": False, "rules": [rule]}}
    client = GrowthBook(attributes={"id": USER, "country": COUNTRY}, features=features)
    return {key: partial(client.is_on, key) for key in ("static", "rule")}


def flagsmith() -> dict[str, Call]:
    """Flagsmith's engine evaluates a whole environment, so each flag is an environment of its own."""
    conditions = [
        {"operator": "EQUAL", "property": "country", "value": COUNTRY},
        {"operator": "PERCENTAGE_SPLIT", "property": "$.identity.key", "value": "5"},
    ]
    override = {"key": "1", "name": "rule", "enabled": True, "value": None}
    segment = {"key": "1", "name": "canada", "rules": [{"type": "ALL", "conditions": conditions, "rules": []}]}
    segments = {"static": {}, "rule": {"1": segment | {"overrides": [override]}}}

    def call(key: str) -> Any:
        context: Any = {
            "environment": {"key": "bench", "name": "bench"},
            "features": {key: {"key": "1", "name": key, "enabled": False, "value": None}},
            "segments": segments[key],
            "identity": {"identifier": USER, "key": USER, "traits": {"country": COUNTRY}},
        }
        return get_evaluation_result(context)["flags"][key]["enabled"]

    return {key: partial(call, key) for key in ("static", "rule")}


@contextmanager
def unleash() -> Iterator[dict[str, Call]]:
    strategy = {
        "name": "flexibleRollout",
        "parameters": {"rollout": "5", "stickiness": "userId", "groupId": "rule"},
        "constraints": [{"contextName": "country", "operator": "IN", "values": [COUNTRY]}],
    }
    features = [
        {"name": "static", "enabled": False, "strategies": []},
        {"name": "rule", "enabled": True, "strategies": [strategy]},
    ]
    with tempfile.TemporaryDirectory() as folder:
        cache = FileCache("bench", directory=folder)
        cache.bootstrap_from_dict({"version": 2, "features": features})
        client = UnleashClient(
            "http://127.0.0.1:9/api", "bench", disable_metrics=True, disable_registration=True, cache=cache
        )
        client.initialize_client(fetch_toggles=False)

        def call(key: str) -> Any:
            return client.is_enabled(key, {"userId": USER, "properties": {"country": COUNTRY}})

        yield {key: partial(call, key) for key in ("static", "rule")}
        client.destroy()


def best(calls: dict[str, dict[str, Call]], rounds: int) -> dict[str, dict[str, float]]:
    """Microseconds a call of each evaluator and flag, the best of alternating rounds of some 20 ms."""
    numbers = {name: {flag: _number(call) for flag, call in flags.items()} for name, flags in calls.items()}
    found: dict[str, dict[str, float]] = {name: dict.fromkeys(flags, float("inf")) for name, flags in calls.items()}
    for _ in range(rounds):
        for name, flags in calls.items():
            for flag, call in flags.items():
                spent = timeit.timeit(call, number=numbers[name][flag]) / numbers[name][flag] * 1e6
                found[name][flag] = min(found[name][flag], spent)
    return found


def _number(call: Call) -> int:
    once = timeit.timeit(call, number=100) / 100
    return max(10, int(0.02 / once))


def rollouts(count: int) -> bytes:
    """A file of `count` rollouts, as `tminus flags export` writes one."""
    keys = [f"flag-{number}" for number in range(count)]
    flags = {key: rollout_flag(key=key, variants=VARIANTS, off="off", on="on", percent=5) for key in keys}
    return json.dumps({"flags": flags}).encode()


def start_up(text: bytes, rounds: int) -> dict[str, float]:
    """Seconds from the text to a set that answers, the best of `rounds`, and the bytes that the set keeps for a flag."""
    wall, cpu = [], []
    for _ in range(rounds):
        started, worked = time.perf_counter(), time.process_time()
        count = len(compile_flags(msgspec.json.decode(text)).keys())
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - worked)
    document = msgspec.json.decode(text)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    flags = compile_flags(document)
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return {
        "flags": len(flags.keys()),
        "seconds": round(min(wall), 3),
        "cpu_seconds": round(min(cpu), 3),
        "bytes_a_flag": round(kept / count),
    }


def report(rounds: int, count: int) -> dict[str, Any]:
    with unleash() as calls:
        evaluators = {
            "tminus": ours(),
            "openfeature-flagd-core": flagd_core(),
            "UnleashClient": calls,
            "growthbook": growthbook(),
            "flagsmith-flag-engine": flagsmith(),
        }
        spent = best(evaluators, rounds)
    own = spent["tminus"]
    times = {name: {flag: round(spent[name][flag] / own[flag], 1) for flag in own} for name in PEERS}
    started = start_up(rollouts(count), min(rounds, 3))
    holds = {
        "static_us": own["static"] <= TARGETS["static_us"],
        "rule_us": own["rule"] <= TARGETS["rule_us"],
        "times_flagd_core": {
            flag: ratio >= TARGETS["times_flagd_core"] for flag, ratio in times["openfeature-flagd-core"].items()
        },
        "start_up_s": started["cpu_seconds"] <= TARGETS["start_up_s"],
        "bytes_a_flag": started["bytes_a_flag"] <= TARGETS["bytes_a_flag"],
    }
    return {
        "us": {name: {flag: round(value, 3) for flag, value in flags.items()} for name, flags in spent.items()},
        "times_ours": times,
        "start_up": started,
        "targets": TARGETS,
        "holds": holds,
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PEERS},
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--flags", type=int, default=10_000)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    print(json.dumps(report(arguments.rounds, arguments.flags), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
