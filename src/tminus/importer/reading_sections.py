"""How the sections that no extractor reads are read, by their topic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tminus.importer import criteria
from tminus.importer.boxes import checked_of, read_box
from tminus.importer.classify import topic_of
from tminus.importer.draft import Milestone, Phase, Procedure
from tminus.importer.extracting import EXTRACTORS, read_commands
from tminus.importer.finding_lists import rest_of
from tminus.importer.naming_phases import read_naming
from tminus.importer.page import Block, Kind
from tminus.importer.phrases import read_share, read_targets
from tminus.importer.reading_fields import fields_of_phase, is_fact, named_again
from tminus.importer.reading_pairs import read_phase_pair
from tminus.importer.reading_stages import (
    is_timed_share,
    listed_shares,
    read_launch,
    read_line_of_stages,
    read_stage_heading,
    read_text,
    stages_told,
    told_in,
    told_shares,
    whole_of,
)
from tminus.importer.reading_tables import add_targets, read_chart, read_table
from tminus.importer.sections import Section
from tminus.importer.stage_ramps import fenced_shares, rising_shares
from tminus.importer.stages import read_chain, read_stage_line
from tminus.importer.timelines import begins_with_date, words_of
from tminus.importer.topics import Topic
from tminus.importer.walking import Around, Walk

_NUMBERS = frozenset({Topic.TARGETS, Topic.CRITERIA, Topic.MEASURES})
_OVERVIEWS = frozenset({Topic.PHASES, Topic.TIMELINE, Topic.NOTES, Topic.FACTS, None})
_LAUNCHING = frozenset({Topic.TASKS, Topic.COMMANDS, Topic.ROLLBACK, None, Topic.PHASES, Topic.STAGES})


def extract(section: Section, topic: Topic, around: Around, walk: Walk) -> None:
    """Let the topic's extractor read a section with all that shares its topic."""
    EXTRACTORS[topic](_pruned(section, topic), walk.draft)
    around.taken = True


def _pruned(section: Section, topic: Topic) -> Block:
    """The section's block without sub-sections of other topics and, but for recovery, without checked items."""
    top = replace(section.block, children=[])
    stack: list[tuple[Section, Block]] = [(section, top)]
    while stack:
        current, block = stack.pop()
        children: list[Block] = []
        for part in current.parts:
            if isinstance(part, Block):
                if (part.checked is None or topic is Topic.RECOVERY) and not is_placeholder(part):
                    children.append(part)
            elif part.topic is topic and part.naming is None:
                copy = replace(part.block, children=[])
                stack.append((part, copy))
                children.extend([copy])
        block.children = children
    return _untabled(top)


_PLACEHOLDER = re.compile(
    r"<[^\W\d_][^<>]{2,300}>|\[(?:insert|your|tbd|todo|hier|ihre?|votre|su)\b[^\[\]]{0,200}\]", re.IGNORECASE
)


def is_placeholder(block: Block) -> bool:
    """`<List the metrics here, for example error rate below 1%>`: what a template asks for, and nobody has filled in."""
    return block.kind in (Kind.TEXT, Kind.ITEM) and bool(_PLACEHOLDER.fullmatch(block.text.strip()[:400]))


def _untabled(top: Block) -> Block:
    """Rows stand right in their heading again."""
    stack = [top]
    while stack:
        block = stack.pop()
        children: list[Block] = []
        for child in block.children:
            if child.kind is Kind.HEADING and child.header and child.level == 9:
                children.extend(child.children)
            else:
                children.append(child)
                stack.append(child)
        block.children = children
    return top


def only_boxes(part: Section, blocks: Sequence[Block], around: Around, walk: Walk) -> None:
    """Find the checked items, and the script of a fence, in a section that an extractor has read."""
    if part.block.kind is Kind.FENCE and part.topic is Topic.RECOVERY and _commands(part, around, walk):
        return
    for block in blocks:
        if checked_of(block) is not None:
            walk.add_box(part, around, read_box(block, around.giving))
        elif any(child.checked is not None for child in block.children):
            for child in block.children:
                if child.checked is not None:
                    walk.add_box(part, around, read_box(child, around.giving))
        elif around.phase is not None and part.topic is Topic.ROUTINES and block.kind is Kind.ITEM:
            around.phase.targets.extend(criteria.read_line(block, wanted=False))


