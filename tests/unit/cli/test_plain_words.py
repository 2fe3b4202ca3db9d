"""Somebody's words in the terminal: on one line, and never taken for markup."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tminus.cli.out import plain


def shown(words: str, limit: int = 0) -> str:
    console = Console(file=io.StringIO(), highlight=False, soft_wrap=True, emoji=False)
    console.print(f"[red]{plain(words, limit)}[/red]")
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(
    "words",
    ["[red]x", "[/red]", r"\[/b]", r"\\[red]x", "[1]", r"c:\[1]", "ends in \\", "ends in \\\\", "a [ b ] c", "[", ""],
)
def test_brackets_and_backslashes_are_shown_as_they_are_written(words: str) -> None:
    assert shown(words) == f"{words}\n"


def test_lines_and_escape_sequences_become_one_line_of_letters() -> None:
    assert shown("a\n\tb\x1b[2Jc") == "a b\N{REPLACEMENT CHARACTER}[2Jc\n"


def test_words_beyond_the_limit_end_in_three_dots() -> None:
    assert shown("x" * 30, 30) == f"{'x' * 30}\n"
    assert shown("x" * 31, 30) == f"{'x' * 27}...\n"


def test_a_long_run_of_backslashes_is_no_work() -> None:
    assert shown("\\" * 200_000) == "\\" * 200_000 + "\n"
