"""Promotion is earned: evidence that the canary is within the stage's margin. Derivation in docs/promotion.md.

H0, to be refuted: the canary's rate of errors is at least M times the control's. N_M = Σ_k v_k Π exp ℓ(ρ_k against M)
is an e-process under it, so that it may be looked at every second, and N_M >= 1/β shows that the canary is within M.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf, isfinite, log, log10
from typing import Any

import numpy as np

from tminus.delay import BETA, growth
from tminus.errors import StoreError, UsageError
from tminus.guards.margins import BETS, WEIGHTS, Floats, columns, evidence, grid, step
from tminus.guards.model import Counts, Harm
from tminus.guards.rarity import log_within, share_missing

# How often the control exceeds the levels of a latency ladder: its p50, p90, p95 and p99.
EXCEEDED = (0.5, 0.1, 0.05, 0.01)
MARGINS = (3.5, 2.0, 1.75)
MARGINS_OF_SUCCESS = (1.5, 1.25, 1.1)
_NOTHING = Counts(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class PromotionSettings:
    """What a stage asks of its canary in one metric. Fixed before the stage.

    margin    M > 1: the canary's rate must be shown to be less than M times the control's; for Harm.FEWER, its
              successes to be more than 1/M of the control's
    beta      chance that a canary that is as bad as that, or worse, is promoted
    harm      whether hits are harm (errors) or the lack of them is (payments)
    burst     φ: as the guard's; every hit counts 1/φ
    ceiling   another way to be promoted, where errors are too rare to compare: a rate below this (for Harm.FEWER,
              above it). It has to be a rate one is content with; the ceiling of a guard is one that is a catastrophe
    exceeded  for a latency ladder: how often the control exceeds each level, by the way the levels were chosen

    Raises `UsageError` for values that make no test.
    """

    margin: float
    beta: float = BETA
    harm: Harm = Harm.MORE
    burst: float = 1.0
    ceiling: float | None = None
    exceeded: tuple[float, ...] = EXCEEDED

    def __post_init__(self) -> None:
        _require(1 < self.margin < inf, f"margin is {self.margin}", "choose more than 1, such as 2")
        _require(0 < self.beta < 1, f"beta is {self.beta}", "choose a chance between 0 and 1, such as 0.05")
        _require(1 <= self.burst < inf, f"burst is {self.burst}", "choose 1 or more; 1 is for counts of units")
        _require(
            self.ceiling is None or 0 < self.ceiling < inf,
            f"ceiling is {self.ceiling}",
            "choose a rate above 0 (0.001 is 0.1%), or leave it out",
        )
        _require(
            all(0 < one < 1 for one in self.exceeded), f"exceeded is {self.exceeded}", "choose shares, such as 0.1"
        )


@dataclass(frozen=True, slots=True, eq=False)
class PromotionState:
    """The sums of one stage: a value, never changed in place. Its size does not grow.

    margin  M of the stage, which is one of the columns
    sums    Σ ℓ(x)/φ, one row a rung; columns are the margins of `grid`, then the bets (`guards/margins.py`)
    canary  units and hits of the canary, over φ: what stands against the ceiling
    totals  what was counted, one a rung
    """

    margin: float
    sums: Floats
    canary: tuple[float, float] = (0.0, 0.0)
    totals: tuple[Counts, ...] = (_NOTHING,)


@dataclass(frozen=True, slots=True)
class PromotionReading:
    """What a stage has shown by now.

    shown         True when the evidence stands at 1/β or more
    by            what shows it: "control" (within the margin), "ceiling" (below it), or "" while nothing does
    log_evidence  log N_M, of the hardest rung; with a ceiling, of the mean of it and the evidence of being below
    needed        log 1/β
    upper         the canary's rate is at most this many times the control's (for Harm.FEWER: at least 1/upper of it;
                  on a latency ladder: odds), with confidence 1 − β whenever one looks; inf while nothing is shown
    *_units, *_hits  what was counted since the stage began, on the hardest rung
    """

    shown: bool
    log_evidence: float
    needed: float
    upper: float
    canary_units: int
    canary_hits: int
    control_units: int
    control_hits: int
    margin: float
    beta: float
    by: str = ""
    harm: Harm = Harm.MORE
    ceiling: float | None = None


def default_margin(share: float, harm: Harm = Harm.MORE) -> float:
    """How much worse than the control a canary with this share (0-1) may yet be when it goes on.

    Few are hurt at a small share, and little can be shown there; the last stage before everybody is the strictest.
    Tuned by simulation (docs/promotion.md). Successes are frequent, so their margins can be narrower.
    """
    few, some, many = MARGINS if harm is Harm.MORE else MARGINS_OF_SUCCESS
    return few if share < 0.1 else some if share < 0.4 else many


def begin(settings: PromotionSettings, rungs: int = 1) -> PromotionState:
    """Nothing is seen, the evidence is 1. Every stage begins anew, because its margin is another."""
    ratios = len(grid(settings.margin)) + len(BETS)
    return PromotionState(settings.margin, np.zeros((rungs, ratios)), totals=(_NOTHING,) * rungs)


def earn(settings: PromotionSettings, state: PromotionState, counts: Counts | Sequence[Counts]) -> PromotionState:
    """The state after one tick. Several counts are the rungs of a latency ladder, one for each of `exceeded`.

    Raises `UsageError` for a wrong number of rungs, and for a state that was begun with another margin.
    """
    rungs = (counts,) if isinstance(counts, Counts) else tuple(counts)
    _require_same(settings, state)
    if len(rungs) != len(state.totals):
        state = _as_ladder(settings, state, len(rungs))
    if all(one.empty for one in rungs):
        return state
    table = columns(settings.margin, settings.harm, settings.exceeded if len(rungs) > 1 else (0.0,))
    sums = state.sums
    if any(one.canary_hits or one.control_hits for one in rungs):
        sums = sums + step(table, rungs, settings.burst)
    units, hits = state.canary
    canary = (units + rungs[0].canary_units / settings.burst, hits + rungs[0].canary_hits / settings.burst)
    return PromotionState(
        state.margin, sums, canary, tuple([was + one for was, one in zip(state.totals, rungs, strict=True)])
    )


def promotion(settings: PromotionSettings, state: PromotionState) -> PromotionReading:
    """What the state shows under these settings.

    A ladder is within its margin when every rung is: the rung with the least evidence speaks for all, and β holds
    without being shared out, because only a canary that passes all of them is promoted.
    """
    _require_same(settings, state)
    needed, margins = -log(settings.beta), grid(settings.margin)
    logs = evidence(state.sums)
    own = logs[:, margins.index(settings.margin)]
    hardest = int(np.argmin(own))
    evident, by = float(own[hardest]), "control"
    if settings.ceiling is not None:
        under = log_within(settings.ceiling, *state.canary, settings.harm)
        by = "ceiling" if under > evident else by
        evident = float(np.logaddexp(evident, under)) - log(2.0)
    refuted = np.flatnonzero((logs >= needed).all(axis=0))
    seen = state.totals[hardest]
    return PromotionReading(
        shown=evident >= needed,
        log_evidence=evident,
        needed=needed,
        upper=margins[int(refuted[0])] if len(refuted) else inf,
        canary_units=seen.canary_units,
        canary_hits=seen.canary_hits,
        control_units=seen.control_units,
        control_hits=seen.control_hits,
        margin=settings.margin,
        beta=settings.beta,
        by=by if evident >= needed else "",
        harm=settings.harm,
        ceiling=settings.ceiling,
    )


def seconds_left(settings: PromotionSettings, state: PromotionState, seconds_seen: float) -> float | None:
    """Expected further seconds until it is shown, at the traffic and rates of the `seconds_seen` so far and if the
    canary is as good as the control: Wald's delay (`tminus.delay`). None: never, as where there is no hit at all.
    """
    if promotion(settings, state).shown:
        return 0.0
    needed = -log(settings.beta) + (0.0 if settings.ceiling is None else log(2.0))
    times = max(_times_seen(settings, state, rung, needed) for rung in range(len(state.totals)))
    if settings.ceiling is not None:
        rate = _usual_rate(state.totals[0])
        times = min(times, share_missing(settings.ceiling, *state.canary, rate, needed, settings.harm))
    left = times * seconds_seen
    return left if seconds_seen > 0 and isfinite(left) else None


def sentence(reading: PromotionReading, left: float | None, noun: str = "error rate") -> str:
    """What is shown, what is asked for, and how long it may take, for people. `left` is from `seconds_left`.

    "in error rate the canary is at most 1.7 times as bad as the control, with 95 % confidence; 1.5 times is asked for,
    about 12 min more"
    """
    said = f"{_shown(reading, noun)}; {_asked(reading)}"
    if reading.shown:
        return f"{said} was asked for"
    rest = "how long that takes cannot be said yet" if left is None else f"about {_time(left)} more"
    return f"{said} is asked for, {rest}"


def promotion_to_json(state: PromotionState) -> dict[str, Any]:
    """About 1 kB a rung. Floats are kept whole: `promotion_from_json` gives back the same state."""
    counts = [[one.control_units, one.control_hits, one.canary_units, one.canary_hits] for one in state.totals]
    return {"margin": state.margin, "sums": state.sums.tolist(), "canary": list(state.canary), "seen": counts}


def promotion_from_json(written: Mapping[str, Any]) -> PromotionState:
    """The state that `promotion_to_json` wrote. Raises `StoreError`, not retryable, for anything else."""
    try:
        sums = np.array(written["sums"], dtype=np.float64)
        units, hits = (float(one) for one in written["canary"])
        totals = tuple(Counts(*(int(one) for one in row)) for row in written["seen"])
        margin = float(written["margin"])
        fitting = 1 < margin < inf and sums.shape == (len(totals), len(grid(margin)) + len(BETS)) and len(totals) > 0
        if not (fitting and np.isfinite([*sums.flat, units, hits]).all()):
            raise ValueError("its sums are not those of a stage")
    except (KeyError, TypeError, ValueError, UsageError) as error:
        raise StoreError(
            f"a stage's evidence cannot be read: {type(error).__name__} {error}",
            hint="the log is damaged or from another version; the stage has to earn its promotion anew",
            code="promotion-checkpoint",
            retryable=False,
        ) from error
    return PromotionState(margin, sums, (units, hits), totals)


def _times_seen(settings: PromotionSettings, state: PromotionState, rung: int, needed: float) -> float:
    """How many times what was seen is still expected to be needed on this rung; infinite where it never suffices."""
    seen = state.totals[rung]
    units = seen.canary_units + seen.control_units
    hits = _usual_rate(seen) * units / settings.burst
    if not (seen.canary_units and seen.control_units and hits):
        return inf
    table = columns(settings.margin, settings.harm, settings.exceeded if len(state.totals) > 1 else (0.0,))
    share, ratios = seen.canary_units / units, 1.0 + table[0][rung]
    own = grid(settings.margin).index(settings.margin)
    least = inf
    for number, weight in enumerate(WEIGHTS, start=len(ratios) - len(BETS)):
        drift = hits * growth(share, 1.0, float(ratios[number]), float(ratios[own]))
        missing = needed - log(weight) - float(state.sums[rung, own] - state.sums[rung, number])
        if drift > 0:
            least = min(least, max(missing, 0.0) / drift)
    return least


def _usual_rate(seen: Counts) -> float:
    """The rate of a canary that is as good as the control; of both arms where the control has had no hit."""
    if seen.control_hits:
        return seen.control_hits / seen.control_units
    units = seen.canary_units + seen.control_units
    return seen.canary_hits / units if units else 0.0


def _as_ladder(settings: PromotionSettings, state: PromotionState, rungs: int) -> PromotionState:
    """A stage learns with its first tick whether it watches a ladder."""
    fresh = all(one == _NOTHING for one in state.totals)
    possible = rungs == 1 or (rungs == len(settings.exceeded) and settings.harm is Harm.MORE)
    _require(
        fresh and possible,
        f"has {rungs} rungs where {len(state.totals) if not fresh else len(settings.exceeded)} are known",
        "give one count for each level, in the same order every time; successes have no ladder",
    )
    return begin(settings, rungs)


def _require_same(settings: PromotionSettings, state: PromotionState) -> None:
    if settings.margin != state.margin:
        found = f"margin is {settings.margin:g}, and the stage was begun with {state.margin:g}"
        _require(False, found, "begin the stage's evidence anew")


def _shown(reading: PromotionReading, noun: str) -> str:
    sure = f"with {100 * (1 - reading.beta):.4g} % confidence"
    if reading.by == "ceiling" and reading.ceiling is not None:
        return f"in {noun} the canary is {_beyond(reading)} {100 * reading.ceiling:.4g} %, {sure}"
    if not isfinite(reading.upper):
        return f"nothing is shown yet of the canary's {noun}"
    if reading.harm is Harm.FEWER:
        return (
            f"of {noun} the canary has at least {floor(100 / reading.upper + 1e-9)} % of what the control has, {sure}"
        )
    return f"in {noun} the canary is at most {_rounded_up(reading.upper)} times as bad as the control, {sure}"


def _asked(reading: PromotionReading) -> str:
    fewer = reading.harm is Harm.FEWER
    asked = f"{100 / reading.margin:.3g} %" if fewer else f"{reading.margin:.4g} times"
    if not isfinite(reading.upper) and not reading.by:
        asked = f"at least {asked} of what the control has" if fewer else f"at most {asked} as bad as the control"
    return asked if reading.ceiling is None else f"{asked} or a rate {_beyond(reading)} {100 * reading.ceiling:.4g} %"


def _beyond(reading: PromotionReading) -> str:
    return "above" if reading.harm is Harm.FEWER else "below"


def _rounded_up(bound: float) -> str:
    """Two digits; up, so that the words never promise more than the bound."""
    scale = 10.0 ** (1 - floor(log10(bound)))
    return f"{ceil(bound * scale - 1e-9) / scale:g}"


def _time(seconds: float) -> str:
    for size, name in ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min")):
        if seconds >= 1.5 * size:
            return f"{ceil(seconds / size)} {name}"
    return f"{ceil(seconds)} s"


def _require(holds: bool, found: str, hint: str) -> None:
    if not holds:
        raise UsageError(f"promotion: {found}", hint=hint, code="promotion-settings")
