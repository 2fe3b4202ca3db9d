"""Evaluations as flagd's messages, and contexts out of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format

from tminus.flagd.messages import EVALUATION_V1, message
from tminus.flags import Evaluation, Kind

KIND_OF: dict[str, Kind] = {
    "Boolean": "boolean",
    "String": "string",
    "Float": "float",
    "Int": "integer",
    "Object": "object",
}


def context_of(struct: Any) -> dict[str, Any]:
    """The evaluation context of a request. Raises ValueError for a number that JSON has not (NaN, infinity).

    Struct knows one kind of number: whole ones become integers again, so that rules see the 5 that the caller sent.
    """
    try:
        found: dict[str, Any] = json_format.MessageToDict(struct)
    except json_format.Error as error:
        raise ValueError(str(error)) from None
    whole: dict[str, Any] = _whole(found)
    return whole


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _whole(item) for name, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list) else value


def resolved(package: str, method: str, answer: Evaluation) -> Any:
    """The reply to `Resolve...` for an answer without an error. Raises ValueError for a value the message cannot hold.

    Where the caller's own default applies there is no value and no variant; in v1, which cannot tell absent from zero,
    clients read that from the reason (DEFAULT or DISABLED) beside an empty variant.
    """
    reply = message(package, f"{method}Response")(reason=answer.reason)
    if answer.variant is not None:
        reply.variant = answer.variant
        if method == "ResolveObject":
            if not isinstance(answer.value, dict):
                raise ValueError("the value is a list, which flagd's protocol cannot carry")
            reply.value.SetInParent()
            reply.value.update(answer.value)
        else:
            reply.value = answer.value
    if answer.metadata:
        reply.metadata.update(answer.metadata)
    return reply


def all_resolved(answers: Mapping[str, Evaluation], metadata: Mapping[str, Any]) -> Any:
    """The reply to v1's `ResolveAll`. A list has no place in it, so such a flag has a reason and a variant only."""
    reply = message(EVALUATION_V1, "ResolveAllResponse")()
    reply.metadata.update(dict(metadata))
    for key, answer in answers.items():
        item = reply.flags[key]
        item.reason = answer.reason
        item.metadata.update(dict(answer.metadata))
        if answer.variant is not None:
            item.variant = answer.variant
            _set_any(item, answer.value)
    return reply


def _set_any(item: Any, value: Any) -> None:
    if isinstance(value, bool):
        item.bool_value = value
    elif isinstance(value, str):
        item.string_value = value
    elif isinstance(value, int | float):
        item.double_value = value
    elif isinstance(value, dict):
        item.object_value.SetInParent()
        item.object_value.update(value)
