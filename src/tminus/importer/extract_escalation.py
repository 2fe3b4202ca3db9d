"""Reads who is called when an incident lasts, and the tiers of support."""

from __future__ import annotations

import itertools
import re

from tminus.importer.draft import Draft, Level
from tminus.importer.evidence_legs import read_legs
from tminus.importer.extract_common import body, cells, descend, head, own_lines, sentence
from tminus.importer.extract_reading import minutes_in
from tminus.importer.page import Block, Kind
from tminus.importer.words_extract import LEVEL_COLUMNS, LEVEL_WORDS, fold

_TIMED = re.compile(
    r"\bT\s?\+\s?\d|\d{1,4}\s?\+?\s?(?:-|–|to|bis|à|a|até|do|tot|ile)?\s?\d{0,4}\s?\+?\s?(?:min|m\b|h\b|hour|stund|heure|hora|ore\b|uur|godz|saat|dk|dak|sec|s\b)",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s(?:->|→|=>|–|—|-)\s|:\s|\s{3,}|\t")
_AT_ONCE = re.compile(
    r"(?:at once|immediate\w*|straight ?away|right away|first|sofort|zuerst|tout de suite|imm[eé]diat\w*|d['’]abord|enseguida|"
    r"de inmediato|primero|de imediato|imediat\w*|subito|prima|meteen|direct|eerst|od razu|natychmiast|hemen)",
    re.IGNORECASE,
)
_LONGER = re.compile(
    r"(?:longer|later|after that|beyond(?: that)?|and then|then|still nothing|länger|danach|später|dann|"
    r"ensuite|après|plus longtemps|"
    r"después|luego|más tarde|depois|mais tarde|dopo|poi|più tardi|daarna|langer|later|potem|dłużej|sonra|daha uzun)",
    re.IGNORECASE,
)
_HOURS = (
    (re.compile(r"\b(?:a|the first|first)?\s?quarter of an hour\b", re.IGNORECASE), "0-15 min"),
    (re.compile(r"\b(?:the first|first)\s?half(?: an)? hour\b", re.IGNORECASE), "0-30 min"),
    (re.compile(r"\b(?:the first|first) hour\b", re.IGNORECASE), "0-60 min"),
    (
        re.compile(
            r"\bhalf an hour\b|\beiner halben stunde\b|\bune demi-heure\b|\bmedia hora\b|\bmeia hora\b|"
            r"\bmezz'ora\b",
            re.I,
        ),
        "30 min",
    ),
    (
        re.compile(
            r"\ban hour\b|\beiner stunde\b|\bune heure\b|\buna hora\b|\buma hora\b|\bun'ora\b|"
            r"\been uur\b",
            re.IGNORECASE,
        ),
        "60 min",
    ),
)
_NEXT_TIME = re.compile(r"\s+(?=\d{1,3}\s?(?:[-–+]|to|bis|à|a)\s?\d{0,3}\s?(?:min|h\b|m\b))")
_WHO_FIRST = re.compile(  # `Secondary, after 8 minutes`
    r"([^,:()]{2,60}), ((?:after|from|nach|ab|après|tras|após|dopo|na|po)\s\d[^,:()]{1,20}|[^\d,:()]{4,20})"
    r"(?:\s\(.{0,80}\))?\.?",
    re.IGNORECASE,
)
_OFFSETS = re.compile(r"\s?[·•|;,]\s+(?=T\s?\+\s?\d)", re.IGNORECASE)
_OFFSET = re.compile(r"T\s?\+\s?(\d{1,4})\s?(min\w*|m|h)?\b[:,]?\s+(\D{2,60})", re.IGNORECASE)
_UNTIL = ("up to", "until ", "till ", "bis ", "jusqu", "hasta ", "ate ", "fino ", "tot ", "do ")
_MINUTES_FIRST = re.compile(
    r"(?:T\s?\+\s?)?\d{1,3}\s?(?:(?:[-–]|to|bis|à|a)\s?\d{1,3}\s?)?\+?\s?(?:minutes|min|m|hours|h)\b\.?\s+"
)
_BRACKET = re.compile(r"\(([^()]{3,30})\)$")
_ENOUGH = 200  # characters of a label; longer ones are sentences


def read_escalation(block: Block, draft: Draft) -> None:
    """Levels of escalation with who is called, and from and until which minute; tiers of support, which mix with them."""
    start = len(draft.escalation)
    _levels(block, draft)
    _close_gaps(draft.escalation[start:])


def _levels(block: Block, draft: Draft) -> None:
    def visit(one: Block, around: bool) -> bool | None:
        if one.kind is Kind.ROW:
            _level_row(one, draft)
            return None
        if one.kind is Kind.HEADING and (one is block or not _is_level(head(one))):
            return around
        if one.kind in (Kind.TEXT, Kind.ITEM, Kind.PAIR) and not one.children and (legs := _legs(one)):
            draft.escalation.extend(legs)
            return None
        if one.kind in (Kind.ITEM, Kind.PAIR, Kind.HEADING) or (
            one.kind is Kind.TEXT and (_is_level(one.text) or _TIMED.match(one.text))
        ):
            before = len(draft.escalation) + len(draft.tiers)
            for piece in _lines_of_text(one):
                _level(piece, draft)
            return None if len(draft.escalation) + len(draft.tiers) > before else around
        return around

    descend(block, True, visit)


def _legs(one: Block) -> list[Level]:
    """The levels of a chain that is told in one line; a paragraph with a line for each level is none."""
    if len(_lines_of_text(one)) > 1:
        return []
    text = _spelled(sentence(one))
    legs = _offsets(text, one.line) or read_legs(text, one.line)
    for leg in legs:
        leg.lines = own_lines(one)[1:]
    return legs


def _offsets(text: str, line: int) -> list[Level]:
    """`T+0 first on-call · T+15 second on-call · T+40 director`; empty for other lines."""
    found = [_OFFSET.fullmatch(part.strip(" .")) for part in _OFFSETS.split(text[:800])]
    legs = [
        Level(line, one[3].strip(), one[3].strip(), float(one[1]) * (60 if (one[2] or "").lower() == "h" else 1), None)
        for one in found
        if one is not None
    ]
    return legs if len(legs) == len(found) > 1 else []


def _lines_of_text(one: Block) -> list[Block]:
    """The lines of a paragraph that begins each of them with minutes (`5-20 min Noor`), or the block itself."""
    if one.kind is not Kind.TEXT or one.last <= one.line:
        return [one]
    pieces = [piece for piece in _NEXT_TIME.split(one.text[:2000]) if piece.strip()]
    if len(pieces) != one.last - one.line + 1:
        return [one]
    return [Block(Kind.TEXT, one.line + at, piece.strip(), one.line + at) for at, piece in enumerate(pieces)]


def _is_level(text: str) -> bool:
    """Whether a text begins with `Level 2`, `L2`, `Tier 1`, `Stufe 3`, `2. Ebene`."""
    words = re.findall(r"[\w+]+", text[:40])[:2]
    return (
        bool(words)
        and any(LEVEL_WORDS.whole(word) for word in words)
        and bool(re.search(r"\d|\b[IVX]{1,4}\b", text[:40]))
    )


def _level(one: Block, draft: Draft) -> bool:
    text = _spelled(sentence(one))
    label, who = _spelled(one.label) or (head(one) if one.kind is Kind.HEADING else ""), body(one)
    if not label or len(label) > _ENOUGH:
        split = _SPLIT.search(text[:_ENOUGH])
        if split:
            label, who = text[: split.start()].strip(), text[split.end() :].strip()
        elif first := _MINUTES_FIRST.match(text):
            label, who = text[: first.end()].strip(), text[first.end() :].strip()
        elif (last := _WHO_FIRST.fullmatch(text[:200])) and (minutes_in(last[2]) or _AT_ONCE.fullmatch(last[2])):
            label, who = last[2].strip(), last[1].strip()
    timed = bool(_TIMED.search(label or text[:_ENOUGH]))
    if not timed and label and who and _told_in_words(one, label, who, draft):
        return True
    if not timed and not _is_level(label or text):
        return False
    span = minutes_in(label or text[:_ENOUGH]) or (
        minutes_in(who[:_ENOUGH]) if not timed and _TIMED.search(who[:_ENOUGH]) else None
    )
    if span is not None and span[1] is None and fold(label).startswith(_UNTIL):
        span = (draft.escalation[-1].until or 0.0 if draft.escalation else 0.0, span[0])
    lines = own_lines(one)[1:]
    if not who:
        inner = [child for child in one.children if child.kind in (Kind.ITEM, Kind.PAIR, Kind.TEXT) and sentence(child)]
        span = span or next(
            (found for child in inner if _TIMED.search(child.text) and (found := minutes_in(child.text))), None
        )
        named = [child for child in inner if LEVEL_COLUMNS.whole(child.label) == "who"] or inner
        who = ", ".join(body(child) or sentence(child) for child in named)
        lines += [child.line for child in inner]
    who = who or (text if not label else "")
    since, until = span or (None, None)
    level = Level(one.line, _title(label or text), who.rstrip(",; "), since, until, lines=lines)
    tier = fold(level.title).startswith(("tier", "support tier"))
    (draft.tiers if tier and since is None else draft.escalation).append(level)
    return True


_OVER = re.compile(r"\buntil (?:the|an) hour is (?:over|up)\b", re.IGNORECASE)


def _spelled(text: str) -> str:
    """`half an hour` as `30 min`."""
    if text and "o" in text[:_ENOUGH].lower():
        text = _OVER.sub("until 60 min", text, count=1)
        for words, minutes in _HOURS:
            text = words.sub(minutes, text, count=1) if len(text) < _ENOUGH * 2 else text
    return text


def _told_in_words(one: Block, label: str, who: str, draft: Draft) -> bool:
    """`At once: kitchen lead` begins, `longer: the director` follows the level before it."""
    since: float | None = None
    if _AT_ONCE.fullmatch(label.strip()) or (
        (inside := _BRACKET.search(label[-40:])) and _AT_ONCE.fullmatch(inside[1])
    ):
        since = 0.0
    elif _LONGER.fullmatch(label.strip()) and draft.escalation:
        since = draft.escalation[-1].until
    else:
        return False
    draft.escalation.append(Level(one.line, label.strip(), who.rstrip(",; "), since, None, lines=own_lines(one)[1:]))
    return True


def _title(label: str) -> str:
    """`Level 1 (0-5 min)` without its minutes; a label of minutes only stays as it is."""
    bare = re.sub(r"\([^()]*\)", "", label).strip(" :–—-")
    return bare or label


def _level_row(row: Block, draft: Draft) -> None:
    found = cells(row, LEVEL_COLUMNS)
    number = found.get("level", "")
    who = found.get("who", "")
    if not who:
        taken = set(found.values())
        who = next(
            (
                cell
                for cell in row.cells
                if cell.strip() and cell.strip() not in taken and re.search(r"[^\W\d_]{3}", cell)
            ),
            "",
        )
    since = until = None
    if "since" in found or "until" in found:
        begin, end = minutes_in(found.get("since", "")), minutes_in(found.get("until", ""))
        since = begin[0] if begin else None
        until = (end[0] if end[0] else end[1]) if end else None
    if since is None and (span := minutes_in(_timed(row, found.get("time", "")) or found.get("level", ""))):
        since, until = span[0], span[1] if until is None else until
    if not who and not number:
        return
    if since is None and until is None:
        since, until = _waited(row, found.get("wait", ""), draft)
    title = f"Level {number}" if re.fullmatch(r"\d{1,2}", number) else number
    draft.escalation.append(Level(row.line, title or who, who, since, until))


def _timed(row: Block, cell: str) -> str:
    """A cell with its column's unit: `10 - 30` under `Minutes` is minutes."""
    if not cell or not re.match(r"\d", cell) or re.search(r"\d\s?[^\W\d_]", cell.replace("to", "").replace("and", "")):
        return cell
    return f"{cell.split(' and')[0]} min" if any(fold(name).startswith("min") for name in row.header) else cell


def _waited(row: Block, cell: str, draft: Draft) -> tuple[float | None, float | None]:
    """From and until when, where a column says how long each is given: the times add up row by row."""
    before = draft.escalation[-1] if draft.escalation and draft.escalation[-1].line == row.line - 1 else None
    wait = minutes_in(cell)
    since = before.until if before is not None else 0.0 if wait else None
    if since is None or wait is None:
        return since, None
    return since, since + (wait[1] if wait[1] is not None else wait[0] or 0.0)


def _close_gaps(levels: list[Level]) -> None:
    """A level without an end lasts until the next begins, where the page says when that is."""
    for level, after in itertools.pairwise(levels):
        if level.since is not None and level.until is None and after.since is not None and after.since > level.since:
            level.until = after.since
