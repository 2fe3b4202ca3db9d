"""What flagd's published schema (flagd.dev/schema/v0/flagd.json) asks of a definition, and compiling does not.

flagd serves more than its schema allows (a rule that mixes types, a `cat` without arguments) and only warns; but editors
and pipelines hold files against it, so what T-minus writes must pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

Faults: TypeAlias = Iterator[tuple[str, str]]

_STATES = ("ENABLED", "DISABLED")
_KINDS: dict[str, Callable[[Any], bool]] = {
    "booleans": lambda value: isinstance(value, bool),
    "texts": lambda value: isinstance(value, str),
    "numbers": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "objects": lambda value: isinstance(value, dict),
}
# Operator -> fewest and most arguments; None is no bound.
_ARITY: dict[str, tuple[int, int | None]] = {
    **dict.fromkeys(
        ("==", "===", "!=", "!==", ">", ">=", "%", "/", "map", "filter", "all", "none", "some", "in"), (2, 2)
    ),
    **dict.fromkeys(("substr", "<", "<="), (2, 3)),
    **dict.fromkeys(("if", "or", "and", "+", "-", "max", "min", "merge", "cat"), (1, None)),
    **dict.fromkeys(("starts_with", "ends_with"), (2, 2)),
    "reduce": (3, 3),
    "*": (2, None),
}
_SEMVER = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?"
)
_SEMVER_OPERATORS = ("=", "!=", ">", "<", ">=", "<=", "~", "^")


def schema_faults(document: Mapping[str, Any]) -> list[str]:
    """Every place where `document` leaves flagd's schema, as `path: what is wrong`; empty for one that passes."""
    return [f"{path}: {fault}" for path, fault in _document(document)]


def _document(document: Mapping[str, Any]) -> Faults:
    flags = document.get("flags")
    if isinstance(flags, dict):
        for key, flag in flags.items():
            yield from _flag(flag, f"flags.{key}") if key else iter([("flags", "a flag needs a key")])
    elif isinstance(flags, list):
        for index, flag in enumerate(flags):
            yield from _flag(flag, f"flags[{index}]")
            if not (isinstance(flag, dict) and isinstance(flag.get("key"), str) and flag["key"]):
                yield f"flags[{index}].key", "must be a text with at least one character"
    else:
        yield "flags", "must be an object or a list of flags"
    evaluators = document.get("$evaluators", {})
    if not isinstance(evaluators, dict):
        yield "$evaluators", "must be an object"
        return
    for name, rule in evaluators.items():
        yield from _targeting(rule, f"$evaluators.{name}")
    yield from _metadata(document.get("metadata", {}), "metadata")


def _flag(flag: Any, path: str) -> Faults:
    if not isinstance(flag, dict):
        yield path, "must be an object"
        return
    if flag.get("state") not in _STATES:
        yield f"{path}.state", "must be ENABLED or DISABLED"
    if not isinstance(flag.get("defaultVariant"), str | None):
        yield f"{path}.defaultVariant", "must be a text or null"
    variants = flag.get("variants")
    if not isinstance(variants, dict) or not variants:
        yield f"{path}.variants", "must be an object with at least one variant"
    elif "" in variants:
        yield f"{path}.variants", "a variant needs a name"
    elif not any(all(map(fits, variants.values())) for fits in _KINDS.values()):
        yield f"{path}.variants", f"must all be {', all '.join(_KINDS)}"
    if "targeting" in flag:
        yield from _targeting(flag["targeting"], f"{path}.targeting")
    yield from _metadata(flag.get("metadata", {}), f"{path}.metadata")


def _metadata(metadata: Any, path: str) -> Faults:
    if not isinstance(metadata, dict):
        yield path, "must be an object"
        return
    for name, value in metadata.items():
        if not isinstance(value, str | bool | int | float):
            yield f"{path}.{name}", "must be a text, a number or a boolean"


def _targeting(rule: Any, path: str) -> Faults:
    if not isinstance(rule, dict):
        yield path, "must be an object"
    elif rule:
        yield from _rule(rule, path)


