"""Reads who does what, how people are told, what is announced, and by when a bug is fixed."""

from __future__ import annotations

import re

from tminus.importer.draft import Announcement, Bug, Channel, Draft, Role
from tminus.importer.extract_alerts import channels_in, rooms_in
from tminus.importer.extract_common import (
    body,
    cells,
    descend,
    head,
    is_header,
    own_lines,
    parts,
    seen_through,
    sentence,
)
from tminus.importer.page import Block, Kind
from tminus.importer.words_extract import ANNOUNCE_COLUMNS, CHANNEL_COLUMNS, COLUMNS, INSIDE, ROLE_COLUMNS, fold

_ADDRESS = re.compile(
    r"https?://\S|[\w.+-]{1,60}@[\w-]{1,60}\.\w|(?<!\w)[#@][\w.-]+|\+?\d[\d\s()/-]{6,20}\d|(?:[\w-]{1,60}\.){1,5}[a-z]{2,10}\b"
)
_REACHABLE = re.compile(
    r"\+?[\dX][\dX\s()/-]{6,20}|[\w.+-]{1,60}@[\w-]{1,60}\.\w|contact|slack|phone|tel|@|#", re.IGNORECASE
)
_RACI = re.compile(r"(?:[RACISV](?:\s?[/,&+]\s?|\s|$)){1,3}|-|–|—|")
_DUTIES = {"R": "does", "A": "answers for", "C": "is asked about", "I": "is told of", "S": "supports"}
_WHEN = re.compile(
    r"\(([^()]{0,80}?(?:\d|before|after|vor|nach|avant|après|antes|después|prima|dopo|voor|przed|önce)[^()]{0,80})\)|"
    r"\b(T[+-]\s?\d{1,3}\s?[dhwm]?|[JD]\s?[+-]\s?\d{1,3}|Jour J|D-Day|"
    r"\d{1,3}\s(?:days?|weeks?|hours?|Tage?|Wochen?|jours?|semaines?|días?|semanas?|dias?|giorni|settiman[ae]|dagen|weken|dni|gün)"
    r"\s(?:before|after|vorher|danach|avant|après|antes|después|depois|prima|dopo|ervoor|erna|przed|po|önce|sonra)\w*)"
)
_BUG = re.compile(r"(?:(?:P|S|SEV|Sev|Prio|Priority|Priorität|Klasse|Class|Severity)[ -]?(?:\d|[A-D]))\b")
_FIX = re.compile(r"\s(?:-|–|—|→|->|=>)\s|;\s|:\s")


def read_roles(block: Block, draft: Draft) -> None:
    """`Launch Director:` with duties beneath, `Engineering Lead: [contact]`, tables of people, RACI tables."""
    raci: dict[str, Role] = {}

    def visit(one: Block, _: bool) -> bool | None:
        if one.kind is Kind.ROW:
            _role_row(one, raci, draft)
            return None
        if one.kind is Kind.HEADING:
            return _role_heading(one, draft) if one is not block else True
        if one.kind in (Kind.ITEM, Kind.PAIR):
            _role_line(one, draft)
            return None
        return True

    descend(block, True, visit)


def _role_heading(one: Block, draft: Draft) -> bool | None:
    """A heading with a plain list beneath is a role with its duties; one with further headings or roles holds roles."""
    inner = seen_through(one)
    plain = [child for child in inner if child.kind is Kind.ITEM]
    if (
        not plain
        or any(child.kind in (Kind.HEADING, Kind.ROW) for child in inner)
        or 2 * sum(bool(c.label) for c in plain) > len(plain)
    ):
        return True
    duties = [(child.line, sentence(child)) for child in one.walk() if child.kind is Kind.ITEM and sentence(child)]
    draft.roles.append(Role(one.line, head(one), "", duties, lines=own_lines(one)[1:]))
    return None


