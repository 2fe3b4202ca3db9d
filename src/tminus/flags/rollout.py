"""A rollout as one flagd flag: who is in stays in while the percentage grows, and leaves in reverse when it shrinks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tminus.flags.errors import DefinitionInvalid

# Thousandths of a percent. The total never changes, so raising the percentage only moves the one border between the
# arms, outwards for `on`: nobody who is in can fall out. Total, order of the arms and hash text are a promise across
# releases too: changing any of them would re-draw who is in, in the middle of people's launches.
TOTAL_WEIGHT = 100_000

# Without a separator flag `a1` with user `23` would hash as flag `a12` with user `3`, and the two splits would agree
# for such users instead of being independent. Flag keys therefore must not contain it.
SEPARATOR = ":"

TARGETING_KEY: dict[str, Any] = {"var": "targetingKey"}
FLAG_KEY: dict[str, Any] = {"var": "$flagd.flagKey"}
_COUNTRY: dict[str, Any] = {"var": "country"}


@dataclass(frozen=True, slots=True)
class Share:
    """`percent` (0..100, three decimals) of the users in these countries (two letters), of all users for None.

    `seed` is the key of the flag whose dice are thrown, empty for the flag's own: two flags with one seed have the same
    users. A context says its `country` in capitals or small letters; one that says none is in no country.
    `unit` is the attribute of the context that the dice are thrown for, such as `company`, whose users then come in
    together; empty for the targeting key.
    """

    percent: float
    countries: tuple[str, ...] | None = None
    seed: str = ""
    unit: str = ""


def rollout_flag(
    *,
    key: str,
    variants: Mapping[str, Any],
    off: str,
    on: str,
    percent: float,
    countries: Sequence[str] | None = None,
    seed: str = "",
    unit: str = "",
    also: Sequence[Share] = (),
    always: Sequence[str] = (),
    cohort_rules: Sequence[Mapping[str, Any]] = (),
    otherwise: Mapping[str, Any] | None = None,
    killed: bool = False,
    metadata: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """flagd's definition of a flag that gives `on` to `percent` (0..100, three decimals) of users, `off` to the rest.

    With `countries` the percentage is of the users there, by the dice of the flag `seed` where one is named,
    thrown for the attribute `unit` where one is named.
    `also` are further shares: who is in any of them is in.
    `always` are targeting keys that get `on` at any percentage, `cohort_rules` JSONLogic conditions for the same.
    `otherwise` is a JSONLogic rule that decides for all whom nothing of this lets in; by itself it gives no result for `off`.
    When `killed`, and without `otherwise` where nobody at all is let in, the flag is statically `off` for everybody.
    A context without targetingKey is in no share and gets `off`, with flagd's reason DEFAULT.
    """
    if SEPARATOR in key or not key:
        raise DefinitionInvalid(key, "key", f"must be non-empty and without {SEPARATOR!r}, which ends it in the hash")
    for name in (off, on):
        if name not in variants:
            known = ", ".join(variants)
            raise DefinitionInvalid(key, "variants", f"{name!r} is not one of the variants", hint=f"known: {known}")
    own = Share(percent, None if countries is None else tuple(countries), seed, unit)
    shares = [(weight, one) for one in (own, *also) if (weight := weight_of(key, one.percent))]
    flag: dict[str, Any] = {"state": "ENABLED", "variants": dict(variants), "defaultVariant": off}
    if not killed and any(weight == TOTAL_WEIGHT and one.countries is None for weight, one in shares):
        flag["defaultVariant"] = on
    elif not killed and (shares or always or cohort_rules):
        flag["targeting"] = _targeting(shares, off, on, always, cohort_rules, otherwise)
    elif not killed and otherwise is not None:
        flag["targeting"] = dict(otherwise)
    if metadata:
        flag["metadata"] = dict(metadata)
    return flag


def weight_of(key: str, percent: float) -> int:
    """A percentage as a part of `TOTAL_WEIGHT`. Raises `DefinitionInvalid` for more than three decimals."""
    thousandths = percent * 1000
    weight = round(thousandths) if math.isfinite(thousandths) else -1
    # The tolerance lets through 0.1 + 0.2, which is 0.30000000000000004 in binary, but not 0.0004.
    if not 0 <= weight <= TOTAL_WEIGHT or abs(thousandths - weight) > 1e-6:
        raise DefinitionInvalid(key, "percent", f"{percent!r} is not between 0 and 100 with at most three decimals")
    return weight


def _targeting(
    shares: Sequence[tuple[int, Share]],
    off: str,
    on: str,
    always: Sequence[str],
    cohort_rules: Sequence[Mapping[str, Any]],
    otherwise: Mapping[str, Any] | None,
) -> dict[str, Any]:
    branches: list[Any] = []
    if always:
        branches += [{"in": [TARGETING_KEY, list(always)]}, on]
    for rule in cohort_rules:
        branches += [dict(rule), on]
    for number, (weight, share) in enumerate(shares, 1):
        branches += _branch(weight, share, off, on, last=not otherwise and number == len(shares))
    if otherwise:
        branches.append(dict(otherwise))
    return {"if": branches}


def _branch(weight: int, share: Share, off: str, on: str, *, last: bool) -> Iterator[Any]:
    """A condition and what follows from it. Only the very last may say `off`: the others leave it to those behind."""
    # `cat` reads a missing targetingKey as "": everybody unknown would share one bucket and flip together. So the
    # split is asked only for a known user; without an else the rule gives null, which is the default variant.
    unit = {"var": share.unit} if share.unit else TARGETING_KEY
    asked = [unit] if share.countries is None else [unit, in_countries(share.countries)]
    hashed = {"cat": [share.seed or FLAG_KEY, SEPARATOR, unit]}
    split = {"fractional": [hashed, [on, weight], [off, TOTAL_WEIGHT - weight]]}
    if last:
        yield asked[0] if len(asked) == 1 else {"and": asked}
        yield split
    else:
        yield {"and": [*asked, {"==": [split, on]}]}
        yield on


def in_countries(countries: Sequence[str]) -> dict[str, Any]:
    """The condition that a user's `country` is one of these: in capitals or small letters, as `in` compares both."""
    return {"in": [_COUNTRY, [name for country in countries for name in (country.upper(), country.lower())]]}
