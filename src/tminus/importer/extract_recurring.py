"""Reads what comes back: routines by day, week, month; what is done at so many users; what is watched, and on which screen."""

from __future__ import annotations

import re

from tminus.importer.draft import Dashboard, Draft, Milestone, Routine, Target
from tminus.importer.extract_common import (
    body,
    cells,
    descend,
    fields,
    flow_list,
    head,
    is_header,
    own_lines,
    parts,
    seen_through,
    sentence,
)
from tminus.importer.extract_reading import span_in, targets_in, weektime_in
from tminus.importer.page import Block, Kind
from tminus.importer.words_extract import DASHBOARD_COLUMNS, EVERY, EVERY_COLUMNS, MILESTONE_COLUMNS, ROUTINE_KEYS, fold

_DIGIT = re.compile(r"\d")
_CLOCK = re.compile(r"\d{1,2}(?::\d{2}|\s?[ap]\.?m\b|\s?h\b|\s?Uhr)", re.IGNORECASE)
_MANY = re.compile(
    r"(?:at|from|after|reaching|ab|bei|à|dès|a|con|aos?|bij|przy|od)?\s?([\d.,]{0,15}\d\s?(?:k|m|mio|tsd|mil|tys|bin)?\+?)\s+"
    r"(?:[^\W\d]+\s){0,2}?[^\W\d]{2,}",
    re.IGNORECASE,
)


def read_routines(block: Block, draft: Draft) -> None:
    """`Daily: health checks`, `Daily Standups:` with time and agenda, lists under `Weekly`, tables with a frequency."""

    def visit(one: Block, every: str) -> str | None:
        if one.kind is Kind.ROW:
            _routine_row(one, draft)
            return None
        title = head(one)
        rhythm = EVERY.find(title) if len(title) < 120 else ""
        if one.kind is Kind.HEADING or one.children:
            if rhythm and _holds_no_rhythms(one):
                _routine(one, rhythm, draft)
                return None
            if every and one.kind is Kind.ITEM:
                _routine(one, every, draft)
                return None
            return rhythm or every
        if one.kind is Kind.TEXT and not rhythm:
            return None
        if rhythm or every:
            _routine_line(one, rhythm or every, draft)
        return None

    descend(block, "", visit)


def _holds_no_rhythms(one: Block) -> bool:
    """Whether what stands beneath are steps, and not routines of their own."""
    inner = seen_through(one)
    if any(child.kind is Kind.ROW for child in inner):
        return False
    named = sum(1 for child in inner if EVERY.find(child.label or (head(child) if child.kind is Kind.HEADING else "")))
    return bool(inner) and named == 0


def _routine(one: Block, every: str, draft: Draft) -> None:
    found = fields(one, ROUTINE_KEYS)
    at, lasts = found.get("at"), found.get("lasts")
    title = head(one)
    steps: list[tuple[int, str]] = []
    claimed = {line for name in ("at", "lasts") if name in found for line in found[name].lines}
    if "steps" in found:
        field = found["steps"]
        steps += field.many or [(field.lines[0], step) for step in parts(field.value)]
        claimed.update(field.lines)
    lines = [*claimed, *own_lines(one)[1:]]
    if one.value and one.kind is not Kind.HEADING:
        steps += [(one.line, step) for step in parts(body(one))]
    for child in one.walk():
        if child is one or child.line in claimed or child.kind in (Kind.FENCE, Kind.ROW, Kind.TEXT):
            continue
        if child.kind is Kind.HEADING:
            lines.append(child.line)
        elif text := sentence(child):
            steps.append((child.line, text))
    when = weektime_in(at.value) if at else weektime_in(title) if _CLOCK.search(title) else ""
    draft.routines.append(
        Routine(
            one.line,
            title,
            every,
            when,
            span_in(lasts.value) if lasts else "",
            steps,
            lines=sorted({*lines} - {one.line}),
        )
    )


