"""The processes beside T-minus in the demonstration: the sample service and its users."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tminus.errors import ActionError

_SERVICE = Path(__file__).parent / "service"
_UP_WITHIN_SECONDS = 30.0


@dataclass
class Part:
    """One child process in its own group, with its output in a file. Ends with everything it started."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    output: Path
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)

    async def start(self) -> None:
        """Start it."""
        with self.output.open("ab") as sink:
            self._process = await asyncio.create_subprocess_exec(
                *self.command,
                env={**os.environ, **self.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )

    async def stop(self, patience: float = 3.0) -> None:
        """End it, politely first."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        self._signal(process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), patience)
        except TimeoutError:
            self._signal(process.pid, signal.SIGKILL)
            await process.wait()

    @property
    def running(self) -> bool:
        """True while it lives."""
        return self._process is not None and self._process.returncode is None

    def last_words(self) -> str:
        """The end of its output, for an error message."""
        lines = self.output.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "no output"

    @staticmethod
    def _signal(pid: int, number: signal.Signals) -> None:
        try:
            os.killpg(pid, number)
        except ProcessLookupError:
            return


@dataclass(frozen=True)
class Addresses:
    """Where things are."""

    tminus: str
    service: str


def service_part(at: Addresses, port: int, directory: Path, *, release: str, fault_rate: float) -> Part:
    """The sample service in a given release."""
    environment = {
        "OFREP_URL": at.tminus,
        "OTEL_EXPORTER_OTLP_ENDPOINT": at.tminus,
        "OTEL_METRIC_EXPORT_INTERVAL": "500",
        "EVENTS_URL": f"{at.tminus}/v1/events",
        "RELEASE": release,
        "FAULT_RATE": f"{fault_rate:g}",
    }
    command = [sys.executable, "-m", "uvicorn", "app:app", "--app-dir", str(_SERVICE), "--port", str(port)]
    quiet = ["--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    return Part("service", [*command, *quiet], environment, directory / "service.log")


def traffic_part(at: Addresses, directory: Path, *, rate: float, users: int, seed: int) -> Part:
    """Steady traffic by that many users."""
    numbers = ["--rate", f"{rate:g}", "--users", str(users), "--seed", str(seed)]
    report = ["--report", str(directory / "traffic.json")]
    command = [sys.executable, "-m", "tminus.demo.traffic", "--target", at.service, *numbers, *report]
    return Part("traffic", command, {}, directory / "traffic.log")


async def until_up(part: Part, url: str) -> None:
    """Wait until the part answers. Raises `ActionError` with its last words when it ends or takes too long."""
    deadline = asyncio.get_running_loop().time() + _UP_WITHIN_SECONDS
    async with httpx.AsyncClient(timeout=2.0) as client:
        while asyncio.get_running_loop().time() < deadline:
            if not part.running:
                raise ActionError(f"the {part.name} ended at once: {part.last_words()}", hint=str(part.output))
            try:
                if (await client.get(url)).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)
    raise ActionError(f"the {part.name} did not answer within {_UP_WITHIN_SECONDS:g} s", hint=str(part.output))


def traffic_report(directory: Path) -> dict[str, Any]:
    """What the users saw so far; empty before the first report."""
    try:
        report: dict[str, Any] = json.loads((directory / "traffic.json").read_text())
    except (OSError, ValueError):
        return {}
    return report
