"""What a guard is fed, and how it is set."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tminus.errors import UsageError

RATIOS = (1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0)


@dataclass(frozen=True, slots=True)
class Counts:
    """Units seen in one tick and how many of them had at least one error, in either arm.

    A unit (user, session, request) counts once a tick however often it failed: retries of one unlucky user are one
    error. Raises `UsageError` for a negative number or more errors than units.
    """

    control_units: int
    control_hits: int
    canary_units: int
    canary_hits: int

    def __post_init__(self) -> None:
        # More errors than units means that numerator and denominator come from different windows. Evidence computed
        # from such counts has no bound, and could roll back a healthy launch.
        if not (0 <= self.control_hits <= self.control_units and 0 <= self.canary_hits <= self.canary_units):
            raise UsageError(
                f"guard counts are impossible: {self.canary_hits} errors of {self.canary_units} canary units, "
                f"{self.control_hits} errors of {self.control_units} control units",
                hint="count each unit once, and errors only of units of the same window",
                code="guard-counts",
            )

    @property
    def empty(self) -> bool:
        """True when nothing was seen: no news, which is neither good nor bad."""
        return self.control_units == 0 and self.canary_units == 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.control_units + other.control_units,
            self.control_hits + other.control_hits,
            self.canary_units + other.canary_units,
            self.canary_hits + other.canary_hits,
        )


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """How one metric is guarded. Fixed before the launch: a setting chosen after looking voids the bound.

    alpha            chance to roll back a healthy launch, over all its looks and metrics together
    dead_band        ρ0: up to this many times the control's error rate is not harm (docs/guards.md, "Dead band")
    ceiling          c: the canary's error rate may be at most this share (0-1); None: only compare with the control
    burst            φ = E[B²]/E[B] for errors that come in bursts of size B; 1 for de-duplicated units
    restart_seconds  a new late-onset start this often
    ratios           ρ_j: how many times worse than allowed the guard bets the canary may be, in equal parts

    Raises `UsageError` for values that make no test.
    """

    alpha: float = 0.01
    dead_band: float = 1.25
    ceiling: float | None = None
    burst: float = 1.0
    restart_seconds: float = 600.0
    ratios: tuple[float, ...] = RATIOS

    def __post_init__(self) -> None:
        _require(0 < self.alpha < 1, f"alpha is {self.alpha}", "choose a chance between 0 and 1, such as 0.01")
        _require(1 <= self.dead_band < math.inf, f"dead_band is {self.dead_band}", "choose 1 or more, such as 1.25")
        _require(
            self.ceiling is None or 0 < self.ceiling < 1,
            f"ceiling is {self.ceiling}",
            "choose an error rate between 0 and 1 (0.001 is 0.1%), or leave it out",
        )
        _require(1 <= self.burst < math.inf, f"burst is {self.burst}", "choose 1 or more; 1 is for counts of units")
        _require(
            0 < self.restart_seconds < math.inf, f"restart_seconds is {self.restart_seconds}", "choose more than 0 s"
        )
        _require(
            bool(self.ratios) and all(1 < ratio < math.inf for ratio in self.ratios),
            f"ratios are {self.ratios}",
            "give at least one, each more than 1",
        )


def _require(holds: bool, found: str, hint: str) -> None:
    if not holds:
        raise UsageError(f"guard setting {found}", hint=hint, code="guard-settings")
