"""From plan, state and facts to the view of a launch's experiments: what was seen of each arm, and what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite

from tminus.core.contest import Contest
from tminus.core.experiments import dice_of, phase_of
from tminus.core.facts import Facts
from tminus.core.outline import Outline
from tminus.core.reach import region_names
from tminus.core.state import State
from tminus.guards.experiment import VerdictKind

_WIDEST = 2.0


@dataclass(frozen=True)
class ContestView:
    """An arm against the control on one metric. `change`, `low` and `high` are parts of the control's value (0.02 is 2 %
    more); a limit is null where nothing bounds it yet, `change` where nothing was measured.

    `state` is better, not-worse, worse, undecided, inconclusive or unknown; `users` and `values` are the control's and
    the arm's.
    """

    metric: str
    noun: str
    goal: str
    arm: str
    state: str
    sentence: str
    users: tuple[int, int] = (0, 0)
    values: tuple[str, str] = ("–", "–")
    change: float | None = None
    low: float | None = None
    high: float | None = None
    needed: int | None = None  # about how many more users of the arm decide it
    variance_reduction: float = 0.0  # by what users did before
    asymptotic: bool = False


@dataclass(frozen=True)
class ExperimentView:
    """An experiment. `state` is waiting (for its phase), running, or stopped (nobody is in, what was seen stays)."""

    name: str
    title: str
    flag: str
    state: str
    share: float
    arms: dict[str, float]
    control: str
    margin: float
    confidence: float
    phase: str
    layer: str = ""
    range: tuple[float, float] = (0.0, 1.0)  # its part of its layer's dice, whose beginning is what `from` takes
    regions: list[str] = field(default_factory=list)  # only users there are in; everywhere if empty
    cohorts: list[str] = field(default_factory=list)  # only users of one of these are in; everybody if empty
    began_at: float | None = None
    doubt: str = ""  # why the arms cannot be compared; empty while they can
    contests: list[ContestView] = field(default_factory=list)


def experiment_views(outline: Outline, state: State, facts: Facts) -> list[ExperimentView]:
    """All experiments of the plan, in its order."""
    found = []
    for name, one in outline.plan.experiments.items():
        began, contests = state.experiments.get(name), facts.experiments.get(name, ())
        found.append(
            ExperimentView(
                name=name,
                title=one.title or name,
                flag=one.flag,
                state="waiting" if began is None else "running" if state.exposes(one.flag) else "stopped",
                share=state.share_of(one.flag),
                arms=dict(one.arms),
                control=one.control,
                margin=one.margin,
                confidence=1 - one.alpha,
                phase=outline.phases[phase_of(outline.plan, one)].title or phase_of(outline.plan, one),
                layer=one.layer or "",
                range=dice_of(outline.plan, one, state.share_of(one.flag)) if one.layer else (0.0, 1.0),
                regions=region_names(outline.plan, one.regions),
                cohorts=list(one.cohorts),
                began_at=began,
                doubt=next((contest.doubt for contest in contests if contest.doubt), ""),
                contests=[_contest(contest) for contest in contests],
            )
        )
    return found


def span_of(experiment: ExperimentView, contests: Sequence[ContestView]) -> float:
    """How far a drawing of these intervals reaches to each side of zero, as a part of the control's value. The margin and
    all limits are on it, but for those beyond twice the value."""
    limits = (limit for one in contests for limit in (one.low, one.high) if limit is not None)
    return min(max([experiment.margin, *map(abs, limits)]), _WIDEST) * 1.05


def _contest(contest: Contest) -> ContestView:
    verdict, compared = contest.verdict(), contest.comparison
    view = ContestView(contest.metric, contest.noun, contest.goal.value, contest.arm, "unknown", verdict.sentence)
    if compared is None:
        return view
    nobody = not (compared.users_control and compared.users_treatment)
    values = (compared.control_value, compared.treatment_value)
    return ContestView(
        metric=view.metric,
        noun=view.noun,
        goal=view.goal,
        arm=view.arm,
        state=verdict.kind.value,
        sentence=verdict.sentence,
        users=(compared.users_control, compared.users_treatment),
        values=("–", "–") if nobody else (_value(values[0], contest), _value(values[1], contest)),
        change=None if nobody else _bounded(compared.relative),
        low=_bounded(compared.relative_low),
        high=_bounded(compared.relative_high),
        needed=verdict.users_needed if verdict.kind is VerdictKind.UNDECIDED else None,
        variance_reduction=compared.variance_reduction,
        asymptotic=compared.asymptotic,
    )


def _value(value: float, contest: Contest) -> str:
    assert contest.comparison is not None
    if not contest.comparison.asymptotic:
        return f"{value * 100:.1f} %"
    digits = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{digits} {contest.unit}".rstrip()


def _bounded(value: float) -> float | None:
    return value if isfinite(value) else None
