"""CloudEvents 1.0 in JSON into events.

`type` is the event's name, `subject` the unit, `time` its time, and `data` a flat object whose members become labels:
text as it is, numbers as JSON writes them, true and false in lower case, null left out. A nested `data` is refused, not
flattened: a made-up label name would be one that no plan can know. Extension attributes are not kept.

One member may be the event's value: the one that the plan names for events of this type, else one called `value`. Where it
is a number it is kept as such and is no label, since each amount would be a series of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import msgspec

from tminus.errors import IngestError
from tminus.telemetry.model import LARGEST_VALUE, VALUE_LABEL, Event, labels_of

SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
PLAIN = "application/json"

_MAX_EVENTS = 100_000
_MAX_LABELS = 64
_USUAL_MEMBER = "value"
_NO_MEMBERS: Mapping[str, str] = MappingProxyType({})


def decode_events(body: bytes, content_type: str, now: float, members: Mapping[str, str] = _NO_MEMBERS) -> list[Event]:
    """Read one event or a batch. `now` (Unix seconds) dates events without a time; `members` says by the type of an event
    which member of its data is its value.

    Raises IngestError, naming the event's place in the batch: 415 for the type, 400 for the rest. A batch is taken whole
    or not at all, so that a sender who mends one event may send all of them again.
    """
    essence = content_type.partition(";")[0].strip().lower()
    if essence not in (SINGLE, BATCH, PLAIN):
        hint = f"send {SINGLE}, {BATCH} or {PLAIN}"
        raise IngestError(f"cannot read {essence or 'an unnamed type'}", status=415, hint=hint)
    try:
        tree = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise IngestError(f"the body is not JSON: {error}") from None
    if isinstance(tree, list) and essence != SINGLE:
        if len(tree) > _MAX_EVENTS:
            raise IngestError(f"{len(tree)} events in one batch", hint=f"at most {_MAX_EVENTS}")
        return [_event(item, now, members, f"event {position}") for position, item in enumerate(tree)]
    if isinstance(tree, dict) and essence != BATCH:
        return [_event(tree, now, members, "the event")]
    raise IngestError(
        f"{essence} holds {'one object' if essence == SINGLE else 'a list' if essence == BATCH else 'objects'}"
    )


def _event(tree: Any, now: float, members: Mapping[str, str], where: str) -> Event:
    if not isinstance(tree, dict):
        raise IngestError(f"{where} is not an object")
    if tree.get("specversion") != "1.0":
        raise IngestError(f'{where}: specversion must be "1.0"')
    time, name = tree.get("time"), _required(tree, "type", where)
    labels, value = _told(tree, members.get(name, _USUAL_MEMBER), where)
    return Event(
        id=_required(tree, "id", where),
        source=_required(tree, "source", where),
        type=name,
        subject=_text(tree, "subject", where),
        at=now if time is None else _seconds(time, where),
        labels=labels_of(labels),
        dated=time is not None,
        value=value,
    )


def _text(tree: dict[str, Any], name: str, where: str) -> str:
    value = tree.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise IngestError(f"{where}: {name} must be text")
    return value


def _required(tree: dict[str, Any], name: str, where: str) -> str:
    value = _text(tree, name, where)
    if not value:
        raise IngestError(f"{where}: {name} is missing or empty")
    return value


def _seconds(time: Any, where: str) -> float:
    """RFC 3339 as Unix seconds. An offset is required, as the RFC does: a local time would be hours off."""
    try:
        moment = msgspec.convert(time, datetime)
    except msgspec.ValidationError:
        raise IngestError(f"{where}: time is not RFC 3339", hint="such as 2026-01-12T09:00:00Z") from None
    if not isinstance(time, str) or moment.tzinfo is None:
        raise IngestError(f"{where}: time has no offset", hint="such as 2026-01-12T09:00:00Z")
    try:
        return moment.astimezone(UTC).timestamp()
    except OverflowError:
        raise IngestError(f"{where}: time is out of range") from None


def _told(tree: dict[str, Any], member: str, where: str) -> tuple[dict[str, str], float | None]:
    """The labels and the value in an event's data."""
    data = tree.get("data")
    if data is None and "data_base64" not in tree:
        return {}, None
    if not isinstance(data, dict):
        raise IngestError(f"{where}: data must be a flat object")
    if len(data) > _MAX_LABELS:
        raise IngestError(f"{where}: data has {len(data)} members", hint=f"at most {_MAX_LABELS}")
    labels = {}
    for name, value in data.items():
        if isinstance(value, dict | list):
            raise IngestError(f"{where}: data.{name} is not a plain value", hint="send text, a number, true or false")
        if value is not None:
            labels[name] = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    amount = data.get(member)
    if amount is None or type(amount) not in (int, float):  # true and false are words here
        return labels, None
    del labels[member]
    labels[VALUE_LABEL] = member
    return labels, _number(amount, member, where)


def _number(amount: float, member: str, where: str) -> float:
    if not abs(amount) <= LARGEST_VALUE:
        raise IngestError(f"{where}: data.{member} is too large", hint="a value lies between -1e15 and 1e15")
    return float(amount)
