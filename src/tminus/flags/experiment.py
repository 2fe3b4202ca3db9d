"""An experiment as one flagd flag: one pair of dice says who is in, another who has which arm.

Raising the percentage moves the border of the first dice alone, so nobody who is in changes arm. Who is not in gets the
default's value under a variant of its own: in telemetry the control is then the control, and nobody else.
Experiments of one layer throw the layer's dice instead of the first pair, each with a range of its own: nobody is in two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tminus.flags.errors import DefinitionInvalid
from tminus.flags.rollout import FLAG_KEY, SEPARATOR, TARGETING_KEY, TOTAL_WEIGHT, in_countries, weight_of

OUTSIDE = "outside"
# A promise across releases, as the order of the arms is: another text would re-draw everybody's arm.
_ARMS_SEED = f"{SEPARATOR}arm{SEPARATOR}"


def experiment_flag(
    *,
    key: str,
    variants: Mapping[str, Any],
    default: str,
    arms: Mapping[str, float],
    percent: float,
    layer: str = "",
    start: float = 0.0,
    countries: Sequence[str] | None = None,
    users: Sequence[str] | None = None,
    rules: Sequence[Mapping[str, Any]] = (),
    killed: bool = False,
    metadata: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """flagd's definition of a flag whose `arms` (variant -> percent of those who are in, summing to 100) `percent` of
    the users have; both percents with at most three decimals.

    With a `layer` they are those whom the layer's dice put between `start` and `start + percent`: experiments whose ranges
    do not overlap share nobody.
    With `countries` only users there can be in, and where `users` are given only they and those for whom one of `rules`
    (JSONLogic) holds; the dice are the same for all, so such a limit changes nobody's arm.
    Everybody else, and everybody when `killed`, gets the value of `default` as the variant `outside`. A context without
    targetingKey is not in. Raises `DefinitionInvalid`.
    """
    weights = _weights(key, variants, default, arms)
    outside = outside_name(variants)
    flag: dict[str, Any] = {
        "state": "ENABLED",
        "variants": {**variants, outside: variants[default]},
        "defaultVariant": outside,
    }
    inside, below = weight_of(key, percent), weight_of(key, start)
    if inside + below > TOTAL_WEIGHT:
        raise DefinitionInvalid(key, "start", f"{start:g} % and {percent:g} % reach beyond 100 % of the layer")
    some = (countries is None or countries) and (users is None or users or rules)  # else no user can be in
    if inside and some and not killed:
        targeting = _targeting(layer, below, inside, weights, outside)
        if users is not None:
            targeting = {"if": [_members(users, rules), targeting, outside]}
        if countries is not None:
            targeting = {"if": [in_countries(countries), targeting, outside]}
        flag["targeting"] = targeting
    if metadata:
        flag["metadata"] = dict(metadata)
    return flag


def outside_name(variants: Mapping[str, Any]) -> str:
    """The variant of those who are not in the experiment: `outside`, or what is still free."""
    name = OUTSIDE
    while name in variants:
        name += "-"
    return name


def _weights(key: str, variants: Mapping[str, Any], default: str, arms: Mapping[str, float]) -> dict[str, int]:
    """The arms by name, so that a plan which lists them in another order is the same plan. Raises `DefinitionInvalid`."""
    if SEPARATOR in key or not key:
        raise DefinitionInvalid(key, "key", f"must be non-empty and without {SEPARATOR!r}, which ends it in the hash")
    for name in (default, *arms):
        if name not in variants:
            known = ", ".join(variants)
            raise DefinitionInvalid(key, "variants", f"{name!r} is not one of the variants", hint=f"known: {known}")
    weights = {name: weight_of(key, arms[name]) for name in sorted(arms)}
    if sum(weights.values()) != TOTAL_WEIGHT:
        raise DefinitionInvalid(key, "arms", f"the arms sum to {sum(weights.values()) / 1000:g} %, not to 100 %")
    return weights


def _members(users: Sequence[str], rules: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The condition that a user is among these, or that one of the rules holds."""
    any_of: list[dict[str, Any]] = [{"in": [TARGETING_KEY, list(users)]}] if users else []
    any_of += [dict(rule) for rule in rules]
    return any_of[0] if len(any_of) == 1 else {"or": any_of}


def _targeting(layer: str, below: int, inside: int, weights: Mapping[str, int], outside: str) -> dict[str, Any]:
    # No flag's key is empty, so the dice of a layer are those of no flag, whatever the layer is called.
    ramp = {"cat": [*([SEPARATOR, layer] if layer else [FLAG_KEY]), SEPARATOR, TARGETING_KEY]}
    one = next(iter(weights))  # any variant says that the user is in
    under = [[outside, below]] if below else []
    chosen = {"fractional": [ramp, *under, [one, inside], [outside, TOTAL_WEIGHT - below - inside]]}
    arm = {"cat": [FLAG_KEY, _ARMS_SEED, TARGETING_KEY]}
    split = {"fractional": [arm, *([name, weight] for name, weight in weights.items())]}
    # The split is asked only for a known user: `cat` reads a missing key as "", and all unknown would share one arm.
    return {"if": [{"and": [TARGETING_KEY, {"==": [chosen, one]}]}, split, outside]}
