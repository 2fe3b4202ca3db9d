"""Phases that a list tells: `1. **Shadow** (1 week): mirror traffic`, by their time or because headings repeat their names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tminus.importer.classify import topic_of
from tminus.importer.draft import Phase
from tminus.importer.found_phases import AFTERWARDS, Found, is_time, make_phase
from tminus.importer.naming_phases import Naming
from tminus.importer.page import Block, Kind
from tminus.importer.phrases import read_share
from tminus.importer.sections import Section
from tminus.importer.timelines import begins_with_date
from tminus.importer.topics import Topic
from tminus.importer.words_extract import fold

_NAME = re.compile(
    r"\s*([^\W\d][^()\[\]:]{0,58}?)\s*(?:[(\[]([^()\[\]]{1,60})[)\]])?\s*(?:[:–—]\s+|\s-\s+|$)(.*)", re.DOTALL
)
_HOLDS = frozenset({None, Topic.PHASES, Topic.TIMELINE, Topic.STAGES, Topic.NOTES, Topic.PHASE})

Named = tuple[Block, str, str, str]  # the item, its name, what stands in brackets behind it, the rest


def find_listed(sections: list[Section], found: Found) -> None:
    """Take the first list whose items are headings elsewhere, else the first whose items all say how long they last."""
    lists = [
        (section, items) for section in sections if section.block.fence is None for items in (_items(section),) if items
    ]
    titles = _titles(sections)
    for section, items in lists:
        meant = [(item, titles[fold(item[1])]) for item in items if fold(item[1]) in titles]
        if len(meant) > 1 and 2 * len(meant) > len(items) and section.topic in _HOLDS | {Topic.TASKS}:
            _take_headings(meant, found)
            return
    for section, items in lists:
        if all(_lasts(item) for item in items) and (section.topic in _HOLDS or _hold_tasks(items)):
            _take_items(items, found)
            if section.topic not in _HOLDS:
                section.own = section.topic = Topic.PHASES  # whatever word stands over it
            return


def _hold_tasks(items: list[Named]) -> bool:
    return all(any(child.checked is not None for child in item.children) for item, _, _, _ in items)


def _items(section: Section) -> list[Named]:
    """The items of a list that each begin with a name; none where one of them has no name, a box or a share for a name."""
    items = [block for block in section.blocks if block.kind is Kind.ITEM]
    named = [_named(item) for item in items]
    if len(items) < 2 or len(items) > 12 or any(one is None for one in named):
        return []
    return [one for one in named if one is not None]


def _named(item: Block) -> Named | None:
    if item.label and item.checked is None and is_time(item.label) and 0 < len(item.value.strip()) < 60:
        return item, item.value.strip(" *_."), item.label.strip(), ""  # `Week 1-2: Interne test`
    found = _NAME.match(item.text[:300])
    if found is None or item.checked is not None or read_share(found[1]) is not None:
        return None
    return item, found[1].strip(" *_"), (found[2] or "").strip(), found[3].strip()


def _titles(sections: Sequence[Section]) -> dict[str, Section]:
    titles: dict[str, Section] = {}
    for section in sections:
        if (
            section.block.kind is Kind.HEADING
            and section.block.fence is None
            and not section.table
            and not section.lead
            and section.parts
            and topic_of(section.title) in _HOLDS | {Topic.TASKS}
        ):
            titles.setdefault(fold(section.title.strip()), section)
    return titles


def _lasts(item: Named) -> bool:
    """`Shadow (1 week)`; days count where something stands beneath, for else they may be those of a milestone."""
    if not item[0].text.strip().startswith(item[1]):
        return False
    return bool(item[2]) and (is_time(item[2]) or (bool(item[0].children) and begins_with_date(item[2])))


def _take_headings(meant: list[tuple[Named, Section]], found: Found) -> None:
    for (item, name, span, _), section in meant:
        phase = make_phase(section.block.line, Naming("named", section.title or name, 0, span))
        phase.later = topic_of(section.title) in AFTERWARDS
        found.phases.append(phase)
        found.of[id(section)] = phase
        found.told[id(item)] = phase


def _take_items(items: list[Named], found: Found) -> None:
    for item, name, span, rest in items:
        phase = make_phase(item.line, Naming("named", name, 0, span))
        if rest:
            phase.notes.append((item.line, rest))
        found.phases.append(phase)
        found.items[id(item)] = phase


def rest_of(phase: Phase) -> str:
    """What the line of a phase says besides its name: `mirror traffic`; empty where it says no more."""
    return next((text for line, text in phase.notes if line == phase.line), "")
