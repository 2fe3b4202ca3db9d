"""Moments on the terminal: in the plan's timezone, as on the console, with the zone said once."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tminus.cli.out import people


class PlanTimes:
    """Tells moments (Unix seconds) in the timezone of a plan, whatever the machine's own is."""

    def __init__(self, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)
        self._said = ""

    def tell(self, at: float, pattern: str) -> str:
        """The moment by a pattern of strftime. Before the first, and where clocks were changed, a line names the zone."""
        local = datetime.fromtimestamp(at, self._zone)
        name = local.strftime("%Z")
        if name != self._said:
            self._said = name
            known = "" if name == self._zone.key else f" ({name})"
            people.print(f"times in {self._zone.key}{known}", style="dim", highlight=False)
        return local.strftime(pattern)
