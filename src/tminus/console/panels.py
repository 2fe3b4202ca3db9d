"""From a desk to the panels of the page: one fragment of HTML for each, the same at first paint and live."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from tminus.app.desk import Desk
from tminus.app.view import ActionView, CriterionView, FeedItem, View
from tminus.console import words
from tminus.console.intervals import metric_rows
from tminus.console.sparkline import Points, Spark, draw
from tminus.core.decide import alpha_of
from tminus.plan.quantity import format_duration, format_percent

PANELS = (
    "head",
    "say",
    "announce",
    "alarm",
    "troubles",
    "stuck",
    "track",
    "criteria",
    "guard",
    "experiments",
    "boxes",
    "flags",
    "feed",
    "foot",
)
# Read aloud when the state changes, and not again for every second of a countdown in the sentence.
_SPOKEN = ("announce", "alarm")
# Drawn for the first paint, and for a page without script; the chart of a live page takes its place.
_ONCE = ("evidence",)
EVIDENCE = "evidence"
# Written down together with the evidence: what it rests on.
COUNTS = ("units:canary", "errors:canary", "units:control", "errors:control")
FEED_SHOWN = 40
_SPARK_SECONDS = 1800.0  # charts of fast windows still show half an hour, or all there is
_SHORTEST_FULL = 180.0  # and three minutes of a launch at a pace that makes half an hour a blink
_FIRST_SPAN = 60.0
_SHAPES = {"✓": "good", "✗": "bad", "◌": "unknown", "▮": "on", "✋": "person", "·": "note"}
_TONES = {
    "going": "go",
    "waiting": "unknown",
    "holding": "pause",
    "bad": "back",
    "good": "good",
    "ended": "ended",
}


@dataclass(frozen=True)
class Row:
    """A criterion as the page draws it."""

    view: CriterionView
    shape: str
    word: str
    tone: str
    detail: str
    comparator: str
    margin: str
    spark: Spark


@dataclass(frozen=True)
class StepRow:
    """An action as the page lists it."""

    view: ActionView
    shape: str
    word: str
    tone: str


def environment() -> Environment:
    """The templates, with everything they may call."""
    found = Environment(
        loader=PackageLoader("tminus.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(percent=format_percent, clock=words.plan_clock, iso=words.iso_time)
    found.filters.update(
        evidence=words.evidence, opening=words.opening, stopwatch=words.stopwatch, lasting=words.lasting
    )
    found.filters.update(duration=format_duration, answered=words.answered)
    found.globals.update(pace_words=words.pace_words, tones=_TONES, shapes=_SHAPES)
    return found


class Screen:
    """Renders the panels of one desk. Readers at the same second share one rendering."""

    def __init__(self, templates: Environment) -> None:
        self._templates = templates
        self._key: tuple[int, int, float] | None = None
        self._panels: dict[str, str] = {}
        self._view: View | None = None
        self._headline = ""

    def panels(self, desk: Desk) -> tuple[View, dict[str, str]]:
        """The view, and the HTML of every panel by name."""
        view = desk.view()
        key = (id(desk), view.seq, math.floor(view.now * 2))
        if self._view is None or key != self._key:
            context = page_context(desk, view)
            kept = self._panels if view.headline == self._headline else {}
            spoken = {name: kept[name] for name in _SPOKEN if name in kept}
            self._panels = {
                name: spoken[name] if name in spoken else self._render(name, context) for name in PANELS + _ONCE
            }
            self._headline = view.headline
            self._key, self._view = key, view
        return self._view, self._panels

    def _render(self, name: str, context: Mapping[str, Any]) -> str:
        return self._templates.get_template(f"panel_{name}.html").render(context)


def page_context(desk: Desk, view: View) -> dict[str, Any]:
    """What the templates know."""
    feed = desk.feed(limit=FEED_SHOWN)
    since = view.now - max([_full(view, 2 * c.window) for c in view.criteria], default=_full(view, 0.0))
    names = [c.series for c in view.criteria] + [EVIDENCE]
    series = desk.series(names, max(since, view.started_at - 1) if view.started_at else since)
    rows = [_row(criterion, series.get(criterion.series, ()), view) for criterion in view.criteria]
    return {
        "view": view,
        "rows": {role: [row for row in rows if row.view.role == role] for role in ("gate", "trigger", "alert", "kpi")},
        "feed": [_feed_row(item, view) for item in reversed(feed)],
        "steps": [StepRow(step, *words.step(step.state)) for step in view.rollback_steps],
        "stuck": [StepRow(action, *words.step(action.state)) for action in view.actions_stuck],
        "experiments": [(one, metric_rows(one)) for one in view.experiments],
        "evidence": _evidence(view, series.get(EVIDENCE, ()), alpha_of(desk.ledger.outline)),
        "clock_time": lambda at: words.clock_time(at, view.timezone, view.now, seconds=view.pace != 1.0),
        "full_time": lambda at: words.full_time(at, view.timezone),
    }


def stage_marks(desk: Desk) -> list[dict[str, Any]]:
    """The stage changes and rollbacks that a chart marks: [{at, label, kind}], oldest first."""
    kinds = {"StageStarted": "stage", "RollbackStarted": "rollback"}
    return [
        {"at": item.at, "label": item.text, "kind": kinds[item.kind]}
        for item in desk.feed(limit=500)
        if item.kind in kinds
    ]


def chart_span(view: View, wanted: float, points: Points) -> tuple[float, float]:
    """(since, until) of a small chart, in Unix seconds.

    It begins with the first value there is, not with the launch: a criterion that is measured since a minute would be
    a dot at the end of an hour. A young chart fills a span that only now and then doubles, so that its line grows and
    does not shrink and shift with every second.
    """
    full = _full(view, wanted)
    first = next((at for at, _ in points if at > view.now - full), view.now)
    span = _FIRST_SPAN
    while span < view.now - first:
        span *= 2
    return (view.now - full, view.now) if span > full else (first, first + span)


def _full(view: View, wanted: float) -> float:
    return max(_SPARK_SECONDS / max(view.pace, 1.0), _SHORTEST_FULL, wanted)


def _row(criterion: CriterionView, points: Points, view: View) -> Row:
    shape, word, tone = words.judgement(criterion)
    since, until = chart_span(view, 2 * criterion.window, points)
    target = criterion.target if math.isfinite(criterion.target) else None
    spark = draw(points, since, until, target, width=112, height=30)
    return Row(criterion, shape, word, tone, words.detail(criterion), *words.target_words(criterion), spark)


def _evidence(view: View, points: Points, alpha: float) -> Spark | None:
    if view.guard is None and not view.rollback_seconds:
        return None
    return draw(points, *chart_span(view, 0.0, points), math.log(1 / alpha), width=560, height=180)


def _feed_row(item: FeedItem, view: View) -> dict[str, Any]:
    return {"item": item, "shape": _SHAPES.get(item.mark, "note")}
