"""Reads when one goes back, and how: conditions and procedures, which pages mix."""

from __future__ import annotations

import re

from tminus.importer.conditions import topic_of_condition
from tminus.importer.draft import Draft, Procedure, Trigger
from tminus.importer.extract_alerts import condition, condition_in_row, first_target, is_condition, is_one_sentence
from tminus.importer.extract_common import (
    cells,
    descend,
    fields,
    flow_list,
    head,
    lines_of,
    own_lines,
    parts,
    seen_through,
    sentence,
)
from tminus.importer.extract_incidents import steps_beside, steps_of, title_and_time
from tminus.importer.extract_reading import span_in, targets_in
from tminus.importer.page import Block, Kind
from tminus.importer.topics import Topic
from tminus.importer.words_extract import ALERT_KEYS, COLUMNS, FAILURES, PROCEDURE_HEADS, TRIGGER_HEADS, fold

_DIGIT = re.compile(r"\d")
# `Upon suspension: the banner is put up` tells what is done then.
_THEN = re.compile(
    r"(?:upon|after|then|afterwards|danach|dann|nach|ensuite|après|después|luego|depois|dopo|poi)\b", re.IGNORECASE
)
_OR = re.compile(r"(?:or|oder|ou|o|of|veya|lub)\s+", re.IGNORECASE)
_STEPS_IN_LINE = re.compile(r"(?:^|\s)(?:[:;]\s)?\d{1,2}[.)]\s|;\s")


def read_triggers(block: Block, draft: Draft) -> None:
    """Every condition under `Automated rollback triggers`, `We roll back if`, `Abbruchkriterien`; numbers are optional."""
    start: tuple[int, ...] = ()
    descend(block, start, lambda one, lines: _trigger(one, lines, draft, one is block))


def _trigger(one: Block, above: tuple[int, ...], draft: Draft, first: bool) -> tuple[int, ...] | None:
    if one.kind is Kind.ROW:
        _trigger_row(one, draft)
        return None
    found = fields(one, ALERT_KEYS) if not first or one.kind is not Kind.HEADING else {}
    if is_condition(found):
        name = found["name"].value if "name" in found else head(one) if not one.text.startswith("{") else ""
        text, target = condition(found, name, one.line)
        if target is not None and "lasting" in found:
            target.lasting = target.lasting or span_in(found["lasting"].value)
        draft.triggers.append(Trigger(one.line, text, target, lines=lines_of(found, one.line)))
        return None
    if one.kind is Kind.HEADING or (one.children and not _DIGIT.search(one.text)):
        return above
    if one.kind is Kind.PAIR and _THEN.match(one.label) and first_target(one.value, one.line) is None:
        steps = [(one.line, step.removeprefix("and ")) for step in parts(one.value)]
        draft.procedures.append(Procedure(one.line, one.label, "rollback", "", steps, lines=own_lines(one)[1:]))
        return None
    if one.kind is Kind.PAIR and one.fence is None and draft.triggers and first_target(one.text, one.line) is None:
        return None  # `Pulling it: Ann halts the rollout` beneath a list of conditions is none of them
    if one.kind in (Kind.ITEM, Kind.PAIR) or (is_one_sentence(one.text) and first_target(one.text, one.line)):
        _trigger_line(one, draft)
    return None


def _trigger_row(row: Block, draft: Draft) -> None:
    found = cells(row, COLUMNS)
    text, target = condition_in_row(row, found)
    if not text:
        return
    if target is not None and (window := span_in(found.get("lasting", ""))):
        header = fold(" ".join(row.header))
        if "window" in header or "over" in header.split() or "fenster" in header or "fenetre" in header:
            target.over = target.over or window
        else:
            target.lasting = target.lasting or window
    draft.triggers.append(Trigger(row.line, text, target))


def _trigger_line(one: Block, draft: Draft) -> None:
    listed = parts(one.value) if one.label and topic_of_condition(one.label) is Topic.TRIGGERS else []
    if len(listed) > 1:  # `Halt both stores if: crashes > 1%, ANR > 0.9%, or one lost document`
        for part in listed:
            text = _OR.sub("", part).rstrip(",;.")
            draft.triggers.append(Trigger(one.line, text, first_target(text, one.line), lines=own_lines(one)[1:]))
        return
    text = sentence(one).rstrip(",;.")
    target = first_target(text, one.line)
    if target is None and one.label and one.value and _DIGIT.search(one.value):
        target = first_target(one.value, one.line)
    draft.triggers.append(Trigger(one.line, text, target, lines=own_lines(one)[1:]))


def read_trigger_section(block: Block, draft: Draft) -> None:
    """A section of conditions; what stands in it under `How` or `Procedure` is a procedure all the same."""
    if any(
        one is not block and one.kind in (Kind.HEADING, Kind.PAIR) and _says(head(one)) == "procedure"
        for one in block.walk()
    ):
        read_rollback(block, draft, "trigger")
    else:
        read_triggers(block, draft)