def section(part: Section, blocks: Sequence[Block], around: Around, walk: Walk) -> None:
    """Read the blocks right in a section."""
    topic = part.topic
    if part.table:
        read_table(part, around, walk)
        return
    blocks = [block for block in blocks if not is_placeholder(block)]
    if topic is Topic.TIMELINE and part.block.kind is Kind.FENCE:
        read_chart(part, walk)
        walk.finish(part)
        return
    if part.block.kind is Kind.FENCE and _commands(part, around, walk):
        return
    if id(part) not in walk.found.of and id(part) not in walk.found.again and read_stage_heading(part, around, walk):
        return
    if topic is not Topic.STAGES:
        walk.add_stages(
            part, around, rising_shares([(block.line, block.text) for block in blocks if block.checked is not None])
        )
    if part.lead and around.phase is not None:
        walk.overview.append((around.phase, told_in(part)))
    if topic in _OVERVIEWS or topic in (Topic.PHASE, Topic.TRAFFIC, Topic.STAGES, Topic.TASKS):
        listed = listed_shares(blocks) or fenced_shares(part.block)
        if listed:
            walk.add_stages(part, around, listed)
            kept = {stage.line for stage in listed}
            blocks = [block for block in blocks if block.line not in kept]
    if (
        part.block.kind is Kind.HEADING
        and part.title
        and not any(read_share(block.text) is not None for block in blocks)
    ):
        walk.add_stages(part, around, read_chain(part.title, part.block.line))
    repeated = id(part) in walk.found.again or any(id(up) in walk.found.again for up in part.above())
    for block in blocks:
        if checked_of(block) is not None and not _only_marked(part, block, walk):
            _box(part, block, around, walk)
        elif id(block) in walk.found.items:
            item_phase(part, block, walk)
        elif (told := walk.found.told.get(id(block))) is not None:
            told.notes.append((block.line, block.text.strip()))
            walk.overview.append((told, stages_told(block)))
        elif block.kind is Kind.PAIR and _labelled(part, block, around, walk):
            continue
        elif part.topic in _OVERVIEWS and (named := named_again(block, walk)) is not None:
            walk.draft.repeated[block.line] = named.line
        elif (repeated and around.phase is not None and _repeats(block, around.phase, walk)) or _field_of_phase(
            part, block, around, walk
        ):
            continue
        else:
            _plain(part, block, around, walk)


def _field_of_phase(part: Section, block: Block, around: Around, walk: Walk) -> bool:
    """`Duration: 2 weeks` in a phase says so of it; `- **Duration:** 2 weeks` does right under its heading."""
    if around.phase is None:
        return False
    if block.kind is Kind.PAIR:
        return part.topic not in _NUMBERS and read_phase_pair(block, around.phase)
    bare = block.kind is Kind.ITEM and bool(block.label) and not block.children and block.checked is None
    return bare and id(part) in walk.found.of and read_phase_pair(block, around.phase)


def _only_marked(part: Section, block: Block, walk: Walk) -> bool:
    """`✔️ Uptime 99.9%` among criteria: a bullet that somebody drew as a tick, and no box that is ticked."""
    if (
        part.topic not in (Topic.CRITERIA, Topic.TARGETS)
        or block.kind is not Kind.ITEM
        or not 0 < block.line <= len(walk.lines)
    ):
        return False
    return not any(mark in walk.lines[block.line - 1][:40] for mark in "[☐☑☒⬜") and bool(
        criteria.read_line(block, wanted=True)
    )


def _labelled(part: Section, block: Block, around: Around, walk: Walk) -> bool:
    """A line whose label says what it is, wherever it stands: a fact of the page, criteria, a way back."""
    if around.phase is None and is_fact(block):
        walk.draft.facts.append((block.line, block.label, block.value))
        return True
    value = block.value.strip()
    if not value or block.fence is not None:
        return False
    means = topic_of(block.label)
    if means is Topic.CRITERIA and around.phase is not None and part.topic not in _NUMBERS:
        targets = read_targets(value, block.line, wanted=any(sign in value for sign in "%<>≤≥€$/"))
        around.phase.targets.extend(targets)
        return bool(targets)
    if means is Topic.CRITERIA and not walk.found.phases and block.kind is Kind.PAIR and part.topic is None:
        targets = read_targets(value, block.line, wanted=any(sign in value for sign in "%<>≤≥"))
        add_targets(part, targets, around, walk, block.label)
        return bool(targets)
    if means is Topic.ROLLBACK and len(value.split()) > 2 and part.topic not in (Topic.ROLLBACK, Topic.TRIGGERS):
        walk.draft.procedures.append(Procedure(block.line, value.rstrip("."), "rollback"))
        return True
    return False


