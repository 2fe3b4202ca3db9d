"""Tables: those of Markdown, cell by cell, and simple ones of HTML."""

from __future__ import annotations

import re
from itertools import pairwise

from tminus.importer.inline import plain
from tminus.importer.page import Block, Kind

_RULE = re.compile(r"[ \t]*+:?-+:?[ \t]*+")
_CELL_TAG = re.compile(r"<(/?)(table|tr|t[hd])\b[^<>]*+>", re.IGNORECASE)
_RULE_LETTERS = frozenset("|-: \t")


def split_row(line: str) -> list[str]:
    """The cells of a table's line. `\\|` is a bar within a cell; the bars at both ends are optional."""
    line = line.strip()
    if line.startswith("|"):
        line = line[1:]
    if "\\|" not in line:
        return line.removesuffix("|").split("|")
    cells: list[str] = []
    kept = ""
    for piece in line.split("|"):
        if piece.endswith("\\"):
            kept += piece[:-1] + "|"
            continue
        cells.append(kept + piece)
        kept = ""
    if kept or not line.endswith("|"):
        return [*cells, kept] if kept else cells
    return cells[:-1]


def is_delimiter(line: str, header: str) -> bool:
    """Is `line` the rule beneath a table's header, with as many columns as the header?"""
    if "-" not in line or "|" not in line or not _RULE_LETTERS.issuperset(line):
        return False
    cells = split_row(line)
    return all(_RULE.fullmatch(cell) for cell in cells) and len(split_row(header)) == len(cells)


def html_rows(lines: list[tuple[int, str]], structure: dict[int, str]) -> list[Block] | None:
    """The rows of an HTML table. Lines between them become structure; None if two rows share a line."""
    tokens = _tokens(lines)
    rows: list[tuple[int, int, bool, list[str]]] = []
    begin, last, head = 0, 0, False
    cells: list[str] = []
    for number, tag, text in tokens:
        if tag in ("td", "th"):
            cells.append("")
            begin, head = begin or number, tag == "th"
        elif tag in ("/tr", "/table", "tr") and cells:
            rows.append((begin, number if tag == "/tr" else last, head, cells))
            begin, cells = 0, []
        if tag == "tr":
            begin = number
        if cells and (tag or text):
            last = number
            cells[-1] = f"{cells[-1]} {text}".strip()
    if any(after[0] <= before[1] for before, after in pairwise(rows)):
        return None
    return _blocks(rows, lines, structure)


def _tokens(lines: list[tuple[int, str]]) -> list[tuple[int, str, str]]:
    """(line, tag or "", text after it), in the order of the page."""
    tokens: list[tuple[int, str, str]] = []
    for number, line in lines:
        pieces = _CELL_TAG.split(line)
        tokens.append((number, "", pieces[0]))
        for at in range(1, len(pieces), 3):
            tokens.append((number, (pieces[at] + pieces[at + 1]).lower(), pieces[at + 2].strip()))
    return tokens


def _blocks(
    rows: list[tuple[int, int, bool, list[str]]], lines: list[tuple[int, str]], structure: dict[int, str]
) -> list[Block]:
    header: tuple[str, ...] = ()
    blocks: list[Block] = []
    covered: set[int] = set()
    for begin, end, head, raw in rows:
        cells = tuple(plain(cell) for cell in raw)
        if head and not header:
            header = cells
            structure.update(dict.fromkeys(range(begin, end + 1), "table header"))
        else:
            text = " | ".join(cell for cell in cells if cell)
            blocks.append(Block(Kind.ROW, begin, text, end, cells=cells, header=header))
        covered.update(range(begin, end + 1))
    structure.update((number, "html") for number, line in lines if number not in covered and line.strip())
    return blocks
