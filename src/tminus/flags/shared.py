"""The rules of `$evaluators`, and how large each is once every `$ref` in it is filled in: found without doing it.

Ten rules that refer to the next one ten times each are a file of a kilobyte and a rule of ten billion parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# In all flags of a definition together: some twenty seconds of compiling.
MOST_FILLED_IN = 5_000_000
# Counted no further: a chain of doublings would have a number as long as the file.
_MANY = 10**9


class Shared:
    """Shared rules by name. `take` counts what is filled in, over all flags that one definition has; `left` is the rest."""

    def __init__(self, rules: Mapping[str, Any]) -> None:
        self.rules = rules
        self._parts: dict[str, int] = {}
        self.left = MOST_FILLED_IN

    def take(self, parts: int) -> bool:
        """Whether so many more parts may be filled in."""
        self.left -= parts
        return self.left >= 0

    def parts(self, name: str) -> int:
        """How many parts the rule has with all that it refers to, at most 10**9.

        Of rules in a circle it is what is left without it.
        """
        waiting: list[tuple[str, int, list[str], Iterator[str]]] = []
        open_names: set[str] = set()

        def enter(one: str) -> None:
            open_names.add(one)
            own, refs = _own_parts(self.rules[one])
            waiting.append((one, own, refs, iter(refs)))

        if name not in self._parts:
            enter(name)
        # A stack of our own: a file may chain more rules than Python may nest calls.
        while waiting:
            one, own, refs, unseen = waiting[-1]
            fresh = next((ref for ref in unseen if self._is_fresh(ref, open_names)), None)
            if fresh is not None:
                enter(fresh)
                continue
            self._parts[one] = min(own + sum(self._parts.get(ref, 0) for ref in refs), _MANY)
            open_names.discard(one)
            waiting.pop()
        return self._parts[name]

    def _is_fresh(self, name: str, open_names: set[str]) -> bool:
        return name in self.rules and name not in self._parts and name not in open_names


def _own_parts(rule: Any) -> tuple[int, list[str]]:
    """The parts of a rule as it stands, and the names it refers to, as often as it does."""
    parts, refs, waiting = 0, list[str](), [rule]
    while waiting:
        node = waiting.pop()
        parts += 1
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict) and len(node) == 1:
            ((name, raw),) = node.items()
            if name == "$ref":
                refs.extend([raw] if isinstance(raw, str) else [])
            else:
                waiting.extend(raw if isinstance(raw, list) else [raw])
    return parts, refs
