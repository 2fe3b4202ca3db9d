"""Which sections of a page are its phases.

Pages differ in how they say it; the first way that yields something is taken, and what else names the same phases
(overviews, timelines) is merged into them:

1. headings that name a phase by number; those in fences only where no heading does;
2. `phases:` in a YAML fence;
3. a line `Dogfood -> Closed beta -> Done` whose parts are headings;
4. headings side by side that are made alike: `M0 Inventory`, `M1 Landing zone` (`finding_families.py`);
5. headings of one level with a duration in brackets: `Pilot (2 weeks)`;
6. a list whose items are headings elsewhere, or all say how long they last (`finding_lists.py`);
7. a table with a column for the phase and one for its time;
8. blocks of time: before the launch, the day, the days after, `Week 1`.

A page with none of these gets no phase here; where it has tasks, they go to a single phase that has no line of its own.
What comes after the launch (a roadmap's months, a stabilisation week) is a phase that is `later`.
"""

from __future__ import annotations

import re

from tminus.importer.classify import has, topic_of
from tminus.importer.draft import Phase
from tminus.importer.finding_blocks import find_blocks_of_time
from tminus.importer.finding_families import find_families
from tminus.importer.finding_lists import find_listed
from tminus.importer.found_phases import (
    AFTERWARDS,
    NO_PHASES_IN,
    Found,
    add_naming,
    add_time,
    inside,
    is_time,
    make_phase,
    weight,
)
from tminus.importer.naming_phases import Naming, lasts_of, split_bracket
from tminus.importer.page import Block, Kind
from tminus.importer.phrases import read_share
from tminus.importer.sections import Section
from tminus.importer.stages import chain_of, share_column
from tminus.importer.timelines import match_phase, read_bar_row, words_of
from tminus.importer.topics import Topic
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import STAGE_LASTS_COLUMN, STAGE_TITLE_COLUMN, TOPIC_TIME_COLUMN

_MOST_SECTIONS = 400  # that are looked at for tables whose rows head the columns of others
_ARROW = re.compile(r"\s*(?:->|→|⇒|=>|➜|➔)\s*")


def find_phases(sections: list[Section]) -> Found:
    """The phases of a page, from all its sections in their order."""
    found = Found()
    _by_number(sections, found)
    for way in (_by_yaml, _by_chain, find_families, _by_bracket, find_listed, _by_columns, _by_table):
        if not found.phases:
            way(sections, found)
    found.named = bool(found.phases)
    _by_name_again(sections, found)
    find_blocks_of_time(sections, found)
    if found.named:
        for section in sections:
            if section.block.kind is Kind.HEADING and not section.table:
                _by_chain_durations(section, found)
    found.phases.sort(key=lambda phase: phase.line)
    return found


def _by_number(sections: list[Section], found: Found) -> None:
    candidates = [one for one in sections if one.naming and one.naming.named and not _is_stage(one)]
    outside = [one for one in candidates if one.block.fence is None]
    if not any(_has_substance(one) for one in candidates):
        return  # chapters of an essay that are called phases
    holders: dict[int, list[tuple[Section, Naming]]] = {}
    for section in outside or candidates:
        if section.naming is None or any(up.naming and up.naming.named for up in section.above() if up is not section):
            continue
        holders.setdefault(section.naming.number, []).append((section, section.naming))
    for group in holders.values():
        made: list[tuple[Phase, int]] = []
        for section, naming in sorted(
            group, key=lambda one: (one[0].topic is Topic.TIMELINE, -weight(one[0]), one[0].block.line)
        ):
            same = next(
                (
                    phase
                    for phase, _ in made
                    if words_of(phase.title) & words_of(naming.title) or not words_of(naming.title)
                ),
                None,
            )
            if same is None:
                phase = make_phase(section.block.line, naming)
                made.append((phase, 1))
                found.phases.append(phase)
                found.of[id(section)] = phase
            else:
                found.again[id(section)] = same
                add_naming(same, naming)
    for section in candidates:
        if (
            id(section) not in found.of
            and id(section) not in found.again
            and section.naming
            and not inside(section, found)
        ):
            same = match_phase(section.naming.title, found.phases)
            if same is not None:
                found.again[id(section)] = same
                add_naming(same, section.naming)
    found.phases.sort(key=lambda phase: phase.line)


