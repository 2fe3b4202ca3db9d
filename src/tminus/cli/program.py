"""The program without its commands."""

from __future__ import annotations

import typer

from tminus import __version__


def program() -> typer.Typer:
    """What commands are added to: the name, the help and `--version`."""
    app = typer.Typer(
        name="tminus",
        help="The launch plan that runs: ramps, measures, holds, promotes on evidence and rolls back by itself.",
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tminus {__version__}")
        raise typer.Exit


def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    pass
