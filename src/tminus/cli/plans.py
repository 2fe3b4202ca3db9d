"""Commands about plan files: check, schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from tminus.cli.out import as_json, guarded, people
from tminus.errors import PlanInvalid
from tminus.plan import examine_plan, json_schema

PlanFiles = Annotated[list[Path], typer.Argument(help="The plan, and overlays that are laid over it in order.")]
AsJson = Annotated[bool, typer.Option("--json", help="For scripts.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(check)
    app.command()(schema)


def check(plan: PlanFiles, json_out: AsJson = False) -> None:
    """Say everything that is wrong with a plan: file, line, column, code, and what to write instead."""
    guarded(json_out, lambda: _check(plan, json_out))


def _check(files: list[Path], json_out: bool) -> None:
    checked, problems = examine_plan(files)
    errors = [problem for problem in problems if problem.severity == "error"]
    if json_out:
        as_json({"ok": not errors, "problems": problems})
    else:
        for problem in problems:
            colour = "red" if problem.severity == "error" else "yellow"
            people.print(f"[{colour}]{problem.severity}[/{colour}] {str(problem).replace('[', chr(92) + '[')}")
        if checked is not None and not errors:
            phases, stages = len(checked.phases), sum(len(p.rollout.stages) for p in checked.phases if p.rollout)
            warned = f", {len(problems)} warnings" if problems else ""
            people.print(f"[green]✓[/green] {checked.title}: {phases} phases, {stages} stages{warned}")
    if errors:
        raise typer.Exit(PlanInvalid.exit_code)


def schema() -> None:
    """Print the JSON Schema of plan files, for editors."""
    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
