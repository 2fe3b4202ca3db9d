"""A guard's state as a small JSON object, for checkpoints in the launch's log."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from tminus.errors import StoreError, UsageError
from tminus.guards.model import Counts
from tminus.guards.process import GuardState


def to_json(state: GuardState) -> dict[str, Any]:
    """About 400 bytes with nine ratios and a ceiling. Floats are kept whole: `from_json` gives back the same state.

    at: [started_at, restarted_at]; starts; seen: [control units, errors, canary units, errors]; rel, abs: logs per
    ratio (abs is left out without a ceiling).
    """
    totals = state.totals
    written: dict[str, Any] = {
        "at": [state.started_at, state.restarted_at],
        "starts": state.starts,
        "seen": [totals.control_units, totals.control_hits, totals.canary_units, totals.canary_hits],
        "rel": list(state.relative),
    }
    if state.absolute:
        written["abs"] = list(state.absolute)
    return written


def from_json(written: Mapping[str, Any]) -> GuardState:
    """The state that `to_json` wrote. Raises `StoreError`, not retryable, for anything else."""
    try:
        started_at, restarted_at = _numbers(written["at"])
        control_units, control_hits, canary_units, canary_hits = (_count(value) for value in written["seen"])
        state = GuardState(
            started_at,
            restarted_at,
            _count(written["starts"]),
            _numbers(written["rel"]),
            _numbers(written.get("abs", ())),
            Counts(control_units, control_hits, canary_units, canary_hits),
        )
        _require(state.starts >= 1 and len(state.relative) >= 1)
        _require(len(state.absolute) in (0, len(state.relative)))
    except (KeyError, TypeError, ValueError, AttributeError, UsageError) as error:
        raise StoreError(
            f"a guard's checkpoint cannot be read: {type(error).__name__} {error}",
            hint="the log is damaged or from another version; replay the launch's counts to rebuild the guard",
            code="guard-checkpoint",
            retryable=False,
        ) from error
    return state


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
