"""What guards know of bursts, shared: between the places of a metric, and with metrics that have seen too little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tminus.guards.model import GuardSettings
from tminus.guards.process import GuardState, burst_factors

ENOUGH = 1000.0  # hits of pairs, twice those of the control: who has seen fewer cannot know if they come in bursts


def least_bursts(metrics: Mapping[str, Sequence[tuple[GuardSettings, GuardState]]]) -> dict[str, tuple[float, ...]]:
    """For each metric, with the guards of its places, the least φ of each rung: what `observe` takes as `least_burst`.

    It is the largest that any place of the metric knows of. Where no place has seen `ENOUGH` of the control's hits, it is
    the largest of all metrics: failures of one product tend to come in bursts for the same reasons.
    """
    own = {name: _largest([burst_factors(*guard) for guard in guards]) for name, guards in metrics.items()}
    worst = max((factor for factors in own.values() for factor in factors), default=1.0)
    if worst == 1.0:
        return own
    seen = {
        name: _largest([tuple([burst.ticks.hits for burst in state.bursts]) for _, state in guards])
        for name, guards in metrics.items()
    }
    return {
        name: tuple([factor if hits >= ENOUGH else worst for factor, hits in zip(own[name], seen[name], strict=True)])
        for name in metrics
    }


def _largest(rows: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    return tuple([max(column) for column in zip(*rows, strict=True)])
