"""A page imported again: what changed on it goes into the plan, and what was changed by hand stays (ADR-0013).

Three sides: what the last import wrote (as fingerprints, in the plan's last comment), the plan as it is now, and what the
page says now. A value that nobody touched follows the page; one that somebody changed stays, and is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from typing import Any

from tminus.errors import UsageError
from tminus.importer.fingerprints import (
    OPENING,
    address_hash,
    is_fingerprint,
    leaves,
    member_names,
    read_fingerprints,
    value_hash,
    value_text,
)
from tminus.importer.importing import Imported
from tminus.importer.writing import above
from tminus.importer.yaml_edits import Edits, without_parts
from tminus.importer.yaml_spots import Spot, read_spots
from tminus.importer.yaml_text import Part, Value, lines_text

_ALIKE = 0.6
_MOST_PAIRS = 2500
# Mappings whose keys are names: an entry of them can go by itself. A key of any other mapping is part of one thing.
_NAMED = [
    "roles", "environments", "services", "metrics", "cohorts", "regions", "flags", "runbooks", "bugs", "channels",
    "announcements", "routines", "milestones", "later",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `what` is added, changed, removed, or kept: the page says it otherwise, and a hand had been there."""

    what: str
    place: str
    line: int = 0  # of the page; 0 where it is not on it any more
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """The plan's new text, and what has changed."""

    text: str
    changes: tuple[Change, ...]

    def as_data(self) -> dict[str, Any]:
        """For scripts."""
        return {"changes": [asdict(change) for change in self.changes]}


def merge_plan(present: str, imported: Imported, name: str) -> Merged:
    """Merge an import into the plan that stands in the file `name`. Raises UsageError where that is not possible."""
    base = read_fingerprints(present)
    if not base:
        raise UsageError(
            f"{name} is there already, and no import has written it",
            hint="write to another file, or move it away",
            code="not-imported",
        )
    root = read_spots(present, name)
    merge = _Merge(base, Edits(present))
    merge.mapping(root, imported.tree(), "", 0)
    text = _with_fingerprints(merge.edits.result(), imported.text)
    _must_be_whole(text, name)
    return Merged(text, tuple(merge.changes))


def _must_be_whole(text: str, name: str) -> None:
    try:
        read_spots(text, name)
    except UsageError:
        raise UsageError(
            f"{name} cannot be merged into as it is laid out",
            hint="write the import to another file and compare",
            code="cannot-merge",
        ) from None


def _with_fingerprints(text: str, imported: str) -> str:
    """The text with the comment of the new import in the place of the old one."""
    new = imported[imported.rindex(OPENING) :]
    before, _, after = text.rpartition(OPENING)
    newline = "\r\n" if "\r\n" in text else "\n"
    rest = after.splitlines(keepends=True)[1:]
    while rest and is_fingerprint(rest[0]):
        rest.pop(0)
    return before + new.replace("\n", newline) + "".join(rest)


