"""Sections that say who is called, whatever stands over them: a title that asks for people, over lines with times that rise."""

from __future__ import annotations

import re

from tminus.importer.draft import Draft
from tminus.importer.extract_escalation import read_escalation
from tminus.importer.page import Block, Kind
from tminus.importer.words_extract import fold

_ASKS = re.compile(
    r"(?:who|whom|wer|wen|wem|qui|quien|a quien|quem|a quem|chi|wie|kto|kogo|do kogo|kim|kimi)\b"
    r"|\b(?:escalat|eskal|escal|call|phone|pager|on-call|zustandig|bereitschaft|astreinte|guardia|plantao|dyzur|nobet)"
)
_LINES = 12  # a list of levels is short


def tells_whom_to_call(block: Block) -> bool:
    """Whether a section lists at least two people or teams, most of them with a minute that is later from line to line."""
    lines = block.children
    if block.fence is not None or not 0 < len(lines) <= _LINES or not _ASKS.search(fold(block.text[:80])):
        return False
    if any(one.kind not in (Kind.ITEM, Kind.PAIR, Kind.TEXT) or one.checked is not None for one in lines):
        return False
    if any("%" in one.text or len(one.text) > 240 for one in lines):
        return False
    draft = Draft()
    read_escalation(Block(Kind.HEADING, block.line, block.text, children=lines), draft)
    times = [level.since or 0.0 for level in draft.escalation]
    timed = sum(level.since is not None or level.until is not None for level in draft.escalation)
    return len(times) > 1 and timed + 1 >= len(times) >= len(lines) - 1 and sorted(times) == times
