"""Blocks of time as phases: before the launch, its day, the days after, a roadmap's months."""

from __future__ import annotations

from tminus.importer.draft import Phase
from tminus.importer.found_phases import AFTERWARDS, NO_PHASES_IN, Found, add_naming, inside, make_phase, weight
from tminus.importer.naming_phases import Naming, split_bracket
from tminus.importer.page import Kind
from tminus.importer.sections import Section
from tminus.importer.timelines import match_phase
from tminus.importer.topics import Topic
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import names

_LATER = names(
    "later later_on later_releases next coming_next what_comes_next what_comes_later danach spater ausblick plus_tard "
    "ensuite mas_adelante despues mais_tarde depois piu_avanti poi in_seguito later_dit_jaar daarna daha_sonra sonra "
    "sonrasi pozniej potem afterwards beyond"
)
_LEAD_WORDS = 7  # a line that leads a list and names a block of time has no more


def find_blocks_of_time(sections: list[Section], found: Found) -> None:
    """Add blocks of time: as phases where the page names none, as later phases beneath a roadmap or what follows a launch."""
    named = found.named
    for section in sections:
        if inside(section, found) or id(section) in found.of or id(section) in found.again or section.table:
            continue
        if section.lead and len(section.title.split()) > _LEAD_WORDS:
            continue  # a sentence that begins with a time
        afterwards = any(up.own in AFTERWARDS for up in section.above())
        naming = section.naming
        if naming is None or naming.named:
            if _parts_afterwards(section):
                for sub in _headings_in(section):
                    _later(sub, found)
            elif (
                section.own is Topic.LATER
                and section.block.fence is None
                and not section.lead
                and section.block.level > 1
                and weight(section)
                and not _has_time(section)
            ):
                _later(section, found)
            continue
        if _has_time(section) or (section.block.level == 1 and _only_title(section, sections)):
            continue
        if (
            section.block.fence is not None
            or any(
                up.topic in NO_PHASES_IN for up in section.above() if up is not section or not _beside_spans(section)
            )
            or not section.parts
        ):
            continue
        if any(up.topic is Topic.TIMELINE for up in section.above()):
            _in_timeline(section, naming, found)
        elif afterwards or (named and _behind(section, found)):
            _later(section, found)
        elif not named:
            phase = make_phase(section.block.line, naming)
            found.phases.append(phase)
            found.of[id(section)] = phase
    if not named and found.phases:
        _rollouts(sections, found)


def _headings_in(section: Section) -> list[Section]:
    return [
        sub for sub in section.subs if sub.block.kind is Kind.HEADING and not sub.table and not sub.lead and sub.parts
    ]


def _parts_afterwards(section: Section) -> bool:
    """`Later` with nothing but headings in it, `6.1 (June): Watch app`: each of them is a phase that comes later."""
    parts = _headings_in(section)
    return (
        (section.own in AFTERWARDS or fold(section.title).split(",")[0].strip(" :.…") in _LATER)
        and section.block.fence is None
        and section.block.level > 1
        and len(parts) > 1
        and len(parts) == len(section.parts)
        and len({part.block.level for part in parts}) == 1
        and all(part.own in (None, Topic.TASKS, Topic.FEATURES, Topic.PHASE) and part.naming is None for part in parts)
    )


def _behind(section: Section, found: Found) -> bool:
    """`Month 1: Winter garden`, `Months 2-3: Neighbours` behind all that the page calls phases: they come later."""
    if section.naming is None or section.naming.sort != "span" or section.lead or not _beside_others(section):
        return False
    return all(phase.line < section.block.line for phase in found.ahead()) and bool(found.phases)


def _beside_others(section: Section) -> bool:
    return section.up is not None and any(
        sub is not section
        and sub.naming is not None
        and sub.naming.sort == "span"
        and sub.block.level == section.block.level
        for sub in section.up.near()
    )


def _beside_spans(section: Section) -> bool:
    """`Day 10: Review, retro, cake` beside `Days 1-4: Build` is a block of time, whatever its name says."""
    return section.up is not None and any(
        sub is not section
        and sub.naming is not None
        and not sub.naming.named
        and sub.block.level == section.block.level
        and sub.own is not section.own
        for sub in section.up.near()
    )


def _has_time(section: Section) -> bool:
    return any(sub.naming is not None and not sub.naming.named for sub in section.subs)


def _later(section: Section, found: Found) -> None:
    naming = section.naming or Naming("after", split_bracket(section.title)[0], 0, split_bracket(section.title)[1])
    phase = make_phase(section.block.line, naming, later=True)
    found.phases.append(phase)
    found.of[id(section)] = phase


def _in_timeline(section: Section, naming: Naming, found: Found) -> None:
    same = match_phase(naming.title, found.ahead())
    if same is not None and found.named and not naming.title.lower().startswith(("post", "after", "nach")):
        found.again[id(section)] = same
        add_naming(same, naming)
    else:
        phase = make_phase(section.block.line, naming, later=found.named)
        found.phases.append(phase)
        found.of[id(section)] = phase


def _rollouts(sections: list[Section], found: Found) -> None:
    """Beside blocks of time, a section that rolls out in steps is a phase too."""
    for section in sections:
        if (
            section.own is not Topic.STAGES
            or section.block.kind is not Kind.HEADING
            or section.table
            or section.up is None
        ):
            continue
        if (
            not inside(section, found)
            and id(section) not in found.of
            and any(id(sub) in found.of for sub in section.up.subs)
        ):
            phase = Phase(section.block.line, split_bracket(section.title.partition(":")[0])[0])
            found.phases.append(phase)
            found.of[id(section)] = phase


def _only_title(section: Section, sections: list[Section]) -> bool:
    """Whether a heading of the first level is the page's title and no block of time beside others."""
    return (
        sum(one.block.level == 1 and one.block.kind is Kind.HEADING and one.naming is not None for one in sections) < 2
    )
