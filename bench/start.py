"""How soon a new `tminus edge` answers by the flags of its file, and what it takes for them.

    python bench/start.py [--flags 10000] [--starts 5] [--json]

Each start is a process of its own on a core of its own: `tminus edge --from FILE` from the fork to the first evaluation
answered by the file's flags, in turn with the same process and a file of one flag. What is told is the median of the
starts: `seconds` that passed, `cpu_seconds` that the process had used by then, which a neighbour on the machine moves
less, and `resident_kib`. `bytes_a_flag` is the difference in resident memory by the difference in flags, so it holds all
that a flag costs the process and not the compiled flag alone (bench/flags.py measures that). Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

import httpx
from ofrep_load import cores, machine, process_seconds, resident_kib
from ofrep_servers import free_port, tminus, wait_for

from tminus.flags import rollout_flag

MOST_SECONDS = 1.0


def definition(flags: int) -> dict[str, Any]:
    """So many rollouts at 5 percent."""
    keys = [f"flag-{number}" for number in range(flags)]
    variants = {"on": True, "off": False}
    return {"flags": {key: rollout_flag(key=key, variants=variants, off="off", on="on", percent=5) for key in keys}}


def start(file: Path, core: int) -> dict[str, float]:
    """Start an edge on this file once."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/ofrep/v1/evaluate/flags/flag-0"

    def good(answer: httpx.Response) -> bool:
        return answer.status_code == 200 and answer.json()["reason"] == "SPLIT"

    with tminus(["edge", "--from", str(file), "--port", str(port), "--json"], core) as server:
        seconds = wait_for(server, url, good, json={"context": {"targetingKey": "u"}})
        return {
            "seconds": seconds,
            "cpu_seconds": process_seconds(server.pid),
            "resident_kib": resident_kib(server.pid),
        }


def measure(flags: int, starts: int) -> dict[str, Any]:
    """The whole benchmark."""
    on = cores()
    taken: dict[int, list[dict[str, float]]] = {1: [], flags: []}
    with tempfile.TemporaryDirectory() as folder:
        files = {count: Path(folder, f"{count}.json") for count in taken}
        for count, file in files.items():
            file.write_text(json.dumps(definition(count)))
        for _ in range(starts):
            for count, file in files.items():
                taken[count].append(start(file, on[0]))
    one, many = (_median(taken[count]) for count in taken)
    return {
        "benchmark": "start",
        "starts": starts,
        "flags_1": one,
        f"flags_{flags}": many,
        "bytes_a_flag": round((many["resident_kib"] - one["resident_kib"]) * 1024 / (flags - 1)),
        "target_seconds": MOST_SECONDS,
        "holds": many["seconds"] <= MOST_SECONDS,
        "machine": machine(),
    }


def _median(taken: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(one[name] for one in taken), 3) for name in taken[0]}


def main() -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flags", type=int, default=10_000)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="one line instead of indented")
    given = parser.parse_args()
    if given.flags < 2 or given.starts < 1:
        parser.error("--flags is 2 or more, --starts 1 or more")
    print(json.dumps(measure(given.flags, given.starts), indent=None if given.json else 2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
