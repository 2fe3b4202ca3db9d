"""The page as a tree of sections: headings, fences, tables and lead-in lines, each with its topic and its own blocks.

A line that ends with a colon, or one in capitals, leads what follows it; rows under one header are a section of their
own, so that a table says by its columns what it lists. Nothing here recurses: pages may nest deeply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from tminus.importer.classify import topic_of
from tminus.importer.conditions import is_condition, topic_of_condition
from tminus.importer.naming_phases import Naming, lasts_of, read_naming, split_bracket
from tminus.importer.page import Block, Kind, Page
from tminus.importer.section_topics import classify
from tminus.importer.timelines import begins_with_date
from tminus.importer.topics import Topic

_NUMBERING = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2})+[.)]?|\d{1,2}[.)]|[A-H][.)]|[A-H]\d{1,2}[.)]|\d{1,2}(?=\s+[^\W\d]{3}))\s+"
)
_CHAPTER = re.compile(r"\d{1,2}\.\d")  # `2.2 Stage Two` and no day
_LONGEST_LEAD = 160
_NEAR = 200  # parts of a section among which its neighbours are looked for


@dataclass(slots=True)
class Section:
    """A part of the page. `topic` is its own or, where it names none, that of the section around it."""

    block: Block
    title: str
    up: Section | None = None
    own: Topic | None = None
    topic: Topic | None = None
    naming: Naming | None = None
    table: bool = False
    lead: bool = False  # a line of text that leads what follows it
    outline: bool = False  # the page has no headings; items stand for them
    parts: list[Section | Block] = field(default_factory=list)  # in the order of the page

    @property
    def blocks(self) -> list[Block]:
        """What stands right in the section."""
        return [part for part in self.parts if isinstance(part, Block)]

    @property
    def subs(self) -> list[Section]:
        """The sections right within it."""
        return [part for part in self.parts if isinstance(part, Section)]

    def near(self) -> list[Section]:
        """Some of the sections right within it: enough to see what stands side by side, however long the page is."""
        return [part for part in self.parts[:_NEAR] if isinstance(part, Section)]

    def above(self) -> Iterator[Section]:
        """The section itself and those around it, from the inside out."""
        at: Section | None = self
        while at is not None:
            yield at
            at = at.up

    def walk(self) -> Iterator[Section]:
        """The section and those within it, in the order of the page."""
        stack = [self]
        while stack:
            section = stack.pop()
            yield section
            stack.extend(reversed(section.subs))


def read_sections(page: Page) -> Section:
    """The sections of a page; the root holds them all."""
    root = Section(page.root, "", outline=_is_outline(page.root))
    stack = [root]
    while stack:
        section = stack.pop()
        section.parts = _adopted(_split(section))
        for sub in section.subs:
            classify(sub)
        stack.extend(reversed(section.subs))
    return root


def _is_outline(root: Block) -> bool:
    """A page that is one nested list: what is beneath an item stands under it as under a heading."""
    items = [child for child in root.children if child.kind is Kind.ITEM and child.checked is None]
    if any(child.kind in (Kind.HEADING, Kind.FENCE) for child in root.children) or 3 * len(items) < 2 * len(
        root.children
    ):
        return False
    return sum(any(inner.children for inner in item.children) for item in items) > 1


def _outline_heading(section: Section, child: Block) -> bool:
    if not section.outline or child.kind is not Kind.ITEM or child.checked is not None or len(child.text) > 100:
        return False
    return any(inner.kind is Kind.ITEM for inner in child.children)


def _split(section: Section) -> list[Section | Block]:
    """Children as sections and blocks; leads and tables gather what belongs to them."""
    parts: list[Section | Block] = []
    lead: Section | None = None
    table: Section | None = None
    caps: Section | None = None
    inherited = section.lead or section.table
    children = section.block.children
    for at, child in enumerate(children):
        if child.kind is Kind.ROW and not section.table and lead is None and caps is None:
            if table is None or table.block.header != child.header:
                table = _table(section, child)
                parts.append(table)
            table.block.add(child)
            continue
        table = None
        if lead is None and not inherited and child.fence is None and _in_capitals(child) and at + 1 < len(children):
            caps = Section(
                replace(child, kind=Kind.HEADING, level=6, children=list(child.children)), _title(child), section
            )
            parts.append(caps)
            continue
        if lead is not None and _belongs(child, lead):
            lead.block.add(child)
            continue
        lead = None
        if caps is not None and child.kind is not Kind.HEADING and not _in_capitals(child):
            caps.block.add(child)
            continue
        caps = None
        if _outline_heading(section, child):
            level = max(section.block.level, 1) + 1
            parts.append(Section(replace(child, kind=Kind.HEADING, level=level), _title(child), section, outline=True))
        elif child.kind is Kind.HEADING or child.kind is Kind.FENCE:
            parts.append(Section(child, _title(child), section))
        elif not inherited and child.fence is None and _leads(child, children, at):
            led = Section(
                replace(child, kind=Kind.HEADING, children=list(child.children)), _title(child), section, lead=True
            )
            parts.append(led)
            lead = (
                led if child.kind is not Kind.ITEM else None
            )  # an item holds what is beneath it, and no item beside it
        else:
            parts.append(child)
    return parts


OF_A_PHASE = frozenset(
    {Topic.OBJECTIVES, Topic.CRITERIA, Topic.TARGETS, Topic.STAGES, Topic.TASKS, Topic.AUDIENCE, Topic.COMMANDS}
)


def _adopted(parts: list[Section | Block]) -> list[Section | Block]:
    """Bold lines have no levels: `Goals` below `Phase 2`, both bold, belongs to the phase."""
    kept: list[Section | Block] = []
    phase: Section | None = None
    for part in parts:
        if isinstance(part, Section) and part.block.kind is Kind.HEADING and part.block.level == 7 and not part.table:
            naming = read_naming(part.title)
            if naming is not None and naming.named:
                phase = part
            elif phase is not None and topic_of(part.title) in OF_A_PHASE and naming is None:
                phase.block = replace(phase.block, children=[*phase.block.children, part.block])
                continue
            else:
                phase = None
        elif isinstance(part, Section) and not part.table and part.block.kind is Kind.HEADING:
            phase = None
        kept.append(part)
    return kept


def _table(section: Section, row: Block) -> Section:
    block = Block(Kind.HEADING, row.line, section.block.text, level=9, header=row.header, fence=row.fence)
    return Section(block, section.title, section, table=True)


def _belongs(child: Block, lead: Section) -> bool:
    if child.kind in (Kind.ITEM, Kind.ROW):
        return True
    return child.kind is Kind.FENCE and not lead.block.children


def _leads(child: Block, children: Sequence[Block], at: int) -> bool:
    """Whether a line leads the list, table or fence that follows it."""
    if child.kind is Kind.ITEM:
        if child.children and child.checked is None and _leads_conditions(child.text.rstrip(": ")):
            return True
        return bool(child.children) and child.checked is None and not child.value and _outlines(child)
    if child.kind not in (Kind.TEXT, Kind.PAIR) or at + 1 >= len(children):
        return False
    text = child.text
    if children[at + 1].kind not in (Kind.ITEM, Kind.ROW, Kind.FENCE):
        return False
    if child.kind is Kind.TEXT and _leads_conditions(text):
        return True
    if len(text) > _LONGEST_LEAD:
        return False
    if child.kind is Kind.PAIR:
        return not child.value.strip()
    return text.rstrip().endswith((":", "：")) or _told_by_words(text) or _times(text)


def _times(text: str) -> bool:
    """`Fase de prueba (10 días)` above a list: a short line with its time in brackets."""
    name, span = split_bracket(text[:_LONGEST_LEAD])
    return bool(span) and len(name) < 50 and span[:1].isdigit() and bool(lasts_of(span))


def _leads_conditions(text: str) -> bool:
    """A line that ends in `if` or `when` leads the list beneath it, with a colon or without, however long it is."""
    return is_condition(text) or topic_of_condition(text) is not None


def _told_by_words(text: str) -> bool:
    topic = topic_of(text)
    return topic is not None and (len(text) < 40 or topic in (Topic.TRIGGERS, Topic.CRITERIA))


def _in_capitals(child: Block) -> bool:
    """A line of text in capitals heads what follows it up to the next such line: `B. RUN SHEET (signed by Friday)`."""
    if child.kind is not Kind.TEXT or len(child.text) > 80 or child.last > child.line:
        return False
    words = child.text.partition("(")[0]
    return words.isupper() and sum(letter.isalpha() for letter in words) > 4


def _outlines(item: Block) -> bool:
    """Whether an item heads a part of an outline: it names a phase, or a topic in few words."""
    if read_naming(_title(item)) is not None:
        return True
    return len(item.text) < 60 and any(child.kind is Kind.ITEM and child.children for child in item.children)


def _title(block: Block) -> str:
    text = block.text[:300].strip().rstrip(":：").strip()
    found = _NUMBERING.match(text) if _CHAPTER.match(text) or not begins_with_date(text) else None
    return text[found.end() :] if found and found.end() < len(text) and text[found.end()] not in "([" else text


def settle_phases(sections: list[Section], phases: set[int]) -> None:
    """A section that is a phase is about no more than that, whatever its name says; what is in it inherits that."""
    for section in sections:
        if id(section) in phases:
            if section.own not in (Topic.STAGES, Topic.TASKS, Topic.LATER, Topic.ROADMAP):
                section.own = Topic.PHASE
            section.topic = section.own
        elif section.own is None and section.up is not None:
            section.topic = section.up.topic
