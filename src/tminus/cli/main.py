"""`tminus`: the program's entry.

Exit codes: 0 as asked; 1 the launch or the demo ended badly; 2 the plan or the command is wrong; 3 the log cannot be
used; 4 a source or an action failed; 5 no access; 130 interrupted.
"""

from __future__ import annotations

import sys

import typer


def main() -> None:
    """Run the command that the arguments name."""
    try:
        _app()()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)


def _app() -> typer.Typer:
    if sys.argv[1:2] == ["edge"]:
        return _edge_alone()
    from tminus.cli.commands import app

    return app


def _edge_alone() -> typer.Typer:
    # Edges start where many are started and at any time. What the other commands need takes half a second to load.
    from tminus.cli import edge
    from tminus.cli.program import program

    app = program()
    edge.add_to(app)
    return app
