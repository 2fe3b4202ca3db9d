"""The evidence itself: two e-processes with late onset and one for burn-ins, one step a tick. See docs/guards.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import inf, log
from typing import Any

import numpy as np

from tminus.errors import UsageError
from tminus.guards.bets import Logs, log_growth, log_growth_counted
from tminus.guards.burst import Burst, learn
from tminus.guards.model import Counts, GuardSettings, Harm, impossible
from tminus.guards.onset import onset_weight
from tminus.guards.share import Share, realised

ABSOLUTE_STAKE = 0.1  # of the capital, on the ceiling where there is one: so the control half is hardly slower for it
WARM_STAKE = 0.05  # of the capital, for burn-ins alone: what is lost on a warm-up is then never more than this


@dataclass(frozen=True, slots=True, eq=False)
class GuardState:
    """All that a guard remembers; its size does not grow with the length of the launch. A value: never changed.

    started_at    Unix seconds of `start`
    restarted_at  Unix seconds of the newest late-onset start
    starts        number of late-onset starts so far, the first included
    stakes        log of the capital staked on the control, and where there is a ceiling on it
    relative      (rungs, ratios): log Σ_s w_s exp(Σ_{ticks after s} ℓ_j), against the control
    absolute      the same against the ceiling; (0, ratios) without one
    warm          (rungs, ratios): log of what is bet within burn-ins, its stake included; (0, ratios) without burn-in
    totals        units and hits of each rung since `started_at`
    share         units by which a small tick's share is judged
    bursts        what is known of the burstiness of each rung
    """

    started_at: float
    restarted_at: float
    starts: int
    stakes: tuple[float, ...]
    relative: Logs
    absolute: Logs
    warm: Logs
    totals: tuple[Counts, ...]
    share: Share
    bursts: tuple[Burst, ...]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, GuardState):
            return NotImplemented
        return all(_same(getattr(self, one.name), getattr(other, one.name)) for one in fields(self))

    __hash__ = None  # type: ignore[assignment]


def start(settings: GuardSettings, now: float) -> GuardState:
    """A guard that has seen nothing: its evidence is 1."""
    shape = (settings.rungs, len(settings.prior))
    first = np.full(shape, log(onset_weight(0)))
    without, cold = settings.ceiling is None, settings.burn_in_seconds == 0
    main, nothing = 0.0 if cold else log(1.0 - WARM_STAKE), np.empty((0, shape[1]))
    return GuardState(
        started_at=now,
        restarted_at=now,
        starts=1,
        stakes=(main,) if without else (main + log(1.0 - ABSOLUTE_STAKE), main + log(ABSOLUTE_STAKE)),
        relative=first,
        absolute=nothing if without else first,
        warm=nothing if cold else np.full(shape, log(WARM_STAKE)),
        totals=(Counts(0, 0, 0, 0),) * settings.rungs,
        share=Share(),
        bursts=(Burst(),) * settings.rungs,
    )


def observe(
    settings: GuardSettings,
    state: GuardState,
    counts: Counts | Sequence[Counts],
    now: float,
    changed_at: float = -inf,
    least_burst: float | Sequence[float] = 1.0,
) -> GuardState:
    """The state after one tick that ended at `now`, with one `Counts` for each rung. Without data it is the same state.

    `changed_at` (Unix seconds) is when the share was last changed: what is counted soon after may be a warm-up.
    `least_burst` is what other guards of the metric knew of φ before this tick (`burst_factors`), one or one a rung: hits
    are taken to be no less bursty here.
    Raises `UsageError` for counts that cannot be, and when the state was made with other settings.
    """
    rungs = (counts,) if isinstance(counts, Counts) else tuple(counts)
    if all(rung.empty for rung in rungs):
        return state
    _require_fit(settings, state, rungs)
    units = rungs[0]
    share = realised(state.share, units.canary_units, units.control_units, changed_at, settings.harm)
    warming = 0.0 <= now - changed_at < settings.burn_in_seconds
    relative, absolute, warm = state.relative, state.absolute, state.warm
    factors = _factors(settings, state, least_burst)
    if warming:
        warm = _in_burn_in(settings, warm, rungs, share, factors)
    else:
        if share.canary and share.control:
            relative = _against_control(settings, relative, rungs, share, settings.dead_band, factors)
        if absolute.size and units.canary_units:
            absolute = _against_ceiling(settings, absolute, rungs, 1.0, factors)
    starts, restarted_at = state.starts, state.restarted_at
    # A start is entered after the tick's own counts: it then bets on nothing that was already seen, however the ticks
    # were timed. The distance is absolute so that a clock that jumped ahead and back does not stop the starts. While
    # there is no canary there is nothing to bet on, and no start is spent.
    if abs(now - restarted_at) >= settings.restart_seconds and units.canary_units:
        weight = log(onset_weight(starts))
        relative = np.logaddexp(relative, weight)
        absolute = np.logaddexp(absolute, weight)
        starts, restarted_at = starts + 1, now
    return GuardState(
        state.started_at,
        restarted_at,
        starts,
        state.stakes,
        relative,
        absolute,
        warm,
        tuple([total + rung for total, rung in zip(state.totals, rungs, strict=True)]),
        share,
        _learned(settings, state, rungs, now),
    )


def _in_burn_in(settings: GuardSettings, logs: Logs, rungs: tuple[Counts, ...], share: Share, factors: Any) -> Logs:
    """Is it worse than a warm-up explains? Without a control to compare with, than one explains over the ceiling."""
    band = max(settings.dead_band, settings.burn_in_band)
    if not logs.size:
        return logs
    if share.canary and share.control:
        return _against_control(settings, logs, rungs, share, band, factors)
    if settings.ceilings and rungs[0].canary_units:
        return _against_ceiling(settings, logs, rungs, band, factors)
    return logs


def _against_control(
    settings: GuardSettings, logs: Logs, rungs: tuple[Counts, ...], share: Share, band: float, factors: Any
) -> Logs:
    """Of this tick's hits, are more (or fewer) the canary's than its realised share and the band allow?"""
    pull = share.canary * (band if settings.harm is Harm.MORE else 1.0 / band)
    allowed = pull / (pull + share.control)  # θ(ρ0)
    if len(rungs) == 1:
        hits, trials = rungs[0].canary_hits, rungs[0].canary_hits + rungs[0].control_hits
        return logs + log_growth(hits, trials, allowed, settings.prior, factors) if trials else logs
    canary = np.array([rung.canary_hits for rung in rungs], dtype=float)
    both = canary + np.array([rung.control_hits for rung in rungs], dtype=float)
    return logs + log_growth(canary, both, allowed, settings.prior, factors)


def _against_ceiling(settings: GuardSettings, logs: Logs, rungs: tuple[Counts, ...], band: float, factors: Any) -> Logs:
    """Of this tick's canary units, do more (or fewer) hit than the ceiling allows? In a burn-in its odds are wider."""
    wider = band if settings.harm is Harm.MORE else 1.0 / band
    hits: Any = rungs[0].canary_hits
    limit: Any = settings.ceilings[0]
    if len(rungs) > 1:
        hits, limit = np.array([rung.canary_hits for rung in rungs], dtype=float), np.array(settings.ceilings)
    units = rungs[0].canary_units
    if not settings.per_unit:
        return logs + log_growth_counted(hits, units * limit * wider, settings.prior, factors)
    if wider != 1.0:
        limit = wider * limit / (1.0 + limit * (wider - 1.0))
    return logs + log_growth(hits, units, limit, settings.prior, factors)


