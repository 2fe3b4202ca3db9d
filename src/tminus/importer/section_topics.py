"""What each section speaks of: by the grammar of its title, by its words, and by what clearly stands in it."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from tminus.importer.classify import topic_of, topic_of_content
from tminus.importer.conditions import is_condition, topic_of_condition, topic_of_purpose, topic_of_question
from tminus.importer.evidence_calls import tells_whom_to_call
from tminus.importer.naming_phases import read_naming
from tminus.importer.page import Block, Kind
from tminus.importer.phrases import read_every, read_targets
from tminus.importer.topics import Topic
from tminus.importer.words_extract import PROCEDURE_HEADS, fold
from tminus.importer.words_sections import names

if TYPE_CHECKING:
    from tminus.importer.sections import Section

# Topics that a table or a fence under such a heading does not change.
_FIRM = frozenset(
    {
        Topic.ALERTS, Topic.TRIGGERS, Topic.ROLLBACK, Topic.INCIDENTS, Topic.ESCALATION, Topic.SUPPORT,
        Topic.RISKS, Topic.BUDGET, Topic.RECOVERY, Topic.MILESTONES, Topic.BUGS, Topic.ANNOUNCEMENTS,
        Topic.CHANNELS, Topic.DASHBOARDS, Topic.ROLES, Topic.STAGES, Topic.FEATURES,
    }
)  # fmt: skip
_BESIDE = 200  # blocks beside a section that are looked at
_ALWAYS = frozenset({Topic.VARIABLES, Topic.SERVICES})


def classify(section: Section) -> None:
    """Give a section its topic and, where its title names a phase or a time, that. The section around it has its own."""
    block = section.block
    around = section.up.topic if section.up else None
    words = None if block.kind is Kind.FENCE or section.table or _is_page_title(section) else _topic_in(section, around)
    content = None if _is_page_title(section) else topic_of_content(block)
    if block.kind is not Kind.FENCE and not section.table:
        section.naming = read_naming(section.title) or read_naming(block.text)
    if _gives_way(section, words, around):
        words = None
    if words is None and around is Topic.TRIGGERS and _steps_beside(section):
        words = Topic.ROLLBACK
    own = words
    strong = words if words is not None else around if block.kind is Kind.FENCE or section.table else None
    if section.naming is not None and section.naming.named:
        own = words if words in (Topic.STAGES, Topic.TASKS) else Topic.PHASE
    elif content is not None and (
        content in _ALWAYS or strong not in _FIRM or content is strong or _clearer(content, strong)
    ):
        own = content
    if own in (Topic.MEASURES, None) and _tells_people(section):
        own = Topic.ALERTS
    if own in (Topic.ROLES, Topic.NOTES, None) and not section.table and tells_whom_to_call(block):
        own = Topic.ESCALATION
    if own is Topic.OBJECTIVES and _counts(section):
        own = Topic.TARGETS
    section.own = own
    section.topic = own if own is not None else around


def _counts(section: Section) -> bool:
    """Goals that are mostly numbers to be reached are targets, whatever word stands over them."""
    items = [child for child in section.block.children if child.kind is Kind.ITEM]
    if not items or section.block.fence is not None:
        return False
    read = (read_targets(one.text, one.line, label=one.label, value=one.value, wanted=False) for one in items[:40])
    return 2 * sum(bool(one) for one in read) >= len(items[:40])


_TOLD = re.compile(
    r"(?:->|=>|→|➜|⇒|:)\s*(?:to |an |à |a |al |naar |do )?(?:the )?(?:page|pager\w*|slack|e-?mail|mail|sms|teams|opsgenie|"
    r"phone|call|ticket|telegram|whatsapp|discord|on-?call|notify|telefon|anruf|courriel|correo|#[a-z])",
    re.IGNORECASE,
)


def _tells_people(section: Section) -> bool:
    """Lines that compare and say who is told, as `Error rate above 2% for 5 min -> page on-call`, are alerts."""
    items = [child for child in section.block.children if child.kind is Kind.ITEM and child.checked is None]
    if section.block.kind is not Kind.HEADING or section.table or len(items) < 2:
        return False
    told = sum(bool(_TOLD.search(item.text[:300])) and any(one.isdigit() for one in item.text) for item in items)
    return 2 * told >= len(items)


def _clearer(content: Topic, strong: Topic | None) -> bool:
    """Shares that rise are stages, also where the line above speaks of the flag that holds them; so are channels channels."""
    return (content, strong) in ((Topic.STAGES, Topic.FEATURES), (Topic.CHANNELS, Topic.ANNOUNCEMENTS))


def _steps_beside(section: Section) -> bool:
    """Numbered lines under a heading of their own, beside a list of conditions, are what is to be done then."""
    up = section.up
    children = section.block.children
    return (
        up is not None
        and section.block.kind is Kind.HEADING
        and not section.table
        and bool(children)
        and all(child.kind is Kind.ITEM and child.number for child in children)
        and any(child.kind is Kind.ITEM for child in up.block.children[:_BESIDE])
        and not is_condition(section.title)
        and not topic_of_condition(section.title)
    )


_HOW = names("how comment wie so como come hoe nasil jak how_to how_we_do_it how_we_do_that vorgehen")


def _topic_in(section: Section, around: Topic | None) -> Topic | None:
    """What a title says: of conditions first, for they are told by their grammar and not by a name."""
    title = section.block.text if section.lead else section.title
    if section.block.fence is None or not section.block.value:
        found = topic_of_condition(title) or topic_of_question(title)
        if found is not None:
            return found
    if around in (Topic.ROLLBACK, Topic.TRIGGERS):
        if is_condition(title):
            return Topic.TRIGGERS
        if fold(title).strip(" :?") in _HOW:
            return Topic.ROLLBACK
    named = topic_of(section.title)
    if around in (Topic.ROLLBACK, Topic.TRIGGERS) and named in (Topic.TASKS, None) and _is_way_back(section):
        return Topic.ROLLBACK
    if named in (Topic.TASKS, Topic.MEASURES, None) and _is_rhythm(section):
        return Topic.ROUTINES
    return named or topic_of_purpose(title)


def _is_way_back(section: Section) -> bool:
    """`Steps:` or `Procedure:` where a page speaks of going back. Boxes that are ticked stay tasks."""
    children = section.block.children
    return (
        PROCEDURE_HEADS.whole(section.title) == "procedure"
        and any(child.kind is Kind.ITEM for child in children)
        and all(child.checked is None for child in children)
    )


def _is_rhythm(section: Section) -> bool:
    """`Daily tasks` over a plain list: done again and again. Boxes are ticked once, so they are tasks."""
    first = section.title.split(" ")[0]
    children = section.block.children
    return (
        section.block.kind is Kind.HEADING
        and section.block.fence is None
        and bool(read_every(first))
        and bool(children)
        and all(child.kind is Kind.ITEM and child.checked is None for child in children)
    )


def _is_page_title(section: Section) -> bool:
    """The heading over the whole page names it; what is under it is about more than its words say."""
    up, block = section.up, section.block
    if up is None or up.up is not None or section.lead or block.kind is not Kind.HEADING or block.level > 2:
        return False
    beside = (
        one for one in up.parts if not isinstance(one, Block) and one.block.kind is Kind.HEADING and not one.table
    )
    inside = (child for child in block.children if child.kind is Kind.HEADING)
    return len(list(islice(beside, 2))) < 2 and len(list(islice(inside, 2))) > 1


_WEAK = frozenset(
    {
        Topic.TASKS,
        Topic.MEASURES,
        Topic.NOTES,
        Topic.TIMELINE,
        Topic.PHASES,
        Topic.AUDIENCE,
        Topic.LATER,
        Topic.SUPPORT,
        Topic.STAGES,
        Topic.FEATURES,
        Topic.RECOVERY,
    }
)


def _gives_way(section: Section, words: Topic | None, around: Topic | None) -> bool:
    """Whether a section's words say less than the section around it."""
    if words is None or around is None or words is around:
        return False
    if section.block.fence is not None and around in (_FIRM - {Topic.STAGES}) | {
        Topic.COMMANDS,
        Topic.ROUTINES,
        Topic.SERVICES,
        Topic.VARIABLES,
    }:
        return True
    if section.block.fence is not None and around is Topic.STAGES and words is Topic.TASKS:
        return all(child.checked is None for child in section.block.children)
    if around is Topic.BUDGET and words is not Topic.BUDGET and any(letter.isdigit() for letter in section.title):
        return True  # `People: $58,000`
    if section.lead and around is Topic.TRIGGERS and words is Topic.ROLLBACK:
        return all(not child.number for child in section.block.children)
    if section.lead and around in _FIRM and len(section.title) > 60:
        return words not in _FIRM
    if around in (Topic.TARGETS, Topic.CRITERIA) and words in _WEAK:
        return all(child.checked is None for child in section.block.children)
    return False
