"""Reports counts and samples every so often, on a thread of its own: no answer ever waits for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Protocol, TypeAlias

from tminus.errors import TminusError
from tminus.held import Counts, Samples

EVERY_SECONDS = 10.0
Sample: TypeAlias = tuple[str, str | None, str, str]
_log = logging.getLogger(__name__)


class Counted(Protocol):
    """What can be asked for its counts and samples."""

    samples: Samples

    def counts(self) -> Counts: ...


class Sink(Protocol):
    """Where reports go."""

    def send(self, counts: Counts, samples: Sequence[Sample]) -> None:
        """Take running totals since the start, and samples since the last time. Raises TminusError when it cannot."""
        ...


class Reporter:
    """Sends what changed; a report that failed is made up for by the next one, since counts are running totals."""

    def __init__(self, counted: Sequence[Counted], sink: Sink, every_seconds: float = EVERY_SECONDS) -> None:
        self._counted = list(counted)
        self._sink = sink
        self._every = every_seconds
        self._reported: Counts = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tminus-exposures", daemon=True)
        self._troubled = False

    def start(self) -> None:
        """Begin to report."""
        self._thread.start()

    def close(self) -> None:
        """Report once more, and end."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(5.0)
        self.report()

    def report(self) -> None:
        """Send what changed since the last time; never raises for a sink that cannot take it."""
        counts = _sum([one.counts() for one in self._counted])
        changed = {key: times for key, times in counts.items() if self._reported.get(key) != times}
        samples = [sample for one in self._counted for sample in _drained(one.samples)]
        if not changed and not samples:
            return
        try:
            self._sink.send(changed, samples)
        except TminusError as error:
            if not self._troubled:
                _log.warning("evaluations are not reported for now: %s", error)
            self._troubled = True
            return
        self._troubled = False
        self._reported.update(changed)

    def _run(self) -> None:
        while not self._ended.wait(self._every):
            self.report()


def _sum(parts: Sequence[Counts]) -> Counts:
    total: Counts = {}
    for part in parts:
        for key, times in part.items():
            total[key] = total.get(key, 0) + times
    return total


def _drained(samples: Samples) -> list[Sample]:
    found: list[Sample] = []
    while True:
        try:
            found.append(samples.popleft())
        except IndexError:
            return found
