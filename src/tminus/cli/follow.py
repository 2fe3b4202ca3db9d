"""Following a launch in the terminal: each event a line, and one live line that says what it waits for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.live import Live
from rich.text import Text

from tminus.app.view import FeedItem
from tminus.app.viewing import feed
from tminus.cli.out import MARKS, TONES, as_json, people
from tminus.cli.times import PlanTimes
from tminus.core.facts import Facts
from tminus.core.situation import Situation, describe
from tminus.core.state import Status
from tminus.engine.ledger import Ledger

if TYPE_CHECKING:
    from tminus.app.launchpad import Launchpad

_REFRESH_SECONDS = 0.5


async def follow_desk(launchpad: Launchpad, json_out: bool) -> int:
    """Follow the launch this process drives; the exit code when it has ended."""
    desk = launchpad.desk
    assert desk is not None
    times, seen = PlanTimes(desk.ledger.outline.plan.timezone), 0
    with _live(json_out) as live:
        while True:
            view, items = desk.view(), desk.feed(limit=500, after=seen)
            seen = _print_items(items, seen, times, json_out)
            live.update(_line(Situation(view.headline, view.sentence, view.tone)))
            if view.status in (Status.COMPLETED, Status.ABORTED):
                return _end(Status(view.status), json_out)
            await desk.changed(_REFRESH_SECONDS)


def follow_log(ledger: Ledger, json_out: bool) -> int:
    """Follow a launch that another process drives, by its log."""
    times, seen = PlanTimes(ledger.outline.plan.timezone), 0
    with _live(json_out) as live:
        while True:
            state = ledger.catch_up()
            seen = _print_items(feed(ledger.outline, ledger.log.read(ledger.launch, seen)), seen, times, json_out)
            live.update(_line(describe(ledger.outline, state, Facts(), ledger.clock.now())))
            if state.status.ended:
                return _end(state.status, json_out)
            time.sleep(_REFRESH_SECONDS)


def _live(json_out: bool) -> Live:
    return Live("", console=people, transient=True, auto_refresh=not json_out, refresh_per_second=4)


def _print_items(items: list[FeedItem], seen: int, times: PlanTimes, json_out: bool) -> int:
    for item in items:
        if json_out:
            as_json(item)
        else:
            when = times.tell(item.at, "%H:%M:%S")
            people.print(Text.assemble((when, "dim"), " ", (item.mark, MARKS[item.mark]), " ", item.text))
        seen = max(seen, item.seq)
    return seen


def _line(situation: Situation) -> Text:
    return Text.assemble((situation.headline, TONES.get(situation.tone, "")), "  ", (situation.sentence, "dim"))


def _end(status: Status, json_out: bool) -> int:
    if not json_out:
        people.print("[green]✓ launched[/green]" if status is Status.COMPLETED else "[red]✗ aborted[/red]")
    return 0 if status is Status.COMPLETED else 1
