"""Flags that earlier launches left served: as they were, but for kill switches (ADR-0019)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from tminus.core.events import KeptFlag
from tminus.core.state import FlagState, State
from tminus.flags import having, required


def kept_definition(state: State, key: str, named: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """flagd's definition of a kept flag now. `named` are those of the plan's own flags, which it may require.

    Who has what it requires is asked of that flag as it is served now, so a kill switch there counts here as well.
    """
    one = state.kept[key]
    if is_off(state, key):
        return _for_all(one, one.default)
    conditions = []
    for other, variant in one.requires.items():
        if other in named or other in state.kept:
            definition = named[other] if other in named else kept_definition(state, other, named)
            conditions.append(having(other, definition, variant))
    return required(one.definition, conditions, one.default)


def _for_all(one: KeptFlag, variant: str | None) -> dict[str, Any]:
    without = {name: value for name, value in one.definition.items() if name != "targeting"}
    return without | {"defaultVariant": variant}


def is_off(state: State, key: str) -> bool:
    """True where its own kill switch is pulled, or those of all the flags that brought it along."""
    follows = state.kept[key].follows
    return _killed(state, key) or (bool(follows) and all(_killed(state, other) for other in follows))


def switched_on_without(state: State, flag: str) -> list[str]:
    """The kept flags that this one's kill switch alone keeps off: to drop it would give them to people again."""
    flags = {key: found for key, found in state.flags.items() if key != flag}
    others = (key for key in state.kept if key != flag)
    return [key for key in others if is_off(state, key) and not is_off(replace(state, flags=flags), key)]


def _killed(state: State, key: str) -> bool:
    return bool(state.flags.get(key, FlagState()).killed_by)


def stands(one: KeptFlag) -> tuple[str, str]:
    """(`on`, `off` or `some`, in words): who has what a kept flag brought, while no kill switch is pulled."""
    everybodys = one.definition.get("defaultVariant")
    if one.definition.get("targeting"):
        return "some", f"some have {one.brought}" if one.brought else "its rule says who has what"
    if everybodys == one.default:
        return "off", default_words(one)
    return "on", f"everybody has {everybodys}"


def default_words(one: KeptFlag) -> str:
    """What everybody has while a kill switch is pulled, and where nobody was let in."""
    return f"everybody has {one.default or 'the default of the code'}"
