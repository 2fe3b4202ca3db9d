"""Small lines drawn on the server: there at first paint, without a script, and changing only when time moves on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Columns without data after which the line breaks: a line across a gap would claim to know what was there.
_GAP = 4
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Spark:
    """An SVG path and its threshold in pixels of a `width` x `height` box, y downwards. `line` is empty without data."""

    width: int
    height: int
    line: str
    threshold: float | None
    last: tuple[float, float] | None


def draw(points: Points, since: float, until: float, target: float | None, *, width: int, height: int) -> Spark:
    """The values between two times (Unix seconds), averaged into one point for each two pixels."""
    pad = 3.0
    columns = max(width // 2, 1)
    seen = _columns(points, since, until, columns)
    values = [value for _, value in seen] + ([target] if target is not None else [])
    if not values:
        return Spark(width, height, "", None, None)
    low, high = min(values), max(values)
    room = (high - low) or abs(high) or 1.0
    low, high = low - room * 0.08, high + room * 0.08

    def x(column: int) -> float:
        return round(pad + (width - 2 * pad) * column / max(columns - 1, 1), 1)

    def y(value: float) -> float:
        return round(pad + (height - 2 * pad) * (high - value) / (high - low), 1)

    placed = [(x(column), y(value)) for column, value in seen]
    line = "".join(
        f"{'L' if number and seen[number][0] - seen[number - 1][0] <= _GAP else 'M'}{left:g},{top:g}"
        for number, (left, top) in enumerate(placed)
    )
    return Spark(width, height, line, None if target is None else y(target), placed[-1] if placed else None)


def _columns(points: Points, since: float, until: float, columns: int) -> list[tuple[int, float]]:
    # The edges sit on multiples of the step, so that a second later only the newest column differs.
    step = max(until - since, 1e-9) / columns
    first = int(until / step) - columns + 1
    sums: dict[int, tuple[float, int]] = {}
    for at, value in points:
        column = int(at / step) - first
        if 0 <= column < columns:
            total, count = sums.get(column, (0.0, 0))
            sums[column] = (total + value, count + 1)
    return [(column, total / count) for column, (total, count) in sorted(sums.items())]
