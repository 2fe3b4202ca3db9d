"""Were the right users counted? Tests of the sample itself that may be looked at at any time (docs/experiments.md).

Where they fail, a comparison of the arms means nothing: whoever is missing is not missing by chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, fsum, inf, isclose, isfinite, lgamma, log, log1p

from tminus.errors import UsageError

ALPHA = 0.001
# Users whose worth the prior belief in the expected shares has: the test is keenest on deviations that take
# some thousands of users to see.
_PRIOR_USERS = 1000.0
_LARGEST_LOG = 700.0
_RATIOS = (1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0)


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """Seen shares held against expected ones.

    log_evidence  natural log of the evidence against the expected shares; a mismatch from log(1/α) on
    shares        seen, by variant; 0 each without users
    expected      shares that sum to 1
    sentence      of the variant that is furthest off, for people
    """

    log_evidence: float
    mismatch: bool
    shares: Mapping[str, float]
    expected: Mapping[str, float]
    sentence: str


@dataclass(frozen=True, slots=True)
class MultipleExposure:
    """Users who met more than one variant: their share of all, and whether it is shown to be above what is allowed."""

    mismatch: bool
    share: float
    sentence: str


def sample_ratio(seen: Mapping[str, int], expected: Mapping[str, float], alpha: float = ALPHA) -> SampleRatio:
    """Do users come in the expected shares? False alarms at any time: at most `alpha`.

    `seen` counts each user once, under the variant met first; `expected` has weights of any sum above 0. Lindon and
    Malek, NeurIPS 2022 (arXiv 2011.03567): a Dirichlet mixture over all shares against the expected ones. Raises
    `UsageError` for counts below 0 and weights that are none. A variant that was seen and not expected, or with weight 0,
    is a mismatch.
    """
    _require_alpha(alpha)
    shares = _expected(seen, expected)
    total = sum(seen.values())
    evidence = _ratio_evidence({name: seen.get(name, 0) for name in shares}, shares)
    if any(count and not shares.get(name) for name, count in seen.items()):
        evidence = _LARGEST_LOG
    found = {name: seen.get(name, 0) / total if total else 0.0 for name in {**shares, **seen}}
    mismatch = evidence >= -log(alpha)
    return SampleRatio(evidence, mismatch, found, shares, _ratio_sentence(found, shares, total, mismatch))


def multiple_exposure(both: int, total: int, allowed: float = 0.005, alpha: float = ALPHA) -> MultipleExposure:
    """Did more users than allowed meet more than one variant? False alarms at any time: at most `alpha`.

    Bets that a user's odds of it are ρ times as high as at `allowed`, ten ρ from 1.1 to 100; at every smaller rate,
    also one that changes, the mean of these bets can only lose. Raises `UsageError` for counts or a share that
    cannot be.
    """
    _require_alpha(alpha)
    if not 0 <= both <= total or not 0 < allowed < 1:
        raise UsageError(
            f"{both} of {total} users met more than one variant, {allowed} is allowed",
            hint="count each user once; allow a share between 0 and 1",
            code="sample-counts",
        )
    logs = [both * log(ratio) - total * log1p(allowed * (ratio - 1)) for ratio in _RATIOS]
    mismatch = _log_mean(logs) >= -log(alpha)
    share = both / total if total else 0.0
    counted = f"{_percent(share)} of {total:,} users met more than one variant, at most {_percent(allowed)} may"
    if not total:
        counted = "no users seen yet"
    return MultipleExposure(mismatch, share, counted + (_INCONCLUSIVE.format("multiple exposure") if mismatch else ""))


_INCONCLUSIVE = ": the comparison is inconclusive ({})"


def _require_alpha(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise UsageError(f"alpha is {alpha}", hint="choose a chance such as 0.001", code="sample-alpha")


def _expected(seen: Mapping[str, int], expected: Mapping[str, float]) -> dict[str, float]:
    """The expected weights, scaled to sum to 1."""
    if any(not isfinite(weight) or weight < 0 for weight in expected.values()) or not fsum(expected.values()) > 0:
        raise UsageError(
            f"users are expected in shares {dict(expected)}",
            hint="name the variants with shares of 0 or more, not all 0",
            code="sample-shares",
        )
    if any(count < 0 for count in seen.values()):
        raise UsageError(f"users cannot be counted as {dict(seen)}", hint="count each user once", code="sample-counts")
    total = fsum(expected.values())
    return {name: weight / total for name, weight in expected.items()}


def _ratio_evidence(seen: Mapping[str, int], shares: Mapping[str, float]) -> float:
    """log of ∫ Π p_i^{n_i} dDirichlet(κπ)(p) / Π π_i^{n_i}, from totals alone."""
    total = sum(seen[name] for name, share in shares.items() if share)
    mixture = lgamma(_PRIOR_USERS) - lgamma(_PRIOR_USERS + total)
    for name, share in shares.items():
        if not share:
            continue  # nobody should have it; whoever has is a mismatch without a bet
        prior = _PRIOR_USERS * share
        mixture += lgamma(prior + seen[name]) - lgamma(prior) - seen[name] * log(share)
    return min(mixture, _LARGEST_LOG)


def _ratio_sentence(found: Mapping[str, float], shares: Mapping[str, float], total: int, mismatch: bool) -> str:
    if not total:
        return "no users seen yet"
    name = max(found, key=lambda one: _surprise(found[one], shares.get(one, 0.0)))
    share = shares.get(name, 0.0)
    digits = 1
    while digits < 6 and found[name] != share and f"{100 * found[name]:.{digits}f}" == f"{100 * share:.{digits}f}":
        digits += 1
    counted = f"{_percent(found[name], digits)} of {total:,} users seen have {name}, {_percent(share, digits)} should"
    return counted + (_INCONCLUSIVE.format("sample ratio mismatch") if mismatch else "")


def _surprise(found: float, share: float) -> float:
    """Pearson's residual, but for √total: a rare variant that doubles is further off than a common one that loses it."""
    return abs(found - share) / share**0.5 if share else inf


def _log_mean(logs: list[float]) -> float:
    top = max(logs)
    return top + log(fsum(exp(one - top) for one in logs) / len(logs))


def _percent(share: float, digits: int = 1) -> str:
    """A share in percent, without a fraction that is all zeros."""
    percent = 100 * share
    whole = isclose(percent, round(percent), abs_tol=1e-9)
    return f"{percent:.0f} %" if whole else f"{percent:.{digits}f} %"
