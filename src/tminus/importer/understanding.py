"""From a page to what was understood of it. Topics decide who reads a section; nothing on the page is lost.

Sections are read in the order of the page. Each has a topic (`sections.py`); phases are known beforehand
(`finding_phases.py`). Checked items are tasks wherever they stand. What nobody reads becomes a note on the nearest
thing above it (`remainder.py`).
"""

from __future__ import annotations

from tminus.importer import reading_sections as read
from tminus.importer.boxes import Giving, level_of
from tminus.importer.draft import Draft
from tminus.importer.evidence_sentences import read_told
from tminus.importer.extracting import EXTRACTORS
from tminus.importer.finding_phases import find_phases
from tminus.importer.naming_owners import name_owners
from tminus.importer.naming_stages import settle_stages
from tminus.importer.page import Kind, Page
from tminus.importer.reading_fields import fact, read_rhythm
from tminus.importer.reading_pairs import read_front, read_pair, read_title
from tminus.importer.remainder import keep_remainder
from tminus.importer.sections import OF_A_PHASE, Section, read_sections, settle_phases
from tminus.importer.topics import Topic
from tminus.importer.walking import Around, Walk, add_audiences, claim_given, place_waiting
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import names

_OWN = frozenset(
    {
        Topic.PHASE, Topic.PHASES, Topic.OBJECTIVES, Topic.TASKS, Topic.COMMANDS, Topic.CRITERIA, Topic.TARGETS, Topic.MEASURES,
        Topic.STAGES, Topic.TIMELINE, Topic.ROADMAP, Topic.LATER, Topic.NOTES, Topic.TRAFFIC, Topic.AUDIENCE, Topic.EXPERIMENTS,
    }
)  # fmt: skip
_GENERIC = names(
    "tasks task steps todo to_do actions action_items checklist daily_tasks deployment_steps release_steps things_to_do "
    "test_scenarios test_cases "
    "aufgaben schritte massnahmen taches etapes a_faire "
    "tareas pasos por_hacer tarefas passos a_fazer attivita passaggi da_fare taken stappen te_doen "
    "gorevler adimlar yapilacaklar zadania kroki do_zrobienia"
)


def understand(page: Page) -> Draft:
    """What a page says. Never raises: what is not understood is kept as notes."""
    draft = Draft()
    root = read_sections(page)
    sections = list(root.walk())
    walk = Walk(draft, find_phases(sections), page.lines)
    settle_phases(sections, walk.found.of.keys() | walk.found.again.keys())
    read_front(page, draft)
    read_title(root, sections, draft)
    contexts: dict[int, Around] = {id(root): Around()}
    for section in sections:
        around = contexts[id(section)]
        _read(section, around, walk)
        bold: Around | None = None
        for part in section.subs:
            contexts[id(part)] = _context(part, bold if bold and _of_a_phase(part, walk) else around, walk)
            bold = _bold_phase(part, contexts[id(part)], bold, walk)
    place_waiting(walk)
    draft.phases = walk.found.phases
    claim_given(walk)
    name_owners(draft, page.lines)
    add_audiences(draft.phases)
    settle_stages(draft.phases)
    keep_remainder(page, draft, sections, walk.found)
    for section in sections:
        section.up = None  # no circle is left, so that the page's memory is free at once and not at some collection
    return draft


def _context(section: Section, around: Around, walk: Walk) -> Around:
    """Where a section stands, from where the one around it stands."""
    phase = walk.found.of.get(id(section)) or walk.found.again.get(id(section)) or around.phase
    giving = around.giving
    if section.block.kind is Kind.HEADING and not section.table:
        giving = Giving(
            _group(section, giving, phase is not around.phase),
            giving.owner,
            level_of_title(section.title) or giving.priority,
            giving.estimate,
            "ptional)" in section.title,
        )
    taken = around.taken and section.topic is not None and section.up is not None and section.topic is section.up.topic
    return Around(phase, giving, around.stage if phase is around.phase else None, taken)


def _of_a_phase(part: Section, walk: Walk) -> bool:
    """Bold lines have no levels: `To leave beta` below the phase `3.0.0-beta`, both bold, belongs to it."""
    return part.block.level == 7 and part.own in OF_A_PHASE and id(part) not in walk.found.of


def _bold_phase(part: Section, around: Around, bold: Around | None, walk: Walk) -> Around | None:
    if part.block.kind is not Kind.HEADING or part.table or part.lead:
        return bold
    if id(part) in walk.found.of or id(part) in walk.found.again:
        return around if part.block.level == 7 else None
    return bold if bold and _of_a_phase(part, walk) else None


def level_of_title(title: str) -> str:
    """`P0 - no ship without` gives its tasks a priority; `High availability` does not."""
    first = fold(title[:20]).split(" ")[0].strip(":()")
    return level_of(first) if first in ("p0", "p1", "p2", "p3", "p4") else ""


def _group(section: Section, giving: Giving, fresh: bool) -> str:
    if fresh:
        return ""
    if fold(section.title[:40]).strip(" :") in _GENERIC:
        return giving.group
    return section.title


def _read(section: Section, around: Around, walk: Walk) -> None:
    """Read what stands right in a section."""
    if id(section) in walk.done:
        return
    _inherit(section, around, walk)
    read_rhythm(section, walk.draft)
    topic = section.topic
    if not around.taken and topic is not None and topic in EXTRACTORS and topic not in _OWN:
        read.extract(section, topic, around, walk)
    if section.up is None or (section.block.level == 1 and not _has_items(section)):
        for block in section.blocks:
            if block.kind is Kind.PAIR:
                fact(section, block, walk)
        rest = [block for block in section.blocks if block.kind is not Kind.PAIR]
    else:
        rest = section.blocks
    rest = read_told(rest, topic, walk.draft, taken=around.taken, phase=around.phase)
    if around.taken:
        read.only_boxes(section, rest, around, walk)
        return
    read.section(section, rest, around, walk)


def _has_items(section: Section) -> bool:
    return any(block.kind is Kind.ITEM for block in section.blocks)


def _inherit(section: Section, around: Around, walk: Walk) -> None:
    """`Owner: DevOps Lead` above a list holds for all of it."""
    if section.up is None or section.block.level == 1:
        return  # the owner of the page does not do everything
    for block in section.blocks:
        if block.kind is Kind.PAIR:
            given = read_pair(block, around.giving)
            if given is not around.giving:
                around.giving = given
                owner = given.owner if given.owner == block.value.strip() else ""
                walk.given.append((block.line, owner, "" if owner else given.priority))
