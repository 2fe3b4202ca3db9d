"""A flag that only those can have who have another one: the other's rule stands in its own as a condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tminus.flags.rollout import FLAG_KEY


def required(
    definition: Mapping[str, Any], conditions: Sequence[bool | Mapping[str, Any]], otherwise: str
) -> dict[str, Any]:
    """`definition` for those for whom all `conditions` hold, and the variant `otherwise` for everybody else.

    A condition is what `having` gives. With none the definition stays as it is; a false one leaves nobody.
    """
    asked = [dict(condition) for condition in conditions if not isinstance(condition, bool)]
    made = dict(definition)
    inner = made.pop("targeting", made.get("defaultVariant"))
    if not all(condition for condition in conditions if isinstance(condition, bool)) or inner == otherwise:
        return made | {"defaultVariant": otherwise}
    if not asked:
        return dict(definition)
    holds = asked[0] if len(asked) == 1 else {"and": asked}
    # The default variant is what an inner rule without a result means, and who asks for nothing in it gets `otherwise`.
    return made | {"defaultVariant": otherwise, "targeting": {"if": [holds, inner, otherwise]}}


def having(key: str, definition: Mapping[str, Any], variant: str) -> bool | dict[str, Any]:
    """The condition that a user has `variant` of flag `key`, by that flag's own dice; true or false where all or none have.

    flagd has no way to ask another flag, so the other's rule is copied; both change together, in one definition.
    """
    targeting = definition.get("targeting")
    if not targeting:
        return bool(definition.get("defaultVariant") == variant)
    return {"==": [_by_name(targeting, key), variant]}


def _by_name(node: Any, key: str) -> Any:
    """The rule with its own flag's key written out: in another flag `$flagd.flagKey` is that other one's."""
    if node == FLAG_KEY:
        return key
    if isinstance(node, dict):
        return {name: _by_name(value, key) for name, value in node.items()}
    return [_by_name(item, key) for item in node] if isinstance(node, list) else node
