"""Does an arm get lost between the answer and telemetry? A new version that fails before it reports looks healthy: what it
spoils is not counted. Of users who were given a variant, as many should be seen with it whichever it was.

For a rate p the beta-binomial mixture M(p) of the likelihoods over that of p is an e-process (Robbins, Annals of Mathematical
Statistics 41, 1970, here with Jeffreys' prior). The product over both arms is one for the pair of their rates. The canary is
called lost once the product has passed 1/α at every pair in which its rate is at least half the control's: while one of
those pairs is true, that happens at any time with a chance of at most α (Ville's inequality).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma, log, log1p

from tminus.errors import UsageError

ALPHA = 0.001
_HALF = 0.5  # below so much of the control's rate an arm counts as lost: smaller gaps have harmless reasons
_PRIOR = 0.5
_HALVINGS = 60
_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Users of one arm who were given its variant, and how many of them were then seen with it."""

    given: int = 0
    seen: int = 0


@dataclass(frozen=True, slots=True)
class LostArm:
    """`log_evidence` (natural logarithm) that canary users are seen less than half as often as control's; lost from
    log(1/α) on. `sentence` is for people, empty while it is not lost."""

    lost: bool
    log_evidence: float
    sentence: str


def lost_arm(canary: Arrivals, control: Arrivals, alpha: float = ALPHA) -> LostArm:
    """Is the canary seen less than half as often as the control? Users have to be independent of each other, each counted
    once. False alarms at any time: at most `alpha`. Raises `UsageError` for counts that cannot be."""
    if any(not 0 <= arm.seen <= arm.given for arm in (canary, control)) or not 0 < alpha < 1:
        raise UsageError(f"{canary} and {control} at alpha {alpha}", hint="count each user once", code="sample-counts")
    if not canary.given or not control.seen or canary.seen / canary.given >= _HALF * control.seen / control.given:
        return LostArm(False, 0.0, "")
    evidence = max(_least(canary, control), 0.0)
    lost = evidence >= -log(alpha)
    return LostArm(lost, evidence, _sentence(canary, control) if lost else "")


def _least(canary: Arrivals, control: Arrivals) -> float:
    """The smallest product over the pairs that are no loss: on their edge, since it is convex and its bottom lies outside."""

    def product(rate: float) -> float:
        return _mixture(canary, rate * _HALF) + _mixture(control, rate)

    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        low, high = (low, right) if product(left) < product(right) else (left, high)
    return product((low + high) / 2)


def _mixture(arm: Arrivals, rate: float) -> float:
    """log M(rate)."""
    missed = arm.given - arm.seen
    mixed = _log_beta(arm.seen + _PRIOR, missed + _PRIOR) - _log_beta(_PRIOR, _PRIOR)
    return mixed - (arm.seen * log(rate) if arm.seen else 0.0) - (missed * log1p(-rate) if missed else 0.0)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _sentence(canary: Arrivals, control: Arrivals) -> str:
    return (
        f"of {canary.given:,} sampled users who were given the new version {canary.seen / canary.given:.0%} were then seen "
        f"with it in telemetry, of {control.given:,} with the old one {control.seen / control.given:.0%}: the new version "
        "fails before it reports, or says no variant; the comparison is inconclusive (lost arm)"
    )
