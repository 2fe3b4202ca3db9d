"""Tasks as people write them: `[x] @jo Tag the release`, `Train support (owner: Inès)`, `Pix (resp.: Bia, prioridade alta)`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tminus.importer.classify import has, topic_of
from tminus.importer.draft import Box, Target
from tminus.importer.page import Block, Kind
from tminus.importer.phrases import read_span, read_targets
from tminus.importer.topics import Topic
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import (
    TASK_DONE,
    TASK_ESTIMATES,
    TASK_EXPECT,
    TASK_NO_NAME,
    TASK_OPEN,
    TASK_OPTIONAL,
    TASK_STATUS,
    TASK_TITLE,
    TASK_WHO,
)

_CHECK = re.compile(r"\s*[\"']?\[([ xX✓✔]?)\]\s+")
_MENTION = re.compile(r"(?:^|(?<=\s))@([A-Za-z][\w.-]{0,40})(?![\w/])")
_OWNER = re.compile(
    r"(?<!\w)(?:owner|owned by|assignee|assigned to|responsible|resp\.?|lead|dri"
    r"|verantwortlich\w*|zustandig\w*|responsable|responsavel|responsabile|encargad[oa]"
    r"|verantwoordelijk\w*|eigenaar|sorumlu|odpowiedzialn\w*|wlasciciel|wer|who)\s*[:=]\s*"
)
_PRIORITY = re.compile(
    r"(?<!\w)(?:priority|prio\w*|prioritat|priorite|prioridad[e]?|priorita|prioriteit|oncelik"
    r"|priorytet)\s*[:=]?\s*([^\W\d_]+|p?\d)(?!\w)|(?<!\w)(p[0-4])(?!\w)"
    r"|[(,]\s?([^\W\d_]{3,12})[ -](?:priority|prioritat|priorite|prioridade?|priorita|prioriteit|oncelik\w*|priorytet)"
    r"(?=\s*[),;]|$)"
    r"|[\[(](critical|high|medium|low|urgent|blocker!?|must|should|could|hoch|mittel|niedrig|alta"
    r"|media|baja)[\])]|(?<=, )(urgent)(?=\])"
)
_LEVELS = {
    "critical": (
        "critical kritisch critique critica critico krytyczny kritik urgent blocker dringend urgente acil "
        "pilne p0 0 highest sehr must severe"
    ),
    "high": "high hoch hohe haute alta alto elevee eleve hoog hoge yuksek wysoki wysoka p1 1 should important major",
    "medium": "medium mittel mittlere moyenne moyen media medio normal gemiddeld orta sredni srednia p2 2 could moderate",
    "low": (
        "low niedrig gering basse faible baja bajo baixa baixo bassa basso laag dusuk niski niska p3 p4 3 4 "
        "minor trivial nice"
    ),
}
_LEVEL = {word: level for level, words in _LEVELS.items() for word in words.split()}
_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]{2,60})[)\]]\s*[.;]?\s*$")
_DASH_NAME = re.compile(
    r"\s(?:[—–]|--)\s+([A-ZÀ-Ý][\w.'’-]*(?:\s[A-ZÀ-Ý][\w.'’-]*){0,2})(?:,\s*(?:by|bis|due|avant|antes)\b.{0,40})?\s*[;.]?$"
)
_MENTIONED = re.compile(r"\s*[(\[](?:[^()\[\]@]{0,40}[,;]\s*)?@([A-Za-z][\w.-]{0,40})[^()\[\]@]{0,20}[)\]]\s*[.;]?\s*$")
_IN_CHARGE = re.compile(r"\s*[(\[](?:resp\.?|owner|lead|dri|verantw\.?)\s+([A-ZÀ-Ý][\w'’ -]{1,30})[)\]]\s*[.;]?\s*$")
_BEFORE_PRIORITY = re.compile(r",\s+([A-ZÀ-Ý][\w'’-]{1,20})(?=,\s*prio)")
_NAME = re.compile(r"[A-ZÀ-Ý][a-zà-ÿ]{1,14}|[a-zà-ÿ]{3,14}")
_ESTIMATE = re.compile(
    r"[(\[](?:est(?:imate|imated|\.)?:?\s*|~\s*)?(\d[\d.,\s–-]*\s?(?:h|hrs?|hours?|d|days?|min"
    r"|minutes?|w|weeks?|tage?|stunden|jours?|dias?|horas?))[)\]]",
    re.IGNORECASE,
)
_DUE = re.compile(r"(?:due|by|until|bis|avant|antes)\b", re.IGNORECASE)
_LONGEST = 600  # characters of a task that are looked at
_EXPECTED = ("→ ✅", "✅ PASS", "→ PASS", "=> PASS", "-> PASS")


@dataclass(frozen=True, slots=True)
class Giving:
    """What a section says of all the tasks in it."""

    group: str = ""
    owner: str = ""
    priority: str = ""
    estimate: str = ""
    optional: bool = False


def checked_of(block: Block) -> bool | None:
    """Whether an item or a row is ticked; None where it has no box."""
    if block.checked is not None:
        return block.checked
    if block.kind is Kind.ROW:
        for cell in block.cells:
            short = cell.strip()
            if short in ("[ ]", "[]", "☐", "⬜"):
                return False
            if short in ("[x]", "[X]", "☑", "✅", "☒", "✔"):
                return True
    elif block.text[:8].lstrip(" \"'").startswith("["):
        found = _CHECK.match(block.text)
        if found:
            return found[1] not in ("", " ")
    return None


def read_priority(text: str) -> str:
    """critical, high, medium or low, where `text` names a priority."""
    found = _PRIORITY.search(fold(text[:400]))
    return _LEVEL.get(next((said for said in found.groups() if said), "").strip("!"), "") if found else ""


def level_of(word: str) -> str:
    """`Hoch`, `P1` or `High` as high; an empty string for anything else."""
    words = fold(word[:60]).replace("-", " ").split()
    return next((_LEVEL[one] for one in words if one in _LEVEL), "")


def read_box(block: Block, giving: Giving) -> Box:
    """The task of an item with everything beneath it."""
    top = _single(block, giving)
    stack: list[tuple[Block, Box]] = [(block, top)]
    while stack:
        current, box = stack.pop()
        for child in current.children:
            if child.kind not in (Kind.ITEM, Kind.PAIR):
                continue
            if child.kind is Kind.PAIR and not child.children and topic_of(child.label) is Topic.CRITERIA:
                box.lines.append(child.line)
                box.targets.extend(read_targets(child.value, child.line, wanted=True))
                continue
            if _expects(child):
                box.expect = f"{box.expect}; {child.text}" if box.expect else child.text
                box.lines.append(child.line)
                continue
            inner = _single(child, Giving(priority=giving.priority))
            box.boxes.append(inner)
            stack.append((child, inner))
    return top


def _expects(child: Block) -> bool:
    return not child.children and child.checked is None and any(mark in child.text for mark in _EXPECTED)


def _single(block: Block, giving: Giving) -> Box:
    text = block.text.strip()
    checked = checked_of(block)
    if block.checked is None and checked is not None:
        text = _CHECK.sub("", text, count=1).strip().rstrip("\"',")
    owner, doubt = "", ""
    if len(text) < _LONGEST:  # more is no task that names who does it
        owner, text, doubt = read_owner(text, guess=not giving.owner)
    box = Box(block.line, text or block.text, checked=checked, group=giving.group, doubt=doubt)
    box.owner = owner or giving.owner
    box.priority = read_priority(block.text) or giving.priority
    found = _ESTIMATE.search(text[:_LONGEST])
    box.estimate = (read_span(found[1]) if found else "") or giving.estimate
    folded = text[:_LONGEST].lower()
    box.optional = giving.optional or any(mark in folded for mark in TASK_OPTIONAL)
    if block.last > block.line:
        box.lines.extend(range(block.line + 1, min(block.last, block.line + 200) + 1))
    box.targets = box_targets(block, text)
    return box


def box_targets(block: Block, text: str) -> list[Target]:
    """The numbers that a task wants reached; a task's workloads and durations are none."""
    if (
        not any(sign in text for sign in "<>≤≥%")
        and not any(letter.isdigit() for letter in text)
        and not _may_be_zero(text)
    ):
        return []
    return read_targets(text, block.line, label=block.label, value=block.value, wanted=False)


