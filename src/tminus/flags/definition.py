"""flagd's flag definition JSON, read and checked, into a FlagSet."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from tminus.flags.errors import DefinitionInvalid
from tminus.flags.evaluate import Flag, FlagSet, fixed_flag, targeted_flag
from tminus.flags.generations import CURRENT, GENERATIONS, PIN, Generation
from tminus.flags.jsonlogic import RuleCompiler
from tminus.flags.targeting import OPERATORS, Outcomes, compile_targeting

_STATES = ("ENABLED", "DISABLED")


def compile_flags(definition: Mapping[str, Any], *, strict: bool = True) -> FlagSet:
    """Compile a flag definition (`{"flags": {...}, "$evaluators": {...}, "metadata": {...}}`).

    Raises DefinitionInvalid, naming the flag and the path in it. With `strict` false a fault inside one flag leaves
    the others served and that one answering PARSE_ERROR, as flagd does with files it did not write.
    """
    with _collector_paused():
        return _compile(definition, strict)


@contextmanager
def _collector_paused() -> Iterator[None]:
    # Compiling only adds objects. A collection among 10,000 half-made flags walks them all and finds nothing, again and
    # again: it takes as long as the compiling.
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _compile(definition: Mapping[str, Any], strict: bool) -> FlagSet:
    document, revision = _plain(definition)
    evaluators = _object(document.get("$evaluators"), "", "$evaluators")
    metadata = _metadata(document.get("metadata"), "")
    flags = {}
    for key, raw in _keyed(document.get("flags")).items():
        try:
            flags[key] = _compile_flag(key, raw, evaluators, metadata)
        except DefinitionInvalid as fault:
            if strict:
                raise
            flags[key] = fixed_flag(key, Outcomes(key, {}, None, metadata).error("PARSE_ERROR", fault.message))
    return FlagSet(flags, metadata, revision)


def _plain(definition: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """A private copy in plain JSON types, so that nothing the caller changes later can reach a served flag."""
    try:
        canonical = msgspec.json.encode(definition, order="deterministic")
        document = msgspec.json.decode(msgspec.json.encode(definition))
    except (TypeError, ValueError, OverflowError, RecursionError) as fault:
        raise DefinitionInvalid("", "", f"is not JSON: {fault}") from fault
    if not isinstance(document, dict):
        raise DefinitionInvalid("", "", "must be an object", hint='such as {"flags": {}}')
    return document, hashlib.sha256(canonical).hexdigest()[:16]


def _keyed(flags: Any) -> dict[str, Any]:
    """flagd allows `flags` as an object by key, and as a list whose items name their `key`."""
    if isinstance(flags, dict):
        return flags
    if not isinstance(flags, list):
        raise DefinitionInvalid("", "flags", "must be an object of flags by their keys")
    keyed = {}
    for index, flag in enumerate(flags):
        key = flag.get("key") if isinstance(flag, dict) else None
        if not isinstance(key, str) or key in keyed:
            raise DefinitionInvalid("", f"flags[{index}]", "needs a key of its own")
        keyed[key] = flag
    return keyed


def _compile_flag(key: str, raw: Any, evaluators: Mapping[str, Any], set_metadata: Mapping[str, Any]) -> Flag:
    flag = _object(raw, key, "", required=True)
    state, variants = flag.get("state"), _object(flag.get("variants"), key, "variants", required=True)
    if state not in _STATES:
        raise DefinitionInvalid(key, "state", f"{state!r} is not a state", hint="use ENABLED or DISABLED")
    default = _default_variant(flag.get("defaultVariant"), key, variants)
    own = _metadata(flag.get("metadata"), key)
    metadata = {**set_metadata, **own} if own else set_metadata
    outcomes, generation = Outcomes(key, variants, default, metadata), _generation(metadata, key)
    if state == "DISABLED":
        return fixed_flag(key, outcomes.disabled())
    targeting = _object(flag.get("targeting"), key, "targeting")
    if not targeting:
        return fixed_flag(key, outcomes.default("STATIC"))
    compiler = RuleCompiler(key, evaluators, OPERATORS, generation)
    rule = compile_targeting(compiler, targeting, outcomes)
    failed = outcomes.error("GENERAL", "the flag's targeting cannot be evaluated for this context")
    return targeted_flag(key, rule, failed, outcomes.all, timed=compiler.needs_properties)


def _generation(metadata: Mapping[str, Any], key: str) -> Generation:
    pinned = metadata.get(PIN, CURRENT)
    if isinstance(pinned, bool) or pinned not in GENERATIONS:
        known = ", ".join(map(str, GENERATIONS))
        raise DefinitionInvalid(
            key, f"metadata.{PIN}", f"{pinned!r} is no generation of fractional", hint=f"use {known}"
        )
    return GENERATIONS[pinned]


def _default_variant(name: Any, key: str, variants: Mapping[str, Any]) -> str | None:
    # flagd treats "" like an absent default: the caller's own applies.
    if name is None or name == "":
        return None
    if not isinstance(name, str) or name not in variants:
        known = ", ".join(variants) or "none"
        raise DefinitionInvalid(key, "defaultVariant", f"{name!r} is not one of the variants", hint=f"known: {known}")
    return name


def _object(value: Any, key: str, path: str, *, required: bool = False) -> dict[str, Any]:
    if value is None and not required:
        return {}
    if not isinstance(value, dict):
        raise DefinitionInvalid(key, path, "must be an object")
    return value


def _metadata(value: Any, key: str) -> dict[str, Any]:
    """Metadata without its nulls; anything but text, numbers and booleans the protocol has no place for."""
    metadata = {name: item for name, item in _object(value, key, "metadata").items() if item is not None}
    for name, item in metadata.items():
        if not isinstance(item, str | bool | int | float):
            raise DefinitionInvalid(key, f"metadata.{name}", "must be text, a number or a boolean")
    return metadata
