"""`tminus`: the commands, in the order one needs them.

Exit codes: 0 as asked; 1 the launch or the demo ended badly; 2 the plan or the command is wrong; 3 the log cannot be
used; 4 a source or an action failed; 5 no access; 130 interrupted.
"""

from __future__ import annotations

import sys

import typer

from tminus import __version__
from tminus.cli import (
    advise,
    conformance,
    demo,
    edge,
    experiments,
    flags,
    importing,
    launches,
    plans,
    rehearsing,
    show,
    steering,
    tokens,
    why,
)

app = typer.Typer(
    name="tminus",
    help="The launch plan that runs: ramps, measures, holds, promotes on evidence and rolls back by itself.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tminus {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    pass


importing.add_to(app)
plans.add_to(app)
show.add_to(app)
advise.add_to(app)
rehearsing.add_to(app)
launches.add_to(app)
why.add_to(app)
experiments.add_to(app)
flags.add_to(app)
steering.add_to(app)
edge.add_to(app)
tokens.add_to(app)
conformance.add_to(app)
demo.add_to(app)


def main() -> None:
    """The program's entry."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
