"""The live stream: the panels that changed, points for the charts, and a heartbeat by which a page knows it is current."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator, Callable
from typing import Any

from tminus.app.desk import Desk
from tminus.app.view import View
from tminus.console import words
from tminus.console.panels import COUNTS, EVIDENCE, PANELS, Screen, stage_marks
from tminus.core.decide import alpha_of

BEAT_SECONDS = 1.0
_SHORTEST_PAUSE = 0.15  # a burst of events becomes one repaint
_MOST_POINTS = 600


async def stream(desk: Callable[[], Desk | None], screen: Screen, version: str) -> AsyncIterator[bytes]:
    """Server-sent events until the reader leaves. Never raises for a launch that cannot be read: it says so and waits.

    `version` names this server's page; a page of another version reloads itself.
    """
    sent: dict[str, str] = {}
    newest = 0.0
    shown = ""
    while True:
        current = desk()
        launch = current.ledger.launch if current is not None else ""
        if sent and launch != shown:
            sent.clear()
        shown = launch
        beat: dict[str, Any] = {"version": version, "launch": launch}
        if current is not None:
            view, panels = screen.panels(current)
            for name in PANELS:
                html = panels[name]
                if sent.get(name) != html:
                    sent[name] = html
                    yield frame(name, html)
            newest, points = _news(current, view, newest)
            if points:
                yield frame("chart", json.dumps(points))
            beat |= {"now": view.now, "clock": words.plan_clock(view.elapsed_plan_seconds)}
        yield frame("beat", json.dumps(beat))
        await _pause(current)


def frame(event: str, data: str) -> bytes:
    """One server-sent event; each line of the data gets its own field."""
    lines = "".join(f"data: {line}\n" for line in data.splitlines() if line) or "data: \n"
    return f"event: {event}\n{lines}\n".encode()


def chart(desk: Desk, since: float, names: list[str] | None = None) -> dict[str, Any]:
    """Series for the charts, at most some hundred points each, with the marks and the line that matters."""
    view = desk.view()
    found = desk.series(names or [EVIDENCE, *COUNTS], since)
    return {
        "series": {name: thinned(points) for name, points in found.items()},
        "marks": stage_marks(desk),
        "log_threshold": math.log(1 / alpha_of(desk.ledger.outline)),
        "started_at": view.started_at,
        "now": view.now,
    }


def thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Every so manieth point, the newest always among them."""
    step = -(-len(points) // _MOST_POINTS)
    return points if step <= 1 else points[::-1][::step][::-1]


def _news(desk: Desk, view: View, newest: float) -> tuple[float, dict[str, Any] | None]:
    since = newest or view.now
    points = desk.series([EVIDENCE], since)[EVIDENCE]
    if not points:
        return since, None
    return points[-1][0], chart(desk, since)


async def _pause(desk: Desk | None) -> None:
    if desk is None:
        await asyncio.sleep(BEAT_SECONDS)
        return
    await desk.changed(BEAT_SECONDS)
    await asyncio.sleep(_SHORTEST_PAUSE)