def _may_be_zero(text: str) -> bool:
    return fold(text[:12]).split(" ")[0] in (
        "zero",
        "no",
        "keine",
        "kein",
        "aucun",
        "aucune",
        "ningun",
        "cero",
        "nenhum",
        "nessun",
        "geen",
        "sifir",
        "brak",
    )


def read_owner(text: str, guess: bool) -> tuple[str, str, str]:
    """Who does it, the text without the mention, and a doubt where a bare bracket was taken for a name."""
    mention = _MENTION.search(text)
    if mention and (
        mention.start() == 0
        or text[mention.end() :].strip(" .*")[:4].lower() in ("", "due ", "by")
        or _DUE.match(text[mention.end() :].strip(" *"))
    ):
        return mention[1], f"{text[: mention.start()].strip()} {text[mention.end() :].strip()}".strip(), ""
    mentioned = _MENTIONED.search(text) if "@" in text else _IN_CHARGE.search(text) or _BEFORE_PRIORITY.search(text)
    if mentioned:
        return mentioned[1], text[: mentioned.start()].strip() or text, ""
    folded = fold(text)
    found = _OWNER.search(folded) if ":" in text or "=" in text else None
    if found and len(folded) == len(text):
        return _named_owner(text, found)
    if not guess:
        return "", text, ""
    dashed = _DASH_NAME.search(text) if "—" in text or "–" in text or "--" in text else None
    if dashed:
        return dashed[1], text[: dashed.start()].strip(), ""
    bracket = _BRACKET.search(text) if text.rstrip(" .;").endswith((")", "]")) else None
    if bracket:
        inside = [part.strip() for part in bracket[1].split(",")]
        if (
            _NAME.fullmatch(inside[0])
            and inside[0].lower() not in TASK_NO_NAME
            and (len(inside) == 1 or level_of(inside[1]))
        ):
            return inside[0], text, f"'{inside[0]}' in brackets is taken for the owner"
    return "", text, ""


