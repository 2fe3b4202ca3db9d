"""Paragraphs: the lines that are nothing else, gathered until something else comes."""

from __future__ import annotations

from tminus.importer.inline import bold_pair, pair, plain, plain_pair, undecorated
from tminus.importer.list_marks import opens_list
from tminus.importer.open_blocks import OpenBlocks
from tminus.importer.page import Block, Kind, Page
from tminus.importer.quotes import unquoted_line
from tminus.importer.verse import Verse, read_verse

BOLD, LABEL_WORDS = 7, 6
_FACT = 72  # characters: a longer line is one of a text that was wrapped


class Paragraphs(OpenBlocks):
    """The open paragraph: part of an item's text (`owner`), or a block of its own."""

    def __init__(self, page: Page, lines: list[str]) -> None:
        super().__init__(page.root)
        self.lines = lines
        self.structure = page.structure
        self.parts: list[str] = []
        self.start = 0  # the line of its first part, from 0
        self.owner: Block | None = None
        self.depth = 0  # of block quotes

    def peek(self, at: int) -> str:
        """The line `at` without the marks of quotes."""
        line = self.lines[at]
        return (unquoted_line(line) if self.depth else line).strip()

    def flush(self, before: int) -> None:
        """Close the open paragraph; `before` is the line that comes next (from 0)."""
        parts = self.parts
        if not parts:
            return
        self.parts = []
        owner, self.owner = self.owner, None
        first = self.start
        if owner is None and (verse := read_verse(self.lines[first : first + len(parts)])) is not None:
            self.verse(verse, first)
            return
        for begin, end in groups(parts, owner is not None):
            raw = parts[begin] if end - begin == 1 else " ".join(parts[begin:end])
            line, last = first + begin + 1, first + end
            if owner is not None and begin == 0:
                self.fill_item(owner, raw, last)
            elif owner is None and end - begin == 1 and (boxed := read_verse([self.lines[line - 1]])) is not None:
                self.verse(boxed, line - 1)
            else:
                self.paragraph(raw, line, last, before)

    def verse(self, verse: Verse, first: int) -> None:
        """Lines that stand for themselves: what leads them as a text, each of them as an item."""
        if verse.lead:
            text = plain(verse.lead)
            self.holder().add(Block(Kind.TEXT, first + 1, text, first + 1))
        for one in verse.lines:
            text = undecorated(plain(one.text))
            label, value = pair(undecorated(one.text), text)
            line = first + one.offset + 1
            self.holder().add(Block(Kind.ITEM, line, text, line, label=label, value=value, checked=one.checked))

    def fill_item(self, block: Block, raw: str, last: int) -> None:
        """Give an item its words, which may go on over several lines up to `last`."""
        text = plain(raw)
        block.text = undecorated(text)
        block.label, block.value = pair(undecorated(raw), block.text)
        if last != block.line:
            block.last = last

    def paragraph(self, raw: str, line: int, last: int, before: int) -> None:
        """Put a paragraph into the tree: a text, a pair, or a label line that heads the list beneath it."""
        text = plain(raw)
        if not text:
            # Only marks, a tag or an image without words: nothing to say, but its lines are accounted for.
            self.structure.update(dict.fromkeys(range(line, last + 1), "html" if "<" in raw else "image"))
            return
        if text[-1] in ":：" and line == last and not self.items and self.heads_list(raw, text, before):
            self.open_heading(Block(Kind.HEADING, line, undecorated(text.rstrip(":： ")) or text, last, BOLD))
            return
        label, value = pair(undecorated(raw), undecorated(text))
        if line == last and not self.items and self._tops_list(label, value, text, before):
            self.open_heading(
                Block(Kind.HEADING, line, undecorated(text) or text, last, BOLD, label=label, value=value)
            )
            return
        kind = Kind.PAIR if label else Kind.TEXT
        self.holder().add(Block(kind, line, undecorated(text) if label else text, last, label=label, value=value))

    def _tops_list(self, label: str, value: str, text: str, before: int) -> bool:
        """Whether a line right above a list, no blank line between, is its heading: `Critical`, `**People**: $37,000`."""
        body = self.peek(before) if before < len(self.lines) else ""
        if not body or not opens_list(body):
            return False
        if label:
            return len(value.split()) <= 2 and any(sign in value for sign in "$€£")
        return len(text.split()) <= 3 and text[-1] not in ".!?,;" and not any(sign.isdigit() for sign in text)

    def heads_list(self, raw: str, text: str, before: int) -> bool:
        """Whether a line ending in a colon heads what follows: a list, or, where it is short, a fence or a table."""
        at = before
        while at < len(self.lines) and not self.lines[at].strip():
            at += 1
        if at >= len(self.lines) or (at > before and len(text.split()) > LABEL_WORDS):
            return False
        body = self.peek(at)
        if body.startswith(("```", "~~~", "|")):
            return len(text.split()) <= LABEL_WORDS or raw.startswith(("**", "__"))
        return bool(body) and opens_list(body)


def groups(parts: list[str], item: bool) -> list[tuple[int, int]]:
    """How the lines of a paragraph belong together: pairs stand alone, everything else is one flow of text.

    Markdown joins `**Owner**: Ann` and `**Status**: ready` on the next line; people mean two facts.
    """
    if len(parts) == 1:
        return [(0, 1)]
    rest = parts[1:] if item else parts
    pairs = [_fact(part) for part in parts]
    facts = all(pairs[len(parts) - len(rest) :])
    begins = [
        n for n, part in enumerate(parts) if n == 0 or facts or bold_pair(part) is not None or _apart(parts, pairs, n)
    ]
    return list(zip(begins, [*begins[1:], len(parts)], strict=True))


def _fact(part: str) -> bool:
    return ":" in part and bool(bold_pair(part) or plain_pair(plain(part)))


def _apart(parts: list[str], pairs: list[bool], at: int) -> bool:
    """Does line `at` begin anew, in or right after a run of `Hosting: $1,150 per month` and its like?"""
    short = [
        pair and len(part) <= _FACT and part[0].isupper()
        for pair, part in zip(pairs[at - 1 : at + 2], parts[at - 1 :], strict=False)
    ]
    if short[0] and len(short) > 1 and short[1]:
        return True
    return short[0] and at > 1 and pairs[at - 2] and len(parts[at - 2]) <= _FACT and parts[at][0].isupper()
