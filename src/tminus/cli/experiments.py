"""`tminus experiments`: each arm against its control, with the interval drawn."""

from __future__ import annotations

import typer

from tminus.app.clock import SystemClock
from tminus.app.controller import ask_controller
from tminus.app.experimenting import ContestView, ExperimentView, span_of
from tminus.app.ledgers import open_ledger
from tminus.app.settings import Settings
from tminus.app.viewing import build_view
from tminus.cli.intervals import draw
from tminus.cli.launches import open_log, pick, settings_of
from tminus.cli.options import AsJson, Data, Launch, Store
from tminus.cli.out import as_json, guarded, people, plain
from tminus.core.facts import Facts
from tminus.plan.quantity import format_duration, format_percent

_MARKS = {
    "better": "[green]✓[/green] better",
    "not-worse": "[green]✓[/green] not worse",
    "worse": "[red]✗[/red] worse",
    "undecided": "[yellow]◌[/yellow] undecided",
    "inconclusive": "[yellow]◌[/yellow] inconclusive",
    "unknown": "[yellow]◌[/yellow] not measured",
}


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(experiments)


def experiments(launch: Launch = "", data: Data = None, store: Store = None, json_out: AsJson = False) -> None:
    """How the arms of each experiment compare: users, values, intervals, and what they show."""
    guarded(json_out, lambda: _experiments(launch, settings_of(data, store), json_out))


def _experiments(launch: str, settings: Settings, json_out: bool) -> None:
    log, clock = open_log(settings.data, settings.store), SystemClock()
    name = pick(log, launch)
    view = ask_controller(settings, name)
    driven = view is not None
    if view is None:
        ledger = open_ledger(log, name, clock)
        view = build_view(ledger.outline, ledger.state, Facts(), clock.now(), [])
    if json_out:
        as_json({"launch": name, "measured": driven, "experiments": view.experiments})
        return
    if not view.experiments:
        people.print("the plan has no experiments")
    elif not driven:
        people.print("[yellow]Nobody drives this launch now, so nothing is measured. tminus serve goes on.[/yellow]")
    for one in view.experiments:
        _print(one, view.now)


def _print(one: ExperimentView, now: float) -> None:
    people.print(f"[bold]{plain(one.title)}[/bold] [dim]({one.name})[/dim]  {_where(one, now)}")
    if one.doubt:
        people.print(f"  [yellow]{plain(one.doubt)}[/yellow]")
    for metric in dict.fromkeys(contest.metric for contest in one.contests):
        _print_metric(one, [contest for contest in one.contests if contest.metric == metric])


def _where(one: ExperimentView, now: float) -> str:
    arms = ", ".join(f"{format_percent(share)} {plain(arm)}" for arm, share in one.arms.items())
    if one.began_at is None:
        return f"waits for {plain(one.phase)} [dim]({arms})[/dim]"
    if one.state == "stopped":
        return f"stopped, nobody is in it [dim]({arms})[/dim]"
    return f"{format_percent(one.share)} of users{_limits(one)} since {format_duration(now - one.began_at)} [dim]({arms})[/dim]"


def _limits(one: ExperimentView) -> str:
    places = f" in {plain(', '.join(one.regions))}" if one.regions else ""
    return places + (f" who are of {plain(' or '.join(one.cohorts))}" if one.cohorts else "")


def _print_metric(one: ExperimentView, contests: list[ContestView]) -> None:
    first, width = contests[0], max(len(arm) for arm in one.arms)
    span = span_of(one, contests)
    people.print(
        f"  {plain(first.noun)}, {first.goal} is better [dim](drawn to ±{_percent(span)} %; all intervals together "
        f"hold with {one.confidence * 100:g} %)[/dim]"
    )
    people.print(f"    {plain(one.control):<{width}}  {first.users[0]:>9,}  {first.values[0]:>8}  [dim]control[/dim]")
    margin = -one.margin if first.goal == "more" else one.margin
    for c in contests:
        change = "" if c.change is None else f"{c.change * 100:+.1f} %"
        bar = draw(c.low, c.change, c.high, span, margin)
        figures = f"{plain(c.arm):<{width}}  {c.users[1]:>9,}  {c.values[1]:>8}  {change:>9}"
        people.print(f"    {figures}  {bar}  {_MARKS[c.state]}  [dim]{plain(_rest(c))}[/dim]".rstrip())


def _percent(span: float) -> str:
    return f"{span * 100:.{0 if span > 0.1 else 1}f}"


def _rest(c: ContestView) -> str:
    if c.state == "unknown":
        return c.sentence
    # Two figures are all that such an estimate is worth.
    more = f"about {float(f'{c.needed:.1e}'):,.0f} more users" if c.needed else ""
    quieter = c.variance_reduction
    less = f"{quieter * 100:.0f} % less noise by what users did before" if quieter > 0.005 else ""
    return ", ".join(filter(None, (more, less)))
