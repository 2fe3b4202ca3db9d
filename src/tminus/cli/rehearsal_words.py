"""A rehearsal in the terminal: a launch as a timeline, the standard set and many launches as tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from textwrap import shorten
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tminus.cli.out import MARKS, people, plain
from tminus.plan import Plan
from tminus.plan.quantity import format_duration
from tminus.rehearsal.many import DAY, HEALTHY, Summary, chance_within, milestones
from tminus.rehearsal.outcome import End, Outcome
from tminus.rehearsal.script import Script
from tminus.rehearsal.telling import Line

_COLOURS = {End.SHIPPED: "green", End.ROLLED_BACK: "red", End.STUCK: "yellow"}
_MOST_GATES = 6
_MOST_WEEKS = 3
_WIDEST_TABLE = 140
_WIDEST_REASON = 160


def print_launch(script: Script, outcome: Outcome, lines: Iterable[Line]) -> None:
    """One launch as a timeline, and how it ended."""
    zone = ZoneInfo(script.plan.timezone)
    people.print(f"[bold]{plain(script.plan.title)}[/bold]  [dim]{script.name}, seed {outcome.seed}[/dim]")
    people.print(f"[dim]{plain(script.scenario.title)}{_chosen(script.says)}[/dim]")
    print_lines(lines, zone, script.start)
    people.print()
    people.print(Text.assemble((outcome.end.value, _COLOURS[outcome.end]), " ", _ending(outcome)))


def print_lines(lines: Iterable[Line], zone: ZoneInfo, start: float) -> None:
    """A timeline, day by day; `start` (Unix seconds) is in day 1."""
    day = ""
    for line in lines:
        when = datetime.fromtimestamp(line.at, zone)
        if (today := f"{when:%a %d %b %Y}") != day:
            day = today
            people.print(Text(f"{day}, day {1 + int((line.at - start) // DAY)}", style="bold"))
        people.print(
            Text.assemble("  ", (f"{when:%H:%M}", "dim"), " ", (line.mark, MARKS[line.mark]), " ", _one(line.text))
        )
        for more in line.beneath:
            people.print(Text(f"          {_one(more)}", style="dim"))


def print_standard(plan: Plan, scripts: Sequence[Script], outcomes: Sequence[Outcome]) -> None:
    """One launch of each scenario: how it ends, when, and whom it hurts."""
    table = _table("scenario", "ends", "after", "noticed after", "extra failures", "in holds", "pages")
    for script, one in zip(scripts, outcomes, strict=True):
        table.add_row(
            script.name,
            Text(one.end.value, style=_COLOURS[one.end]),
            format_duration(one.seconds),
            format_duration(one.noticed) if one.noticed is not None else "",
            _count(one.hurt) if one.hurt else "",
            format_duration(one.held),
            f"{one.pages}, {one.night_pages} at night" if one.pages else "",
        )
    people.print(f"[bold]{plain(plan.title)}[/bold]  [dim]one launch of each scenario[/dim]")
    _print_whole(table)
    for script, one in zip(scripts, outcomes, strict=True):
        if one.why:
            people.print(Text.assemble((script.name, "bold"), (_chosen(script.says), "dim")))
            people.print(
                Text(f"  {shorten(_one(one.why), _WIDEST_REASON, placeholder=' ...')}", style=_COLOURS[one.end])
            )


def print_many(sides: Sequence[tuple[Plan, Sequence[Summary]]]) -> None:
    """Many launches of each scenario, of one plan or of several beneath each other line by line."""
    several = len(sides) > 1
    launches = max((one.launches for _, found in sides for one in found), default=0)
    for letter, (plan, _) in zip("AB", sides, strict=False):
        name = f"{letter}: " if several else ""
        people.print(f"[bold]{name}{plain(plan.title)}[/bold]  [dim]{launches:,} launches of each scenario[/dim]")
    weeks = milestones([one for _, found in sides for one in found])[:_MOST_WEEKS]
    columns = ["scenario", "plan" if several else "", "shipped", *(f"by {format_duration(days * DAY)}" for days in weeks),
               "days", "back", "stuck", "noticed", "hurt", "pages", "night"]  # fmt: skip
    rows = [
        [one.scenario, letter if several else "", *_row(one, [f"{chance_within(one, days):.0%}" for days in weeks])]
        for name in dict.fromkeys(one.scenario for _, found in sides for one in found)
        for letter, (_, found) in zip("AB", sides, strict=False)
        for one in found
        if one.scenario == name
    ]
    filled = [number for number, column in enumerate(columns) if column and any(row[number] for row in rows)]
    table = _table(*(columns[number] for number in filled), numbers=True)
    for row in rows:
        table.add_row(*(row[number] for number in filled))
    _print_whole(table)
    people.print("[dim]medians; days to 100 %; hurt: failed requests that the old version would not have had[/dim]")
    for letter, (_, found) in zip("AB", sides, strict=False):
        _print_below(f"{letter}: " if several else "", found)


def _row(one: Summary, chances: list[str]) -> list[str]:
    return [
        f"{one.shipped / one.launches:.0%}",
        *chances,
        f"{one.everybody[1]:.1f}" if one.everybody else "",
        f"{one.rolled_back / one.launches:.0%}",
        f"{one.stuck / one.launches:.0%}",
        format_duration(one.noticed[1]) if one.noticed else "",
        _count(one.hurt[1]) if one.hurt[2] else "",
        f"{one.pages:.1f}" if one.pages else "",
        f"{one.night_pages:.1f}" if one.pages else "",
    ]


def _print_below(prefix: str, found: Sequence[Summary]) -> None:
    for one in found:
        if one.good and (one.scenario == HEALTHY or one.rolled_back):
            low, high = one.back_bounds
            people.print(
                f"{prefix}[bold]false rollbacks[/bold], {plain(one.scenario)}: {one.rolled_back} of {one.launches}; "
                f"the chance is between {low:.2%} and {high:.2%} (exact, 95 %)"
            )
    healthy = [one for one in found if one.scenario == HEALTHY]
    for one in healthy or found:
        for gate, days in one.holds[:_MOST_GATES]:
            which = "" if healthy else f"{plain(one.scenario)} "
            people.print(f"  {prefix}{which}held {format_duration(days * DAY)} in the mean by {plain(gate)}")


def print_skipped(skipped: Iterable[tuple[str, str]]) -> None:
    """The scenarios that are not for this plan, and why."""
    for name, why in skipped:
        people.print(f"[dim]not played: {name}: {plain(why)}[/dim]")


def _table(*columns: str, numbers: bool = False) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for number, column in enumerate(columns):
        table.add_column(column, no_wrap=True, justify="right" if number and numbers else "left")
    return table


def _print_whole(table: Table) -> None:
    """A table at the width it needs: cut off figures help nobody, and a pipe has no width."""
    Console(highlight=False, width=max(people.width, _WIDEST_TABLE)).print(table)


def _ending(outcome: Outcome) -> str:
    words = [f"after {format_duration(outcome.seconds)}"]
    if outcome.everybody is not None:
        words.append(f"everybody had it after {format_duration(outcome.everybody)}")
    if outcome.noticed is not None:
        words.append(f"{format_duration(outcome.noticed)} after the release had become bad")
    if outcome.hurt:
        words.append(f"{_count(outcome.hurt)} extra failed requests")
    elif outcome.touched:
        words.append(f"{_count(outcome.touched)} requests met it")
    words.append(f"{format_duration(outcome.held)} in holds")
    if outcome.pages:
        words.append(f"{outcome.pages} pages, {outcome.night_pages} of them at night")
    return "; ".join(words)


def _chosen(says: Sequence[str]) -> str:
    return f" ({'; '.join(says)})" if says else ""


def _count(number: float) -> str:
    return f"{number:,.0f}"


def _one(text: str) -> str:
    """Words of a plan on one line, without escape sequences."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in " ".join(text.split()))
