"""What is left of a plan without its invalid parts, so that the rest is checked in the same run.

A person who mistyped one key wants to hear of the unknown role too, and not only after the next run.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from tminus.plan.advice import details_of
from tminus.plan.document import Node
from tminus.plan.model import Plan
from tminus.plan.places import Path

_ROUNDS = 12
_WHOLE_MEMBERS = ("roles", "environments", "sources", "metrics", "cohorts", "flags")
_PLACEHOLDERS = {"tminus": 1, "title": "?"}


def salvage(root: Node, error: ValidationError) -> tuple[Plan, Node] | None:
    """The plan and document without what is invalid; None where too little is left to say anything about."""
    for _ in range(_ROUNDS):
        root = _without(root, {_culprit(root, detail["loc"]) for detail in details_of(error, root)})
        for key, value in _PLACEHOLDERS.items():
            root.value.setdefault(key, Node(root.file, root.line, root.column, value))
        try:
            return Plan.model_validate(root.plain()), root
        except ValidationError as remaining:
            error = remaining
    return None


def _culprit(root: Node, location: Iterable[str | int]) -> Path:
    """The path of the smallest part that can be left out: a key, a member of a list, or all of a named definition."""
    path: list[str | int] = []
    node = root
    for part in location:
        # Parts that are no keys are pydantic's names for the members of a union.
        if isinstance(node.value, dict) and part in node.value:
            node = node.value[str(part)]
        elif isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        else:
            continue
        path.append(part)
    if len(path) > 2 and path[0] in _WHOLE_MEMBERS:
        # Half a metric would only cause complaints about its other half.
        path = path[:2]
    return tuple(path)


def _without(node: Node, paths: set[Path]) -> Node:
    inner: dict[str | int, set[Path]] = {}
    for path in paths:
        if path:
            inner.setdefault(path[0], set()).add(path[1:])

    def kept(key: str | int, child: Node) -> Node | None:
        beneath = inner.get(key, set())
        if () not in beneath:
            return _without(child, beneath) if beneath else child
        # A stage of an unknown length still has a share to be checked: it is kept, with some length.
        return Node(child.file, child.line, child.column, "1s") if key == "for" and child.value != "1s" else None

    value: Any = node.value
    if isinstance(value, dict):
        value = {key: new for key, child in value.items() if (new := kept(key, child)) is not None}
    elif isinstance(value, list):
        value = [new for number, child in enumerate(value) if (new := kept(number, child)) is not None]
    return Node(node.file, node.line, node.column, value, node.keys)
