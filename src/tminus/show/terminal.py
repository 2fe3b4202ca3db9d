"""The plan for a terminal of 80 columns: readable without colour, one bar a phase, one share bar a stage."""

from __future__ import annotations

from collections.abc import Iterator

from tminus.plan.quantity import format_percent
from tminus.plan.timespans import Gate, PhaseSpan, Section, StageSpan, Timeline
from tminus.show.axis import Axis, axis_of, last_known
from tminus.show.columns import fitted, width, wrapped
from tminus.show.words import about, brought, counted, ended, listed, said, signing, stage_length, where, whole

COLUMNS = 80
_NAME, _BAR, _SHARE = 28, 48, 20


def as_text(line: Timeline) -> str:
    """The drawing, lines of at most 80 columns, with a newline at its end."""
    return "\n".join(one.rstrip() for one in _lines(line)) + "\n"


def _lines(line: Timeline) -> Iterator[str]:
    yield from wrapped(line.title, COLUMNS)
    if line.summary:
        yield from wrapped(line.summary, COLUMNS)
    yield ""
    yield from wrapped(whole(line), COLUMNS)
    axis = axis_of(line)
    if axis is not None:
        yield ""
        yield from _chart(line, axis)
    for number, phase in enumerate(line.phases, 1):
        yield ""
        yield from _phase(number, phase, line)
    yield ""
    yield from _back(line)
    for section in line.around:
        yield ""
        yield from _section(section)


def _chart(line: Timeline, axis: Axis) -> Iterator[str]:
    for phase in line.phases:
        yield f"  {fitted(phase.title, _NAME)}  {_bar(phase, axis)}"
    places, words = [" "] * _BAR, [" "] * _BAR
    for tick in axis.ticks():
        at = round(tick.at * (_BAR - 1))
        first = min(at, _BAR - len(tick.words))
        if all(place == " " for place in words[max(first - 1, 0) : first + len(tick.words) + 1]):
            places[at], words[first : first + len(tick.words)] = "╵", tick.words
    yield " " * (_NAME + 4) + "".join(places)
    yield " " * (_NAME + 4) + "".join(words)
    yield from wrapped("█ at the earliest, ░ as late as the plan allows, › open end, ◆ gate", COLUMNS)


def _bar(phase: PhaseSpan, axis: Axis) -> str:
    if not axis.has(phase):
        return "no date"
    begin, early, late = (
        round(axis.at(moment) * (_BAR - 1))
        for moment in (phase.begins.earliest, phase.ends.earliest, last_known(phase.ends))
    )
    end = "◆" if phase.gate else ""
    if phase.ends.latest is None:
        end = "›"
    return " " * begin + "█" * (early - begin) + "░" * (late - early) + end


def _phase(number: int, phase: PhaseSpan, line: Timeline) -> Iterator[str]:
    yield from _hanging(f"{number}. ", phase.title)
    when = f"{said(phase.begins, line)} → {ended(phase, line)}"
    yield from _hanging("   ", when)
    yield from _hanging("   ", " · ".join(about(phase)))
    for remark in phase.remarks:
        yield from _hanging("   ! ", remark)
    for stage in phase.stages:
        yield from _stage(stage, line)
    if phase.gate:
        yield from _gate("   ◆ ", phase.gate)


def _stage(stage: StageSpan, line: Timeline) -> Iterator[str]:
    filled = max(round(stage.share * _SHARE), 1 if stage.share > 0 else 0)
    bar = "█" * filled + "░" * (_SHARE - filled)
    tail = f"  {stage_length(stage)}"
    room = COLUMNS - 3 - _SHARE - 8 - 2 - width(tail)
    yield f"   {bar}{format_percent(stage.share):>8}  {fitted(stage.title, room)}{tail}"
    cohorts = f"with {listed(stage.cohorts)}" if stage.cohorts else ""
    features = brought(stage)
    starts = f"not before {stage.starts}" if stage.starts else ""
    said_of = (f"from {said(stage.begins, line)}", starts, where(stage), cohorts, features)
    yield from _hanging("     ", "; ".join(filter(None, said_of)))
    if stage.gate:
        yield from _gate("     ◆ ", stage.gate)


def _gate(lead: str, gate: Gate) -> Iterator[str]:
    boxes = [counted(gate.boxes, "box", "boxes") + " proven"] if gate.boxes else []
    for one in (*boxes, *gate.criteria, *filter(None, [signing(gate)])):
        yield from _hanging(lead, one)


def _back(line: Timeline) -> Iterator[str]:
    if not line.triggers:
        yield "No trigger: only a guard or a person takes this launch back."
        return
    within = f", within {line.back_within}" if line.back_within else ""
    yield f"Back to the default{within}, when any of these is so"
    for trigger in line.triggers:
        yield from _hanging("   ✗ ", trigger.when)


def _section(section: Section) -> Iterator[str]:
    yield from wrapped(section.title, COLUMNS)
    if section.note:
        yield from _hanging("   ", section.note)
    for number, (first, *rest) in enumerate(section.rows):
        mark = "= " if number in section.sums else "· "
        named = zip(section.columns[1:], rest, strict=True)
        words = " · ".join(f"{name.lower()}: {cell}" for name, cell in named if cell)
        if len(rest) == 1:
            yield from _hanging(f"   {mark}", ": ".join(filter(None, (first, rest[0]))))
            continue
        yield from _hanging(f"   {mark}", first or words)
        if first and words:
            yield from _hanging("     ", words)


def _hanging(lead: str, words: str) -> Iterator[str]:
    for number, one in enumerate(wrapped(words, COLUMNS - len(lead))):
        yield (lead if number == 0 else " " * len(lead)) + one
