"""Exact bounds for proportions: what a count of bad among total shows about the rate behind it.

The one-sided bounds are Clopper and Pearson's (Biometrika 26, 1934), by the binomial tail that defines them, so that
"is the bound below c?" needs one tail and no search. Tails come from the regularised incomplete beta function,
evaluated by its continued fraction (Lentz's method).
"""

from __future__ import annotations

import math

CONFIDENCE = 0.95
_CERTAIN = 30.0  # nats: a tail below e^-30 is not worth computing exactly
_TINY = 1e-300


def shows_below(bad: float, total: float, limit: float, confidence: float = CONFIDENCE) -> bool:
    """True when the upper bound of the rate is below `limit`: P(X <= bad | limit) is under 1 - confidence."""
    if total <= 0 or limit <= 0 or bad / total >= limit:
        return False
    if limit >= 1:
        return True
    if total * _divergence(bad / total, limit) > _CERTAIN:
        return True
    return 1.0 - _beta(limit, bad + 1, total - bad) < 1.0 - confidence


def shows_above(bad: float, total: float, limit: float, confidence: float = CONFIDENCE) -> bool:
    """True when the lower bound of the rate is above `limit`: P(X >= bad | limit) is under 1 - confidence."""
    # A source may count more bad ones than there are in all; what is left of the good ones is then none.
    return shows_below(max(total - bad, 0.0), total, 1.0 - limit, confidence)


def upper_bound(bad: float, total: float, confidence: float = CONFIDENCE) -> float:
    """The rate that `bad` of `total` leaves possible at most, with this one-sided confidence; 1 without data."""
    if total <= 0:
        return 1.0
    low, high = bad / total, 1.0
    for _ in range(48):
        middle = (low + high) / 2
        low, high = (low, middle) if shows_below(bad, total, middle, confidence) else (middle, high)
    return high


def lower_bound(bad: float, total: float, confidence: float = CONFIDENCE) -> float:
    """The rate that `bad` of `total` shows at least; 0 without data."""
    return 1.0 - upper_bound(max(total - bad, 0.0), total, confidence)


def still_needed(bad: float, total: float, limit: float, confidence: float = CONFIDENCE) -> int | None:
    """How many more at the present rate until it is shown to be below `limit`; None when it would never be."""
    rate = bad / total if total > 0 else 0.0
    if rate >= limit:
        return None
    few, many = total, max(total, 1.0)
    while not shows_below(rate * many, many, limit, confidence):
        few, many = many, many * 2
    while many - few > 0.01 * many and many > total:
        middle = (few + many) / 2
        few, many = (few, middle) if shows_below(rate * middle, middle, limit, confidence) else (middle, many)
    return math.ceil(many - total)


def _divergence(rate: float, other: float) -> float:
    """Kullback-Leibler divergence of two coins; Chernoff: a tail is at most exp(-n times this)."""
    first = rate * math.log(rate / other) if rate > 0 else 0.0
    second = (1 - rate) * math.log((1 - rate) / (1 - other)) if rate < 1 else 0.0
    return first + second


def _beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b) for a, b > 0."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1) / (a + b + 2):
        return math.exp(front) * _fraction(x, a, b) / a
    return 1.0 - math.exp(front) * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, _apart(1 - (a + b) * x / (a + 1))
    d = 1 / d
    result = d
    for m in range(1, 400):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1 / _apart(1 + even * d), _apart(1 + even / c)
        result *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1 / _apart(1 + odd * d), _apart(1 + odd / c)
        result *= d * c
        if abs(d * c - 1) < 1e-12:
            break
    return result


def _apart(value: float) -> float:
    """Lentz's method must not divide by zero."""
    return value if abs(value) > _TINY else _TINY
