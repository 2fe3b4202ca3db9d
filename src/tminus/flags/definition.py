"""flagd's flag definition JSON, read and checked, into a FlagSet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from tminus.flags.errors import DefinitionInvalid
from tminus.flags.evaluate import Flag, FlagSet, fixed_flag, targeted_flag
from tminus.flags.generations import CURRENT, GENERATIONS, PIN, Generation
from tminus.flags.jsonlogic import RuleCompiler
from tminus.flags.pause import collector_paused
from tminus.flags.shared import Shared
from tminus.flags.targeting import OPERATORS, Outcomes, compile_targeting

_STATES = ("ENABLED", "DISABLED")
_NOT_JSON = (TypeError, ValueError, OverflowError, RecursionError)


def compile_flags(definition: Mapping[str, Any], *, strict: bool = True, known: FlagSet | None = None) -> FlagSet:
    """Compile a flag definition (`{"flags": {...}, "$evaluators": {...}, "metadata": {...}}`).

    Flags that are in `known` and were compiled there from the same words are taken over as they are, so that a change
    of one flag costs one flag. Raises DefinitionInvalid, naming the flag and the path in it. With `strict` false a fault
    inside one flag leaves the others served and that one answering PARSE_ERROR, as flagd does with files it did not
    write.
    """
    with collector_paused():
        return _compile(definition, strict, known)


def _compile(definition: Mapping[str, Any], strict: bool, known: FlagSet | None) -> FlagSet:
    revision = hashlib.sha256(_encoded(definition, "deterministic")).hexdigest()[:16]
    document, definitions = _apart(definition)
    evaluators = _object(document.get("$evaluators"), "", "$evaluators")
    shared = Shared(evaluators)
    metadata = _metadata(document.get("metadata"), "")
    around = hashlib.sha256(_encoded([strict, evaluators, metadata])).digest()
    flags: dict[str, Flag] = {}
    marks: dict[str, bytes] = {}
    filled: dict[str, int] = {}
    for key, raw in definitions.items():
        text = _encoded(raw)
        mark, before = hashlib.sha256(around + text).digest()[:16], shared.left
        try:
            flags[key] = _kept(known, key, mark, shared) or _compile_flag(key, _decoded(text), shared, metadata)
        except DefinitionInvalid as fault:
            if strict:
                raise
            flags[key] = fixed_flag(key, Outcomes(key, {}, None, metadata).error("PARSE_ERROR", fault.message))
            continue
        marks[key] = mark
        if shared.left != before:
            filled[key] = before - shared.left
    return FlagSet(flags, metadata, revision, marks, filled)


def _kept(known: FlagSet | None, key: str, mark: bytes, shared: Shared) -> Flag | None:
    """The flag as it was compiled before from the same words, where the bound on shared rules still has room for it."""
    if known is None or known.marks.get(key) != mark:
        return None
    filled = known.filled.get(key, 0)
    if filled > max(shared.left, 0):
        return None
    shared.take(filled)
    return known.flags[key]


def _apart(definition: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A copy in plain JSON types of what stands around the flags, and the flags by key, of which nothing is copied yet."""
    flags = definition.get("flags") if type(definition) is dict else None
    if type(flags) is dict and all(type(key) is str for key in flags):
        around = {name: part for name, part in definition.items() if name != "flags"}
        # Keys of our own: one string that a flag keeps holds on to the page of memory that the document lay in.
        return _decoded(_encoded(around)), {key.encode().decode(): flag for key, flag in flags.items()}
    document = _decoded(_encoded(definition))
    if not isinstance(document, dict):
        raise DefinitionInvalid("", "", "must be an object", hint='such as {"flags": {}}')
    return document, _keyed(document.get("flags"))


def _encoded(value: Any, order: Literal["deterministic"] | None = None) -> bytes:
    try:
        return msgspec.json.encode(value, order=order)
    except _NOT_JSON as fault:
        raise _not_json(fault) from fault


def _decoded(text: bytes) -> Any:
    """A private copy in plain JSON types, so that nothing the caller changes later can reach a served flag."""
    try:
        return msgspec.json.decode(text)
    except _NOT_JSON as fault:
        raise _not_json(fault) from fault


def _not_json(fault: Exception) -> DefinitionInvalid:
    return DefinitionInvalid("", "", f"is not JSON: {fault}")


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


def _compile_flag(key: str, raw: Any, shared: Shared, set_metadata: Mapping[str, Any]) -> Flag:
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
    compiler = RuleCompiler(key, shared, OPERATORS, generation)
    rule = compile_targeting(compiler, targeting, outcomes)
    failed = outcomes.error("GENERAL", "the flag's targeting cannot be evaluated for this context")
    return targeted_flag(key, rule, failed, outcomes.all, timed=compiler.needs_properties, walks=compiler.walks_lists)


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
