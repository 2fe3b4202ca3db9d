"""Pages numbered as an outline: `1. Rollout`, `1.1 Shadow run`, `A. GATES`, `C1. Freeze`, with no mark of Markdown.

Markdown sees lists and wrapped text there; people see headings and what stands beneath them. A number counts only as
the next one of its row: `1.5 million users` after a line break is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from tminus.importer.list_marks import read_mark
from tminus.importer.paragraphs import BOLD

_NUMBERED = re.compile(
    r"([ \t]*)([IVX]{1,4}(?=[.)])|[A-Z]|\d{1,2})((?:\.?\d{1,2}){0,4})([.)]?)[ \t]+(?=[^\s|=<>%*+/-])"
)
_ATX = re.compile(r" {0,3}#{1,6}[ \t]")
_FENCE = re.compile(r"[ \t]*(```|~~~)")
_BOXED = re.compile(r"\s*(?:[-*+•]\s+)?(?:\[[ xX]?\]|[☐☑☒✅⬜])\s")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*$")
_TOP_LEVEL = 2
_HEADING_WORDS = 14
_SENTENCE_WORDS = 5
_RAGGED = 3  # characters that an underline may be longer or shorter than its line


class Numbered(NamedTuple):
    """A line of an outline: its number in parts, and where its text begins."""

    parts: tuple[str, ...]  # ("2", "5"), ("C", "1")
    end: int
    level: int = 0  # of a heading; 0 where it is an item
    lines: int = 1  # 2 for a heading with its underline


@dataclass(slots=True)
class _Candidates:
    """The lines that look numbered, in the order of the page."""

    tops: list[tuple[int, Numbered]] = field(default_factory=list)
    inner: list[tuple[int, Numbered]] = field(default_factory=list)
    marked: list[int] = field(default_factory=list)  # lines with headings of Markdown


def find_outline(lines: list[str]) -> dict[int, Numbered]:
    """The lines (from 0) that are headings and items of an outline; empty for an ordinary page."""
    found = _candidates(lines)
    tops = _row_of_tops(found, lines)
    inner = _rows_of_inner(found.inner, {one.parts[0] for _, one in tops})
    outline = {at: one._replace(level=_TOP_LEVEL) for at, one in tops}
    outline.update(_underlined(found, lines))
    for at, one in inner:
        if _is_sentence(lines, at, one):
            continue
        level = (_TOP_LEVEL - 1 + len(one.parts)) if tops else BOLD
        outline[at] = one._replace(level=level) if _stands_alone(lines, at, one) else one
    return outline


def _candidates(lines: list[str]) -> _Candidates:
    found = _Candidates()
    fence = ""
    for at, line in enumerate(lines):
        if not line or line[0] in "-*>|":
            continue
        if ("`" in line or "~" in line) and (mark := _FENCE.match(line)):
            fence = "" if fence == mark[1] else fence or mark[1]
        elif fence:
            continue
        elif line[0] == "#" and _ATX.match(line):
            found.marked.append(at)
        elif (number := _NUMBERED.match(line)) is not None:
            _sort(found, at, number)
    return found


def _sort(found: _Candidates, at: int, number: re.Match[str]) -> None:
    space, first, rest, dot = number.groups()
    if not rest:
        if not space and dot:
            found.tops.append((at, Numbered((first,), number.end())))
        return
    if first.isdigit() and not rest.startswith("."):
        return
    if first.isalpha() and "." not in rest and not dot:
        return  # `A1 green built` names one of many; `A1. Green` numbers it
    parts = (first, *(part for part in rest.split(".") if part))
    found.inner.append((at, Numbered(parts, number.end())))


def _row_of_tops(found: _Candidates, lines: list[str]) -> list[tuple[int, Numbered]]:
    """`1.`, `2.`, ... or `A.`, `B.`, ... over the whole page, each with something beneath it; [] where Markdown's are."""
    row: list[tuple[int, Numbered]] = []
    for at, one in found.tops:
        expected = _next(row[-1][1].parts[0]) if row else ("1", "A", "I")
        if one.parts[0] in expected and _is_title(lines, at, one):
            row.append((at, one))
    if len(row) < 2 or found.marked[1:] or any(at > row[0][0] for at in found.marked):
        return []
    ends = [at for at, _ in row[1:]]
    if row[0][1].parts[0] == "I":  # Markdown knows no such lists
        return (
            row if all(any(map(_marked, lines[at + 1 : end])) for (at, _), end in zip(row, ends, strict=False)) else []
        )
    filled = [_holds(lines, at, end) for (at, _), end in zip(row, ends, strict=False)]
    return (
        row if all(filled) or (len(row) > 2 and _boxes_beneath(row, lines) and 2 * sum(filled) >= len(filled)) else []
    )


