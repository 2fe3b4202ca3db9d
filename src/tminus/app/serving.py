"""The flags as they are served: compiled anew when an event changes who has what, and swapped in one assignment."""

from __future__ import annotations

from collections.abc import Sequence

from tminus.core.events import KeptFlag, Recorded
from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State
from tminus.held import HeldFlags


class ServedFlags(HeldFlags):
    """A launch's flags: `heard` is a `Ledger` listener, and makes the definition from plan and state."""

    def __init__(self) -> None:
        super().__init__()
        self._outline: Outline | None = None
        self._launch = ""
        self._served: tuple[dict[str, FlagState], dict[str, KeptFlag]] | None = None

    def follow(self, outline: Outline, state: State) -> None:
        """Serve this launch's flags from now on."""
        self._outline, self._served, self._launch = outline, None, state.launch
        self._renew(state)

    def heard(self, state: State, recorded: Sequence[Recorded]) -> None:
        """A `Ledger` listener: runs on the thread that recorded, before anything else happens there. Whoever still held
        the launch before this one may record something there; that is no reason to serve its flags again."""
        if state.launch == self._launch:
            self._renew(state)

    def _renew(self, state: State) -> None:
        if self._outline is None or (state.flags, state.kept) == self._served:
            return
        self.hold(flag_definition(self._outline, state))
        self._served = state.flags, state.kept