@dataclass(slots=True)
class _Merge:
    """Walks the plan and the import side by side. Paths are addresses as the fingerprints have them."""

    base: dict[int, int]
    edits: Edits
    changes: list[Change] = field(default_factory=list)

    def value(self, mine: Spot, theirs: Value, path: str, line: int) -> None:
        """One value on both sides."""
        if isinstance(theirs, Part):
            line = theirs.lines[0] if theirs.lines else line
            theirs = theirs.value
        if isinstance(theirs, dict) and mine.entries is not None:
            self.mapping(mine, theirs, path, line)
        elif isinstance(theirs, list) and mine.members is not None:
            self.members(mine, theirs, path, line)
        elif mine.text is not None and not isinstance(theirs, dict | list):
            self._scalar(mine, theirs, path, line)
        elif mine.entries and "that" in mine.entries and not isinstance(theirs, dict | list):
            # Somebody has written `{ that: ..., point: true }` for a plain criterion.
            self._scalar(mine.entries["that"], theirs, path, line, flow=mine.flow)
        elif self._page_changed(theirs, path):
            self._note("kept", path, line, _shown(mine.plain()), _shown(without_parts(theirs)))

    def _scalar(self, mine: Spot, theirs: Any, path: str, line: int, *, flow: bool | None = None) -> None:
        new = value_text(theirs)
        if mine.text == new:
            return
        known = self.base.get(address_hash(path))
        if known == value_hash(mine.text):
            inside = self._in_flow(mine) if flow is None else flow
            self.edits.replace(mine, theirs, flow=inside)
            self._note("changed", path, line, mine.text or "", new)
        elif known != value_hash(theirs):
            self._note("kept", path, line, mine.text or "", new)

    def _in_flow(self, spot: Spot) -> bool:
        """Whether brackets or braces stand around a scalar; where it is not sure, its quotes suit both."""
        start = self.edits.text.rfind("\n", 0, spot.start) + 1
        return any(mark in self.edits.text[start : spot.start] for mark in "[{")

    def mapping(self, mine: Spot, theirs: dict[str, Value], path: str, line: int) -> None:
        """The keys of a mapping: those on both sides, those that are new, those that are gone."""
        entries = mine.entries or {}
        after: str | None = None
        for key, child in theirs.items():
            place = f"{path}/{key}" if path else key
            if key in entries:
                self._renumber(mine.keys[key].start, child)
                self.value(entries[key], child, place, line)
                after = key
            elif self._is_new(child, place, line):
                heading = f"# {words}\n" if not path and (words := above(key)) else ""
                self.edits.add_entry(mine, key, child, after, root=not path, above=heading)
                self._note("added", place, _line(child) or line, "", _shown(without_parts(child)))
        for key, spot in entries.items():
            if key not in theirs:
                self._gone_entry(mine, key, spot, f"{path}/{key}" if path else key)

    def _gone_entry(self, mapping: Spot, key: str, spot: Spot, path: str) -> None:
        known, touched = self._standing(spot, path)
        if not known:
            return
        if not touched:
            self.edits.remove_entry(mapping, key)
            self._note("removed", path, 0, _shown(spot.plain()), "")
        elif spot.members is not None:
            self.members(spot, [], path, 0)
        elif spot.entries is not None and (path in _NAMED or path == "budget/groups"):
            self.mapping(spot, {}, path, 0)
        else:
            self._note("kept", path, 0, _shown(spot.plain()), "")

    def members(self, mine: Spot, theirs: list[Value], path: str, line: int) -> None:
        """The members of a list, known by their names."""
        spots = mine.members or []
        key = path.rpartition("/")[2]
        my_names = member_names([spot.plain() for spot in spots], key)
        their_names = member_names(theirs, key)
        place_of = {name: place for place, name in enumerate(my_names)}
        renamed = self._renamed(spots, my_names, theirs, their_names, path)
        after: Spot | None = None
        met: set[int] = set()
        for name, child in zip(their_names, theirs, strict=True):
            place = place_of.get(name, renamed.get(name, -1))
            if place >= 0:
                met.add(place)
                after = spots[place]
                self._renumber(after.start, child)
                self.value(after, child, f"{path}/{my_names[place]}", line)
            elif self._is_new(child, f"{path}/{name}", line):
                self.edits.add_member(mine, child, after, blank=path == "phases")
                self._note("added", f"{path}/{name}", _line(child) or line, "", _shown(without_parts(child)))
        for place, spot in enumerate(spots):
            if place not in met:
                self._gone_member(mine, place, spot, f"{path}/{my_names[place]}")

    def _gone_member(self, members: Spot, place: int, spot: Spot, path: str) -> None:
        known, touched = self._standing(spot, path)
        if known and not touched:
            self.edits.remove_member(members, place)
            self._note("removed", path, 0, _shown(spot.plain()), "")
        elif known:
            self._note("kept", path, 0, _shown(spot.plain()), "")

    def _renamed(
        self, spots: list[Spot], my_names: list[str], theirs: list[Value], their_names: list[str], path: str
    ) -> dict[str, int]:
        """Members that the page now words otherwise: those that are gone, matched with new ones that are like them."""
        gone = [
            place
            for place, name in enumerate(my_names)
            if name not in set(their_names) and self._standing(spots[place], f"{path}/{name}")[0]
        ] if set(my_names) - set(their_names) else []  # fmt: skip
        mine = set(my_names)
        fresh = [name for name in their_names if name not in mine]
        if not gone or not fresh or len(gone) * len(fresh) > _MOST_PAIRS:
            return {}
        pairs: dict[str, int] = {}
        for name in fresh:
            best = max(gone, key=lambda place: _likeness(my_names[place], name), default=None)
            if best is not None and _likeness(my_names[best], name) >= _ALIKE:
                pairs[name] = best
                gone.remove(best)
        return pairs

    def _renumber(self, start: int, theirs: Value) -> None:
        if isinstance(theirs, Part) and theirs.lines:
            self.edits.renumber(start, lines_text(theirs.lines))

    def _is_new(self, theirs: Value, path: str, line: int) -> bool:
        """Whether the last import did not have it. What it had and is not there any more was taken out by hand."""
        known = [(where, value) for where, value in leaves(theirs, path) if address_hash(where) in self.base]
        if not known:
            return True
        if any(self.base[address_hash(where)] != value_hash(value) for where, value in known):
            self._note("kept", path, _line(theirs) or line, "", _shown(without_parts(theirs)))
        return False

    def _page_changed(self, theirs: Value, path: str) -> bool:
        return any(self.base.get(address_hash(where)) != value_hash(value) for where, value in leaves(theirs, path))

    def _standing(self, spot: Spot, path: str) -> tuple[bool, bool]:
        """Whether an import has written any of this, and whether a hand has changed or added something since."""
        known = touched = False
        for where, value in _my_leaves(spot, path):
            found = self.base.get(address_hash(where))
            known = known or found is not None
            touched = touched or found != value_hash(value)
        return known, touched

    def _note(self, what: str, path: str, line: int, before: str, after: str) -> None:
        self.changes.append(Change(what, path, line, before, after))


def _my_leaves(spot: Spot, path: str) -> Iterator[tuple[str, str]]:
    return leaves(spot.plain(), path)


def _line(value: Value) -> int:
    return value.lines[0] if isinstance(value, Part) and value.lines else 0


def _likeness(one: str, other: str) -> float:
    one, other = one[:200].casefold(), other[:200].casefold()
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE else 0.0


def _shown(value: Any) -> str:
    """A value in one line, for people."""
    if isinstance(value, dict):
        named = [f"{key}: {_shown(child)}" for key, child in value.items()]
        return ", ".join(named) if len(named) < 8 else f"{', '.join(named[:7])}, ..."
    if isinstance(value, list):
        return f"{len(value)} members" if len(value) > 3 else "; ".join(_shown(one) for one in value)
    return value_text(value) if value is not None else ""