def _routine_line(one: Block, every: str, draft: Draft) -> None:
    text = sentence(one)
    title, done = (one.label, body(one)) if one.label else (text, "")
    if not EVERY.find(title) and EVERY.find(text) == "":
        title, done = text, ""
    at = weektime_in(text) if _CLOCK.search(text) else ""
    draft.routines.append(
        Routine(one.line, title, every, at, "", [(one.line, step) for step in parts(done)], lines=own_lines(one)[1:])
    )


def _routine_row(row: Block, draft: Draft) -> None:
    found = cells(row, EVERY_COLUMNS)
    filled = [cell.strip() for cell in row.cells if cell.strip()]
    stated = found.get("every", "")
    every = EVERY.find(stated) or next((rhythm for cell in filled if (rhythm := EVERY.find(cell))), "")
    if not every:
        return
    what = found.get("title") or next((cell for cell in filled if cell != stated and not EVERY.whole(cell)), "")
    at = found.get("at", "")
    lasts = span_in(found.get("lasts", ""))
    if what:
        where = weektime_in(at or stated) if _CLOCK.search(at or stated) else ""
        draft.routines.append(Routine(row.line, what, every, where, lasts))


def read_milestones(block: Block, draft: Draft) -> None:
    """`500 users:` with what is done then, `at 10k users: add replicas`, tables."""

    def visit(one: Block, _: bool) -> bool | None:
        if one.kind is Kind.ROW:
            _milestone_row(one, draft)
            return None
        if one is block and _holds_milestones(one):
            return True
        title = one.label or head(one)
        if one.kind in (Kind.HEADING, Kind.ITEM, Kind.PAIR) and _DIGIT.search(title) and (one.children or one.value):
            steps = [(one.line, step) for step in parts(body(one))] if one.value else []
            inner = [
                child
                for child in one.walk()
                if child is not one and child.kind in (Kind.ITEM, Kind.PAIR) and sentence(child)
            ]
            steps += [(child.line, sentence(child)) for child in inner]
            target = _reached(title, one.line)
            if target is None and not _MANY.search(title):
                return True
            draft.milestones.append(Milestone(one.line, title, target, steps, lines=own_lines(one)[1:]))
            return None
        return True

    descend(block, True, visit)


def _holds_milestones(block: Block) -> bool:
    """Whether something beneath is a milestone, so that a number in the section's own heading (`5.3 Scaling`) is none."""
    return any(
        one is not block
        and (one.kind is Kind.ROW or (_MANY.match(one.label or one.text) and (one.children or one.value)))
        for one in block.walk()
    )


def _reached(title: str, line: int) -> Target | None:
    targets = targets_in(title, line, wanted=True)
    return targets[0] if targets else None


def _milestone_row(row: Block, draft: Draft) -> None:
    found = cells(row, MILESTONE_COLUMNS)
    filled = [cell.strip() for cell in row.cells if cell.strip()]
    if len(filled) < 2:
        return
    title = found.get("at") or filled[0]
    steps = found.get("steps") or filled[1]
    written = title
    if re.fullmatch(r"[\d.,\s]+[kKmM]?\+?", title):
        written = f"{title} {row.header[0] if row.header and not _DIGIT.search(row.header[0]) else 'users'}"
    if _DIGIT.search(title):
        draft.milestones.append(
            Milestone(row.line, written, _reached(written, row.line), [(row.line, step) for step in parts(steps)])
        )


# Screens and measures ------------------------------------------------------------------------------------------------

_SCREEN = re.compile(
    r"dashboard|board|screen|panel|tableau|painel|cruscotto|pulpit|panosu|pano\b|anzeige|übersicht", re.IGNORECASE
)
_AUDIENCES = re.compile(
    r"executive|engineering|product|support|business|technical|ops|operations|marketing|sales|team|customer|on-?call|finance|leadership|"
    r"management|geschäft|technik|betrieb|vertrieb|direction|équipe|equipo|equipe|squadra|zespół|ekip",
    re.IGNORECASE,
)


