"""The last pass: every line that nobody understood becomes a note on the nearest thing above it, so that none is lost."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import fields

from tminus.importer.draft import Draft, Understood
from tminus.importer.found_phases import Found
from tminus.importer.page import Page
from tminus.importer.sections import Section

_PARTS = ("Box", "Target", "Stage", "Command")
_HOLDING = {  # of each kind of part the fields that may hold further parts
    kind.__name__: tuple(one.name for one in fields(kind) if any(name in str(one.type) for name in _PARTS))
    for kind in Understood.__subclasses__()
}


def parts_of(draft: Draft) -> Iterator[Understood]:
    """Everything understood, with what is within it."""
    stack: list[object] = [getattr(draft, one.name) for one in reversed(fields(draft))]
    while stack:
        one = stack.pop()
        if isinstance(one, Understood):
            yield one
            stack.extend(inner for name in _HOLDING[type(one).__name__] if (inner := getattr(one, name)))
        elif isinstance(one, list) and one and isinstance(one[0], Understood):
            stack.extend(reversed(one))


def lines_of(part: Understood) -> Iterator[int]:
    """The source lines that a part stands for itself: its own, further ones, notes, and those of its steps."""
    yield part.line
    yield from part.lines
    for line, _ in part.notes:
        yield line
    for name in ("objectives", "steps", "shows", "duties"):
        for line, *_ in getattr(part, name, ()):
            yield line


def accounted(draft: Draft) -> set[int]:
    """Every source line that the draft accounts for."""
    lines = {draft.title_line, *draft.repeated}
    lines.update(fact[0] for fact in draft.facts)
    lines.update(measure[0] for measure in draft.measures)
    lines.update(note[0] for note in draft.notes)
    for part in parts_of(draft):
        lines.update(lines_of(part))
    return lines


def keep_remainder(page: Page, draft: Draft, sections: list[Section], found: Found) -> None:
    """Give each line that is not accounted for to the nearest thing above it in its section, else its phase, else the plan."""
    known = accounted(draft) | page.structure.keys()
    missing = [line for line in page.filled() if line not in known]
    if not missing:
        return
    starts, ends, phases = _reach(sections, found, len(page.lines))
    parts = sorted(
        ((line, part) for part in parts_of(draft) for line in (part.line, *part.lines) if line > 0),
        key=lambda one: one[0],
    )
    places = [line for line, _ in parts]
    for line in missing:
        text = page.lines[line - 1].strip()
        at = bisect_right(starts, line) - 1
        begin, phase = (starts[at], phases[at]) if at >= 0 else (0, None)
        above = bisect_right(places, line) - 1
        if above >= 0 and places[above] >= begin and at >= 0 and line <= ends[at]:
            parts[above][1].notes.append((line, text))
        elif phase is not None:
            phase.notes.append((line, text))
        else:
            draft.notes.append((line, text))


def _reach(sections: list[Section], found: Found, last: int) -> tuple[list[int], list[int], list[Understood | None]]:
    """Where sections begin and end, and the phase of each."""
    phases: dict[int, Understood | None] = {}
    rows: list[tuple[int, Understood | None]] = []
    for section in sections:
        around = phases.get(id(section.up)) if section.up is not None else None
        phase: Understood | None = found.of.get(id(section)) or found.again.get(id(section)) or around
        phases[id(section)] = phase
        rows.append((section.block.line, phase))
    rows.sort(key=lambda one: one[0])
    starts = [line for line, _ in rows]
    ends = [*(line - 1 for line in starts[1:]), last]
    return starts, ends, [phase for _, phase in rows]
