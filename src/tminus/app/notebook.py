"""Time series for charts, in memory: bounded, thinned as they age, empty after a restart."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

_MOST_POINTS = 4000


class MemoryNotebook:
    """A `Notebook` that keeps at most some thousand points a name by dropping every other old one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._series: dict[tuple[str, str], list[tuple[float, float]]] = {}

    def note(self, launch: str, at: float, values: Mapping[str, float]) -> None:
        """Write down named values."""
        with self._lock:
            for name, value in values.items():
                points = self._series.setdefault((launch, name), [])
                points.append((at, value))
                if len(points) > _MOST_POINTS:
                    half = _MOST_POINTS // 2
                    points[:half] = points[:half:2]

    def series(self, launch: str, names: Sequence[str], since: float) -> dict[str, list[tuple[float, float]]]:
        """name -> [(time, value)], oldest first; a name nobody wrote down is an empty list."""
        with self._lock:
            return {name: [p for p in self._series.get((launch, name), ()) if p[0] > since] for name in names}
