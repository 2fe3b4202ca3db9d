"""The lines of a fence with their columns, and the tree that its readers build."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import NamedTuple

from tminus.importer.page import Block, Kind

BASE = 8  # the level of the outermost heading in a fence
_TRAILING = re.compile(r",?[ \t]*$")


class Line(NamedTuple):
    """A line that holds something: its number in the source, the column it starts at, and the text from there."""

    number: int
    indent: int
    text: str


def measured(lines: Iterable[tuple[int, str]]) -> list[Line]:
    """The lines that hold something, with their columns; a tab goes to the next multiple of four."""
    found: list[Line] = []
    for number, raw in lines:
        text = raw.strip()
        if text:
            space = raw[: len(raw) - len(raw.lstrip())]
            found.append(Line(number, len(space.expandtabs(4)) if "\t" in space else len(space), text))
    return found


class Tree:
    """Blocks by column: what stands further right belongs to what stands above it."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.blocks: list[Block] = []
        self.open: list[tuple[int, Block]] = []  # (column, block)
        self.headings = 0  # how many of the open blocks are headings

    def close(self, indent: int, *, item: bool = False) -> None:
        """Close what a block at column `indent` is not beneath. A list may stand right under its key (`item`)."""
        while self.open and self.open[-1][0] >= indent:
            if item and self.open[-1][0] == indent and self.open[-1][1].kind is Kind.HEADING:
                return
            self.pop()

    def pop(self) -> None:
        """Close the innermost block."""
        if self.open.pop()[1].kind is Kind.HEADING:
            self.headings -= 1

    def leaf(self, block: Block) -> Block:
        """Put a block beneath the innermost open one."""
        block.fence = self.language
        if self.open:
            self.open[-1][1].add(block)
        else:
            self.blocks.append(block)
        return block

    def push(self, indent: int, block: Block) -> Block:
        """Put a block beneath the innermost open one, and open it. A heading gets its level here."""
        self.leaf(block)
        if block.kind is Kind.HEADING:
            block.level = BASE + self.headings
            self.headings += 1
        self.open.append((indent, block))
        return block


class LineReader(ABC):
    """Goes through the lines of a fence and builds their tree; how many lines one thing takes, the thing says."""

    def __init__(self, language: str, lines: list[Line], structure: dict[int, str]) -> None:
        self.tree = Tree(language)
        self.lines = lines
        self.structure = structure

    def read(self) -> list[Block]:
        """The blocks of all lines."""
        at = 0
        while at < len(self.lines):
            at = self.line(at)
        return self.tree.blocks

    @abstractmethod
    def line(self, at: int) -> int:
        """Read what begins at line `at`: the place of the first line after it."""


def unquoted(value: str) -> str:
    """`value` without the quotes around it and the comma after it; the elements of `["US", "UK"]` joined by commas."""
    value = _TRAILING.sub("", value) if len(value) < 2000 else value.rstrip(", \t")
    value = value.rstrip(";")
    if len(value) > 1 and value[0] == "[" and value[-1] == "]":
        return ", ".join(part for part in (bare(each) for each in elements(value[1:-1])) if part)
    if len(value) > 1 and value[0] == "{" and value[-1] == "}":
        return ", ".join(
            part.strip().replace('"', "").replace("'", "") for part in elements(value[1:-1]) if part.strip()
        )
    return bare(value)


def bare(value: str) -> str:
    """`value` without the quotes around it."""
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'`":
        return value[1:-1]
    return value


def elements(text: str) -> list[str]:
    """`text` split at the commas that stand in no quotes and no brackets."""
    found: list[str] = []
    begin, depth, quote = 0, 0, ""
    for at, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'`":
            quote = letter
        elif letter in "[{(":
            depth += 1
        elif letter in ")}]":
            depth -= 1
        elif letter == "," and depth <= 0:
            found.append(text[begin:at])
            begin = at + 1
    found.append(text[begin:])
    return found


def without_comment(text: str, sign: str) -> tuple[str, str]:
    """A code line and the comment at its end: `sign` after a blank and outside quotes begins the comment."""
    if sign not in text:
        return text, ""
    quote = ""
    for at, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'`" and (at == 0 or not text[at - 1].isalnum()):
            quote = letter
        elif text.startswith(sign, at) and (at == 0 or text[at - 1] in " \t,;"):
            return text[:at].rstrip(), text[at + len(sign) :].strip()
    return text, ""
