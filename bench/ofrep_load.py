"""A part of the benches of serving: load by wrk on a core of its own, and what the server took for it.

Requests/s say little when something else runs on either core. So each round carries what the server really got:
`server_cpu_share` of its core, `taken_by_others` of it, and `cpu_us_per_request`, which a neighbour moves far less.
`disturbed` means that the server was not busy all the time: its requests/s are a lower bound.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

CONNECTIONS = 32
WARM_UP_SECONDS = 1
ROUNDS = 3
MOST_P99_MS = 10.0
SATURATED_FROM = 0.9

# A thousand users, built before the clock starts so that the load tool's core does nothing but send.
WRK_SCRIPT = """
local requests = {}
local headers = { %(headers)s }
local at = 0
function init(args)
  for i = 1, 1000 do
    requests[i] = wrk.format("%(method)s", "%(path)s", headers, string.gsub([[%(body)s]], "USER", "user-" .. i))
  end
end
function request()
  at = at %% 1000 + 1
  return requests[at]
end
function done(summary, latency, unused)
  local e = summary.errors
  io.write(string.format('\\nRESULT {"requests":%%d,"seconds":%%f,"p50_ms":%%f,"p99_ms":%%f,"bytes":%%d,"errors":%%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.bytes, e.connect + e.read + e.write + e.status + e.timeout))
end
"""


@dataclass(frozen=True)
class Target:
    """A running server: where it listens and its process."""

    port: int
    pid: int


@dataclass(frozen=True)
class Ask:
    """One kind of request. `USER` in the body becomes one of a thousand users."""

    path: str
    token: str
    body: str = '{"context":{"targetingKey":"USER","country":"CA","tier":"gold"}}'
    method: str = "POST"
    scheme: str = "Bearer "

    def script(self) -> str:
        """What wrk runs."""
        headers = {"Content-Type": "application/json", "Authorization": f"{self.scheme}{self.token}"}
        said = ", ".join(f'["{name}"] = "{value}"' for name, value in headers.items())
        return WRK_SCRIPT % {"headers": said, "method": self.method, "path": self.path, "body": self.body}


@dataclass
class Rounds:
    """The rounds of one kind of request, and how many were asked with the warm-ups and all."""

    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0

    def median(self) -> dict[str, Any]:
        """The round in the middle by requests/s, with the errors of all and every round's requests/s beside it."""
        ordered = sorted(self.taken, key=lambda one: one["requests_per_second"])
        errors = sum(one["errors"] for one in self.taken)
        each = [one["requests_per_second"] for one in self.taken]
        return {**ordered[len(ordered) // 2], "errors": errors, "rounds": each}


def cores() -> tuple[int, int]:
    """The server's core and the load's. This process moves to the second, and what it starts with it."""
    available = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {available[-1]})
    return available[0], available[-1]


def load(rounds: Rounds, at: Target, ask: Ask, seconds: float, on: tuple[int, int]) -> None:
    """Drive one kind of request with wrk for one more round, after a second to warm up."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "load.lua")
        script.write_text(ask.script())
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", "-s", str(script), f"http://127.0.0.1:{at.port}"]
        warm = _wrk(command, WARM_UP_SECONDS)
        began, own, busy = time.monotonic(), process_seconds(at.pid), _core_seconds(on[0])
        raw = _wrk(command, seconds)
        elapsed = time.monotonic() - began
        own, busy = process_seconds(at.pid) - own, _core_seconds(on[0]) - busy
    rounds.asked += warm["requests"] + raw["requests"]
    rounds.taken.append(
        {
            "requests_per_second": round(raw["requests"] / raw["seconds"]),
            "p50_ms": round(raw["p50_ms"], 2),
            "p99_ms": round(raw["p99_ms"], 2),
            "errors": raw["errors"],
            "answer_bytes": round(raw["bytes"] / max(raw["requests"], 1)),
            "cpu_us_per_request": round(own / max(raw["requests"], 1) * 1e6, 1),
            "server_cpu_share": round(own / elapsed, 2),
            "taken_by_others": round(max(busy - own, 0) / elapsed, 2),
            "disturbed": own / elapsed < SATURATED_FROM,
        }
    )


def _wrk(command: list[str], seconds: float) -> dict[str, Any]:
    timed = [command[0], f"-d{max(1, round(seconds))}s", *command[1:]]
    run = subprocess.run(timed, capture_output=True, text=True, check=False)
    for line in run.stdout.splitlines():
        if line.startswith("RESULT "):
            result: dict[str, Any] = json.loads(line.removeprefix("RESULT "))
            return result
    raise SystemExit(f"wrk gave no result: {run.stderr.strip() or run.stdout.strip()}")


def process_seconds(pid: int) -> float:
    """CPU time a process has used, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_kib(pid: int) -> int:
    """Memory of a process that is in RAM now."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(lines["VmRSS"].split()[0])


def _core_seconds(core: int) -> float:
    """Time a core was not free: everything but idle and waiting for disks, with what the hypervisor stole."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name == f"cpu{core}":
            spent = sum(int(tick) for index, tick in enumerate(ticks[:8]) if index not in (3, 4))
            return spent / os.sysconf("SC_CLK_TCK")
    raise SystemExit(f"core {core} is not in /proc/stat")


def wrk_is_missing(bench: str) -> bool:
    """Whether the load tool is missing; then it says what to do."""
    missing = shutil.which("wrk") is None
    if missing:
        print(f"{bench} needs the load tool wrk: apt-get install wrk, or brew install wrk", file=sys.stderr)
    return missing


def machine() -> dict[str, Any]:
    """What this ran on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "load_average": os.getloadavg()[0],
    }


def versions(**others: str) -> Mapping[str, str]:
    """Of everything that the figures depend on."""
    wrk = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False)
    packages = {name: version(name) for name in ("uvicorn", "uvloop", "httptools", "msgspec", "mmh3")}
    first = (wrk.stdout + wrk.stderr).splitlines()[0]
    return {"python": platform.python_version(), **packages, "wrk": first.split("Copyright")[0].strip(), **others}
