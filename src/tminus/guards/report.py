"""What a guard says: the evidence, the counts behind it, and one sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

import numpy as np

from tminus.guards.bets import Logs
from tminus.guards.model import GuardSettings, Harm
from tminus.guards.onset import unspent_weight
from tminus.guards.process import GuardState

# exp(709.8) overflows; evidence that large is beyond any threshold, and a finite number survives JSON.
LARGEST_LOG = 700.0


@dataclass(frozen=True)
class GuardReading:
    """A guard's evidence of harm at one moment. Logs are natural; 0 is no evidence either way.

    log_evidence  of all that is bet, by their stakes: the one number to hold against `threshold`
    log_relative  of E_rel, against the control
    log_absolute  of E_abs, against the ceiling; None without one
    counts        units and hits since `started_at` (Unix seconds); of a ladder, those of the rung that says most
    harm          which hits are harm
    burst         φ that the next tick is divided by
    rungs         levels of the ladder, 1 for anything else
    log_warm      of what is bet within burn-ins, its stake included; None where there are none
    """

    log_evidence: float
    log_relative: float
    log_absolute: float | None
    control_units: int
    control_hits: int
    canary_units: int
    canary_hits: int
    started_at: float
    harm: Harm = Harm.MORE
    burst: float = 1.0
    rungs: int = 1
    log_warm: float | None = None

    @property
    def evidence(self) -> float:
        """E, clipped at e^700 so that it is always finite."""
        return exp(min(self.log_evidence, LARGEST_LOG))


def reading(settings: GuardSettings, state: GuardState) -> GuardReading:
    """What the state says under these settings, with the late-onset mixture."""
    weights, unspent = settings.prior.log_weights, unspent_weight(state.starts)
    rungs = _mixtures(state.relative, weights, unspent)
    relative, absolute, warm = _mean(rungs), None, None
    total = relative + state.stakes[0]
    if state.absolute.size:
        ceilings = _mixtures(state.absolute, weights, unspent)
        absolute = _mean(ceilings)
        total = float(np.logaddexp(total, absolute + state.stakes[1]))
        rungs = np.maximum(rungs, ceilings)
    if state.warm.size:
        burning = _mixtures(state.warm, settings.prior.log_far_weights)
        warm = _mean(burning)
        total = float(np.logaddexp(total, warm))
        rungs = np.maximum(rungs, burning)
    loudest = int(rungs.argmax()) if len(state.totals) > 1 else 0
    totals = state.totals[loudest]
    return GuardReading(
        log_evidence=total,
        log_relative=relative,
        log_absolute=absolute,
        control_units=totals.control_units,
        control_hits=totals.control_hits,
        canary_units=totals.canary_units,
        canary_hits=totals.canary_hits,
        started_at=state.started_at,
        harm=settings.harm,
        burst=settings.burst if settings.burst is not None else state.bursts[loudest].factor,
        rungs=settings.rungs,
        log_warm=warm,
    )


def explain(reading: GuardReading, alpha: float, unit: str = "users", noun: str = "") -> str:
    """One plain sentence: "12 failures in 301 canary users against 4 in 5,810; evidence of harm 250 of 100 needed".

    `noun` says what the hits are; by default failures, slow answers for a ladder, successes where fewer are harm.
    """
    needed = f"evidence of harm {_plain(reading.evidence)} of {_plain(1 / alpha)} needed"
    if reading.canary_units == 0:
        return f"no canary {unit} seen yet; {needed}"
    control = (
        f"against {reading.control_hits:,} in {reading.control_units:,}"
        if reading.control_units
        else "with no control to compare"
    )
    hits = noun or _noun(reading)
    return f"{reading.canary_hits:,} {hits} in {reading.canary_units:,} canary {unit} {control}; {needed}"


def _noun(reading: GuardReading) -> str:
    if reading.harm is Harm.FEWER:
        return "successes"
    return "slow answers" if reading.rungs > 1 else "failures"


def _mixtures(logs: Logs, log_weights: Logs, unspent: float = 0.0) -> Logs:
    """Of each rung: log(Σ_j weight_j·e^log_j + what is still kept for starts to come)."""
    weighed = logs + log_weights
    if len(weighed) == 1:  # nearly every guard at every step, and numpy takes twice as long over a table of one row
        return np.array([_mixture(weighed[0], unspent)])
    top = weighed.max(axis=-1)
    if unspent:
        top = np.maximum(top, log(unspent))
    sums = np.exp(weighed - top[:, None]).sum(axis=-1)
    if unspent:  # else e^-top may overflow, and 0 times infinity would blind every guard of the launch
        sums = sums + unspent * np.exp(-top)
    return top + np.log(sums)  # type: ignore[no-any-return]


def _mixture(weighed: Logs, unspent: float) -> float:
    """As `_mixtures`, of one rung with its weights on."""
    top = float(np.maximum.reduce(weighed))
    if not unspent:
        return top + log(np.add.reduce(np.exp(weighed - top)))
    top = max(top, log(unspent))
    return top + log(np.add.reduce(np.exp(weighed - top)) + unspent * exp(-top))


def _mean(logs: Logs) -> float:
    """log of the mean of E over the rungs."""
    if len(logs) == 1:
        return float(logs[0])
    top = float(logs.max())
    return top + log(float(np.exp(logs - top).mean()))


def _plain(number: float) -> str:
    """A number as a person says it. Rounded down, so that 99.7 never reads as the 100 that is needed."""
    if number >= 1e6:
        return "over 1,000,000" if number > 1e6 else "1,000,000"
    # The nudge keeps 1/0.01, which a float may hold as 99.999…, from being shown as 99.
    nudged = number * (1 + 1e-12)
    return f"{int(nudged):,}" if nudged >= 10 else f"{int(nudged * 10) / 10:g}"
