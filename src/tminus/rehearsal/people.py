"""The people of a rehearsal: they sign what they are asked to, after as long as they take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tminus.core.advance import advance
from tminus.core.commands import go, sign
from tminus.core.events import Event
from tminus.core.facts import Facts
from tminus.core.outline import Outline
from tminus.core.state import State, Status
from tminus.engine import Ledger
from tminus.errors import Conflict


@dataclass
class People:
    """Every role says yes `delay` seconds after it was first asked; the roles in `absent` never answer."""

    delay: float = 0.0
    absent: frozenset[str] = frozenset()
    name: str = "rehearsal"
    _asked: dict[str, float] = field(default_factory=dict)

    def act(self, ledger: Ledger, facts: Facts, now: float) -> None:
        """Answer what is due."""
        state = ledger.state
        if state.status is not Status.RUNNING or state.hold_since is None:
            return
        for key, role, kind in open_questions(ledger.outline, state, facts, now):
            asked = self._asked.setdefault(f"{state.run}:{key}:{role}", now)
            if role in self.absent or now - asked < self.delay:
                continue
            try:
                ledger.record(_answer(ledger.outline, ledger.state, key, role, kind), f"{role} ({self.name})")
            except Conflict:
                return


def open_questions(outline: Outline, state: State, facts: Facts, now: float) -> list[tuple[str, str, str]]:
    """(what, role, kind) of every signature that the launch waits for at `now`: nobody signs before there is a reason."""
    questions = []
    for blocker in advance(outline, state, facts, now).blockers:
        kind, _, rest = blocker.id.partition(":")
        if kind == "box":
            questions += [(rest, role, "sign") for role in blocker.roles]
        elif kind == "attest":
            questions.append((blocker.id, blocker.roles[0], "sign"))
        elif kind == "go":
            questions.append((rest.rpartition(":")[0], blocker.roles[0], "go"))
    return questions


def _answer(outline: Outline, state: State, key: str, role: str, kind: str) -> Sequence[Event]:
    if kind == "go":
        return [event for event in go(outline, state, role) if getattr(event, "gate", key) == key]
    return sign(outline, state, key, role)
