"""Whether canary and control can be compared at all: as many users in either as there should be, and nobody in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tminus.guards.sample import multiple_exposure, sample_ratio
from tminus.ports import Seen


@dataclass
class Sampling:
    """Users met since the share was last changed, at `since` (Unix seconds), and why their numbers cannot be; `trouble` is
    empty while they can."""

    since: float = 0.0
    canary: int = 0
    control: int = 0
    both: int = 0
    trouble: str = ""

    def add(self, seen: Seen) -> None:
        """Count users who were met now."""
        self.canary += seen.canary
        self.control += seen.control
        self.both += seen.both

    def judge(self, share: float | None) -> None:
        """Hold the counts against the share that should have the new variant, where it is known."""
        total = self.canary + self.control
        if not total:
            return
        self.trouble = ""
        if self.both:
            fallen = multiple_exposure(min(self.both, total), total)
            self.trouble = fallen.sentence if fallen.mismatch else ""
        if not self.trouble and share is not None and 0 < share < 1:
            seen = {"canary": self.canary, "control": self.control}
            found = sample_ratio(seen, {"canary": share, "control": 1 - share})
            self.trouble = found.sentence if found.mismatch else ""

    def to_json(self) -> list[float]:
        """For a checkpoint."""
        return [self.since, self.canary, self.control, self.both]

    @classmethod
    def from_json(cls, written: Sequence[float] | None) -> Sampling:
        """From a checkpoint; nobody for None."""
        since, canary, control, both = written or (0.0, 0, 0, 0)
        return cls(since, int(canary), int(control), int(both))
