"""YAML 1.2 text from plain values, as a person would lay it out. Fast: no library, one pass, lines of text at the end.

A value is text, a number, a truth value, a list, a mapping by text, or a `Part`: any of these with the lines of the
source that it comes from, which stand as a comment behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tminus.importer.page import pieces

WIDTH = 120
_USUAL_COMMENT = 16  # `  # lines 134-140`

_WORDS = frozenset(["true", "false", "null", "yes", "no", "on", "off", "y", "n"])
_NUMBER = re.compile(r"[-+]?(?:\.?\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?|0[xo][0-9a-fA-F]+|\.(?:inf|nan))", re.IGNORECASE)
# What must not begin a plain scalar, and what must not stand within one: `: `, ` #`, anything that is not printable.
_BAD_START = frozenset("-?:,[]{}#&*!|>'\"%@`=~ .")
_BAD_INSIDE = re.compile(
    r":(?:\s|$)|\s#|\s$|[^ -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_FLOW_MARKS = re.compile(r"[,\[\]{}]|:(?=[\"'\[{,])")
_ESCAPED = re.compile(r"[\"\\]|[^ -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_NOT_LITERAL = re.compile(r"[^\n\t -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_LONG = 1 << 14
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_UNPRINTABLE = re.compile(r"[^ -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]+")

Value = Any  # str | int | float | bool | list[Value] | dict[str, Value] | Part


@dataclass(slots=True)
class Part:
    """A value with the source lines that it comes from, and a remark that is written behind them."""

    value: Value
    lines: tuple[int, ...] = ()
    of: object = None  # what was understood there; its place in the plan is noted
    remark: str = ""


def scalar(value: Value, *, flow: bool = False) -> str:
    """One scalar as YAML text on one line; `flow` where it stands within brackets or braces."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:.15g}" if isinstance(value, float) else str(value)
    text: str = value
    if _is_plain(text) and not (flow and _FLOW_MARKS.search(text)):
        return text
    if "'" not in text and ('"' in text or "\\" in text) and not _UNPRINTABLE.search(text):
        return f"'{text}'"
    if len(text) <= _LONG:
        return f'"{_ESCAPED.sub(_escape, text)}"'
    return "".join(['"', *(_ESCAPED.sub(_escape, piece) for piece in pieces(text, _LONG)), '"'])


def literal(text: str, pad: str) -> list[str] | None:
    """A long text of several lines as it stands in a literal block, in pieces; None where it cannot stand in one, or
    where its lines are so short that the white space before them would be more than they are."""
    if len(text) <= _LONG or text[0] == "\n" or text[-1] == "\n" or (text.count("\n") + 1) * len(pad) > len(text):
        return None
    if _NOT_LITERAL.search(text):
        return None
    return [pad + piece.removesuffix("\n").replace("\n", f"\n{pad}") for piece in pieces(text, _LONG)]


def _is_plain(text: str) -> bool:
    if not text or text[0] in _BAD_START or _BAD_INSIDE.search(text):
        return False
    return not (text.lower() in _WORDS or (text[0] in "0123456789+" and _NUMBER.fullmatch(text)))


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    short = _SHORT.get(character)
    if short:
        return short
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"  # half of a pair stands for nothing and cannot be written as UTF-8
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def comment_text(text: str, limit: int = 100) -> str:
    """Words that can stand in a comment: one line, printable, not endless."""
    words = _UNPRINTABLE.sub(" ", text[: limit * 4])
    words = " ".join(words.split())
    return words if len(words) <= limit else words[: limit - 3].rstrip() + "..."


def line_comment(lines: Iterable[int], remark: str = "") -> str:
    """`# line 46`, `# lines 46-49`, `# lines 3, 8; of eligible users`; empty without lines and remark."""
    words = lines_text(lines)
    note = comment_text(remark) if remark else ""
    inside = "; ".join(one for one in (words, note) if one)
    return f"# {inside}" if inside else ""


def lines_text(lines: Iterable[int]) -> str:
    """Line numbers in words, neighbours as ranges: `line 46`, `lines 46-49, 52`. At most six ranges are named."""
    numbers = sorted({line for line in lines if line > 0})
    if len(numbers) < 2:
        return f"line {numbers[0]}" if numbers else ""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    shown = [f"{first}-{last}" if last > first else str(first) for first, last in ranges[:6]]
    return "lines " + ", ".join([*shown, "..."] if len(ranges) > 6 else shown)


