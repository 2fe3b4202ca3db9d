"""Advice on stages: how large the first share may be, how long each stage takes, and what a bad release costs there.

Expected values by Wald's formulas (`tminus.delay`), to plan with; what is promised in the launch itself is in
docs/guards.md and docs/promotion.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from tminus.delay import ALPHA, BETA, REGRESSION, excess_per_second, seconds_to_clear, seconds_to_see
from tminus.guards.promotion import default_margin

HARM = 25.0
_SHARES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
_STEP = 5.0  # a stage has at most so many times the share of the one before
_TIMES = (60, 120, 300, 600, 900, 1200, 1800, 2700, 3600, 5400)
_HOUR, _DAY = 3600.0, 86400.0


@dataclass(frozen=True, slots=True)
class Setting:
    """What advice is reckoned from.

    per_second  requests of everybody together; `errors` the usual share of failed ones (0-1)
    regression  a bad release fails this many times as often
    harm        failed requests that a bad release may cost before it is rolled back
    tick        seconds between two looks
    alpha       the guard's; with several guards of a rollout, its part of it
    """

    per_second: float
    errors: float
    regression: float = REGRESSION
    harm: float = HARM
    tick: float = 1.0
    alpha: float = ALPHA
    dead_band: float = 1.0
    beta: float = BETA


@dataclass(frozen=True, slots=True)
class StageAdvice:
    """What a stage with this share (0-1) is expected to need; infinite where nothing can be compared.

    clear_seconds  until a release as good as the control is shown to be within `margin`; 0 where nothing need be shown
    see_seconds    until a regression that begins in this stage is rolled back
    excess         failed requests that the regression costs by then
    """

    share: float
    margin: float
    clear_seconds: float
    see_seconds: float
    excess: float


def stage_advice(
    setting: Setting, share: float, margin: float | None = None, *, needed: bool = True, beta: float | None = None
) -> StageAdvice:
    """One stage. `margin` and `beta` where they are not the defaults; `needed` is False where time alone promotes."""
    asked = default_margin(share) if margin is None else margin
    chance = setting.beta if beta is None else beta
    clear = seconds_to_clear(setting.per_second, share, setting.errors, asked, chance) if needed else 0.0
    return StageAdvice(share, asked, clear, _seen(setting, share, setting.regression), harm_at(setting, share))


def harm_at(setting: Setting, share: float) -> float:
    """Expected failed requests of the regression at this share, until it is rolled back."""
    return _cost(setting, share, setting.regression)


def first_share(setting: Setting) -> float | None:
    """The largest share to begin with at which neither the regression nor a release that fails always costs more than
    the harm one accepts. A round one, at most 50 %. None where every share costs more: a small regression shows only
    after so many failures, however few have it.
    """
    fitting = [
        share
        for share in _SHARES
        if max(_cost(setting, share, setting.regression), _cost(setting, share, 1 / setting.errors)) <= setting.harm
    ]
    return max(fitting, default=None)


def ladder(setting: Setting, first: float | None = None) -> tuple[StageAdvice, ...]:
    """Stages from the first share up to 50 %, in steps of five at most. Everybody comes after them.

    `first` where one begins elsewhere than `first_share` says. Empty where that says nothing.
    """
    share = first_share(setting) if first is None else first
    shares: list[float] = []
    while share is not None:
        shares.append(share)
        share = max((one for one in _SHARES if share < one <= share * _STEP * (1 + 1e-9)), default=None)
    return tuple(stage_advice(setting, one) for one in shares)


def round_bake(seconds: float) -> float:
    """The next time up that one would write in a plan: 15 min, 45 min, 2 h, 3 d."""
    for known in _TIMES:
        if seconds <= known:
            return float(known)
    unit = _HOUR if seconds <= _DAY else _DAY
    return -(-seconds // unit) * unit


def total_seconds(stages: Sequence[StageAdvice]) -> float:
    """Expected seconds until a good release has everybody."""
    return sum((one.clear_seconds for one in stages), 0.0)


def _cost(setting: Setting, share: float, regression: float) -> float:
    if not 0 < share < 1:
        return 0.0 if share <= 0 else inf
    return excess_per_second(setting.per_second, share, setting.errors, regression) * _seen(setting, share, regression)


def _seen(setting: Setting, share: float, regression: float) -> float:
    """Until the look after the one that would have been enough."""
    seconds = seconds_to_see(setting.per_second, share, setting.errors, regression, setting.alpha, setting.dead_band)
    return seconds + setting.tick
