"""Tasks that begin with who does them: `odd-jun: homebrew tap`, `Petra: sign the privacy sheet`.

`Android: upload the build` looks the same, so a label is a name only where the page names that person elsewhere, or
where one of the tasks beside it begins with somebody that it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tminus.importer.boxes import all_boxes
from tminus.importer.draft import Box, Draft
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import TASK_NO_NAME, names

_LABEL = re.compile(r"([^\W\d_][\w.-]{1,23}):\s+(?=\S)")
_NAMING = re.compile(
    r"(?:^|[\s(*_|-])(?:maintainers?|owners?|leads?|team|crew|from|by|contacts?|captains?|backup|dri|authors?|verantwortlich\w*"
    r"|zustandig|ansprechpartner\w*|equipe|responsables?|responsavel|responsaveis|responsabil[ei]|equipo|squadra"
    r"|verantwoordelijk\w*|sorumlu|ekip|odpowiedzialn\w*|zespol|von|de|di|da|od)\**\s?:\**\s*([^.;:()|]{2,120})"
)
_NAME = re.compile(r"[^\W\d_][\w.-]{1,23}")
_MENTION = re.compile(r"(?<![\w.])@([a-z][\w.-]{1,23})")
_NOBODY = TASK_NO_NAME | names(
    "anybody anyone everyone everybody nobody somebody someone team tbd todo note notes and und et y e en ve i the alle "
    "jeder tous todos tutti iedereen herkes wszyscy"
)
_LINES, _LONGEST = 2_000, 300


def name_owners(draft: Draft, lines: Sequence[str]) -> None:
    """Give the tasks that begin with a person that person as their owner."""
    lists = [phase.boxes for phase in draft.phases] + [stage.boxes for phase in draft.phases for stage in phase.stages]
    if not any(_label(box) for boxes in lists for box in all_boxes(boxes)):
        return
    people = _people(draft, lines)
    for boxes in lists:
        labelled = [(box, label) for box in all_boxes(boxes) if (label := _label(box))]
        if not any(fold(label) in people for _, label in labelled):
            continue
        for box, label in labelled:
            if fold(label) not in _NOBODY:
                box.owner, box.text = label, box.text[len(label) + 1 :].strip()


def _label(box: Box) -> str:
    found = _LABEL.match(box.text[:60]) if not box.owner else None
    return found[1] if found else ""


def _people(draft: Draft, lines: Sequence[str]) -> set[str]:
    """The names, folded, of those whom the page calls owners, mentions, or calls when something breaks."""
    found = {fold(box.owner) for phase in draft.phases for box in all_boxes(phase.boxes) if box.owner}
    for level in (*draft.escalation, *draft.tiers):
        found.update(_names_of(level.who[:80]))
    for role in draft.roles:
        found.update(_names_of(role.contact[:80]))
    for line in lines[:_LINES]:
        if ":" in line or "@" in line:
            folded = fold(line[:_LONGEST])
            found.update(_MENTION.findall(folded))
            for named in _NAMING.finditer(folded):
                found.update(_names_of(named[1]))
    return found - _NOBODY


def _names_of(text: str) -> Iterable[str]:
    return _NAME.findall(fold(text))
