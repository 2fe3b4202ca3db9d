"""What a guard is fed, and how it is set."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from tminus.errors import UsageError
from tminus.guards.bets import FEWER_BETS, MORE_BETS, Bets


class Harm(StrEnum):
    """Which hits are harm: MORE of them (errors, slow answers, tickets) or FEWER (payments, conversions)."""

    MORE = "more"
    FEWER = "fewer"


@dataclass(frozen=True, slots=True)
class Counts:
    """Units seen in one tick and how many hits they had, in either arm.

    A hit is what the metric counts: an error, a slow answer, a ticket, a payment. A unit (user, session, request) of an
    error rate counts once a tick however often it failed. Raises `UsageError` for a negative number.
    """

    control_units: int
    control_hits: int
    canary_units: int
    canary_hits: int

    def __post_init__(self) -> None:
        if self.control_units < 0 or self.control_hits < 0 or self.canary_units < 0 or self.canary_hits < 0:
            raise impossible(self, "count units and hits from 0 up")

    @property
    def empty(self) -> bool:
        """True when nothing was seen: no news, which is neither good nor bad."""
        return not (self.control_units or self.canary_units or self.control_hits or self.canary_hits)

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.control_units + other.control_units,
            self.control_hits + other.control_hits,
            self.canary_units + other.canary_units,
            self.canary_hits + other.canary_hits,
        )


def impossible(counts: Counts, hint: str) -> UsageError:
    """The error for counts that no window can have."""
    return UsageError(
        f"guard counts are impossible: {counts.canary_hits} hits of {counts.canary_units} canary units, "
        f"{counts.control_hits} hits of {counts.control_units} control units",
        hint=hint,
        code="guard-counts",
    )


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """How one metric is guarded. Fixed before the launch: a setting chosen after looking voids the bound.

    alpha            chance to roll back a healthy launch, over all its looks and metrics together
    dead_band        ρ0: up to this many times the control's rate is not harm (docs/guards.md, "Dead band")
    ceiling          c: the canary's rate may be at most this (for FEWER: at least); one for all rungs, or one for each;
                     None: only compare with the control
    burst            φ = E[B²]/E[B] for hits that come in bursts of size B; None: estimated from the control
    restart_seconds  a new late-onset start this often
    burn_in_seconds  for so long after a change of share only a small stake of its own is bet (0: no burn-in) ...
    burn_in_band     ... against this many times the control's rate, which is warm-up
    harm             which hits are harm
    rungs            how many counts a tick has: 1, or the levels of a latency ladder
    per_unit         a unit hits at most once a tick (False: tickets may outnumber users)
    bets             the mixture prior; None: `MORE_BETS` or `FEWER_BETS`

    Raises `UsageError` for values that make no test.
    """

    alpha: float = 0.01
    dead_band: float = 1.0
    ceiling: float | tuple[float, ...] | None = None
    burst: float | None = None
    restart_seconds: float = 600.0
    burn_in_seconds: float = 30.0
    burn_in_band: float = 3.0
    harm: Harm = Harm.MORE
    rungs: int = 1
    per_unit: bool = True
    bets: Bets | None = None

    def __post_init__(self) -> None:
        _require(0 < self.alpha < 1, f"alpha is {self.alpha}", "choose a chance between 0 and 1, such as 0.01")
        _require(1 <= self.dead_band < math.inf, f"dead_band is {self.dead_band}", "choose 1 or more, such as 1.25")
        _require(self.rungs >= 1, f"rungs is {self.rungs}", "choose 1, or as many as the ladder has levels")
        self._require_ceilings()
        _require(
            self.burst is None or 1 <= self.burst < math.inf,
            f"burst is {self.burst}",
            "choose 1 or more; 1 is for counts of units; leave it out to have it estimated",
        )
        _require(
            0 < self.restart_seconds < math.inf, f"restart_seconds is {self.restart_seconds}", "choose more than 0 s"
        )
        _require(
            0 <= self.burn_in_seconds < math.inf, f"burn_in_seconds is {self.burn_in_seconds}", "choose 0 s or more"
        )
        _require(1 <= self.burn_in_band < math.inf, f"burn_in_band is {self.burn_in_band}", "choose 1 or more")
        _require(
            self.bets is None or self.bets.of_more == (self.harm is Harm.MORE),
            f"bets are on the other side of 1 than harm by {self.harm} hits",
            "give ratios above 1 where more hits are harm, and below 1 where fewer are",
        )

    def _require_ceilings(self) -> None:
        most = 1.0 if self.per_unit else math.inf
        _require(
            all(0 < ceiling < most for ceiling in self.ceilings),
            f"ceiling is {self.ceiling}",
            "choose a rate between 0 and 1 (0.001 is 0.1%), or leave it out",
        )
        _require(
            len(self.ceilings) in (0, self.rungs),
            f"ceiling has {len(self.ceilings)} values for {self.rungs} rungs",
            "give one rate for all rungs or one for each",
        )

    @property
    def prior(self) -> Bets:
        """The bets: those given, or the default for this kind of harm."""
        if self.bets is not None:
            return self.bets
        return MORE_BETS if self.harm is Harm.MORE else FEWER_BETS

    @property
    def ceilings(self) -> tuple[float, ...]:
        """The ceiling of each rung; empty without one."""
        if self.ceiling is None:
            return ()
        return self.ceiling if isinstance(self.ceiling, tuple) else (self.ceiling,) * self.rungs


def _require(holds: bool, found: str, hint: str) -> None:
    if not holds:
        raise UsageError(f"guard setting {found}", hint=hint, code="guard-settings")
