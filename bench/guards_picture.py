"""The benchmark's picture: delay over the bound by effect and share, and false alarms beside the rules people run today.

Plain SVG, readable in black and white: what is T-minus is filled black, what is not is outlined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log
from typing import Any
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 1000, 760
LEFT, RIGHT = 56, 24
INK, SOFT, FAINT = "#111", "#6b6b6b", "#dcdcdc"
MARKS = {0.001: ("circle", "0.1 %"), 0.01: ("square", "1 %")}


def picture(delays: Sequence[Mapping[str, Any]], peers: Sequence[Mapping[str, Any]], target: float) -> str:
    """The SVG. `delays`: cells with effect, share, base, traffic and ratio; `peers`: rules with name, ours, alarmed
    (share of healthy launches) and seconds (mean delay, a list in the order of `effects` of the first one)."""
    parts = [_title()]
    shares = sorted({cell["share"] for cell in delays})
    wide = (WIDTH - LEFT - RIGHT - 28 * (len(shares) - 1)) / len(shares)
    worst = max(cell["ratio"] for cell in delays)
    top = max(1.5, worst * 1.05)
    for number, share in enumerate(shares):
        cells = [cell for cell in delays if cell["share"] == share]
        parts.append(_panel(cells, LEFT + number * (wide + 28), wide, top, target, first=number == 0))
    parts.append(_legend())
    parts.append(_peers(peers))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="Inter, Helvetica Neue, Arial, sans-serif" font-size="12">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _title() -> str:
    return _text(
        LEFT, 34, "How long until harm is seen, against a test that knew the harm", size=17, weight=600
    ) + _text(
        LEFT,
        54,
        "Mean delay of the guard over Wald's test with the true effect; every point is one base rate and one traffic",
        fill=SOFT,
    )


PANEL_TOP, PANEL_HEIGHT = 104, 230


def _panel(cells: Sequence[Mapping[str, Any]], left: float, wide: float, top: float, target: float, first: bool) -> str:
    effects = sorted({cell["effect"] for cell in cells})

    def x(effect: float) -> float:
        return left + 22 + effects.index(effect) / max(len(effects) - 1, 1) * (wide - 44)

    def y(ratio: float) -> float:
        return PANEL_TOP + PANEL_HEIGHT * (1 - (ratio - 0.9) / (top - 0.9))

    parts = [_text(left, PANEL_TOP - 14, f"{cells[0]['share']:.0%} of users".replace("%", " %"), weight=600, size=13)]
    for ratio in (1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.75, 2.0, 3.0, 4.0):
        if ratio > top or (top > 2 and ratio in (1.1, 1.2, 1.4)):
            continue
        is_target = abs(ratio - target) < 1e-9
        dash = ' stroke-dasharray="5 4"' if is_target else ""
        parts.append(_line(left, y(ratio), left + wide, y(ratio), INK if is_target else FAINT, 1.2, dash))
        if first:
            parts.append(_text(left - 8, y(ratio) + 4, f"{ratio:g}", anchor="end", fill=INK if is_target else SOFT))
    parts.append(_text(left + 2, y(target) - 6, "target", size=11))
    means = []
    for effect in effects:
        ratios = [cell["ratio"] for cell in cells if cell["effect"] == effect]
        means.append((x(effect), y(sum(ratios) / len(ratios))))
        parts.append(
            _text(x(effect), PANEL_TOP + PANEL_HEIGHT + 18, f"{effect:g}x", anchor="middle", fill=SOFT, size=11)
        )
    path = " ".join(f"{a:.1f},{b:.1f}" for a, b in means)
    parts.append(f'<polyline points="{path}" fill="none" stroke="{INK}" stroke-width="2"/>')
    for cell in cells:
        nudge = 3.2 if cell["base"] == max(MARKS) else -3.2
        parts.append(_mark(x(cell["effect"]) + nudge, y(cell["ratio"]), MARKS[cell["base"]][0]))
    return "\n".join(parts)


def _legend() -> str:
    y, parts = PANEL_TOP + PANEL_HEIGHT + 44, []
    parts.append(_text(LEFT, y + 4, "effect: how many times worse the canary is", fill=SOFT))
    right = WIDTH - RIGHT - 344
    parts.append(_line(right, y, right + 24, y, INK, 2) + _text(right + 30, y + 4, "mean of the cells"))
    parts.append(_mark(right + 150, y, "circle") + _text(right + 160, y + 4, "0.1 % errors"))
    parts.append(_mark(right + 250, y, "square") + _text(right + 260, y + 4, "1 % errors"))
    return "\n".join(parts)


ROWS_TOP, ROW = 474, 30
NAMES, BARS, DOTS = LEFT + 330, LEFT + 340, LEFT + 640


def _peers(peers: Sequence[Mapping[str, Any]]) -> str:
    parts = [
        _text(LEFT, ROWS_TOP - 46, "Beside rules that people run today", size=17, weight=600),
        _text(LEFT, ROWS_TOP - 26, "100 requests/s, 0.1 % errors, 5 % of users", fill=SOFT),
        _text(BARS, ROWS_TOP - 12, "healthy launches rolled back in 24 h", weight=600),
        _text(DOTS, ROWS_TOP - 12, "mean delay", weight=600),
    ]
    effects = peers[0]["effects"]
    for number, rule in enumerate(peers):
        parts.append(_row(rule, ROWS_TOP + 14 + number * ROW, effects))
    bottom = ROWS_TOP + 8 + len(peers) * ROW
    for seconds, label in ((10, "10 s"), (60, "1 min"), (600, "10 min"), (3600, "1 h"), (86400, "24 h")):
        x = _delay_x(seconds)
        parts.insert(0, _line(x, ROWS_TOP - 2, x, bottom, FAINT, 1))
        parts.append(_text(x, bottom + 16, label, anchor="middle", fill=SOFT, size=11))
    parts.append(_effects_legend(effects, bottom + 38))
    return "\n".join(parts)


def _row(rule: Mapping[str, Any], y: float, effects: Sequence[float]) -> str:
    ours, alarmed = rule["ours"], rule["alarmed"]
    weight = 700 if ours else 400
    long = max(alarmed * 180, 1.5)
    fill = INK if ours else "#fff"
    parts = [
        _text(NAMES, y + 4, rule["name"], anchor="end", weight=weight),
        f'<rect x="{BARS}" y="{y - 8}" width="{long:.1f}" height="16" fill="{fill}" stroke="{INK}"/>',
        _text(BARS + long + 8, y + 4, _percent(alarmed), weight=weight),
    ]
    places = [(_delay_x(seconds), effect) for seconds, effect in zip(rule["seconds"], effects, strict=True)]
    parts.append(_line(min(p for p, _ in places), y, max(p for p, _ in places), y, INK if ours else SOFT, 1.4))
    for radius, (x, _) in zip((3.5, 5.0, 6.5), sorted(places, key=lambda place: place[1]), strict=True):
        parts.append(f'<circle cx="{x:.1f}" cy="{y}" r="{radius}" fill="{fill}" stroke="{INK}" stroke-width="1.2"/>')
    return "\n".join(parts)


def _effects_legend(effects: Sequence[float], y: float) -> str:
    parts, x = [_text(DOTS, y + 4, "canary worse by", fill=SOFT)], DOTS + 104.0
    for radius, effect in zip((3.5, 5.0, 6.5), sorted(effects), strict=True):
        parts.append(f'<circle cx="{x}" cy="{y}" r="{radius}" fill="#fff" stroke="{INK}" stroke-width="1.2"/>')
        parts.append(_text(x + 11, y + 4, f"{effect:g}x"))
        x += 62
    return "\n".join(parts)


def _delay_x(seconds: float) -> float:
    return DOTS + (log(max(seconds, 8.0)) - log(8.0)) / (log(86400.0) - log(8.0)) * (WIDTH - RIGHT - 16 - DOTS)


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %" if share < 0.1 else f"{share * 100:.0f} %"


def _mark(x: float, y: float, kind: str) -> str:
    if kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{INK}" fill-opacity=".75"/>'
    return (
        f'<rect x="{x - 2.8:.1f}" y="{y - 2.8:.1f}" width="5.6" height="5.6" fill="#fff" stroke="{INK}" '
        'stroke-width="1.1"/>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str, width: float, more: str = "") -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{stroke}" stroke-width="{width}"{more}/>'


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", size: float = 12, weight: int = 400, fill: str = INK
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" '
        f'fill="{fill}">{escape(words)}</text>'
    )
