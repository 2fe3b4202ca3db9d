"""A page's bytes in, a plan's text and the account of every line out. Pure: the same bytes give the same result."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tminus.importer.accounting import Accounted, Entry, Item, account_for, claimed, items
from tminus.importer.cleaning import clean
from tminus.importer.decoding import read_page_text
from tminus.importer.draft import Draft
from tminus.importer.extract_secrets import without_secrets
from tminus.importer.page import Page
from tminus.importer.scanning import scan_page
from tminus.importer.understanding import understand
from tminus.importer.writing import Written, plan_tree, write
from tminus.importer.writing_book import Book
from tminus.importer.yaml_text import Value


@dataclass(slots=True)
class Imported:
    """An imported page. `name` is the page's file name without its folders."""

    name: str
    draft: Draft
    mended: str  # what was wrong with the page's text, in words; empty for clean UTF-8
    written: Written
    accounted: Accounted  # what became of each line
    _items: list[Item] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The plan as YAML; made anew each time."""
        return self.written.text

    @property
    def items(self) -> list[Item]:
        """Everything that was understood, as the report tells it; made when it is first asked for."""
        if not self._items:
            self._items = list(items(self.draft, self.written.places, self.written.line_places))
        return self._items

    @property
    def lines(self) -> list[Entry]:
        """What became of each line that holds something, in the order of the page."""
        places = self.written.line_places
        return [Entry(line, as_, places.get(source) if source else None) for line, as_, source in self.accounted]

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        return dict(Counter(item["kind"] for item in self.items))

    def tree(self) -> dict[str, Value]:
        """The plan as values, with the lines they come from; made anew each time."""
        return plan_tree(Book(), self.draft, self.name)

    def kept(self) -> list[dict[str, Any]]:
        """The lines that are kept as notes, with their place."""
        _, texts = claimed(self.draft)
        return [
            {"line": entry.line, "text": texts.get(entry.line, ""), "place": entry.place}
            for entry in self.lines
            if entry.as_ == "note"
        ]


def import_page(data: bytes, name: str) -> Imported:
    """Import a page. Raises PageUnreadable for what is no text, is too large, or holds nothing."""
    text, mended = read_page_text(data, name)
    page = scan_page(text, mended)
    del text
    draft = understand(page)
    accounted = account_for(draft, page)
    del page  # its blocks and the plan's text need not be there at the same time
    return _written(draft, name, mended, accounted)


def import_draft(draft: Draft, page: Page, name: str) -> Imported:
    """Write and account for what was understood of a page."""
    return _written(draft, name, page.mended, account_for(draft, page))


def _written(draft: Draft, name: str, mended: str, accounted: Accounted) -> Imported:
    clean(draft)
    base = without_secrets(name.replace("\\", "/").rpartition("/")[2])
    written = write(draft, base)
    return Imported(base, draft, mended, written, accounted)
