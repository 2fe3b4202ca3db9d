"""Commands about plan files: check, schema."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tminus.cli.findings import as_github, as_sarif
from tminus.cli.options import AsJson, PlanFiles
from tminus.cli.out import as_json, guarded, people, plain
from tminus.errors import PlanInvalid, Problem
from tminus.plan import Plan, examine_plan, json_schema


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(check)
    app.command()(schema)


class Format(StrEnum):
    """How findings are told."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


_Format = Annotated[Format, typer.Option("--format", help="text for people; json; github and sarif for CI.")]
_Strict = Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")]


def check(plan: PlanFiles, format_: _Format = Format.TEXT, json_out: AsJson = False, strict: _Strict = False) -> None:
    """Say what in a plan cannot work: file, line, column, code, and what to write instead. docs/checks.md has every code."""
    chosen = Format.JSON if json_out else format_
    guarded(chosen is Format.JSON, lambda: _check(plan, chosen, strict))


def _check(files: list[Path], chosen: Format, strict: bool) -> None:
    checked, problems = examine_plan(files)
    open_ = [problem for problem in problems if not problem.waived]
    failed = any(problem.severity == "error" or strict for problem in open_)
    match chosen:
        case Format.JSON:
            as_json({"ok": not failed, "problems": problems})
        case Format.GITHUB:
            for line in as_github(problems):
                typer.echo(line)
        case Format.SARIF:
            as_json(as_sarif(problems))
        case Format.TEXT:
            _tell(checked, problems)
    if failed:
        raise typer.Exit(PlanInvalid.exit_code)


def _tell(checked: Plan | None, problems: Sequence[Problem]) -> None:
    warned = 0
    for problem in problems:
        warned += problem.severity == "warning" and not problem.waived
        colour, word = ("red", "error") if problem.severity == "error" else ("yellow", "warning")
        if problem.waived:
            colour, word = "dim", "waived"
        reason = f" (waived: {problem.waived})" if problem.waived else ""
        people.print(f"[{colour}]{word}[/{colour}] {plain(str(problem) + reason)}")
    if checked is not None:
        phases, stages = len(checked.phases), sum(len(p.rollout.stages) for p in checked.phases if p.rollout)
        words = f", {warned} warning{'' if warned == 1 else 's'}" if warned else ""
        people.print(
            f"[green]✓[/green] {plain(checked.title)}: {_counted(phases, 'phase')}, {_counted(stages, 'stage')}{words}"
        )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def schema() -> None:
    """Print the JSON Schema of plan files, for editors."""
    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
