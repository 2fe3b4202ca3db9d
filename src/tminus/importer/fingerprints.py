"""The last comment of an imported plan: what the page said, as short hashes, so that another import can tell the page's
changes from those made by hand. It travels with the file, through version control as well (ADR-0013).

Each value of the plan has an address: the names that lead to it, where members of lists are named by their words and
not by their number (`phases/beta/tasks/load test/owner`). A fingerprint is 28 bits of the address and 20 of the value.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from typing import Any
from zlib import crc32

from tminus.importer.yaml_text import Part, Value, scalar

OPENING = "# tminus import 1: what the page said, so that the next import knows which changes are yours. Leave it here."
_LINE = re.compile(r"# ([A-Za-z0-9+/=]{8,112})")
_LONGEST_LINE = 112
_LONGEST_NAME = 4000
# What a member is called by; an `id` comes last, as hands add one to what an import has written. A phase has one always.
_NAMES = ("do", "title", "risk", "that", "when", "run", "alert", "flag", "notify", "status", "call", "at", "id")
_CRITERIA = frozenset({"exit", "when", "holds"})
_METRIC = re.compile(r"(?:zero )?(?:canary |control )?[A-Za-z_][\w-]*(?: p[\d.]+| mean| max| min| median)?(?: ?[<>])?")


def fingerprint_bytes(path: str, value: Value) -> bytearray:
    """The fingerprints of all values beneath an address, six bytes each."""
    prints = bytearray()
    for where, one in leaves(value, path):
        prints += _print(where, one)
    return prints


def fingerprint_lines(prints: bytes | bytearray) -> list[str]:
    """The comment's lines."""
    step = _LONGEST_LINE * 6 // 8
    rows = (prints[start : start + step] for start in range(0, len(prints), step))
    return [OPENING, *(f"# {base64.b64encode(row).decode()}" for row in rows)]


def read_fingerprints(text: str) -> dict[int, int]:
    """Address -> value, as hashes, from a plan's last comment; empty where there is none."""
    _, opening, rest = text.rpartition("\n" + OPENING)
    found: dict[int, int] = {}
    for line in rest.splitlines() if opening else ():
        row = _LINE.fullmatch(line.strip())
        data = base64.b64decode(row.group(1)) if row and len(row.group(1)) % 8 == 0 else b""
        for start in range(0, len(data), 6):
            number = int.from_bytes(data[start : start + 6], "big")
            found[number >> 20] = number & 0xFFFFF
    return found


def address_hash(path: str) -> int:
    """28 bits of an address."""
    return crc32(path.encode("utf-8", "replace")) >> 4


def value_hash(value: Any) -> int:
    """20 bits of a value; a number and the text of that number are alike, as a hand may quote it."""
    return crc32(value_text(value).encode("utf-8", "replace")) >> 12


def value_text(value: Any) -> str:
    """A plain value as its text in a plan, without quotes."""
    return value if isinstance(value, str) else scalar(value)


def is_fingerprint(line: str) -> bool:
    """Whether a line belongs to the comment."""
    return _LINE.fullmatch(line.strip()) is not None


def _print(path: str, value: Any) -> bytes:
    return (address_hash(path) << 20 | value_hash(value)).to_bytes(6, "big")


def leaves(value: Value, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every plain value with its address, in the order of the plan. An empty mapping or list is one as well: it can go."""
    if isinstance(value, Part):
        value = value.value
    if isinstance(value, dict | list) and not value and path:
        yield path, ""
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from leaves(child, f"{path}/{key}" if path else key)
    elif isinstance(value, list):
        for name, child in zip(member_names(value, path.rpartition("/")[2]), value, strict=True):
            yield from leaves(child, f"{path}/{name}")
    else:
        yield path, value


def member_names(members: Iterable[Value], key: str) -> list[str]:
    """What the members of a list are called in addresses; the second of one name is `name~2`."""
    names: list[str] = []
    counts: dict[str, int] = {}
    for member in members:
        name = _name(member, key)
        counts[name] = number = counts.get(name, 0) + 1
        names.append(name if number == 1 else f"{name}~{number}")
    return names


def _name(member: Value, key: str) -> str:
    if isinstance(member, Part):
        member = member.value
    if isinstance(member, dict):
        named = _naming_key(member, key)
        return _name(member[named], "when" if named in ("that", "when", "at") else "") if named else ""
    if isinstance(member, list):
        return " ".join(_name(one, "") for one in member)
    words = " ".join(str(member)[:_LONGEST_NAME].split())
    if key in _CRITERIA:
        found = _METRIC.match(words)
        return found.group().replace(" ", "") if found else words
    return words.replace("/", " ")


def _naming_key(member: dict[str, Value], key: str) -> str:
    """The key whose words a mapping is called by: a plain value, or the words of a command."""
    if key == "phases" and "id" in member:
        return "id"
    plain = (name for name in _NAMES if name in member and not isinstance(member[name], dict | list))
    return next(plain, "run" if "run" in member else "")
