"""Gantt charts and timeline tables: bars, and what they add to phases that stand elsewhere on the page."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from tminus.importer.classify import has
from tminus.importer.draft import Bar, Phase
from tminus.importer.naming_phases import lasts_of
from tminus.importer.page import Block, Kind
from tminus.importer.phrases import read_date
from tminus.importer.words_extract import fold
from tminus.importer.words_sections import (
    TIME_END_COLUMN,
    TIME_LASTS_COLUMN,
    TIME_OPEN,
    TIME_PHASE_COLUMN,
    TIME_START_COLUMN,
)

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_LENGTH = re.compile(r"(\d{1,4})\s?(ms|min|[smhdwMy])")
_TAGS = frozenset(("crit", "done", "active", "milestone"))
_MOST = 100  # phases and titles that are compared with each other; nobody plans more
_DAYS = {"d": 1, "w": 7, "M": 30, "y": 365}
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = frozenset(
    [
        "phase",
        "fase",
        "etapa",
        "etape",
        "stage",
        "the",
        "and",
        "for",
        "und",
        "der",
        "die",
        "das",
        "des",
        "per",
        "launch",
        "lancement",
        "lanzamiento",
        "lancamento",
        "start",
    ]
)


def read_gantt(fence: Block) -> list[Bar]:
    """The bars of a Mermaid chart. `after x` is worked out where the dates it rests on are given."""
    bars: list[Bar] = []
    ends: dict[str, date] = {}
    last: date | None = None
    section = ""
    for block in fence.walk():
        if block.kind is Kind.HEADING:
            section = block.text
        if block.kind is not Kind.PAIR or fold(block.label) in (
            "title",
            "dateformat",
            "axisformat",
            "excludes",
            "todaymarker",
            "tickinterval",
            "section",
        ):
            continue
        bar = Bar(block.line, block.label, section)
        last = _read_bar(bar, block.value, ends, last)
        if bar.starts or bar.lasts:
            bars.append(bar)
    return bars


def _read_bar(bar: Bar, value: str, ends: dict[str, date], last: date | None) -> date | None:
    begin: date | None = None
    name = ""
    for part in (one.strip() for one in value.split(",")):
        if part in _TAGS or not part:
            continue
        if part.startswith("after "):
            known = [ends[one] for one in part.split()[1:] if one in ends]
            begin = max(known) if known else None
        elif _ISO.fullmatch(part):
            if begin is None and not bar.starts:
                begin = _date(part)
                bar.starts = part
            else:
                bar.ends = part
        elif _LENGTH.fullmatch(part):
            bar.lasts = part
        elif not name:
            name = part
    begin = begin or (None if bar.starts else last)
    if begin and not bar.starts:
        bar.starts = begin.isoformat()
    end = _date(bar.ends) if bar.ends else _after(begin, bar.lasts)
    if name and end:
        ends[name] = end
    return end or last


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _after(begin: date | None, lasts: str) -> date | None:
    found = _LENGTH.fullmatch(lasts)
    if not begin or not found or found[2] not in _DAYS:
        return begin
    try:
        return begin + timedelta(days=int(found[1]) * _DAYS[found[2]])
    except OverflowError:
        return None


_MONTH = (
    r"(?:jan|feb|fev|ene|mar|mrz|maerz|apr|abr|avr|mai|may|mag|maj|jun|jui|giu|jul|lug|lip|aug|ago|aou|sie|sep|set|wrz|oct|okt"
    r"|ott|out|paz|nov|lis|dec|dez|dic|gru|oca|sub|nis|haz|tem|eyl|eki|kas|ara)\w{0,7}"
)
_DATE = re.compile(
    rf"(?:\w{{2,9}}\.?,? )?(?:\d{{4}}-\d\d|\d{{1,2}}[./]\d{{1,2}}(?:[./]|\b)|\d{{1,2}}\.?"
    rf"(?:st|nd|rd|th)? (?:de |of )?{_MONTH}\b|{_MONTH}\.? \d{{1,2}}\b)"
)


def begins_with_date(text: str) -> bool:
    """Whether a line or a cell begins with a day: `4 May`, `2026-05-04`, `Tue 4 May`, `Sept. 3`, `04.05.`."""
    return bool(_DATE.match(fold(text[:40]).strip(" *_|")))


def read_bar_row(row: Block) -> Bar | None:
    """A row of a timeline table as a bar; None where it names nothing."""
    bar = Bar(row.line, "")
    for name, cell in zip(row.header, (one.strip() for one in row.cells), strict=False):
        one = (name,)
        if not bar.title and has(one, TIME_PHASE_COLUMN):
            bar.title = cell
        elif not bar.lasts and has(one, TIME_LASTS_COLUMN):
            bar.lasts = "" if fold(cell) in TIME_OPEN else lasts_of(cell)
        elif not bar.starts and has(one, TIME_START_COLUMN):
            bar.starts = read_date(cell) or ("" if fold(cell) in TIME_OPEN else cell)
            bar.lasts = bar.lasts or lasts_of(cell)
        elif not bar.ends and has(one, TIME_END_COLUMN):
            bar.ends = read_date(cell) or ("" if fold(cell) in TIME_OPEN else cell)
    if not bar.title:
        bar.title = next((cell.strip() for cell in row.cells if len(cell.strip()) > 2), "")
    return bar if bar.title else None


@lru_cache(maxsize=4096)
def words_of(title: str) -> frozenset[str]:
    """The words of a title by which phases are recognised."""
    return frozenset(_WORD.findall(fold(title[:200]))) - _COMMON


@lru_cache(maxsize=4096)
def _stems(title: str) -> frozenset[str]:
    return frozenset(word[:6] for word in words_of(title))


def match_phase(title: str, phases: list[Phase]) -> Phase | None:
    """The phase that a title in an overview means: the one that shares most of its words, if one alone does."""
    wanted = _stems(title)
    if not wanted:
        folded = fold(title).strip()
        return next((phase for phase in phases[:_MOST] if folded and folded in fold(phase.title)), None)
    best: tuple[float, int] = (0.0, -1)
    for at, phase in enumerate(phases[:_MOST]):
        stems = _stems(phase.title)
        shared = len(wanted & stems)
        if shared:
            score = shared / len(wanted) + shared / len(stems) / 10
            if score > best[0]:
                best = (score, at)
    return phases[best[1]] if best[0] >= 0.5 else None


def merge_bars(bars: list[Bar], phases: list[Phase]) -> dict[int, Phase]:
    """Which phase each bar means, by its index. As many titles as phases, in their order, are the phases."""
    names: list[str] = list(dict.fromkeys(bar.section or bar.title for bar in bars))[:_MOST]
    meant: dict[str, Phase] = {}
    for name in names:
        found = match_phase(name, phases)
        if found is not None and all(found is not one for one in meant.values()):
            meant[name] = found
    if len(names) == len(phases) and len(meant) * 2 >= len(names):
        meant = dict(zip(names, phases, strict=True))
    return {at: meant[bar.section or bar.title] for at, bar in enumerate(bars) if (bar.section or bar.title) in meant}


def add_dates(bars: list[Bar], meant: dict[int, Phase]) -> None:
    """Give phases the dates and durations that only the timeline knows."""
    for at, phase in meant.items():
        bar = bars[at]
        if _ISO.fullmatch(bar.starts) and (
            not phase.starts or (_ISO.fullmatch(phase.starts) and bar.section and bar.starts < phase.starts)
        ):
            phase.starts = bar.starts
        if bar.lasts and not phase.lasts and not bar.section:
            phase.lasts = bar.lasts


def named_in(title: str, phases: list[Phase]) -> Phase | None:
    """The one phase all of whose words stand in `title`."""
    words = words_of(title)
    meant = [phase for phase in phases[:_MOST] if words_of(phase.title) and words_of(phase.title) <= words]
    return meant[0] if len(meant) == 1 else None