def _role_line(one: Block, draft: Draft) -> None:
    title, value = (one.label, body(one)) if one.label else (head(one), "")
    bare = value.strip("[]() ")
    duties = [
        (child.line, sentence(child))
        for child in one.walk()
        if child is not one and child.kind in (Kind.ITEM, Kind.PAIR) and sentence(child)
    ]
    contact = ""
    if (
        value.startswith("[")
        or _REACHABLE.search(value)
        or (value and (len(value.split()) <= 4 and value[:1].isupper() and "," not in value))
    ):
        contact = bare
    elif value:
        duties = [(one.line, part) for part in parts(value)] + duties
    if not title or len(title) > 120:
        return
    draft.roles.append(Role(one.line, title, contact, duties, lines=own_lines(one)[1:]))


def _role_row(row: Block, raci: dict[str, Role], draft: Draft) -> None:
    if len(row.header) > 2 and _is_raci(row):
        for name, mark in zip(row.header[1:], row.cells[1:], strict=False):
            if not name.strip() or mark.strip(" -–—") == "":
                continue
            role = raci.get(name)
            if role is None:
                role = raci[name] = Role(row.line, name.strip())
                draft.roles.append(role)
            elif row.line != role.line:
                role.lines.append(row.line)
            says = " and ".join(_DUTIES.get(letter, letter) for letter in re.findall(r"[RACIS]", mark.upper())[:3])
            role.duties.append((row.line, f"{says}: {row.cells[0].strip()}"))
        return
    found = cells(row, ROLE_COLUMNS)
    filled = [cell.strip() for cell in row.cells if cell.strip()]
    title = found.get("title") or (filled[0] if filled else "")
    if not title:
        return
    names = [cell for cell in filled if cell not in found.values()]
    contact = ", ".join(filter(None, [*names[:2], found.get("contact", "")]))
    draft.roles.append(Role(row.line, title, contact, [(row.line, duty) for duty in parts(found.get("duty", ""))]))


def _is_raci(row: Block) -> bool:
    marks = [cell.strip().upper() for cell in row.cells[1:]]
    return bool(marks) and any(marks) and all(_RACI.fullmatch(mark) for mark in marks)


def read_channels(block: Block, draft: Draft) -> None:
    """`Status Page: https://...`, `Slack: #launch`; internal or external from the heading or the label."""

    def visit(one: Block, audience: str) -> str | None:
        if one.kind is Kind.ROW:
            _channel_row(one, audience, draft)
            return None
        if one.kind is Kind.HEADING:
            return INSIDE.find(head(one)) or audience
        if one.kind in (Kind.ITEM, Kind.PAIR):
            _channel(one, audience, draft)
            return None
        if one.kind is Kind.TEXT and (rooms := rooms_in(one.text)):
            draft.channels.extend(Channel(one.line, room, room.rpartition(" ")[2], audience) for room in rooms)
        return audience

    descend(block, INSIDE.find(head(block)), visit)


def _channel(one: Block, audience: str, draft: Draft) -> None:
    lines = own_lines(one)[1:]
    if one.label:
        own = INSIDE.whole(one.label)
        beneath = [child for child in one.children if sentence(child)]
        value = body(one) or ", ".join(sentence(child) for child in beneath)
        lines += [child.line for child in beneath] if not body(one) else []
        draft.channels.append(Channel(one.line, one.label, value, own or audience, lines=lines))
        return
    text = sentence(one)
    if text and len(text) < 200:
        address = found[0] if (found := re.search(r"https?://\S+|[\w.+-]+@[\w.-]+|(?<!\w)[#@][\w.-]+", text)) else ""
        draft.channels.append(
            Channel(one.line, text.replace(address, "").strip(" ()–—-:") or text, address, audience, lines=lines)
        )


def _channel_row(row: Block, audience: str, draft: Draft) -> None:
    found = cells(row, CHANNEL_COLUMNS)
    title = found.get("title") or (row.cells[0] if row.cells else "")
    if not title.strip():
        return
    address = found.get("address") or next((cell for cell in row.cells[1:] if _ADDRESS.search(cell)), "")
    stated = found.get("audience", "")
    draft.channels.append(
        Channel(row.line, title.strip(), address, INSIDE.find(stated) or INSIDE.find(title) or audience)
    )


