"""Time that passes only when told to."""

from __future__ import annotations


class VirtualClock:
    """A clock in Unix seconds that stands still between two calls of `advance`."""

    def __init__(self, start: float) -> None:
        self._now = start

    def now(self) -> float:
        """Unix seconds, UTC."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds
