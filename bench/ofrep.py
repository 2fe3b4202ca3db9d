"""How many OFREP evaluations one core serves, beside the most that the same server can do at all.

    python bench/ofrep.py [--seconds 5] [--json]

uvicorn (uvloop, httptools, no access log) runs on one core and wrk on another, 32 connections, every request with a
token. The peer is the smallest ASGI application there is, a constant body, on the same uvicorn in the same run.

Requests/s say little when something else runs on either core, so rounds of peer and product alternate, the median
round counts, and each figure carries what the server really got: `server_cpu_share` of its core, `taken_by_others` of
it, and `cpu_us_per_request`, which `ratio_to_bare_asgi` compares because a neighbour moves it far less. `disturbed`
means that the server was not busy all the time: its requests/s are a lower bound. Prints one JSON object; exit 2 when
wrk is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import timeit
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import uvicorn

from tminus.access import Access
from tminus.flags import FlagSet, compile_flags, rollout_flag
from tminus.ofrep import OfrepApp

TOKEN = "bench-token-0123456789abcdef"
CONNECTIONS = 32
WARM_UP_SECONDS = 1
ROUNDS = 3
SATURATED_FROM = 0.9
TARGETS = {"single_static": 10_000, "single_split": 10_000, "bulk_100": 3_000}
PATHS = {
    "single_static": "/ofrep/v1/evaluate/flags/static-0",
    "single_split": "/ofrep/v1/evaluate/flags/split-0",
    "bulk_100": "/ofrep/v1/evaluate/flags",
}

# A thousand users, built before the clock starts so that the load tool's core does nothing but send.
WRK_SCRIPT = """
local requests = {}
local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer %(token)s" }
local at = 0
function init(args)
  for i = 1, 1000 do
    local body = string.format('{"context":{"targetingKey":"user-%%d","country":"CA","tier":"gold"}}', i)
    requests[i] = wrk.format("POST", "%(path)s", headers, body)
  end
end
function request()
  at = at %% 1000 + 1
  return requests[at]
