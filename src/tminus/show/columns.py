"""Text in a terminal's columns: wide characters take two, joined ones none."""

from __future__ import annotations

import unicodedata


def width(text: str) -> int:
    """How many columns a terminal gives to a text."""
    return sum(_columns(character) for character in text)


def fitted(text: str, columns: int) -> str:
    """The text in exactly so many columns: filled with blanks, or cut with an ellipsis."""
    taken = width(text)
    if taken > columns:
        kept, taken = _cut(text, columns - 1)
        text, taken = f"{kept}…", taken + 1
    return text + " " * (columns - taken)


def wrapped(text: str, columns: int) -> list[str]:
    """The text in lines of at most so many columns, broken between words; a longer word is broken in itself."""
    lines, taken = [""], 0
    for word in text.split():
        wide = width(word)
        if taken and taken + 1 + wide <= columns:
            lines[-1], taken = f"{lines[-1]} {word}", taken + 1 + wide
            continue
        if lines[-1]:
            lines.append("")
        while wide > columns:
            piece, cut = _cut(word, columns)
            lines[-1:] = [piece, ""]
            word, wide = word[len(piece) :], wide - cut
        lines[-1], taken = word, wide
    return lines


def _cut(text: str, columns: int) -> tuple[str, int]:
    """As much of the text's begin as fits, and the columns it takes."""
    taken = 0
    for place, character in enumerate(text):
        if taken + _columns(character) > columns:
            return text[:place], taken
        taken += _columns(character)
    return text, taken


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
