"""The command line: it translates, it never decides."""

from tminus.cli.main import main

__all__ = ["main"]
