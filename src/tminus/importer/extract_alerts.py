"""Reads alert rules: lists by severity, objects, Prometheus rules, tables, sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tminus.importer.draft import Alert, Draft, Target
from tminus.importer.evidence_lamps import lamps_of
from tminus.importer.extract_common import (
    Found,
    cells,
    descend,
    fields,
    flow_list,
    head,
    lines_of,
    own_lines,
    parts,
    sentence,
)
from tminus.importer.extract_reading import severity_in, span_in, targets_in
from tminus.importer.page import Block, Kind
from tminus.importer.target_served import spelled_out
from tminus.importer.words_extract import ALERT_KEYS, CHANCES, CHANNEL_NAMES, COLUMNS, SEVERITY_HEADS, fold

_DIGIT = re.compile(r"\d")
_ARROW = re.compile(r"\s(?:->|→|=>|⇒|➔|➜|—>|⟶)\s*")
_VIA = re.compile(
    r"[\s,(](?:via|by|through|to|using|über|per|an|par|sur|por|en|tramite|su|przez|na|op|ile|üzerinden)\s+(?=[#@\w])",
    re.IGNORECASE,
)
_ROOM = re.compile(r"(?<![\w&])[#@][A-Za-zÀ-ÿ][\w.-]{1,60}")
_LEADING_LEVEL = re.compile(r"[\[(]?((?:p|sev|s)[ -]?[0-5])[\])]?(?=[\s:.–—-])\s*[:.–—-]?\s*", re.IGNORECASE)
_TELLING = re.compile(
    r"\b(?:alert|alarm|page|notify|warn|wake|ping|benachrichtig|alarmier|alert[ae]|pr[ée]ven|avis|notif|powiadom|bildir|uyar|waarschuw|meld)",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    r"(?:(?:page|alert|notify|warn|wake|ping|tell)\s(?:[\w@#/-]+\s){0,4}?(?:if|when|once)\s|(?:if|when|wenn|falls|si|quand|cuando|quando|se|als|"
    r"wanneer|jeśli|gdy|eğer)\s)",
    re.IGNORECASE,
)


@dataclass(slots=True, frozen=True)
class _Around:
    """What headings say of what is beneath them."""

    severity: str = ""
    channels: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()


def read_alerts(block: Block, draft: Draft) -> None:
    """Every alert of a section. One without a number has no target."""
    start = len(draft.alerts)
    descend(block, _Around(), lambda one, around: _visit(one, around, draft, one is block))
    for alert in draft.alerts[start:]:
        alert.lines = sorted({*alert.lines} - {alert.line})


def _visit(one: Block, around: _Around, draft: Draft, first: bool) -> _Around | None:
    if one.kind is Kind.ROW:
        _row(one, around, draft)
        return None
    if (not first or one.kind is not Kind.HEADING) and not _is_graded(one):
        found = fields(one, ALERT_KEYS)
        if is_condition(found):
            _object(one, found, around, draft)
            return None
    if one.kind is Kind.HEADING or (one.children and _only_heads(one)):
        return _heading(one, around)
    if lamps := lamps_of(one):
        for lamp in lamps:
            _line(lamp, around, draft)
        return None
    if _is_no_alert(one):
        return None
    if one.kind in (Kind.ITEM, Kind.PAIR) or _sentence_alerts(one):
        _line(one, around, draft)
        return None
    return around


def _is_graded(one: Block) -> bool:
    """`Warnung: Akku < 25 % → Teams`: a severity and its condition, and no key with a threshold."""
    plain = one.fence is None and not one.children and bool(one.label)
    return plain and bool(_WHOLE_CONDITION.match(one.value)) and bool(_severity_of_head(one.label))


def _only_heads(one: Block) -> bool:
    """Whether an item says nothing itself and heads a list, or is an entry of a file that holds further lists."""
    if one.fence is not None and any(child.kind is Kind.HEADING and child.children for child in one.children):
        return True
    return not one.value and not _DIGIT.search(one.text)


def _is_no_alert(one: Block) -> bool:
    """A task to set alerts up, a lone key of a file, and a fact about alerting (`Tool: Grafana`) are none."""
    if _DIGIT.search(one.text):
        return (
            one.fence is not None
            and one.kind is Kind.PAIR
            and bool(ALERT_KEYS.whole(one.label))
            and not first_target(one.text, one.line)
        )
    if one.checked is not None:
        return True
    if one.label and (CHANNEL_NAMES.whole(one.label) or ALERT_KEYS.whole(one.label) == "channels"):
        return True
    return one.kind is Kind.PAIR and not _severity_of_head(one.label) and not _LEADING_LEVEL.match(one.text)


def _sentence_alerts(one: Block) -> bool:
    """A sentence in prose is an alert only if it says that somebody is told about a number."""
    return (
        one.kind is Kind.TEXT
        and is_one_sentence(one.text)
        and bool(_DIGIT.search(one.text))
        and bool(_TELLING.search(one.text))
        and bool(targets_in(one.text, one.line))
    )


def is_one_sentence(text: str) -> bool:
    """Whether a line is one sentence of a rule's length: an essay has numbers too."""
    return len(text) < 240 and ". " not in text


