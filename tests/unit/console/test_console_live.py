"""The live stream: what is sent, and what is not."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tminus.console.live import frame, stream, thinned
from tminus.console.panels import Screen
from tminus.console.routes import Pages
from tminus.core import events as e


def screen() -> Screen:
    """A screen with the page's own templates."""
    return Pages().screen


def parsed(chunk: bytes) -> tuple[str, str]:
    """(event, data) of one server-sent event."""
    lines = chunk.decode().split("\n")
    return lines[0].removeprefix("event: "), "\n".join(line[6:] for line in lines[1:] if line.startswith("data: "))


async def until_beats(events: Any, beats: int) -> list[tuple[str, str]]:
    """Everything up to so many heartbeats."""
    found = []
    async for chunk in events:
        found.append(parsed(chunk))
        beats -= found[-1][0] == "beat"
        if not beats:
            break
    return found


def test_every_panel_comes_first_and_then_only_what_changed(stand: Any) -> None:
    stand.at_first_stage()

    async def watch() -> tuple[list[str], list[tuple[str, str]]]:
        events = stream(lambda: stand.desk, screen(), "v1")
        first = [name for name, _ in await until_beats(events, 1)]
        stand.desk.command("kill", "ben", target="new-search", reason="slow")
        return first, await until_beats(events, 1)

    first, then = asyncio.run(watch())
    assert {"head", "say", "track", "criteria", "guard", "flags", "feed"} <= set(first)
    changed = dict(then)
    assert "ben" in changed["flags"]
    assert "ben" in changed["feed"]
    assert "criteria" not in changed


def test_the_heartbeat_tells_time_version_and_launch(stand: Any) -> None:
    async def watch() -> dict[str, Any]:
        return dict(await until_beats(stream(lambda: stand.desk, screen(), "v1"), 1))

    beat = json.loads(asyncio.run(watch())["beat"])
    assert beat == {"version": "v1", "launch": "search", "now": stand.clock.at, "clock": "T+00:00:01"}


def test_before_any_launch_only_the_heart_beats() -> None:
    async def watch() -> list[tuple[str, str]]:
        return await until_beats(stream(lambda: None, screen(), "v1"), 1)

    assert [name for name, _ in asyncio.run(watch())] == ["beat"]


def test_new_points_of_the_chart_are_sent_once(stand: Any) -> None:
    stand.at_first_stage()

    async def watch() -> list[Any]:
        events = stream(lambda: stand.desk, screen(), "v1")
        await until_beats(events, 1)
        stand.notebook.note("search", stand.clock.at + 1, {"evidence": 0.7})
        stand.happen(e.LaunchHeld())
        found = await until_beats(events, 1)
        stand.happen(e.LaunchResumed())
        found += await until_beats(events, 1)
        return [json.loads(data)["series"]["evidence"] for name, data in found if name == "chart"]

    assert asyncio.run(watch()) == [[[stand.clock.at - 1, 0.7]]]


def test_a_frame_keeps_every_line_of_its_data_and_is_one_event() -> None:
    assert frame("say", "<p>\n\na</p>\n") == b"event: say\ndata: <p>\ndata: a</p>\n\n"
    assert frame("say", "") == b"event: say\ndata: \n\n"


def test_thinned_points_are_few_and_end_with_the_newest() -> None:
    points = [(float(n), 0.0) for n in range(4000)]
    assert len(thinned(points)) <= 600
    assert thinned(points)[-1] == points[-1]
    assert thinned(points[:10]) == points[:10]
