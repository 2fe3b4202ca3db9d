"""Is the canary's rate on the right side of a limit? A test that may be looked at every second, without a control.

It serves where errors are too rare to compare. H0: the rate is c or more. A bet ρ < 1 says that it is c·ρ:

    L = ρ^hits · exp(c(1 − ρ)·units)

With a true rate x >= c a unit multiplies the capital in expectation by (1 − x(1 − ρ))·exp(c(1 − ρ)), and by 1 + y <= e^y
that is at most exp((c − x)(1 − ρ)) <= 1; so too where one unit may hit many times, as a Poisson count. A mean of such
bets is an e-process by the same argument as in docs/guards.md. Successes are the mirror: H0 is c or fewer, and ρ > 1.
"""

from __future__ import annotations

from math import exp, fsum, inf, log

from tminus.delay import BETA
from tminus.guards.model import Counts, Harm

# How far from the limit the rate is held to be, and how much of the capital is on it. With no hit at all the first
# bet needs 4/c units at β = 5 %, where a fixed sample would need 3/c.
_BETS = {Harm.MORE: (0.02, 0.2, 0.5), Harm.FEWER: (2.0, 1.3, 1.1)}
_WEIGHTS = (0.4, 0.3, 0.3)


def below(ceiling: float, counts: Counts, beta: float = BETA) -> bool:
    """True when all that was counted in the canary shows a rate below `ceiling`: evidence of 1/β or more."""
    return log_within(ceiling, counts.canary_units, counts.canary_hits) >= -log(beta)


def log_within(limit: float, units: float, hits: float, harm: Harm = Harm.MORE) -> float:
    """log of the evidence that the rate behind `hits` of `units` is below `limit`; for Harm.FEWER, above it."""
    bets = _bets(limit, units, hits, 0.0, harm)
    logs = [log(weight) + now for weight, (now, _) in zip(_WEIGHTS, bets, strict=True)]
    top = max(logs)
    return top + log(fsum(exp(one - top) for one in logs))


def share_missing(limit: float, units: float, hits: float, rate: float, needed: float, harm: Harm = Harm.MORE) -> float:
    """How many times the units seen so far are still expected to be needed for evidence of e^needed, if the true rate
    is `rate`; infinite where it would never be shown.
    """
    missing = inf
    for weight, (now, drift) in zip(_WEIGHTS, _bets(limit, units, hits, rate, harm), strict=True):
        if units > 0 and drift > 0:
            missing = min(missing, max(needed - log(weight) - now, 0.0) / (drift * units))
    return missing


def _bets(limit: float, units: float, hits: float, rate: float, harm: Harm) -> list[tuple[float, float]]:
    """For each bet its log so far, and what a unit with this rate is expected to add."""
    earned = [(log(bet), limit * (1 - bet)) for bet in _BETS[harm]]
    return [(hits * hit + units * unit, rate * hit + unit) for hit, unit in earned]
