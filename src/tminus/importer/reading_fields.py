"""Fields and lines that say something of a phase or of the page: `duration: 9 days`, `Phase 1: Build (2 days)`."""

from __future__ import annotations

from collections.abc import Sequence

from tminus.importer import criteria
from tminus.importer.boxes import Giving, read_box
from tminus.importer.draft import Phase
from tminus.importer.found_phases import add_naming
from tminus.importer.naming_phases import read_naming
from tminus.importer.page import Block, Kind
from tminus.importer.phrases import read_date
from tminus.importer.reading_pairs import LABELS, read_phase_pair
from tminus.importer.stages import read_object_stage, read_stage_line
from tminus.importer.timelines import match_phase
from tminus.importer.walking import Around, Walk
from tminus.importer.words_extract import fold

# The date of a page is the day it was written, and no day on which a launch begins.
_OF_THE_PAGE = frozenset(("date", "datum", "fecha", "data", "tarih"))


def fact(block: Block, around: Around, walk: Walk) -> None:
    """A label line at the top of the page."""
    draft = walk.draft
    meaning = LABELS.whole(block.label)
    if meaning == "starts" and not draft.starts and fold(block.label).strip() not in _OF_THE_PAGE:
        draft.starts = read_date(block.value)
    elif meaning == "timezone":
        draft.timezone = block.value.strip()
    draft.facts.append((block.line, block.label, block.value))


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
