"""The evidence itself: two e-processes with late onset, one step a tick. Derivation in docs/guards.md."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import exp, log, log1p

from tminus.errors import UsageError
from tminus.guards.model import Counts, GuardSettings


@dataclass(frozen=True, slots=True)
class GuardState:
    """All that a guard remembers; its size does not grow with the length of the launch.

    started_at    Unix seconds of `start`
    restarted_at  Unix seconds of the newest late-onset start
    starts        number of late-onset starts so far, the first included
    relative      per ratio ρ_j: log Σ_s w_s exp(Σ_{ticks after s} ℓ_j), against the control
    absolute      the same against the ceiling; empty without one
    totals        units and errors since `started_at`
    """

    started_at: float
    restarted_at: float
    starts: int
    relative: tuple[float, ...]
    absolute: tuple[float, ...]
    totals: Counts


def start(settings: GuardSettings, now: float) -> GuardState:
    """A guard that has seen nothing: its evidence is 1."""
    first = (log(onset_weight(0)),) * len(settings.ratios)
    return GuardState(now, now, 1, first, () if settings.ceiling is None else first, Counts(0, 0, 0, 0))


def observe(settings: GuardSettings, state: GuardState, counts: Counts, now: float) -> GuardState:
    """The state after one tick that ended at `now`. Without data it is the same state.

    Raises `UsageError` when the state was made with other ratios, or with a ceiling where there now is none.
    """
    if counts.empty:
        return state
    _require_same_bets(settings, state)
    relative = _against_control(settings, state.relative, counts)
    absolute = _against_ceiling(settings, state.absolute, counts)
    starts, restarted_at = state.starts, state.restarted_at
    # A start is entered after the tick's own counts: it then bets on nothing that was already seen, however the ticks
    # were timed. The distance is absolute so that a clock that jumped ahead and back does not stop the starts.
    if abs(now - restarted_at) >= settings.restart_seconds:
        weight = log(onset_weight(starts))
        relative = tuple([log_add(value, weight) for value in relative])
        absolute = tuple([log_add(value, weight) for value in absolute])
        starts, restarted_at = starts + 1, now
    return GuardState(state.started_at, restarted_at, starts, relative, absolute, state.totals + counts)


def onset_weight(start_index: int) -> float:
    """w_s = 1/((s+1)(s+2)), the share of the bet kept for harm that begins at start s = 0, 1, 2, …; they sum to 1."""
    return 1.0 / ((start_index + 1) * (start_index + 2))


def unspent_weight(starts: int) -> float:
    """1 − Σ_{s < starts} w_s = 1/(starts+1): the share still kept for starts to come."""
    return 1.0 / (starts + 1)


def log_add(a: float, b: float) -> float:
    """log(e^a + e^b) without overflow, for finite a and b."""
    return a + log1p(exp(b - a)) if a >= b else b + log1p(exp(a - b))


def _against_control(settings: GuardSettings, logs: tuple[float, ...], counts: Counts) -> tuple[float, ...]:
    """Of this tick's errors, are more the canary's than its realised share and the dead band allow?"""
    errors = counts.canary_hits + counts.control_hits
    if errors == 0 or counts.control_units == 0 or counts.canary_units == 0:
        return logs
    canary_pull = settings.dead_band * counts.canary_units
    allowed = canary_pull / (canary_pull + counts.control_units)  # θ(ρ0), from the tick's realised share
    return _bet(settings, logs, counts.canary_hits, errors, allowed)


def _against_ceiling(settings: GuardSettings, logs: tuple[float, ...], counts: Counts) -> tuple[float, ...]:
    """Of this tick's canary units, do more have an error than the ceiling allows?"""
    if settings.ceiling is None or counts.canary_units == 0:
        return logs
    return _bet(settings, logs, counts.canary_hits, counts.canary_units, settings.ceiling)


def _bet(settings: GuardSettings, logs: tuple[float, ...], hits: int, trials: int, allowed: float) -> tuple[float, ...]:
    """Add ℓ_j = (hits·log ρ_j − trials·log(1 + allowed·(ρ_j − 1)))/φ: a likelihood ratio whose odds are ρ_j times."""
    scaled_hits, scaled_trials = hits / settings.burst, trials / settings.burst
    # A list comprehension inside tuple() is measurably faster than a generator, and than numpy on nine numbers.
    return tuple(
        [
            value + (scaled_hits * log_ratio - scaled_trials * log1p(allowed * excess))
            for value, (log_ratio, excess) in zip(logs, _bets(settings.ratios), strict=True)
        ]
    )


@lru_cache(maxsize=64)
def _bets(ratios: tuple[float, ...]) -> tuple[tuple[float, float], ...]:
    return tuple((log(ratio), ratio - 1.0) for ratio in ratios)


def _require_same_bets(settings: GuardSettings, state: GuardState) -> None:
    bets = len(settings.ratios)
    if len(state.relative) != bets or len(state.absolute) != (0 if settings.ceiling is None else bets):
        raise UsageError(
            "the guard's state was made with other ratios or another ceiling than its settings have",
            hint="keep a guard's settings for the whole launch, or start the guard anew",
            code="guard-settings",
        )
