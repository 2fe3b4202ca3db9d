"""Tables and charts: phases, stages, targets and tasks by rows, bars by dates."""

from __future__ import annotations

import re
from dataclasses import replace

from tminus.importer import criteria
from tminus.importer.boxes import checked_of, read_row_box
from tminus.importer.classify import has, topic_of
from tminus.importer.draft import Bar, Box, Milestone, Phase, Stage, Target, Trigger
from tminus.importer.evidence_matrix import matrix_columns, read_cells, read_feared, read_wanted
from tminus.importer.naming_stages import is_everybody
from tminus.importer.page import Block
from tminus.importer.phrases import read_targets
from tminus.importer.reading_pairs import LABELS, add_audience
from tminus.importer.sections import Section
from tminus.importer.stage_ramps import rising_shares
from tminus.importer.stages import read_row_stage, share_column, split_names
from tminus.importer.timelines import add_dates, begins_with_date, match_phase, merge_bars, read_bar_row, read_gantt
from tminus.importer.topics import Topic
from tminus.importer.walking import Around, Walk
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import MILESTONE_COLUMN, STAGE_REGION_COLUMN, STAGE_TIME_COLUMN, TARGET_EMPTY


def read_table(part: Section, around: Around, walk: Walk) -> None:
    """Read the rows of a table: what the columns say decides what they are."""
    topic = part.topic
    rows = list(part.block.children)
    if (rows and rows[0].line in walk.found.rows) or any(row.line in walk.found.rows for row in rows):
        _phase_rows(rows, walk)
    elif topic in (Topic.MILESTONES, Topic.TIMELINE) and _dated_milestones(rows):
        walk.draft.milestones.extend(Milestone(row.line, " ".join(row.text.split())) for row in rows)
    elif topic is Topic.TIMELINE:
        _timeline_rows(rows, walk)
    elif topic is Topic.STAGES:
        share_at = share_column(rows)
        walk.add_stages(part, around, [stage for row in rows if (stage := read_row_stage(row, share_at)) is not None])
    elif topic in (Topic.TARGETS, Topic.CRITERIA, Topic.MEASURES):
        _target_rows(part, rows, around, walk)
    else:
        if not _stage_rows(part, rows, around, walk):
            walk.add_stages(part, around, rising_shares([(row.line, cell) for row in rows for cell in row.cells]))
        for row in rows:
            if topic is Topic.TASKS or checked_of(row) is not None:
                box = read_row_box(row, around.giving)
                if box is not None:
                    walk.add_box(part, around, box)


def _dated_milestones(rows: list[Block]) -> bool:
    """A table whose first column names milestones, with a date in most rows."""
    header = rows[0].header if rows else ()
    if not has(header[:1], MILESTONE_COLUMN):
        return False
    return 2 * sum(any(begins_with_date(cell) for cell in row.cells[1:]) for row in rows) >= len(rows)


def _stage_rows(part: Section, rows: list[Block], around: Around, walk: Walk) -> bool:
    """A table with a column of rising shares lists stages; so does, in a phase, one with a place and a time in each row."""
    share_at = share_column(rows)
    header = rows[0].header if rows else ()
    if share_at < 0 and (
        around.phase is None
        or around.phase.later
        or not has(header, STAGE_REGION_COLUMN)
        or not has(header, STAGE_TIME_COLUMN)
        or any(checked_of(row) is not None for row in rows)
    ):
        return False
    stages = [stage for row in rows if (stage := read_row_stage(row, share_at)) is not None]
    walk.add_stages(part, around, stages)
    return bool(stages)


def _target_rows(part: Section, rows: list[Block], around: Around, walk: Walk) -> None:
    """Rows of targets: one each, or one for each column that a phase or a stage names."""
    columns = matrix_columns(rows)
    for row in rows:
        for told in read_feared(row):
            if isinstance(told, Trigger):
                walk.draft.triggers.append(told)
            else:
                walk.draft.alerts.append(told)
        for name, target in read_cells(row, columns):
            phase = around.phase or _row_phase(name, walk)
            if phase is None:
                target.by = target.by or name
            add_targets(part, [target], replace(around, phase=phase), walk)
        if not columns:
            targets, name = criteria.read_row(row)
            phase = around.phase or _row_phase(name, walk)
            add_targets(part, targets or read_wanted(row), replace(around, phase=phase), walk)


