"""What stands in a page as a piece of its own: fences, tables, drawings, comments."""

from __future__ import annotations

import re

from tminus.importer.fences import read_fence
from tminus.importer.inline import plain, undecorated
from tminus.importer.list_marks import read_mark
from tminus.importer.open_blocks import column
from tminus.importer.page import Block, Kind, Page
from tminus.importer.paragraphs import Paragraphs
from tminus.importer.quotes import quote_depth, unquoted_line
from tminus.importer.scanning_tables import html_rows, is_delimiter, split_row

LONGEST_TABLE = 5_000  # lines of an HTML table, and characters of one of its lines; what is longer is read as text
_FOLD = re.compile(
    r"(<details(?:\s[^<>]*+)?>)?\s*+(?:<summary(?:\s[^<>]*+)?>(?P<title>(?:[^<]|<(?!/?summary|/?details))*+)(?:</summary>)?)?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_FOLD_END = re.compile(r"</(?:details|summary)>", re.IGNORECASE)
_DEEPEST = 6  # the level of a heading that a folded part has at most
_DRAWN = re.compile(r"[│├└┌┐┘╔╚║╠]")


class EmbeddedBlocks(Paragraphs):
    """Each method reads one such piece from line `at` (from 0) and answers with the line after it."""

    def __init__(self, page: Page, lines: list[str]) -> None:
        super().__init__(page, lines)
        self.folds: list[int] = []  # the levels of the `<details>` that are open
        self.comments_end = max((n for n, line in enumerate(lines) if "-->" in line), default=-1)
        self.tables_end = max((n for n, line in enumerate(lines) if "</table" in line.lower()), default=-1)

    def fence(self, at: int, indent: int, mark: str, info: str) -> int:
        """Read a fenced block up to its closing marks, the end of its quote, or the end of the page."""
        self.flush(at)
        self.leave_items(indent)
        self.structure[at + 1] = "fence"
        end, after = at + 1, len(self.lines)
        while end < len(self.lines):
            line = self.lines[end]
            if self.depth:
                if not quote_depth(line):
                    after = end
                    break
                line = unquoted_line(line)
            body = line.strip()
            if not body and self.depth:
                self.structure[end + 1] = "quote"
            if body.startswith(mark) and not body.strip(mark[0]):
                self.structure[end + 1] = "fence"
                after = end + 1
                break
            end += 1
        words = info.strip().lstrip("{.").split(None, 1)
        self.fenced(at + 1, range(at + 1, end), words[0].rstrip("}").lower() if words else "", info.strip())
        return after

    def fenced(self, line: int, inside: range, language: str, info: str) -> None:
        """Put a fence that begins at `line` (from 1) with the lines `inside` (from 0) beneath it."""
        block = Block(Kind.FENCE, line, info, line - 1, fence=language)
        lines = ((n + 1, unquoted_line(self.lines[n]) if self.depth else self.lines[n]) for n in inside)
        block.children = read_fence(language, lines, self.structure)
        self.holder().add(block)

    def indented_code(self, at: int) -> int:
        """Read lines that are four columns in: code without a language."""
        end = at
        while end < len(self.lines):
            line = self.quoted(end) if self.depth else self.lines[end]
            body = line.lstrip()
            if body and column(line[: len(line) - len(body)]) < 4:
                break
            if not body and self.lines[end].strip():
                self.structure[end + 1] = "quote"
            end += 1
        self.fenced(at + 1, range(at, end), "", "")
        return end

    def quoted(self, at: int) -> str:
        """The line `at` without quote marks; a point where it stands in no such quote."""
        line = self.lines[at]
        return unquoted_line(line) if quote_depth(line) == self.depth else "."

    def drawn(self, at: int, indent: int) -> int:
        """Read a tree or a picture that is drawn without a fence around it."""
        self.leave_items(indent)
        end = at
        while end < len(self.lines) and _DRAWN.match(self.lines[end].lstrip()):
            end += 1
        if end == at:  # quoted
            self.holder().add(Block(Kind.TEXT, at + 1, self.peek(at), at + 1))
            return at + 1
        children = read_fence("", [(n + 1, self.lines[n]) for n in range(at, end)], self.structure)
        for block in children:
            for inner in block.walk():
                inner.fence = None
            self.holder().add(block)
        return end

    def table(self, at: int, indent: int, body: str) -> int:
        """Read a table: `body` is its header, and the rule beneath it has been seen."""
        self.flush(at)
        self.leave_items(indent)
        header = tuple(plain(cell) for cell in split_row(body))
        self.structure[at + 1], self.structure[at + 2] = "table header", "table rule"
        holder, end = self.holder(), at + 2
        while end < len(self.lines):
            if self.depth and not self.lines[end].lstrip().startswith(">"):
                break
            row = self.peek(end)
            if "|" not in row or (row[0] != "|" and (row[0] in "#`~>" or read_mark(row, False) is not None)):
                break
            if is_delimiter(row, row):
                self.structure[end + 1] = "table rule"
            else:
                cells = tuple(plain(cell) for cell in split_row(row))
                text = " | ".join(cell for cell in cells if cell)
                holder.add(Block(Kind.ROW, end + 1, text, end + 1, cells=cells, header=header))
            end += 1
        return end

    def html(self, at: int, indent: int, body: str) -> int:
        """Read a comment, a folded part or an HTML table that starts here; 0 if it is none of them."""
        if body[:9].lower() in ("<details>", "<details ", "</details", "<summary>", "<summary ", "</summary"):
            return self.folded(at, body)
        if body.startswith("<!--"):
            close = body.find("-->", 4)
            if close >= 0 and body[close + 3 :].strip():
                return 0
            self.flush(at)
            self.structure[at + 1] = "comment"
            return at + 1 if close >= 0 or self.comments_end <= at else self.comment_rest(at + 1)
        if body[:6].lower() == "<table" and self.tables_end >= at and not self.depth:
            self.flush(at)
            self.leave_items(indent)
            end = at
            while "</table" not in self.lines[end].lower():
                end += 1
            if end - at > LONGEST_TABLE or max(map(len, self.lines[at : end + 1])) > LONGEST_TABLE:
                self.tables_end = -1
                return 0
            rows = html_rows([(n + 1, self.lines[n]) for n in range(at, end + 1)], self.structure)
            if rows is None:
                self.tables_end = -1  # too tangled: the rest of the page is read as text, and no line twice
                return 0
            for row in rows:
                self.holder().add(row)
            return end + 1
        return 0

    def folded(self, at: int, body: str) -> int:
        """Read a line of `<details>`: its `<summary>` heads what is folded away beneath it, up to `</details>`."""
        found = None if body[1] == "/" else _FOLD.fullmatch(body)
        rest = (found["rest"] if found else body).strip()
        title = undecorated(plain(found["title"])).rstrip(":： ") if found and found["title"] else ""
        if _FOLD_END.sub("", rest).strip():
            return 0
        self.flush(at)
        self.items.clear()
        if found and found[1]:
            self.folds.append(min(self.headings[-1].level + 1, _DEEPEST))
        if title:
            level = self.folds[-1] if self.folds else _DEEPEST
            self.open_heading(Block(Kind.HEADING, at + 1, title, at + 1, level))
        else:
            self.structure[at + 1] = "html"
        for _ in range(rest.lower().count("</details>")):
            self.close_fold()
        return at + 1

    def close_fold(self) -> None:
        """What follows a folded part stands beside it and not in it."""
        if self.folds:
            level = self.folds.pop()
            while len(self.headings) > 1 and self.headings[-1].level >= level:
                self.headings.pop()

    def comment_rest(self, at: int) -> int:
        """Skip to the end of an open comment. There is an end: the caller has looked."""
        while "-->" not in self.lines[at]:
            if self.lines[at].strip():
                self.structure[at + 1] = "comment"
            at += 1
        rest = self.lines[at].split("-->", 1)[1].strip()
        self.flush(at)
        if rest:
            self.paragraph(rest, at + 1, at + 1, at + 1)
        else:
            self.structure[at + 1] = "comment"
        return at + 1
