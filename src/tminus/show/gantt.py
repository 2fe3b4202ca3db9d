"""The timeline as a Mermaid Gantt chart (mermaid.js.org/syntax/gantt.html): a section a phase."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tminus.plan.timespans import Moment, PhaseSpan, StageSpan, Timeline
from tminus.show.words import changed, reach, signing

# Where days are counted: day 1 of year 1 by the last two digits, and no leap day in it.
_FIRST_DAY = datetime(2001, 1, 1, tzinfo=UTC)
_YEAR_SECONDS = 365 * 86400
_SAFE = re.compile(r"[^\w .,()+/'!?*=@-]", re.ASCII)
# A line that begins with one of Mermaid's own words is read as a command, not as a task.
_COMMANDS = re.compile(
    r"(gantt|dateformat|inclusiveenddates|topaxis|axisformat|tickinterval|includes|excludes|todaymarker|weekday"
    r"|weekend|title|section|click|href|call|acctitle|accdescr)",
    re.IGNORECASE,
)


def as_mermaid(line: Timeline) -> str:
    """The chart. Bars run from the earliest begin to the earliest end; what is open is a milestone and says so.

    Dates are those of the plan's zone. Without dates the chart counts days, the first of them day 1.
    """
    dated = any(phase.begins.dated for phase in line.phases)
    return "\n".join(_lines(line, dated)) + "\n"


def _lines(line: Timeline, dated: bool) -> Iterator[str]:
    yield "gantt"
    yield f"    title {_words(line.title)}"
    yield "    dateFormat YYYY-MM-DDTHH:mm:ss"
    yield f"    axisFormat {'%d %b' if dated else _days(line)}"
    for number, phase in enumerate(line.phases, 1):
        yield f"    section {_words(phase.title)}"
        if phase.begins.dated != dated:
            yield "    %% no date: nothing in the plan says when this phase is"
            continue
        yield from _phase(f"p{number}", phase, line)
    told = [notice for notice in line.notices if notice.at.dated == dated]
    if told:
        yield "    section Told"
    for number, notice in enumerate(told, 1):
        yield _task(notice.title, f"milestone, n{number}", _time(notice.at, line))
    if line.changes and dated:
        yield "    section Scheduled changes"
    for number, change in enumerate(line.changes if dated else (), 1):
        yield _task(changed(change), f"milestone, c{number}", _time(change.at, line))


def _days(line: Timeline) -> str:
    return "year %-y day %-j" if line.ends.earliest >= _YEAR_SECONDS else "day %-j"


def _phase(name: str, phase: PhaseSpan, line: Timeline) -> Iterator[str]:
    begin, end = _time(phase.begins, line), _time(phase.ends, line)
    tags = "crit, " if phase.critical else ""
    if begin == end:
        yield _task(f"{phase.title}, {'open end' if phase.open_end else 'no time'}", f"{tags}milestone, {name}", begin)
    else:
        later = " or later" if phase.ends.latest != phase.ends.earliest else ""
        yield _task(f"{phase.title}{later}", f"{tags}{name}", begin, end)
    for number, stage in enumerate(phase.stages, 1):
        yield from _stage(f"{name}s{number}", stage, line)
    if phase.gate:
        words = ", ".join(filter(None, ["Gate", signing(phase.gate)]))
        yield _task(words, f"crit, milestone, {name}gate", end)


def _stage(name: str, stage: StageSpan, line: Timeline) -> Iterator[str]:
    begin, end = _time(stage.begins, line), _time(stage.ends, line)
    words = f"{stage.title} {reach(stage)}"
    if begin == end:
        yield _task(words, f"active, milestone, {name}", begin)
    else:
        yield _task(words, f"active, {name}", begin, end)
    if stage.gate and stage.gate.signers:
        yield _task(f"Gate, {signing(stage.gate)}", f"crit, milestone, {name}gate", end)


def _task(words: str, tags: str, begin: str, end: str | None = None) -> str:
    return f"    {_words(words)} :{tags}, {begin}, {end or '0d'}"


def _time(moment: Moment, line: Timeline) -> str:
    if moment.dated:
        return f"{datetime.fromtimestamp(moment.earliest, ZoneInfo(line.timezone)):%Y-%m-%dT%H:%M:%S}"
    return f"{_FIRST_DAY + timedelta(seconds=moment.earliest):%Y-%m-%dT%H:%M:%S}"


def _words(text: str) -> str:
    """Text with whatever Mermaid or HTML could read as its own written as `#number;`, which Mermaid shows as it was."""
    first = f"#{ord(text[0])};" if _COMMANDS.match(text) else _written(text[0])
    return first + "".join(_written(character) for character in text[1:])


def _written(character: str) -> str:
    return f"#{ord(character)};" if ord(character) < 128 and _SAFE.match(character) else character
