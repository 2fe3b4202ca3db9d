"""Two shares compared, exactly and at any time, from users and hits alone. Derivation in docs/experiments.md.

For every pair of rates (p, q) there is one e-process: a mixture of likelihood ratios that tilt the odds of both arms.
The pairs whose evidence is below 1/α are a convex confidence set; the intervals are its shadows.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf, log, pi, sqrt

import numpy as np
import numpy.typing as npt

from tminus.errors import UsageError
from tminus.guards.experiment_model import ALPHA, Comparison, Proportion, require_alpha

Array = npt.NDArray[np.float64]

# Bets on the log odds: a log-normal mixture around 0.07, which is tightest near 5,000 users at a rate of 70 % and
# within a tenth of that from 400 to 800,000.
_CENTRE, _SPREAD = 0.07, 1.5
_STEPS = np.arange(-20, 12) * (log(2) / 2)
_SIZES = _CENTRE * np.exp(_STEPS)
_TILTS: Array = np.concatenate([-_SIZES[::-1], _SIZES])
_SHAPE = np.exp(-0.5 * (_STEPS / _SPREAD) ** 2)
_LOG_WEIGHTS: Array = np.log(np.concatenate([_SHAPE[::-1], _SHAPE]) / (2 * _SHAPE.sum()))
_ON_DIFFERENCE = 0.9  # the share of the bet on a difference; the rest keeps both rates near what was seen

_RAYS, _RAYS_NEAR_AN_END = 96, 384
_FEW = 50  # hits, or misses, with which the set may lie against 0 or 1 and have corners
_HALVINGS = 32
_WIDER = 1.001  # covers what lies between two rays


def compare_proportions(
    control: Proportion, treatment: Proportion, *, alpha: float = ALPHA, share: float = 0.5
) -> Comparison:
    """The difference of two shares, with exact anytime-valid intervals.

    `share` is the part of the two arms' users that the plan gives to the treatment (0.5 when both are equal). It must
    not be taken from the data; a wrong one makes the intervals wider, never wrong. Raises `UsageError` for an alpha or
    share that is none.
    """
    require_alpha(alpha)
    if not 0 < share < 1:
        raise UsageError(
            f"the treatment cannot have {share:g} of both arms' users",
            hint="give a share between 0 and 1 as planned, such as 0.5",
            code="experiment-share",
        )
    return _compare(control, treatment, alpha, share)


def log_evidence(rates: tuple[Array, Array], control: Proportion, treatment: Proportion, share: float = 0.5) -> Array:
    """Log evidence against each pair of rates (control's, treatment's), two arrays of one shape; log-convex in them.

    For the true rates it is an e-process: above log(1/α) at any time with a chance of at most α.
    """
    p, q = rates
    towards, away = 2 * (1 - share) * _TILTS, -2 * share * _TILTS
    opposed = _weighed(_tilted(p, control, away) + _tilted(q, treatment, towards))
    apart = _weighed(_tilted(p, control, _TILTS)) + _weighed(_tilted(q, treatment, _TILTS))
    mixed: Array = np.logaddexp(log(_ON_DIFFERENCE) + opposed, log(1 - _ON_DIFFERENCE) + apart)
    return mixed


@lru_cache(maxsize=512)
def boundary(information: float, alpha: float) -> float:
    """How many standard errors wide an interval is on each side, about; `information` is the users of both arms times
    4·share·(1 − share)·rate·(1 − rate). From the same bets, with the normal distribution for the binomial."""
    near, far = 0.0, 40.0
    for _ in range(30):
        middle = (near + far) / 2
        logs = _TILTS * middle * sqrt(information) - _TILTS**2 * information / 2
        inside = log(_ON_DIFFERENCE) + float(_weighed(logs[None, :])[0]) < -log(alpha)
        near, far = (middle, far) if inside else (near, middle)
    return far


@lru_cache(maxsize=512)
def _compare(control: Proportion, treatment: Proportion, alpha: float, share: float) -> Comparison:
    low, high, relative_low, relative_high = -1.0, 1.0, -1.0, inf
    if control.users and treatment.users:
        p, q = _outline(control, treatment, alpha, share)
        low, high = float((q - p).min()), float((q - p).max())
        positive = p > 0
        ratios = q[positive] / p[positive]
        relative_low = float(ratios.min()) - 1
        relative_high = float(ratios.max()) - 1 if positive.all() else inf
    return Comparison.of(
        (control.rate, treatment.rate),
        (control.users, treatment.users),
        (low, high),
        (relative_low, relative_high),
        asymptotic=False,
    )


def _outline(control: Proportion, treatment: Proportion, alpha: float, share: float) -> tuple[Array, Array]:
    """The confidence set's edge: along rays from the observed rates, where the evidence reaches 1/α.

    A ray that meets 0 or 1 slides on along that side. At the observed rates the evidence is at most 1, so every ray
    starts within.
    """
    few = min(control.hits, control.users - control.hits, treatment.hits, treatment.users - treatment.hits) < _FEW
    rays = _RAYS_NEAR_AN_END if few else _RAYS
    angles = np.arange(rays) * (2 * pi / rays)
    across, along = _deviation(control), _deviation(treatment)

    def at(radius: Array) -> tuple[Array, Array]:
        p = np.clip(control.rate + radius * across * np.cos(angles), 0.0, 1.0)
        q = np.clip(treatment.rate + radius * along * np.sin(angles), 0.0, 1.0)
        return p, q

    limit = -log(alpha)
    within, beyond = np.zeros(rays), np.full(rays, 1.5 / min(across, along))
    for _ in range(_HALVINGS):
        middle = (within + beyond) / 2
        inside = log_evidence(at(middle), control, treatment, share) < limit
        within, beyond = np.where(inside, middle, within), np.where(inside, beyond, middle)
    return at(_WIDER * beyond)


def _deviation(arm: Proportion) -> float:
    smooth = (arm.hits + 0.5) / (arm.users + 1)
    return sqrt(smooth * (1 - smooth) / arm.users)


def _tilted(rate: Array, arm: Proportion, tilts: Array) -> Array:
    """log of Π e^{λx}/(1 + rate·(e^λ − 1)) over an arm's users, for every rate (rows) and λ (columns)."""
    tilted: Array = tilts * arm.hits - arm.users * np.log1p(rate[:, None] * np.expm1(tilts))
    return tilted


def _weighed(logs: Array) -> Array:
    """log Σ_k w_k·exp(logs[:, k])."""
    terms = logs + _LOG_WEIGHTS
    top = terms.max(axis=1)
    weighed: Array = top + np.log(np.exp(terms - top[:, None]).sum(axis=1))
    return weighed
