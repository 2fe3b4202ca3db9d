"""What the checks collect: problems by their path in the plan, turned into places in the files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from tminus.errors import Problem
from tminus.plan.advice import locate, nearest
from tminus.plan.document import Node
from tminus.plan.places import Path


class Findings:
    """Problems found in one plan. `root` is what was checked, `written` all that the files name."""

    def __init__(self, root: Node, written: Node) -> None:
        self.problems: list[Problem] = []
        self._root = root
        self._written = written

    def error(self, path: Path, code: str, message: str, hint: str = "", *, key: bool = False) -> None:
        """Something that cannot work. With `key`, it stands at the key and not at the value."""
        self._add(path, code, message, hint, key, "error")

    def warning(self, path: Path, code: str, message: str, hint: str = "", *, key: bool = False) -> None:
        """Something that works, and is probably not what was meant."""
        self._add(path, code, message, hint, key, "warning")

    def names(self, section: str) -> list[str]:
        """The names that a section of the plan gives, those with a mistake of their own included."""
        node = self._written.value.get(section)
        return list(node.value) if node is not None and isinstance(node.value, dict) else []

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
        node = locate(self._root, path, key=key)
        self.problems.append(Problem(node.file, node.line, node.column, code, message, hint, severity))