def _box(part: Section, block: Block, around: Around, walk: Walk) -> None:
    """A checked item: a task, and where the section speaks of targets or the line has a number, a target too."""
    wanted = part.topic in (Topic.TARGETS, Topic.CRITERIA)
    if wanted or part.topic is Topic.MEASURES:
        targets = criteria.read_line(block, wanted=wanted)
        box = read_box(block, around.giving)
        if part.topic is Topic.TARGETS:
            box.targets = []
            add_targets(part, targets, around, walk)
        elif targets:
            box.targets = targets
    else:
        box = read_box(block, around.giving)
    if part.topic is Topic.CRITERIA:
        box.before = "exit"
    if ramp := read_chain(block.text, block.line):
        box.targets = []
        walk.add_stages(part, around, ramp)
    walk.add_box(part, around, box)
    read_launch(block, part, around, walk)


def _plain(part: Section, block: Block, around: Around, walk: Walk) -> None:
    """A block without a checkbox."""
    topic = part.topic
    if block.kind in (Kind.CODE, Kind.FENCE):
        return
    if topic in (Topic.CRITERIA, Topic.TARGETS, Topic.MEASURES):
        _criterion(part, block, around, walk)
    elif topic is Topic.OBJECTIVES:
        _objective(part, block, around, walk)
    elif topic is Topic.TASKS:
        _task(part, block, around, walk)
    elif topic is Topic.STAGES:
        read_line_of_stages(part, block, around, walk)
    elif topic is Topic.TIMELINE and block.kind in (Kind.ITEM, Kind.PAIR) and begins_with_date(block.text):
        walk.draft.milestones.append(Milestone(block.line, block.text.strip()))
    elif topic in (Topic.ROADMAP, Topic.LATER, Topic.PHASES, Topic.PHASE, Topic.TIMELINE, None) or (
        around.phase is not None and part.naming is not None
    ):
        _in_phase(part, block, around, walk)


def _is_prose(part: Section, block: Block) -> bool:
    """A sentence beside a list or a table of targets explains them; only one that compares is another."""
    if block.kind is not Kind.TEXT or len(block.text) < 60 or any(sign in block.text for sign in "<>≤≥"):
        return False
    return any(one.kind is Kind.ITEM for one in part.blocks) or any(sub.table for sub in part.subs)


def _criterion(part: Section, block: Block, around: Around, walk: Walk) -> None:
    if _is_prose(part, block):
        return
    stack = [(block, "")]
    while stack:
        one, group = stack.pop()
        if one.kind is Kind.FENCE:
            continue
        if criteria.groups(one):
            stack.extend((child, one.text) for child in reversed(one.children))
            continue
        targets = criteria.read_line(
            one, wanted=part.topic is not Topic.MEASURES or (one.fence is None and bool(one.value))
        )
        if targets:
            add_targets(part, targets, around, walk, group)
        elif one.kind is Kind.ITEM and part.topic is Topic.CRITERIA and around.phase is not None:
            walk.add_box(part, around, criteria.exit_box(one, around.giving.group))
        elif (
            one.kind is Kind.ITEM and part.topic in (Topic.MEASURES, Topic.TARGETS) and "etri" in part.title + group
        ) or "KPI" in part.title:
            walk.draft.measures.append((one.line, one.text, group or part.title))
        stack.extend((child, group) for child in reversed(one.children))


def _objective(part: Section, block: Block, around: Around, walk: Walk) -> None:
    if block.kind not in (Kind.ITEM, Kind.PAIR):
        return
    kept = around.phase.objectives if around.phase is not None else walk.wait(part).objectives
    kept.extend((one.line, one.text) for one in block.walk() if one.kind in (Kind.ITEM, Kind.PAIR))


