"""What a guard says: the evidence, the counts behind it, and one sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, fsum, log

from tminus.guards.model import GuardSettings
from tminus.guards.process import GuardState, log_add, unspent_weight

# exp(709.8) overflows; evidence that large is beyond any threshold, and a finite number survives JSON.
LARGEST_LOG = 700.0


@dataclass(frozen=True)
class GuardReading:
    """A guard's evidence of harm at one moment. Logs are natural; 0 is no evidence either way.

    log_evidence  of ½·E_rel + ½·E_abs, or of E_rel without a ceiling: the one number to hold against `threshold`
    log_relative  of E_rel, against the control
    log_absolute  of E_abs, against the ceiling; None without one
    counts        units and errors since `started_at` (Unix seconds)
    """

    log_evidence: float
    log_relative: float
    log_absolute: float | None
    control_units: int
    control_hits: int
    canary_units: int
    canary_hits: int
    started_at: float

    @property
    def evidence(self) -> float:
        """E, clipped at e^700 so that it is always finite."""
        return exp(min(self.log_evidence, LARGEST_LOG))


def reading(settings: GuardSettings, state: GuardState) -> GuardReading:
    """What the state says under these settings, with the late-onset mixture."""
    relative = _mixture(state.relative, state.starts)
    absolute = None if settings.ceiling is None else _mixture(state.absolute, state.starts)
    totals = state.totals
    return GuardReading(
        log_evidence=relative if absolute is None else log_add(relative, absolute) - log(2.0),
        log_relative=relative,
        log_absolute=absolute,
        control_units=totals.control_units,
        control_hits=totals.control_hits,
        canary_units=totals.canary_units,
        canary_hits=totals.canary_hits,
        started_at=state.started_at,
    )


def explain(reading: GuardReading, alpha: float, unit: str = "users") -> str:
    """One plain sentence: "12 failures in 301 canary users against 4 in 5,810; evidence of harm 250 of 100 needed"."""
    if reading.canary_units == 0:
        return f"no canary {unit} seen yet; evidence of harm {_plain(reading.evidence)} of {_plain(1 / alpha)} needed"
    control = (
        f"against {reading.control_hits:,} in {reading.control_units:,}"
        if reading.control_units
        else "with no control to compare"
    )
    return (
        f"{reading.canary_hits:,} failures in {reading.canary_units:,} canary {unit} {control}; "
        f"evidence of harm {_plain(reading.evidence)} of {_plain(1 / alpha)} needed"
    )


def _mixture(logs: tuple[float, ...], starts: int) -> float:
    """log(mean over ratios + what is still kept for starts to come)."""
    top = max(logs)
    mean = top + log(fsum([exp(value - top) for value in logs]) / len(logs))
    return log_add(mean, log(unspent_weight(starts)))


def _plain(number: float) -> str:
    """A number as a person says it. Rounded down, so that 99.7 never reads as the 100 that is needed."""
    if number >= 1e6:
        return "over 1,000,000" if number > 1e6 else "1,000,000"
    # The nudge keeps 1/0.01, which a float may hold as 99.999…, from being shown as 99.
    nudged = number * (1 + 1e-12)
    return f"{int(nudged):,}" if nudged >= 10 else f"{int(nudged * 10) / 10:g}"