end
function done(summary, latency, unused)
  local e = summary.errors
  io.write(string.format('\\nRESULT {"requests":%%d,"seconds":%%f,"p50_ms":%%f,"p99_ms":%%f,"errors":%%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""


def flag_set() -> FlagSet:
    """100 flags: half answer the same to all, half put 5 percent in after a targeting rule."""
    flags: dict[str, Any] = {}
    for number in range(50):
        flags[f"static-{number}"] = _rollout(f"static-{number}", 0)
        flags[f"split-{number}"] = _rollout(f"split-{number}", 5)
    return compile_flags({"flags": flags})


def _rollout(key: str, percent: float) -> dict[str, Any]:
    rule = {"and": [{"==": [{"var": "country"}, "US"]}, {"==": [{"var": "tier"}, "gold"]}]}
    return rollout_flag(
        key=key, variants={"on": True, "off": False}, off="off", on="on", percent=percent, cohort_rules=[rule]
    )


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """The peer: reads nothing, knows nothing, says always the same."""
    content = b'{"key":"static-0","reason":"STATIC","variant":"off","value":false}'
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def serve(which: str, port: int, core: int) -> None:
    """Run the server under test, in its own process on its own core."""
    os.sched_setaffinity(0, {core})
    flags = flag_set()
    app: Any = bare if which == "bare" else OfrepApp(lambda: flags, Access({TOKEN: frozenset({"evaluate"})}), time.time)
    uvicorn.run(app, port=port, loop="uvloop", http="httptools", access_log=False, lifespan="off", log_level="warning")


@contextmanager
def server(which: str, core: int) -> Iterator[tuple[int, int]]:
    """A running server; gives its port and process id."""
    port = _free_port()
    command = [sys.executable, __file__, "--serve", which, "--port", str(port), "--core", str(core)]
    process = subprocess.Popen(command)
    try:
        _wait_for(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise SystemExit(f"the server under test ended at once, with exit code {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the server under test did not start within 10 s")


def load(at: tuple[int, int], path: str, seconds: float, cores: tuple[int, int]) -> dict[str, Any]:
    """Drive one path with wrk for one round. `at` is the server's port and process id, `cores` its core and wrk's."""
    port, pid = at
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "load.lua")
        script.write_text(WRK_SCRIPT % {"token": TOKEN, "path": path})
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", "-s", str(script), f"http://127.0.0.1:{port}"]
        _wrk(command, WARM_UP_SECONDS, cores[1])
        began, own, busy = time.monotonic(), _process_seconds(pid), _core_seconds(cores[0])
        raw = _wrk(command, seconds, cores[1])
        elapsed = time.monotonic() - began
        own, busy = _process_seconds(pid) - own, _core_seconds(cores[0]) - busy
    others = max(busy - own, 0) / elapsed
    return {
        "requests_per_second": round(raw["requests"] / raw["seconds"]),
        "p50_ms": round(raw["p50_ms"], 2),
        "p99_ms": round(raw["p99_ms"], 2),
        "errors": raw["errors"],
        "cpu_us_per_request": round(own / max(raw["requests"], 1) * 1e6, 1),
        "server_cpu_share": round(own / elapsed, 2),
        "taken_by_others": round(others, 2),
        "disturbed": own / elapsed < SATURATED_FROM,
    }


def _process_seconds(pid: int) -> float:
    """CPU time a process has used, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _core_seconds(core: int) -> float:
    """Time a core was not free: everything but idle and waiting for disks, with what the hypervisor stole."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name == f"cpu{core}":
            return sum(int(tick) for index, tick in enumerate(ticks[:8]) if index not in (3, 4)) / os.sysconf(
                "SC_CLK_TCK"
            )
    raise SystemExit(f"core {core} is not in /proc/stat")


def median_round(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """The round in the middle by requests/s, with the errors of all and every round's requests/s beside it."""
    ordered = sorted(rounds, key=lambda one: one["requests_per_second"])
    middle = dict(ordered[len(ordered) // 2])
    middle["errors"] = sum(one["errors"] for one in rounds)
    middle["rounds"] = [one["requests_per_second"] for one in rounds]
    return middle


def _wrk(command: list[str], seconds: float, core: int) -> dict[str, Any]:
    run = subprocess.run(
        [command[0], f"-d{max(1, round(seconds))}s", *command[1:]],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    for line in run.stdout.splitlines():
        if line.startswith("RESULT "):
            result: dict[str, Any] = json.loads(line.removeprefix("RESULT "))
            return result
    raise SystemExit(f"wrk gave no result: {run.stderr.strip() or run.stdout.strip()}")


def evaluate_microseconds() -> dict[str, float]:
    """One `evaluate()` in microseconds: the best of five, since everything else only adds to it."""
    flags, context = flag_set(), {"targetingKey": "user-123456", "country": "CA", "tier": "gold"}
    number = 100_000
    timings = {}
    for name, key in (("static", "static-0"), ("split", "split-0")):
        timer = timeit.Timer(lambda key=key: flags.evaluate(key, context))  # type: ignore[misc]
        timings[name] = round(min(timer.repeat(5, number)) / number * 1e6, 3)
    return timings


def machine() -> dict[str, Any]:
    """What this ran on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    return {"cpu": model, "cores": os.cpu_count(), "system": platform.platform()}


def versions() -> dict[str, str]:
    """Of everything that the figures depend on."""
    wrk = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False)
    packages = {name: version(name) for name in ("uvicorn", "uvloop", "httptools", "msgspec", "mmh3")}
    first = (wrk.stdout + wrk.stderr).splitlines()[0]
    return {"python": platform.python_version(), **packages, "wrk": first.split("Copyright")[0].strip()}


def measure(seconds: float) -> dict[str, Any]:
    """The whole benchmark; `seconds` of load for each figure, spread over the rounds."""
    available = sorted(os.sched_getaffinity(0))
    cores = available[0], available[-1]
    rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in ("bare_asgi", *PATHS)}
    with server("bare", cores[0]) as peer, server("tminus", cores[0]) as ours:
        for _ in range(ROUNDS):
            rounds["bare_asgi"].append(load(peer, "/", seconds / ROUNDS, cores))
            for name, path in PATHS.items():
                rounds[name].append(load(ours, path, seconds / ROUNDS, cores))
    results = {name: median_round(taken) for name, taken in rounds.items()}
    limit = results.pop("bare_asgi")
    for name, result in results.items():
        result["ratio_to_bare_asgi"] = round(limit["cpu_us_per_request"] / result["cpu_us_per_request"], 3)
        result["target"] = TARGETS[name]
    return {
        "benchmark": "ofrep",
        "connections": CONNECTIONS,
        "seconds": seconds,
        "bare_asgi": limit,
        **results,
        "evaluate_us": evaluate_microseconds(),
        "same_core": cores[0] == cores[1],
        "versions": versions(),
        "machine": machine(),
    }


def main() -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5, help="of load for each figure")
    parser.add_argument("--json", action="store_true", help="one line instead of indented")
    parser.add_argument("--serve", choices=["bare", "tminus"], help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--core", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve, given.port, given.core)
        return 0
    if shutil.which("wrk") is None:
        print("bench/ofrep.py needs the load tool wrk: apt-get install wrk, or brew install wrk", file=sys.stderr)
        return 2
    print(json.dumps(measure(given.seconds), indent=None if given.json else 2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
