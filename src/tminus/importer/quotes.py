"""The marks of block quotes in front of a line."""

from __future__ import annotations

import re

# Nobody quotes deeper; unbounded, one line of a megabyte of `>` would cost a hundred megabytes in the matcher.
_QUOTE = re.compile(r"(?:[ \t]*+>){1,50}+ ?")


def quote_depth(line: str) -> int:
    """How many `>` stand before the text of `line`."""
    found = _QUOTE.match(line)
    return found[0].count(">") if found else 0


def unquoted_line(line: str) -> str:
    """`line` without the quote marks before it."""
    found = _QUOTE.match(line)
    return line[found.end() :] if found else line
