"""The machine's clock: the only place in production that reads the time."""

from __future__ import annotations

import time


class SystemClock:
    """Unix seconds that never go backwards: a stepped clock must not undo a bake time or reorder the log."""

    def __init__(self) -> None:
        self._newest = 0.0

    def now(self) -> float:
        """Unix seconds, UTC."""
        self._newest = max(self._newest, time.time())
        return self._newest