def _named_owner(text: str, found: re.Match[str]) -> tuple[str, str, str]:
    rest = text[found.end() :]
    end = min(
        (at for at in (rest.find(mark) for mark in (")", "]", ",", ";", "|", ". ")) if at >= 0), default=len(rest)
    )
    owner = rest[:end].strip(" *_.")
    begin = found.start()
    if begin and text[begin - 1] in "([":
        close = rest.find(")" if text[begin - 1] == "(" else "]")
        inner = rest[end:close].strip(" ,;") if close > end else ""
        after = rest[close + 1 :] if close >= 0 else ""
        kept = f"{text[: begin - 1].strip()} {f'({inner})' if inner else ''} {after.strip()}"
        return owner, " ".join(kept.split()), ""
    return owner, text[:begin].rstrip(" —–-*,;(").strip() or text, ""


_PRIO = ("prio", "oncelik", "importance")


def read_row_box(row: Block, giving: Giving) -> Box | None:
    """The task of a table's row; None where no column names one."""
    fields: dict[str, str] = {}
    for at, name in enumerate(row.header[: len(row.cells)]):
        for meaning, begins in (
            ("owner", TASK_WHO),
            ("priority", _PRIO),
            ("estimate", TASK_ESTIMATES),
            ("expect", TASK_EXPECT),
            ("status", TASK_STATUS),
            ("title", TASK_TITLE),
        ):
            if meaning not in fields and row.cells[at].strip() and has((name,), begins):
                fields[meaning] = row.cells[at].strip()
                break
    free = [cell.strip() for cell in row.cells if len(cell.strip()) > 3 and cell.strip() not in fields.values()]
    title = fields.get("title") or max(free, key=len, default="")
    if not title:
        return None
    box = Box(
        row.line,
        title,
        checked=checked_of(row),
        group=giving.group,
        owner=fields.get("owner", giving.owner),
        expect=fields.get("expect", ""),
    )
    status = fold(fields.get("status", "")).strip()
    if box.checked is None and status in TASK_DONE | TASK_OPEN:
        box.checked = status in TASK_DONE
    box.priority = level_of(fields.get("priority", "")) or giving.priority
    box.estimate = read_span(fields["estimate"]) if "estimate" in fields else giving.estimate
    box.targets = read_targets(title, row.line, wanted=False)
    return box


def all_boxes(boxes: list[Box]) -> Iterator[Box]:
    """The boxes and those within them."""
    stack = list(reversed(boxes))
    while stack:
        box = stack.pop()
        yield box
        stack.extend(reversed(box.boxes))
