"""Small changes to a YAML file's text: a value replaced, a key or a member put in or taken out. Nothing else moves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tminus.importer.yaml_spots import Spot
from tminus.importer.yaml_text import Layout, Part, Value, one_line, scalar

_WIDE = 1_000_000_000
_LINES = re.compile(r"(?<=\s)# lines? \d[\d, -]*(?:\.\.\.)?")


@dataclass(slots=True)
class Edits:
    """Changes to `text`, gathered in any order and made at once."""

    text: str
    made: list[tuple[int, int, int, str]] = field(default_factory=list)  # start, order among equals, end, replacement
    gone: dict[int, set[int]] = field(default_factory=dict)  # the start of a list in one line: members taken out of it

    def put(self, start: int, end: int, words: str) -> None:
        """Replace a piece of the text."""
        # What is put in at a place goes before what is replaced from there on, and insertions keep their order.
        self.made.append((start, len(self.made) if end == start else _WIDE, end, words))

    def result(self) -> str:
        """The text with all changes. A change within a piece that is taken out is void."""
        pieces: list[str] = []
        position = 0
        crlf = "\r\n" in self.text
        for start, _, end, words in sorted(self.made, key=lambda one: (one[0], one[1])):
            if start < position:
                if end == start and words:
                    # Its neighbour is taken out with the end of the line: the line's end comes behind instead.
                    words = words[1:] + "\n" if words.startswith("\n") else words
                    pieces.append(words.replace("\n", "\r\n") if crlf else words)
                continue
            pieces += (self.text[position:start], words.replace("\n", "\r\n") if crlf else words)
            position = end
        pieces.append(self.text[position:])
        return "".join(pieces)

    def replace(self, spot: Spot, value: Value, *, flow: bool) -> None:
        """Write another scalar in the place of one."""
        self.put(spot.start, spot.end, scalar(value, flow=flow))

    def renumber(self, item_start: int, words: str) -> None:
        """Write other line numbers into the comment behind an item."""
        stop = self._line_end(item_start)
        found = None
        for found in _LINES.finditer(self.text, item_start, stop):  # noqa: B007 - the last one is the comment
            pass
        if found and words and found.group()[2:].strip() != words:
            tail = found.group()[len(found.group().rstrip()) :]
            self.put(found.start(), found.end(), f"# {words}{tail}")

    def add_entry(
        self, mapping: Spot, key: str, value: Value, after: str | None, *, root: bool, above: str = ""
    ) -> None:
        """Put a key into a mapping: behind the key `after`, or before the first."""
        entries = mapping.entries or {}
        first = next(iter(mapping.keys.values()), None)
        anchor = entries.get(after) if after is not None else None
        if mapping.flow or first is None:
            words = f"{scalar(key, flow=True)}: {_in_line(value)}"
            if first is None:
                self.put(mapping.start, mapping.end, f"{{ {words} }}")
            elif anchor is None:
                self.put(first.start, first.start, f"{words}, ")
            else:
                self.put(anchor.end, anchor.end, f", {words}")
            return
        layout = Layout()
        layout.key(mapping.column, key, value, "")
        lines = "\n".join(layout.lines)
        if root:
            lines = f"\n{above}{lines}"
        start = self.text.rfind("\n", 0, first.start) + 1
        if anchor is None and not self.text[start : first.start].strip():
            self.put(start, start, f"{lines}\n")
            return
        end = self._line_end((anchor or list(entries.values())[-1]).end)
        self.put(end, end, f"\n{lines}")

    def add_member(self, members: Spot, value: Value, after: Spot | None, *, blank: bool) -> None:
        """Put a member into a list, behind another one, or before the first."""
        first = members.members[0] if members.members else None
        if members.flow or first is None:
            self._add_in_line(members, value, after, first)
            return
        layout = Layout()
        layout.member(members.column, value, "")
        lines = "\n".join(layout.lines)
        if after is not None:
            end = self._line_end(after.end)
            self.put(end, end, ("\n\n" if blank else "\n") + lines)
        else:
            start = self.text.rfind("\n", 0, members.start) + 1
            self.put(start, start, lines + ("\n\n" if blank else "\n"))

    def _add_in_line(self, members: Spot, value: Value, after: Spot | None, first: Spot | None) -> None:
        words = _in_line(value)
        if after is not None:
            self.put(after.end, after.end, f", {words}")
        elif first is not None:
            self.put(first.start, first.start, f"{words}, ")
        else:
            self.put(members.start, members.end, f"[{words}]")

    def remove_entry(self, mapping: Spot, key: str) -> None:
        """Take a key out of a mapping, with what stands beneath it."""
        names = list(mapping.entries or {})
        place = names.index(key)
        start, end = mapping.keys[key].start, (mapping.entries or {})[key].end
        if mapping.flow:
            self._remove_in_line([mapping.keys[name] for name in names], list((mapping.entries or {}).values()), place)
        elif self.text[self.text.rfind("\n", 0, start) + 1 : start].strip() and place + 1 < len(names):
            # The first key of a member stands behind its dash: the next one takes its place.
            self.put(start, mapping.keys[names[place + 1]].start, "")
        else:
            self._remove_lines(start, end)

    def remove_member(self, members: Spot, place: int) -> None:
        """Take a member out of a list."""
        found = members.members or []
        if members.flow:
            self._remove_in_line(found, found, place)
        else:
            self._remove_lines(found[place].start, found[place].end)

    def _remove_in_line(self, starts: list[Spot], ends: list[Spot], place: int) -> None:
        gone = self.gone.setdefault(starts[0].start, set())
        gone.add(place)
        kept = next((at for at in range(place - 1, -1, -1) if at not in gone), None)
        if place + 1 < len(ends):
            self.put(starts[place].start, starts[place + 1].start, "")
        elif kept is not None:
            # The last one goes with the comma before it, and with whatever goes between.
            self.put(ends[kept].end, ends[place].end, "")
        else:
            self.put(starts[place].start, ends[place].end, "")

    def _remove_lines(self, start: int, end: int) -> None:
        first = self.text.rfind("\n", 0, start) + 1
        last = min(self._line_end(end) + 1, len(self.text))
        self.put(first, last, "")

    def _line_end(self, position: int) -> int:
        found = self.text.find("\n", position)
        end = len(self.text) if found < 0 else found
        return end - 1 if self.text[end - 1 : end] == "\r" else end


def _in_line(value: Value) -> str:
    return one_line(without_parts(value), _WIDE) or '""'


def without_parts(value: Value) -> Value:
    """A value without the source lines that it comes from."""
    if isinstance(value, Part):
        return without_parts(value.value)
    if isinstance(value, dict):
        return {key: without_parts(child) for key, child in value.items()}
    if isinstance(value, list):
        return [without_parts(child) for child in value]
    return value
