"""The bets of a guard: which ratios it bets on, how much on each, and what a tick pays. Derivation in docs/guards.md."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tminus.errors import UsageError

FAR = 8.0  # times: bets on less than this are left out of burn-ins, where they would win on a longer warm-up

Logs = NDArray[np.float64]
Numbers = float | NDArray[Any]


@dataclass(frozen=True)
class Bets:
    """The mixture prior: `ratios` ρ_j (how many times more or fewer hits than allowed) and the `weights` bet on them.

    All ratios lie on one side of 1; the weights are positive and sum to 1. Raises `UsageError` for anything else.
    """

    ratios: tuple[float, ...]
    weights: tuple[float, ...]
    logs: Logs = field(init=False, repr=False, compare=False)  # log ρ_j
    excess: Logs = field(init=False, repr=False, compare=False)  # ρ_j − 1
    log_weights: Logs = field(init=False, repr=False, compare=False)
    log_far_weights: Logs = field(init=False, repr=False, compare=False)  # of the ratios from FAR on, −∞ of others

    def __post_init__(self) -> None:
        sides = {ratio > 1 for ratio in self.ratios}
        if len(sides) != 1 or not all(0 < ratio < math.inf and ratio != 1 for ratio in self.ratios):
            raise _unfit(f"ratios are {self.ratios}", "give at least one, all more than 1 or all between 0 and 1")
        if len(self.weights) != len(self.ratios) or not all(0 < weight <= 1 for weight in self.weights):
            raise _unfit(f"weights are {self.weights}", "give one for each ratio, each more than 0")
        if not math.isclose(math.fsum(self.weights), 1.0, abs_tol=1e-9):
            raise _unfit(f"weights sum to {math.fsum(self.weights)}", "give weights that sum to 1")
        ratios = np.array(self.ratios)
        logs, log_weights = np.log(ratios), np.log(self.weights)
        far = np.abs(logs) >= min(math.log(FAR), float(np.abs(logs).max()))
        log_far_weights = np.where(far, log_weights, -np.inf)
        log_far_weights -= np.logaddexp.reduce(log_far_weights)
        tables = {"logs": logs, "excess": ratios - 1, "log_weights": log_weights, "log_far_weights": log_far_weights}
        for name, values in tables.items():
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    def __len__(self) -> int:
        return len(self.ratios)

    @property
    def of_more(self) -> bool:
        """True when the bets are on more hits than allowed, False when on fewer."""
        return self.ratios[0] > 1

    @classmethod
    def weighed(cls, ratios: Sequence[float], weights: Sequence[float]) -> Bets:
        """Bets with weights that need not sum to 1 yet."""
        total = math.fsum(weights)
        return cls(tuple(ratios), tuple(weight / total for weight in weights))


def log_growth(hits: Numbers, trials: Numbers, allowed: Numbers, bets: Bets, burst: Numbers = 1.0) -> Logs:
    """ℓ_j = hits·log ρ_j − trials·log D, D = 1 + allowed·(ρ_j − 1): what a tick adds to each bet's log.

    A likelihood ratio of two coins: one that shows hits with the chance `allowed`, and one whose odds are ρ_j times.
    Where hits come in bursts, it is the bet that is fair for geometric bursts of mean 1/q with this φ, q = 2/(φ + 1):
    a hit gains log(ρ_j/(q·D + (1−q)·ρ_j)), any other trial costs log(1 − q + q·D). The arguments broadcast against each
    other, over any leading dimensions; the ratios are a new last axis.
    """
    # One guard with hits that come singly is what is asked every second of every launch, and has 20 µs.
    if type(allowed) is float and type(trials) is int and burst == 1.0:
        return float(hits) * bets.logs - float(trials) * np.log1p(allowed * bets.excess)
    stake = _outer(allowed, bets.excess)
    if isinstance(burst, float) and burst == 1.0:
        return _outer(hits, bets.logs) - _column(trials) * np.log1p(stake)  # type: ignore[no-any-return]
    single = 2.0 / (1.0 + _column(burst))
    gain = bets.logs - np.log(single * (1.0 + stake) + (1.0 - single) * (1.0 + bets.excess))
    return _column(hits) * gain - _column(trials - hits) * np.log1p(single * stake)  # type: ignore[no-any-return]


def log_growth_counted(hits: Numbers, expected: Numbers, bets: Bets, burst: Numbers = 1.0) -> Logs:
    """ℓ_j = hits·log ρ_j − expected·(ρ_j − 1): the same for Poisson counts, where one unit may hit many times."""
    single = 2.0 / (1.0 + _column(burst))
    gain = bets.logs - np.log1p((1.0 - single) * bets.excess)
    return _column(hits) * gain - _column(expected) * single * bets.excess  # type: ignore[no-any-return]


def _outer(values: Numbers, row: Logs) -> Any:
    return _column(values) * row


def _column(values: Numbers) -> Any:
    return values[..., None] if isinstance(values, np.ndarray) else float(values)


def _unfit(found: str, hint: str) -> UsageError:
    return UsageError(f"guard bets: {found}", hint=hint, code="guard-settings")


def _scale_free(least: float, most: float, count: int) -> list[float]:
    """Ratios in equal steps of log log ρ: the delay at a true ratio ρ goes with 1/log²ρ, so that each is missed alike."""
    steps = np.linspace(math.log(math.log(least)), math.log(math.log(most)), count)
    return [float(ratio) for ratio in np.exp(np.exp(steps))]


def _more() -> Bets:
    # Ends and slopes are the minimax of the mean delay over the SPRT's, from 1.3x to 50x at shares of 5, 20 and 50 %,
    # found by Nelder and Mead's search over exact delays (docs/guards.md, "How fast it is").
    at = np.linspace(-1.0, 1.0, 25)
    weights = np.exp(-0.009 * at - 0.469 * at**2 - 0.476 * at**3 + 1.064 * at**4)
    return Bets.weighed(_scale_free(1.29, 270.0, 25), [float(weight) for weight in weights])


def _fewer() -> Bets:
    # A quarter on total loss, which is what happens to payments; nearly 0, since the log of 0 is not finite.
    rest = [1.0 / ratio for ratio in _scale_free(1.29, 50.0, 24)]
    return Bets.weighed((1e-6, *rest), (8.0, *([1.0] * 24)))


MORE_BETS = _more()
FEWER_BETS = _fewer()
