"""An interval as one line of text: `      ┊ ├──●──┤`. Pure."""

from __future__ import annotations

WIDTH = 41  # odd, so that zero has a place of its own


def draw(low: float | None, value: float | None, high: float | None, span: float, margin: float) -> str:
    """The interval on a line from -span to +span, with zero (│) and the margin (┊). An arrow stands where it is cut off;
    no limit at all is one too."""
    cells = [" "] * WIDTH
    cells[_place(margin, span)] = "┊"
    cells[_place(0.0, span)] = "│"
    if value is None:
        return "".join(cells)
    left = _place(-span if low is None else low, span)
    right = _place(span if high is None else high, span)
    for place in range(left, right + 1):
        cells[place] = "─" if cells[place] == " " else "┼"
    cells[left] = "◂" if low is None or low < -span else "├"
    cells[right] = "▸" if high is None or high > span else "┤"
    cells[_place(value, span)] = "●"
    return "".join(cells)


def _place(value: float, span: float) -> int:
    share = (min(max(value, -span), span) / span + 1) / 2
    return round(share * (WIDTH - 1))
