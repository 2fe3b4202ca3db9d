"""Where the stages of a rollout stand: under headings, in objects, in lists, in prose, among the tasks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tminus.importer import criteria
from tminus.importer.boxes import Giving, read_box
from tminus.importer.draft import Stage
from tminus.importer.naming_phases import read_naming, split_bracket
from tminus.importer.naming_stages import is_everybody, title_of_key
from tminus.importer.page import Block, Kind
from tminus.importer.phrases import read_share, read_span, read_weektime
from tminus.importer.reading_pairs import add_audience
from tminus.importer.sections import Section
from tminus.importer.stage_steps import read_step
from tminus.importer.stages import (
    chain_of,
    read_chain,
    read_object_stage,
    read_stage_line,
    read_stage_section,
)
from tminus.importer.topics import Topic
from tminus.importer.walking import Around, Walk
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import (
    STAGE_LINE_DEPLOY,
    STAGE_LINE_FULL,
    STAGE_LINE_SHARE_LABELS,
    STAGE_LINE_STEP_WORDS,
    STAGE_LINE_USERS,
    words,
)


def read_launch(block: Block, part: Section, around: Around, walk: Walk) -> None:
    """`Deploy to 100% of users` among the tasks is the last stage."""
    for one in block.walk():
        if "100" in one.text and read_share(one.text) == 1.0 and _of_users(one.text):
            walk.add_stages(part, around, [Stage(one.line, one.text.strip(), share=1.0)])


def _of_users(text: str) -> bool:
    folded = fold(text[:200])
    return any(word in folded for word in STAGE_LINE_USERS) and any(word in folded for word in STAGE_LINE_DEPLOY)


def read_stage_heading(part: Section, around: Around, walk: Walk) -> bool:
    """A heading that is a stage itself, or an object of stages in a fence."""
    if chain_of(part.title) or (part.lead and len(told_in(part)) > 1):
        return False
    in_stages = any(up.topic is Topic.STAGES and id(up) not in walk.found.of for up in part.above())
    if part.block.kind is Kind.FENCE or part.block.fence is not None:
        return in_stages and _object_stages(part, around, walk)
    if (
        around.phase is not None
        and not around.phase.later
        and _weekday(part)
        and (_has_share_field(part) or (_beside_stages(part) and part.own is not Topic.STAGES))
    ):
        return _heading_stage(part, around, walk)
    if not in_stages or part.up is None:
        return False
    if (step := read_step(part)) is not None:
        walk.add_stages(part, around, [step])
        return True
    if part.own is Topic.STAGES and not _has_share_field(part) and read_share(part.title) is None:
        return False
    above = any(up.topic is Topic.STAGES for up in part.up.above())
    if not above and part.naming is None and not _has_share_field(part):
        return False
    return _heading_stage(part, around, walk)


def _weekday(part: Section) -> bool:
    bracket = split_bracket(part.title)[1]
    return bool(bracket) and bool(read_weektime(bracket))


def _beside_stages(part: Section) -> bool:
    return part.up is not None and any(
        sub is not part and (_has_share_field(sub) or sub.own is Topic.STAGES) for sub in part.up.subs
    )


def _has_share_field(part: Section) -> bool:
    return any(
        fold(block.label) in STAGE_LINE_SHARE_LABELS and read_share(block.value) is not None
        for sub in (part, *part.subs)
        for block in sub.blocks
    )


def _heading_stage(part: Section, around: Around, walk: Walk) -> bool:
    stage = read_stage_section(part, around.giving)
    if stage.share is None and not stage.regions and not part.naming and not _weekday(part):
        return False
    if stage.share is None and any(word in fold(stage.title) for word in STAGE_LINE_FULL):
        stage.share, stage.doubt = 1.0, "The page gives no share for this stage; its name says that it is for everyone."
    walk.add_stages(part, around, [stage])
    walk.done.update(id(sub) for sub in part.subs if sub.block.kind is Kind.FENCE)
    return not any(sub.own for sub in part.subs)


def _object_stages(part: Section, around: Around, walk: Walk) -> bool:
    stages: list[Stage] = []
    for block in part.blocks:
        if block.kind is Kind.PAIR and (share := read_share(block.value)) is not None:
            stages.append(
                Stage(
                    block.line,
                    title_of_key(block.label),
                    share=share,
                    audience=[block.value.partition(" of ")[2].strip()] if " of " in block.value else [],
                )
            )
        elif block.kind is Kind.ITEM and fold(block.label) == "setweight":
            share = read_share(f"{block.value.strip()}%")
            stages.append(Stage(block.line, f"{block.value.strip()}%", share=share))
        elif block.kind is Kind.ITEM and fold(block.label) == "pause" and stages and not stages[-1].lasts:
            stages[-1].lasts = read_span(block.value.rpartition(":")[2].strip(" {}\"'"))
            stages[-1].lines.append(block.line)
        elif block.kind is Kind.ITEM and (one := read_object_stage("", block)) is not None:
            stages.append(one)
    for sub in part.subs:
        one = read_object_stage(sub.title, sub.block)
        if one is not None:
            stages.append(one)
            walk.done.add(id(sub))
            walk.finish(sub)
    walk.add_stages(part, around, stages)
    return bool(stages)


def read_line_of_stages(part: Section, block: Block, around: Around, walk: Walk) -> None:
    """Read one line of a section about stages: a chain, a stage, a target, or something to do."""
    stages = read_chain(block.text, block.line)
    if not stages and block.kind in (Kind.ITEM, Kind.PAIR) and _is_step(block):
        stage = read_stage_line(block)
        if stage is not None:
            stage.boxes = [read_box(child, Giving()) for child in block.children if child.kind is Kind.ITEM]
            stages = [stage]
    if stages:
        walk.add_stages(part, around, stages)
    elif block.kind is Kind.TEXT:
        read_text(part, block, around, walk)
    elif block.kind is Kind.ITEM and around.phase is not None:
        targets = criteria.read_line(block, wanted=False)
        if targets:
            around.phase.targets.extend(targets)
        else:
            around.phase.boxes.append(read_box(block, around.giving))


def _is_step(block: Block) -> bool:
    """Whether a line among stages is one of them, and no number that is to be reached."""
    text = block.text
    if any(sign in text.split(". ")[0] for sign in "<>≤≥"):
        return False
    if text[:1].isdigit() or read_naming(block.label or text) is not None:
        return True
    folded = fold(text[:200])
    return any(word in folded for word in STAGE_LINE_USERS) or fold(block.label).startswith(STAGE_LINE_STEP_WORDS)


_ONLY_FOR = re.compile(  # `For plugin authors only.`, `Nur für Beta-Tester`, `Solo per i soci`
    r"(?:^|[.;:]\s)(?:(?:Only for|Nur für|Réservée? (?:à|aux)|Uniquement pour|Solo para"
    r"|Apenas para|Só para|Solo per|Alleen voor"
    r"|Tylko dla)\s([^.,;:%]{3,60})|For\s([^.,;:%]{3,60}?)\sonly|(?:Yalnızca|Sadece)\s([^.,;:%]{3,60}))\.?(?=\s|$)"
)


def read_text(part: Section, block: Block, around: Around, walk: Walk) -> None:
    """Read a paragraph of a phase for stages that it tells in prose."""
    phase = around.phase
    if phase is None:
        return
    stages = read_chain(block.text, block.line)
    if stages:
        phase.stages.extend(stages)
    elif shares := told_shares(block):
        walk.overview.append((phase, shares))
    elif only := _ONLY_FOR.search(block.text[:200]):
        add_audience(phase, block.line, (only[1] or only[2] or only[3]).strip())
    elif len(block.text) < 200 and block.text[:4].strip().startswith("100") and read_share(block.text) == 1.0:
        phase.stages.append(Stage(block.line, block.text.strip(), share=1.0))
    elif whole := whole_of(block):
        phase.stages.append(whole)
    elif len(block.text) < 200 and _COMPARES.search(block.text):
        for told in block.text.split(". "):
            if _COMPARES.search(told):
                phase.targets.extend(criteria.read_line(replace(block, text=told.strip(" .")), wanted=False))


_EVERYWHERE = re.compile(
    r"\b(?:all|alle|every\w*|ganze?[rs]?|überall|tou[ts]|toute?s?|partout|tod[oa]s?|tutt[aeio]|ovunque|overal|iedereen|"
    r"wsz\w+|cał\w+|tüm|herkes)\b",
    re.IGNORECASE,
)


def whole_of(block: Block) -> Stage | None:
    """`Alle Ambulanzen, 100 % der Termine`, `100% everywhere`: a short sentence of a phase that says that it is for all."""
    if "100" not in block.text or block.text.count("%") != 1 or len(block.text) > 200:
        return None
    told = next(one.strip(" .") for one in block.text.split(". ") if "%" in one)
    if len(told.split()) > 9 or read_share(told) != 1.0 or not _EVERYWHERE.search(told) or _COMPARES.search(told):
        return None
    if criteria.read_line(replace(block, text=told, label="", value=""), wanted=False):
        return None
    return Stage(block.line, told, share=1.0)


_COMPARES = re.compile(r"[\w)] ?[<>≤≥]=? ?[$€£]?\d")


def is_timed_share(block: Block) -> bool:
    """`Day 1: 10 % of the traffic`: a share that a time, a place or an audience goes with, and no comparison."""
    text = block.text
    if any(sign in text for sign in "<>≤≥") or read_share(text) is None:
        return False
    naming = read_naming(block.label) if block.label else read_naming(text)
    return naming is not None and not naming.named


def listed_shares(blocks: Sequence[Block]) -> list[Stage]:
    """Lines side by side that each name one share, and it rises: `Day 1-2: 10 %`, `Day 3-5: 40 %`, `from day 6: 100 %`."""
    lines = [block for block in blocks if block.kind in (Kind.ITEM, Kind.PAIR)]
    if any(block.label and read_weektime(block.label) for block in lines):
        lines = [block for block in lines if block.checked is None]  # boxes beside the days of a week
    told = [block for block in lines if block.text.count("%") == 1 or (block.label and is_everybody(block.value))]
    if len(told) < 2 or 3 * len(told) < 2 * len(lines) or any(block.checked is not None for block in lines):
        return []
    if any(any(sign in block.text for sign in "<>≤≥") or _is_criterion(block) for block in told):
        return []
    stages = [_told_stage(block) for block in told]
    shares = [stage.share or 0.0 for stage in stages]
    rising = all(shares) and sorted(set(shares)) == shares
    return stages if rising and (shares[-1] == 1.0 or len(shares) > 2) else []


def _is_criterion(block: Block) -> bool:
    """Whether a line has a number that is to be reached; `Monday: 15% of students` has none."""
    return not (block.label and read_weektime(block.label)) and bool(criteria.read_line(block, wanted=False))


def _told_stage(block: Block) -> Stage:
    stage = read_stage_line(block)
    return stage if stage is not None else Stage(block.line, block.text.strip(" ."), share=1.0)


_PART_OF = re.compile(
    r"(?:%|percent|per cent|prozent)\s(?:of|der|des|du|de|del|dell[aeo]|dei|degli|dos|das|do|da|van)\s",
    re.IGNORECASE,
)
_NO_SHARE = re.compile(
    r"discount|rabat|sconto|descuento|desconto|remise|korting|rabais|indirim|\b(?:off|cheaper|faster|slower|more|less|up|down)\b",
    re.IGNORECASE,
)
_SHARE_LABELS = words(
    "share percentage anteil besucheranteil part quota percentual porcentaje udzial aandeel pay oran proporz"
)


_THEN = re.compile(
    r"(?:,|;)?\s(?:then|and then|and|dann|und|puis|et|luego|y|depois|poi|dan|sonra|potem)\s|;\s", re.IGNORECASE
)


_ONE = re.compile(
    r"\b(?:an?|one|eine[nr]?|une?|un[ao]?|uma?|een|bir|jeden|jedna)\s(?=(?:day|week|month|hour|tag|woche|monat|stunde|jour"
    r"|semaine|mois|heure|dia|día|semana|mes|hora|mês|giorno|settimana|mese|ora|dag|maand|uur|gün|hafta|ay|saat)\b)",
    re.IGNORECASE,
)


def _span_in(text: str) -> str:
    """How long something lasts, `for a week` as well as `for two days`."""
    return read_span(text) or (read_span(one) if (one := _ONE.sub("1 ", text[:200])) != text[:200] else "")


def told_in(part: Section) -> list[Stage]:
    """The shares that the first sentence of a line tells which leads something."""
    return told_shares(replace(part.block, children=[], text=part.block.text.split(". ")[0]))


def told_shares(block: Block) -> list[Stage]:
    """Shares in a line of a phase: `Share of beds: 8%`, `It serves 3% of sessions for two days, then 12% for three`."""
    text = block.text
    if (
        not 0 < text.count("%") < 5
        or len(text) > 160
        or any(sign in text for sign in "<>≤≥+")
        or _NO_SHARE.search(text)
        or read_share(text) is None
    ):
        return []
    labelled = bool(block.label) and fold(block.label).startswith(_SHARE_LABELS)
    users = any(word in fold(text) for word in STAGE_LINE_USERS)
    begins = bool(
        re.match(r"(?:il |el |o |le |die |the |de |het |\w+ (?:serves|gets|takes|sees) )?%?\s?\d", text, re.IGNORECASE)
    )
    held = text.count("%") > 1 and bool(_span_in(text))  # `It serves 50% for a week and 98% thereafter`
    if not labelled and not (begins and (users or held or _PART_OF.search(text))) and not (users and len(text) < 40):
        return []
    if criteria.read_line(block, wanted=False):
        return []
    if text.count("%") == 1:
        stage = read_stage_line(block)
        return [stage] if stage is not None else []
    parts = [part for part in _THEN.split(text) if "%" in part]
    stages = [Stage(block.line, part.strip(" ."), share=read_share(part), lasts=_span_in(part)) for part in parts]
    shares = [stage.share or 0.0 for stage in stages]
    return stages if all(shares) and sorted(set(shares)) == shares and len(stages) == text.count("%") else []


def stages_told(block: Block) -> list[Stage]:
    """The stages that the line of an overview names: `Ramp (2 weeks): 1%, 5%, 25%`, `Full: 100%`."""
    ramp = read_chain(block.text, block.line)
    if ramp or read_share(block.text) != 1.0 or any(sign in block.text for sign in "<>≤≥"):
        return ramp
    return [Stage(block.line, block.text.strip(), share=1.0)]