def _heading(one: Block, around: _Around) -> _Around:
    """`Critical Alerts:`, `High priority (PagerDuty, within 5 minutes)`; other headings leave the severity as it is."""
    text = head(one)
    severity = _severity_of_head(text)
    channels = tuple(channels_in(text)) or around.channels
    if not severity:
        return replace(around, channels=channels) if channels != around.channels else around
    return _Around(severity, channels, (*around.lines[:3], one.line))


def _severity_of_head(text: str) -> str:
    """The severity that a label names and little else: `High Priority`, `Info alerts`, `P2`; not `High CPU usage`."""
    short = fold(text.split("(")[0].split(" - ")[0].split("–")[0][:80])
    words = re.findall(r"[\w-]+", short)
    if not words or len(words) > 6:
        return ""
    known = [SEVERITY_HEADS.whole(word) for word in words]
    if "severe" not in known or not all(known):
        return ""
    return severity_in(text) or _plain_severity(words) or CHANCES.find(short)


def _plain_severity(words: list[str]) -> str:
    if "page" in words:
        return "critical"
    return "info" if "notice" in words else ""


def is_condition(found: dict[str, Found]) -> bool:
    """Whether the fields of an object make a rule: a threshold, or a name with what an alert has."""
    condition = bool({"threshold", "above", "below"} & found.keys()) or {"op", "value"} <= found.keys()
    return condition or ("name" in found and bool({"severity", "lasting", "channels"} & found.keys()))


def _object(one: Block, found: dict[str, Found], around: _Around, draft: Draft) -> None:
    """`errorRate: { threshold: '> 1%', duration: '5 minutes', channels: [...] }` and everything of that shape."""
    name = found["name"].value if "name" in found else head(one) if not one.text.startswith("{") else ""
    text, target = condition(found, name, one.line)
    lasting = span_in(found["lasting"].value) if "lasting" in found else ""
    channels = _members(found["channels"]) if "channels" in found else list(around.channels)
    severity = severity_in(found["severity"].value) if "severity" in found else around.severity
    lines = [*lines_of(found, one.line), *around.lines, *own_lines(one)]
    draft.alerts.append(Alert(one.line, text, severity, target, lasting or _lasting(target), channels, lines=lines))


_SIGNS = {"gt": ">", "ge": ">=", "gte": ">=", "lt": "<", "le": "<=", "lte": "<=", "eq": "=", "above": ">", "below": "<"}


def _sign(operator: str) -> str:
    """`gt`, `GreaterThanThreshold` or `>` as a sign."""
    short = operator.strip().lower()
    if "than" in short:
        return (">" if "great" in short else "<") + ("=" if "equal" in short else "")
    return _SIGNS.get(short, short)


_WHOLE_CONDITION = re.compile(r"[^<>=≤≥]{0,200}[^\W\d]{3}[^<>=≤≥]{0,80}[<>=≤≥]")


def condition(found: dict[str, Found], name: str, line: int) -> tuple[str, Target | None]:
    """The words and the number of an object's condition, whatever its keys are called."""
    signs = {"threshold": "", "above": "> ", "below": "< "}
    if "op" in found and (number := found.get("value") or found.get("threshold")):
        signs, found = {"value": _sign(found["op"].value) + " "}, {"value": number}
    key = next((key for key in signs if key in found), "")
    if not key:
        return name, None
    written = signs[key] + found[key].value
    if _WHOLE_CONDITION.match(written) and (own := _compared(written, line) or targets_in(written, line)):
        return f"{name}: {written}" if name and fold(name) not in fold(written) else written, _as_share(own[0])
    targets = targets_in(written, line, label=name) if name else targets_in(written, line)
    return f"{name} {written}".strip(), targets[0] if targets else None


