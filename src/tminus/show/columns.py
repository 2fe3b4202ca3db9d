"""Text in a terminal's columns: wide characters take two, joined ones none."""

from __future__ import annotations

import unicodedata


def width(text: str) -> int:
    """How many columns a terminal gives to a text."""
    return sum(_columns(character) for character in text)


def fitted(text: str, columns: int) -> str:
    """The text in exactly so many columns: filled with blanks, or cut with an ellipsis."""
    if width(text) > columns:
        kept = ""
        for character in text:
            if width(kept) + _columns(character) > columns - 1:
                break
            kept += character
        text = f"{kept}…"
    return text + " " * (columns - width(text))


def wrapped(text: str, columns: int) -> list[str]:
    """The text in lines of at most so many columns, broken between words; a longer word is broken in itself."""
    lines = [""]
    for word in text.split():
        gap = 1 if lines[-1] else 0
        if lines[-1] and width(lines[-1]) + gap + width(word) > columns:
            lines.append("")
            gap = 0
        lines[-1] += " " * gap
        for character in word:
            if width(lines[-1]) + _columns(character) > columns:
                lines.append("")
            lines[-1] += character
    return lines


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
