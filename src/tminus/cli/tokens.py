"""`tminus tokens`: tokens for services and browsers, each with its scope and environment."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from tminus.app.tokens import TokenFile
from tminus.cli.launches import settings_of
from tminus.cli.options import AsJson, Data
from tminus.cli.out import as_json, guarded, people, plain
from tminus.errors import UsageError


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(tokens)


def tokens(
    what: Annotated[Literal["list", "add", "remove"], typer.Argument(help="list, add NAME or remove NAME.")] = "list",
    name: Annotated[str, typer.Argument(help="What people call it.")] = "",
    scope: Annotated[
        str, typer.Option("--scope", help="client: evaluates and reports; server: reads definitions too.")
    ] = "client",
    environment: Annotated[
        str, typer.Option("--environment", help="Where alone it is good: as TMINUS_ENVIRONMENT says there.")
    ] = "",
    data: Data = None,
    json_out: AsJson = False,
) -> None:
    """Hand out tokens for services and browsers, and take them back; only their hashes are kept."""

    def act() -> None:
        file = TokenFile(settings_of(data, None).data)
        if what != "list" and not name:
            raise UsageError(f"{what} needs a name", hint=f"tminus tokens {what} NAME")
        if what == "add":
            _show_new(file.add(name, scope, environment), json_out)
        elif what == "remove":
            file.remove(name)
        if what != "add":
            _show_all(file, json_out)

    guarded(json_out, act)


def _show_new(token: str, json_out: bool) -> None:
    if json_out:
        as_json({"token": token})
    else:
        people.print(f"[bold]{token}[/bold]\n[dim]shown this once; send it as Authorization: Bearer ...[/dim]")


def _show_all(file: TokenFile, json_out: bool) -> None:
    stored = file.read()
    if json_out:
        as_json([{"name": one.name, "scope": one.scope, "environment": one.environment} for one in stored])
        return
    for one in stored:
        place = f" in {plain(one.environment)}" if one.environment else ""
        people.print(f"{plain(one.name)}  [dim]{one.scope}{place}[/dim]")
    if not stored:
        people.print("[dim]none yet: tminus tokens add NAME --scope client[/dim]")