def _as_share(target: Target) -> Target:
    """`error_rate > 0.01` of a monitoring system means 1 %, which is what people say."""
    if (
        not target.unit
        and 0 < target.number < 1
        and re.search(r"\b(?:rate|ratio|share|fraction)\b", target.metric.lower())
    ):
        target.doubt = f"{target.number:g} is read as {target.number * 100:g} %"
        target.number, target.unit = round(target.number * 100, 9), "%"
    return target


_COMPARED = re.compile(r"(.*?[^<>=!\s])\s*(<=|>=|==|<|>)\s*([\d.]{1,20})\s*(?:and\b.*)?$", re.DOTALL)
_SUFFIXES = {
    "seconds": "s",
    "milliseconds": "ms",
    "ms": "ms",
    "percent": "%",
    "minutes": "min",
    "hours": "h",
    "days": "d",
}


def _compared(expression: str, line: int) -> list[Target]:
    """`handshake_p95_seconds > 0.4`: an expression of a monitoring system. Its last word may be the unit."""
    found = _COMPARED.match(expression[:500]) if "_" in expression else None
    if not found:
        return []
    words = [word for word in re.split(r"[\W_]+", found[1]) if word]
    unit = _SUFFIXES.get(words[-1].lower(), "") if words else ""
    name = " ".join(words[:-1] if unit else words)
    return targets_in(f"{found[2]} {found[3]}{unit}", line, label=name) if name else []


def _members(found: Found) -> list[str]:
    if found.many:
        return [text for _, text in found.many]
    return channels_in(found.value) if _ROOM.search(found.value) and "[" not in found.value else flow_list(found.value)


def _row(row: Block, around: _Around, draft: Draft) -> None:
    found = cells(row, COLUMNS)
    stated = found.get("severity", "")
    severity = severity_in(stated) if stated else around.severity
    text, target = condition_in_row(row, found)
    if not text:
        return
    lasting = span_in(found.get("lasting", "")) or _lasting(target)
    told = found.get("channels", "") or found.get("action", "") or found.get("mitigation", "")
    channels = _cell_channels(found["channels"]) if "channels" in found else channels_in(told) or _last_channels(row)
    draft.alerts.append(
        Alert(row.line, text, severity, target, lasting, channels or list(around.channels), lines=list(around.lines))
    )


def condition_in_row(row: Block, found: dict[str, str]) -> tuple[str, Target | None]:
    """Metric and threshold of a row; where the columns are not told, the first two cells."""
    metric, threshold = found.get("metric") or found.get("risk", ""), found.get("threshold", "")
    if not _DIGIT.search(threshold):
        metric, threshold = _by_cells(row, found, metric, threshold)
    if not metric and not threshold:
        filled = [cell for cell in row.cells if cell.strip()]
        metric, threshold = (filled[0], filled[1] if len(filled) > 1 else "") if filled else ("", "")
    threshold = "" if threshold.strip() in ("-", "–", "—", "any", "n/a") else threshold
    text = f"{metric} {threshold}".strip()
    if not _DIGIT.search(threshold or metric):
        return text, None
    own = targets_in(threshold, row.line) if _WHOLE_CONDITION.match(threshold) else []
    targets = own or (threshold and metric and targets_in(threshold, row.line, label=metric))
    targets = targets or targets_in(text, row.line)
    if targets and not targets[0].unit and not re.search(r"[<>=≤≥]", text) and len(threshold.split()) > 1:
        return text, None  # `1 report` says neither above nor below
    return text, targets[0] if targets else None


def _last_channels(row: Block) -> list[str]:
    """The channels of the last cell, where no column is named for them and the cell holds nothing else."""
    last = row.cells[-1].strip() if len(row.cells) > 2 else ""
    return channels_in(last) if last and len(last.split()) < 5 and not _DIGIT.search(last) else []


_SIGNED = re.compile(r"[<>≤≥]\s?=?\s?[$€£]?\s?\d")


def _by_cells(row: Block, found: dict[str, str], metric: str, threshold: str) -> tuple[str, str]:
    """Metric and threshold where no column is named for the threshold: the cell with a comparison, and the first that names."""
    signed = next((cell.strip() for cell in row.cells if _SIGNED.search(cell) and cell.strip() != metric), "")
    if not signed:
        return metric, threshold
    taken = {signed, *(found.get(name, "") for name in ("severity", "channels", "lasting"))}
    named = (cell.strip() for cell in row.cells if cell.strip() not in taken and re.search(r"[^\W\d_]{3}", cell))
    return metric if metric and metric != signed else next(named, ""), signed


