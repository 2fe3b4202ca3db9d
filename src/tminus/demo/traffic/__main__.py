"""The command `python -m tminus.demo.traffic`. Exit codes: 0 ended as asked, 2 for an impossible request."""

from __future__ import annotations

import argparse
import asyncio
import math
import signal
import sys
from pathlib import Path

from tminus.errors import TminusError

from .client import Client
from .generator import Traffic
from .population import Population


def main(arguments: list[str] | None = None) -> int:
    """Runs the traffic until its duration is over or it is told to end (SIGTERM, Ctrl-C); returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return asyncio.run(_run(options))
    except TminusError as error:
        print(f"traffic: {error}", file=sys.stderr)
        return error.exit_code


async def _run(options: argparse.Namespace) -> int:
    population = Population(options.users, options.seed)
    traffic = Traffic(Client(options.target), population, rate=options.rate, report=options.report)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await traffic.run(stop, options.duration)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tminus.demo.traffic", description=__doc__)
    parser.add_argument("--target", required=True, help="where the service is, such as http://127.0.0.1:8001")
    parser.add_argument("--rate", type=_positive, default=100.0, help="requests a second (default 100)")
    parser.add_argument("--users", type=_count, default=2000, help="distinct users (default 2000)")
    parser.add_argument("--seed", type=int, default=7, help="who comes when (default 7)")
    parser.add_argument("--report", type=Path, help="JSON file, replaced every half second")
    parser.add_argument("--duration", type=_positive, help="seconds; without it, until SIGTERM")
    return parser


def _positive(text: str) -> float:
    number = float(text)
    if not (number > 0 and math.isfinite(number)):
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text} is not from 1 to 1000000")
    return number


if __name__ == "__main__":
    sys.exit(main())
