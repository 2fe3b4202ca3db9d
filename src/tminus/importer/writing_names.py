"""The sections that define names: roles, environments, flags, and the budget's groups."""

from __future__ import annotations

import re

from tminus.importer.draft import Cost, Draft
from tminus.importer.writing_book import Book, filled, noted
from tminus.importer.writing_values import cost, number_text
from tminus.importer.yaml_text import Part, Value

_WORDS = re.compile(r"[^\W_]+")
# Words that say what kind of page it is, and nothing about what is launched.
_COMMON = frozenset(
    [
        "a",
        "an",
        "and",
        "the",
        "of",
        "for",
        "to",
        "in",
        "on",
        "with",
        "plan",
        "plans",
        "planning",
        "launch",
        "release",
        "releases",
        "deployment",
        "deploy",
        "rollout",
        "strategy",
        "sprint",
        "checklist",
        "production",
        "runbook",
        "document",
        "guide",
        "roadmap",
        "readiness",
        "overview",
        "comprehensive",
        "go",
        "live",
        "final",
        "draft",
    ]
)  # fmt: skip
_LONGEST_KEY = 80


def flags(book: Book, draft: Draft) -> None:
    """The flags that the page names, and one for its rollout, named after what is launched."""
    if any(phase.stages for phase in draft.phases):
        words = [word for word in _WORDS.findall(draft.title) if word.lower() not in _COMMON][:4]
        book.flag = book.flags.id_of(" ".join(words) or "release", lambda: {"title": draft.title or "The release"})
    for flag in draft.flags:
        entry = filled({"title": flag.name, "default": "on" if flag.on else ""})
        part = book.part(flag, entry)
        if book.flags.id_of(flag.name, lambda part=part: part) == book.flag:  # type: ignore[misc]
            book.flags.entries[book.flag] = Part(entry, part.lines, flag, part.remark)
        book.keep(flag.notes)


def roles(book: Book, draft: Draft) -> None:
    """The people that the page lists; owners and signers that it does not list come up later."""
    for role in draft.roles:
        entry: dict[str, Value] = {"title": role.title, "people": [role.contact] if role.contact else []}
        duties = [*noted(role.duties), *noted(role.notes)]
        part = book.part(role, filled(entry | {"duties": duties}))
        name = book.roles.id_of(role.title, lambda part=part: part)  # type: ignore[misc]
        known = book.roles.entries[name]
        if known is not part:
            # The same role stands on the page twice: one role with all that is said of it.
            known.lines = (*known.lines, *part.lines)
            for key in ("people", "duties"):
                if part.value.get(key):
                    known.value[key] = [*known.value.get(key, []), *part.value[key]]


def environments(book: Book, draft: Draft) -> None:
    """Where phases happen, and the names of the variables that are needed there; never a value."""
    named = list(dict.fromkeys(phase.environment for phase in draft.phases if phase.environment))
    usual = named[0] if len(named) == 1 else "Production"
    for words in named:
        book.environments.id_of(words)
    seen: dict[tuple[str, str], Part] = {}
    for variable in draft.variables:
        name = book.environments.id_of(variable.environment or usual)
        known = seen.get((name, variable.name))
        if known is not None:
            known.lines = (*known.lines, variable.line)
            continue
        part = seen[name, variable.name] = book.part(variable, variable.name, "secret" if variable.secret else "")
        book.environments.entries[name].setdefault("requires", []).append(part)
        book.keep(variable.notes)


def budget(book: Book, draft: Draft) -> dict[str, Value]:
    """Lines, the sums that the page states for groups, and the sum it states for everything."""
    entry: dict[str, Value] = {"total": "", "per": "", "groups": {}, "lines": []}
    for one in draft.costs:
        text = cost(one)
        if one.low is not None and not text:
            book.doubt(one, "this is no amount of money that a plan can hold")
        if one.kind == "line" or not text:
            entry["lines"].append(_line(book, one, text))
        elif one.kind == "total" and not entry["total"]:
            entry["total"] = book.part(one, text)
            entry["per"] = _per(one)
            book.keep(one.notes)
        elif one.kind == "group" and _key(one) not in entry["groups"]:
            entry["groups"][_key(one)] = book.part(one, text)
            book.keep(one.notes)
        else:
            book.doubt(one, "a second sum of the same: kept as a note")
            book.notes += [book.part(one, f"{one.title}: {text}"), *noted(one.notes)]
    return filled(entry)


def _line(book: Book, one: Cost, text: str) -> Value:
    notes: list[Value] = noted(one.notes)
    if one.low is not None and not text:
        notes.append(f"Cost: {number_text(one.low)} {one.currency}".strip())
    if one.per and not _per(one):
        notes.append(f"Per {one.per}")
    entry: dict[str, Value] = {"title": one.title, "group": one.group, "cost": text, "per": _per(one)}
    if one.times != 1 and one.times > 0:
        entry["times"] = int(one.times) if one.times == int(one.times) else one.times
    return book.part(one, {"title": one.title} | filled(entry | {"notes": notes}))


def _per(one: Cost) -> str:
    return one.per if one.per in ("month", "year") else ""


def _key(one: Cost) -> str:
    return " ".join((one.group or one.title).replace("<<", "").split())[:_LONGEST_KEY] or "group"
