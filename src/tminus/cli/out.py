"""Printing: for people with rich, for scripts as JSON, and every failure as one line with what to do."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import msgspec
import typer
from rich.console import Console

from tminus.errors import TminusError

people = Console(highlight=False, soft_wrap=True, emoji=False)
trouble = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

TONES = {"good": "green", "bad": "bold red", "holding": "yellow", "going": "cyan", "waiting": "dim", "ended": "dim"}
MARKS = {"✓": "green", "✗": "red", "◌": "yellow", "▮": "cyan", "✋": "magenta", "·": "dim"}
# Before what looks like a tag, and before a tag that follows the words, a backslash says that the next one is no escape.
_UNDOES_ESCAPE = re.compile(r"(?<!\\)(\\++)(?=\[[a-z#/@]|\Z)")


def as_json(data: Any) -> None:
    """Print one JSON document."""
    sys.stdout.write(json.dumps(msgspec.to_builtins(data), ensure_ascii=False) + "\n")
    sys.stdout.flush()


def fail(error: TminusError, json_wanted: bool) -> NoReturn:
    """One line with what to do (or one JSON object), and the exit code of the error's kind."""
    if json_wanted:
        problems = {"problems": found} if (found := getattr(error, "problems", ())) else {}
        as_json({"error": {"code": error.code, "message": error.message, "hint": error.hint, **problems}})
    else:
        for problem in getattr(error, "problems", ()):
            trouble.print(plain(str(problem)))
        hint = f" [dim]({plain(error.hint)})[/dim]" if error.hint else ""
        trouble.print(f"[red]{plain(error.message)}[/red]{hint}")
    raise typer.Exit(error.exit_code)


def guarded(json_wanted: bool, action: Callable[[], None]) -> None:
    """Run a command's body; what T-minus raises on purpose becomes one line."""
    try:
        action()
    except TminusError as error:
        fail(error, json_wanted)


def plain(text: object, limit: int = 0) -> str:
    """Somebody's words on one line, as they are: neither colours of rich's nor escape sequences reach the terminal.

    Longer words are cut to `limit` characters, with three dots at their end; 0 leaves them whole.
    """
    words = " ".join(str(text)[: limit * 2 or None].split())
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in words)
    if 0 < limit < len(shown):
        shown = f"{shown[: limit - 3]}..."
    return _UNDOES_ESCAPE.sub(r"\1\1", shown).replace("[", r"\[")
