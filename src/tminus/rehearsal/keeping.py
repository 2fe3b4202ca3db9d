"""A rehearsed launch as a real one's log, so that whatever reads logs reads it: `tminus log`, `tminus status`, the console.

It ends there for good. A server that finds an unfinished launch in its directory drives it on, and would then send real
messages for a launch that never was.
"""

from __future__ import annotations

from itertools import groupby

from tminus.core import events as e
from tminus.engine.ledger import start_launch
from tminus.errors import UsageError
from tminus.ports import EventLog
from tminus.rehearsal.run import ACTOR, Rehearsal

_OVER = "the rehearsal ends here"


def keep(went: Rehearsal, log: EventLog, launch: str) -> None:
    """Write a rehearsal into `log` as a launch of this name. Raises `UsageError` where it is no place for it."""
    for first in log.launches():
        if first.actor != ACTOR:
            raise UsageError(
                f"there is a real launch in this log, {first.launch}: a rehearsal does not go there",
                hint="name an empty directory with --data",
            )
    started, *rest = went.records
    assert isinstance(started.event, e.LaunchStarted)
    start_launch(log, launch, started.event, started.actor, started.at)
    after = 1
    for (actor, at), group in groupby(rest, key=lambda one: (one.actor, one.at)):
        after += len(log.append(launch, after, [one.event for one in group], actor=actor, at=at))
    last = [*_settled(went), *(() if went.state.status.ended else (e.LaunchAborted(reason=_OVER),))]
    log.append(launch, after, last, actor=ACTOR, at=started.at + went.seconds)


def _settled(went: Rehearsal) -> list[e.Event]:
    """The end of every action that has none, so that nobody does it later."""
    return [
        e.ActionSettled(key=key, title=action.request.title, outcome="done", note=_OVER)
        for key, action in went.state.actions.items()
        if not action.settled
    ]
