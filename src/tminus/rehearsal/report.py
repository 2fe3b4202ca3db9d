"""The report of many launches: one page that needs nothing else, with charts drawn as SVG in light and dark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from tminus.plan import Plan
from tminus.plan.quantity import format_duration, format_percent
from tminus.rehearsal.many import DAY, HEALTHY, Summary, chance_within, milestones

Side = tuple[
    Plan, Sequence[Summary], Sequence[tuple[str, str]]
]  # a plan, its summaries, and what was not played and why
_MOST_GATES = 8
_MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Curve:
    """The share of launches in which everybody had it by a day, as an SVG path in a square of 100 by 100."""

    scenario: str
    path: str
    number: int


@dataclass(frozen=True, slots=True)
class Page:
    """One plan on the page; `letter` tells it from another one beside it."""

    letter: str
    plan: Plan
    found: Sequence[Summary]
    skipped: Sequence[tuple[str, str]]
    curves: Sequence[Curve]

    @property
    def healthy(self) -> Summary | None:
        """The scenario in which nothing goes wrong."""
        return next((one for one in self.found if one.scenario == HEALTHY), None)

    @property
    def waiting(self) -> Sequence[Summary]:
        """The scenarios whose holds are shown: the healthy one, where it was played, else every one."""
        return [self.healthy] if self.healthy else self.found


def as_report(sides: Sequence[Side], seeds: range, command: str) -> str:
    """The page in HTML, with one plan or two side by side. Every word of a plan is escaped; nothing is loaded or run."""
    every = [one for _, found, _ in sides for one in found]
    first, last = _span(every)
    pages = [
        Page("AB"[number] if len(sides) > 1 else "", plan, found, skipped, _curves(found, first, last))
        for number, (plan, found, skipped) in enumerate(sides)
    ]
    return _template().render(
        pages=pages,
        seeds=seeds,
        command=command,
        ticks=_ticks(first, last),
        worst=max((one.hurt[2] for one in every), default=0.0),
        longest=max((days for page in pages for one in page.waiting for _, days in one.holds), default=0.0),
        weeks=milestones(every),
        chance=chance_within,
        words=format_duration,
        day=DAY,
        most_gates=_MOST_GATES,
        logarithmic=_logarithmic,
        percent=format_percent,
    )


def _span(every: Sequence[Summary]) -> tuple[float, float]:
    """The days that the chart shows: all that any launch took, and some air."""
    days = [day for one in every for day in one.days]
    if not days:
        return 0.0, 1.0
    air = max((max(days) - min(days)) * 0.08, 0.5)
    return max(min(days) - air, 0.0), max(days) + air


def _curves(found: Sequence[Summary], first: float, last: float) -> list[Curve]:
    return [
        Curve(one.scenario, _steps(one, first, last), number)
        for number, one in enumerate(one for one in found if one.days)
    ]


def _steps(one: Summary, first: float, last: float) -> str:
    parts, share = ["M0 100"], 0.0
    for number, day in enumerate(one.days, 1):
        x = 100 * (day - first) / (last - first)
        share = number / one.launches
        parts.append(f"H{x:.2f}V{100 - 100 * share:.2f}")
    return "".join([*parts, "H100"])


def _ticks(first: float, last: float) -> list[tuple[float, str]]:
    """(place in percent, words) of whole days on the axis."""
    step = next(size for size in (1, 2, 5, 7, 14, 28, 56, 112, 10_000) if (last - first) / size <= _MOST_TICKS)
    days = range(math.ceil(first / step) * step, math.floor(last) + 1, step)
    return [(100 * (day - first) / (last - first), f"{day} d") for day in days]


def _logarithmic(value: float, most: float) -> float:
    """A place in percent: a decade is as wide as the next, and less than one is nothing."""
    return 0.0 if most <= 1 or value < 1 else round(100 * math.log10(value + 1) / math.log10(most + 1), 2)


@cache
def _template() -> Template:
    loader = PackageLoader("tminus.rehearsal")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html")
