"""Fences that draw: trees of box characters, Gantt charts, and pictures that say nothing line by line."""

from __future__ import annotations

import re

from tminus.importer.fence_lines import Line, Tree, without_comment
from tminus.importer.inline import pair, plain, undecorated
from tminus.importer.list_marks import read_mark
from tminus.importer.page import Block, Kind

_BRANCH = re.compile(
    r"((?:[│|║](?=[ \t│├└║╠╚])|[ \t]){0,300}+)(?:[├└╠╚][─═\-]*+>?[ \t]*+|[|+`\\]-{1,3}>?[ \t]++)(?=[^\s|+])(.*)"
)
_BOX = re.compile(r"[┌┐┘╔╗╝┬┴┼]|\+-{3,}\+|[─═]{2,}[▶►>]")
_ONLY_LINES = frozenset("│├└┌┐┘┬┴┼─═║╔╗╚╝╠╣|+-\\/`^v<>▼▲►◄↓↑→← \t")
_SECTION = re.compile(r"section\s+(.+)", re.IGNORECASE)
_TASK = re.compile(r"([^:]++):(?!\s*//)(.*)")
_SETTING = re.compile(r"(title|dateFormat|axisFormat|excludes|todayMarker|tickInterval)\s+(.+)")
_HEADS = re.compile(r"(?:gantt|timeline|journey|flowchart|graph|pie|sequenceDiagram|stateDiagram)\b")


def is_drawing(lines: list[Line]) -> bool:
    """Boxes with words in them: only a person can read it."""
    drawn = sum(1 for line in lines if _BOX.search(line.text))
    return drawn > 0 and 4 * drawn >= len(lines)


def is_tree(lines: list[Line]) -> bool:
    """At least one branch, and not merely a bar in a line of code."""
    branches = sum(1 for line in lines if _BRANCH.fullmatch(line.text))
    return branches > 0 and 3 * branches >= len(lines)


def read_tree(language: str, lines: list[Line], structure: dict[int, str]) -> list[Block]:
    """Branches are items beneath each other by their columns; a line before branches is a heading."""
    tree = Tree(language)
    found = [_BRANCH.fullmatch(line.text) for line in lines]
    for at, line in enumerate(lines):
        branch = found[at]
        if branch is not None:
            tree.close(line.indent + len(branch[1]) + 1)
            _branch(tree, line, line.indent + len(branch[1]) + 1, branch[2])
            continue
        if _ONLY_LINES.issuperset(line.text):
            structure[line.number] = "drawing"
            continue
        tree.close(line.indent)
        text = undecorated(plain(line.text).rstrip(":： "))
        if at + 1 < len(lines) and found[at + 1] is not None and not line.text.startswith("│"):
            tree.push(line.indent, Block(Kind.HEADING, line.number, text, line.number))
        else:
            label, value = pair(line.text, text)
            kind = Kind.PAIR if label else Kind.TEXT
            tree.leaf(Block(kind, line.number, text or line.text, line.number, label=label, value=value))
    return tree.blocks


def _branch(tree: Tree, line: Line, indent: int, raw: str) -> None:
    raw, comment = without_comment(raw, "# ")
    mark = read_mark(raw) if raw else None
    rest = raw[mark.end :] if mark else raw
    text = undecorated(plain(rest)) or comment
    block = Block(Kind.ITEM, line.number, text, line.number, comment=comment)
    if mark is not None:
        block.number, block.checked = mark.number, mark.checked
    block.label, block.value = pair(rest, text)
    tree.push(indent, block)


def read_mermaid(language: str, lines: list[Line], structure: dict[int, str]) -> list[Block]:
    """A Gantt chart's sections are headings and its tasks pairs of name and dates; other diagrams are code."""
    tree = Tree(language)
    gantt = lines[0].text.lower().startswith("gantt")
    for line in lines:
        if line.text.startswith("%%"):
            structure[line.number] = "comment"
        elif _HEADS.match(line.text) and line is lines[0]:
            structure[line.number] = "diagram"
        elif section := _SECTION.fullmatch(line.text):
            while tree.open:
                tree.pop()
            tree.push(0, Block(Kind.HEADING, line.number, plain(section[1]), line.number))
        elif setting := _SETTING.fullmatch(line.text):
            tree.leaf(_pair(line, setting[1], setting[2]))
        elif gantt and (task := _TASK.fullmatch(line.text)):
            tree.leaf(_pair(line, task[1], task[2]))
        else:
            tree.leaf(Block(Kind.CODE, line.number, line.text, line.number))
    return tree.blocks


def _pair(line: Line, label: str, value: str) -> Block:
    label, value = label.strip(), value.strip()
    return Block(Kind.PAIR, line.number, f"{label}: {value}", line.number, label=label, value=value)
