"""How the plan's flags were answered, as far as evaluations are counted: plain numbers, for decisions and for screens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NO_VARIANT = ""  # the caller's own default was given


@dataclass(frozen=True, slots=True)
class Answers:
    """How often one flag was answered with each variant since `since` (Unix seconds)."""

    since: float
    by_variant: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All answers, whatever they gave."""
        return sum(self.by_variant.values())


@dataclass(frozen=True, slots=True)
class Evaluations:
    """What is known of all flags. `hour` are the answers of the last hour by flag, without flags that had none.

    `flag` is the one whose rollout is guarded now, empty where none is: `stage` are its answers since the stage began, and
    `silent` those since the new variant was last measured in it; None while that is too recent to say anything.
    """

    hour: Mapping[str, Answers] = field(default_factory=dict)
    flag: str = ""
    stage: Answers | None = None
    silent: Answers | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """For how long evaluations are kept, and what they say of each flag since `since`.

    `kept_since` is how far back they reach, `counted` the answers by flag and variant since `since`, or since they are kept
    where that is later, and `newest` when each flag was last answered within them; Unix seconds. A flag without an answer is
    in neither.
    """

    since: float
    kept_since: float
    counted: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    newest: Mapping[str, float] = field(default_factory=dict)
