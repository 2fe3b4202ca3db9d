"""Fields and lines that say something of a phase or of the page: `duration: 9 days`, `Phase 1: Build (2 days)`."""

from __future__ import annotations

from collections.abc import Sequence

from tminus.importer import criteria
from tminus.importer.boxes import Giving, read_box
from tminus.importer.draft import Draft, Phase, Routine
from tminus.importer.found_phases import add_naming
from tminus.importer.naming_phases import read_naming
from tminus.importer.page import Block, Kind
from tminus.importer.phrases import read_date, read_every
from tminus.importer.reading_pairs import LABELS, read_phase_pair
from tminus.importer.sections import Section
from tminus.importer.stages import read_chain, read_object_stage, read_stage_line
from tminus.importer.timelines import match_phase
from tminus.importer.topics import Topic
from tminus.importer.walking import Around, Walk
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import FACT_LABELS

# The date of a page is the day it was written, and no day on which a launch begins.
_OF_THE_PAGE = frozenset(("date", "datum", "fecha", "data", "tarih"))


def fact(section: Section, block: Block, walk: Walk) -> None:
    """A label line at the top of the page; the goal that it names is the whole launch's."""
    draft = walk.draft
    meaning = LABELS.whole(block.label)
    if meaning == "objective" and block.value.strip():
        walk.wait(section).objectives.append((block.line, block.value.strip()))
        return
    if meaning == "starts" and not draft.starts and fold(block.label).strip() not in _OF_THE_PAGE:
        draft.starts = read_date(block.value)
    elif meaning == "timezone":
        draft.timezone = block.value.strip()
    walk.ramps.extend(read_chain(block.text, block.line))
    draft.facts.append((block.line, block.label, block.value))


def is_fact(block: Block) -> bool:
    """Whether a label line tells of the page itself: `Document Version: 1.0`, `Last updated: ...`."""
    return block.kind is Kind.PAIR and block.fence is None and fold(block.label[:40]).strip(" :") in FACT_LABELS


def read_rhythm(section: Section, draft: Draft) -> None:
    """`Daily monitoring` beside `Weekly analysis`: what is done again and again, whatever else stands beneath."""
    every = _rhythm(section)
    if not every or section.up is None or section.block.fence is not None:
        return
    if section.topic is Topic.ROUTINES and any(block.checked is None for block in section.blocks):
        return  # the routines themselves are read there
    beside = {_rhythm(sub) for sub in section.up.near() if sub.block.level == section.block.level}
    if len(beside - {""}) > 1:
        draft.routines.append(Routine(section.block.line, section.title, every))


def _rhythm(section: Section) -> str:
    if section.block.kind is not Kind.HEADING or section.block.level > 6 or section.table or not section.parts:
        return ""
    first = section.title.split(" ")[0]
    return read_every(first) if " " in section.title else ""


def fields_of_phase(children: Sequence[Block], around: Around, walk: Walk) -> None:
    """The fields of a phase that is an item in a fence: `duration:`, `audience:`, `exit:`, `stages:`, `tasks:`."""
    phase = around.phase
    if phase is None:
        return
    for child in children:
        if child.kind is Kind.PAIR:
            read_phase_pair(child, phase)
            continue
        name = fold(child.text)
        for one in child.children:
            if name.startswith(("exit", "criteria", "success", "targets", "goals", "gate")):
                targets = criteria.read_line(one, wanted=True)
                phase.targets.extend(targets)
                if not targets:
                    phase.boxes.append(criteria.exit_box(one, ""))
            elif name.startswith(("stages", "rollout", "steps", "ramp")):
                stage = read_object_stage("", one) or read_stage_line(one)
                if stage is not None:
                    phase.stages.append(stage)
            elif name.startswith(("tasks", "todo", "checklist")):
                phase.boxes.append(read_box(one, Giving()))
            elif name.startswith(("objectives", "goals")):
                phase.objectives.append((one.line, one.text))


def named_again(block: Block, walk: Walk) -> Phase | None:
    """The phase that a line of an overview names once more; its time is taken along."""
    if not walk.found.named or block.kind not in (Kind.ITEM, Kind.PAIR, Kind.TEXT):
        return None
    naming = read_naming(block.text)
    if naming is None or not (naming.named or naming.sort == "span"):
        return None
    phase = match_phase(naming.title, walk.found.phases)
    if phase is not None and not block.children:
        add_naming(phase, naming)
        return phase
    return None
