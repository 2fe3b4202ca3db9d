"""The answer to "which variant?", in OpenFeature's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Reason: TypeAlias = Literal["STATIC", "TARGETING_MATCH", "SPLIT", "DEFAULT", "DISABLED", "ERROR"]
ErrorCode: TypeAlias = Literal["FLAG_NOT_FOUND", "PARSE_ERROR", "TYPE_MISMATCH", "GENERAL"]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One flag's answer for one context.

    `variant` is None when the caller's own default applies (DISABLED, no default variant, ERROR); `value` then means
    nothing. Answers are made at compile time and shared between calls: never change a `value` or `metadata` in place.
    """

    value: Any
    variant: str | None
    reason: Reason
    error_code: ErrorCode | None = None
    error_details: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
