"""What a person types into "why does this user have that?", as an evaluation context."""

from __future__ import annotations

from typing import Any

import msgspec

LONGEST = 10_000
_OBJECT = '{"country": "CA", "tier": "gold"}'
_EXAMPLE = "write it as country=CA, tier=gold, or as a JSON object"


def asked_context(key: str, more: str) -> tuple[dict[str, Any], str]:
    """(the context, what is wrong with it). `more` is `name=value` with commas between, or a JSON object.

    A value that is a JSON number, true or false is one: rules tell 3 from "3". Quotes make it a text: `level="3"`.
    """
    if len(key) + len(more) > LONGEST:
        return {}, f"that is longer than {LONGEST:,} characters"
    user = {"targetingKey": key.strip()}
    if more.strip().startswith("{"):
        try:
            return {**msgspec.json.decode(more, type=dict[str, Any]), **user}, ""
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            return {}, f"that is no JSON object: {error}; such as {_OBJECT}"
    context: dict[str, Any] = {}
    for part in filter(None, (one.strip() for one in more.replace("\n", ",").split(","))):
        name, equals, value = part.partition("=")
        if not equals or not name.strip():
            return {}, f"“{part}” says no value; {_EXAMPLE}"
        context[name.strip()] = _value(value.strip())
    return {**context, **user}, ""


def _value(text: str) -> Any:
    try:
        return msgspec.json.decode(text, type=bool | int | float | str)
    except (msgspec.MsgspecError, ValueError):
        return text
