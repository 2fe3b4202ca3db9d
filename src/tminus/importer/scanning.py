"""Text to a tree of blocks, line by line, in time and memory that grow with the text and nothing else (ADR-0012).

Every line that holds something ends up in exactly one place: the line range of one block, or `Page.structure`.
A fence's own block has an empty range (`last` before `line`): its marks are structure, its lines are its children.
"""

from __future__ import annotations

import re

from tminus.importer.embedded_blocks import EmbeddedBlocks
from tminus.importer.front_matter import read_front_matter
from tminus.importer.inline import bold_pair, plain, undecorated
from tminus.importer.list_marks import Mark, follows, opens_list, read_box, read_mark
from tminus.importer.open_blocks import column
from tminus.importer.outlines import Numbered, find_outline
from tminus.importer.page import Block, Kind, Page, split_lines
from tminus.importer.paragraphs import BOLD, LABEL_WORDS
from tminus.importer.quotes import quote_depth, unquoted_line
from tminus.importer.scanning_tables import is_delimiter
from tminus.importer.verse import is_labelled
from tminus.importer.wiki_marks import read_wiki

_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|$)|(#{2,6})(?=\w)")
_CLOSING_MARKS = re.compile(r"(?:^|[ \t])#+[ \t]*$")
_UNDERLINE = re.compile(r"=+|-+")
_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*+(.*)")
_BOLD_LINE = re.compile(r"(?:\*\*([^*]++)\*\*|__([^_]++)__)[ \t]*+(\([^()]*+\))?[ \t]*+[:：]?")
_DEFINITION = re.compile(r"\[[^\[\]^][^\[\]]*+\]:[ \t]*+\S+(?:[ \t]+[\"'(].*)?$")
_LEAD = 100  # characters of a line right beneath a list that leads the next one
_SHARED = 12  # lines up to this length are kept once each, however often they occur

# Lines that hold something, of which each is looked at by itself: at most so many, and no more than one for so many
# characters of the page, but always the first few thousand (plans have under a thousand). A line with several shares or
# cells counts as several. What is beyond is kept as one text, so that neither time nor memory depends on how short
# somebody makes the lines, or how much a line holds.
MOST_LINES = 8_000
_SURE_LINES = 3_000
_PER_LINE = 80


def scan_page(text: str, mended: str = "") -> Page:
    """The tree of `text`, whose lines end with `\\n`. Never raises: what is not understood is a TEXT block."""
    lines, end = _read_lines(text)
    page = Page(Block(Kind.HEADING, 0, ""), lines, mended=mended, total=len(lines))
    if end < len(text):
        # As bytes: one emoji would make each character of a text as large as itself.
        page.rest = text[end:].rstrip().encode("utf-8", "replace")
        page.unread = len(lines) + 1
        page.total += text.count("\n", end) + (text[-1] != "\n")
    shown, marks = read_wiki(lines)
    page.structure.update(dict.fromkeys((at + 1 for at in marks), "table rule"))
    _Scanner(page, shown).run()
    return page


def _read_lines(text: str) -> tuple[list[str], int]:
    """The lines up to the first that is one too many and holds something, and where in the text that one begins."""
    most = min(MOST_LINES, max(_SURE_LINES, len(text) // _PER_LINE))
    kept: dict[str, str] = {}
    lines: list[str] = []
    at = filled = 0
    for line in split_lines(text):
        if line and not line.isspace():
            filled += _weight(line)
            if filled > most:
                return lines, at
        at += len(line) + 1
        lines.append(kept.setdefault(line, line) if len(line) <= _SHARED else line)
    if lines[-1] == "":
        lines.pop()
    return lines, len(text)


def _weight(line: str) -> int:
    """For how many lines one counts: a chain of stages or a row of many cells is many things in one line."""
    return 1 + line.count("%") + line.count("|") // 8 + line.count("<") + line.count(">")


class _Scanner(EmbeddedBlocks):
    """The dispatch on what a line begins with; headings and lists."""

    def __init__(self, page: Page, lines: list[str]) -> None:
        super().__init__(page, lines)
        self.first = read_front_matter(page)
        self.outline = find_outline(lines)

    def run(self) -> None:
        """Read every line."""
        at, total = self.first, len(self.lines)
        while at < total:
            at = self.read(at)
        self.flush(total)

    # One line -------------------------------------------------------------------------------------------------------

    def read(self, at: int) -> int:
        """Read line `at` (from 0) and what belongs to it; the number of the next line to read."""
        raw = self.lines[at]
        body = raw.lstrip()
        if not body:
            self.flush(at)
            return at + 1
        if body[0] == ">" or self.depth:
            raw = self.unquoted(raw, at)
            body = raw.lstrip()
            if not body:
                self.flush(at)
                self.structure[at + 1] = "quote"
                return at + 1
        indent = 0 if raw[0] == body[0] else column(raw[: len(raw) - len(body)])
        if self.outline and (numbered := self.outline.get(at)) is not None:
            return self.numbered(at, indent, numbered, raw)
        if indent >= 4 and not self.items and not self.parts:
            return self.indented_code(at)
        return self.dispatch(at, indent, body.rstrip())

    def unquoted(self, raw: str, at: int) -> str:
        depth = quote_depth(raw)
        if depth != self.depth:
            self.flush(at)
            self.items.clear()
            self.depth = depth
        return unquoted_line(raw)

    def dispatch(self, at: int, indent: int, body: str) -> int:
        first = body[0]
        if first in "`~" and (fence := _FENCE.fullmatch(body)) and not (first == "`" and "`" in fence[2]):
            return self.fence(at, indent, fence[1], fence[2])
        if first == "#" and (heading := _HEADING.match(body)):
            return self.heading(at, heading, body)
        if first in "-=" and self.underlines(indent, body):
            return self.setext(at, body)
        if first in "-*_" and body.count(first) > 2 and not body.strip(f"{first} \t"):
            self.flush(at)
            self.items.clear()
            self.structure[at + 1] = "rule"
            return at + 1
        if (mark := read_mark(body, self.continues(indent))) is not None and self.counts(mark, at):
            return self.item(at, indent, mark, body)
        if first == "<" and (after := self.html(at, indent, body)):
            return after
        if first == "[" and not self.parts and _DEFINITION.match(body):
            self.structure[at + 1] = "link definition"
            return at + 1
        if "|" in body and at + 1 < len(self.lines) and is_delimiter(self.peek(at + 1), body):
            return self.table(at, indent, body)
        if first in "├└│┌╔" and not self.parts:
            return self.drawn(at, indent)
        return self.text(at, indent, body)

    def within_item(self, indent: int) -> bool:
        """Is an item's text open, and does this column belong to it?"""
        return self.owner is not None and bool(self.items) and indent >= self.items[-1][1]

    def continues(self, indent: int) -> bool:
        """Is a paragraph open that a line at this column would belong to?"""
        if not self.parts or self.parts[-1].endswith(":"):
            return False  # what follows a colon is listed there
        return not self.items or indent >= self.items[-1][1]

    # Headings -------------------------------------------------------------------------------------------------------

    def heading(self, at: int, mark: re.Match[str], body: str) -> int:
        self.flush(at)
        text = undecorated(plain(_CLOSING_MARKS.sub("", body[mark.end() :])))
        level = len(mark[1] or mark[2])
        if not text:
            self.structure[at + 1] = "empty heading"
        else:
            self.open_heading(Block(Kind.HEADING, at + 1, text, at + 1, level))
        return at + 1

    def underlines(self, indent: int, body: str) -> bool:
        if not self.parts or not _UNDERLINE.fullmatch(body) or (self.items and indent < self.items[-1][1]):
            return False
        # `**Status**: ready` above `---` is a fact above a rule, whatever Markdown makes of it.
        facts = bold_pair(self.parts[0]) or bold_pair(self.parts[-1])
        return self.owner is None and not facts and bool(plain(" ".join(self.parts)))

    def setext(self, at: int, body: str) -> int:
        text = undecorated(plain(" ".join(self.parts)))
        block = Block(Kind.HEADING, self.start + 1, text, at + 1, 1 if body[0] == "=" else 2)
        self.parts.clear()
        self.open_heading(block)
        return at + 1

    def bold_line(self, at: int, indent: int, body: str) -> bool:
        found = _BOLD_LINE.fullmatch(body)
        if not found or self.within_item(indent):
            return False
        if self.parts and self.owner is None and not body.endswith(":") and not bold_pair(self.parts[-1]):
            return False
        text = undecorated(plain(body).rstrip(":： "))
        if not text or (text[-1] in ".!?" and len(text.split()) >= LABEL_WORDS):
            return False
        self.flush(at)
        self.leave_items(indent)
        self.bold_heading(Block(Kind.HEADING, at + 1, text, at + 1, BOLD))
        return True

    # Lists ----------------------------------------------------------------------------------------------------------

    def item(self, at: int, indent: int, mark: Mark, body: str) -> int:
        self.flush(at)
        items = self.items
        while items and not (indent >= items[-1][1] or (indent >= items[-1][0] + 2 and mark.sort != items[-1][2])):
            items.pop()
        rest = body[mark.end :]
        if not rest and mark.checked is None and not self.indented_next(at, indent):
            self.structure[at + 1] = "empty item"
            return at + 1
        block = Block(Kind.ITEM, at + 1, "", at + 1, number=mark.number, checked=mark.checked)
        self.holder().add(block)
        items.append((indent, indent + mark.width, mark.sort, block))
        self.parts.append(rest)
        self.start, self.owner = at, block
        return at + 1

    def numbered(self, at: int, indent: int, one: Numbered, raw: str) -> int:
        """A line of an outline. Its items nest by their numbers, indented or not, and hold what stands beneath them."""
        text = raw[one.end :]
        if one.level:
            self.flush(at)
            shown = undecorated(plain(text.strip())).rstrip(":： ")
            self.open_heading(Block(Kind.HEADING, at + 1, shown or text.strip(), at + one.lines, one.level))
            return at + one.lines
        self.flush(at)
        items = self.items
        while items and not (items[-1][2].startswith("1.") and ".".join(one.parts).startswith(items[-1][2][2:] + ".")):
            items.pop()
        check = read_box(text)
        block = Block(Kind.ITEM, at + 1, "", at + 1, checked=check[1])
        self.holder().add(block)
        items.append((indent, indent, "1." + ".".join(one.parts), block))
        self.parts.append(text[check[0] :])
        self.start, self.owner = at, block
        return at + 1

    def counts(self, mark: Mark, at: int) -> bool:
        """Is this mark a mark? `a. text` and `i. text` are where the letter before or after stands in its place."""
        if mark.sort != "a.":
            return True
        if self.items and self.items[-1][2] == "a.":
            return follows(self.items[-1][3].number, mark.number)
        after = next((line for one in range(at + 1, min(at + 6, len(self.lines))) if (line := self.peek(one))[1:2]), "")
        return mark.number in ("a", "i") and follows(mark.number, after.partition(".")[0])

    def indented_next(self, at: int, indent: int) -> bool:
        if at + 1 >= len(self.lines):
            return False
        line = self.lines[at + 1]
        body = line.lstrip()
        return bool(body) and column(line[: len(line) - len(body)]) >= indent + 2

    def leads_next(self, at: int, body: str) -> bool:
        """`Move on when:` at the margin right beneath a list, above another one: no part of the last item."""
        after = self.peek(at + 1) if at + 1 < len(self.lines) else ""
        return body[-1] in ":：" and body[0].isupper() and len(body) <= _LEAD and bool(after) and opens_list(after)

    def text(self, at: int, indent: int, body: str) -> int:
        if body[0] in "*_" and self.bold_line(at, indent, body):
            return at + 1
        if self.owner is not None and not self.within_item(indent) and (bold_pair(body) or is_labelled(body)):
            self.flush(at)  # a fact right beneath a list is no part of its last item
        elif self.owner is not None and not self.within_item(indent) and self.leads_next(at, body):
            self.flush(at)
            self.items.clear()
        if not self.parts:
            self.leave_items(indent)
            self.start, self.owner = at, None
        self.parts.append(body)
        if "<!--" in body and "-->" not in body[body.rfind("<!--") :] and self.comments_end > at:
            self.parts[-1] = body[: body.rfind("<!--")]
            return self.comment_rest(at + 1)
        return at + 1
