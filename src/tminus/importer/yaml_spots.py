"""A plan file as values that know where in the text they stand, so that one of them can be changed and the rest stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from tminus.errors import UsageError

_DEEPEST = 60


@dataclass(slots=True)
class Spot:
    """A value in a file: `text[start:end]`. Positions count characters; `end` is behind the last one of the value."""

    start: int
    end: int
    column: int  # from 0; of the dash or the first key, for lists and mappings in block style
    text: str | None = None  # a scalar's value; None for collections and aliases
    flow: bool = False
    members: list[Spot] | None = None  # of a list
    entries: dict[str, Spot] | None = None  # of a mapping
    keys: dict[str, Spot] = field(default_factory=dict)

    def plain(self) -> object:
        """The value without positions; scalars as the text they have."""
        if self.entries is not None:
            return {key: child.plain() for key, child in self.entries.items()}
        if self.members is not None:
            return [child.plain() for child in self.members]
        return self.text


def read_spots(text: str, name: str) -> Spot:
    """The mapping that a plan file holds. Raises UsageError where it cannot be read."""
    try:
        events = (event for event in YAML(typ="rt", pure=True).parse(text) if isinstance(event, _NODES))
        first = next(events, None)
        root = _spot(first, events, text, 0) if first is not None else None
    except (YAMLError, ValueError, RecursionError) as error:
        said = " ".join(str(getattr(error, "problem", "") or "").split())[:80]
        raise _unreadable(name, said) from None
    if root is None or root.entries is None:
        raise _unreadable(name, "it holds no mapping")
    return root


def _unreadable(name: str, said: str) -> UsageError:
    message = f"{name} is no YAML that can be merged into" + (f": {said}" if said else "")
    return UsageError(
        message, hint=f"mend it first (tminus check {name}), or write to another file", code="cannot-merge"
    )


_NODES = (AliasEvent, ScalarEvent, SequenceStartEvent, SequenceEndEvent, MappingStartEvent, MappingEndEvent)


def _spot(event: Event, events: Iterator[Event], text: str, depth: int) -> Spot:
    if depth > _DEEPEST:
        raise ValueError("too deep")
    start, end = event.start_mark.index, event.end_mark.index
    spot = Spot(start, end, event.start_mark.column)
    if isinstance(event, ScalarEvent):
        spot.text = event.value
        spot.end = _before_space(text, start, end)
    elif isinstance(event, SequenceStartEvent):
        spot.flow, spot.members = bool(event.flow_style), []
        while not isinstance(event := next(events), SequenceEndEvent):
            spot.members.append(_spot(event, events, text, depth + 1))
        spot.end = event.end_mark.index if spot.flow else max((one.end for one in spot.members), default=end)
    elif isinstance(event, MappingStartEvent):
        spot.flow, spot.entries = bool(event.flow_style), {}
        while not isinstance(event := next(events), MappingEndEvent):
            key = _spot(event, events, text, depth + 1)
            child = _spot(next(events), events, text, depth + 1)
            if key.text is None or key.text in spot.entries:
                raise ValueError("a key that is no plain word, or stands twice")
            spot.entries[key.text], spot.keys[key.text] = child, key
            child.end = max(child.end, key.end + 1)
        last = max((one.end for one in spot.entries.values()), default=end)
        spot.end = event.end_mark.index if spot.flow else last
    return spot


def _before_space(text: str, start: int, end: int) -> int:
    """Where a scalar's last character is: a block scalar's event ends in the next line."""
    while end > start and text[end - 1] in " \n\r\t":
        end -= 1
    return end
