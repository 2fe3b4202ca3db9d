"""The timeline as one page that needs nothing else: no script, no network, light and dark, phone and paper."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from tminus.plan.quantity import format_percent
from tminus.plan.timespans import PhaseSpan, StageSpan, Timeline
from tminus.show import words
from tminus.show.axis import Axis, axis_of, last_known


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar on the page in percent of its width: sure until `early`, possible until `late`; `open` has no known end."""

    begin: float
    early: float
    late: float
    open: bool


def as_page(line: Timeline) -> str:
    """The page in HTML. Every word of the plan is escaped, and the page forbids itself to load or run anything."""
    axis = axis_of(line)
    return _template().render(
        line=line,
        words=words,
        percent=format_percent,
        whole=words.whole(line),
        has_axis=axis is not None,
        ticks=axis.ticks() if axis else [],
        bar=lambda part: _bar(part, axis),
    )


def _bar(part: PhaseSpan | StageSpan, axis: Axis | None) -> Bar | None:
    """None where the plan does not say when this is."""
    if axis is None or part.begins.dated != axis.dated:
        return None
    begin, early, late = (
        round(100 * axis.at(moment), 3) for moment in (part.begins.earliest, part.ends.earliest, last_known(part.ends))
    )
    return Bar(begin, early, late, open=part.ends.latest is None)


@cache
def _template() -> Template:
    loader = PackageLoader("tminus.show")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html")
