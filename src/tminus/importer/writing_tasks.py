"""Boxes as tasks: grouped by the headings they stand under, nested as on the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tminus.importer.draft import Box, Target
from tminus.importer.writing_book import Book, filled
from tminus.importer.writing_values import duration, severity, span
from tminus.importer.yaml_text import Part, Value

_DEEPEST = 10  # a plan nests at most 40 levels, and a task takes two


def tasks(book: Book, boxes: Iterable[Box], before: str = "") -> list[Value]:
    """The boxes as members of `tasks`; those under one heading become the tasks of a task of that name."""
    members: list[Value] = []
    groups: dict[str, list[Value]] = {}
    for box in boxes:
        for member in _task(book, box, before, 0):
            if not box.group:
                members.append(member)
                continue
            if box.group not in groups:
                groups[box.group] = []
                members.append({"do": box.group, "tasks": groups[box.group]})
            groups[box.group].append(member)
    return members


def all_boxes(boxes: Iterable[Box]) -> Iterator[tuple[Box, int]]:
    """Every box with its depth, in the order of the page. Not recursive: pages may nest deeply."""
    stack = [(box, 0) for box in reversed(list(boxes))]
    while stack:
        box, depth = stack.pop()
        yield box, depth
        stack.extend((child, depth + 1) for child in reversed(box.boxes))


def all_targets(boxes: Iterable[Box]) -> list[Target]:
    """The numbers that boxes ask for, in the order of the page."""
    return [target for box, _ in all_boxes(boxes) for target in box.targets]


def has_checkbox(boxes: Iterable[Box]) -> bool:
    """True where somebody can tick something."""
    return any(box.checked is not None for box, _ in all_boxes(boxes))


def _task(book: Book, box: Box, before: str, depth: int) -> list[Value]:
    """One box as a task; where it is too deep for a plan, its boxes follow it instead of standing beneath it."""
    task, notes = _plain(book, box, before)
    children: list[Value] = []
    after: list[Value] = []
    if depth < _DEEPEST:
        for child in box.boxes:
            children += _task(book, child, before, depth + 1)
    else:
        for one, _ in all_boxes(box.boxes):
            flat, more = _plain(book, one, before)
            after.append(book.part(one, filled({**flat, "note": _note(more)})))
    member = book.part(box, filled({**task, "note": _note(notes), "tasks": children}))
    member.lines = (*member.lines, *(line for line, _ in box.notes))
    return [member, *after]


def _plain(book: Book, box: Box, before: str) -> tuple[dict[str, Value], list[str]]:
    """The task without those beneath it, and what has no key of its own."""
    notes = [text for _, text in box.notes]
    estimate, priority = duration(box.estimate), severity(box.priority)
    if box.estimate and not estimate:
        # A range is no estimate in a plan: its longer end is, and the range stays in words.
        estimate = duration(box.estimate.rpartition("..")[2]) if span(box.estimate) else ""
        notes.append(f"Estimate: {box.estimate}")
    if box.priority and not priority:
        notes.append(f"Priority: {box.priority}")
    owners = book.people(box.owner) if box.owner else []
    if len(owners) > 1:
        notes.append(f"Owner: {box.owner}")
    task: dict[str, Value] = {
        "do": box.text.strip() or "(no words)",
        "owner": owners[0] if owners else "",
        "priority": priority,
        "estimate": estimate,
        "expect": box.expect,
    }
    if box.optional:
        task["optional"] = True
    if "exit" in (box.before, before):
        task["by"] = "exit"
    if box.checked:
        task["done"] = True
    return task, notes


def _note(notes: list[str]) -> str:
    return "; ".join(one.strip() for one in notes if one.strip())


def lines_beneath(boxes: Iterable[Box]) -> list[Value]:
    """The boxes as plain lines, for what is kept and does not run; all in one list, in the order of the page."""
    found: list[Value] = []
    for box, _ in all_boxes(boxes):
        found.append(Part(box.text.strip() or "(no words)", (box.line, *box.lines), box))
        found += [Part(text, (line,)) for line, text in box.notes if text.strip()]
    return found
