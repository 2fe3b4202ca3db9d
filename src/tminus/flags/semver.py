"""flagd's `sem_ver`: `[version, operator, version]` by Semantic Versioning 2.0.0, section 11."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from tminus.flags.coercion import text_of
from tminus.flags.jsonlogic import Builder, eager

_Identifier: TypeAlias = tuple[int, int, str]
_Version: TypeAlias = tuple[int, int, int, tuple[int, tuple[_Identifier, ...]]]

# Digits are bounded because reading a number of a million digits, sent by a client, takes seconds.
_NUMBER = r"(0|[1-9][0-9]{0,17})"
_IDENTIFIER = r"(?:0|[1-9][0-9]{0,17}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_VERSION = re.compile(
    rf"[vV]?{_NUMBER}(?:\.{_NUMBER}(?:\.{_NUMBER}"
    rf"(?:-({_IDENTIFIER}(?:\.{_IDENTIFIER})*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?)?"
)
_MAX_LENGTH = 256


def parse_version(value: Any) -> _Version | None:
    """A version as a tuple that sorts by precedence; None when it is none. `1`, `1.2` and a leading v are read too.

    As in flagd a pre-release or a build needs all three numbers before it.
    """
    text = text_of(value)
    match = _VERSION.fullmatch(text) if len(text) <= _MAX_LENGTH else None
    if match is None:
        return None
    major, minor, patch, pre = match.groups()
    # A release comes after all of its pre-releases: (1, ()) sorts behind (0, ...).
    order = (0, tuple(_identifier(part) for part in pre.split("."))) if pre else (1, ())
    return int(major), int(minor or 0), int(patch or 0), order


def _identifier(part: str) -> _Identifier:
    """Numbers sort before words, numbers by value, words by code point."""
    return (0, int(part), "") if part.isdigit() else (1, 0, part)


_TESTS: dict[str, Callable[[_Version, _Version], bool]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "^": lambda left, right: left[0] == right[0],
    "~": lambda left, right: left[:2] == right[:2],
}


def compare_versions(*values: Any) -> bool | None:
    """Null, not false, for anything but two versions with a known operator between them."""
    if len(values) != 3 or not isinstance(values[1], str):
        return None
    left, test, right = parse_version(values[0]), _TESTS.get(values[1]), parse_version(values[2])
    if left is None or right is None or test is None:
        return None
    return test(left, right)


OPERATORS: dict[str, Builder] = {"sem_ver": eager(compare_versions)}