def one_line(value: Value, room: int) -> str | None:
    """A value within one line of at most `room` characters; None where that is not possible.

    Parts beneath need lines of their own for their comments, so that a value with one of them is never on one line.
    """
    if isinstance(value, dict):
        pieces = _pieces(value, room)
        return None if pieces is None else "{ " + ", ".join(pieces) + " }" if pieces else "{}"
    if isinstance(value, list):
        members: list[str] = []
        for one in value:
            text = one_line(one, room)
            room -= len(text) + 2 if text is not None else 0
            if text is None or room < 0:
                return None
            members.append(text)
        return "[" + ", ".join(members) + "]"
    if isinstance(value, Part):
        return None
    text = scalar(value, flow=True)
    return text if len(text) <= room else None


def _pieces(mapping: dict[str, Value], room: int) -> list[str] | None:
    pieces = []
    for key, child in mapping.items():
        text = one_line(child, room - len(key) - 2)
        if text is None:
            return None
        pieces.append(f"{scalar(key, flow=True)}: {text}")
        room -= len(pieces[-1]) + 2
        if room < 0:
            return None
    return pieces


@dataclass(slots=True)
class Layout:
    """Lays values out as lines, and notes where in the plan each part came to stand (JSON pointers)."""

    lines: list[str] = field(default_factory=list)
    places: dict[int, str] = field(default_factory=dict)  # id of what was understood -> pointer
    line_places: dict[int, str] = field(default_factory=dict)  # source line -> pointer

    def key(self, indent: int, key: str, value: Value, pointer: str) -> None:
        """`key: value`, on one line or with its contents beneath; lists of parts always beneath."""
        place = f"{pointer}/{key.replace('~', '~0').replace('/', '~1') if '/' in key or '~' in key else key}"
        self._put(indent, f"{' ' * indent}{scalar(key)}:", value, place, " ")

    def member(self, indent: int, value: Value, pointer: str) -> None:
        """`- value` of a list."""
        self._put(indent, f"{' ' * indent}-", value, pointer, "")

    def _put(self, indent: int, before: str, value: Value, place: str, gap: str) -> None:
        comment = ""
        if isinstance(value, Part):
            comment = self._noted(value, place)
            value = value.value
        if isinstance(value, dict | list):
            self._collection(indent, before, value, place, comment, in_list=not gap)
        elif isinstance(value, str) and (block := literal(value, " " * (indent + 2))):
            self.lines.append(f"{before} |2-{comment}")
            self.lines += block
        else:
            self.lines.append(f"{before} {scalar(value)}{comment}")

    def _noted(self, part: Part, place: str) -> str:
        if part.of is not None:
            self.places[id(part.of)] = place
        for line in part.lines:
            self.line_places.setdefault(line, place)
        comment = line_comment(part.lines, part.remark)
        return f"  {comment}" if comment else ""

    def _collection(
        self,
        indent: int,
        before: str,
        value: dict[str, Value] | list[Value],
        place: str,
        comment: str,
        *,
        in_list: bool,
    ) -> None:
        # A long remark may stand out on the right; it is no reason to take the value apart.
        text = one_line(value, WIDTH - len(before) - min(len(comment), _USUAL_COMMENT) - 1)
        if text is not None:
            self.lines.append(f"{before} {text}{comment}")
        elif isinstance(value, list):
            self.lines.append(before + comment)
            for number, one in enumerate(value):
                self.member(indent + 2, one, f"{place}/{number}")
        elif in_list:
            self._mapping_in_list(indent, before, value, place, comment)
        else:
            self.lines.append(before + comment)
            for key, child in value.items():
                self.key(indent + 2, key, child, place)

    def _mapping_in_list(self, indent: int, before: str, value: dict[str, Value], place: str, comment: str) -> None:
        """The first key stands behind the dash, with the comment of the whole."""
        first = len(self.lines)
        for key, child in value.items():
            self.key(indent + 2, key, child, place)
        self.lines[first] = before + self.lines[first][indent + 1 :] + comment
