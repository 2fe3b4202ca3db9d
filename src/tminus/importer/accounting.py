"""Where every line of the page has gone: items with their place in the plan, and an entry for each line that says something."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tminus.importer.draft import (
    Box,
    Cost,
    Draft,
    Level,
    Phase,
    Risk,
    Routine,
    Stage,
    Target,
    Understood,
    Variable,
)
from tminus.importer.page import Kind, Page
from tminus.importer.phrases import criterion_text

Item = dict[str, Any]
_BECAME = ("", "item", "note", "structure", "repeat")
_SIMPLE = ("procedures", "services", "milestones", "channels", "announcements", "dashboards", "roles", "recovery", "bugs",
           "flags", "bars", "routines", "variables", "risks", "costs", "alerts", "triggers")  # fmt: skip
_BASE = frozenset({"line", "lines", "doubt", "notes", "boxes", "targets"})


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one line: `item`, `note`, `structure` or `repeat`, and where in the plan it is (a JSON pointer)."""

    line: int
    as_: str
    place: str | None


class Accounted:
    """What became of every line of a page, in five bytes a line: its kind, and the line whose place is its place."""

    __slots__ = ("_kinds", "_sources")

    def __init__(self, total: int) -> None:
        self._kinds = bytearray(total)
        self._sources = array("i", bytes(4 * total))

    def put(self, line: int, as_: str, source: int) -> None:
        """Say what became of a line; `source` 0 for one that has no place in the plan."""
        self._kinds[line - 1] = _BECAME.index(as_)
        self._sources[line - 1] = source

    def __iter__(self) -> Iterator[tuple[int, str, int]]:
        """Each line that holds something, what became of it, and its source."""
        for line, (kind, source) in enumerate(zip(self._kinds, self._sources, strict=True), start=1):
            if kind:
                yield line, _BECAME[kind], source

    def __len__(self) -> int:
        """How many lines hold something."""
        return len(self._kinds) - self._kinds.count(0)

    @property
    def total(self) -> int:
        """How many lines there are, blank ones too."""
        return len(self._kinds)

    def count(self, as_: str) -> int:
        """How many lines became that."""
        return self._kinds.count(_BECAME.index(as_))


def items(draft: Draft, places: dict[int, str], line_places: dict[int, str]) -> Iterator[Item]:
    """Everything that was understood, one by one, in the order of the plan."""
    for of, kind, more in _walk(draft):
        place = places.get(id(of)) or line_places.get(of.line)
        if place is None and _is_blank(of):
            continue
        yield _item(kind, of.line, of.lines, place, of.doubt, more)
    for phase in draft.phases:
        for line, text in phase.objectives:
            if not text.strip():
                continue
            more = {"text": text, "phase": phase.title}
            yield _item("objective", line, [], line_places.get(line), "", more)
    for line, name, group in draft.measures:
        if name.strip():
            yield _item("measure", line, [], line_places.get(line), "", {"title": name, "group": group})
    for line, label, value in draft.facts:
        if label.strip() or value.strip():
            yield _item("fact", line, [], line_places.get(line), "", {"title": label, "value": value})


def _is_blank(of: Understood) -> bool:
    """A command without words, or a recovery that says nothing: no plan has a place for it."""
    return not any(str(getattr(of, name, "")).strip() for name in ("run", "rto", "rpo", "every"))


def _item(kind: str, line: int, lines: list[int], place: str | None, doubt: str, more: Item) -> Item:
    head = {"kind": kind, "line": line, "lines": lines, "place": place, "sure": not doubt, "doubt": doubt}
    return head | more


