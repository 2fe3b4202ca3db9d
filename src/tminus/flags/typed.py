"""An answer of one type, as OpenFeature's clients ask for it: the caller's default stands in where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, TypeAlias

from tminus.flags.evaluate import FlagSet
from tminus.flags.evaluation import Evaluation

Kind: TypeAlias = Literal["boolean", "string", "integer", "float", "object"]

_SAFE_INTEGER = 2**53 - 1
_NUMBERS: dict[str, type[int] | type[float]] = {"integer": int, "float": float}
_UNFIT = object()


def resolve(
    flags: FlagSet, key: str, kind: Kind, default: Any, context: Mapping[str, Any], now: float | None = None
) -> Evaluation:
    """Flag `key` for `context` as a value of `kind`; `value` is `default` where no variant applies or its type is another.

    A number is given as the other kind of number where nothing is lost (flagd's decision on numeric coercion): 10.0 as
    the integer 10, 10 as the float 10.0, but not 3.14 as an integer nor 2^53 + 1 as a float. Everything else of another
    type is TYPE_MISMATCH. Never raises on a context.
    """
    answer = flags.evaluate(key, context, now)
    if answer.variant is None:
        return replace(answer, value=default)
    value = as_kind(answer.value, kind)
    if value is not _UNFIT:
        return answer if value is answer.value else replace(answer, value=value)
    details = f"flag {key!r} has a value of type {_name_of(answer.value)}, not {kind}"
    return Evaluation(
        default, None, "ERROR", error_code="TYPE_MISMATCH", error_details=details, metadata=answer.metadata
    )


def fits(value: Any, kind: Kind) -> bool:
    """Whether `value` can be given as `kind` without loss."""
    return as_kind(value, kind) is not _UNFIT


def as_kind(value: Any, kind: Kind) -> Any:
    """`value` as `kind`, or a mark of its own that `fits` knows."""
    if isinstance(value, bool):
        return value if kind == "boolean" else _UNFIT
    if isinstance(value, str):
        return value if kind == "string" else _UNFIT
    if isinstance(value, dict | list):
        return value if kind == "object" else _UNFIT
    if not isinstance(value, int | float) or kind not in _NUMBERS:
        return _UNFIT
    # Beyond 2^53 a float stands for several whole numbers, and a whole number may have no float.
    if type(value) is not _NUMBERS[kind] and not abs(value) <= _SAFE_INTEGER:
        return _UNFIT
    other = _NUMBERS[kind](value)
    return other if other == value else _UNFIT


def _name_of(value: Any) -> str:
    for kind in ("boolean", "string", "integer", "float", "object"):
        if fits(value, kind):
            return kind
    return "null"
