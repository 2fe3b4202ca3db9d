"""Intervals of experiments as the page draws them: places in percent of a line that zero halves. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from tminus.app.experimenting import ContestView, ExperimentView, span_of

# (shape, word, tone) of a verdict.
_VERDICTS = {
    "better": ("good", "better", "good"),
    "not-worse": ("good", "not worse", "good"),
    "worse": ("bad", "worse", "bad"),
    "undecided": ("more", "undecided", "unknown"),
    "inconclusive": ("unknown", "inconclusive", "holding"),
    "unknown": ("unknown", "not measured", "unknown"),
}


@dataclass(frozen=True)
class ArmRow:
    """An arm on one metric; `left`, `right` and `at` are 0..100, None where there is nothing to draw."""

    view: ContestView
    shape: str
    word: str
    tone: str
    change: str
    left: float
    right: float
    at: float | None


@dataclass(frozen=True)
class MetricRows:
    """All arms on one metric. `margin` is where `not worse` ends, 0..100; `span` how far the line reaches, in percent."""

    noun: str
    goal: str
    control: str
    users: int
    value: str
    margin: float
    span: float
    arms: list[ArmRow]


def metric_rows(experiment: ExperimentView) -> list[MetricRows]:
    """The experiment's metrics in the plan's order."""
    found = []
    for metric in dict.fromkeys(contest.metric for contest in experiment.contests):
        contests = [contest for contest in experiment.contests if contest.metric == metric]
        first, span = contests[0], span_of(experiment, contests)
        margin = -experiment.margin if first.goal == "more" else experiment.margin
        found.append(
            MetricRows(
                noun=first.noun,
                goal=first.goal,
                control=experiment.control,
                users=first.users[0],
                value=first.values[0],
                margin=_place(margin, span),
                span=span * 100,
                arms=[_arm(contest, span) for contest in contests],
            )
        )
    return found


def _arm(contest: ContestView, span: float) -> ArmRow:
    change = "" if contest.change is None else f"{contest.change * 100:+.1f} %".replace("-", "−")
    left = 0.0 if contest.low is None else _place(contest.low, span)
    right = 100.0 if contest.high is None else _place(contest.high, span)
    at = None if contest.change is None else _place(contest.change, span)
    return ArmRow(contest, *_VERDICTS[contest.state], change, left, right, at)


def _place(value: float, span: float) -> float:
    return round((min(max(value, -span), span) / span + 1) * 50, 2)
