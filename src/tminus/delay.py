"""How long evidence takes: what a sequential comparison of two arms expects to need.

Below `plan` and `guards`, because `tminus check` and `tminus advise` must say the same hours and neither of the two
may import the other. The tests themselves are in `tminus.guards`; here is only how fast they are expected to grow.

Every hit (a failed request) is a trial: it is the canary's with chance θ. Where the canary truly fails `truth` times as
often as the control, evidence for the bet `bet` against the null `null` grows by `growth` nats a hit, and a test is
over when its threshold is reached: the expected delay is the threshold over the drift (A. Wald, Sequential tests of
statistical hypotheses, Annals of Mathematical Statistics 16(2), 1945).
"""

from __future__ import annotations

from math import inf, log

ALPHA = 0.01  # chance to roll back a healthy launch
DEAD_BAND = 1.0
BETA = 0.05  # chance to promote a canary that is as bad as its stage's margin, or worse
USUAL_ERRORS = 0.001
REGRESSION = 2.0
# Nats that not knowing the size of the harm costs a guard: its capital is spread over many bets (docs/guards.md).
GUARD_PRICE = 1.2
# As much for promotion: .6 of its capital is on "the canary is as good as the control" (docs/promotion.md).
PROMOTION_PRICE = -log(0.6)


def canary_part(share: float, ratio: float) -> float:
    """θ: the canary's part of all hits, when it has `share` of the units (0-1) and fails `ratio` times as often."""
    return ratio * share / (ratio * share + 1 - share)


def growth(share: float, truth: float, bet: float, null: float) -> float:
    """Nats a hit is expected to add to the log likelihood ratio of `bet` against `null`, when `truth` holds.

    All three are ratios of the canary's rate to the control's. Kullback and Leibler's divergence where truth is bet.
    """
    part, bets, nulls = (canary_part(share, ratio) for ratio in (truth, bet, null))
    return part * log(bets / nulls) + (1 - part) * log((1 - bets) / (1 - nulls))


def hits_per_second(per_second: float, share: float, errors: float, ratio: float) -> float:
    """Failed requests a second in both arms together; `per_second` counts everybody's requests."""
    return per_second * (share * min(errors * ratio, 1.0) + (1 - share) * errors)


def seconds_to_see(
    per_second: float,
    share: float,
    errors: float,
    regression: float,
    alpha: float = ALPHA,
    dead_band: float = DEAD_BAND,
) -> float:
    """Seconds until a guard is expected to show that the canary fails `regression` times as often as the control.

    `per_second` counts everybody's requests, `share` is the canary's part of them, `errors` the usual rate (0-1).
    Infinite where nothing can be seen: no traffic, no control, no regression beyond the dead band.
    """
    if not (_comparable(per_second, share, errors) and regression > dead_band):
        return inf
    drift = hits_per_second(per_second, share, errors, regression) * growth(share, regression, regression, dead_band)
    return (log(1 / alpha) + GUARD_PRICE) / drift


def seconds_to_clear(per_second: float, share: float, errors: float, margin: float, beta: float = BETA) -> float:
    """Seconds until a canary as good as the control is expected to be shown to fail less than `margin` times as often.

    The arguments as in `seconds_to_see`. Infinite where nothing can be shown.
    """
    if not (_comparable(per_second, share, errors) and margin > 1):
        return inf
    drift = hits_per_second(per_second, share, errors, 1.0) * growth(share, 1.0, 1.0, margin)
    return (log(1 / beta) + PROMOTION_PRICE) / drift


def excess_per_second(per_second: float, share: float, errors: float, regression: float) -> float:
    """Failed requests a second that there would not be if the canary were as good as the control."""
    return per_second * share * (min(errors * regression, 1.0) - errors)


def _comparable(per_second: float, share: float, errors: float) -> bool:
    return per_second > 0 and 0 < share < 1 and 0 < errors < 1
