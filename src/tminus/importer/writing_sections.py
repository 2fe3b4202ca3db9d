"""What stands around the phases: what is measured and told, what it costs, what may go wrong, what is done again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tminus.importer.draft import Alert, Draft, Level, Procedure, Recovery, Routine, Target, Trigger, Understood
from tminus.importer.metric_names import metric_id
from tminus.importer.writing_book import Book, filled, noted
from tminus.importer.writing_phases import besides, in_words
from tminus.importer.writing_values import (
    ROUTINE_TIMES,
    Names,
    duration,
    minutes,
    severity,
    slug,
    start,
    weektime,
)
from tminus.importer.yaml_text import Part, Value

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")
_LEVELS = ("low", "medium", "high", "critical")
NEEDS_NUMBER = "it names no number, so that nothing can watch it: kept under `later`"


def rollback(book: Book, triggers: Iterable[Trigger]) -> dict[str, Value]:
    """Triggers with a number start a rollback; those without are kept beside."""
    when: list[Value] = []
    for trigger in triggers:
        text = book.criterion(trigger.target) if trigger.target else ""
        if text:
            when.append(book.part(trigger, text, besides(trigger.target) if trigger.target else ""))
            place_of(book, trigger.target, when)
        else:
            book.doubt(trigger, NEEDS_NUMBER)
            book.put_later("rollback-triggers", book.part(trigger, trigger.text))
        _keep_notes(book, trigger)
    return {"when": when} if when else {}


def place_of(book: Book, target: Target | None, members: list[Value]) -> None:
    """A number inside an alert or a trigger stands where that stands."""
    if target is not None and target.notes:
        book.keep(target.notes)
    if target is not None and target.doubt:
        members[-1].remark = "; ".join(filter(None, (members[-1].remark, f"uncertain: {target.doubt}")))
        book.doubt(target, target.doubt)


def alerts(book: Book, found: Iterable[Alert]) -> list[Value]:
    """Alerts with a number are watched; those without are kept beside."""
    members: list[Value] = []
    for alert in found:
        notify = list(dict.fromkeys(role for words in alert.channels for role in book.people(words)))
        text = book.criterion(alert.target) if alert.target else ""
        if not text:
            book.doubt(alert, NEEDS_NUMBER)
            channels = [words for words in alert.channels if words.strip()]
            entry = {"alert": alert.text, "severity": alert.severity, "for": alert.lasting, "channels": channels}
            book.put_later("alerts", book.part(alert, filled(entry)))
        else:
            loud = severity(alert.severity)
            entry = {
                "title": alert.text,
                "severity": loud,
                "when": text,
                "for": "" if " for " in text or _is_window(alert) else duration(alert.lasting),
                "notify": notify,
            }
            members.append(book.part(alert, filled(entry), besides(alert.target) if alert.target else ""))
            place_of(book, alert.target, members)
        _keep_notes(book, alert)
    return members


def _is_window(alert: Alert) -> bool:
    """Whether the time of an alert is the window of its value, which its criterion has already."""
    return alert.target is not None and bool(alert.target.over) and alert.target.over == alert.lasting


def kpis(book: Book, targets: Iterable[Target]) -> list[Value]:
    """Targets that belong to no phase: measured and shown, and nothing waits for them."""
    members: list[Value] = []
    for target in targets:
        text = book.criterion(target)
        if not text:
            book.doubt(target, "the plan language has no words for this target")
            book.notes += [book.part(target, in_words(target)), *noted(target.notes)]
            continue
        extra = [target.condition, f"of {target.audience}" if target.audience else ""]
        entry = {
            "that": text,
            "group": target.group,
            "by": target.by,
            "notes": [*(one for one in extra if one), *noted(target.notes)],
        }
        members.append(book.part(target, filled(entry)))
    return members


def measures(book: Book, draft: Draft) -> None:
    """Metrics that are watched without a number: they are defined, or, where they are known already, kept as notes."""
    for line, name, group in draft.measures:
        if not book.measure(metric_id(name), name, line):
            book.keep([(line, f"{group}: {name}" if group else name)])


def escalation(book: Book, draft: Draft) -> list[Value]:
    """Levels by their minutes; the tiers of support, which have none, are kept beside."""
    for tier in draft.tiers:
        entry = {"title": tier.title, "who": tier.who, **_minutes(tier)}
        book.put_later("support-tiers", book.part(tier, filled(entry | {"notes": noted(tier.notes)})))
    members = []
    for level in draft.escalation:
        notify = book.people(level.who) if level.who else []
        entry = {"title": level.title, **_minutes(level), "notify": notify, "notes": noted(level.notes)}
        members.append(book.part(level, filled(entry) or {"title": "Level"}))
    return members


def _minutes(level: Level) -> dict[str, Value]:
    found = {"after": level.since, "until": level.until}
    return {key: minutes(number) for key, number in found.items() if number is not None and 0.05 <= number < 1e7}


def runbooks(book: Book, procedures: Iterable[Procedure]) -> dict[str, Value]:
    """What people do, step by step."""
    names = Names("runbook")
    for one in procedures:
        kind = one.kind if one.kind in ("rollback", "incident", "contingency") else "incident"
        notes: list[Value] = noted(one.notes)
        if one.within and not duration(one.within):
            notes.append(f"Within {one.within}")
        entry = {"title": one.title, "kind": kind, "within": duration(one.within)}
        names.add(one.title, book.part(one, filled(entry | {"do": noted(one.steps), "notes": notes})))
    return names.entries


def recovery(book: Book, found: Iterable[Recovery]) -> Value:
    """One recovery from all that the page says; what says it otherwise is kept as a note."""
    entry: dict[str, Value] = {}
    notes: list[Value] = []
    sources = list(found)
    for one in sources:
        for key, text in (("rto", one.rto), ("rpo", one.rpo), ("every", one.every)):
            if text and duration(text) and key not in entry:
                entry[key] = Part(text, (one.line, *one.lines), one, f"uncertain: {one.doubt}" if one.doubt else "")
            elif text:
                words = {"rto": "RTO", "rpo": "RPO", "every": "Backup every"}[key]
                notes.append(Part(f"{words} {text}", (one.line,), one))
        notes += noted(one.notes)
        if one.doubt:
            book.doubt(one, one.doubt)
    return entry | ({"notes": notes} if notes else {})


def bugs(book: Book, draft: Draft) -> dict[str, Value]:
    """Bug priorities by their names."""
    names = Names("priority")
    for bug in draft.bugs:
        name = names.free(bug.name if _IDENTIFIER.fullmatch(bug.name) else slug(bug.name) or "priority")
        names.entries[name] = book.part(bug, filled({"title": bug.title or bug.name, "fix": bug.fix}))
        _keep_notes(book, bug)
    return names.entries


def risks(book: Book, draft: Draft) -> list[Value]:
    """Risks with what is done about them."""
    members = []
    for risk in draft.risks:
        notes: list[Value] = noted(risk.notes)
        for words, text in (("Probability", risk.probability), ("Impact", risk.impact)):
            if text and text.lower() not in _LEVELS:
                notes.append(f"{words}: {text}")
        entry = {
            "risk": risk.text,
            "group": risk.group,
            "probability": risk.probability.lower() if risk.probability.lower() in _LEVELS else "",
            "impact": risk.impact.lower() if risk.impact.lower() in _LEVELS else "",
            "mitigation": [text for text in risk.mitigation if text.strip()],
            "notes": notes,
        }
        members.append(book.part(risk, {"risk": risk.text} | filled(entry)))
    return members


def channels(book: Book, draft: Draft) -> None:
    """Ways to tell people, into the book: announcements name some of them too."""
    for channel in draft.channels:
        audience = channel.audience if channel.audience in ("internal", "external") else ""
        entry = {"title": channel.title, "address": channel.address, "audience": audience}
        if channel.audience and not audience:
            entry["title"] = f"{channel.title} ({channel.audience})"
        part = book.part(channel, filled(entry))
        name = book.channels.id_of(channel.title, lambda part=part: part)  # type: ignore[misc]
        if book.channels.entries[name] is not part:
            book.channels.add(channel.title, part)
        _keep_notes(book, channel)


def announcements(book: Book, draft: Draft) -> dict[str, Value]:
    """What is told, with the date where there is one and in words where there is none."""
    names = Names("announcement")
    for one in draft.announcements:
        at = start(one.when)
        entry = {
            "title": one.title,
            "at": at,
            "when": "" if at else one.when,
            "channels": list(dict.fromkeys(book.channels.id_of(words) for words in one.channels if words.strip())),
            "notes": noted(one.notes),
        }
        names.add(one.title, book.part(one, {"title": one.title} | filled(entry)))
    return names.entries


def routines(book: Book, found: Iterable[Routine]) -> dict[str, Value]:
    """What comes back every day, week, month, quarter or year; anything else goes to the roadmap."""
    names = Names("routine")
    for one in found:
        notes: list[Value] = noted(one.notes)
        steps: list[Value] = noted(one.steps)
        for words, text, read in (("At", one.at, weektime(one.at)), ("Lasts", one.lasts, duration(one.lasts))):
            if text and not read:
                notes.append(f"{words} {text}")
        if one.every not in ROUTINE_TIMES:
            book.doubt(one, f"`{one.every}` is no day, week, month, quarter or year")
            entry: dict[str, Value] = {"title": one.title or "Routine", "when": one.every, "do": steps + notes}
            book.roadmap.append(book.part(one, filled(entry)))
            continue
        entry = {"title": one.title, "every": one.every, "at": weektime(one.at), "lasts": duration(one.lasts)}
        names.add(one.title, book.part(one, filled(entry | {"do": steps, "notes": notes})))
    return names.entries


def milestones(book: Book, draft: Draft) -> dict[str, Value]:
    """At so many users that is done; without a number it goes to the roadmap."""
    names = Names("milestone")
    for one in draft.milestones:
        text = book.criterion(one.target) if one.target else ""
        steps, notes = noted(one.steps), noted(one.notes)
        if text:
            entry = {"title": one.title, "at": text, "do": steps, "notes": notes}
            names.add(one.title, book.part(one, filled(entry)))
        else:
            book.doubt(one, "it names no number: kept under `roadmap`")
            book.roadmap.append(book.part(one, filled({"title": one.title or "Milestone", "do": steps + notes})))
    return names.entries


def dashboards(book: Book, draft: Draft) -> list[Value]:
    """Screens, for whom they are and what they show."""
    return [
        book.part(
            one, {"title": one.title} | filled({"audience": one.audience, "shows": noted([*one.shows, *one.notes])})
        )
        for one in draft.dashboards
    ]


def services(book: Book, draft: Draft) -> dict[str, Value]:
    """Containers with their health checks."""
    names = Names("service")
    for one in draft.services:
        health: dict[str, Value] = {"test": one.test}
        notes: list[Value] = noted(one.notes)
        for key, text in (("every", one.every), ("timeout", one.timeout)):
            health[key] = duration(text)
            if text and (not health[key] or not one.test):
                notes.append(f"Health check {key} {text}")
        if one.retries is not None:
            health["retries"] = one.retries
        title = "" if slug(one.name) == one.name else one.name
        entry = {"title": title, "image": one.image, "health": filled(health) if one.test else {}, "notes": notes}
        names.add(one.name, book.part(one, filled(entry)))
    return names.entries


def timeline(book: Book, draft: Draft) -> None:
    """A Gantt chart repeats the phases in its own words: it is kept as data."""
    for bar in draft.bars:
        entry: dict[str, Any] = {
            "title": bar.title,
            "section": bar.section,
            "starts": bar.starts,
            "lasts": bar.lasts,
            "ends": bar.ends,
            "notes": noted(bar.notes),
        }
        book.put_later("timeline", book.part(bar, filled(entry) or {"title": "Bar"}))


def _keep_notes(book: Book, of: Understood) -> None:
    book.keep(of.notes)
