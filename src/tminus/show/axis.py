"""Where a moment stands between the begin and the end of a drawing, and where its ticks are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tminus.plan.timespans import Moment, PhaseSpan, Timeline

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEPS = (
    *(_MINUTE * minutes for minutes in (1, 5, 15, 30)),
    *(_HOUR * hours for hours in (1, 3, 6, 12)),
    *(_DAY * days for days in (1, 2, 7, 14, 28, 91, 182, 364)),
)
_MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the axis from 0 to 1, and its words."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The stretch of time that a drawing shows: all dated or all relative, as `dated` says, `end` after `begin`."""

    begin: float
    end: float
    dated: bool
    zone: ZoneInfo

    def at(self, seconds: float) -> float:
        """The place of a moment, 0 to 1."""
        return min(max((seconds - self.begin) / (self.end - self.begin), 0.0), 1.0)

    def has(self, phase: PhaseSpan) -> bool:
        """False for a phase without a date in a drawing that has dates: it has no place there."""
        return phase.begins.dated == self.dated

    def ticks(self) -> list[Tick]:
        """Six ticks at most; midnights of the plan's zone where there are dates and days between them."""
        step = next((step for step in _STEPS if (self.end - self.begin) / step < _MOST_TICKS), 0)
        if not step:
            step = _DAY * 364 * -(-int(self.end - self.begin) // (_DAY * 364 * (_MOST_TICKS - 1)))
        return list(self._dates(step) if self.dated else self._offsets(step))

    def _offsets(self, step: int) -> Iterator[Tick]:
        unit, word = next(one for one in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")) if step >= one[0])
        first = -(-int(self.begin) // step) * step
        for seconds in range(first, int(self.end) + 1, step):
            yield Tick(self.at(seconds), f"T+{seconds // unit}{word}")

    def _dates(self, step: int) -> Iterator[Tick]:
        local = datetime.fromtimestamp(self.begin, self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        years = self.end - self.begin > 300 * _DAY
        # By days, the day of the begin is told at the begin itself, though its midnight is before.
        first = self.begin - (_DAY if step >= _DAY else 0)
        # The sum of a local time and a timedelta is that much later on the wall: midnights stay midnights.
        while (seconds := local.timestamp()) <= self.end:
            if seconds > first or seconds == self.begin:
                clock = f" {local:%H:%M}" if step < _DAY else ""
                yield Tick(self.at(seconds), f"{local.day} {local:%b}{f' {local.year}' if years else clock}")
            local += timedelta(seconds=step)


def axis_of(line: Timeline) -> Axis | None:
    """The axis that holds all phases that have a date, or all where none has; None where no length is known."""
    dated = any(phase.begins.dated for phase in line.phases)
    shown = [phase for phase in line.phases if phase.begins.dated == dated]
    begin, end = min(phase.begins.earliest for phase in shown), max(last_known(phase.ends) for phase in shown)
    return Axis(begin, end, dated, ZoneInfo(line.timezone)) if end > begin else None


def last_known(moment: Moment) -> float:
    """The latest of a moment that the plan tells."""
    return moment.earliest if moment.latest is None else moment.latest
