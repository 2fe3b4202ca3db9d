"""The flags as they are served: compiled anew when an event changes who has what, and swapped in one assignment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tminus.core.events import Recorded
from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State
from tminus.flags import FlagSet, compile_flags

_NOTHING: dict[str, Any] = {"flags": {}}


class ServedFlags:
    """Holds the present `FlagSet`. `current` is one attribute read: the hot path takes no lock."""

    def __init__(self) -> None:
        self.definition: dict[str, Any] = _NOTHING
        self.flag_set: FlagSet = compile_flags(_NOTHING)
        self._outline: Outline | None = None
        self._served: dict[str, FlagState] | None = None

    def current(self) -> FlagSet:
        """The flags to evaluate by."""
        return self.flag_set

    def follow(self, outline: Outline, state: State) -> None:
        """Serve this launch's flags from now on."""
        self._outline, self._served = outline, None
        self._renew(state)

    def heard(self, state: State, recorded: Sequence[Recorded]) -> None:
        """A `Ledger` listener: runs on the thread that recorded, before anything else happens there."""
        self._renew(state)

    def _renew(self, state: State) -> None:
        if self._outline is None or state.flags == self._served:
            return
        self.definition = flag_definition(self._outline, state)
        self.flag_set = compile_flags(self.definition)
        self._served = state.flags
