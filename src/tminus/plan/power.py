"""How long a stage must be to show a regression: the guards' expected delay, from the traffic that the plan expects."""

from __future__ import annotations

from math import inf, log

# As the guards have them (docs/guards.md): nine ratios share the capital, two halves share it again.
ALPHA = 0.01
DEAD_BAND = 1.25
_SPREAD = log(9) + log(2)
USUAL_ERRORS = 0.001


def seconds_to_see(per_second: float, share: float, errors: float, regression: float, alpha: float = ALPHA) -> float:
    """Seconds until the comparison of canary and control is expected to show that the canary fails `regression` times
    as often. `per_second` counts everybody's requests, `share` is the canary's part of them, `errors` the usual rate.

    Every failed request is a trial: it is the canary's with chance θ0 where the canary is as bad as it may be, and θ1
    where the regression is real. Evidence grows by KL(θ1 ‖ θ0) a trial, and log(1/α) plus the price of not knowing the
    size beforehand is needed (Wald: the delay of a sequential test is its threshold over the drift). Infinite where
    nothing can be seen: no traffic, no control, or a regression inside the dead band.
    """
    if not (per_second > 0 and 0 < share < 1 and 0 < errors < 1 and regression > DEAD_BAND):
        return inf
    theta_null = DEAD_BAND * share / (DEAD_BAND * share + 1 - share)
    theta = regression * share / (regression * share + 1 - share)
    drift = theta * log(theta / theta_null) + (1 - theta) * log((1 - theta) / (1 - theta_null))
    trials = per_second * min(errors * regression, 1.0) * share + per_second * errors * (1 - share)
    return (log(1 / alpha) + _SPREAD) / (trials * drift)
