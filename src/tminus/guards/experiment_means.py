"""Two means per user compared at any time, with a pre-period covariate where both arms have one (CUPED).

Intervals are the asymptotic confidence sequences of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, *Time-uniform
central limit theory and asymptotic confidence sequences*, Annals of Statistics 52(6), 2024 (arXiv 2103.06476).
CUPED: Deng, Xu, Kohavi and Walker, WSDM 2013.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log, sqrt

from tminus.guards.experiment_model import ALPHA, Comparison, Moments, require_alpha

TUNED_FOR = 20_000  # users of both arms at which the intervals are tightest
FIRST_LOOK = 200  # users an arm; a central limit theorem says nothing of fewer, so nothing is said


def compare_means(control: Moments, treatment: Moments, *, alpha: float = ALPHA) -> Comparison:
    """The difference of two means per user, with asymptotic anytime-valid intervals, infinite before `FIRST_LOOK`.

    The covariate is used where both arms have it. Raises `UsageError` for an alpha that is no chance.
    """
    require_alpha(alpha)
    slope = _slope(control, treatment)
    users = control.users + treatment.users
    middle = (control.before + treatment.before) / users if users else 0.0
    first, second = _arm(control, slope, middle), _arm(treatment, slope, middle)
    low = relative_low = -inf
    high = relative_high = inf
    if min(control.users, treatment.users) >= FIRST_LOOK:
        width = boundary(users, alpha)
        radius = width * sqrt(first.variance + second.variance)
        low, high = second.value - first.value - radius, second.value - first.value + radius
        spread = slope * slope * (_within(control)[1] + _within(treatment)[1]) / users**2
        relative_low, relative_high = _relative(first, second, width * width, spread)
    return Comparison.of(
        (first.value, second.value),
        (control.users, treatment.users),
        (low, high),
        (relative_low, relative_high),
        asymptotic=True,
        variance_reduction=_reduction(first, second),
    )


def boundary(users: int, alpha: float, tuned_for: int = TUNED_FOR) -> float:
    """How many standard errors wide the interval is on each side after so many users of both arms.

    √(2·(1 + 1/(tρ²))·log(√(tρ² + 1)/α)), with ρ chosen so that it is least at `tuned_for` users.
    """
    scale = -2 * log(alpha) + log(1 - 2 * log(alpha))
    spent = users * scale / tuned_for  # tρ²
    return sqrt((1 + 1 / spent) * (log(spent + 1) - 2 * log(alpha)))


@dataclass(frozen=True, slots=True)
class _Arm:
    """A mean adjusted by the covariate, its variance, and its variance without that."""

    value: float
    variance: float
    plain: float


def _arm(sums: Moments, slope: float, middle: float) -> _Arm:
    if sums.users < 2:
        return _Arm(sums.total if sums.users else 0.0, inf, inf)
    outcome, covariate, both = _within(sums)
    value = sums.total / sums.users - slope * (sums.before / sums.users - middle)
    residual = max(outcome - 2 * slope * both + slope * slope * covariate, 0.0)
    divisor = sums.users * (sums.users - 1)
    return _Arm(value, residual / divisor, outcome / divisor)


def _within(sums: Moments) -> tuple[float, float, float]:
    """Σ(y − ȳ)², Σ(x − x̄)² and Σ(x − x̄)(y − ȳ) of an arm that has users."""
    outcome = max(sums.squares - sums.total**2 / sums.users, 0.0)
    covariate = max(sums.before_squares - sums.before**2 / sums.users, 0.0)
    return outcome, covariate, sums.product - sums.before * sums.total / sums.users


def _slope(control: Moments, treatment: Moments) -> float:
    """θ, pooled within the arms so that the effect itself does not enter it; 0 where an arm has no covariate."""
    if min(control.covered, treatment.covered) < 2:
        return 0.0
    (_, x_control, xy_control), (_, x_treatment, xy_treatment) = _within(control), _within(treatment)
    spread = x_control + x_treatment
    # Below this, what is left of equal covariates is rounding.
    noise = 1e-12 * (control.before_squares + treatment.before_squares)
    return (xy_control + xy_treatment) / spread if spread > noise else 0.0


def _reduction(first: _Arm, second: _Arm) -> float:
    plain = first.plain + second.plain
    return max(1 - (first.variance + second.variance) / plain, 0.0) if 0 < plain < inf else 0.0


def _relative(first: _Arm, second: _Arm, width: float, spread: float) -> tuple[float, float]:
    """Fieller's interval: the ratios r with (m₁ − r·m₀)² ≤ width·(v₁ + r²·v₀ + (1 − r)²·spread).

    `spread` is the variance of what both adjusted means share, the covariate's overall mean. Without limits where
    the control's mean is not kept away from 0.
    """
    square = first.value**2 - width * (first.variance + spread)
    if square <= 0:
        return -inf, inf
    half = first.value * second.value - width * spread
    rest = second.value**2 - width * (second.variance + spread)
    root = sqrt(max(half * half - square * rest, 0.0))
    low, high = (half - root) / square - 1, (half + root) / square - 1
    return (low, high) if first.value > 0 else (-high, -low)