def _task(part: Section, block: Block, around: Around, walk: Walk) -> None:
    if block.kind is not Kind.ITEM:
        return
    if around.phase is None and not _checks(part) and not part.own:
        return
    walk.add_box(part, around, read_box(block, around.giving))
    read_launch(block, part, around, walk)


def _checks(part: Section) -> bool:
    return any(checked_of(block) is not None for block in part.blocks)


def _in_phase(part: Section, block: Block, around: Around, walk: Walk) -> None:
    """A bullet in a phase that is under no topic: a target where it has one, a stage where it has a share, else a task."""
    phase = around.phase
    if phase is None:
        naming = read_naming(block.label) if block.label else None
        walk.ramps.extend(read_chain(block.text, block.line))
        if part.topic is Topic.ROADMAP and naming is not None:
            walk.draft.milestones.append(Milestone(block.line, block.text))
        return
    if block.kind is Kind.TEXT:
        read_text(part, block, around, walk)
        return
    if block.kind not in (Kind.ITEM, Kind.PAIR):
        return
    if not phase.later and (ramp := read_chain(block.text, block.line)):
        phase.stages.extend(ramp)
        return
    if block.kind is Kind.PAIR and not phase.later and (shares := told_shares(block)):
        walk.overview.append((phase, shares))
        return
    if block.kind is Kind.PAIR and not phase.later and (whole := whole_of(block)):
        phase.stages.append(whole)
        return
    if not phase.later and is_timed_share(block):
        stage = read_stage_line(block)
        if stage is not None:
            phase.stages.append(stage)
            return
    if phase.later:
        if block.kind is Kind.ITEM:
            phase.boxes.append(read_box(block, around.giving))
        return
    targets = criteria.read_step(block, bare=block.kind is Kind.ITEM or _is_zero(block))
    if targets:
        phase.targets.extend(targets)
    elif block.kind is Kind.ITEM or read_naming(block.label) is not None:
        phase.boxes.append(read_box(block, around.giving))


_ZERO = re.compile(
    r"(?:0|zero|none|null|keine?|z[eé]ro|aucune?|cero|ningun[oa]|nenhum\w?|nessun\w?|geen|nul|sıfır|brak)\.?",
    re.IGNORECASE,
)


def _is_zero(block: Block) -> bool:
    """`listings on public blocklists: zero`"""
    return len(block.label.split()) > 1 and bool(_ZERO.fullmatch(block.value.strip()[:20]))


def _repeats(block: Block, phase: Phase, walk: Walk) -> bool:
    """A line of an overview: it repeats a task or an objective of its phase, or is kept with the phase."""
    if read_chain(block.text, block.line):
        return False
    wanted = words_of(block.text)
    for box in phase.boxes:
        if wanted and wanted <= words_of(box.text):
            walk.draft.repeated[block.line] = box.line
            return True
    if block.kind is Kind.ITEM and block.fence is None:
        return False
    walk.draft.repeated[block.line] = phase.line
    return True


def _commands(part: Section, around: Around, walk: Walk) -> bool:
    """A script that deploys; inside another script nothing is left to read."""
    language = (part.block.fence or "").strip().lower()
    shell = language in ("sh", "bash", "shell", "console", "zsh", "powershell", "cmd", "sql", "terminal", "")
    if part.block.kind is not Kind.FENCE or (
        part.topic is not Topic.COMMANDS and (not shell or part.topic not in _LAUNCHING | {Topic.RECOVERY})
    ):
        return False
    commands = read_commands(part.block)
    if commands:
        (around.phase.commands if around.phase is not None else walk.wait(part).commands).extend(commands)
        walk.finish(part)
    return bool(commands)


def item_phase(part: Section, block: Block, walk: Walk) -> None:
    """A phase that is an item of a list, with what is beneath it."""
    phase = walk.found.items[id(block)]
    inner = Around(phase)
    said = rest_of(phase)
    phase.stages.extend(read_chain(said, block.line))
    fields_of_phase([child for child in block.children if child.kind is not Kind.ITEM], inner, walk)
    for child in block.children:
        if child.kind is Kind.ITEM and not (child.label and read_phase_pair(child, phase)):
            if checked_of(child) is not None:
                _box(part, child, inner, walk)
            else:
                _in_phase(part, child, inner, walk)
