"""Time series for charts, in memory: bounded, thinned as they age, empty after a restart."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

_MOST_POINTS = 4000
# Two kept points lie at least this part of their age apart: every second of the last five minutes, 12 s an hour ago,
# 5 min a day ago. A chart of whatever span, ending now, finds some hundred points spread over all of it, and a year of
# one point a second fits.
_APART = 1 / 300

Points = list[tuple[float, float]]


class MemoryNotebook:
    """A `Notebook` that keeps at most some thousand points a name: the older, the further apart."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._series: dict[tuple[str, str], Points] = {}

    def note(self, launch: str, at: float, values: Mapping[str, float]) -> None:
        """Write down named values."""
        with self._lock:
            for name, value in values.items():
                points = self._series.setdefault((launch, name), [])
                points.append((at, value))
                if len(points) > _MOST_POINTS:
                    points[:] = _thinned(points)

    def series(self, launch: str, names: Sequence[str], since: float) -> dict[str, Points]:
        """name -> [(time, value)], oldest first; a name nobody wrote down is an empty list."""
        with self._lock:
            return {name: [p for p in self._series.get((launch, name), ()) if p[0] > since] for name in names}


def _thinned(points: Points) -> Points:
    newest = points[-1][0]
    kept = points[:1]
    for at, value in points[1:]:
        if at - kept[-1][0] >= (newest - at) * _APART:
            kept.append((at, value))
    # Many notes a second would all be young: the oldest give way, well below the limit so that this is seldom done.
    return kept[-(_MOST_POINTS * 15 // 16) :]
