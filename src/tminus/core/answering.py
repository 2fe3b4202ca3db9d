"""What one user has, and why: every flag that a launch serves, with the steps of each decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.state import FlagState, State
from tminus.core.story import because
from tminus.flags import Why, why


@dataclass(frozen=True, slots=True)
class Answered:
    """One flag's answer. `killed` says who pulled its kill switch and why; it is empty while nobody has."""

    why: Why
    title: str
    killed: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """A line a step, then the answer."""
        return (self.killed, *self.why.words) if self.killed else self.why.words

    def data(self) -> dict[str, Any]:
        """The same as JSON values."""
        killed = {"killed": self.killed} if self.killed else {}
        return {**self.why.data(), "title": self.title, "words": list(self.words), **killed}


def answers(
    outline: Outline, state: State, context: Mapping[str, Any], now: float, flag: str = ""
) -> tuple[Answered, ...]:
    """What a launch answers for an evaluation context (the user under "targetingKey") at `now`, in Unix seconds.

    `flag` asks for one flag alone; one that is not served is answered with FLAG_NOT_FOUND. Raises nothing on a context.
    """
    document = flag_definition(outline, state)
    served = document["flags"]
    found = []
    for key in [flag] if flag else served:
        # The flag alone: to explain one, the others need not be compiled.
        alone = {**document, "flags": {key: served[key]} if key in served else {}}
        known = outline.plan.flags.get(key)
        title = known.title if known is not None and known.title else key
        found.append(Answered(why(alone, key, context, now), title, _killed(state.flags.get(key))))
    return tuple(found)


def _killed(flag: FlagState | None) -> str:
    if flag is None or not flag.killed_by:
        return ""
    return f"{flag.killed_by} pulled the kill switch{because(flag.killed_why)}"
