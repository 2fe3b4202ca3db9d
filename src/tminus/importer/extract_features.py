"""Reads flags, whom a launch is for, and facts about the page itself."""

from __future__ import annotations

import re

from tminus.importer.draft import Draft, Flag
from tminus.importer.extract_common import body, descend, head, is_header, own_lines, sentence, whole
from tminus.importer.extract_reading import people_in
from tminus.importer.page import Block, Kind
from tminus.importer.words_extract import fold, word_set

_ON = word_set(
    "true on yes enabled active an ein aktiv ja actif oui activo si ativo sim attivo aan tak wlaczone acik evet 1 ✓ ✅"
)
_OFF = word_set(
    "false off no disabled inactive aus inaktiv nein inactif non inactivo inativo nao disattivo uit nie "
    "wylaczone kapali hayir 0 ✗ ❌"
)
_NAME = re.compile(
    r"(?<![\w/.-])(?:[a-z][a-z0-9]*(?:[_.-][a-z0-9]+)+|[a-z]+(?:[A-Z][a-z0-9]+)+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?![\w/])"
)


def read_features(block: Block, draft: Draft) -> None:
    """`aiCoaching: true,` as a flag that is on; what the comment at its end says is kept beside it."""

    def visit(one: Block, _: bool) -> bool | None:
        if one.kind is Kind.ROW:
            _flag_row(one, draft)
            return None
        if one.kind not in (Kind.PAIR, Kind.ITEM, Kind.TEXT):
            return True
        name, state = (one.label, _state(body(one))) if one.label else ("", None)
        if state is None:
            name, state = _in_text(one)
        if name:
            notes = [(one.line, one.comment)] if one.comment else []
            draft.flags.append(Flag(one.line, name, state, notes=notes, lines=own_lines(one)[1:]))
        return True

    descend(block, True, visit)


def _state(text: str) -> bool | None:
    """On or off, if that is what the first word says; None for anything else."""
    first = (fold(text).split(None, 1) or [""])[0].strip(",;.()\"'")  # an accent alone folds to a blank
    return True if first in _ON else False if first in _OFF else None


def _in_text(one: Block) -> tuple[str, bool | None]:
    """A flag that a line names in the manner of code: `flag: new_checkout`, `new_checkout (off)`."""
    text = sentence(one)
    if (
        not re.search(r"flag|toggle|switch|schalter|feature|interruptor|przełącznik|anahtar", text, re.IGNORECASE)
        and one.kind is Kind.TEXT
    ):
        return "", None
    found = _NAME.search(one.value or text) or _NAME.search(text)
    if not found:
        return "", None
    after = text[text.find(found[0]) + len(found[0]) :].strip(" `\"':=,–—-()[]")
    return found[0], _state(after)


def _flag_row(row: Block, draft: Draft) -> None:
    name = row.cells[0].strip(" `") if row.cells else ""
    if not name:
        return
    state = next((state for cell in row.cells[1:] if cell.strip() and (state := _state(cell)) is not None), None)
    if state is not None or _NAME.fullmatch(name):
        draft.flags.append(Flag(row.line, name, state))


def read_audience(block: Block) -> list[tuple[int, str, tuple[float, float] | None]]:
    """Whom the launch is for, group by group: line, words, and how many people (fewest, most) where the page says."""
    found: list[tuple[int, str, tuple[float, float] | None]] = []
    for one in block.walk():
        if one.kind not in (Kind.ITEM, Kind.PAIR, Kind.ROW) or is_header(one):
            continue
        text = whole(one)
        if text:
            found.append((one.line, text, people_in(text) if re.search(r"\d", text) else None))
    return found


def read_facts(block: Block, draft: Draft) -> None:
    """`Status: ready`, `| Owner | Ann |`: what the page says of itself."""
    for one in block.walk():
        if one.kind is Kind.ROW:
            filled = [cell.strip() for cell in one.cells]
            if not is_header(one) and len(filled) > 1 and filled[0] and filled[1]:
                draft.facts.append((one.line, filled[0], " | ".join(cell for cell in filled[1:] if cell)))
        elif one.kind in (Kind.PAIR, Kind.ITEM) and one.label and one.value:
            draft.facts.append((one.line, head(one), body(one)))
