"""What a comparison says, for people and for the plan's criteria."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, isfinite

from tminus.errors import UsageError
from tminus.guards import experiment_means, experiment_proportions
from tminus.guards.experiment_means import FIRST_LOOK
from tminus.guards.experiment_model import ALPHA, Comparison, require_alpha

_MOST = 10**9  # users; who needs more is told that it will not be decided


class Goal(StrEnum):
    """Which way is better."""

    MORE = "more"
    FEWER = "fewer"


class VerdictKind(StrEnum):
    """What was shown. NOT_WORSE: not by more than the margin; INCONCLUSIVE: the samples cannot be compared."""

    BETTER = "better"
    WORSE = "worse"
    NOT_WORSE = "not-worse"
    UNDECIDED = "undecided"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict, a sentence with the figures behind it, and about how many more users of the treatment it takes
    to decide at the present difference: 0 when decided, None when nobody can say."""

    kind: VerdictKind
    sentence: str
    users_needed: int | None


def verdict(
    comparison: Comparison,
    goal: Goal,
    *,
    margin: float = 0.0,
    noun: str = "value",
    arm: str = "B",
    alpha: float = ALPHA,
    unit: str = "",
    doubt: str = "",
) -> Verdict:
    """Is the treatment better, worse, or not worse by more than `margin` (a part of the control's value, 0.02 is 2 %)?

    The first of these that is shown is the verdict: better (than the control), not worse (by more than the margin),
    worse (by more than the margin). `doubt` is why the samples cannot be compared: the verdict is then inconclusive.
    `alpha` is what the comparison was made with, before it was shared; `unit` stands behind means. Raises
    `UsageError` for a margin below 0 or of 1 and more.
    """
    require_alpha(alpha)
    if not 0 <= margin < 1:
        raise UsageError(f"the margin is {margin:g}", hint="give a part such as 0.02 for 2 %", code="experiment-margin")
    if doubt:
        return Verdict(VerdictKind.INCONCLUSIVE, doubt, None)
    missing = _missing(comparison, arm)
    if missing:
        return Verdict(VerdictKind.UNDECIDED, missing, None)
    low, high = _gain(comparison, goal, margin)
    kind = _kind(low, high, margin)
    needed = _users_needed(comparison, goal, margin, alpha) if kind is VerdictKind.UNDECIDED else 0
    figures = _figures(comparison, noun, arm, alpha, unit)
    return Verdict(kind, f"{figures}: {_conclusion(kind, margin, arm, needed)}", needed)


def _missing(comparison: Comparison, arm: str) -> str:
    if comparison.users_treatment == 0 or comparison.users_control == 0:
        return f"no users {f'of {arm}' if comparison.users_treatment == 0 else 'of the control'} counted yet"
    if comparison.asymptotic and not isfinite(comparison.low):
        fewest = min(comparison.users_control, comparison.users_treatment)
        return f"{fewest:,} users in the smaller arm, a mean is judged from {FIRST_LOOK} on"
    return ""


def _gain(comparison: Comparison, goal: Goal, margin: float) -> tuple[float, float]:
    """The interval in the direction that is better: relative where a relative margin asks for it."""
    low, high = comparison.low, comparison.high
    if margin:
        low, high = comparison.relative_low, comparison.relative_high
    return (low, high) if goal is Goal.MORE else (-high, -low)


def _kind(low: float, high: float, margin: float) -> VerdictKind:
    if low > 0:
        return VerdictKind.BETTER
    if margin and low > -margin:
        return VerdictKind.NOT_WORSE
    return VerdictKind.WORSE if high < -margin else VerdictKind.UNDECIDED


def _users_needed(comparison: Comparison, goal: Goal, margin: float, alpha: float) -> int | None:
    """How many more of the treatment until treatment − (1 ∓ margin)·control is shown to be on its side of 0; the
    interval around it shrinks as k(n)/√n, with k(n) standard errors at n users."""
    sign = 1 if goal is Goal.MORE else -1
    room = abs(sign * comparison.difference + margin * abs(comparison.control_value))
    reach = (comparison.high - comparison.low) / 2
    users = comparison.users_control + comparison.users_treatment
    now = _standard_errors(comparison, 1.0, alpha)
    times = 1.0
    for _ in range(20):
        if room * 1e6 < reach or users * times > _MOST:
            return None
        times = (reach / room * _standard_errors(comparison, times, alpha) / now) ** 2
    return max(ceil(comparison.users_treatment * (times - 1)), 1)


def _standard_errors(comparison: Comparison, times: float, alpha: float) -> float:
    """k(n) for `times` as many users as there are."""
    first, second = comparison.users_control * times, comparison.users_treatment * times
    if comparison.asymptotic:
        return experiment_means.boundary(ceil(first + second), alpha)
    rate = (comparison.control_value + comparison.treatment_value) / 2
    return experiment_proportions.boundary(4 * first * second / (first + second) * max(rate * (1 - rate), 1e-9), alpha)


def _conclusion(kind: VerdictKind, margin: float, arm: str, needed: int | None) -> str:
    by = f" by more than {_percent(margin)}" if margin else ""
    if kind is VerdictKind.BETTER:
        return "better"
    if kind is VerdictKind.NOT_WORSE:
        return f"not worse{by}"
    if kind is VerdictKind.WORSE:
        return f"worse{by}"
    if needed is None:
        return "undecided, and more users would hardly decide it at this difference"
    return f"undecided; at this difference about {_about(needed)} more users of {arm} decide it"


def _figures(comparison: Comparison, noun: str, arm: str, alpha: float, unit: str) -> str:
    values = [comparison.treatment_value, comparison.control_value]
    treatment, control = (_mean(one, unit) if comparison.asymptotic else _share(one) for one in values)
    confidence = f"with {100 * (1 - alpha):.6g} % confidence"
    low, high = comparison.relative_low, comparison.relative_high
    if isfinite(low) and isfinite(high):
        change = f"{_signed(comparison.relative)}, between {_signed(low)} and {_signed(high)} {confidence}"
    else:
        low, high = comparison.low, comparison.high
        if not comparison.asymptotic:
            low, high = 100 * low, 100 * high
        what = (f" {unit}" if unit else "") if comparison.asymptotic else " points"
        change = f"a difference between {low:+.3g} and {high:+.3g}{what} {confidence}"
    return f"{arm}'s {noun} is {treatment} against {control} ({change})"


def _share(value: float) -> str:
    """A share in percent; small ones keep two figures, so that 0.012 % is not shown as 0.0 %."""
    percent = 100 * value
    return f"{percent:.1f} %" if percent == 0 or percent >= 1 else f"{percent:.2g} %"


def _mean(value: float, unit: str) -> str:
    digits = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{digits} {unit}".rstrip()


def _percent(part: float) -> str:
    return f"{100 * part:.3g} %"


def _signed(part: float) -> str:
    # What rounds to nothing has no sign.
    text = f"{100 * part:+.1f} %"
    return "0.0 %" if text[1:] == "0.0 %" else text


def _about(users: int) -> str:
    """Two figures are all that such an estimate is worth."""
    return f"{float(f'{users:.1e}'):,.0f}"