def _marked(line: str) -> bool:
    return bool(line.strip()) and read_mark(line.strip()) is not None


def _boxes_beneath(row: list[tuple[int, Numbered]], lines: list[str]) -> bool:
    """Whether boxes stand beneath two titles at least: a list whose items hold lists of tasks is one of headings."""
    ends = [at for at, _ in row[1:]] + [len(lines)]
    ticked = [any(_BOXED.match(line) for line in lines[at + 1 : end]) for (at, _), end in zip(row, ends, strict=True)]
    return sum(ticked) > 1


def _underlined(found: _Candidates, lines: list[str]) -> dict[int, Numbered]:
    """`2. Timetable` over a line of its own length: a heading, and not an item above a rule."""
    headings = {}
    for at, one in found.tops:
        under = lines[at + 1].rstrip() if at + 1 < len(lines) else ""
        alone = at == 0 or not lines[at - 1].strip()
        if (
            alone
            and len(under) > 2
            and abs(len(under) - len(lines[at].rstrip())) <= _RAGGED
            and _UNDERLINE.match(under)
        ):
            headings[at] = one._replace(level=1 if under[0] == "=" else 2, lines=2)
    return headings


_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def _next(part: str) -> tuple[str, ...]:
    if part in _ROMAN[:-1]:
        return (
            (_ROMAN[_ROMAN.index(part) + 1], chr(ord(part) + 1))
            if len(part) == 1
            else (_ROMAN[_ROMAN.index(part) + 1],)
        )
    if len(part) > 1 and not part.isdigit():
        return ()
    return (str(int(part) + 1),) if part.isdigit() else (chr(ord(part) + 1),)


def _is_title(lines: list[str], at: int, one: Numbered) -> bool:
    text = lines[at][one.end :].strip()
    if text[-1:] in (".", ";", ",") or len(text.split()) > _HEADING_WORDS or text[:1] == "[":
        return False
    return at + 1 >= len(lines) or not _UNDERLINE.match(lines[at + 1])


def _holds(lines: list[str], at: int, end: int) -> bool:
    """Whether a title heads what stands before the next: numbered lines of its own, or what follows a blank line.

    What is only indented beneath it in one go is a list of Markdown.
    """
    blank = False
    for line in lines[at + 1 : end]:
        body = line.lstrip()
        if not body:
            blank = True
        elif body is line and (blank or read_mark(body) is not None):
            return True
        if body and (found := _NUMBERED.match(line)) and found[3]:
            return True
    return (
        blank
        and not lines[end - 1].strip()
        and any(read_mark(line.lstrip()) for line in lines[at + 1 : end] if line.strip())
    )


def _rows_of_inner(inner: list[tuple[int, Numbered]], tops: set[str]) -> list[tuple[int, Numbered]]:
    """Those of the lines that go on from one another; a first one needs a second, or the title that it belongs to."""
    kept: list[tuple[int, Numbered]] = []
    last: tuple[str, ...] = ()
    waiting: tuple[int, Numbered] | None = None
    for at, one in inner:
        if last and _follows(last, one.parts):
            if waiting is not None:
                kept.append(waiting)
                waiting = None
            kept.append((at, one))
        elif all(part == "1" for part in one.parts[1:]):
            waiting = None
            if one.parts[0] in tops:
                kept.append((at, one))
            else:
                waiting = (at, one)
        else:
            continue
        last = one.parts
    return kept


def _follows(last: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """`1.2` and `1.1.1` follow `1.1`, and `1.2` follows `1.1.3`."""
    if len(parts) == len(last) + 1:
        return parts[:-1] == last and parts[-1] == "1"
    count = len(parts)
    return count <= len(last) and parts[:-1] == last[: count - 1] and parts[-1] == str(int(last[count - 1]) + 1)


def _is_sentence(lines: list[str], at: int, one: Numbered) -> bool:
    """`D2. After 01:00 there is no way back; we fix forward.` between blank lines is a numbered paragraph."""
    around = (at == 0 or not lines[at - 1].strip()) and (at + 1 >= len(lines) or not lines[at + 1].strip())
    text = lines[at][one.end :].rstrip()
    return around and text.endswith(".") and len(text.split()) > _SENTENCE_WORDS


def _stands_alone(lines: list[str], at: int, one: Numbered) -> bool:
    """Whether a line has blank lines around it and is short enough to head something."""
    after = at + 1 < len(lines) and not lines[at + 1].strip()
    before = at == 0 or not lines[at - 1].strip()
    if not (after and before) or not _is_title(lines, at, one) or at + 2 >= len(lines):
        return False
    return not _NUMBERED.match(lines[at + 2])
