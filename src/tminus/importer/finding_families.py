"""Phases that are told by their family: headings side by side whose titles are made alike.

`M0 Inventory`, `M1 Landing zone`; `Warm-up phase`, `Sending phase`; `3.0.0-alpha (from 12 January)`, `3.0.0-beta (...)`;
`Pilot`, `Beta`, `General availability`; whatever stands side by side under a heading that speaks of phases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tminus.importer.draft import Phase, Stage
from tminus.importer.found_phases import AFTERWARDS, NO_PHASES_IN, Found, is_time, make_phase, soaks
from tminus.importer.naming_phases import Naming, lasts_of, split_bracket
from tminus.importer.page import Block, Kind
from tminus.importer.phrases import read_date, read_share
from tminus.importer.sections import Section
from tminus.importer.timelines import begins_with_date
from tminus.importer.topics import Topic
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import PHASE_WORDS, RELEASE_NAMES

_COUNTED = {
    word: at
    for at, several in enumerate(
        ("zero null", "one eins un uno um", "two zwei deux dos due dois twee", "three drei trois tres tre drie")
    )
    for word in several.split()
} | {"four": 4, "vier": 4, "quatre": 4, "cuatro": 4, "quatro": 4, "quattro": 4, "five": 5, "six": 6}
_MARK = re.compile(
    r"([^\W\d_]{1,12})[\s#-]{0,2}(\d{1,2}|(?<=[\s-])(?:"
    + "|".join(_COUNTED)
    + r"))(?![\w%]|[.,]\d)\s*[:.)·–—-]*\s*(.*)",
    re.DOTALL | re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_OFFSET = re.compile(r"(?:^|\s)[tdj]\s?[-+−–]\s?\d")
_MONTHS = re.compile(
    r"\d{1,2}\.?\s?(?:de )?(?:jan|feb|fev|mar|apr|abr|avr|mai|may|mag|jun|jui|giu|jul|lug|aug|ago|aou|sep|set|oct|okt|ott"
    r"|out|nov|dec|dez|dic|des)|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w{0,6}\.? \d"
)
_NO_MARKS = frozenset(
    (
        "p",
        "s",
        "l",
        "q",
        "k",
        "r",
        "v",
        "sev",
        "tier",
        "level",
        "risk",
        "alert",
        "appendix",
        "section",
        "chapter",
        "annex",
    )
)
_STEPS = frozenset(("step", "schritt", "paso", "passo", "stap", "adim", "krok", "etapa", "etape"))
_FAMILY = Sequence[Section]
_TOLD = NO_PHASES_IN | {Topic.NOTES, Topic.ROLES, Topic.DASHBOARDS, Topic.CHANNELS, Topic.SUPPORT, Topic.VARIABLES}


def find_families(sections: list[Section], found: Found) -> None:
    """Take the first family that looks like phases; the ways are tried from the surest to the loosest."""
    families = [family for section in sections for family in _families(section)]
    for way in (_numbered, _worded, _timed, _dated, _released, _under_phases):
        for family in families:
            chosen = way(family)
            if len(chosen) > 1 and not all(_of_time(section) for section, _ in chosen):
                _take(_with_blocks_of_time(chosen, family), found)
        if found.phases:
            return


def _families(section: Section) -> Iterator[_FAMILY]:
    """Headings side by side, of one level, that hold something and are about nothing that holds no phases."""
    levels: dict[int, list[Section]] = {}
    for sub in section.subs:
        if sub.block.kind is not Kind.HEADING or sub.table or sub.block.fence is not None:
            continue
        if not sub.lead or _timed_title(sub):
            levels.setdefault(-1 if sub.lead else sub.block.level, []).append(sub)
    around = {up.topic for up in section.above()}
    if around & (_TOLD - {Topic.MILESTONES, Topic.STAGES}) or around & AFTERWARDS:
        return
    for family in levels.values():
        if len(family) > 1:
            yield family


_Chosen = list[tuple[Section, str]]  # the section, and what its name is


def _take(chosen: _Chosen, found: Found) -> None:
    for section, title in chosen:
        name, span = split_time(title)
        phase = make_phase(section.block.line, Naming("named", name or title, 0, span))
        _more_time(section, span, phase)
        if "%" in section.title and (share := read_share(section.title)) is not None:
            phase.stages.append(Stage(section.block.line, split_time(section.title)[0], share=share, lasts=phase.lasts))
        found.phases.append(phase)
        found.of[id(section)] = phase


def _of_time(section: Section) -> bool:
    return section.naming is not None and not section.naming.named


def _with_blocks_of_time(chosen: _Chosen, family: _FAMILY) -> _Chosen:
    """`Launch day` beside `Pilot (2 weeks)` is one of the family, `Post-launch plan` is what comes after it."""
    known = {id(section): title for section, title in chosen}
    return [
        (section, known.get(id(section), section.title))
        for section in family
        if id(section) in known
        or (section.parts and _of_time(section) and section.own not in AFTERWARDS | _TOLD)
        or (section.parts and _release_name(section.title))
    ]


def _more_time(section: Section, span: str, phase: Phase) -> None:
    if not phase.lasts and span:
        phase.lasts = lasts_of(span)


def _numbered(family: _FAMILY) -> _Chosen:
    """`M0 Inventory`, `M1 Landing zone (3 weeks)`: one mark with rising numbers, and work or time in most of them."""
    marks: dict[str, list[tuple[Section, int, str]]] = {}
    for section in family:
        found = _MARK.match(section.title[:200])
        if found and fold(found[1]) not in _NO_MARKS and _is_no_stage(section):
            number = int(found[2]) if found[2].isdigit() else _COUNTED[found[2].lower()]
            bare = read_share(section.title) is not None or not found[3].strip()
            marks.setdefault(fold(found[1]), []).append((section, number, section.title if bare else found[3].strip()))
    for group in marks.values():
        numbers = [number for _, number, _ in group]
        if len(group) < 2 or numbers != list(range(numbers[0], numbers[0] + len(group))) or numbers[0] > 1:
            continue
        sections = [section for section, _, _ in group]
        told = [one for one in sections if one.own in _TOLD | {Topic.TARGETS, Topic.TIMELINE} and not _timed_title(one)]
        if len(told) * 3 > len(group):
            continue  # chapters, or the sheets of a workbook
        if fold(_first_word(sections[0].title)) in _STEPS and (
            2 * sum(map(_is_made_up, sections)) < len(group)
            or any(up.topic is Topic.STAGES for up in sections[0].above())
        ):
            continue  # the steps of a procedure, or of one rollout
        if sum(_works(one) or _timed_title(one) for one in sections) * 2 >= len(group):
            return [(section, title) for section, _, title in group]
    return []


def _is_no_stage(section: Section) -> bool:
    """`Ring 1: 5% (soak 24 h)` with something beneath is a phase, unless all of it stands in a chapter on the rollout."""
    if read_share(section.title) is None:
        return True
    around = {up.topic for up in section.above() if up is not section}
    return (
        bool(section.parts)
        and bool(split_time(section.title)[1] or _works(section))
        and not around & {Topic.STAGES, Topic.PHASES}
    )


def _first_word(title: str) -> str:
    found = _WORD.match(title)
    return found[0] if found else ""


def _is_made_up(section: Section) -> bool:
    """Whether a section says more than how something is done: boxes, criteria, or stages of a rollout."""
    return any(
        one.own in (Topic.CRITERIA, Topic.TARGETS, Topic.STAGES)
        or any(block.checked is not None for block in one.blocks)
        for one in section.walk()
    )


def _worded(family: _FAMILY) -> _Chosen:
    """`Warm-up phase`, `Fase de envío (3 días)`, `Pilotphase`."""
    chosen = [
        (one, one.title)
        for one in family
        if _says_phase(split_bracket(one.title)[0]) and one.own not in _TOLD and one.parts
    ]
    return chosen if any(_works(one) or _timed_title(one) for one, _ in chosen) else []


def _says_phase(title: str) -> bool:
    said = _WORD.findall(fold(title[:80]))
    return (len(said) > 1 and any(word in PHASE_WORDS for word in (said[0], said[-1]))) or (
        bool(said) and any(word.endswith("phase") and word != "phase" for word in said)
    )


def _timed(family: _FAMILY) -> _Chosen:
    """`Pilot (2 weeks)`, `3.0.0-beta (from 9 February)`: most say when, and one at least says what is to be done."""
    chosen = [
        (one, one.title) for one in family if _timed_title(one) and one.own not in _TOLD - {Topic.STAGES} and one.parts
    ]
    return chosen if any(_works(one) for one, _ in chosen) else []


_DATED = re.compile(r"(.{3,60}?)(?::\s+|\s[–—|-]\s+|\s·\s)(?=\S)(\S.*)", re.DOTALL)


def _dated(family: _FAMILY) -> _Chosen:
    """`Mon 4 May – Freeze`, `15 Mar → 21 Mar: Employees`: each begins with a day, and most have something to be done."""
    chosen: _Chosen = []
    for one in family:
        found = _DATED.fullmatch(one.title[:200])
        if (
            found
            and one.parts
            and one.own not in _TOLD - {Topic.STAGES, Topic.MILESTONES}
            and begins_with_date(_day_in(found[1]))
        ):
            chosen.append((one, f"{found[2].strip()} ({found[1].strip()})"))
    return chosen if len(chosen) > 1 and 2 * sum(_works(one) for one, _ in chosen) >= len(chosen) else []


def _day_in(words: str) -> str:
    """`Now → 14 Mar` from its first date on."""
    first, _, last = words.partition("→")
    return words if begins_with_date(words) else last.strip() if first.strip().isalpha() else words


_BEHIND = re.compile(r"(.{2,80}?)\s*(?:\s[–—-]\s|,\s|:\s)\s*([^–—:,()]{2,30})")


def split_time(title: str) -> tuple[str, str]:
    """`Pilot (2 weeks)` and `Pilot — 2 weeks` as the name and its time; without a time, an empty string for that."""
    name, span = split_bracket(title)
    found = _BEHIND.fullmatch(title[:120]) if not span else None
    if found and found[2][:1].isdigit() and is_time(found[2]):
        return found[1].strip(), found[2].strip()
    return name, span


def _timed_title(section: Section) -> bool:
    span = split_time(section.title)[1]
    if soaks(span):  # in a chapter on the rollout it is a stage of that
        return not any(up.topic is Topic.STAGES for up in section.above() if up is not section)
    folded = fold(span)
    return bool(span) and (
        is_time(span) or bool(read_date(span)) or bool(_OFFSET.search(folded)) or bool(_MONTHS.search(folded))
    )


def _released(family: _FAMILY) -> _Chosen:
    """`Dogfood`, `Closed beta`, `General availability`: what releases are called, without numbers."""
    chosen = [(one, one.title) for one in family if _release_name(one.title) and one.parts]
    return chosen if any(_works(one) for one, _ in chosen) else []


def _release_name(title: str) -> bool:
    """`Closed beta (2 weeks)`, `stable, staggered`: a name that releases have, before anything else that is said."""
    return fold(re.split(r"[:,(–—]|\s-\s", title[:80])[0]).strip() in RELEASE_NAMES


def _under_phases(family: _FAMILY) -> _Chosen:
    """Whatever stands under a heading that speaks of phases."""
    up = family[0].up
    if up is None or up.own not in (Topic.PHASES, Topic.STAGES) or not set(_WORD.findall(fold(up.title))) & PHASE_WORDS:
        return []
    if any(read_share(one.title) is not None for one in family):
        return []
    chosen = [
        (one, one.title) for one in family if one.own in (None, Topic.STAGES, Topic.TASKS, Topic.PHASE) and one.parts
    ]
    return chosen if any(_works(one) for one, _ in chosen) and len(chosen) * 3 > len(family) * 2 else []


def _works(section: Section) -> bool:
    """Whether something is to be done or reached in a section: a box, a list, criteria."""
    return any(_listed(block) for one in section.walk() for block in one.blocks)


def _listed(block: Block) -> bool:
    return block.kind in (Kind.ITEM, Kind.ROW) or block.checked is not None