def _has_substance(section: Section) -> bool:
    """Whether anything but prose stands in a section, or a time in its title."""
    if section.naming is not None and section.naming.span and is_time(section.naming.span):
        return True
    return any(block.kind is not Kind.TEXT for one in section.walk() for block in one.blocks)


def _is_stage(section: Section) -> bool:
    """`Stage 1: 5%` is a step of a rollout, `Stage One: Staff rehearsal` a phase."""
    if fold(section.title).startswith(("stage", "stap")):
        return read_share(section.title) is not None or any(
            up.own is Topic.STAGES for up in section.above() if up is not section
        )
    return False


def _by_yaml(sections: list[Section], found: Found) -> None:
    for section in sections:
        if section.block.fence is None or fold(section.title) not in (
            "phases",
            "phasen",
            "fases",
            "etapes",
            "fasi",
            "asamalar",
            "etapy",
        ):
            continue
        for item in section.blocks:
            if item.kind is Kind.ITEM and fold(item.label) in (
                "name",
                "title",
                "phase",
                "nom",
                "nombre",
                "nome",
                "naam",
                "ad",
                "nazwa",
            ):
                phase = Phase(item.line, item.value.strip())
            elif item.kind is Kind.ITEM and item.children and item.text:
                phase = Phase(item.line, item.text.strip(" :"))
            else:
                continue
            found.phases.append(phase)
            found.items[id(item)] = phase
        for sub in section.subs:
            if sub.parts and not found.items:
                phase = Phase(sub.block.line, sub.title)
                found.phases.append(phase)
                found.of[id(sub)] = phase


def chain_parts(text: str) -> list[str]:
    """The parts of `Dogfood (1 week) -> Closed beta -> Done`; empty for other lines."""
    if ("→" not in text and ">" not in text and "⇒" not in text and "➜" not in text) or chain_of(text):
        return []
    parts = [part.strip() for part in _ARROW.split(text[:600].split(". ")[0].strip(" ."))]
    return parts if len(parts) > 2 and all(0 < len(part) < 80 for part in parts) else []


def _by_chain(sections: list[Section], found: Found) -> None:
    by_title: dict[str, Section] = {}
    for section in sections:
        if section.block.kind is Kind.HEADING and section.block.fence is None:
            by_title.setdefault(fold(split_bracket(section.title)[0]), section)
    for section in sections:
        for block in section.blocks:
            if block.kind not in (Kind.TEXT, Kind.PAIR, Kind.ITEM):
                continue
            names = [split_bracket(part) for part in chain_parts(block.text)]
            meant = [(by_title[fold(name)], name, span) for name, span in names if fold(name) in by_title]
            if len(meant) > 1 and 2 * len(meant) > len(names):
                for one, name, span in meant:
                    title, own_span = split_bracket(one.title)
                    phase = make_phase(one.block.line, Naming("named", title or name, 0, own_span or span))
                    phase.later = topic_of(title) in AFTERWARDS
                    found.phases.append(phase)
                    found.of[id(one)] = phase
                return


def _by_chain_durations(section: Section, found: Found) -> None:
    for block in section.blocks:
        if block.kind is Kind.TEXT:
            for part in chain_parts(block.text):
                name, span = split_bracket(part)
                phase = match_phase(name, found.phases) if span else None
                if phase is not None:
                    add_time(phase, span)


def _by_bracket(sections: list[Section], found: Found) -> None:
    levels: dict[int, list[tuple[Section, str, str]]] = {}
    for section in sections:
        if (
            section.block.kind is not Kind.HEADING
            or section.table
            or section.block.fence is not None
            or section.up is None
        ):
            continue
        title, span = split_bracket(section.title)
        if (
            span
            and section.topic not in NO_PHASES_IN - {Topic.STAGES}
            and is_time(span)
            and section.parts
            and not section.lead
        ):
            levels.setdefault(section.block.level, []).append((section, title, span))
    for level in sorted(levels):
        if len(levels[level]) > 1 and level < 7:
            for section, title, span in levels[level]:
                if not (section.naming and section.naming.sort != "named"):
                    phase = make_phase(section.block.line, Naming("named", title, 0, span))
                    found.phases.append(phase)
                    found.of[id(section)] = phase
            if found.phases:
                return


