"""How soon a change of flags reaches those who listen, and what answers cost meanwhile.

    python bench/serving.py [--clients 100] [--seconds 6] [--json]

- `streams`: uvicorn with OFREP in a process of its own; 100 clients hold its event stream open, flags change 20 times,
  and every client notes when its event came (one machine, one clock): all of 1,000 flags, and then one of 10,000.
  `holds` says whether the last client always heard within 200 ms, compiling included, as the issue asks.
- `reload`: single evaluations over 8 connections, with and without a reload of 1,000 flags every second in the same
  process: requests, failures and latencies of both, in rounds that alternate. `holds`: none fails, p99 at most doubles.
- `provider`: one evaluation by `TminusProvider` through OpenFeature's SDK and without it, in microseconds.

Prints one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import socket
import statistics
import tempfile
import threading
import time
import timeit
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import uvicorn

from tminus.access import Access
from tminus.held import HeldFlags
from tminus.ofrep import OfrepApp

CHANGES = 20
MOST_MS = 200.0
MOST_TIMES_P99 = 2.0
CONNECTIONS = 8
ROUNDS = 3


def definition(number: int, flags: int = 1_000, *, alone: bool = False) -> dict[str, Any]:
    """Flags that target, with other values in each definition; in the first one alone where `alone` is true."""
    made = _flag(0 if alone else number)
    return {"flags": {"flag-0": _flag(number), **{f"flag-{index}": made for index in range(1, flags)}}}


def _flag(number: int) -> dict[str, Any]:
    rule = {"if": [{"==": [{"var": "country"}, "CA"]}, "on", None]}
    return {
        "state": "ENABLED",
        "variants": {"on": number, "off": -number},
        "defaultVariant": "off",
        "targeting": rule,
    }


def serve(port: int, orders: Connection) -> None:
    """The server under test; on the order (number, flags, alone) it changes its flags and says when it did."""
    held = HeldFlags(definition(0))
    app = OfrepApp(held.current, Access.open(), time.time, held=held)
    config = uvicorn.Config(app, port=port, loop="uvloop", access_log=False, lifespan="off", log_level="warning")
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.01)
    orders.send("up")
    while (order := orders.recv()) is not None:
        number, flags, alone = order
        fresh = definition(number, flags, alone=alone)
        began = time.time()
        held.hold(fresh)
        orders.send((began, time.time()))


class Server:
    """That process."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.orders, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(target=serve, args=(self.port, theirs))
        self._process.start()
        assert self.orders.recv() == "up"

    def change(self, number: int, flags: int, *, alone: bool = False) -> tuple[float, float]:
        """Have it change its flags; when it began to compile, and when it served them (Unix seconds)."""
        self.orders.send((number, flags, alone))
        began, served = self.orders.recv()
        return began, served

    def close(self) -> None:
        """End it."""
        self.orders.send(None)
        self._process.join(10)
        self._process.kill()


