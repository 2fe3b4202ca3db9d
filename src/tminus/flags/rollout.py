"""A rollout as one flagd flag: who is in stays in while the percentage grows, and leaves in reverse when it shrinks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from tminus.flags.errors import DefinitionInvalid

# Thousandths of a percent. The total never changes, so raising the percentage only moves the one border between the
# arms, outwards for `on`: nobody who is in can fall out. Total, order of the arms and hash text are a promise across
# releases too: changing any of them would re-draw who is in, in the middle of people's launches.
TOTAL_WEIGHT = 100_000

# Without a separator flag `a1` with user `23` would hash as flag `a12` with user `3`, and the two splits would agree
# for such users instead of being independent. Flag keys therefore must not contain it.
SEPARATOR = ":"

_KEY: dict[str, Any] = {"var": "targetingKey"}
_HASHED: dict[str, Any] = {"cat": [{"var": "$flagd.flagKey"}, SEPARATOR, _KEY]}


def rollout_flag(
    *,
    key: str,
    variants: Mapping[str, Any],
    off: str,
    on: str,
    percent: float,
    always: Sequence[str] = (),
    cohort_rules: Sequence[Mapping[str, Any]] = (),
    killed: bool = False,
    metadata: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """flagd's definition of a flag that gives `on` to `percent` (0..100, three decimals) of users, `off` to the rest.

    `always` are targeting keys that get `on` at any percentage, `cohort_rules` JSONLogic conditions for the same.
    Both wait for the rollout to start: at 0 percent, and when `killed`, the flag is statically `off` for everybody.
    A context without targetingKey is in no share and gets `off`, with flagd's reason DEFAULT.
    """
    if SEPARATOR in key or not key:
        raise DefinitionInvalid(key, "key", f"must be non-empty and without {SEPARATOR!r}, which ends it in the hash")
    for name in (off, on):
        if name not in variants:
            known = ", ".join(variants)
            raise DefinitionInvalid(key, "variants", f"{name!r} is not one of the variants", hint=f"known: {known}")
    weight = _weight(key, percent)
    flag: dict[str, Any] = {"state": "ENABLED", "variants": dict(variants), "defaultVariant": off}
    if not killed and weight == TOTAL_WEIGHT:
        flag["defaultVariant"] = on
    elif not killed and weight:
        flag["targeting"] = _targeting(weight, off, on, always, cohort_rules)
    if metadata:
        flag["metadata"] = dict(metadata)
    return flag


def _weight(key: str, percent: float) -> int:
    thousandths = percent * 1000
    weight = round(thousandths) if math.isfinite(thousandths) else -1
    # The tolerance lets through 0.1 + 0.2, which is 0.30000000000000004 in binary, but not 0.0004.
    if not 0 <= weight <= TOTAL_WEIGHT or abs(thousandths - weight) > 1e-6:
        raise DefinitionInvalid(key, "percent", f"{percent!r} is not between 0 and 100 with at most three decimals")
    return weight


def _targeting(
    weight: int, off: str, on: str, always: Sequence[str], cohort_rules: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    branches: list[Any] = []
    if always:
        branches += [{"in": [_KEY, list(always)]}, on]
    for rule in cohort_rules:
        branches += [dict(rule), on]
    # `cat` reads a missing targetingKey as "": everybody unknown would share one bucket and flip together. So the
    # split is asked only for a known user; without an else the rule gives null, which is the default variant.
    branches += [_KEY, {"fractional": [_HASHED, [on, weight], [off, TOTAL_WEIGHT - weight]]}]
    return {"if": branches}
