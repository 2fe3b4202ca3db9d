"""`tminus conformance ofrep URL`: whether any server keeps to the protocol."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from tminus.cli.files import write_file
from tminus.cli.options import AsJson
from tminus.cli.out import as_json, guarded, people, plain

_COLOURS = {"passed": "[green]✓[/green]", "failed": "[red]✗[/red]", "skipped": "[dim]·[/dim]"}


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(conformance)


def conformance(
    protocol: Annotated[Literal["ofrep"], typer.Argument(help="What the server speaks: ofrep.")],
    url: Annotated[str, typer.Argument(help="Its address, without /ofrep/...")],
    token: Annotated[str, typer.Option("--token", help="A token that may evaluate, where the server wants one.")] = "",
    flag: Annotated[
        str, typer.Option("--flag", help="A flag that exists; the first of the bulk reply otherwise.")
    ] = "",
    junit: Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML here too.")] = None,
    json_out: AsJson = False,
) -> None:
    """Ask any server the clauses of a protocol, and say which it does not keep."""

    def act() -> None:
        from tminus.conformance import Exchange, as_junit, as_rows, check_ofrep, summary
        from tminus.conformance.report import broken

        verdicts = check_ofrep(Exchange(url, token, flag))
        if junit is not None:
            write_file(junit, as_junit(verdicts, f"{protocol} {url}"))
        if json_out:
            as_json({"summary": summary(verdicts), "ok": not broken(verdicts), "clauses": as_rows(verdicts)})
        else:
            for one in verdicts:
                level = "" if one.clause.level == "must" else " [dim](optional)[/dim]"
                details = f"  [yellow]{plain(one.details, 300)}[/yellow]" if one.details else ""
                people.print(f"{_COLOURS[one.outcome]} {one.clause.name}{level}  {plain(one.clause.text)}{details}")
                if one.outcome == "failed":
                    people.print(f"  [dim]{plain(one.clause.source)}[/dim]")
            people.print(f"[bold]{summary(verdicts)}[/bold]")
        if broken(verdicts):
            raise typer.Exit(1)

    guarded(json_out, act)
