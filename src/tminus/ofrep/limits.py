"""How much one client, and all slow ones together, may ask of a server before it says 429."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil

from tminus.errors import UsageError

# Bodies that arrive in pieces are held in memory meanwhile, up to 1 MiB each.
SLOW_BODIES_AT_ONCE = 64
# One that never ends would keep its place for ever, and as many of them everybody's.
SLOW_BODY_SECONDS = 20.0
_MOST_KEYS = 10_000
VARIABLE = "TMINUS_RATE"


class RateLimit:
    """So many requests a second for each token, with one second's worth as a burst (the generic cell rate algorithm).

    `clock()` gives seconds that never go backwards.
    """

    def __init__(self, per_second: float, clock: Callable[[], float]) -> None:
        self._interval = 1 / per_second
        self._burst = max(1.0, self._interval)
        self._clock = clock
        self._due: dict[str, float] = {}

    def wait(self, key: str) -> int:
        """0 when the request may pass, else the whole seconds after which it may come again."""
        now = self._clock()
        due = max(self._due.get(key, now), now)
        if due - now + self._interval > self._burst:
            return max(1, ceil(due - now + self._interval - self._burst))
        if len(self._due) > _MOST_KEYS:
            self._due = {one: at for one, at in self._due.items() if at > now}
        self._due[key] = due + self._interval
        return 0


def limit_of(environment: Mapping[str, str], clock: Callable[[], float]) -> RateLimit | None:
    """What TMINUS_RATE asks for, requests a second for each token; None without it. Raises UsageError."""
    text = environment.get(VARIABLE, "").strip()
    if not text:
        return None
    if not text.replace(".", "", 1).isdigit() or float(text) <= 0:
        raise UsageError(f"{VARIABLE}: {text} is no rate", hint="requests a second for each token, as 500")
    return RateLimit(float(text), clock)
