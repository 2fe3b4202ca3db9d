"""Headings and emphasis as wikis and their like write them, read as Markdown's, line by line.

`== Beta ==` (MediaWiki), `== Beta` (AsciiDoc), `h2. Beta` (Jira, Textile), and `'''Duration:'''` as bold. A page is taken
for one only where it has two such headings and none of Markdown's. Each line stays one line.
"""

from __future__ import annotations

import re

_WIKI = re.compile(r"(={1,6})\s*([^=\s][^=]*?)\s*\1\s*")
_ADOC = re.compile(r"(={1,6})\s+([^=\s][^=]*?)\s*")
_JIRA = re.compile(r"h([1-6])\.\s+(\S.*)")
_MARKDOWN = re.compile(r" {0,3}#{1,6}[ \t]|\s*(?:```|~~~)")
_BOLD = re.compile(r"'''([^'\n]+)'''")
_ITALIC = re.compile(r"''([^'\n]+)''")
_TASK = re.compile(r"(\s*[*-]+\s*)\((/|x| )\)\s")  # Jira: `* (/) done`, `* (x) not done`
_NESTED = re.compile(r"(\*{2,6})\s+(?=\S)")
_CELLS = re.compile(r"\|\||!!")


def read_wiki(lines: list[str]) -> tuple[list[str], list[int]]:
    """The lines as Markdown has them, and which (from 0) only hold a table together; the same list for other pages."""
    heads = sum(_head(line) is not None for line in lines if line[:1] in ("=", "h"))
    if heads < 2 or any(_MARKDOWN.match(line) for line in lines if "#" in line or "`" in line or "~" in line):
        return lines, []
    shown: list[str] = []
    marks: list[int] = []
    columns = -1  # of the table that is open; -1 outside tables, 0 before its header
    for at, line in enumerate(lines):
        if line.startswith("{|"):
            columns = 0
            mended = ""
        elif columns < 0:
            mended = _line(line)
        else:
            mended, columns = _row(line.strip(), columns)
        shown.append(mended)
        if line.strip() and not mended:
            marks.append(at)
    return shown, marks


def _head(line: str) -> tuple[int, str] | None:
    if len(line) > 300:
        return None
    if line[:1] == "=":
        found = _WIKI.fullmatch(line) or _ADOC.fullmatch(line)
        return (len(found[1]), found[2]) if found else None
    found = _JIRA.fullmatch(line)
    return (int(found[1]), found[2].strip()) if found else None


def _line(line: str) -> str:
    head = _head(line)
    if head is not None:
        return f"{'#' * head[0]} {head[1]}"
    if "''" in line:
        line = _ITALIC.sub(r"*\1*", _BOLD.sub(r"**\1**", line))
    if line[:2] == "**" and (nested := _NESTED.match(line)) is not None:
        return "  " * (len(nested[1]) - 1) + "* " + line[nested.end() :]
    if "(/)" in line or "(x)" in line:
        line = _TASK.sub(lambda found: f"{found[1]}[{'x' if found[2] == '/' else ' '}] ", line)
    return line


def _row(body: str, columns: int) -> tuple[str, int]:
    """A line of a table of MediaWiki as a row of Markdown's, and how many columns the table has; -1 after its end."""
    if body.startswith("|}"):
        return "", -1
    if body.startswith("|-"):
        return ("|" + " --- |" * columns) if columns else "", columns
    if not body or body.startswith("|+"):
        return "", columns
    if body[0] not in "|!":
        return body, columns
    cells = [part.strip() for part in _CELLS.split(body[1:])]
    return "| " + " | ".join(cells) + " |", columns or len(cells)
