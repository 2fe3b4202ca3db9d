"""`tminus why`: what the launch is judged by at this moment, and what would change the verdict."""

from __future__ import annotations

from math import exp

import typer
from rich.table import Table

from tminus.app.controller import ask_controller
from tminus.app.settings import Settings
from tminus.app.view import View
from tminus.cli.launches import open_log, pick, settings_of
from tminus.cli.options import AsJson, Data, Launch, Store
from tminus.cli.out import MARKS, as_json, guarded, people, plain
from tminus.core.explaining import Comparison
from tminus.core.facts import guarded_metric
from tminus.errors import UsageError
from tminus.flags.moves import CODE_DEFAULT

_MOST = 1e6


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(why)


def why(launch: Launch = "", data: Data = None, store: Store = None, json_out: AsJson = False) -> None:
    """Why the launch goes on, holds or rolls back: what is compared, the counts, and what would change it."""
    guarded(json_out, lambda: _why(launch, settings_of(data, store), json_out))


def _why(launch: str, settings: Settings, json_out: bool) -> None:
    name = pick(open_log(settings.data, settings.store), launch)
    view = ask_controller(settings, name)
    if view is None:
        raise UsageError(
            f"nobody drives {name} now, and only who drives it knows what is measured",
            hint="tminus serve goes on with it; tminus log --all has the evidence of every decision",
        )
    if json_out:
        told = {"headline": view.headline, "sentence": view.sentence, "guard": view.guard, "criteria": view.criteria}
        as_json(told | {"evaluations": view.evaluations})
    else:
        _print(view)


def _print(view: View) -> None:
    people.print(f"[bold]{plain(view.headline)}[/bold]  {plain(view.sentence)}")
    guard = view.guard
    if guard is None:
        nothing = "Nobody has the new variant, or nothing guards it: there is nothing to compare."
        people.print("Nothing has been measured of the new variant yet." if view.evaluations else nothing)
        print_evaluations(view)
        return
    people.print(
        f"Evidence of harm, all guards together: [bold]{_evidence(guard.log_evidence)}[/bold]; "
        f"at {_evidence(guard.log_threshold)} the launch rolls back."
    )
    for metric in dict.fromkeys(guarded_metric(row.guard) for row in guard.comparisons):
        print_metric(metric, [row for row in guard.comparisons if guarded_metric(row.guard) == metric])
    for earned in guard.earned:
        mark = "✓" if earned.shown else "◌"
        people.print(f"[{MARKS[mark]}]{mark}[/] {plain(earned.sentence)}")
    if guard.sample:
        people.print(f"[{MARKS['◌']}]◌[/] {plain(guard.sample)}")
    print_evaluations(view)


def print_evaluations(view: View) -> None:
    """How often the rollout's flag was asked for since the stage began, and what was given; nothing while that is not known."""
    asked = view.evaluations
    if asked is None:
        return
    total = sum(asked.by_variant.values())
    if not total:
        people.print(
            f"The flag {plain(asked.flag)} has not been evaluated since the stage began, as far as is reported."
        )
        return
    given = sorted(asked.by_variant.items(), key=lambda pair: -pair[1])
    parts = ", ".join(f"{times:,} {name or CODE_DEFAULT} ({100 * times / total:.3g} %)" for name, times in given)
    people.print(f"The flag {plain(asked.flag)} was evaluated {total:,} times since the stage began: {plain(parts)}.")


def print_metric(metric: str, rows: list[Comparison]) -> None:
    """A guard and, below it, the same in each region: a line an arm, and under them what would change the verdict."""
    first = rows[0]
    table = Table(title=plain(metric), title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in ("", first.unit, first.hit, "share", "evidence"):
        table.add_column(column, justify="right" if column else "left", style="" if column else "dim")
    for row in rows:
        place = row.guard.removeprefix(metric)
        table.add_row(
            f"new version {plain(place)}".rstrip(),
            *_counted(row.canary_hits, row.canary_units),
            _evidence(row.log_evidence),
        )
        table.add_row(f"old version {plain(place)}".rstrip(), *_counted(row.control_hits, row.control_units), "")
    people.print(table)
    times = f"{first.times:.2f} times the old version's, as counted; " if first.times is not None else ""
    people.print(f"  {times}{plain(first.change)}")


def _counted(hits: int, units: int) -> tuple[str, str, str]:
    return f"{units:,}", f"{hits:,}", f"{100 * hits / units:.3g} %" if units else "–"


def _evidence(logarithm: float) -> str:
    value = exp(min(logarithm, 700.0))
    return f"{value:,.3g}" if value < _MOST else "over a million"
