"""A draft without secrets: every text in it is looked at once, before anything is named, written or reported."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from tminus.importer import draft as parts
from tminus.importer.draft import Draft, Understood
from tminus.importer.extract_secrets import without_secrets
from tminus.importer.page import pieces

_NO_TEXT = ("int", "bool", "float", "list[int]", "dict[int, int]")
# The fields of each kind of part that can hold text; numbers are left alone.
_FIELDS = {
    name: tuple(one.name for one in fields(kind) if str(one.type) not in _NO_TEXT)
    for name, kind in vars(parts).items()
    if isinstance(kind, type) and is_dataclass(kind)
}


_LONG = 1 << 16


def clean(draft: Draft) -> Draft:
    """The same draft, its texts freed of secrets in place."""
    stack: list[Understood | Draft] = [draft]
    while stack:
        part = stack.pop()
        for name in _FIELDS[type(part).__name__]:
            value = getattr(part, name)
            if isinstance(value, str):
                if value:
                    setattr(part, name, _clean(value))
            elif isinstance(value, Understood):
                stack.append(value)
            elif isinstance(value, list):
                setattr(part, name, [_member(one, stack) for one in value] if value else value)
    return draft


def _clean(text: str) -> str:
    """Without secrets, and such that it can be written: half a pair of surrogates is no character."""
    if len(text) > _LONG and "\n" in text:
        return "".join(_clean_piece(piece) for piece in pieces(text, _LONG))
    return _clean_piece(text)


def _clean_piece(text: str) -> str:
    whole = text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
    return without_secrets(whole)


def _member(value: Any, stack: list[Understood | Draft]) -> Any:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, tuple):
        return tuple(_clean(one) if isinstance(one, str) else one for one in value)
    if isinstance(value, Understood):
        stack.append(value)
    return value
