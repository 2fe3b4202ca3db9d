"""Fences of keys, lists and headings: YAML, and what people write in the manner of YAML or Markdown."""

from __future__ import annotations

import re

from tminus.importer.fence_lines import Line, LineReader, bare, unquoted, without_comment
from tminus.importer.inline import bold_pair, plain, plain_pair, undecorated
from tminus.importer.list_marks import Mark, read_mark
from tminus.importer.page import Block, Kind

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*)")
_KEY = re.compile(r"(\"[^\"]*+\"|'[^']*+'|[^:]++):(?:[ \t]+(.*))?$")
_BLOCK_TEXT = re.compile(r"[|>][+-]?\d?$")
_LABEL_WORDS = 8
_OUTSIDE = -100  # the column of a heading: everything up to the next one stands beneath it


def read_outline(language: str, lines: list[Line], structure: dict[int, str]) -> list[Block]:
    """Keys with something beneath them are headings, other keys pairs, and lists nest by their columns."""
    return _Outline(language, lines, structure).read()


class _Outline(LineReader):
    def __init__(self, language: str, lines: list[Line], structure: dict[int, str]) -> None:
        super().__init__(language, lines, structure)
        self.yaml = language in ("yaml", "yml")
        self.edge = min(line.indent for line in lines)

    def line(self, at: int) -> int:
        line = self.lines[at]
        if not line.text.strip("-=*_") and len(line.text) >= 3:
            self.structure[line.number] = "rule"
            return at + 1
        if line.text[0] == "#" and (heading := _HEADING.fullmatch(line.text)):
            self.heading(at, heading)
            return at + 1
        mark = read_mark(line.text)
        if mark is not None:
            return self.item(at, mark)
        self.tree.close(line.indent)
        text, comment = without_comment(line.text, "# ") if self.yaml else (line.text, "")
        key = _KEY.match(text)
        if key and self.is_key(key[1]):
            return self.key(at, bare(plain(key[1])), key[2] or "", comment)
        if self.beneath(at):
            self.tree.push(line.indent, self.block(Kind.HEADING, at, undecorated(plain(text)), comment=comment))
        else:
            self.text(at, text, comment)
        return at + 1

    def heading(self, at: int, found: re.Match[str]) -> None:
        """`## Text`, or the comment that stands over a part of the fence; a comment within one is text."""
        line = self.lines[at]
        text = undecorated(plain(found[2].strip("# "))) or found[2]
        followed = at + 1 < len(self.lines) and (not self.yaml or self.lines[at + 1].text[0] != "#")
        if line.indent > self.edge or not followed:
            self.tree.close(line.indent)
            self.tree.leaf(self.block(Kind.TEXT, at, text))
            return
        depth = len(found[1]) - 7 if not self.yaml else -1
        self.tree.close(_OUTSIDE + depth)
        self.tree.push(_OUTSIDE + depth, self.block(Kind.HEADING, at, text))

    def item(self, at: int, mark: Mark) -> int:
        line = self.lines[at]
        self.tree.close(line.indent, item=True)
        raw, comment = without_comment(line.text[mark.end :], "# ") if self.yaml else (line.text[mark.end :], "")
        raw = raw or line.text[mark.end :]
        text = bare(plain(raw)) if raw[:1] in "\"'" else undecorated(plain(raw))
        block = self.block(Kind.ITEM, at, text, comment=comment)
        block.number, block.checked = mark.number, mark.checked
        self.split(block, raw)
        self.tree.push(line.indent, block)
        return self.block_text(at, line.indent, block.value or raw)

    def key(self, at: int, name: str, value: str, comment: str) -> int:
        line = self.lines[at]
        value = value.strip()
        shown = undecorated(unquoted(plain(value) if value[:1] not in "\"'[{" else value))
        block_text = bool(_BLOCK_TEXT.match(value))
        if self.beneath(at):
            text = name if not shown or block_text else f"{name}: {shown}"
            block = self.block(Kind.HEADING, at, undecorated(text), comment=comment)
            if shown and not block_text:
                block.label, block.value = undecorated(name), shown
            self.tree.push(line.indent, block)
            return self.block_text(at, line.indent, value)
        text = f"{name}: {shown}" if shown else name
        self.tree.leaf(self.block(Kind.PAIR, at, text, undecorated(name), shown, comment))
        return at + 1

    def block_text(self, at: int, indent: int, value: str) -> int:
        """The lines of a YAML block (`run: |`) are code."""
        at += 1
        if not _BLOCK_TEXT.match(value):
            return at
        while at < len(self.lines) and self.lines[at].indent > indent:
            self.tree.leaf(self.block(Kind.CODE, at, self.lines[at].text))
            at += 1
        return at

    def text(self, at: int, text: str, comment: str) -> None:
        block = self.block(Kind.TEXT, at, undecorated(plain(text)), comment=comment)
        self.split(block, text)
        if block.label:
            block.kind = Kind.PAIR
        self.tree.leaf(block)

    def split(self, block: Block, raw: str) -> None:
        halves = bold_pair(raw) or plain_pair(block.text, _LABEL_WORDS)
        if halves:
            block.label, block.value = halves[0].strip("\"'"), unquoted(halves[1])

    def is_key(self, name: str) -> bool:
        """Is this a key, and not the beginning of a sentence, of an address, or an open bracket?"""
        return name.count("(") == name.count(")") and len(name.split()) <= _LABEL_WORDS and ". " not in name

    def beneath(self, at: int) -> bool:
        """Does something stand beneath line `at`: further right, or as a list at its own column?"""
        if at + 1 >= len(self.lines):
            return False
        line, after = self.lines[at], self.lines[at + 1]
        if after.indent > line.indent:
            return True
        return after.indent == line.indent and line.text.endswith(":") and read_mark(after.text) is not None

    def block(self, kind: Kind, at: int, text: str, label: str = "", value: str = "", comment: str = "") -> Block:
        number = self.lines[at].number
        return Block(kind, number, text, number, label=label, value=value, comment=comment)
