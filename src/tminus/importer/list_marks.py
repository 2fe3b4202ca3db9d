"""What a list item starts with: a bullet, a number, a checkbox, or a drawn box alone."""

from __future__ import annotations

import re
from typing import NamedTuple

_MARK = re.compile(
    r"(?:([-*+•–▪◦●‣·])|(\d{1,9})([.)])|([a-zA-Z]|[ivx]{2,4})(\))|([a-z]|[ivx]{2,4})\.|\((\d{1,3}|[a-zA-Z]|[ivx]{2,4})\)"
    r"|([☐☑☒✓✔🗹⬜🔲✅❌]\ufe0f?|\[[ xX✓✔]\](?=[ \t]+\S)))([ \t]+|$)"
)
_BOX = re.compile(r"(?:\[([ xX✓✔]?)\]|([☐☑☒✓✔🗹⬜🔲])\ufe0f?)(?:[ \t]+|$)")
_KEYWORD = re.compile(r"(TODO|DONE)(?=[ \t:])[ \t:]+(?=\S)")
_STARTS = frozenset("-*+•–▪◦●‣·☐☑☒✓✔🗹⬜🔲✅❌([0123456789")
_EMPTY = frozenset("☐⬜🔲 ")


class Mark(NamedTuple):
    """The start of an item: its text begins at character `end`, and what belongs to it stands `width` columns in."""

    end: int
    width: int
    sort: str  # items of one list have marks of one sort
    number: str
    checked: bool | None


def read_mark(body: str, paragraph: bool = False) -> Mark | None:
    """The mark that `body` (without indentation) starts with. `paragraph`: it stands within one.

    A paragraph is interrupted by a bullet or by `1.`, not by another number: the line may just have been wrapped there.
    """
    if body[0] in "TD" and (keyword := _KEYWORD.match(body)) is not None:
        return Mark(keyword.end(), 2, "todo", "", True if keyword[1] == "DONE" else None)
    if body[0] not in _STARTS and not (")" in body[1:5] or "." in body[1:5]):
        return None
    found = _MARK.match(body)
    if not found:
        return None
    bullet, digits, closing, letter, bracket, dotted, inner, box, space = found.groups()
    number = digits or letter or dotted or inner or ""
    if paragraph and ((number and number != "1") or found.end() == len(body)):
        return None
    sort = bullet or box or closing or bracket or ("a." if dotted else "(")
    after = found.end()
    # More than four blanks after the mark belong to the text: Markdown's rule for code in an item.
    width = after if len(space) <= 4 and after < len(body) else after - len(space) + 1
    if box:
        plain_box = box[1] if box[0] == "[" else box[0]
        return Mark(after, width, "box", "", None if plain_box == "❌" else plain_box not in _EMPTY)
    end, checked = read_box(body, after)
    return Mark(end, width, sort, number, checked)


def read_box(text: str, at: int = 0) -> tuple[int, bool | None]:
    """Where the text behind the box at `at` begins, and whether it is ticked; `at` and None where there is no box."""
    check = _BOX.match(text, at)
    if not check:
        return at, None
    return check.end(), check[1] not in ("", " ") if check[2] is None else check[2] not in _EMPTY


_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


def follows(number: str, following: str) -> bool:
    """Does `b` come after `a`, `iv` after `iii`?"""
    if len(number) == 1 and len(following) == 1 and ord(following) == ord(number) + 1:
        return True
    return number in _ROMAN[:-1] and following == _ROMAN[_ROMAN.index(number) + 1]


def opens_list(body: str) -> bool:
    """Does a list start with this line? A rule does not count."""
    mark = read_mark(body)
    return mark is not None and mark.end < len(body) and (mark.sort != "a." or mark.number in ("a", "i"))