def burst_factors(settings: GuardSettings, state: GuardState) -> tuple[float, ...]:
    """φ of each rung as the settings give it, or as it is estimated so far."""
    if settings.burst is not None:
        return (settings.burst,) * settings.rungs
    return tuple([burst.factor for burst in state.bursts])


def _factors(settings: GuardSettings, state: GuardState, least: float | Sequence[float]) -> Any:
    """φ to bet with, of what was known before this tick: one number, or one a rung."""
    known = burst_factors(settings, state)
    if len(known) == 1:
        return max(known[0], least if isinstance(least, int | float) else least[0])
    return np.maximum(known, least)


def _learned(settings: GuardSettings, state: GuardState, rungs: tuple[Counts, ...], now: float) -> tuple[Burst, ...]:
    if settings.burst is not None:
        return state.bursts
    return tuple(
        [
            learn(burst, rung.control_units, rung.control_hits, now)
            for burst, rung in zip(state.bursts, rungs, strict=True)
        ]
    )


def _require_fit(settings: GuardSettings, state: GuardState, rungs: tuple[Counts, ...]) -> None:
    shape = (settings.rungs, len(settings.prior))
    if state.relative.shape != shape or state.absolute.shape != (len(settings.ceilings), shape[1]):
        raise UsageError(
            "the guard's state was made with other ratios or another ceiling than its settings have",
            hint="keep a guard's settings for the whole launch, or start the guard anew",
            code="guard-settings",
        )
    if len(rungs) != settings.rungs:
        raise UsageError(
            f"a tick has {len(rungs)} counts for a guard with {settings.rungs} rungs",
            hint="give one for each level of the ladder",
            code="guard-counts",
        )
    first = rungs[0]
    for rung in rungs:
        if rung.canary_units != first.canary_units or rung.control_units != first.control_units:
            raise impossible(rung, "all rungs of a ladder count the same units")
        # More hits than units means that numerator and denominator come from different windows. Evidence computed from
        # such counts has no bound, and could roll back a healthy launch.
        if settings.per_unit and (rung.canary_hits > rung.canary_units or rung.control_hits > rung.control_units):
            raise impossible(rung, "count each unit once, and hits only of units of the same window")


def _same(one: Any, other: Any) -> bool:
    return bool(np.array_equal(one, other)) if isinstance(one, np.ndarray) else bool(one == other)
