"""The log of a rehearsal: the same contract and the same hashes as in SQL, kept in memory."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from tminus.core.events import Event, Recorded, encode
from tminus.errors import Conflict
from tminus.store.chain import GENESIS, Row, after_head, check, seal, settle


class MemoryEventLog:
    """An `EventLog` that is forgotten with the process."""

    def __init__(self) -> None:
        self._launches: dict[str, list[Recorded]] = {}
        self._turn = threading.Lock()

    def append(self, launch: str, after: int, events: Sequence[Event], *, actor: str, at: float) -> list[Recorded]:
        """Record `events` as numbers after+1 ...; what comes back equals what `read` gives. Raises `Conflict`, `StoreError`."""
        settled = settle(events)
        with self._turn:
            known = self._launches.get(launch, [])
            shortened = after_head(launch, len(known), after)
            if shortened:
                raise shortened
            if len(known) > after:
                raise Conflict(f"launch {launch!r} has an event {after + 1} already")
            sealed = seal(settled, launch, after, known[-1].hash if known else GENESIS, actor=actor, at=at)
            if sealed:
                self._launches.setdefault(launch, known).extend(sealed)
        return sealed

    def read(self, launch: str, after: int = 0, limit: int | None = None) -> list[Recorded]:
        """The events after this number, in order."""
        known = self._launches.get(launch, [])
        return known[after:] if limit is None else known[after : after + limit]

    def head(self, launch: str) -> int:
        """The newest number, 0 for a launch that does not exist."""
        return len(self._launches.get(launch, ()))

    def launches(self) -> list[Recorded]:
        """The first event of every launch, newest launch first."""
        with self._turn:
            firsts = [known[0] for known in self._launches.values()]
        return sorted(firsts, key=lambda first: (first.at, first.launch), reverse=True)

    def verify(self, launch: str) -> int:
        """Check the whole chain; the number of events. Raises `StoreError`."""
        return check(launch, (_row(one) for one in self.read(launch)))


def _row(one: Recorded) -> Row:
    return Row(one.launch, one.seq, one.at, one.actor, encode(one.event).decode(), one.previous, one.hash)
