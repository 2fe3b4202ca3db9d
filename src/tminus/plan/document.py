"""YAML text into nodes that know where they stand. YAML 1.2: `on`, `off`, `yes` and dates are plain text.

Built on ruamel.yaml's parser events instead of its constructed objects: the position of every key and value stays at
hand, duplicate keys are all found instead of the first alone, and depth, size and aliases are bounded while reading,
so that a hostile file costs no more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from tminus.errors import Problem

LARGEST_BYTES = 2_000_000
DEEPEST = 40
MOST_NODES = 200_000  # with every alias written out

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(slots=True)
class Node:
    """A value and where it stands; lines and columns count from 1. `keys` holds the nodes of a mapping's keys."""

    file: str
    line: int
    column: int
    value: Any  # a scalar, a list of nodes, or a dict of nodes by key
    keys: dict[str, Node] = field(default_factory=dict)
    size: int = 1  # nodes beneath, itself included
    height: int = 0  # levels beneath

    def add(self, child: Node) -> None:
        """Count a child in, with all that is beneath it."""
        self.size += child.size
        self.height = max(self.height, child.height + 1)

    def plain(self) -> Any:
        """The value without positions, as pydantic wants it."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value


class _Refused(Exception):
    """Reading stops here: what follows could not be trusted."""


def read_document(text: str, file: str) -> tuple[Node | None, list[Problem]]:
    """Read one YAML document. None where it could not be read at all; the problems say why."""
    if len(text) > LARGEST_BYTES:
        return None, [Problem(file, 1, 1, "too-large", "the plan has more than 2 MB", "write a shorter plan")]
    builder = _Builder(file)
    try:
        return builder.read(text), builder.problems
    except _Refused:
        return None, builder.problems
    except MarkedYAMLError as error:
        builder.problems.append(_syntax_problem(file, text, error))
    except (YAMLError, ValueError) as error:
        builder.problems.append(_unreadable_problem(file, text, error))
    return None, builder.problems


class _Builder:
    """Builds nodes from parser events; keeps going after a duplicate key, stops where reading on makes no sense."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.anchors: dict[str, Node] = {}
        self.size = 0

    def read(self, text: str) -> Node | None:
        events = iter(YAML(typ="rt", pure=True).parse(text))
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(event, "many-documents", "the file holds several documents", "write one plan a file")
                root = self._node(next(events), events, 0)
        return root

    def _node(self, event: Event, events: Iterator[Event], depth: int) -> Node:
        self._check_depth(event, depth)
        if isinstance(event, AliasEvent):
            return self._alias(event, depth)
        node = self._at(event, None)
        self._count(event, 1)
        if isinstance(event, ScalarEvent):
            node.value = _scalar(event)
        elif isinstance(event, SequenceStartEvent):
            self._sequence(node, events, depth)
        elif isinstance(event, MappingStartEvent):
            self._mapping(node, events, depth)
        anchor = getattr(event, "anchor", None)
        if anchor:
            # Known only from here on: an alias inside its own anchor would be a value without an end.
            self.anchors[anchor] = node
        return node

    def _sequence(self, node: Node, events: Iterator[Event], depth: int) -> None:
        node.value = []
        while not isinstance(event := next(events), SequenceEndEvent):
            child = self._node(event, events, depth + 1)
            node.value.append(child)
            node.add(child)

    def _mapping(self, node: Node, events: Iterator[Event], depth: int) -> None:
        node.value = {}
        merged: list[Node] = []
        while not isinstance(event := next(events), MappingEndEvent):
            key = self._key(event)
            child = self._node(next(events), events, depth + 1)
            node.add(child)
            if key.value == "<<":
                merged += self._merged(key, child)
            elif key.value in node.value:
                first = node.keys[key.value]
                self._report(key, "duplicate-key", f"`{key.value}` stands here and in line {first.line}", "keep one")
            else:
                node.value[key.value] = child
                node.keys[key.value] = key
        for other in merged:
            for name, child in other.value.items():
                node.value.setdefault(name, child)
                node.keys.setdefault(name, other.keys[name])

    def _merged(self, key: Node, child: Node) -> list[Node]:
        found = child.value if isinstance(child.value, list) else [child]
        if all(isinstance(one.value, dict) for one in found):
            return found
        self._report(key, "bad-merge", "`<<` takes in mappings alone", "write <<: *NAME of a mapping")
        return []

    def _key(self, event: Event) -> Node:
        if not isinstance(event, ScalarEvent):
            self._stop(event, "bad-key", "a key is a plain word", 'put "quotes" around text in braces or brackets')
        # The text and not its type: `on`, `1` and `true` are names where they stand as keys.
        self._count(event, 1)
        return self._at(event, event.value)

    def _alias(self, event: AliasEvent, depth: int) -> Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            self._stop(event, "unknown-anchor", f"no &{event.anchor} stands before", f"write &{event.anchor} first")
        self._count(event, node.size)
        # Anchors within anchors could pile up thousands of levels that no single place shows.
        self._check_depth(event, depth + node.height)
        return node

    def _check_depth(self, event: Event, depth: int) -> None:
        if depth > DEEPEST:
            self._stop(event, "too-deep", f"the plan nests more than {DEEPEST} levels", "write it flatter")

    def _count(self, event: Event, size: int) -> None:
        self.size += size
        if self.size > MOST_NODES:
            self._stop(event, "too-large", f"the plan has more than {MOST_NODES:,} values", "use fewer aliases")

    def _at(self, event: Event, value: Any) -> Node:
        return Node(self.file, event.start_mark.line + 1, event.start_mark.column + 1, value)

    def _report(self, node: Node, code: str, message: str, hint: str) -> None:
        self.problems.append(Problem(self.file, node.line, node.column, code, message, hint))

    def _stop(self, event: Event, code: str, message: str, hint: str) -> NoReturn:
        self._report(self._at(event, None), code, message, hint)
        raise _Refused


def _scalar(event: ScalarEvent) -> Any:
    """The value of a plain scalar by YAML 1.2's core rules; anything quoted or in a block is text."""
    text: str = event.value
    if event.style or (event.tag and str(event.tag) != "!"):
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) < 19:
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def _syntax_problem(file: str, text: str, error: MarkedYAMLError) -> Problem:
    """One line for what the parser found; its own words are kept where we know none that are better."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = " ".join(str(error.problem or error.context or "this is no YAML").split())
    lines = text.splitlines()
    written = lines[line - 1] if line <= len(lines) else ""
    if "\t" in written[: column + 1]:
        return Problem(file, line, column, "tab", "a tab indents this line", "indent with spaces")
    hint = "look at the indentation and at unclosed quotes and brackets"
    if "mapping values are not allowed" in said:
        said, hint = "a colon stands inside a plain text", "put the text in quotes"
    elif "cannot start any token" in said:
        said, hint = f"no text can begin with {written[column - 1 : column]!r}", "put the text in quotes"
    return Problem(file, line, column, "bad-yaml", said, hint)


def _unreadable_problem(file: str, text: str, error: Exception) -> Problem:
    position = getattr(error, "position", None)
    line = text.count("\n", 0, position) + 1 if isinstance(position, int) else 1
    said = " ".join(str(error).split())[:120]
    return Problem(file, line, 1, "bad-yaml", f"this is no YAML: {said}", "save the file as plain UTF-8 text")
