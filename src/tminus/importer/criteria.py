"""Sections of targets: success criteria, KPIs, metrics that are watched, with or without numbers."""

from __future__ import annotations

from tminus.importer.boxes import checked_of
from tminus.importer.classify import has
from tminus.importer.draft import Box, Target
from tminus.importer.evidence_matrix import value_cell
from tminus.importer.page import Block, Kind
from tminus.importer.phrases import read_span, read_targets
from tminus.importer.target_text import digits
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import (
    ARTICLES,
    ORDERS,
    TARGET_BASELINE,
    TARGET_EMPTY,
    TARGET_METRIC,
    TARGET_OVER,
    TARGET_TARGET,
)

_PHASE = ("phase", "stage", "fase", "etap", "asama", "etape")


def read_line(block: Block, wanted: bool) -> list[Target]:
    """The targets of an item, a pair or a line of text."""
    return read_targets(block.text, block.line, label=block.label, value=block.value, wanted=wanted)


def read_row(row: Block) -> tuple[list[Target], str]:
    """The targets of a table's row, and the phase that it names. A baseline and a window in other columns are taken along."""
    cells: dict[str, str] = {}
    for name, cell in zip(row.header, row.cells, strict=False):
        for meaning, begins in (
            ("baseline", TARGET_BASELINE),
            ("over", TARGET_OVER),
            ("phase", _PHASE),
            ("target", TARGET_TARGET),
            ("metric", TARGET_METRIC),
        ):
            if meaning not in cells and has((name,), begins):
                cells[meaning] = cell.strip()
                break
    metric = cells.get("metric") or (row.cells[0].strip() if row.cells else "")
    value = cells.get("target") or value_cell(row, {metric, cells.get("baseline", ""), cells.get("over", "")})
    if fold(value) in TARGET_EMPTY or not metric:
        return [], cells.get("phase", "")
    targets = read_targets(f"{metric}: {value}", row.line, label=metric, value=value, wanted=True)
    for target in targets:
        if not target.baseline and fold(cells.get("baseline", "")) not in TARGET_EMPTY:
            target.baseline = _plain(metric, cells["baseline"])
        over = cells.get("over", "")
        if not target.over and any(letter.isdigit() for letter in over):
            target.over = read_span(over) or over
    return targets, cells.get("phase", "")


def _plain(metric: str, cell: str) -> str:
    """A baseline as a plan writes numbers: `4,8 s` as 4.8s; as the page has it where it is not one number."""
    read = read_targets(f"{metric}: {cell}", 0, label=metric, value=cell, wanted=True)
    if len(read) != 1 or read[0].high is not None or read[0].relative or read[0].comparator == "zero":
        return cell
    number, unit = digits(read[0].number), read[0].unit
    return f"{unit}{number}" if unit and unit in "$€£¥" else f"{number}{unit}"


def exit_box(block: Block, group: str) -> Box:
    """A criterion without a number: somebody says whether it holds."""
    return Box(block.line, block.text.strip(), checked=checked_of(block), before="exit", group=group)


def read_step(block: Block, *, bare: bool) -> list[Target]:
    """The targets of a line in a phase. `bare`: values count without a comparator, but never those of an order."""
    found = read_line(block, wanted=False)
    return found or (read_line(block, wanted=True) if bare and not is_order(block) else [])


def is_order(block: Block) -> bool:
    """`2. Run one real debit of €1 each`: a numbered step that begins by telling somebody to do something."""
    said = fold(block.text[:200]).strip(" *_`.").split()
    if not block.number or block.label or len(said) < 2 or said[0].strip(",*_`") not in ORDERS:
        return False
    # `Test coverage 80%` begins with a noun, and ends with its value.
    return said[1] in ARTICLES or said[1][:1].isdigit() or not any(letter.isdigit() for letter in said[-1])


def groups(block: Block) -> bool:
    """Whether an item only groups what is beneath it: `1. Technical metrics met`."""
    if block.kind is not Kind.ITEM or not block.children or block.checked is not None:
        return False
    return not any(letter.isdigit() for letter in block.text) or not read_line(block, wanted=True)
