"""Fences of JavaScript, TypeScript and JSON, line by line: an object is a heading, its entries are pairs and items."""

from __future__ import annotations

import re

from tminus.importer.fence_lines import Line, Tree, bare, unquoted, without_comment
from tminus.importer.page import Block, Kind

_NAME = r"(\"[^\"]*+\"|'[^']*+'|[\w$.-]++|\[[^\[\]]*+\])"
_DECLARED = re.compile(r"(?:export\s+)?(?:default\s+)?(?:const|let|var)\s+([\w$]++)(?:\s*+:[^=]*+)?\s*+=\s*+(.+)")
_EXPORTED = re.compile(r"(?:export\s+default|module\.exports\s*+=|return)\s*+([{\[])")
_ENTRY = re.compile(_NAME + r"\s*+\??[:=]\s*+(\S.*)")
_STRING = re.compile(r"(?:\"[^\"]*+\"|'[^']*+'|`[^`]*+`|-?[\d.]+|true|false|null),?")
_BRACKETS = frozenset("{}[](),; \t")


def looks_like_objects(lines: list[Line]) -> bool:
    """Are these lines of code and not prose in a code fence?"""
    return any(line.text[-1] in "{[;}]," or line.text.startswith(("const ", "let ", "var ")) for line in lines)


def read_objects(language: str, lines: list[Line], structure: dict[int, str]) -> list[Block]:
    """`name: {` is a heading, `name: value` a pair, a bare value an item; a line of brackets only is structure."""
    return _Objects(language, lines, structure).read()


class _Objects:
    """Nesting goes by brackets and not by columns; `brackets` says which of the open ones belong to a heading."""

    def __init__(self, language: str, lines: list[Line], structure: dict[int, str]) -> None:
        self.tree = Tree(language)
        self.lines = lines
        self.structure = structure
        self.brackets: list[bool] = []
        self.comment_open = False
        self.listed = False  # the line before opened an object of a list

    def read(self) -> list[Block]:
        for at in range(len(self.lines)):
            self.line(at)
        return self.tree.blocks

    def line(self, at: int) -> None:
        line = self.lines[at]
        if self.comment_open or line.text.startswith("/*"):
            self.comment_open = "*/" not in line.text
            self.leaf(Kind.TEXT, at, line.text.strip("/* ") or line.text)
            return
        if line.text.startswith("//"):
            self.remark(at)
            return
        text, comment = without_comment(line.text, "//")
        if _BRACKETS.issuperset(text):
            self.bracket(at, text, comment)
            return
        if found := _DECLARED.fullmatch(text):
            self.entry(at, found[1], found[2], comment)
        elif found := _EXPORTED.fullmatch(text):
            self.structure[line.number] = "bracket"
            self.brackets.append(False)
        elif _STRING.fullmatch(text):
            self.leaf(Kind.ITEM, at, unquoted(text), comment=comment)
        elif found := _ENTRY.fullmatch(text):
            self.entry(at, bare(found[1]), found[2], comment)
        else:
            self.other(at, text, comment)

    def remark(self, at: int) -> None:
        """A comment over what follows is its heading; any other comment is text."""
        text = self.lines[at].text.strip("/ ")
        if not text.strip("-=*"):
            self.structure[self.lines[at].number] = "rule"
            return
        if self.brackets or at + 1 == len(self.lines) or self.lines[at + 1].text.startswith("//"):
            self.leaf(Kind.TEXT, at, text)
            return
        while self.tree.open:
            self.tree.pop()
        self.tree.push(0, self.block(Kind.HEADING, at, text))

    def bracket(self, at: int, text: str, comment: str) -> None:
        if comment:
            self.leaf(Kind.TEXT, at, comment)
        else:
            self.structure[self.lines[at].number] = "bracket"
        for letter in text:
            if letter in "{[(":
                self.brackets.append(False)
            elif letter in ")]}" and self.brackets and self.brackets.pop():
                self.tree.pop()
        self.listed = text == "{" and bool(self.tree.open) and self.tree.open[-1][1].kind is Kind.HEADING

    def entry(self, at: int, name: str, value: str, comment: str) -> None:
        value = value.rstrip()
        opened = sum(map(value.count, "{[(")) - sum(map(value.count, ")]}"))
        listed, self.listed = self.listed, False
        if opened > 0 and value[-1] in "{[(":
            # `a: [{` opens two brackets and names one thing; the innermost closes first.
            self.tree.push(0, self.block(Kind.HEADING, at, name, comment=comment))
            self.brackets += [True] + [False] * (min(opened, 9) - 1)
            return
        own = value.rstrip(",; ")
        while opened < 0 and own and own[-1] in ")]}":  # `"x" }` closes what another line has opened
            own, opened = own[:-1].rstrip(), opened + 1
        shown = unquoted(own)
        if listed and not opened and self.brackets:
            item = self.block(Kind.ITEM, at, f"{name}: {shown}", comment)
            item.label, item.value = name, shown
            self.tree.push(0, item)
            self.brackets[-1] = True
            return
        self.leaf(Kind.PAIR, at, f"{name}: {shown}", name, shown, comment)
        self.balance(value)

    def other(self, at: int, text: str, comment: str) -> None:
        whole = text.rstrip(",;")
        if len(whole) > 1 and whole[0] + whole[-1] in ("{}", "[]"):
            self.leaf(Kind.ITEM, at, unquoted(whole), comment=comment)
            return
        self.leaf(Kind.CODE, at, text, comment=comment)
        self.balance(text)

    def balance(self, text: str) -> None:
        """Take account of brackets in a line that is more than brackets: `"x" ],` closes, `call({` opens."""
        change = sum(map(text.count, "{[(")) - sum(map(text.count, ")]}"))
        if change > 0:
            self.brackets += [False] * change
        for _ in range(min(-change, len(self.brackets))):
            if self.brackets.pop():
                self.tree.pop()

    def leaf(self, kind: Kind, at: int, text: str, label: str = "", value: str = "", comment: str = "") -> None:
        block = self.block(kind, at, text, comment)
        block.label, block.value = label, value
        self.tree.leaf(block)

    def block(self, kind: Kind, at: int, text: str, comment: str = "") -> Block:
        number = self.lines[at].number
        return Block(kind, number, text, number, comment=comment)
