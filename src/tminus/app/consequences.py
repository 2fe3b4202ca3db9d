"""What rolling back and ending a launch would come to, in words, for whoever is about to do it."""

from __future__ import annotations

from tminus.core.acting import title as action_title
from tminus.core.commands import abort
from tminus.core.events import AbortRequested
from tminus.core.outline import Outline
from tminus.core.reach import reach_words
from tminus.core.state import State, Status


def end_consequence(outline: Outline, state: State) -> str:
    """Of `abort`; empty for a launch that has ended."""
    if state.status.ended or state.status is Status.NEW:
        return ""
    if any(isinstance(event, AbortRequested) for event in abort(outline, state, "")):
        return "Everybody has the default again at once. What a rollback does is done, then it ends for good."
    left = " What the rollback has not begun is not done." if state.status is Status.ROLLING_BACK else ""
    return f"Everybody has the default again. It cannot be resumed.{left}"


def rollback_consequence(outline: Outline, state: State) -> str:
    """Of `rollback`: who goes back, and what is done then."""
    # Who is in an experiment is named where nobody else has anything new.
    served = sorted((f for key, f in state.flags.items() if state.exposes(key)), key=lambda f: f.experiment)
    # Cohorts are named where they are all there is: beside a share they would only lengthen the sentence.
    exposed = [reach_words(outline.plan, f.share, f.regions, () if f.share > 0 else f.cohorts) for f in served]
    first = f"{exposed[0]} go back to the old version within a second" if exposed else "Nobody has the new version now"
    then = [action_title(action) for action in outline.plan.rollback.do]
    return f"{first}. Then: {', '.join(then)}." if then else f"{first}."