def read_rollback(block: Block, draft: Draft, about: str = "") -> None:
    """Conditions and procedures of going back, told apart by their heading, their numbering and what they say.

    `about` is what the section as a whole is known to speak of: trigger, procedure or nothing.
    """
    stack: list[tuple[Block, str]] = [(block, about)]
    while stack:
        one, above = stack.pop()
        says = (about if one is block else "") or _says(head(one)) or above
        seen = seen_through(one)
        inner = [
            child for child in seen if child.kind is Kind.HEADING or (child.kind is Kind.ITEM and _is_group(child))
        ]
        leaves = [child for child in seen if child.kind in (Kind.ITEM, Kind.PAIR, Kind.ROW) and child not in inner]
        stack.extend((child, says if one is not block else about) for child in reversed(inner))
        if leaves:
            _one_list(_shallow(one, leaves) if inner else one, leaves, says, block, draft)
        elif one.value and not inner:
            _one_list(one, [one], says, block, draft)


def _says(heading: str) -> str:
    """Whether a heading speaks of conditions or of steps. What stands in brackets (`if needed`) is beside the point."""
    bare = heading.split("(")[0]
    return PROCEDURE_HEADS.find(bare) or TRIGGER_HEADS.find(bare)


def _is_group(item: Block) -> bool:
    """Whether an item heads a list of its own: `3.1 Automatic:` with bullets beneath."""
    return (
        bool(item.children)
        and not item.value
        and any(child.kind in (Kind.ITEM, Kind.HEADING) for child in item.children)
    )


def _shallow(one: Block, leaves: list[Block]) -> Block:
    return Block(
        one.kind,
        one.line,
        one.text,
        one.last,
        one.level,
        one.label,
        one.value,
        one.number,
        fence=one.fence,
        children=leaves,
    )


def _one_list(one: Block, leaves: list[Block], says: str, section: Block, draft: Draft) -> None:
    entries = [child for child in leaves if child.kind is Kind.PAIR and child is not one and _is_entry(child)]
    for child in entries:
        _one_entry(child, section, draft)
    leaves = [child for child in leaves if child not in entries] if entries else leaves
    if not leaves:
        return
    if not _are_conditions(leaves, says, TRIGGER_HEADS.find(head(one).split("(")[0])):
        _procedure(one, leaves, section, draft)
        return
    before = len(draft.triggers)
    read_triggers(one if one is leaves[0] else _shallow(one, leaves), draft)
    for trigger in draft.triggers[before:]:
        trigger.lines = [line for line in trigger.lines if line != one.line]


def _are_conditions(leaves: list[Block], says: str, own: str) -> bool:
    """Whether a list says when to go back, and not how: by its heading first, then by numbers, then by what it fears."""
    some = leaves[:40]
    numbers = sum(
        1
        for child in some
        if child.kind is Kind.ROW or (re.search(r"\d", child.text) and targets_in(child.text, child.line))
    )
    if says == "procedure" and not (own and numbers):
        return 2 * numbers > len(some)
    if says == "trigger" or (numbers and 2 * numbers >= len(some)):
        return True
    feared = sum(1 for child in some if FAILURES.find(f"{child.value or child.text}"))
    return feared > 0 and 2 * feared >= len(some) and not all(child.number for child in some)


def _is_entry(pair: Block) -> bool:
    """Whether a pair is a key of a file, or a procedure told in one line."""
    return pair.fence is not None or _says(pair.label) == "procedure"


def _one_entry(entry: Block, section: Block, draft: Draft) -> None:
    """`"steps": ["weights to v1", "freeze deploys"]` on one line of a file."""
    listed = flow_list(entry.value) if entry.fence is not None else _STEPS_IN_LINE.split(entry.value[:2000])
    values = [value.strip() for value in listed if re.search(r"[^\W\d]{2}", value)]
    if not values or values in (["true"], ["false"]):
        return
    says = _says(entry.label)
    if says == "procedure":
        steps = [(entry.line, value) for value in values]
        title = head(section) if entry.fence is not None else entry.label
        draft.procedures.append(Procedure(entry.line, title, "rollback", "", steps, lines=own_lines(entry)[1:]))
    elif says == "trigger":
        read_triggers(entry, draft)


def _procedure(one: Block, leaves: list[Block], section: Block, draft: Draft) -> None:
    title, within = title_and_time(head(one))
    if one is not section and PROCEDURE_HEADS.whole(title):
        title = head(section)  # `Steps:` names nothing
    steps: list[tuple[int, str]] = []
    if any(leaf.number for leaf in leaves):  # what is said beneath numbered steps is none of them
        leaves = [leaf for leaf in leaves if leaf.kind is not Kind.PAIR]
    for leaf in leaves:
        if leaf is one:
            steps += [(one.line, step) for step in steps_beside(one)]
        elif leaf.kind is Kind.ROW:
            steps.append((leaf.line, leaf.text))
        else:
            steps += [step for child in leaf.walk() for step in steps_of(child)]
    if steps:
        draft.procedures.append(
            Procedure(
                one.line,
                title or head(section),
                "rollback",
                within,
                steps,
                lines=own_lines(one)[1:] if one.line else [],
            )
        )
