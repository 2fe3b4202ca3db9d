"""The page as a tree of sections: headings, fences, tables and lead-in lines, each with its topic and its own blocks.

A line that ends with a colon, or one in capitals, leads what follows it; rows under one header are a section of their
own, so that a table says by its columns what it lists. Nothing here recurses: pages may nest deeply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from tminus.importer.classify import topic_of, topic_of_content
from tminus.importer.conditions import is_condition, topic_of_condition, topic_of_purpose, topic_of_question
from tminus.importer.naming_phases import Naming, read_naming
from tminus.importer.page import Block, Kind, Page
from tminus.importer.phrases import read_every
from tminus.importer.topics import Topic
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import names

_NUMBERING = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2})+[.)]?|\d{1,2}[.)]|[A-H][.)]|[A-H]\d{1,2}[.)]|\d{1,2}(?=\s+[^\W\d]{3}))\s+"
)
_LONGEST_LEAD = 160

# Topics that a table or a fence under such a heading does not change.
_FIRM = frozenset(
    {
        Topic.ALERTS, Topic.TRIGGERS, Topic.ROLLBACK, Topic.INCIDENTS, Topic.ESCALATION, Topic.SUPPORT,
        Topic.RISKS, Topic.BUDGET, Topic.RECOVERY, Topic.MILESTONES, Topic.BUGS, Topic.ANNOUNCEMENTS,
        Topic.CHANNELS, Topic.DASHBOARDS, Topic.ROLES, Topic.STAGES, Topic.FEATURES,
    }
)  # fmt: skip
_ALWAYS = frozenset({Topic.VARIABLES, Topic.SERVICES})


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
    parts: list[Section | Block] = field(default_factory=list)  # in the order of the page

    @property
    def blocks(self) -> list[Block]:
        """What stands right in the section."""
        return [part for part in self.parts if isinstance(part, Block)]

    @property
    def subs(self) -> list[Section]:
        """The sections right within it."""
        return [part for part in self.parts if isinstance(part, Section)]

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
    root = Section(page.root, "")
    stack = [root]
    while stack:
        section = stack.pop()
        section.parts = _adopted(_split(section))
        for sub in section.subs:
            _classify(sub)
        stack.extend(reversed(section.subs))
    return root


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
        if child.kind is Kind.HEADING or child.kind is Kind.FENCE:
            parts.append(Section(child, _title(child), section))
        elif not inherited and child.fence is None and _leads(child, children, at):
            lead = Section(
                replace(child, kind=Kind.HEADING, children=list(child.children)), _title(child), section, lead=True
            )
            parts.append(lead)
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
    return text.rstrip().endswith((":", "：")) or _told_by_words(text)


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
    found = _NUMBERING.match(text)
    return text[found.end() :] if found and found.end() < len(text) and text[found.end()] not in "([" else text


def _classify(section: Section) -> None:
    block = section.block
    around = section.up.topic if section.up else None
    words = None if block.kind is Kind.FENCE or section.table or _is_page_title(section) else _topic_in(section, around)
    content = None if _is_page_title(section) else topic_of_content(block)
    if block.kind is not Kind.FENCE and not section.table:
        section.naming = read_naming(section.title) or read_naming(block.text)
    if _gives_way(section, words, around):
        words = None
    if words is None and around is Topic.TRIGGERS and _steps_beside(section):
        words = Topic.ROLLBACK
    own = words
    strong = words if words is not None else around if block.kind is Kind.FENCE or section.table else None
    if section.naming is not None and section.naming.named:
        own = words if words in (Topic.STAGES, Topic.TASKS) else Topic.PHASE
    elif content is not None and (content in _ALWAYS or strong not in _FIRM or content is strong or _clearer(content, strong)):
        own = content
    section.own = own
    section.topic = own if own is not None else around


def _clearer(content: Topic, strong: Topic | None) -> bool:
    """Shares that rise are stages, also where the line above speaks of the flag that holds them; so are channels channels."""
    return (content, strong) in ((Topic.STAGES, Topic.FEATURES), (Topic.CHANNELS, Topic.ANNOUNCEMENTS))


def _steps_beside(section: Section) -> bool:
    """Numbered lines under a heading of their own, beside a list of conditions, are what is to be done then."""
    up = section.up
    children = section.block.children
    return (
        up is not None
        and section.block.kind is Kind.HEADING
        and not section.table
        and bool(children)
        and all(child.kind is Kind.ITEM and child.number for child in children)
        and any(child.kind is Kind.ITEM for child in up.block.children)
        and not is_condition(section.title)
        and not topic_of_condition(section.title)
    )


_HOW = names("how comment wie so como come hoe nasil jak how_to how_we_do_it how_we_do_that vorgehen")


def _topic_in(section: Section, around: Topic | None) -> Topic | None:
    """What a title says: of conditions first, for they are told by their grammar and not by a name."""
    title = section.block.text if section.lead else section.title
    if section.block.fence is None or not section.block.value:
        found = topic_of_condition(title) or topic_of_question(title)
        if found is not None:
            return found
    if around in (Topic.ROLLBACK, Topic.TRIGGERS):
        if is_condition(title):
            return Topic.TRIGGERS
        if fold(title).strip(" :?") in _HOW:
            return Topic.ROLLBACK
    named = topic_of(section.title)
    if named in (Topic.TASKS, Topic.MEASURES, None) and _is_rhythm(section):
        return Topic.ROUTINES
    return named or topic_of_purpose(title)


def _is_rhythm(section: Section) -> bool:
    """`Daily tasks` over a plain list: done again and again. Boxes are ticked once, so they are tasks."""
    first = section.title.split(" ")[0]
    children = section.block.children
    return (
        section.block.kind is Kind.HEADING
        and section.block.fence is None
        and " " in section.title
        and bool(read_every(first))
        and bool(children)
        and all(child.kind is Kind.ITEM and child.checked is None for child in children)
    )


def _is_page_title(section: Section) -> bool:
    """The heading over the whole page names it; what is under it is about more than its words say."""
    up = section.up
    if up is None or up.up is not None or section.lead or section.block.level > 2:
        return False
    if sum(one.block.kind is Kind.HEADING and not one.table for one in up.subs) > 1:
        return False
    return sum(child.kind is Kind.HEADING for child in section.block.children) > 1


_WEAK = frozenset(
    {
        Topic.TASKS,
        Topic.MEASURES,
        Topic.NOTES,
        Topic.TIMELINE,
        Topic.PHASES,
        Topic.AUDIENCE,
        Topic.LATER,
        Topic.SUPPORT,
        Topic.STAGES,
        Topic.FEATURES,
        Topic.RECOVERY,
    }
)


def _gives_way(section: Section, words: Topic | None, around: Topic | None) -> bool:
    """Whether a section's words say less than the section around it."""
    if words is None or around is None or words is around:
        return False
    if section.block.fence is not None and around in (_FIRM - {Topic.STAGES}) | {
        Topic.COMMANDS,
        Topic.ROUTINES,
        Topic.SERVICES,
        Topic.VARIABLES,
    }:
        return True
    if around is Topic.BUDGET and words is not Topic.BUDGET and any(letter.isdigit() for letter in section.title):
        return True  # `People: $58,000`
    if section.lead and around is Topic.TRIGGERS and words is Topic.ROLLBACK:
        return all(not child.number for child in section.block.children)
    if section.lead and around in _FIRM and len(section.title) > 60:
        return words not in _FIRM
    if around in (Topic.TARGETS, Topic.CRITERIA) and words in _WEAK:
        return all(child.checked is None for child in section.block.children)
    return False


def settle_phases(sections: list[Section], phases: set[int]) -> None:
    """A section that is a phase is about no more than that, whatever its name says; what is in it inherits that."""
    for section in sections:
        if id(section) in phases:
            if section.own not in (Topic.STAGES, Topic.TASKS, Topic.LATER, Topic.ROADMAP):
                section.own = Topic.PHASE
            section.topic = section.own
        elif section.own is None and section.up is not None:
            section.topic = section.up.topic