def read_dashboards(block: Block, draft: Draft) -> None:
    """`Executive Dashboard: KPIs` one by one, or one screen with a list of what it shows; KPIs by day, week or month are
    measures."""
    inner = seen_through(block)
    if _by_rhythm(block):
        draft.dashboards.append(Dashboard(block.line, head(block)))
        read_measures(block, draft)
        return
    named = [child for child in inner if child.kind in (Kind.ITEM, Kind.PAIR) and child.label]
    screens = [
        child
        for child in inner
        if child.kind in (Kind.HEADING, Kind.ITEM) and child.children and _SCREEN.search(head(child))
    ]
    rows = [child for child in inner if child.kind is Kind.ROW and not is_header(child)]
    for row in rows:
        _dashboard_row(row, draft)
    if screens:
        for screen in screens:
            _screen(screen, draft)
    elif named and (any(_SCREEN.search(child.label) for child in named) or not _SCREEN.search(head(block))):
        for child in named:
            audience = found[0] if (found := _AUDIENCES.search(child.label)) else ""
            shows = [(child.line, part) for part in parts(body(child))] + [
                (one.line, sentence(one)) for one in child.children
            ]
            draft.dashboards.append(Dashboard(child.line, child.label, audience, shows, lines=own_lines(child)[1:]))
    elif not rows:
        _screen(block, draft)


def _screen(block: Block, draft: Draft) -> None:
    shows = [
        (one.line, sentence(one))
        for one in block.walk()
        if one is not block and one.kind in (Kind.ITEM, Kind.PAIR) and sentence(one)
    ]
    if block.value and block.kind is not Kind.HEADING:
        shows = [(block.line, part) for part in parts(body(block))] + shows
    if shows:
        audience = found[0] if (found := _AUDIENCES.search(head(block))) else ""
        draft.dashboards.append(Dashboard(block.line, head(block), audience, shows))


def _dashboard_row(row: Block, draft: Draft) -> None:
    found = cells(row, DASHBOARD_COLUMNS)
    title = found.get("title") or (row.cells[0] if row.cells else "")
    if title.strip():
        shows = [(row.line, part) for part in parts(found.get("shows", ""))]
        draft.dashboards.append(Dashboard(row.line, title.strip(), found.get("audience", ""), shows))


def _by_rhythm(block: Block) -> bool:
    groups = [one for one in block.walk() if one.kind is Kind.HEADING and one is not block]
    return bool(groups) and sum(1 for one in groups if EVERY.whole(head(one))) * 2 >= len(groups)


def read_measures(block: Block, draft: Draft) -> None:
    """What is watched: with a number it is a target, without one a measure under the heading that it stands under."""

    def visit(one: Block, group: str) -> str | None:
        if one.kind is Kind.HEADING or (one.kind is Kind.ITEM and one.children and not _numbers(one)):
            return head(one) if one is not block or fold(head(one)) else group
        if one.kind is Kind.ROW:
            if one.cells and one.cells[0].strip():
                _measure(one, " ".join(cell for cell in one.cells if cell), one.cells[0].strip(), group, draft)
            return None
        if one.value.startswith("["):
            draft.measures.extend((one.line, name, one.label) for name in flow_list(one.value))
        elif one.kind in (Kind.ITEM, Kind.PAIR) and sentence(one):
            _measure(one, sentence(one), one.label or sentence(one), group, draft)
        return group

    descend(block, "", visit)


def _numbers(one: Block) -> bool:
    return bool(_DIGIT.search(one.value or one.text))


def _measure(one: Block, text: str, name: str, group: str, draft: Draft) -> None:
    targets = targets_in(text, one.line, wanted=True) if _DIGIT.search(text) else []
    for target in targets:
        target.group = target.group or group
    draft.targets.extend(targets)
    if not targets:
        draft.measures.append(
            (one.line, name if len(name.split()) > 1 or not one.value else f"{name}: {body(one)}", group)
        )
