"""The page as it is written: blocks in a tree, each with its place. What they mean is decided elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

_CHUNK = 1 << 14


class Kind(StrEnum):
    """What a block looks like, whether it stands in the text or inside a fence."""

    HEADING = (
        "heading"  # `## Text`, text underlined with === or ---, a bold line alone, `Key:` with something beneath it
    )
    ITEM = "item"  # of a bulleted, numbered or checked list, or a branch of a drawn tree
    PAIR = "pair"  # `key: value`, `**Timeline**: 1-2 weeks`, `traffic: "40%",`
    ROW = "row"  # of a table; its cells, under the table's header
    TEXT = "text"  # a paragraph, or a line that is nothing else
    CODE = "code"  # a command or a line of code in a fence
    FENCE = "fence"  # a fenced block; its lines are its children


@dataclass(slots=True)
class Block:
    """One thing on the page. `text` is mended and freed of markers, inline marks and leading emoji.

    `label` and `value` are the two halves of `**Uptime**: > 99.9%` or `Uptime: > 99.9%`, both empty where there is no
    such split. A heading holds everything up to the next heading of its level or above; an item holds what is indented
    beneath it.
    """

    kind: Kind
    line: int  # of the source, from 1
    text: str
    last: int = 0  # the last source line of the block's own text; `line` if it is one line
    level: int = 0  # headings: 1 to 6, 7 for a bold line or a label line, 8 and deeper for keys in a fence
    label: str = ""
    value: str = ""
    number: str = ""  # `1` of `1. Deploy`
    checked: bool | None = None  # None: no checkbox
    cells: tuple[str, ...] = ()
    header: tuple[str, ...] = ()  # of the table that a row stands in
    fence: str | None = None  # the language of the fence it stands in ("" if none is named); None outside fences
    comment: str = ""  # what follows `//` or `#` at the end of a code line
    children: Sequence[Block] = ()  # most blocks have none, and a page may have 100,000: an empty list each is too much

    def add(self, child: Block) -> None:
        """Put `child` beneath this block, after what is there."""
        if isinstance(self.children, list):
            self.children.append(child)
        else:
            self.children = [*self.children, child]

    def walk(self) -> Iterator[Block]:
        """This block and everything beneath it, in the order of the page. Not recursive: pages may nest deeply."""
        stack = [self]
        while stack:
            block = stack.pop()
            yield block
            stack.extend(reversed(block.children))


@dataclass(slots=True)
class Page:
    """A whole page. `root` is a heading of level 0 that holds everything."""

    root: Block
    lines: list[str]  # mended, without line ends, as far as the page is read; lines[0] is line 1
    structure: dict[int, str] = field(default_factory=dict)
    """Lines that only hold the page together, with what they are: fence, rule, table rule, comment, bracket, drawing, ..."""
    front: dict[str, tuple[str, int]] = field(default_factory=dict)  # front matter: key -> (value, line)
    unread: int = 0  # the first line that is not looked into, because the page has too many; 0: all are
    rest: bytes = b""  # the text from there on, up to the last line that holds something, in UTF-8
    total: int = 0  # lines, those of the rest and blank ones at the end too
    mended: str = ""  # what was wrong with the text and is not any more, in words; empty for clean UTF-8

    def filled(self) -> Iterator[int]:
        """The numbers of the lines that hold something and are read."""
        return (number for number, line in enumerate(self.lines, start=1) if line and not line.isspace())

    def filled_rest(self) -> Iterator[int]:
        """The numbers of the lines that hold something and are not read."""
        rest = split_lines(self.rest.decode()) if self.unread else ()
        return (number for number, line in enumerate(rest, start=self.unread) if line and not line.isspace())


def pieces(text: str, size: int) -> Iterator[str]:
    """A text in pieces of about `size` characters, each up to the end of a line: no line is ever cut."""
    at = 0
    while at < len(text):
        end = text.find("\n", at + size) + 1 or len(text)
        yield text[at:end]
        at = end


def split_lines(text: str) -> Iterator[str]:
    """The lines of `text`, some thousand at a time: a list of all would hold each copy of a short line."""
    at = 0
    while (end := text.find("\n", at + _CHUNK)) >= 0:
        yield from text[at:end].split("\n")
        at = end + 1
    yield from text[at:].split("\n")
