"""The people of the demonstration: they sign and say go after a moment, and the log says who really did it. What a release
has not shown they wait for."""

from __future__ import annotations

import asyncio

from tminus.app.desk import Desk
from tminus.core.state import Status
from tminus.errors import TminusError
from tminus.rehearsal.people import open_questions

_THINKING_SECONDS = 0.8
NAME = "demo people"


async def sign_as_asked(desk: Desk) -> None:
    """Answer every question the launch has for its roles, until cancelled."""
    while True:
        await asyncio.sleep(_THINKING_SECONDS)
        state = desk.ledger.state
        if state.status is not Status.RUNNING or state.held_by or state.hold_since is None:
            continue
        for key, role, kind in open_questions(desk.ledger.outline, state, desk.facts, desk.ledger.clock.now()):
            if key.startswith("evidence:"):
                continue  # nobody here knows more than the measurements do, so nobody vouches against them
            try:
                await asyncio.to_thread(
                    desk.command, kind, f"{NAME}", role=role, target=key, reason="" if kind == "sign" else "agreed"
                )
            except TminusError:
                continue  # a gate that one signature closed for several, or a launch that moved on meanwhile
