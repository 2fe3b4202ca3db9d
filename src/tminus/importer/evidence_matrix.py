"""Tables that say more than one thing in a row: a target for each ring, or a goal with what sends one back.

`| Crash-free | >= 98% | >= 99% |` holds a target for each column; `| 5xx | < 0.5% | > 2% |` under `Promote when` and
`Roll back when` a target and a trigger; a target table may have a column for alerts beside its goals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from tminus.importer.draft import Alert, Target, Trigger
from tminus.importer.evidence_words import COLUMN_NAMES
from tminus.importer.extract_reading import severity_in
from tminus.importer.metric_names import less_is_better
from tminus.importer.page import Block
from tminus.importer.phrases import read_targets
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import TARGET_EMPTY

_ROWS = 40
_COMPARED = re.compile(
    r"[<>≤≥]|\d\s?\+|\b(?:at least|at most|under|over|below|above|min|max|mindestens|"
    r"hochstens|unter|uber)\b"
)
_VALUE = re.compile(
    r"[^\w<>≤≥~$€£-]*[<>≤≥=~$€£-]*\s*\d|(?:none|zero|no|0|keine?|aucune?|ningun\w*|nenhum\w*|"
    r"nessun\w*|geen|zadn\w*)\b"
)


def matrix_columns(rows: Sequence[Block]) -> list[int]:
    """The columns of a table with a target in each of several columns; empty where one column alone has them."""
    header = rows[0].header if rows else ()
    if len(header) < 3:
        return []
    found = []
    for at, meaning in enumerate(_meanings(header)):
        if at == 0 or meaning in _NO_RING or not header[at].strip():
            continue
        cells = [fold(row.cells[at].strip()) for row in rows[:_ROWS] if at < len(row.cells)]
        filled = [cell for cell in cells if cell not in TARGET_EMPTY]
        if filled and sum(bool(_VALUE.match(cell)) for cell in filled) * 4 >= 3 * len(filled):
            found.append((at, any(_COMPARED.search(cell) for cell in filled)))
    return [at for at, _ in found] if len(found) > 1 and any(compared for _, compared in found) else []


_NO_RING = frozenset(
    {
        "goal",
        "now",
        "back",
        "told",
        "lasting",
        "alert",
        "threshold",
        "who",
        "elapsed",
        "cost",
        "price",
        "probability",
        "impact",
        "on",
    }
)


@lru_cache(maxsize=512)
def _meanings(header: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(COLUMN_NAMES.whole(name) or _first(name) for name in header)


def _first(name: str) -> str:
    """The meaning of a column's first words: `Ring 0 share` is a ring, `Roll back at` a way back."""
    found = COLUMN_NAMES.find(name)
    return found if found in ("goal", "now", "back", "on", "alert", "told", "lasting") else ""


def read_cells(row: Block, columns: Sequence[int]) -> list[tuple[str, Target]]:
    """The targets of a row of a matrix, each with the name of its column."""
    metric = row.cells[0].strip() if row.cells else ""
    found: list[tuple[str, Target]] = []
    for at in columns:
        cell = row.cells[at].strip() if at < len(row.cells) else ""
        if metric and fold(cell) not in TARGET_EMPTY:
            found += [(row.header[at].strip(), target) for target in _told(metric, cell, row.line)[:1]]
    return found


def value_cell(row: Block, taken: set[str]) -> str:
    """The cell with the goal where no column is named for it: the last that compares, or that a limit's column holds."""
    for at in range(len(row.cells) - 1, 0, -1):
        cell = row.cells[at].strip()
        name = row.header[at] if at < len(row.header) else ""
        meaning = COLUMN_NAMES.whole(name)
        if not cell or cell in taken or meaning in _NO_RING - {"threshold", "goal", "on"}:
            continue
        folded = fold(cell)
        if meaning == "threshold" or (_COMPARED.search(folded) and any(letter.isdigit() for letter in folded)):
            return cell
    return ""


def _told(metric: str, cell: str, line: int) -> list[Target]:
    """The targets of a metric and a cell; `p95` with `< 300 ms` is read as one text, for a label it is none."""
    label = read_targets(f"{metric}: {cell}", line, label=metric, value=cell, wanted=True)
    return label or read_targets(f"{metric} {cell}", line, wanted=True)


def read_feared(row: Block) -> list[Alert | Trigger]:
    """What a row of goals fears: the cells under `Alert at` and `Roll back if`."""
    found: list[Alert | Trigger] = []
    metric = row.cells[0].strip() if row.cells else ""
    for name, meaning, cell in zip(row.header[1:], _meanings(row.header)[1:], row.cells[1:], strict=False):
        if meaning not in ("back", "alert") or not metric or not any(letter.isdigit() for letter in cell):
            continue
        targets = _told(metric, cell.strip(), row.line)
        if not targets:
            continue
        target = targets[0]
        if not _COMPARED.search(fold(f"{name} {cell}")):
            target.comparator = ">" if less_is_better(target.metric) else "<"
        text = f"{metric} {cell.strip()}"
        if meaning == "back":
            found.append(Trigger(row.line, text, target))
        else:
            found.append(Alert(row.line, text, severity_in(name), target, target.lasting or target.over, []))
    return found


def read_wanted(row: Block) -> list[Target]:
    """The targets under `Promote when`, in a row that has no column of that name for goals."""
    metric = row.cells[0].strip() if row.cells else ""
    for meaning, cell in zip(_meanings(row.header)[1:], row.cells[1:], strict=False):
        if meaning == "on" and metric and fold(cell.strip()) not in TARGET_EMPTY:
            return _told(metric, cell.strip(), row.line)
    return []


def has_two_sides(header: tuple[str, ...]) -> bool:
    """Whether a table has a column for going on and one for going back, or one for an alert beside them."""
    meanings = _meanings(header)[1:]
    return "back" in meanings and bool({"on", "alert", "goal"} & set(meanings))
