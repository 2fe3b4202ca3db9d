"""One arm of an experiment held against the control on one metric: what was seen, what is shown, and in which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tminus.guards.experiment import (
    Comparison,
    Goal,
    Moments,
    Proportion,
    Verdict,
    VerdictKind,
    compare_means,
    compare_proportions,
    shared,
    verdict,
)
from tminus.guards.sample import multiple_exposure, sample_ratio
from tminus.plan.claims import Claim, Word
from tminus.plan.experiments import Experiment
from tminus.plan.model import Metric, MetricKind

_MEANS = (MetricKind.COUNT, MetricKind.RATE, MetricKind.SUM)


@dataclass(frozen=True, slots=True)
class ArmOutcome:
    """Of one arm: how many users there are, how many of them have an outcome, and the sums of how many each has."""

    users: int
    hits: int
    moments: Moments


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What a source answered. `met` users showed an arm, `both` of them more than one.

    `error` set means that nothing was measured: the text says why. `newest` is the time of the newest data used.
    """

    arms: Mapping[str, ArmOutcome] = field(default_factory=dict)
    met: int = 0
    both: int = 0
    newest: float | None = None
    source: str = ""
    error: str = ""


class Shown(StrEnum):
    """What became of a claim."""

    TRUE = "true"
    FALSE = "false"
    OPEN = "open"  # more users may tell
    UNKNOWN = "unknown"  # not measured


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to a claim, with the words for people; `needed` is about how many more users of the arm would tell."""

    shown: Shown
    sentence: str
    needed: int | None = None


@dataclass(frozen=True, slots=True)
class Contest:
    """An arm against the control on one metric. `comparison` is None where nothing was measured: `error` says why.

    `doubt` is why the samples cannot be compared, `began` and `at` are Unix seconds, `confidence` is of all comparisons
    of the experiment together.
    """

    experiment: str
    metric: str
    arm: str
    control: str
    goal: Goal
    margin: float
    alpha: float
    noun: str
    began: float
    at: float
    comparison: Comparison | None = None
    hits: tuple[int, int] = (0, 0)  # of the control, of the arm
    doubt: str = ""
    error: str = ""
    newest: float | None = None
    source: str = ""
    unit: str = ""  # of a mean

    def verdict(self, margin: float | None = None) -> Verdict:
        """Better, worse, not worse by more than the margin (the experiment's if none is given), or not known yet."""
        if self.comparison is None:
            return Verdict(VerdictKind.UNDECIDED, f"could not measure {self.noun}: {self.error}", None)
        return verdict(
            self.comparison,
            self.goal,
            margin=self.margin if margin is None else margin,
            noun=self.noun,
            unit=self.unit,
            arm=self.arm,
            alpha=self.alpha,
            doubt=self.doubt,
        )

    def finding(self, claim: Claim) -> Finding:
        """What the data say of a claim about this arm."""
        if self.comparison is None:
            return Finding(Shown.UNKNOWN, self.verdict().sentence)
        if claim.word is Word.BETTER and claim.by is not None:
            return self._better_by(claim.by)
        found = self.verdict(self.margin if claim.by is None and claim.word is Word.NOT_WORSE else claim.by or 0.0)
        wanted, unwanted = _MEANING[claim.word]
        shown = Shown.TRUE if found.kind in wanted else Shown.FALSE if found.kind in unwanted else Shown.OPEN
        return Finding(shown, found.sentence, found.users_needed if shown is Shown.OPEN else None)

    @property
    def gain(self) -> tuple[float, float]:
        """The interval of the relative change in the direction that is better; a part of the control's value."""
        assert self.comparison is not None
        low, high = self.comparison.relative_low, self.comparison.relative_high
        return (low, high) if self.goal is Goal.MORE else (-high, -low)

    def evidence(self) -> dict[str, Any]:
        """For the log: the counts, the values and the interval."""
        if self.comparison is None:
            return {}
        c = self.comparison
        return {
            "arm": self.arm,
            "control": self.control,
            "users": [c.users_control, c.users_treatment],
            "hits": list(self.hits),
            "values": [round(c.control_value, 6), round(c.treatment_value, 6)],
            "difference": [round(c.difference, 6), *_finite(c.low, c.high)],
            "alpha": self.alpha,
            "doubt": self.doubt or None,
        }

    def _better_by(self, by: float) -> Finding:
        plain = self.verdict(0.0)
        if plain.kind is VerdictKind.INCONCLUSIVE:
            return Finding(Shown.OPEN, plain.sentence)
        (low, high), figures = self.gain, plain.sentence.rpartition(": ")[0] or plain.sentence
        if low > by:
            return Finding(Shown.TRUE, f"{figures}: better by more than {by * 100:g} %")
        if high <= by:
            return Finding(Shown.FALSE, f"{figures}: not better by {by * 100:g} %")
        return Finding(Shown.OPEN, f"{figures}: not yet shown to be better by {by * 100:g} %")


_MEANING: dict[Word, tuple[tuple[VerdictKind, ...], tuple[VerdictKind, ...]]] = {
    # What makes a claim true, and what makes it false; anything else leaves it open.
    Word.BETTER: ((VerdictKind.BETTER,), (VerdictKind.WORSE,)),
    Word.NOT_WORSE: ((VerdictKind.BETTER, VerdictKind.NOT_WORSE), (VerdictKind.WORSE,)),
    Word.WORSE: ((VerdictKind.WORSE,), (VerdictKind.BETTER, VerdictKind.NOT_WORSE)),
}


def contests(
    name: str, experiment: Experiment, metric_name: str, metric: Metric, seen: Outcomes, *, began: float, at: float
) -> list[Contest]:
    """Every arm but the control against it, on one metric. All comparisons of the experiment share its alpha."""
    doubt = "" if seen.error else _doubt(experiment, seen)
    found = []
    for arm in experiment.treatments:
        comparison = None if seen.error else _compared(experiment, metric, seen, arm)
        found.append(
            Contest(
                experiment=name,
                metric=metric_name,
                arm=arm,
                control=experiment.control,
                goal=Goal(experiment.metrics[metric_name]),
                margin=experiment.margin,
                alpha=experiment.alpha,
                noun=_noun(metric_name, metric),
                began=began,
                at=at,
                comparison=comparison,
                hits=(_of(seen, experiment.control).hits, _of(seen, arm).hits),
                doubt=doubt,
                error=seen.error,
                newest=seen.newest,
                source=seen.source,
                unit=metric.unit.strip() if metric.kind is MetricKind.SUM else "",
            )
        )
    return found


def _compared(experiment: Experiment, metric: Metric, seen: Outcomes, arm: str) -> Comparison:
    control, treatment = _of(seen, experiment.control), _of(seen, arm)
    alpha = shared(experiment.alpha, experiment.comparisons)
    if metric.kind in _MEANS:
        return compare_means(control.moments, treatment.moments, alpha=alpha)
    # As planned, not as seen: the share is part of the bet, and a bet is made beforehand.
    share = experiment.arms[arm] / (experiment.arms[arm] + experiment.arms[experiment.control])
    return compare_proportions(
        Proportion(control.users, control.hits), Proportion(treatment.users, treatment.hits), alpha=alpha, share=share
    )


def _doubt(experiment: Experiment, seen: Outcomes) -> str:
    """Why the arms cannot be compared; empty where they can."""
    ratio = sample_ratio({arm: _of(seen, arm).users for arm in experiment.arms}, experiment.arms)
    if ratio.mismatch:
        return ratio.sentence
    multiple = multiple_exposure(seen.both, seen.met)
    return multiple.sentence if multiple.mismatch else ""


def _of(seen: Outcomes, arm: str) -> ArmOutcome:
    return seen.arms.get(arm, ArmOutcome(0, 0, Moments(0, 0.0, 0.0)))


def _noun(name: str, metric: Metric) -> str:
    title = metric.words(name)
    if metric.kind is MetricKind.SHARE or (metric.kind is MetricKind.SUM and title.endswith("per user")):
        return title
    return f"{title} per user" if metric.kind in _MEANS else f"share of users with {title}"


def _finite(*values: float) -> list[float | None]:
    return [round(value, 6) if abs(value) < float("inf") else None for value in values]