def _walk(draft: Draft) -> Iterator[tuple[Understood, str, Item]]:
    """Each part with its kind and its own fields."""
    for phase in draft.phases:
        if phase.line:  # one of no line is made for what the page puts into no phase
            yield phase, "phase", _phase(phase)
        yield from _boxes(phase.boxes, phase.title)
        for command in phase.commands:
            yield command, "command", {"run": command.run, "title": command.title, "phase": phase.title}
        for stage in phase.stages:
            yield stage, "stage", _stage(stage, phase.title)
            yield from _boxes(stage.boxes, phase.title)
        yield from ((target, "target", target_fields(target, phase.title)) for target in phase.targets)
    yield from ((target, "target", target_fields(target, "")) for target in draft.targets)
    yield from ((level, "level", _level(level, "")) for level in draft.escalation)
    yield from ((level, "level", _level(level, "support")) for level in draft.tiers)
    for name in _SIMPLE:
        for part in getattr(draft, name):
            yield part, type(part).__name__.lower(), _own(part)


def _boxes(boxes: list[Box], phase: str) -> Iterator[tuple[Understood, str, Item]]:
    stack = [(box, 0) for box in reversed(boxes)]
    while stack:
        box, depth = stack.pop()
        fields = {
            name: getattr(box, name) for name in ("text", "checked", "owner", "priority", "estimate", "expect", "group")
        }
        yield box, "box", {**fields, "depth": depth, "phase": phase}
        yield from ((target, "target", target_fields(target, phase)) for target in box.targets)
        stack.extend((child, depth + 1) for child in reversed(box.boxes))


def _phase(phase: Phase) -> Item:
    names = ("title", "lasts", "starts", "later", "environment", "audience")
    return {name: getattr(phase, name) for name in names}


def _stage(stage: Stage, phase: str) -> Item:
    names = ("title", "share", "lasts", "starts", "audience", "regions", "features")
    return {**{name: getattr(stage, name) for name in names}, "phase": phase}


def target_fields(target: Target, phase: str) -> Item:
    """A target as the report tells it, with its words in the plan's grammar."""
    names = ("metric", "comparator", "number", "high", "unit", "aggregate", "relative", "baseline", "over", "lasting", "by",
             "condition", "group", "audience")  # fmt: skip
    return {**{name: getattr(target, name) for name in names}, "phase": phase, "criterion": criterion_text(target)}


def _level(level: Level, tier: str) -> Item:
    return {"title": level.title, "who": level.who, "since": level.since, "until": level.until, "tier": tier}


def _own(part: Any) -> Item:
    if isinstance(part, Cost):
        names = ("title", "low", "high", "open_end", "currency", "times", "per", "group")
        return {"what": part.kind, **{name: getattr(part, name) for name in names}}
    if isinstance(part, Variable):
        return {"name": part.name, "secret": part.secret, "environment": part.environment, "group": part.group}
    if isinstance(part, Risk):
        return {name: getattr(part, name) for name in ("text", "probability", "impact", "mitigation", "group")}
    own = {name: getattr(part, name) for name in part.__dataclass_fields__ if name not in _BASE}
    if "target" in own:
        # The number of an alert, a trigger or a milestone is a part of that, and no target of the plan.
        own["target"] = target_fields(own["target"], "") if own["target"] is not None else None
    if "kind" in own:
        own["what"] = own.pop("kind")
    if "steps" in own:
        own["steps"] = [text for _, text in own["steps"]]
    if isinstance(part, Routine) or "shows" in own or "duties" in own:
        own |= {key: [text for _, text in own[key]] for key in ("shows", "duties") if key in own}
    return own


def claimed(draft: Draft) -> tuple[set[int], dict[int, str]]:
    """The lines that items were made from, and those that are kept as notes."""
    item_lines: set[int] = {draft.title_line} if draft.title_line else set()
    notes: dict[int, str] = dict(draft.notes)
    for of in parts(draft):
        item_lines.add(of.line)
        item_lines.update(of.lines)
        notes.update(of.notes)
        for name in ("steps", "shows", "duties", "objectives"):
            item_lines.update(line for line, _ in getattr(of, name, ()))
    item_lines.update(line for line, _, _ in draft.measures)
    item_lines.update(line for line, _, _ in draft.facts)
    return item_lines, notes


