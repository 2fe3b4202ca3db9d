"""What the checks collect: problems by their path in the plan, turned into places in the files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from tminus.errors import Problem
from tminus.plan.advice import locate, nearest
from tminus.plan.document import Node
from tminus.plan.fields import slug_of
from tminus.plan.places import Path


class Findings:
    """Problems found in one plan. `root` is what was checked, `written` all that the files name."""

    def __init__(self, root: Node, written: Node) -> None:
        self.problems: list[Problem] = []
        self._said: set[tuple[str, int, int, str, str]] = set()
        self._root = root
        self._written = written

    def error(self, path: Path, code: str, message: str, hint: str = "", *, key: bool = False) -> None:
        """Something that cannot work. With `key`, it stands at the key and not at the value."""
        self._add(path, code, message, hint, key, "error")

    def error_at(self, node: Node, path: Path, code: str, message: str, hint: str) -> None:
        """As `error`, at a node of all that the files name; `path` leads to it there."""
        self._put(node, code, message, hint, "error", _address(self._written, path))

    def warning(self, path: Path, code: str, message: str, hint: str = "", *, key: bool = False) -> None:
        """Something that works, and is probably not what was meant."""
        self._add(path, code, message, hint, key, "warning")

    def address(self, path: Path) -> str:
        """A path as `waive` names it, for messages that speak of a second place."""
        return _address(self._root, path)

    def names(self, section: str) -> list[str]:
        """The names that a section of the plan gives, those with a mistake of their own included."""
        node = self._written.value.get(section)
        return list(node.value) if node is not None and isinstance(node.value, dict) else []

    def given(self, path: Path) -> bool:
        """Whether the files say something there."""
        node: Any = self._written
        for part in path:
            if node is None or not isinstance(node.value, dict) or part not in node.value:
                return False
            node = node.value[part]
        return True

    def unknown(
        self, path: Path, what: str, name: str, known: Iterable[str], otherwise: str, *, key: bool = False
    ) -> None:
        """Report a name that does not exist, with the nearest one that does."""
        near = nearest(name, known)
        hint = f"did you mean {near}?" if near else otherwise
        self.error(path, f"unknown-{what}", f"there is no {what} `{name}`", hint, key=key)

    def _add(
        self, path: Path, code: str, message: str, hint: str, key: bool, severity: Literal["error", "warning"]
    ) -> None:
        self._put(locate(self._root, path, key=key), code, message, hint, severity, _address(self._root, path))

    def _put(
        self, node: Node, code: str, message: str, hint: str, severity: Literal["error", "warning"], place: str
    ) -> None:
        said = (node.file, node.line, node.column, code, message)
        # What an alias `*name` repeats stands at one place of the file and is mended there once.
        if said not in self._said:
            self._said.add(said)
            self.problems.append(Problem(node.file, node.line, node.column, code, message, hint, severity, place))


def _address(root: Node, path: Path) -> str:
    """A path as `waive` names it: members of a list by their id or their words, else by their number."""
    parts: list[str] = []
    node: Node | None = root
    for part in path:
        inside = node.value if node is not None else None
        if isinstance(inside, list) and isinstance(part, int) and part < len(inside):
            node = inside[part]
            parts.append(_name_of(node) or str(part))
        else:
            node = inside.get(part) if isinstance(inside, dict) else None
            parts.append(str(part))
    return ".".join(parts)


def _name_of(node: Node) -> str:
    if not isinstance(node.value, dict):
        return ""
    named = [node.value[key].value for key in ("id", "do", "title", "risk") if key in node.value]
    return next((slug_of(word) for word in named if isinstance(word, str) and slug_of(word)), "")
