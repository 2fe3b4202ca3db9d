"""Several guards under one alpha: weighing their evidence together."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, fsum, isclose, log

from tminus.errors import UsageError
from tminus.guards.report import GuardReading


def threshold(alpha: float) -> float:
    """log(1/α): roll back when the combined log evidence reaches it. By Ville's inequality (docs/guards.md)."""
    if not 0 < alpha < 1:
        raise UsageError(f"alpha is {alpha}", hint="choose a chance between 0 and 1, such as 0.01", code="guard-alpha")
    return -log(alpha)


def combine(readings: Mapping[str, GuardReading], weights: Mapping[str, float] | None = None) -> float:
    """log Σ_m w_m·E_m over metrics m: one evidence for the launch, valid however the metrics depend on each other.

    The weights are fixed before the launch, name the same metrics as the readings, and sum to 1; by default they are
    equal. Without readings the answer is 0: no evidence. Raises `UsageError` for weights that do not fit.
    """
    if not readings:
        return 0.0
    shares = {name: 1.0 / len(readings) for name in readings} if weights is None else weights
    _require_fit(readings, shares)
    terms = [(shares[name], one.log_evidence) for name, one in readings.items() if shares[name] > 0]
    top = max(value for _, value in terms)
    return top + log(fsum(share * exp(value - top) for share, value in terms))


def _require_fit(readings: Mapping[str, GuardReading], weights: Mapping[str, float]) -> None:
    if set(readings) != set(weights):
        raise UsageError(
            f"weights name {sorted(weights)}, the guards are {sorted(readings)}",
            hint="give every guarded metric a weight; a metric without data keeps its own",
            code="guard-weights",
        )
    if any(weight < 0 for weight in weights.values()) or not isclose(fsum(weights.values()), 1.0, abs_tol=1e-9):
        raise UsageError(
            f"weights {dict(weights)} do not sum to 1",
            hint="give shares of 0 or more that sum to 1",
            code="guard-weights",
        )
