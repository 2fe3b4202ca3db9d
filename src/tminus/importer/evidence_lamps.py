"""Paragraphs with a coloured sign at the start of each line, as people list alerts in a chat."""

from __future__ import annotations

import re

from tminus.importer.page import Block, Kind

_LAMP = re.compile(r"\s+(?=[🔴🟠🟡🟢🔵🟥🟧🟨🟩🚨⚠])")


def lamps_of(one: Block) -> list[Block]:
    """The lines of a paragraph that begins each of them with a coloured sign; empty for other blocks."""
    if one.kind is not Kind.TEXT or one.last <= one.line:
        return []
    pieces = _LAMP.split(one.text[:4000])
    if len(pieces) != one.last - one.line + 1:
        return []
    return [
        Block(Kind.TEXT, one.line + at, piece.lstrip("🔴🟠🟡🟢🔵🟥🟧🟨🟩🚨⚠\ufe0f ").strip(), one.line + at)
        for at, piece in enumerate(pieces)
    ]
