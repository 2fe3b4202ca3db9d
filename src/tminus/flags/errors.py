"""What is wrong with a flag definition, and where."""

from __future__ import annotations

from tminus.errors import UsageError


class DefinitionInvalid(UsageError):
    """A flag definition that cannot be served. `flag` is its key ("" for the set), `path` leads to the fault inside it."""

    code = "flag-definition"

    def __init__(self, flag: str, path: str, problem: str, *, hint: str = "") -> None:
        where = f"flag {flag!r}" if flag else "flag definition"
        super().__init__(f"{where}, {path}: {problem}" if path else f"{where}: {problem}", hint=hint)
        self.flag = flag
        self.path = path
        self.problem = problem