async def streams(server: Server, clients: int, flags: int, *, alone: bool) -> dict[str, Any]:
    """Milliseconds from the moment a definition is served to each client's event, over all changes."""
    await asyncio.to_thread(server.change, 0, flags, alone=alone)
    heard: list[list[float]] = [[] for _ in range(clients)]

    async def listen(mine: list[float]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /ofrep/v1/stream HTTP/1.1\r\nhost: localhost\r\n\r\n")
        while line := await reader.readline():
            if line.startswith(b"data:"):
                mine.append(time.time())

    tasks = [asyncio.create_task(listen(mine)) for mine in heard]
    await asyncio.sleep(1)
    began: list[float] = []
    served: list[float] = []
    for number in range(1, CHANGES + 1):
        moments = await asyncio.to_thread(server.change, number, flags, alone=alone)
        began.append(moments[0])
        served.append(moments[1])
        await asyncio.sleep(0.3)
    for task in tasks:
        task.cancel()
    complete = [mine for mine in heard if len(mine) == CHANGES]
    last = [max(mine[index] for mine in complete) for index in range(CHANGES)] if complete else []
    slowest = _ms(max(at - from_ for at, from_ in zip(last, began, strict=False)))
    return {
        "flags": flags,
        "clients": clients,
        "clients_that_heard_all": len(complete),
        "changes": CHANGES,
        "last_client_ms_p50": _ms(statistics.median(at - from_ for at, from_ in zip(last, served, strict=False))),
        "last_client_ms_max": _ms(max(at - from_ for at, from_ in zip(last, served, strict=False))),
        "with_compiling_ms_p50": _ms(statistics.median(at - from_ for at, from_ in zip(last, began, strict=False))),
        "with_compiling_ms_max": slowest,
        "holds": len(complete) == clients and slowest <= MOST_MS,
    }


async def load(server: Server, seconds: float) -> list[tuple[int, float]]:
    """Status and seconds of every single evaluation over some connections."""
    body = b'{"context":{"targetingKey":"u","country":"CA"}}'
    request = (
        b"POST /ofrep/v1/evaluate/flags/flag-7 HTTP/1.1\r\nhost: localhost\r\ncontent-length: %d\r\n\r\n" % len(body)
    ) + body
    done: list[tuple[int, float]] = []
    until = time.monotonic() + seconds

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        while time.monotonic() < until:
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            done.append((int(head.split(b" ", 2)[1]), time.perf_counter() - began))
        writer.close()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return done


async def reload(server: Server, seconds: float) -> dict[str, Any]:
    """Calm and reloading rounds in turn; the figures of each, and the ratio of their p99."""
    found: dict[str, list[tuple[int, float]]] = {"calm": [], "reloading": []}
    number = 1_000
    for _ in range(ROUNDS):
        found["calm"] += await load(server, seconds / ROUNDS / 2)
        running = asyncio.create_task(load(server, seconds / ROUNDS / 2))
        while not running.done():
            number += 1
            await asyncio.to_thread(server.change, number, 1_000)
            await asyncio.wait({running}, timeout=1.0)
        found["reloading"] += await running
    told = {name: _latencies(done) for name, done in found.items()}
    ratio = round(told["reloading"]["p99_ms"] / told["calm"]["p99_ms"], 2)
    failed = sum(one["failed"] for one in told.values())
    return {**told, "p99_ratio": ratio, "holds": failed == 0 and ratio <= MOST_TIMES_P99}


def _latencies(done: list[tuple[int, float]]) -> dict[str, Any]:
    times = sorted(seconds for _, seconds in done)
    return {
        "requests": len(done),
        "failed": sum(status != 200 for status, _ in done),
        "p50_ms": _ms(times[len(times) // 2]),
        "p99_ms": _ms(times[int(len(times) * 0.99)]),
        "max_ms": _ms(times[-1]),
    }


def provider() -> dict[str, float]:
    """The best of five, since everything else only adds to it."""
    from openfeature import api
    from openfeature.evaluation_context import EvaluationContext

    from tminus.provider import TminusProvider

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "flags.json")
        path.write_text(json.dumps(definition(1, 100)))
        ours = TminusProvider(str(path))
        api.set_provider_and_wait(ours)
        client, user = api.get_client(), EvaluationContext("u", {"country": "CA", "tier": "gold"})
        calls = {
            "provider_us": lambda: ours.resolve_integer_details("flag-7", 0, user),
            "sdk_us": lambda: client.get_integer_value("flag-7", 0, user),
        }
        found = {name: min(timeit.repeat(call, number=20_000, repeat=5)) / 20_000 for name, call in calls.items()}
        api.shutdown()
    return {name: round(seconds * 1e6, 2) for name, seconds in found.items()}


def _ms(seconds: float) -> float:
    return round(seconds * 1e3, 2)


def main() -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=6, help="of load for the figures under reload")
    parser.add_argument("--json", action="store_true", help="one line instead of indented")
    given = parser.parse_args()
    server = Server()
    try:
        result: dict[str, Any] = {
            "benchmark": "serving",
            "streams": {
                "all_of_1000": asyncio.run(streams(server, given.clients, 1_000, alone=False)),
                "one_of_10000": asyncio.run(streams(server, given.clients, 10_000, alone=True)),
            },
            "reload": asyncio.run(reload(server, given.seconds)),
        }
    finally:
        server.close()
    result |= {"provider": provider(), "load_average": os.getloadavg()[0]}
    print(json.dumps(result, indent=None if given.json else 2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
