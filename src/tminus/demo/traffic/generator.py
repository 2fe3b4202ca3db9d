"""The open loop: visitors arrive at their own rate, and a service that slows down does not slow them."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tminus.errors import UsageError

from .client import BrokenAnswer, Client, Unreachable
from .population import Population, Visit
from .tally import Tally

_TIMEOUT_SECONDS = 10.0
# Ten seconds of a hung service at 100 requests/s. Past it visitors are counted as not sent: an endless queue would
# end in a traffic process without memory or file handles, which looks like a dead service.
_MOST_UNDER_WAY = 1000
_REPORT_SECONDS = 0.5
# After a sleep of the whole machine nobody wants an hour of visitors at once.
_FORGET_LAG_SECONDS = 1.0


class Traffic:
    """Visitors of one service, and what they got."""

    def __init__(self, client: Client, population: Population, *, rate: float, report: Path | None) -> None:
        self._client, self._population = client, population
        self._rate, self._report_path = rate, report
        self._under_way: set[asyncio.Task[None]] = set()
        self.tally = Tally(started=time.time())

    async def run(self, stop: asyncio.Event, duration: float | None) -> None:
        """Sends visitors until `stop` is set or `duration` seconds passed; writes a last report at the end."""
        self._write_report()
        reporter = asyncio.create_task(self._report_for_ever())
        arrivals = asyncio.create_task(self._arrivals())
        stopped = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait(
            {reporter, arrivals, stopped}, timeout=duration, return_when=asyncio.FIRST_COMPLETED
        )
        ending = [reporter, arrivals, stopped, *self._under_way]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        self._client.close()
        for task in done:
            # Neither loop ends by itself: one that did has an error to tell.
            task.result()
        self._write_report()

    async def _arrivals(self) -> None:
        due = time.monotonic()
        while True:
            due += self._population.pause(self._rate)
            wait = due - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            elif wait < -_FORGET_LAG_SECONDS:
                due = time.monotonic()
            if len(self._under_way) >= _MOST_UNDER_WAY:
                self.tally.not_sent += 1
                # Without this, a late loop would count a whole second of visitors without letting any answer in.
                await asyncio.sleep(0)
                continue
            task = asyncio.create_task(self._visit(self._population.next_visit(time.monotonic())))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _visit(self, visit: Visit) -> None:
        started = time.monotonic()
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                reply = await self._client.request(visit.method, visit.path)
        except Unreachable:
            self.tally.unreachable += 1
            return
        except (TimeoutError, BrokenAnswer):
            self.tally.answered(visit.user, "", time.monotonic() - started, time.time(), failed=True)
            return
        now = time.monotonic()
        failed = reply.status >= 500
        self.tally.answered(visit.user, reply.variant, now - started, time.time(), failed=failed)
        if not failed:
            self._population.saw(visit, reply.variant, now)

    async def _report_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_REPORT_SECONDS)
            self._write_report()

    def _write_report(self) -> None:
        if self._report_path is not None:
            write_atomically(self._report_path, json.dumps(self.tally.report(time.time())))


def write_atomically(path: Path, text: str) -> None:
    """Replaces the file in one step, so that a reader never sees half of it. Raises UsageError when it cannot."""
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError as error:
        if temporary:
            with suppress(OSError):
                os.unlink(temporary)
        raise UsageError(f"cannot write the report to {path}: {error.strerror}", hint="name another file") from error
