"""A part of the benches of serving: the servers under test, each a process on a core of its own.

`bare` is the smallest ASGI application there is, a constant body; `app` is T-minus' evaluations on the same uvicorn
with nothing around them. `product` is what people start: `tminus run` with a plan of 100 flags, and a `tminus edge`
that follows it and reports to it what it answered; both ask for tokens, and what they counted is read from the
controller's telemetry once both have ended.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import httpx
import uvicorn
from ofrep_load import Target

from tminus.access import Access
from tminus.exposing.names import COUNTER
from tminus.flags import FlagSet, compile_flags, rollout_flag
from tminus.ofrep import OfrepApp

TOKEN = "bench-client-0123456789abcdef"
OWN_TOKEN = "bench-server-0123456789abcdef"
HALF = 50
RULE = {"and": [{"==": [{"var": "country"}, "US"]}, {"==": [{"var": "tier"}, "gold"]}]}
_PATIENCE_SECONDS = 60.0
Server: TypeAlias = "subprocess.Popen[bytes]"


def flag_set() -> FlagSet:
    """100 flags: half answer the same to all, half put 5 percent in after a targeting rule."""
    flags: dict[str, Any] = {}
    for number in range(HALF):
        flags[f"static-{number}"] = _rollout(f"static-{number}", 0)
        flags[f"split-{number}"] = _rollout(f"split-{number}", 5)
    return compile_flags({"flags": flags})


def _rollout(key: str, percent: float) -> dict[str, Any]:
    return rollout_flag(
        key=key, variants={"on": True, "off": False}, off="off", on="on", percent=percent, cohort_rules=[RULE]
    )


def plan(**stage: Any) -> dict[str, Any]:
    """A launch of the same 100 flags: the half with a share are one stage's flag and what comes along with it.

    `stage` says who is in that stage beside its 5 percent, or of whom they are.
    """
    flags = {f"{kind}-{number}": {"title": kind} for number in range(HALF) for kind in ("static", "split")}
    others = [f"split-{number}" for number in range(1, HALF)]
    first = {"title": "A few", "to": "5%", "features": others, "for": "7d", **stage}
    return {
        "tminus": 1,
        "title": "Bench",
        "flags": flags,
        "cohorts": {"gold": {"rule": RULE}},
        "regions": {"canada": {"countries": ["CA"]}},
        "phases": [{"id": "release", "rollout": {"flag": "split-0", "stages": [first]}}],
    }


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """The peer: reads nothing, knows nothing, says always the same."""
    content = b'{"key":"static-0","reason":"STATIC","variant":"off","value":false}'
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _serve(which: str, port: int) -> None:
    flags = flag_set()
    app: Any = bare if which == "bare" else OfrepApp(lambda: flags, Access({TOKEN: frozenset({"evaluate"})}), time.time)
    uvicorn.run(app, port=port, loop="uvloop", http="httptools", access_log=False, lifespan="off", log_level="warning")


@contextmanager
def alone(which: str, core: int) -> Iterator[Target]:
    """`bare` or `app` on uvicorn."""
    port = free_port()
    with process([sys.executable, __file__, which, str(port)], core) as server:
        wait_for(server, f"http://127.0.0.1:{port}/", lambda answer: True)
        yield Target(port, server.pid)


@dataclass
class Product:
    """Both processes, and by their names: seconds from the start to an answer by the flags; answers counted, once ended."""

    run: Target
    edge: Target
    started: dict[str, float]
    counted: dict[str, int] = field(default_factory=dict)


@contextmanager
def product(core: int, **stage: Any) -> Iterator[Product]:
    """`tminus run` with a launch in its first stage, and an edge beside it."""
    with tempfile.TemporaryDirectory(prefix="tminus-bench-") as folder:
        data, path = Path(folder, "data"), Path(folder, "plan.yaml")
        path.write_text(json.dumps(plan(**stage)))
        port, edge_port = free_port(), free_port()
        run = ["run", str(path), "--data", str(data), "--port", str(port), "--json"]
        address = f"http://127.0.0.1:{port}"
        edge = ["edge", "--from", address, "--port", str(edge_port), "--json"]
        with tminus(run, core, TMINUS_TOKEN=OWN_TOKEN, TMINUS_CLIENT_TOKEN=TOKEN) as first:
            run_took = ready(first, port)
            with tminus(edge, core, TMINUS_SERVER_TOKEN=OWN_TOKEN, TMINUS_CLIENT_TOKEN=TOKEN) as second:
                edge_took = ready(second, edge_port)
                started = {"run": run_took, "edge": edge_took}
                servers = Product(Target(port, first.pid), Target(edge_port, second.pid), started)
                yield servers
        servers.counted = _counted(data)


def tminus(arguments: Sequence[str], core: int, **variables: str) -> AbstractContextManager[Server]:
    """The product's own command as a process, told to end as a service is."""
    command = [sys.executable, "-c", "from tminus.cli import main; main()", *arguments]
    return process(command, core, {**os.environ, **variables})


@contextmanager
def process(command: Sequence[str], core: int, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A process on this core, its output kept from the bench's own. It is ended and waited for."""
    with tempfile.TemporaryFile() as said:
        started = subprocess.Popen(
            command,
            stdout=said,
            stderr=said,
            env=environment,
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        )
        try:
            yield started
        except BaseException:
            said.seek(0)
            sys.stderr.write(said.read().decode(errors="replace")[-2_000:])
            raise
        finally:
            started.send_signal(signal.SIGTERM)
            try:
                started.wait(timeout=20)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()


def ready(server: Server, port: int, flag: str = "split-0") -> float:
    """Wait until this flag is answered as targeting or chance has it; the seconds that took."""
    body = {"context": {"targetingKey": "u", "country": "CA"}}
    return wait_for(
        server,
        f"http://127.0.0.1:{port}/ofrep/v1/evaluate/flags/{flag}",
        lambda answer: answer.status_code == 200 and answer.json()["reason"] != "STATIC",
        json=body,
        headers={"authorization": f"Bearer {TOKEN}"},
    )


def wait_for(server: Server, url: str, good: Callable[[httpx.Response], bool], **request: Any) -> float:
    """Ask until the answer is good; the seconds that took. A body in `request` is posted."""
    began = time.monotonic()
    with httpx.Client() as client:
        while time.monotonic() - began < _PATIENCE_SECONDS:
            if server.poll() is not None:
                raise SystemExit(f"the server at {url} ended with exit code {server.returncode}")
            try:
                if good(client.request("POST" if "json" in request else "GET", url, **request)):
                    return time.monotonic() - began
            except httpx.HTTPError:
                pass
            time.sleep(0.005)
    raise SystemExit(f"{url} gave no good answer within {_PATIENCE_SECONDS:.0f} s")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _counted(data: Path) -> dict[str, int]:
    """Evaluations in the controller's telemetry: its own, and those that the edge reported."""
    question = (
        "SELECT labels, sum(value) FROM points JOIN series ON series.id = points.series WHERE name = ? GROUP BY labels"
    )
    with duckdb.connect(str(next(data.rglob("*.duckdb"))), read_only=True) as database:
        rows = database.execute(question, [COUNTER]).fetchall()
    totals = {"run": 0, "edge": 0}
    for labels, times in rows:
        totals["edge" if "tminus-edge" in labels else "run"] += round(times)
    return totals


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
