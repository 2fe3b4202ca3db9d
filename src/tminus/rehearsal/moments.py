"""When something in a rehearsal happens: so long after a stage or a phase began, or after the launch did."""

from __future__ import annotations

from dataclasses import dataclass, field

from tminus.core.state import State


@dataclass(frozen=True, slots=True)
class Moment:
    """`after` seconds after the stage began, or the phase, or with neither the launch."""

    stage: str = ""
    phase: str = ""
    after: float = 0.0


@dataclass
class Beginnings:
    """When the stages and phases of a launch began, learned from its states as they come, in Unix seconds."""

    _known: dict[str, float] = field(default_factory=dict)

    def note(self, state: State) -> None:
        """Learn from the newest state. What begins again after a rollback keeps its first time."""
        self._known.setdefault("", state.started_at)
        if state.phase:
            self._known.setdefault(f"phase:{state.phase}", state.phase_started_at)
        if state.stage:
            self._known.setdefault(f"stage:{state.stage}", state.stage_started_at)

    def at(self, moment: Moment) -> float | None:
        """When a moment is; None before that is known."""
        name = f"stage:{moment.stage}" if moment.stage else f"phase:{moment.phase}" if moment.phase else ""
        begun = self._known.get(name)
        return None if begun is None else begun + moment.after
