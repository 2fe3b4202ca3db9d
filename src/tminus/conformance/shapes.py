"""What the schemas of the description say, as questions with an answer for people."""

from __future__ import annotations

from typing import Any

from tminus.conformance.clause import need

# openfeature.dev/specification/types, resolution reasons and error codes.
REASONS = ("STATIC", "DEFAULT", "TARGETING_MATCH", "SPLIT", "CACHED", "DISABLED", "UNKNOWN", "STALE", "ERROR")
OFREP_REASONS = ("STATIC", "TARGETING_MATCH", "SPLIT", "DISABLED", "UNKNOWN")
ERROR_CODES = (
    "PROVIDER_NOT_READY",
    "FLAG_NOT_FOUND",
    "PARSE_ERROR",
    "TYPE_MISMATCH",
    "TARGETING_KEY_MISSING",
    "INVALID_CONTEXT",
    "PROVIDER_FATAL",
    "GENERAL",
)


def success(item: dict[str, Any]) -> None:
    """evaluationSuccess. Raises Wrong."""
    name = f"flag {item.get('key')!r}"
    need(isinstance(item.get("key"), str), f"an answer without a key: {_short(item)}")
    need(item.get("reason") in REASONS, f"{name}: {item.get('reason')!r} is no reason of OpenFeature's")
    need("variant" not in item or isinstance(item["variant"], str), f"{name}: variant is no text")
    # An array is not among the schema's kinds, and every SDK has it as an object: it passes here.
    need("value" not in item or item["value"] is not None, f"{name}: value is null; a code default has no value at all")
    metadata(item.get("metadata", {}), name)


def failure(item: dict[str, Any], *, keyed: bool) -> None:
    """evaluationFailure, or bulkEvaluationFailure where it is not `keyed`. Raises Wrong."""
    need(not keyed or isinstance(item.get("key"), str), f"a failure without the flag's key: {_short(item)}")
    code = item.get("errorCode")
    need(code in ERROR_CODES, f"{code!r} is no error code of OpenFeature's")
    need("errorDetails" not in item or isinstance(item["errorDetails"], str), "errorDetails is no text")
    metadata(item.get("metadata", {}), f"flag {item.get('key')!r}")


def metadata(found: Any, name: str) -> None:
    """Metadata: an object of booleans, texts and numbers. Raises Wrong."""
    need(isinstance(found, dict), f"{name}: metadata is no object")
    for member, value in found.items():
        need(isinstance(value, bool | str | int | float), f"{name}: metadata {member!r} is no boolean, text or number")


def event_stream(entry: Any) -> None:
    """eventStream. Raises Wrong."""
    need(isinstance(entry, dict) and isinstance(entry.get("type"), str), f"a stream without a type: {_short(entry)}")
    need(("url" in entry) != ("endpoint" in entry), "a stream must have either url or endpoint")
    if "endpoint" in entry:
        endpoint = entry["endpoint"]
        target = endpoint.get("requestUri") if isinstance(endpoint, dict) else None
        need(isinstance(target, str) and target.startswith("/"), "endpoint.requestUri must begin with /")
    else:
        need(isinstance(entry["url"], str), "url is no text")
    delay = entry.get("inactivityDelaySec", 120)
    need(type(delay) is int and delay >= 1, "inactivityDelaySec must be a whole number from 1")


def kind_of(value: Any) -> str:
    """The JSON type of a value, in words."""
    names = {bool: "boolean", str: "string", dict: "object", list: "array", type(None): "null"}
    return names.get(type(value), "number")


def _short(item: Any) -> str:
    return repr(item)[:80]
