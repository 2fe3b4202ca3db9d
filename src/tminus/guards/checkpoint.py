"""A guard's state as a small JSON object, for checkpoints in the launch's log."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, exp, inf, isfinite, log
from typing import Any

import numpy as np

from tminus.errors import StoreError, UsageError
from tminus.guards.bets import MORE_BETS, Logs
from tminus.guards.burst import Burst, Pairs
from tminus.guards.model import Counts
from tminus.guards.onset import unspent_weight
from tminus.guards.process import GuardState
from tminus.guards.share import Share

_VERSION = 3
_READABLE = (2, 3)


def to_json(state: GuardState) -> dict[str, Any]:
    """About 1.5 kB with 25 ratios and a ceiling. Floats are kept whole: `from_json` gives back the same state.

    v: 3; at: [started_at, restarted_at]; starts; stakes; seen: per rung [control units, hits, canary units, hits]; rel, abs,
    warm: per rung the logs per ratio; share: units and since; burst: per rung its sums, null where nothing is known.
    """
    return {
        "v": _VERSION,
        "at": [state.started_at, state.restarted_at],
        "starts": state.starts,
        "stakes": list(state.stakes),
        "seen": [[one.control_units, one.control_hits, one.canary_units, one.canary_hits] for one in state.totals],
        "rel": state.relative.tolist(),
        "abs": state.absolute.tolist(),
        "warm": state.warm.tolist(),
        "share": [*state.share[:4], state.share.since if state.share.since > -inf else None],
        "burst": [_burst_to_json(burst) for burst in state.bursts],
    }


def from_json(written: Mapping[str, Any]) -> GuardState:
    """The state that `to_json` wrote, also an older one, which then bets nothing within burn-ins.

    Raises `StoreError`, not retryable, for anything else.
    """
    try:
        return _read(written) if "v" in written else _read_first(written)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, UsageError) as error:
        raise StoreError(
            f"a guard's checkpoint cannot be read: {type(error).__name__} {error}",
            hint="the log is damaged or from another version; replay the launch's counts to rebuild the guard",
            code="guard-checkpoint",
            retryable=False,
        ) from error


def _read(written: Mapping[str, Any]) -> GuardState:
    _require(written["v"] in _READABLE)
    kept_warm = written["warm"] if written["v"] == _VERSION else []
    started_at, restarted_at = _numbers(written["at"])
    totals = tuple(_counts(one) for one in written["seen"])
    relative = _logs(written["rel"])
    absolute, warm = (_logs(rows) if rows else np.empty((0, relative.shape[1])) for rows in (written["abs"], kept_warm))
    *units, since = written["share"]
    state = GuardState(
        started_at,
        restarted_at,
        _count(written["starts"]),
        _numbers(written["stakes"]),
        relative,
        absolute,
        warm,
        totals,
        Share(*_four(units), since=-inf if since is None else _numbers((since,))[0]),
        tuple(_burst_from_json(one) for one in written["burst"]),
    )
    _require(state.starts >= 1 and relative.shape[1] >= 1 and len(totals) == len(state.bursts) == len(relative) >= 1)
    _require({absolute.shape, warm.shape} <= {(0, relative.shape[1]), relative.shape})
    _require(len(state.stakes) == (2 if absolute.size else 1))
    return state


def _read_first(written: Mapping[str, Any]) -> GuardState:
    """A state of the first version: nine equal bets and other weights of late onset. Its capital is bet anew.

    What a bet holds may be put on any other at any time, so E stays an e-process; only what each half held is kept.
    """
    started_at, restarted_at = _numbers(written["at"])
    starts = _count(written["starts"])
    _require(starts >= 1)
    halves = [_numbers(written["rel"]), _numbers(written.get("abs", ()))]
    _require(len(halves[0]) >= 1 and len(halves[1]) in (0, len(halves[0])))
    capital = [float(np.logaddexp.reduce([*half]) - log(len(half))) for half in halves if half]
    capital = [float(np.logaddexp(one, -log(starts + 1))) for one in capital]
    # So many starts are deemed spent that what is kept for later is at most half of the smaller capital.
    starts = max(starts, ceil(min((2 * unspent_weight(1) * exp(-min(0.0, *capital, 0.0))) ** 2, 1e12)))
    spent = [one + float(np.log1p(-unspent_weight(starts) * exp(min(-one, 700.0)))) for one in capital]
    logs = [np.full((1, len(MORE_BETS)), one) for one in spent]
    return GuardState(
        started_at,
        restarted_at,
        starts,
        (0.0,) if len(logs) == 1 else (-log(2), -log(2)),
        logs[0],
        logs[1] if len(logs) == 2 else np.empty((0, len(MORE_BETS))),
        np.empty((0, len(MORE_BETS))),
        (_counts(written["seen"]),),
        Share(),
        (Burst(),),
    )


def _burst_to_json(burst: Burst) -> list[Any] | None:
    if burst == Burst():
        return None
    return [list(burst.ticks), list(burst.blocks), burst.block_until, burst.block_units, burst.block_hits]


def _burst_from_json(written: Any) -> Burst:
    if written is None:
        return Burst()
    ticks, blocks, until, units, hits = written
    return Burst(_pairs(ticks), _pairs(blocks), _numbers([until])[0], _count(units), _count(hits))


def _pairs(written: Any) -> Pairs:
    # Until version 2 nothing was kept of how long the bursts are.
    sums, newest = ([*written[:4], 0.0], written[4:]) if len(written) == 6 else (written[:5], written[5:])
    deviation, hits, variance, pairs, skew = _numbers(sums)
    _require(min(deviation, hits, variance, pairs) >= 0)
    units, newest_hits = newest
    return Pairs(deviation, hits, variance, pairs, skew, _count(units), _count(newest_hits))


def _four(values: Any) -> tuple[float, float, float, float]:
    first, second, third, fourth = _numbers(values)
    _require(min(values) >= 0)
    return first, second, third, fourth


def _logs(rows: Any) -> Logs:
    return np.array([_numbers(row) for row in rows], dtype=float).reshape(len(rows), -1)


def _counts(written: Any) -> Counts:
    control_units, control_hits, canary_units, canary_hits = (_count(value) for value in written)
    return Counts(control_units, control_hits, canary_units, canary_hits)


def _numbers(values: Any) -> tuple[float, ...]:
    for value in values:
        _require(isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value))
    return tuple(values)


def _count(value: Any) -> int:
    _require(isinstance(value, int) and not isinstance(value, bool) and value >= 0)
    return int(value)


def _require(holds: bool) -> None:
    if not holds:
        raise ValueError("a value is not what a checkpoint holds")
