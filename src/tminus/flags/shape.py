"""What can be read off a flag's rule without asking it: the cells of its one split, the users and values it names."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tminus.flags.fractional import has_computed_arms
from tminus.flags.generations import CURRENT, FIRST, GENERATIONS, PIN, TARGETING_KEY, Generation
from tminus.flags.jsonlogic import arguments

_KEY: dict[str, Any] = {"var": TARGETING_KEY}
_FLAG_KEY: dict[str, Any] = {"var": "$flagd.flagKey"}


@dataclass(frozen=True, slots=True)
class Cells:
    """A known user's variants along the range of one hash. `dice` names the hash, None where the answer is static."""

    dice: str | None
    range: int
    bounds: tuple[int, ...]
    variants: tuple[str | None, ...]

    def at(self, place: int) -> str | None:
        """The variant at `place` of the range; None is the code's default."""
        return self.variants[bisect_right(self.bounds, place)]


def flags_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The flags of a definition by key, whichever of flagd's two forms they have."""
    flags = document.get("flags")
    return {flag["key"]: flag for flag in flags} if isinstance(flags, list) else dict(flags or {})


def cells_of(document: Mapping[str, Any], key: str) -> Cells | None:
    """The cells of flag `key`, or None where its rule is more than lists of users and one split."""
    flag = flags_of(document)[key]
    default = flag.get("defaultVariant") or None
    targeting = flag.get("targeting")
    if flag.get("state") == "DISABLED":
        return Cells(None, 1, (), (None,))
    if not targeting:
        return Cells(None, 1, (), (default,))
    generation = generation_of(document, key)
    return _cells(_rest(targeting), key, default, generation)


def generation_of(document: Mapping[str, Any], key: str) -> Generation:
    """The generation of fractional that the flag's metadata, or the set's, pins."""
    own = flags_of(document)[key].get("metadata") or {}
    return GENERATIONS[own.get(PIN, (document.get("metadata") or {}).get(PIN, CURRENT))]


def _rest(node: Any) -> Any:
    """What the rule says to a known user whom it does not name."""
    while isinstance(node, dict) and len(node) == 1 and next(iter(node)) in ("if", "?:"):
        branches = arguments(next(iter(node.values())))
        while len(branches) > 1 and _names_users(branches[0]):
            branches = branches[2:]
        if len(branches) > 1 and branches[0] == _KEY:
            branches = branches[1:2]
        if len(branches) != 1:
            return node if branches else None
        node = branches[0]
    return node


def _names_users(condition: Any) -> bool:
    return any(True for _ in _users(condition))


def _users(condition: Any) -> Iterator[str]:
    """The users in `{"in": [targetingKey, [...]]}` and `{"==": [targetingKey, "..."]}`."""
    if not isinstance(condition, dict) or len(condition) != 1:
        return
    ((name, raw),) = condition.items()
    match name, arguments(raw):
        case "in", [key, [*users]] if key == _KEY and all(isinstance(user, str) for user in users):
            yield from users
        case "==" | "===", [key, str(user)] if key == _KEY:
            yield user


def _cells(node: Any, key: str, default: str | None, generation: Generation) -> Cells | None:
    if node is None or isinstance(node, str):
        return Cells(None, 1, (), (default if node is None else node,))
    if not isinstance(node, dict) or list(node) != ["fractional"]:
        return None
    nodes = arguments(node["fractional"])
    if has_computed_arms(nodes) or '"$ref"' in json.dumps(nodes):
        return None
    explicit = bool(nodes) and not isinstance(nodes[0], list)
    arms = nodes[int(explicit) :]
    weights = [arm[1] if isinstance(arm, list) and len(arm) > 1 else 1 for arm in arms]
    if not all(isinstance(arm, list) and arm and (arm[0] is None or isinstance(arm[0], str)) for arm in arms):
        return None
    if not all(isinstance(weight, int) and not isinstance(weight, bool) for weight in weights) or not sum(weights):
        return None
    hashed = json.dumps(nodes[0] if explicit else None, sort_keys=True)
    dice = f"{generation.number} {_with_key(hashed, key) if explicit else key}"
    bounds = tuple(generation.bounds([max(weight, 0) for weight in weights]))
    variants = (*(default if arm[0] is None else arm[0] for arm in arms), default)
    return Cells(dice, 2**31 if generation.number == FIRST else 2**32, bounds, variants)


def _with_key(hashed: str, key: str) -> str:
    return hashed.replace(json.dumps(_FLAG_KEY), json.dumps(key))


def named_users(document: Mapping[str, Any], key: str) -> set[str]:
    """The targeting keys that the rule of flag `key` names."""
    return {user for node in _nodes(document, key) for user in _users(node)}


def values_asked(document: Mapping[str, Any], key: str) -> list[tuple[str, Any]]:
    """The attributes that the rule compares with something written in it, with those values, in the rule's order."""
    return [found for node in _nodes(document, key) for found in _compared(node)]


def attributes_hashed(document: Mapping[str, Any], key: str) -> set[str]:
    """The attributes other than the targeting key by which the rule's splits throw their dice, such as a company."""
    splits = [arguments(node["fractional"]) for node in _nodes(document, key) if _is(node, "fractional")]
    within = [part for nodes in splits if nodes for part in _walk(document, nodes[0])]
    return {
        path for part in within if (path := _path(part)) and path != TARGETING_KEY and not path.startswith("$flagd")
    }


def _is(node: Any, *names: str) -> bool:
    return isinstance(node, dict) and len(node) == 1 and next(iter(node)) in names


def _compared(node: Any) -> Iterator[tuple[str, Any]]:
    # What is hashed is compared with nothing.
    if not isinstance(node, dict) or len(node) != 1 or _is(node, "cat", "fractional"):
        return
    sides = arguments(next(iter(node.values())))
    paths = [_path(side) for side in sides]
    for path in paths:
        if path is None or path == TARGETING_KEY or path.startswith("$flagd"):
            continue
        yield path, True
        for side in sides:
            for value in side if isinstance(side, list) else [side]:
                if isinstance(value, str | int | float):
                    yield path, value


def _path(node: Any) -> str | None:
    raw = node.get("var") if isinstance(node, dict) else None
    path = raw[0] if isinstance(raw, list) and raw else raw
    return path if isinstance(path, str) and path else None


def _nodes(document: Mapping[str, Any], key: str) -> Iterator[Any]:
    """Every part of the flag's rule."""
    return _walk(document, flags_of(document)[key].get("targeting"))


def _walk(document: Mapping[str, Any], node: Any) -> Iterator[Any]:
    """A node and every part of it, with the evaluators it refers to, each once."""
    evaluators, seen = dict(document.get("$evaluators") or {}), set()
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, dict):
            name = node.get("$ref")
            if isinstance(name, str) and name not in seen:
                seen.add(name)
                waiting.append(evaluators.get(name))
            waiting.extend(reversed(list(node.values())))
        elif isinstance(node, list):
            waiting.extend(reversed(node))