def parts(draft: Draft) -> Iterator[Understood]:
    """Every part, the numbers inside alerts and triggers too."""
    stack: list[Any] = []
    for name in draft.__dataclass_fields__:
        value = getattr(draft, name)
        if isinstance(value, list):
            stack += value
    while stack:
        part = stack.pop()
        if not isinstance(part, Understood):
            continue
        yield part
        for name in part.__dataclass_fields__:
            value = getattr(part, name)
            if isinstance(value, Understood):
                stack.append(value)
            elif isinstance(value, list) and value and isinstance(value[0], Understood):
                stack += value


def keep_unclaimed(draft: Draft, page: Page) -> dict[int, int]:
    """Nothing is lost: lines that nobody understood become notes on the plan. Returns which line goes on from which.

    A heading over something that was understood says where that belongs: it is structure and no note (its line goes on
    from line 0). Notes are written as the page shows them, without the marks of Markdown.
    """
    item_lines, notes = claimed(draft)
    follows: dict[int, int] = {}
    said: dict[int, str] = {}  # blocks of one line
    whole: dict[int, str] = {}  # all blocks by their first line
    holding = _headings_that_hold(page, item_lines | set(draft.repeated))
    for block in page.root.walk():
        for line in range(block.line + 1, block.last + 1):
            follows.setdefault(line, block.line)
        if block.kind is Kind.HEADING and block.line in holding:
            follows[block.line] = 0
        elif block.line > 0:
            whole.setdefault(block.line, block.text)
            if block.last <= block.line:
                said.setdefault(block.line, block.text)
    _tidy_notes(draft, page, said, {line for line in holding if line not in item_lines})
    known = (item_lines, notes, draft.repeated, page.structure, follows)
    for line in page.filled():
        if not any(line in one for one in known):
            draft.notes.append((line, whole.get(line) or page.lines[line - 1].strip()))
    draft.notes.sort(key=lambda note: note[0])
    if page.unread:
        draft.unread = page.unread
        draft.notes.append((page.unread, page.rest.decode()))
    return follows


def _tidy_notes(draft: Draft, page: Page, said: dict[int, str], structure: set[int]) -> None:
    def tidy(notes: list[tuple[int, str]]) -> list[tuple[int, str]]:
        return [(line, _shown(line, text, page, said)) for line, text in notes if line not in structure]

    draft.notes = tidy(draft.notes)
    for part in parts(draft):
        if part.notes:
            part.notes = tidy(part.notes)


def _shown(line: int, text: str, page: Page, said: dict[int, str]) -> str:
    """The note's words; where they are the line as it stands, the line as the page shows it."""
    raw = page.lines[line - 1].strip() if 0 < line <= len(page.lines) else ""
    return (said.get(line) or text) if text.strip() == raw else text


def _headings_that_hold(page: Page, known: set[int]) -> set[int]:
    """Headings beneath which something was understood."""
    holding: set[int] = set()
    above: list[tuple[int, int]] = []  # (level, line) of the headings that a block stands beneath
    for block in page.root.walk():
        if block.kind is Kind.HEADING:
            while above and above[-1][0] >= block.level:
                above.pop()
        if block.line in known:
            # What is above a heading that holds something holds it as well, so that each is looked at once.
            while above:
                holding.add(above.pop()[1])
        if block.kind is Kind.HEADING and block.line > 0:
            above.append((block.level, block.line))
    return holding


def account_for(draft: Draft, page: Page) -> Accounted:
    """Keep what nobody understood, and say of each line what became of it."""
    return entries(draft, page, keep_unclaimed(draft, page))


def entries(draft: Draft, page: Page, follows: dict[int, int]) -> Accounted:
    """What became of each line that holds something."""
    found = Accounted(page.total)
    item_lines, notes = claimed(draft)
    for line in page.filled():
        source = line
        if line not in item_lines and line not in notes and line not in draft.repeated:
            source = follows.get(line, line)
        if source in item_lines:
            found.put(line, "item", source)
        elif source in draft.repeated:
            found.put(line, "repeat", draft.repeated[source])
        elif source in notes:
            found.put(line, "note", source)
        else:
            found.put(line, "structure", 0)
    for line in page.filled_rest():
        found.put(line, "note", page.unread)
    return found