def read_announcements(block: Block, draft: Draft) -> None:
    """What is told, when and where: item by item, under a heading that may say when (`Launch day`)."""

    def visit(one: Block, when: str) -> str | None:
        if one.kind is Kind.ROW:
            _announcement_row(one, when, draft)
            return None
        if one.kind is Kind.HEADING:
            return head(one) if one is not block and len(head(one)) < 80 and _dated(head(one)) else when
        if one.kind in (Kind.ITEM, Kind.PAIR):
            _announcement(one, when, draft)
            return None
        return when

    descend(block, "", visit)


def _announcement(one: Block, around: str, draft: Draft) -> None:
    text = sentence(one)
    if not text:
        return
    title, when = text, around
    if one.label and (
        _WHEN.search(one.label + " ") or re.match(r"(?:T|J|D|G|Z)\s?[+-]\s?\d", one.label) or _dated(one.label)
    ):
        title, when = body(one) or one.label, one.label
    elif found := _WHEN.search(text):
        when = (found[1] or found[2]).strip()
        title = (text[: found.start()] + text[found.end() :]).strip(" :–—-") or text
    lines = [
        *own_lines(one)[1:],
        *(child.line for child in one.children if child.kind is Kind.ITEM and sentence(child)),
    ]
    channels = channels_in(title) + [
        sentence(child) for child in one.children if child.kind is Kind.ITEM and sentence(child)
    ]
    draft.announcements.append(Announcement(one.line, title, when, channels, lines=lines))


def _dated(label: str) -> bool:
    """Whether a label is a time: `Jour J`, `Launch day`, `Tag 0`, `12 May`, `Monday`."""
    short = fold(label)
    return bool(
        re.search(
            r"\b(?:day|tag|jour|dia|giorno|dag|dzien|gun|before|after|vor|nach|avant|apres|antes|despues|depois|prima|dopo|voor|przed|once|pre|post|week|woche|semaine|semana|launch|monday|tuesday|wednesday|thursday|friday|montag|lundi|lunes)\b|\d",
            short,
        )
    )


def _announcement_row(row: Block, around: str, draft: Draft) -> None:
    found = cells(row, ANNOUNCE_COLUMNS)
    title = found.get("title") or found.get("audience") or (row.cells[0] if row.cells else "")
    if title.strip():
        channels = parts(found.get("channel", "").replace("/", ", "))
        draft.announcements.append(Announcement(row.line, title.strip(), found.get("when", around), channels))


def read_bugs(block: Block, draft: Draft) -> None:
    """`P0: Blocker - Fix immediately`, and tables of priorities."""
    for one in block.walk():
        if one.kind is Kind.ROW:
            _bug_row(one, draft)
        elif one.kind in (Kind.ITEM, Kind.PAIR, Kind.TEXT, Kind.CODE) and (found := _BUG.match(sentence(one))):
            rest = sentence(one)[found.end() :].strip(" :–—-()")
            halves = _FIX.split(rest, maxsplit=1)
            title, fix = halves if len(halves) > 1 else (rest, "")
            draft.bugs.append(Bug(one.line, found[0], title.strip(), fix.strip(), lines=own_lines(one)[1:]))


def _bug_row(row: Block, draft: Draft) -> None:
    if is_header(row) or len(row.cells) < 2:
        return
    found = cells(row, COLUMNS)
    name = next((cell.strip() for cell in row.cells if _BUG.match(cell.strip())), found.get("severity", ""))
    rest = [cell.strip() for cell in row.cells if cell.strip() and cell.strip() != name]
    if name and rest:
        draft.bugs.append(Bug(row.line, name, rest[0] if len(rest) > 1 else "", rest[-1]))
