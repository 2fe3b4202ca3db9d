"""Reads playbooks and contingency plans: one procedure each, with its steps in order."""

from __future__ import annotations

import re

from tminus.importer.draft import Draft, Procedure
from tminus.importer.extract_common import body, cells, flow_list, head, is_header, own_lines, parts, sentence
from tminus.importer.extract_reading import span_in
from tminus.importer.page import Block, Kind
from tminus.importer.words_extract import COLLECTIVE, COLUMNS, fold


def read_incidents(block: Block, draft: Draft) -> None:
    """One procedure a playbook or scenario, with its steps in order whatever groups they stand in."""
    stack = [block]
    while stack:
        one = stack.pop()
        if one.kind is Kind.ROW:
            _incident_row(one, draft)
            continue
        inner = [child for child in one.children if child.kind is Kind.HEADING]
        if _is_collection(one, inner, one is block):
            rows = [child for child in one.children if child.kind is Kind.ROW]
            stack.extend(reversed([*rows, *inner]))
            own = [child for child in one.children if child.kind is Kind.ITEM]
            for child in own:
                _scenario(child, _kind_of(child, block), draft)
            continue
        if one.children or one.kind in (Kind.ITEM, Kind.PAIR):
            _scenario(one, _kind_of(one, block), draft)


def _is_collection(one: Block, inner: list[Block], first: bool) -> bool:
    """Whether a heading holds playbooks, and is none itself."""
    if any(child.kind is Kind.ROW for child in one.children):
        return True
    items = [child for child in one.children if child.kind is Kind.ITEM]
    if inner and not items:
        return any(child.level <= 6 for child in inner) or (
            first and bool(COLLECTIVE.find(head(one))) and not _fenced(one)
        )
    if items and all(child.children for child in items) and len(items) > 1:
        return bool(COLLECTIVE.find(head(one))) and not any(child.number for child in items)
    return False


def _fenced(one: Block) -> bool:
    return one.fence is not None or any(child.kind is Kind.FENCE for child in one.children)


def _kind_of(one: Block, section: Block) -> str:
    text = fold(f"{head(one)} {head(section)}")
    return (
        "contingency"
        if re.search(r"contingen|scenar|szenari|plan b|secours|cenari|senaryo|scenariusz", text)
        else "incident"
    )


def _incident_row(row: Block, draft: Draft) -> None:
    if is_header(row) or not row.cells:
        return
    found = cells(row, COLUMNS)
    title = found.get("risk") or found.get("metric") or row.cells[0]
    what = found.get("mitigation") or found.get("action") or (row.cells[1] if len(row.cells) > 1 else "")
    if title.strip() and what.strip():
        within = span_in(found.get("lasting", ""))
        draft.procedures.append(
            Procedure(row.line, title.strip(), "incident", within, [(row.line, step) for step in parts(what)])
        )


def _scenario(one: Block, kind: str, draft: Draft) -> None:
    """A procedure of everything beneath `one`; the headings of its groups are lines that it was read from."""
    title, within = title_and_time(head(one))
    steps: list[tuple[int, str]] = []
    lines = own_lines(one)[1:]
    if one.value:
        steps += [(one.line, step) for step in steps_beside(one)]
    for child in one.walk():
        if child is one or child.kind in (Kind.FENCE, Kind.ROW):
            continue
        if child.kind is Kind.HEADING:
            if child.value.startswith("[") or not child.children:
                continue
            lines.append(child.line)
            within = within or title_and_time(head(child))[1]
        elif child.kind is not Kind.TEXT or child.fence is not None:
            steps += steps_of(child)
    if steps:
        draft.procedures.append(Procedure(one.line, title, kind, within, steps, lines=lines))


def steps_of(child: Block) -> list[tuple[int, str]]:
    """Line and text of the steps on the line of a block: one, or those of a list in brackets."""
    if child.value.startswith("["):
        return [(child.line, step) for step in flow_list(child.value)]
    text = sentence(child)
    return [(child.line, text)] if text else []


def steps_beside(one: Block) -> list[str]:
    """The steps behind the colon of a label."""
    if one.value.startswith("["):
        return flow_list(one.value)
    return [body(one)]


def title_and_time(text: str) -> tuple[str, str]:
    """`Immediate Rollback (< 5 minutes)` as its title and `5m`."""
    found = re.search(r"\(([^()]{0,60}\d[^()]{0,60})\)", text)
    if found and (span := span_in(found[1])):
        return (text[: found.start()] + text[found.end() :]).strip(" :") or text, span
    if found := re.search(
        r"\b(?:within|under|innerhalb|binnen|en moins de|en menos de|em até|entro|w ciągu)\s+(\d.{0,20})",
        text,
        re.IGNORECASE,
    ):
        return text, span_in(found[1])
    return text, ""
