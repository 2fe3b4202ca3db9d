"""The timeline as an iCalendar (RFC 5545) that calendars import or subscribe to: an event a phase, a stage, a signature.

Times are in UTC, so that no calendar has to know the plan's zone; what begins and ends at midnight there is all-day.
Events are transparent: nobody's day is blocked by a rollout.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

from tminus.errors import UsageError
from tminus.plan.timespans import Gate, Moment, Notice, PhaseSpan, ScheduledChange, StageSpan, Timeline
from tminus.show.words import about, brought, changed, counted, point, reach, signing, stage_lasts, whole_day


def as_calendar(line: Timeline, stamp: float) -> str:
    """The calendar with CRLF line ends; `stamp` (Unix seconds) is when the plan was last changed.

    UIDs come from the plan's title and the ids in it: a plan that moves moves its events. Raises UsageError where the
    launch has no date.
    """
    undated = [phase.title for phase in line.phases if not phase.begins.dated]
    if undated:
        hint = "give the plan `starts`, or say when: --start 2026-01-12T09:00"
        raise UsageError(f"a calendar needs dates, and nothing says when {undated[0]} is", hint=hint)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//T-minus//tminus show//EN")
    calendar.add("calscale", "GREGORIAN")
    # Not in RFC 5545, but what Google, Apple and Outlook take a calendar's name from.
    calendar.add("x-wr-calname", line.title)
    calendar.add("x-wr-timezone", line.timezone)
    for number, phase in enumerate(line.phases):
        for event in _phase(number, phase, line):
            event.add("dtstamp", _utc(stamp))
            calendar.add_component(event)
    for event in (*(_notice(one, line) for one in line.notices), *(_change(one, line) for one in line.changes)):
        event.add("dtstamp", _utc(stamp))
        calendar.add_component(event)
    data: bytes = calendar.to_ical()
    return data.decode("utf-8")


def _phase(number: int, phase: PhaseSpan, line: Timeline) -> Iterator[Event]:
    open_end = phase.ends.latest is None
    title = f"{phase.title} (open end)" if open_end else phase.title
    words = [*about(phase), *_latest(phase.ends, line), *_gate_words(phase.gate), *phase.notes, *phase.remarks]
    yield _event(line, f"phase/{phase.id}", title, words, phase.begins, phase.ends)
    for stage in phase.stages:
        said = [*_stage_words(stage), *_latest(stage.ends, line), *_gate_words(stage.gate), *stage.notes]
        title = f"{phase.title}: {stage.title}, {reach(stage)}"
        yield _event(line, f"stage/{phase.id}/{stage.id}", title, said, stage.begins, stage.ends)
        yield from _signature(line, f"go/{phase.id}/{stage.id}", stage.title, stage.gate)
    yield from _signature(line, f"go/{phase.id}", phase.title, phase.gate)


def _stage_words(stage: StageSpan) -> list[str]:
    starts = f"not before {stage.starts}" if stage.starts else ""
    return [one for one in (stage_lasts(stage), starts, brought(stage)) if one]


def _notice(notice: Notice, line: Timeline) -> Event:
    words = [f"Where: {', '.join(notice.channels)}"] if notice.channels else []
    words.append("T-minus does not send it yet.")
    return _event(line, f"notice/{notice.id}", f"Tell: {notice.title}", words, notice.at, notice.at)


def _change(change: ScheduledChange, line: Timeline) -> Event:
    key = f"change/{change.flag}/{change.number}"
    return _event(line, key, changed(change), ["T-minus makes this change by itself."], change.at, change.at)


def _signature(line: Timeline, key: str, title: str, gate: Gate | None) -> Iterator[Event]:
    if gate is not None and gate.signers:
        words = [*_latest(gate.at, line), *_gate_words(gate)]
        yield _event(line, key, f"Gate of {title}: {signing(gate)}", words, gate.at, gate.at)


def _event(line: Timeline, key: str, title: str, words: list[str], begins: Moment, ends: Moment) -> Event:
    event = Event()
    event.add("uid", f"{hashlib.sha256(f'{line.title}/{key}'.encode()).hexdigest()[:32]}@tminus")
    event.add("summary", title)
    if words:
        event.add("description", "\n".join(words))
    start, end = _times(begins.earliest, ends.earliest, line)
    event.add("dtstart", start)
    if end != start:
        event.add("dtend", end)
    event.add("transp", "TRANSPARENT")
    return event


def _times(begin: float, end: float, line: Timeline) -> tuple[date, date]:
    """Both as dates where both are midnights, else both as moments in UTC: RFC 5545 wants them of one kind."""
    days = whole_day(begin, line), whole_day(end, line)
    if days[0] is not None and days[1] is not None:
        return days[0].date(), days[1].date()
    return _utc(begin), _utc(end)


def _utc(seconds: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds))


def _latest(moment: Moment, line: Timeline) -> list[str]:
    if moment.latest is None:
        return ["or later: the plan does not say how long everything takes"]
    same = moment.latest == moment.earliest
    return [] if same else [f"may end as late as {point(moment.latest, moment.dated, line, year=True)}"]


def _gate_words(gate: Gate | None) -> list[str]:
    if gate is None:
        return []
    boxes = [counted(gate.boxes, "box", "boxes") + " proven"] if gate.boxes else []
    return [f"Gate: {one}" for one in (*boxes, *gate.criteria, *filter(None, [signing(gate)]))]
