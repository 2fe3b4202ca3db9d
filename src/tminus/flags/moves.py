"""Whom an edit of a definition would move from one variant to another, found before it is applied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tminus.flags.definition import compile_flags
from tminus.flags.evaluate import FlagSet
from tminus.flags.generations import TARGETING_KEY, unsigned_hash
from tminus.flags.shape import Cells, attributes_hashed, cells_of, named_users, values_asked

SAMPLE = 10_000
_OWN = object()  # stands for a value that no other user has
CODE_DEFAULT = "the code's default"

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Move:
    """What an edit does to one flag. `share` (0..1) of all users change variant, `pairs` says from which to which.

    `exact` is true where the share was reckoned from the hash's range and false where `SAMPLE` users were asked.
    `named` are users that a definition names and who change, whatever the share.
    """

    flag: str
    share: float
    exact: bool
    pairs: tuple[tuple[Pair, float], ...]
    named: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """One sentence for people."""
        about = "" if self.exact else "about "
        parts = ", ".join(f"{percent(share)} from {one} to {other}" for (one, other), share in self.pairs)
        by_name = f"; of those named in it: {', '.join(self.named[:5])}" if self.named else ""
        if len(self.named) > 5:
            by_name += f" and {len(self.named) - 5} more"
        said = f"{self.flag}: this moves {about}{percent(self.share)} of users"
        return said + (f" ({parts})" if parts else "") + by_name


def percent(share: float) -> str:
    """A share as people read it: `3.1 %`, and never `0 %` for some."""
    if 0 < share < 0.000005:
        return "less than 0.001 %"
    return f"{round(share * 100, 3):g} %"


def moved(
    before: Mapping[str, Any], after: Mapping[str, Any], users: Sequence[Mapping[str, Any]] | None = None
) -> tuple[Move, ...]:
    """The flags of both definitions whose users would change variant, in `after`'s order.

    With `users` (evaluation contexts) the shares are of them. Otherwise a static answer and a split on the same hash are
    compared exactly, and everything else by asking `SAMPLE` made-up users, whose attributes are drawn evenly from the
    values that the rules name and from having none; where the dice are thrown for an attribute, each has one of its own.
    A flag that comes or goes moves nobody: nobody had, or has, a variant.
    Raises DefinitionInvalid for a definition that cannot be served.
    """
    old, new = compile_flags(before), compile_flags(after)
    made = (_move(key, old, new, before, after, users) for key in new.flags if key in old.flags)
    return tuple(move for move in made if move.share or move.named)


def _move(
    key: str,
    old: FlagSet,
    new: FlagSet,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    users: Sequence[Mapping[str, Any]] | None,
) -> Move:
    if users is not None:
        return _asked(key, old, new, users, exact=True)
    one, other = cells_of(before, key), cells_of(after, key)
    named = sorted({*named_users(before, key), *named_users(after, key)})
    changed = tuple(
        user for user in named if len({_variant(flags, key, {TARGETING_KEY: user}) for flags in (old, new)}) > 1
    )
    if one is not None and other is not None and (one.dice == other.dice or one.dice is None or other.dice is None):
        pairs = _overlaps(one, other)
        return Move(key, sum(share for _, share in pairs), True, pairs, changed)
    values = [*values_asked(before, key), *values_asked(after, key)]
    people = tuple(_made_up(values, attributes_hashed(before, key) | attributes_hashed(after, key)))
    asked = _asked(key, old, new, people, exact=False)
    return Move(key, asked.share, False, asked.pairs, changed)


def _variant(flags: FlagSet, key: str, context: Mapping[str, Any]) -> str:
    return flags.evaluate(key, context, 0.0).variant or CODE_DEFAULT


def _asked(key: str, old: FlagSet, new: FlagSet, users: Sequence[Mapping[str, Any]], *, exact: bool) -> Move:
    counts: Counter[Pair] = Counter()
    for context in users:
        pair = (_variant(old, key, context), _variant(new, key, context))
        counts[pair] += pair[0] != pair[1]
    total = len(users) or 1
    pairs = tuple((pair, count / total) for pair, count in counts.most_common() if count)
    return Move(key, sum(share for _, share in pairs), exact, pairs)


def _overlaps(one: Cells, other: Cells) -> tuple[tuple[Pair, float], ...]:
    """The parts of the hash's range in which the two give different variants."""
    shares: dict[Pair, float] = {}
    borders = sorted({0, one.range, *(border for cells in (one, other) for border in cells.bounds)})
    if one.dice is None:
        borders = sorted({0, other.range, *other.bounds})
    whole = (other if one.dice is None else one).range
    for low, high in pairwise(borders):
        if low < whole:
            pair = (one.at(low) or CODE_DEFAULT, other.at(low) or CODE_DEFAULT)
            if pair[0] != pair[1]:
                shares[pair] = shares.get(pair, 0.0) + (min(high, whole) - low) / whole
    return tuple(sorted(shares.items(), key=lambda item: -item[1]))


def _made_up(asked: Sequence[tuple[str, Any]], hashed: Collection[str]) -> Iterator[dict[str, Any]]:
    values: dict[str, list[Any]] = {}
    for path, value in asked:
        found = values.setdefault(path, [None])
        if value not in found:
            found.append(value)
    for path in hashed:
        # With none, or with one that many share, whole groups would fall on one side of every border.
        named = [value for value in values.get(path, ()) if value is not None and value is not True]
        values[path] = [*named, *[_OWN] * max(len(named), 1)]
    for number in range(SAMPLE):
        context: dict[str, Any] = {TARGETING_KEY: f"user-{number}"}
        for path, choices in values.items():
            chosen = choices[unsigned_hash(f"{path}/{number}".encode()) % len(choices)]
            _put(context, path, f"{path}-{number}" if chosen is _OWN else chosen)
        yield context


def _put(context: dict[str, Any], path: str, value: Any) -> None:
    *folders, name = path.split(".")
    for folder in folders:
        inner = context.setdefault(folder, {})
        if not isinstance(inner, dict):
            return
        context = inner
    if value is not None:
        context.setdefault(name, value)
