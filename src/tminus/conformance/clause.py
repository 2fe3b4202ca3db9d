"""A clause of the protocol, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from tminus.conformance.exchange import Exchange

Level: TypeAlias = Literal["must", "should"]
Outcome: TypeAlias = Literal["passed", "failed", "skipped"]


class Wrong(Exception):
    """The server does otherwise; the words say what it does."""


class NotAsked(Exception):
    """The clause could not be asked of this server; the words say why."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that the protocol asks for. `source` says where; `ask` raises Wrong or NotAsked, or returns.

    "must" is what the description requires; "should" is what it describes as optional, or leaves open in one place and
    closes in another.
    """

    name: str
    level: Level
    text: str
    source: str
    ask: Callable[[Exchange], None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a clause; `details` says what the server did, or why it was not asked."""

    clause: Clause
    outcome: Outcome
    details: str = ""


class Clauses:
    """Collects the clauses of one subject, in their order."""

    def __init__(self, source: str) -> None:
        self.all: list[Clause] = []
        self._source = source

    def must(self, name: str, text: str, where: str) -> Callable[[Callable[[Exchange], None]], None]:
        """Decorates the function that asks a required clause."""
        return self._add("must", name, text, where)

    def should(self, name: str, text: str, where: str) -> Callable[[Callable[[Exchange], None]], None]:
        """Decorates the function that asks an optional clause."""
        return self._add("should", name, text, where)

    def _add(self, level: Level, name: str, text: str, where: str) -> Callable[[Callable[[Exchange], None]], None]:
        def keep(ask: Callable[[Exchange], None]) -> None:
            self.all.append(Clause(name, level, text, f"{self._source}: {where}", ask))

        return keep


def need(holds: bool, otherwise: str) -> None:
    """Raises Wrong with these words unless it holds."""
    if not holds:
        raise Wrong(otherwise)
