"""How often an experiment on amounts comes to a wrong verdict although both arms pay alike, as JSON.

    python bench/amounts.py [--runs 600]

Users pay amounts of three kinds, most of them nothing. `wrong` is the share of experiments that at any of 60 looks found a
difference; `alpha` is 5 %. At 9 : 1 the large arm is the control. Takes about half a minute.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tminus.guards.experiment import Moments, compare_means

ALPHA, LOOKS = 0.05, 60
Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]


def paid(buying: float, amounts: Draw) -> Draw:
    """What users pay of whom so many buy."""
    return lambda random, users: np.where(random.random(users) < buying, amounts(random, users), 0.0)


KINDS: dict[str, Draw] = {
    "exponential, 30 % buy": paid(0.3, lambda random, users: random.exponential(30, users)),
    "lognormal 1, 10 % buy": paid(0.1, lambda random, users: random.lognormal(3, 1, users)),
    "lognormal 2, 5 % buy": paid(0.05, lambda random, users: random.lognormal(3, 2, users)),
}


def sums(amounts: NDArray[np.float64], looks: NDArray[np.int64]) -> list[Moments]:
    """What had been seen of an arm at each look."""
    totals, squares = np.cumsum(amounts), np.cumsum(amounts * amounts)
    return [Moments(int(users), float(totals[users - 1]), float(squares[users - 1])) for users in looks]


def verdict(control: list[Moments], treatment: list[Moments]) -> str:
    """The first verdict that any look comes to."""
    for arms in zip(control, treatment, strict=True):
        found = compare_means(*arms, alpha=ALPHA)
        if found.low > 0 or found.high < 0:
            return "more" if found.low > 0 else "less"
    return ""


def wrong(kind: Draw, *, times: int, users: int, runs: int) -> dict[str, float | int]:
    """How often the arm is found to pay more, or less, where the control has `times` as many users."""
    random = np.random.default_rng(20261121)
    looks = np.unique(np.geomspace(200, users, LOOKS).astype(np.int64))
    found = [
        verdict(sums(kind(random, users * times), looks * times), sums(kind(random, users), looks)) for _ in range(runs)
    ]
    return {"runs": runs, "users": users, "more": found.count("more") / runs, "less": found.count("less") / runs}


def main() -> None:
    """Run all of it."""
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=600)
    runs = options.parse_args().runs
    equal = {name: wrong(kind, times=1, users=20_000, runs=runs) for name, kind in KINDS.items()}
    skewed = {name: wrong(kind, times=9, users=4_000, runs=runs) for name, kind in KINDS.items()}
    print(json.dumps({"alpha": ALPHA, "looks": LOOKS, "wrong": {"1:1": equal, "9:1": skewed}}, indent=2))


if __name__ == "__main__":
    main()
