"""How extractors go through a section: without recursion, with a context from the headings, and by fields of objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from tminus.importer.page import Block, Kind
from tminus.importer.words_extract import Words, columns, fold

Context = TypeVar("Context")

_PARTS = re.compile(r"[,;](?=\s)|\s\+\s|\s·\s")
_QUOTES = "\"'`“”‘’«»"
_PAIR_IN_FLOW = re.compile(r"""(?:^|[{,])\s*["']?([A-Za-z][\w.-]{0,40})["']?\s*:\s""")
_LONG = 4000  # characters of one line that are looked at; nobody writes longer ones to be read


def descend(block: Block, context: Context, visit: Callable[[Block, Context], Context | None]) -> None:
    """Visit `block` and what is beneath it in the page's order, but for fences, which are seen through, and the headers
    of tables. `visit` gives the context of the children, or None where they are read already."""
    stack: list[tuple[Block, Context]] = [(block, context)]
    while stack:
        current, around = stack.pop()
        if is_header(current):
            continue
        beneath = around if current.kind is Kind.FENCE else visit(current, around)
        if beneath is not None and current.children:
            stack.extend((child, beneath) for child in reversed(current.children))


def whole(block: Block) -> str:
    """The text of a block, cut where it is longer than a person writes."""
    return block.text[:_LONG] if block.text else f"{block.label}: {block.value}"[:_LONG] if block.label else ""


def head(block: Block) -> str:
    """The label where there is one, else the text, without the colon at its end."""
    return (block.label or block.text)[:_LONG].strip().rstrip(":： ")


def body(block: Block) -> str:
    """The value, freed of quotes and of a comma at its end."""
    return unquoted(block.value[:_LONG])


def unquoted(text: str) -> str:
    """`'> 1%',` becomes `> 1%`."""
    short = text.strip().rstrip(",;").strip()
    if len(short) > 1 and short[0] in _QUOTES and short[-1] in _QUOTES:
        return short[1:-1].strip()
    return short


def sentence(block: Block) -> str:
    """The whole text, freed of quotes and of a comma at its end where it stands in a fence."""
    return unquoted(whole(block)) if block.fence is not None else whole(block).strip()


def parts(text: str) -> list[str]:
    """`text` split at commas, semicolons and `+` that stand outside brackets."""
    if not _PARTS.search(text):
        return [text.strip()] if text.strip() else []
    found: list[str] = []
    begin = depth = at = 0
    for mark in _PARTS.finditer(text):
        between = text[at : mark.start()]
        depth = max(0, depth + between.count("(") + between.count("[") - between.count(")") - between.count("]"))
        at = mark.end()
        if not depth:
            found.append(text[begin : mark.start()])
            begin = at
    found.append(text[begin:])
    return [part.strip(" ,;") for part in found if part.strip(" ,;")]


def flow_list(text: str) -> list[str]:
    """`["email", "slack"]` or `email, slack` as its members."""
    return [
        unquoted(part) for part in parts(text.strip().rstrip(",").strip("[](){} ").replace(",", ", ")) if unquoted(part)
    ]


def flow_map(text: str) -> dict[str, str]:
    """`{ "metric": "error_rate", "above": "2%" }` as a mapping, with its brackets or without; empty for anything else."""
    inside = text[:_LONG].strip().rstrip(",").strip()
    bare = not (inside.startswith("{") and inside.endswith("}"))
    if not bare:
        inside = inside[1:-1]
    keys = list(_PAIR_IN_FLOW.finditer(inside))
    if not keys or (bare and (len(keys) < 2 or keys[0].start() > 0)):
        return {}
    ends = [key.start() for key in keys[1:]] + [len(inside)]
    return {key[1].strip(): unquoted(inside[key.end() : end]) for key, end in zip(keys, ends, strict=True)}


@dataclass(slots=True)
class Found:
    """A field of an object: its value, or its members, and the lines it was read from."""

    value: str
    lines: list[int] = field(default_factory=list)
    many: list[tuple[int, str]] = field(default_factory=list)


def fields(block: Block, words: Words) -> dict[str, Found]:
    """The fields of an object that `words` knows: its pairs, `key:` with a list beneath, and `{...}` on one line."""
    found: dict[str, Found] = {}
    for key, text in _flow(block).items():
        if meaning := words.whole(key):
            found.setdefault(meaning, Found(text, [block.line]))
    if block.kind is Kind.ITEM and block.label and (meaning := words.whole(block.label)):
        found.setdefault(meaning, Found(body(block), [block.line]))
    for child in block.children:
        if child.kind is Kind.FENCE or child.kind is Kind.ROW:
            continue
        meaning = words.whole(head(child))
        if not meaning:
            if child.kind is not Kind.CODE:
                for name, one in _nested(child, words):
                    found.setdefault(name, one)
            continue
        members = [
            (one.line, sentence(one)) for one in child.children if not one.children and one.kind is not Kind.FENCE
        ]
        found.setdefault(
            meaning, Found(body(child) or ", ".join(text for _, text in members), own_lines(child, members), members)
        )
    return found


def _flow(block: Block) -> dict[str, str]:
    """The fields of an object on one line of a fence."""
    if block.fence is None or ":" not in block.text:
        return {}
    return flow_map(block.value) or flow_map(block.text)


_INNER = frozenset(("labels", "annotations", "condition", "trigger"))


def _nested(child: Block, words: Words) -> Iterator[tuple[str, Found]]:
    """Fields one step deeper: `labels:` with `severity: critical` beneath, or `labels: { severity: critical }`."""
    if child.kind not in (Kind.PAIR, Kind.HEADING):
        return
    if fold(head(child)) not in _INNER or child.fence is None:
        return
    if ":" in child.value:
        key, _, text = child.value.strip("{} ").partition(":")
        for name, value in (flow_map(child.value) or {key: unquoted(text)}).items():
            if meaning := words.whole(name):
                yield meaning, Found(value, [child.line])
    if child.kind is Kind.HEADING:
        for one in child.children:
            if one.kind is Kind.PAIR and (meaning := words.whole(one.label)):
                yield meaning, Found(body(one), [child.line, one.line])


def own_lines(block: Block, members: list[tuple[int, str]] | None = None) -> list[int]:
    """The lines of a block's own text, and those of its members."""
    return [
        *range(block.line, max(block.line, min(block.last, block.line + 500)) + 1),
        *(line for line, _ in members or ()),
    ]


def lines_of(found: dict[str, Found], besides: int) -> list[int]:
    """All lines that the fields were read from, without the object's own."""
    return sorted({line for one in found.values() for line in one.lines} - {besides})


def cells(row: Block, words: Words) -> dict[str, str]:
    """The filled cells of a row by the meaning of their columns."""
    where = columns(row.header, words)
    return {
        meaning: row.cells[at].strip() for meaning, at in where.items() if at < len(row.cells) and row.cells[at].strip()
    }


def is_header(row: Block) -> bool:
    """Whether the row is the table's own header."""
    return bool(row.header) and row.cells == row.header


def leaves(block: Block) -> list[tuple[int, str]]:
    """Line and text of the items and lines beneath a block, in their order; headings and brackets are left out."""
    return [
        (one.line, sentence(one))
        for one in block.walk()
        if one is not block and one.kind in (Kind.ITEM, Kind.PAIR, Kind.TEXT) and sentence(one).strip("[]{}(),; ")
    ]


def seen_through(block: Block) -> list[Block]:
    """What stands right beneath a block, or beneath a fence in it."""
    found: list[Block] = []
    for child in block.children:
        found.extend(child.children if child.kind is Kind.FENCE else (child,))
    return found