def _row_phase(name: str, walk: Walk) -> Phase | None:
    """The one phase that a cell names, by its title or by the mark in front of it in the table of phases."""
    names = split_names(name)
    if len(names) != 1:
        return None
    called = fold(names[0])
    same = next((phase for phase in walk.found.rows.values() if fold(phase.title) == called), None)
    return same or walk.found.marks.get(called) or match_phase(names[0], walk.found.phases)


def _phase_rows(rows: list[Block], walk: Walk) -> None:
    share_at = share_column(rows)
    for row in rows:
        phase = walk.found.rows.get(row.line)
        if phase is None:
            continue
        if share_at >= 0 and (stage := read_row_stage(row, share_at)) is not None:
            phase.stages.append(stage)
            continue
        for name, cell in zip(row.header, row.cells, strict=False):
            meaning = LABELS.whole(name)
            if (
                cell.strip()
                and (meaning == "audience" or fold(name).startswith("who sees"))
                and any(letter.isdigit() for letter in cell)
                and "sheet" not in cell
            ):
                add_audience(phase, row.line, cell.strip())
            elif meaning == "audience" and is_everybody(cell):
                phase.stages.append(Stage(row.line, f"{phase.title}: {cell.strip()}", share=1.0))
            elif cell.strip() and fold(name).endswith(("owner", "approver")):
                phase.roles.append(cell.strip())
            elif topic_of(name) in (Topic.TARGETS, Topic.OBJECTIVES) and any(letter.isdigit() for letter in cell):
                phase.targets.extend(read_targets(cell.strip(), row.line, wanted=True))
            elif topic_of(name) is Topic.CRITERIA and fold(cell.strip()) not in TARGET_EMPTY:
                targets = read_targets(cell.strip(), row.line, wanted=True)
                phase.targets.extend(targets)
                if not targets:
                    phase.boxes.append(Box(row.line, cell.strip(), before="exit"))


def _timeline_rows(rows: list[Block], walk: Walk) -> None:
    bars = [bar for row in rows if (bar := read_bar_row(row)) is not None]
    _merge(bars, walk)


def read_chart(part: Section, walk: Walk) -> None:
    """Read a chart of the timeline: its bars, and the dates of the phases that they speak of."""
    bars = read_gantt(part.block)
    walk.draft.bars.extend(bars)
    add_dates(bars, merge_bars(bars, walk.found.phases))


def _merge(bars: list[Bar], walk: Walk) -> None:
    meant = merge_bars(bars, walk.found.phases)
    add_dates(bars, meant)
    walk.draft.bars.extend(bars)
    for at, phase in meant.items():
        walk.draft.repeated[bars[at].line] = phase.line


_MONTHS = re.compile(
    r"(?:first|ersten|premiers?|primer|primeros|primeiros?|primo|primi|eerste|ilk|pierwsz\w{1,4})\s(?:\w{1,8}\s)?"
    r"(?:month|quarter|year|monat|quartal|jahr|mois|trimestre|annee|mes|ano|mese|anno|maand|kwartaal|jaar|ay|yil|miesiac|kwarta|rok)"
)


def _of_months(part: Section) -> bool:
    """`Goals for the first month` are goals of the whole, whichever phase they stand under: no phase waits for them."""
    return any(_MONTHS.search(fold(up.title[:80])) for up in part.above() if up.own is Topic.TARGETS)


def add_targets(part: Section, targets: list[Target], around: Around, walk: Walk, group: str = "") -> None:
    """Give targets to their phase, or to the whole where they belong to none."""
    if not targets:
        return
    if around.phase is not None and not (part.topic is Topic.TARGETS and _of_months(part)):
        around.phase.targets.extend(targets)
        return
    for target in targets:
        target.group = target.group or group or around.giving.group or part.title
    walk.draft.targets.extend(targets)
