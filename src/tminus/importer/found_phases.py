"""What was found of a page's phases, and what their headings say of their time."""

from __future__ import annotations

from dataclasses import dataclass, field

from tminus.importer.draft import Phase
from tminus.importer.naming_phases import Naming, lasts_of
from tminus.importer.phrases import days_between, read_date, read_weeks
from tminus.importer.sections import Section
from tminus.importer.topics import Topic
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import STAGE_LASTS_COLUMN

NO_PHASES_IN = frozenset(
    {
        Topic.TARGETS, Topic.ALERTS, Topic.ROUTINES, Topic.ANNOUNCEMENTS, Topic.BUDGET, Topic.MILESTONES, Topic.ESCALATION,
        Topic.STAGES, Topic.TRIGGERS, Topic.RISKS, Topic.INCIDENTS, Topic.ROLLBACK,
    }
)  # fmt: skip
AFTERWARDS = frozenset({Topic.LATER, Topic.ROADMAP})


@dataclass(slots=True)
class Found:
    """The phases of a page in its order, and the sections, blocks and rows that mean them."""

    phases: list[Phase] = field(default_factory=list)
    of: dict[int, Phase] = field(default_factory=dict)  # id of a section -> the phase it is
    again: dict[int, Phase] = field(default_factory=dict)  # id of a section -> the phase it repeats
    items: dict[int, Phase] = field(default_factory=dict)  # id of an item in a fence -> the phase it is
    told: dict[int, Phase] = field(default_factory=dict)  # id of an item of an overview -> the phase it names
    rows: dict[int, Phase] = field(default_factory=dict)  # line of a row -> the phase it is
    marks: dict[str, Phase] = field(default_factory=dict)  # `B` in a table of phases -> the phase
    named: bool = False  # the page calls them phases

    def ahead(self) -> list[Phase]:
        """The phases of the launch itself."""
        return [phase for phase in self.phases if not phase.later]


def make_phase(line: int, naming: Naming, later: bool = False) -> Phase:
    """A phase with what its heading says: `Soft Launch (Week 1-2)`."""
    phase = Phase(line, naming.title, later=later)
    for words in (naming.span, naming.extra):
        if words:
            add_time(phase, words)
    return phase


def add_time(phase: Phase, words: str) -> None:
    """Take `Week 1-2`, `2-3 days`, `from 3 September 2026` as the phase's time, where it has none yet."""
    words = (
        words.partition(":")[2].strip() or words
        if ":" in words and not any(letter.isdigit() for letter in words.partition(":")[0])
        else words
    )
    starts = read_date(words)
    lasts = "" if starts else lasts_of(words)
    phase.starts = phase.starts or starts
    phase.lasts = phase.lasts or lasts
    if not starts and not lasts and not phase.lasts and (days := days_between(words)):
        phase.notes.append((phase.line, words))  # a date without a year is none to a plan
        phase.lasts = f"{days}d"


def soaks(words: str) -> bool:
    """Whether words in brackets say for how long something is kept: `soak 24 h`."""
    first, _, rest = words.partition(" ")
    return is_time(rest) and rest[0].isdigit() and fold(first).strip(":") in STAGE_LASTS_COLUMN


def inside(section: Section, found: Found) -> bool:
    """Whether a section stands within one that is a phase."""
    return any(id(one) in found.of or id(one) in found.again for one in section.above() if one is not section)


def weight(section: Section) -> int:
    """How much stands in a section, up to some hundreds."""
    count = 0
    for one in section.walk():
        count += len(one.parts)
        if count > 400:
            break
    return count


def is_time(words: str) -> bool:
    """Whether words in brackets are a duration or a place in time."""
    return (words[:1].isdigit() and bool(lasts_of(words))) or bool(read_weeks(words))


def add_naming(phase: Phase, naming: Naming) -> None:
    """Add what another heading says of the phase's time."""
    for words in (naming.span, naming.extra):
        if words:
            add_time(phase, words)