def _cell_channels(text: str) -> list[str]:
    return channels_in(text) or [part for part in parts(text.replace("/", ", ")) if part not in ("-", "–", "—")]


def _line(one: Block, around: _Around, draft: Draft) -> None:
    """`High Priority: Error rate > 0.5%, Response time > 3s`, `P2 queue age > 6 min for 5 min`, `Service downtime`."""
    severity = _severity_of_head(one.label) if one.label else ""
    text = one.value if severity else sentence(one)
    if not severity and (level := _LEADING_LEVEL.match(text)):
        severity, text = severity_in(level[1]), text[level.end() :]
    told = _ARROW.split(text, maxsplit=1)
    text = told[0].strip()
    channels = channels_in(told[1]) if len(told) > 1 else channels_after(text)
    if len(told) > 1 and not channels:
        channels = parts(told[1])[:8]
    if not channels and one.label and not severity and first_target(one.label, one.line):
        channels, text = channels_in(one.value), one.label if channels_in(one.value) else text
    if severity or one.label:
        channels = channels or channels_in(one.label if severity or "(" in one.label else "")
    lines = [*around.lines, *own_lines(one)]
    split = bool(severity or one.label)
    for piece, target in _conditions(text, one.line) if split else [(text, first_target(text, one.line))]:
        lasting = _lasting(target) or _for(piece)
        told_to = channels or list(around.channels)
        severe = severity or around.severity
        draft.alerts.append(Alert(one.line, piece, severe, target, lasting, told_to, lines=lines))


def _conditions(text: str, line: int) -> list[tuple[str, Target | None]]:
    """`Error rate > 0.5%, Response time > 3s` as two; a list in which not every part is a condition stays one."""
    if "; " in text:
        return [one for piece in text.split("; ") for one in _conditions(piece.strip(), line)]
    pieces = parts(text)
    read = [(piece, first_target(piece, line)) for piece in pieces]
    if len(pieces) < 2:
        return [(text, read[0][1] if read else None)]
    if all(target for _, target in read) or not any(_DIGIT.search(piece) for piece in pieces):
        return read
    return [(text, first_target(text, line))]


def first_target(text: str, line: int) -> Target | None:
    """The first number that a condition names; `page us if` before it is no part of the metric."""
    if not _DIGIT.search(text) and not _DIGIT.search(text := spelled_out(text)):
        return None
    bare = _PREFIX.sub("", text, count=1) if _PREFIX.match(text) else text
    targets = targets_in(bare, line)
    return targets[0] if targets else None


def _lasting(target: Target | None) -> str:
    return (target.lasting or target.over) if target else ""


def _for(text: str) -> str:
    found = re.search(
        r"\b(?:for|während|pendant|durante|por|per|gedurende|przez|boyunca)\s+(?:the\s+)?(\d[^,;()]{0,30})",
        text,
        re.IGNORECASE,
    )
    if found or not re.search(r"\d\s?[^\W\d_]{1,9}$", text) or re.search(r"[<>=≤≥%]", text):
        return span_in(found[1]) if found else ""
    return span_in(text)  # `registry unreachable 5 min`


def channels_in(text: str) -> list[str]:
    """Rooms (`#ops`) and ways to tell people (PagerDuty, email, SMS) that a text names, in its order."""
    names = CHANNEL_NAMES.all(_ROOM.sub(" ", text)) if _ROOM.search(text) else CHANNEL_NAMES.all(text)
    rooms = rooms_in(text)
    taken = {room.split(" ")[0] for room in rooms}
    return list(dict.fromkeys([*(name for name in names if name not in taken), *rooms]))


def rooms_in(text: str) -> list[str]:
    """`Slack #ops`. A room without the name of a chat is taken for one of Slack, whose sign it is; `@anna` stays."""
    found: list[str] = []
    chat = ""
    at = 0
    for room in _ROOM.finditer(text[:1000]):
        named = CHANNEL_NAMES.all(text[at : room.start()])
        chat = next((name for name in reversed(named) if name in _CHATS), chat)
        found.append(f"{chat or 'Slack'} {room[0]}" if room[0].startswith("#") else room[0])
        at = room.end()
    return found


_CHATS = frozenset(("Slack", "Teams", "Discord", "Mattermost", "Telegram", "chat"))


def channels_after(text: str) -> list[str]:
    """Channels that are named after `via`, `to` or `by`; a channel's name elsewhere may be what the alert is about."""
    found = list(_VIA.finditer(text[:1000]))
    for mark in found:
        rest = text[mark.end() : mark.end() + 80]
        if names := channels_in(rest):
            return names
    return []
