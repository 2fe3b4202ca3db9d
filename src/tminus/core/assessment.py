"""A criterion held against a measurement: the outcome, and on demand the words and the numbers behind it.

Words are made when somebody reads them: an engine assesses a dozen criteria a second and shows few.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from tminus.core.contest import Contest, Finding
from tminus.guards.bounds import lower_bound, still_needed, upper_bound
from tminus.plan.checks_metrics import currency_of, dimension_of
from tminus.plan.criterion import Arm, Criterion
from tminus.plan.model import Metric
from tminus.plan.quantity import Dimension, format_duration, format_quantity


class Outcome(StrEnum):
    """Argo Rollouts' words. Error and Inconclusive are neither good nor bad: they hold, and nothing else."""

    HOLDS = "Successful"
    FAILS = "Failed"
    UNKNOWN = "Error"
    INCONCLUSIVE = "Inconclusive"


class Measurement(msgspec.Struct, frozen=True):
    """What a source answered. `value` is in base units; `hits` of `total` is given where it is a proportion.

    `error` set means that nothing was measured: the text says why. `newest` is the time of the newest data used.
    """

    value: float | None
    hits: float | None = None
    total: float | None = None
    newest: float | None = None
    source: str = ""
    error: str = ""


class Assessment(msgspec.Struct, frozen=True):
    """`target` in base units, `window` in seconds, `at` and `since` in Unix seconds.

    `since` is when it began to hold at every evaluation; `lasted` is False while its `for` has not passed yet.
    """

    criterion: Criterion
    metric: Metric
    found: Measurement
    outcome: Outcome
    target: float
    window: float
    at: float
    why: str = ""  # of an outcome UNKNOWN
    since: float | None = None
    lasted: bool = True
    contest: Contest | None = None  # of a claim about an experiment
    finding: Finding | None = None

    @property
    def key(self) -> str:
        """The criterion's key."""
        return self.criterion.key

    @property
    def met(self) -> bool:
        """True when the criterion holds, and has for as long as it asks."""
        return self.outcome is Outcome.HOLDS and self.lasted

    @property
    def value(self) -> float | None:
        """The measured value in base units."""
        return self.found.value

    @property
    def needed(self) -> int | None:
        """How many more would show it, at the present rate; None where that is not the question."""
        if self.outcome is not Outcome.INCONCLUSIVE:
            return None
        if self.finding is not None:
            return self.finding.needed
        hits, total = self.found.hits or 0.0, self.found.total or 0.0
        if self.criterion.comparator.wants_low:
            return still_needed(hits, total, self.target)
        return still_needed(total - hits, total, 1 - self.target)

    @property
    def sentence(self) -> str:
        """What people read, everywhere the same."""
        name = name_of(self.criterion, self.metric)
        if self.outcome is Outcome.UNKNOWN:
            return f"could not measure {name}: {self.why}"
        if self.finding is not None:
            return self.finding.sentence
        dimension = dimension_of(self.metric) or self.criterion.target.dimension
        currency = currency_of(self.metric, self.criterion)
        value = format_quantity(self.value or 0.0, dimension, currency=currency)
        target = format_quantity(self.target, dimension, currency=currency)
        window = f" over {format_duration(self.window)}" if self.window else ""
        if self.outcome is Outcome.INCONCLUSIVE:
            counts = f"{self.found.hits:,.0f} of {self.found.total:,.0f}"
            wish = f"{self.criterion.comparator.value} {target}"
            return f"{name} {value}{window} ({counts}) does not yet show {wish}: {self._bound()}"
        if self.criterion.upper is not None:
            target = f"{target}..{format_quantity(self.criterion.upper.value, dimension, currency=currency)}"
        verb = "holds" if self.outcome is Outcome.HOLDS else "fails"
        return f"{name} {value}{window}: {self.criterion.comparator.value} {target} {verb}"

    def evidence(self) -> dict[str, Any]:
        """For the log: what was seen, and by what."""
        seen = {
            "criterion": self.criterion.text,
            "outcome": self.outcome.value,
            "value": self.value,
            "hits": self.found.hits,
            "total": self.found.total,
            "window_seconds": self.window or None,
            "source": self.found.source or None,
            "newest": self.found.newest,
            "since": self.since,
            "contest": self.contest.evidence() if self.contest else None,
        }
        return {key: value for key, value in seen.items() if value is not None}

    def _bound(self) -> str:
        """The end of the interval that leaves the question open: the one beyond the target."""
        hits, total = self.found.hits or 0.0, self.found.total or 0.0
        if (self.value or 0.0) < self.target:
            bound = f"it may be up to {format_quantity(upper_bound(hits, total), Dimension.RATIO)}"
        else:
            bound = f"it may be as little as {format_quantity(lower_bound(hits, total), Dimension.RATIO)}"
        needed = self.needed
        return f"{bound}, about {needed:,} more needed" if needed else bound


def name_of(criterion: Criterion, metric: Metric) -> str:
    """`canary page load time p95`: what is measured, in words, as they stand inside a sentence. `API errors` stays."""
    arm = "" if criterion.arm is Arm.ALL else f"{criterion.arm.value} "
    aggregate = f" {criterion.aggregate}" if criterion.aggregate else ""
    title = metric.words(criterion.metric)
    if criterion.claim is not None:
        by = "" if criterion.claim.by is None else f" by {criterion.claim.by * 100:g} %"
        return f"whether {criterion.claim.arm}'s {title} is {criterion.claim.word}{by}"
    return f"{arm}{title}{aggregate}"
