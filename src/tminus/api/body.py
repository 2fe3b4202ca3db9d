"""What people and programs may post: a command's few words, as JSON or as a form."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qs

import msgspec

from tminus.api.problem import BadRequest
from tminus.api.same_site import FORM

LONGEST = 1000
Text = Annotated[str, msgspec.Meta(max_length=LONGEST)]


class CommandBody(msgspec.Struct, frozen=True):
    """The body of a command. `back` is where a form without script goes when it was refused."""

    role: Text = ""
    target: Text = ""
    outcome: Text = ""
    reason: Text = ""
    back: Text = ""


class QuestionBody(msgspec.Struct, frozen=True):
    """Whose flags are asked for: an evaluation context as OpenFeature has it, and one flag or all of them."""

    context: dict[str, Any]
    flag: Text = ""


def read_question(body: bytes) -> QuestionBody:
    """Read whose flags are asked for. Raises `BadRequest`."""
    try:
        return msgspec.json.decode(body, type=QuestionBody)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        hint = 'such as {"context": {"targetingKey": "user-42", "country": "CA"}}'
        raise BadRequest(f"the body cannot be read: {error}", hint=hint) from None


def read_body(content_type: str, body: bytes) -> CommandBody:
    """Read a JSON or form body; an empty one says nothing. Raises `BadRequest`."""
    try:
        if content_type.partition(";")[0].strip().lower() == FORM:
            fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=20)
            plain = {name: values[-1] for name, values in fields.items()}
            found = msgspec.convert(plain, CommandBody)
        else:
            found = msgspec.json.decode(body or b"{}", type=CommandBody)
    except (msgspec.MsgspecError, RecursionError) as error:
        hint = 'such as {"role": "product-manager", "reason": "all clear"}'
        raise BadRequest(f"the body cannot be read: {error}", hint=hint) from None
    except ValueError:  # UnicodeDecodeError, or more fields than any form of ours has
        raise BadRequest("the form cannot be read", hint="send UTF-8 fields role, target, outcome and reason") from None
    return CommandBody(*(_printable(value) for value in msgspec.structs.astuple(found)))


def _printable(text: str) -> str:
    """One line without control characters: it goes to logs and terminals, which must not be steered by it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
