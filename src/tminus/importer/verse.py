"""Paragraphs whose lines stand for themselves, as people write them in mails and plain text.

    Go on if:   crashes under 1 % of sessions
                no photo lost

is a lead and two items, though Markdown makes one flow of text of it. A paragraph is parted only where its form shows it:
by columns, by what hangs under a label, or by short lines with a threshold each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tminus.importer.conditions import is_condition

_LONGEST = 88  # characters of a line
_SHORT = 60  # characters of a line that needs no further sign
_MOST = 60  # lines
_LABELLED = re.compile(r"(\s*[^\s:|][^:|]{1,40}:)(\s{2,})(\S.*)$")
_COLUMNS = re.compile(r"\s*\S.*?\S\s{3,}\S")
_BOX = re.compile(r"\[([ xX✓✔])\]\s+(?=\S)")
_SIGNED = re.compile(
    r"[<>≤≥]|==|\d\s?(?:%|ms\b|s\b|min\b|per\b|a day)|\b(?:under|over|above|below|within|at least|at most|"
    r"more than|less than|fewer than|"
    r"not more than|unter|über|mindestens|höchstens|moins de|plus de|au moins|menos de|más de|al menos|"
    r"mais de|meno di|più di|almeno|"
    r"minder dan|meer dan|poniżej|powyżej|co najmniej)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"(?:[,;(–—-]|\b(?:and|or|the|an?|of|to|in|on|for|with|by|that|und|oder|der|die|das|et|ou|de|la|le|y|o|el|e|il|en|van|w|z))\s*$",
    re.IGNORECASE,
)
_CODE = re.compile(r"[{};]\s*$|^\s*[$#>]\s")


@dataclass(slots=True, frozen=True)
class Line:
    """One line of a verse: how far below the first it stands, its text, and its tick if it has a box."""

    offset: int
    text: str
    checked: bool | None = None


@dataclass(slots=True, frozen=True)
class Verse:
    """What leads the lines (empty if nothing does), and the lines."""

    lead: str
    lines: list[Line]


def read_verse(lines: Sequence[str]) -> Verse | None:
    """A paragraph as its lines, or None where it is a flow of text."""
    if len(lines) > _MOST or any(len(line) > _LONGEST + 20 for line in lines):
        return None
    labelled = _LABELLED.match(lines[0])
    if len(lines) == 1:
        box = labelled and _BOX.match(labelled[3])
        return Verse(labelled[1].strip(), [_line(0, labelled[3])]) if labelled and box else None
    if any(_CODE.search(line) for line in lines):
        return None
    if lines[0].rstrip().endswith(":") and _hangs(lines[1:], _indent(lines[0]) + 2):
        rest = [_line(at, line) for at, line in enumerate(lines[1:], start=1)]
        return Verse(lines[0].strip(), rest) if _are_items(lines[0], rest) else None
    if labelled and _hangs(lines[1:], len(labelled[1]) + len(labelled[2]) - 2):
        rest = [_line(0, labelled[3]), *(_line(at, line) for at, line in enumerate(lines[1:], start=1))]
        return Verse(labelled[1].strip(), rest) if _are_items(labelled[1], rest) else None
    rest = [_line(at, line) for at, line in enumerate(lines)]
    if all(_LABELLED.match(line) for line in lines):
        return None  # `Who:    support` above `To do:    ...`: each is a fact of its own
    if all(_COLUMNS.match(line) for line in lines) or (_stand_alone(rest) and _signed(rest) * 5 >= 3 * len(rest)):
        return Verse("", rest)
    return None


def is_labelled(line: str) -> bool:
    """Whether a line is a label with its text in a column of its own: `Go on if:   crashes under 1 %`."""
    return len(line) <= _LONGEST + 20 and _LABELLED.match(line) is not None


def _line(offset: int, raw: str) -> Line:
    text = raw.strip()
    box = _BOX.match(text)
    return Line(offset, text[box.end() :], box[1] != " ") if box else Line(offset, text)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _hangs(lines: Sequence[str], column: int) -> bool:
    return bool(lines) and all(_indent(line) >= column for line in lines)


def _are_items(lead: str, lines: Sequence[Line]) -> bool:
    """Whether the lines under a lead are a list, and not one text that was wrapped."""
    if not _stand_alone(lines):
        return False
    return is_condition(lead.strip(" :")) or _signed(lines) * 5 >= 3 * len(lines)


def _stand_alone(lines: Sequence[Line]) -> bool:
    return all(len(line.text) <= _SHORT for line in lines) and not any(_OPEN.search(line.text) for line in lines[:-1])


def _signed(lines: Sequence[Line]) -> int:
    return sum(bool(_SIGNED.search(line.text)) and any(letter.isdigit() for letter in line.text) for line in lines)
