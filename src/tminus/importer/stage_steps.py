"""Steps of a rollout that name a place and no share: `Step 2 - all of eu-a (soak 24 h)`."""

from __future__ import annotations

import re

from tminus.importer.draft import Stage
from tminus.importer.naming_phases import lasts_of, split_bracket
from tminus.importer.page import Kind
from tminus.importer.phrases import read_share
from tminus.importer.sections import Section
from tminus.importer.stages import split_names
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import STAGE_REGION_KEYS

_STEP = re.compile(
    r"(?:step|stufe|schritt|etape|étape|paso|passo|stap|adım|adim|krok|wave|welle|vague|oleada|onda"
    r"|ondata|golf|dalga|fala|ring|stage)\s?\d{1,2}\s*(?:[-–—:.)]\s*)?(.*)",
    re.IGNORECASE | re.DOTALL,
)


def read_step(section: Section) -> Stage | None:
    """`Step 2 - all of eu-a (soak 24 h)` in a section of stages: a stage that names a place and no share."""
    found = _STEP.fullmatch(section.title[:200])
    if not found or not found[1].strip():
        return None
    name, bracket = split_bracket(found[1])
    stage = Stage(section.block.line, section.title, share=read_share(section.title), lasts=lasts_of(bracket))
    stage.regions = [
        place for place in _places_of(section) if re.search(rf"(?<![\w-]){re.escape(place)}(?![\w-])", name)
    ]
    return stage


def _places_of(section: Section) -> list[str]:
    """The places that the section around lists: `Cells: eu-a, eu-b`."""
    for block in section.up.blocks if section.up else ():
        if block.kind is Kind.PAIR and fold(block.label) in STAGE_REGION_KEYS:
            return split_names(block.value.split(". ")[0])
    return []
