"""The command that shows before a launch what will happen in it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tminus.app.settings import Settings
from tminus.cli.files import write_file
from tminus.cli.options import AsJson, PlanFiles
from tminus.cli.out import as_json, guarded, people, trouble
from tminus.cli.rehearsal_words import print_launch, print_many, print_skipped, print_standard
from tminus.errors import TminusError, UsageError
from tminus.plan import Plan, read_plan
from tminus.plan.quantity import parse_duration
from tminus.rehearsal.keeping import keep
from tminus.rehearsal.many import Summary, play_all, summaries
from tminus.rehearsal.outcome import Outcome, outcome_of
from tminus.rehearsal.playing import RuleBroken, play_script
from tminus.rehearsal.report import as_report
from tminus.rehearsal.scenario_files import STANDARD, find_scenario
from tminus.rehearsal.script import Script, Unsuitable, script_of
from tminus.rehearsal.telling import tell

_MOST_LAUNCHES = 100_000
_PROGRESS_FROM = 6  # launches; fewer are over within a second

_Scenarios = Annotated[
    list[str] | None,
    typer.Option(
        "--scenario", metavar="NAME|FILE", help="What the world does, may be repeated; else the standard set."
    ),
]
_Launches = Annotated[int, typer.Option("--launches", "-n", min=1, help="How many of each scenario.")]
_Seed = Annotated[
    int | None, typer.Option("--seed", help="The chance of the first launch; the same one replays exactly.")
]
_Compare = Annotated[
    list[Path] | None,
    typer.Option("--compare", metavar="PLAN", help="Another plan, side by side; overlays by repeating."),
]
_Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a report with charts.")]
_Data = Annotated[
    Path | None, typer.Option("--data", help="Keep the launch here as a log, for tminus log and the console.")
]
_Replay = Annotated[
    str | None,
    typer.Option("--replay", metavar="DIR[:LAUNCH]", help="A launch that really happened, once more under this plan."),
]
_Every = Annotated[
    str | None, typer.Option("--every", metavar="DURATION", help="How often a replay looks; else some 3,000 times.")
]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(rehearse)


def rehearse(
    plan: PlanFiles,
    scenario: _Scenarios = None,
    launches: _Launches = 1,
    seed: _Seed = None,
    compare: _Compare = None,
    html: _Html = None,
    data: _Data = None,
    replay: _Replay = None,
    every: _Every = None,
    json_out: AsJson = False,
) -> None:
    """Rehearse a launch: the real engine on a virtual clock, in a world where things go well, or do not."""
    if replay is not None:
        others = [scenario, compare, html, data, seed, launches > 1 or None]
        guarded(json_out, lambda: _replay(tuple(plan), replay, every, alone=not any(others), json_out=json_out))
        return
    asked = _Asked(tuple(plan), tuple(scenario or ()), launches, seed, tuple(compare or ()), html, data, json_out)
    guarded(json_out, lambda: _rehearse(asked))


@dataclass(frozen=True, slots=True)
class _Asked:
    plan: tuple[Path, ...]
    scenarios: tuple[str, ...]
    launches: int
    seed: int | None
    compare: tuple[Path, ...]
    html: Path | None
    data: Path | None
    json: bool

    @property
    def command(self) -> str:
        """What to type to rehearse the same plan again."""
        return shlex.join(["tminus", "rehearse", *(str(path) for path in self.plan)])


@dataclass(frozen=True, slots=True)
class _Cast:
    """The scripts for one plan, and the scenarios that are not for it."""

    plan: Plan
    scripts: tuple[Script, ...]
    skipped: tuple[tuple[str, str], ...]


def _rehearse(asked: _Asked) -> None:
    if asked.launches > _MOST_LAUNCHES:
        raise UsageError(f"--launches is at most {_MOST_LAUNCHES:,}")
    cast = _cast(read_plan(asked.plan), asked.scenarios)
    if not cast.scripts:
        why = "; ".join(f"{name}: {why}" for name, why in cast.skipped)
        raise UsageError(f"no scenario is for this plan: {why}", hint="write one with --scenario FILE")
    try:
        if asked.compare or asked.html or asked.launches > 1:
            _many(asked, cast)
        elif len(cast.scripts) == 1 and asked.scenarios:
            _single(asked, cast)
        else:
            _standard(asked, cast)
    except RuleBroken as broken:
        raise TminusError(str(broken), hint="this is a bug of T-minus: please report it", code="rule-broken") from None


def _replay(plan: Sequence[Path], where: str, every: str | None, *, alone: bool, json_out: bool) -> None:
    from tminus.cli.rehearse_replay import replay_record  # DuckDB takes its time to load

    if not alone:
        raise UsageError(
            "--replay plays one launch as it was", hint="leave the other options out, but --every and --json"
        )
    try:
        seconds = parse_duration(every).seconds if every else None
    except ValueError as error:
        raise UsageError(f"--every: {error}") from None
    if seconds == 0:
        raise UsageError("--every is a time above zero", hint="write one such as 10s")
    replay_record(read_plan(plan), where, seconds, json_out=json_out)


def _single(asked: _Asked, cast: _Cast) -> None:
    script = cast.scripts[0]
    played = play_script(script, _first_seed(asked, script), asked.command)
    outcome = outcome_of(played)
    kept = _keep(asked, script, played.seed, played.went) if asked.data else ""
    lines = list(tell(played.went.records, played.went.outline))
    if asked.json:
        as_json({"title": cast.plan.title, "outcome": outcome, "timeline": lines, "log": kept or None})
        return
    print_launch(script, outcome, lines)
    if kept:
        where = shlex.join(["tminus", "log", "--data", str(asked.data), "--launch", kept])
        people.print(f"[dim]kept as {kept}: {where}[/dim]", markup=True)


def _standard(asked: _Asked, cast: _Cast) -> None:
    outcomes = _outcomes(asked, cast)
    if asked.json:
        as_json({"title": cast.plan.title, "outcomes": outcomes, "skipped": _skipped(cast)})
        return
    print_standard(cast.plan, cast.scripts, outcomes)
    print_skipped(cast.skipped)
    people.print(f"[dim]{asked.command} --scenario NAME tells one of them, event by event[/dim]")


def _many(asked: _Asked, cast: _Cast) -> None:
    if asked.data:
        raise UsageError("--data keeps one launch", hint="leave --launches, --compare and --html out")
    sides = [(cast, summaries(cast.scripts, _outcomes(asked, cast)))]
    if asked.compare:
        other = _cast(read_plan(asked.compare), asked.scenarios)
        sides.append((other, summaries(other.scripts, _outcomes(asked, other))))
    plans = _told_apart([side.plan for side, _ in sides], [asked.plan, asked.compare][: len(sides)])
    if asked.html is not None:
        named = [(plan, found, side.skipped) for plan, (side, found) in zip(plans, sides, strict=True)]
        write_file(asked.html, as_report(named, _seeds(asked, cast.scripts), asked.command).encode())
    if asked.json:
        found = [_as_data(side, summary) for side, summary in sides]
        as_json({**found[0], "compared": found[1]} if len(found) > 1 else found[0])
        return
    print_many([(plan, found) for plan, (_, found) in zip(plans, sides, strict=True)])
    print_skipped(list(dict.fromkeys(one for side, _ in sides for one in side.skipped)))
    if asked.html is not None:
        people.print(f"[dim]report: {asked.html}[/dim]")


def _told_apart(plans: list[Plan], files: list[tuple[Path, ...]]) -> list[Plan]:
    """Two versions of a plan mostly have one title: then the name of the file says which is which."""
    if len({plan.title for plan in plans}) == len(plans):
        return plans
    return [
        plan.model_copy(update={"title": f"{plan.title} ({named[-1].name})"})
        for plan, named in zip(plans, files, strict=True)
    ]


def _cast(plan: Plan, names: Sequence[str]) -> _Cast:
    scripts, skipped = [], []
    for name in names or STANDARD:
        found, scenario = find_scenario(name)
        try:
            scripts.append(script_of(found, scenario, plan))
        except Unsuitable as why:
            skipped.append((found, str(why)))
    return _Cast(plan, tuple(scripts), tuple(skipped))


def _first_seed(asked: _Asked, script: Script | None = None) -> int:
    if asked.seed is not None:
        return asked.seed
    return script.scenario.seed or 1 if script else 1


def _seeds(asked: _Asked, scripts: Sequence[Script]) -> range:
    """The seeds of all scenarios alike; one scenario alone brings its own."""
    first = _first_seed(asked, scripts[0] if len(scripts) == 1 else None)
    return range(first, first + asked.launches)


def _outcomes(asked: _Asked, cast: _Cast) -> list[Outcome]:
    """Every launch that is asked for; with progress on the terminal where it takes a while."""
    seeds, scripts = _seeds(asked, cast.scripts), cast.scripts
    total = len(seeds) * len(scripts)
    processes = min(len(os.sched_getaffinity(0)), 8) if total >= 4 * _PROGRESS_FROM else 1
    launches = play_all(scripts, seeds, processes, asked.command)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = Progress(*columns, console=trouble, transient=True, disable=asked.json or not trouble.is_terminal)
    with shown if total >= _PROGRESS_FROM else nullcontext():
        task = shown.add_task(cast.plan.title[:40], total=total)
        found = []
        for outcome in launches:
            found.append(outcome)
            shown.update(task, advance=1)
    return found


def _keep(asked: _Asked, script: Script, seed: int, went: Any) -> str:
    assert asked.data is not None
    from tminus.store.sql import SqlEventLog  # SQLAlchemy takes its time to load

    asked.data.mkdir(parents=True, exist_ok=True)
    log = SqlEventLog(Settings(data=asked.data, store=None).log_location)
    try:
        name = f"rehearsal-{script.name}-{seed}"
        keep(went, log, name)
    finally:
        log.close()
    return name


def _skipped(cast: _Cast) -> list[dict[str, str]]:
    return [{"scenario": name, "why": why} for name, why in cast.skipped]


def _as_data(cast: _Cast, found: list[Summary]) -> dict[str, Any]:
    return {"title": cast.plan.title, "scenarios": found, "skipped": _skipped(cast)}
