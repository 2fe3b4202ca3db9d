"""How many requests arrive: a rate, and how it goes up and down with the hour of the day and the day of the week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cached_property

HOUR = 3600.0
_EVEN_HOURS = (1.0,) * 24
_EVEN_DAYS = (1.0,) * 7
# People sleep: least at four in the morning, most in the early evening. Their mean is 1.
DAILY = (0.55, 0.4, 0.32, 0.27, 0.25, 0.3, 0.45, 0.7, 0.95, 1.1, 1.2, 1.25, 1.3, 1.3, 1.3, 1.3, 1.35, 1.45, 1.55, 1.6,
         1.55, 1.4, 1.2, 0.96)  # fmt: skip


@dataclass(frozen=True)
class Traffic:
    """`rate` requests a second in the mean; `hours` (24, from midnight) and `days` (7, from Monday) are factors."""

    rate: float = 100.0
    hours: tuple[float, ...] = _EVEN_HOURS
    days: tuple[float, ...] = _EVEN_DAYS
    zone: tzinfo = UTC

    @cached_property
    def _even(self) -> bool:
        return len(set(self.hours)) == 1 and len(set(self.days)) == 1

    def mean(self, since: float, until: float) -> float:
        """Requests a second in the mean between two times (Unix seconds)."""
        if self._even or until <= since:
            return self.rate * self.hours[0] * self.days[0]
        total, at = 0.0, since
        while at < until:
            # Zones that are off by half an hour get their hours half an hour late: that is no matter here.
            end = min((at // HOUR + 1) * HOUR, until)
            local = datetime.fromtimestamp(at, self.zone)
            total += (end - at) * self.hours[local.hour] * self.days[local.weekday()]
            at = end
        return self.rate * total / (until - since)
