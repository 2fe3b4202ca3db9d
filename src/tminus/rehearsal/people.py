"""The people of a rehearsal: they sign what they are asked to, after as long as they take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tminus.core.boxes import box_blockers
from tminus.core.commands import attestations, go, open_gates, sign
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
        if state.status is not Status.RUNNING:
            return
        for key, role, kind in open_questions(ledger.outline, state, facts):
            asked = self._asked.setdefault(f"{state.run}:{key}:{role}", now)
            if role in self.absent or now - asked < self.delay:
                continue
            try:
                ledger.record(_answer(ledger.outline, ledger.state, key, role, kind), f"{role} ({self.name})")
            except Conflict:
                return


def open_questions(outline: Outline, state: State, facts: Facts) -> list[tuple[str, str, str]]:
    """(what, role, kind) of everything that waits for a signature now."""
    questions = [
        (gate, role, "go")
        for gate, roles in open_gates(outline, state)
        for role in roles
        if role not in state.gates.get(gate, {})
    ]
    phase = outline.phases.get(state.phase or "")
    if phase is not None:
        for task, _, roles in box_blockers(outline, state, facts, phase, before_rollout=False):
            questions += [(task, role, "sign") for role in roles]
    for name, roles in attestations(outline, state).items():
        if not state.gates.get(name):
            questions.append((name, roles[0], "sign"))
    return questions


def _answer(outline: Outline, state: State, key: str, role: str, kind: str) -> Sequence[Event]:
    if kind == "go":
        return [event for event in go(outline, state, role) if getattr(event, "gate", key) == key]
    return sign(outline, state, key, role)
