"""What can go wrong in a made world: a metric that reads worse, a source that does not answer."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from tminus.rehearsal.moments import Moment


@dataclass(frozen=True, slots=True)
class Regression:
    """What goes wrong: from `after` seconds into `stage` (or `phase`, or the launch) on, for `lasts` seconds, the metric
    reads `to`.

    `to` is in base units. Only those who have the new variant feel it, unless `everybody` does; with a `region`, only
    those who are there. `ramp` is how many seconds it takes to get that bad.
    """

    metric: str
    to: float
    stage: str = ""
    after: float = 0.0
    lasts: float = inf
    everybody: bool = False
    phase: str = ""
    region: str = ""
    ramp: float = 0.0

    @property
    def begins(self) -> Moment:
        """When it begins."""
        return Moment(self.stage, self.phase, self.after)


@dataclass(frozen=True, slots=True)
class Outage:
    """A source that cannot answer for `lasts` seconds: it refuses, or with `hangs` gives its last answer for a while."""

    source: str
    begins: Moment
    lasts: float
    hangs: bool = False


def part_way(usual: float, worst: float, part: float) -> float:
    """What is read when something has got `part` of the way (0 to 1) from usual to its worst."""
    return usual + (worst - usual) * part