def _argument(node: Any, path: str) -> Faults:
    """A reference, a rule, or a value. Lists are values to the schema, whatever is in them."""
    if isinstance(node, dict) and list(node) == ["$ref"]:
        if not isinstance(node["$ref"], str):
            yield path, "refers to a shared rule by its name"
    elif isinstance(node, dict):
        yield from _rule(node, path)


def _rule(rule: dict[str, Any], path: str) -> Faults:
    if len(rule) != 1:
        yield path, "a rule has exactly one operator"
        return
    ((name, raw),) = rule.items()
    at = f"{path}.{name}"
    if name in _OWN:
        yield from _OWN[name](raw, at)
    elif name in ("!", "!!"):
        yield from _argument(raw, at)
    elif name in _ARITY:
        yield from _arguments(raw, at, *_ARITY[name])
        if name in ("starts_with", "ends_with") and isinstance(raw, list):
            yield from ((at, "takes texts and rules") for node in raw if not isinstance(node, str | dict))
    else:
        yield at, "is not an operator of the schema"


def _arguments(raw: Any, path: str, fewest: int, most: int | None) -> Faults:
    if not isinstance(raw, list):
        yield path, "takes its arguments as a list"
        return
    if len(raw) < fewest or (most is not None and len(raw) > most):
        bound = f"{fewest}" if fewest == most else f"at least {fewest}" if most is None else f"{fewest} to {most}"
        yield path, f"takes {bound} arguments, not {len(raw)}"
    for index, node in enumerate(raw):
        yield from _argument(node, f"{path}[{index}]")


def _var(raw: Any, path: str) -> Faults:
    if isinstance(raw, str) and raw.startswith("$flagd.") and raw not in ("$flagd.timestamp", "$flagd.flagKey"):
        yield path, "flagd gives only $flagd.timestamp and $flagd.flagKey"


def _missing(raw: Any, path: str) -> Faults:
    if not isinstance(raw, list) or not all(isinstance(name, str) for name in raw):
        yield path, "takes a list of names"


def _missing_some(raw: Any, path: str) -> Faults:
    if not isinstance(raw, list) or len(raw) != 2 or not _KINDS["numbers"](raw[0]):
        yield path, "takes a number and a list of names"
    else:
        yield from _missing(raw[1], f"{path}[1]")


def _sem_ver(raw: Any, path: str) -> Faults:
    if not isinstance(raw, list) or len(raw) != 3 or raw[1] not in _SEMVER_OPERATORS:
        yield path, f"takes a version, one of {' '.join(_SEMVER_OPERATORS)} and a version"
        return
    for index in (0, 2):
        node = raw[index]
        if isinstance(node, dict) and list(node) == ["var"]:
            yield from _var(node["var"], f"{path}[{index}].var")
        elif not (isinstance(node, str) and _SEMVER.fullmatch(node)):
            yield f"{path}[{index}]", "must be a whole version such as 1.2.0, or a var"


def _fractional(raw: Any, path: str) -> Faults:
    if not isinstance(raw, list) or not raw:
        yield path, "takes at least one arm"
        return
    for index, node in enumerate(raw):
        at = f"{path}[{index}]"
        if index == 0 and isinstance(node, dict):
            yield from _rule(node, at)
        elif not isinstance(node, list) or not 1 <= len(node) <= 2:
            yield at, "an arm is a list of a variant and a weight"
        else:
            yield from _argument(node[0], f"{at}[0]")
            yield from _weight(node[1], f"{at}[1]") if len(node) == 2 else ()


def _weight(node: Any, path: str) -> Faults:
    if isinstance(node, dict):
        yield from _rule(node, path)
    elif not _KINDS["numbers"](node) or node != int(node) or node < 0:
        yield path, "must be a whole number from 0, or a rule"


_OWN: dict[str, Callable[[Any, str], Faults]] = {
    "var": _var,
    "missing": _missing,
    "missing_some": _missing_some,
    "sem_ver": _sem_ver,
    "fractional": _fractional,
}
