"""What counters of a Prometheus grew by between two moments, from the raw samples: exactly, and each sample once.

`increase()` extrapolates to the edges of its window and so counts the same growth in two windows, or in none. Here each
growth belongs to the sample that shows it. Whether it counts depends on that sample and the `GAP_SECONDS` before it
alone, so that the sums over consecutive spans are those of one long span:

- A value below the one before is a restart, and counts in full.
- A sample with none of its series before it counts in full when its target (`job`, `instance`) has shown other series of
  the metric in that time: a new label set, such as the first error of a variant, that stood at 0.
- Else the target is new here or was away: its value is history, and the growth is counted from the next sample on.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

GAP_SECONDS = 300.0  # as long as Prometheus itself takes a series to be there after its last sample

Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Samples:
    """One series: its labels, and (Unix seconds, value) in order of time."""

    key: Key
    values: tuple[tuple[float, float], ...]

    @property
    def labels(self) -> dict[str, str]:
        """Its labels by name; `__name__` is the metric's."""
        return dict(self.key)


def increments(series: Iterable[Samples], after: float, top: float) -> Mapping[Key, list[tuple[float, float]]]:
    """(time, growth) of each series for its samples in (after, top]. Give samples from `after` - GAP_SECONDS on."""
    series = {one.key: one for one in series}.values()
    shown = _heard(series)
    return {one.key: list(_growth(one, shown[_target(one)], after, top)) for one in series}


def whole(at: float, growth: float) -> int:
    """A growth as a whole number, a fraction up or down according to its time: on average exact, always the same."""
    number = round(at * 1000) % 1000003
    return math.floor(growth + number * number * 0.6180339887498949 % 1 * 0.999999)


def _growth(series: Samples, shown: list[float], after: float, top: float) -> Iterator[tuple[float, float]]:
    before: tuple[float, float] | None = None
    for at, value in series.values:
        known = before is not None and at - before[0] <= GAP_SECONDS
        if after < at <= top and math.isfinite(value):
            if known and before is not None:
                yield at, value - before[1] if value >= before[1] else value
            elif any(at - GAP_SECONDS <= other < at for other in shown):
                yield at, value
        before = (at, value)


def _target(series: Samples) -> tuple[str, str]:
    labels = series.labels
    return labels.get("job", ""), labels.get("instance", "")


def _heard(series: Iterable[Samples]) -> dict[tuple[str, str], list[float]]:
    """When each target was heard of."""
    shown: dict[tuple[str, str], set[float]] = defaultdict(set)
    for one in series:
        shown[_target(one)].update(at for at, _ in one.values)
    return {target: sorted(times) for target, times in shown.items()}
