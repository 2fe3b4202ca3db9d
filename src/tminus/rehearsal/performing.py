"""Actions in a rehearsal: done within a second, unless the scenario lets them fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tminus.ports import EventLog, Job, Result


@dataclass(frozen=True, slots=True)
class ActionFault:
    """Actions whose key begins so fail the first `times` attempts; infinite for all of them."""

    key: str
    times: float


class ScriptedDispatcher:
    """Every job has ended by the next step, well or as the scenario says."""

    def __init__(self, log: EventLog, faults: Sequence[ActionFault] = ()) -> None:
        self._log = log
        self._faults = faults
        self._failed: Counter[str] = Counter()
        self._results: list[Result] = []
        # Every attempt that reached the world, with the number of the newest event at that moment.
        self.received: list[tuple[int, Job]] = []

    def submit(self, job: Job) -> None:
        """Do it, or fail."""
        self.received.append((self._log.head(job.launch), job))
        error = ""
        if any(_is_of(job.key, fault.key) and self._failed[job.key] < fault.times for fault in self._faults):
            self._failed[job.key] += 1
            error = "the scenario lets it fail"
        output = "" if error else "rehearsed"
        self._results.append(Result(job.key, job.attempt, 0.0, output, error, retryable=bool(error)))

    def finished(self) -> list[Result]:
        """What was submitted since."""
        results, self._results = self._results, []
        return results

    def die(self) -> None:
        """The process is gone: nobody will hear how it ended."""
        self._results.clear()

    def running(self) -> frozenset[str]:
        """The jobs whose result was not fetched yet."""
        return frozenset(result.key for result in self._results)


def _is_of(key: str, prefix: str) -> bool:
    """`rollback:1:2` is of `rollback:1` and of `rollback`, and `rollback:1:20` is not of `rollback:1:2`."""
    return key == prefix or key.startswith(prefix if prefix.endswith(":") else f"{prefix}:")