def _by_columns(sections: list[Section], found: Found) -> None:
    """Rows that head the columns of another table: `Ring 0`, `Ring 1`, each with a bake, and with thresholds of its own."""
    tables = [section for section in sections[:_MOST_SECTIONS] if section.table and len(section.block.header) > 1]
    headers = [frozenset(fold(name).strip() for name in table.block.header[1:]) - {""} for table in tables]
    for table in tables:
        names = {fold(row.cells[0]).strip() for row in table.block.children if row.cells} - {""}
        if len(names) < 2 or not any(len(header) > 1 and header <= names for header in headers):
            continue
        if share_column(list(table.block.children)) < 0 and not has(table.block.header, TOPIC_TIME_COLUMN):
            continue
        for row in table.block.children:
            if row.cells and row.cells[0].strip():
                bar = read_bar_row(row)
                phase = Phase(row.line, row.cells[0].strip(), lasts=_row_lasts(row) or (bar.lasts if bar else ""))
                found.phases.append(phase)
                found.rows[row.line] = phase
        return


def _row_lasts(row: Block) -> str:
    return next(
        (lasts_of(cell) for name, cell in zip(row.header, row.cells, strict=False) if has((name,), STAGE_LASTS_COLUMN)),
        "",
    )


def _by_table(sections: list[Section], found: Found) -> None:
    for section in sections:
        if section.table and (section.topic is Topic.TIMELINE or _tells_waves(section)):
            for row in section.block.children:
                phase = _row_phase(row)
                if phase is not None:
                    found.phases.append(phase)
                    found.rows[row.line] = phase
                    mark = row.cells[0].strip() if row.cells else ""
                    if marked := _WAVE.match(mark):
                        mark = marked[1]
                    if 0 < len(mark) < 4:
                        found.marks.setdefault(fold(mark), phase)
            if found.phases:
                return


_WAVE = re.compile(r"([A-Z]{1,2}\d{1,2})\s+(?=[^\W\d_]{3})")
_FOR = re.compile(r"(?:for|fur|pour|para|per|voor|dla)\s+(?:the |die |la |el |o |a )?(.+)")


def _tells_waves(section: Section) -> bool:
    """A table of waves that says how long each lasts and no share of anything: `W1 Pilot | Skipton | 5 weeks`."""
    header, rows = section.block.header, section.block.children
    if section.topic not in (Topic.STAGES, Topic.PHASES) or not has(header[:1], STAGE_TITLE_COLUMN):
        return False
    if any("%" in row.text for row in rows[:40]):
        return False
    return len(rows) > 1 and all(_row_lasts(row) for row in rows[:40])


_BEFORE = re.compile(
    r"(?:before|vor|avant|antes (?:de|do|da)|prima (?:di|del|della)|voor|przed)\s+"
    r"(?:the |der |dem |die |la |le |el |o |a )?(.+)"
)


def _by_name_again(sections: list[Section], found: Found) -> None:
    """A heading that is the name of a phase told elsewhere belongs to it; `Before Brownouts` to the phase before that one."""
    by_name = {fold(phase.title).strip(): at for at, phase in enumerate(found.phases)}
    for section in sections:
        if (
            section.block.kind is not Kind.HEADING
            or section.table
            or section.block.fence is not None
            or inside(section, found)
            or id(section) in found.of
        ):
            continue
        title = fold(split_bracket(section.title)[0]).strip(" :")
        if title in by_name:
            found.again.setdefault(id(section), found.phases[by_name[title]])
            continue
        meant = _FOR.fullmatch(title[:120])
        if meant and (meant[1] in by_name or meant[1] in found.marks):
            found.again[id(section)] = found.marks.get(meant[1]) or found.phases[by_name[meant[1]]]
            continue
        before = _BEFORE.fullmatch(title[:120])
        if before and before[1] in by_name:
            found.again[id(section)] = found.phases[max(by_name[before[1]] - 1, 0)]
            section.own = section.own or Topic.CRITERIA


def _row_phase(row: Block) -> Phase | None:
    bar = read_bar_row(row)
    if bar is None or fold(bar.title).strip(" *") in (
        "total",
        "summe",
        "gesamt",
        "suma",
        "totale",
        "totaal",
        "toplam",
        "razem",
    ):
        return None
    return Phase(row.line, bar.title, lasts=bar.lasts, starts=bar.starts if bar.starts[:4].isdigit() else "")
