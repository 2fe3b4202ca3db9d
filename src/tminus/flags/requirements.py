"""A flag that only those can have who have another one: the other's rule stands in its own as a condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tminus.flags.fractional import gives_a_list, has_computed_arms
from tminus.flags.generations import CURRENT, PIN, THIRD
from tminus.flags.jsonlogic import arguments
from tminus.flags.rollout import FLAG_KEY, TARGETING_KEY


def required(
    definition: Mapping[str, Any], conditions: Sequence[bool | Mapping[str, Any]], otherwise: str | None
) -> dict[str, Any]:
    """`definition` for those for whom all `conditions` hold, and the variant `otherwise` for everybody else.

    A condition is what `having` gives. With none the definition stays as it is; a false one leaves nobody.
    """
    if not conditions:
        return dict(definition)
    asked = [dict(condition) for condition in conditions if not isinstance(condition, bool)]
    made = dict(definition)
    inner = made.pop("targeting", None) or made.get("defaultVariant")
    if not all(condition for condition in conditions if isinstance(condition, bool)) or inner == otherwise:
        return made | {"defaultVariant": otherwise}
    if not asked:
        return dict(definition)
    holds = asked[0] if len(asked) == 1 else {"and": asked}
    # The default variant is what an inner rule without a result means, and who asks for nothing in it gets `otherwise`.
    return made | {"defaultVariant": otherwise, "targeting": {"if": [holds, inner, otherwise]}}


def standalone(definition: Mapping[str, Any], evaluators: Mapping[str, Any]) -> dict[str, Any]:
    """`definition` with every `$ref` in its targeting filled in; one to an evaluator that is not there stays."""
    targeting = definition.get("targeting")
    return dict(definition) | ({"targeting": _filled(targeting, evaluators)} if targeting and evaluators else {})


def _filled(node: Any, evaluators: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_filled(item, evaluators) for item in node]
    if not isinstance(node, dict):
        return node
    if len(node) == 1 and isinstance(name := node.get("$ref"), str) and name in evaluators:
        return _filled(evaluators[name], evaluators)
    return {name: _filled(raw, evaluators) for name, raw in node.items()}


def having(key: str, definition: Mapping[str, Any], variant: str) -> bool | dict[str, Any]:
    """The condition that a user has `variant` of flag `key`, by that flag's own dice; true or false where all or none have.

    flagd has no way to ask another flag, so the other's rule is copied; both change together, in one definition. A rule
    may name its variant by a truth value or a number, so it is read as text. The definition is a `standalone` one.
    """
    targeting = definition.get("targeting")
    if definition.get("state") == "DISABLED":
        return False
    if not targeting:
        return bool(definition.get("defaultVariant") == variant)
    pinned = (definition.get("metadata") or {}).get(PIN, CURRENT)
    copied = _Copy(key, pinned).of(targeting)
    return {"==": [copied if _gives_names(copied) else {"cat": [copied]}, variant]}


@dataclass(frozen=True, slots=True)
class _Copy:
    """A rule for another flag: there `$flagd.flagKey`, and a split that names no dice, would be that other flag's."""

    key: str
    generation: int

    def of(self, node: Any) -> Any:
        """The rule with its own flag's key written out."""
        if isinstance(node, list):
            return [self.of(item) for item in node]
        if not isinstance(node, dict) or len(node) != 1:
            return node
        ((name, raw),) = node.items()
        if name == "var" and arguments(raw)[:1] == arguments(FLAG_KEY["var"]):
            return self.key
        inner = self.of(raw)
        return {name: self._split(arguments(inner)) if name == "fractional" else inner}

    def _split(self, nodes: list[Any]) -> list[Any]:
        if self.generation == THIRD or not nodes:
            return nodes
        # Nothing to hash is a number here: nobody is then in any arm. The first generations take a missing value, too, for
        # the flag's key and the targetingKey in one.
        dice: dict[str, Any] = {"if": [TARGETING_KEY, {"cat": [self.key, TARGETING_KEY]}, 0]}
        if isinstance(nodes[0], list) or gives_a_list(nodes[0]):
            return [dice, *nodes]
        if isinstance(nodes[0], dict) and list(nodes[0]) != ["cat"]:
            return [{"if": [{"===": [nodes[0], None]}, dice, nodes[0]]}, *nodes[1:]]
        return nodes


def _gives_names(node: Any) -> bool:
    """Whether the rule's result is a variant's name as it stands there, or nothing."""
    if not isinstance(node, dict) or len(node) != 1:
        return node is None or isinstance(node, str)
    ((name, raw),) = node.items()
    nodes = arguments(raw)
    if name in ("if", "?:"):
        return all(_gives_names(one) for one in (*nodes[1::2], *nodes[len(nodes) - len(nodes) % 2 :]))
    return (
        name == "fractional"
        and not has_computed_arms(nodes)
        and all(_gives_names(arm[0]) for arm in nodes if isinstance(arm, list) and arm)
    )
