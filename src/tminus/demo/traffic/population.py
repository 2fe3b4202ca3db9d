"""Who comes next and what for: pure, all chance comes from one seeded generator."""

from __future__ import annotations

import heapq
import itertools
import random
from dataclasses import dataclass

NEW = "on"
"""The variant of the new release, as the service's X-Profile-Variant header names it."""

# The share of users who fill in their profile once they see it: a little over the plan's 65 % today and well over
# its 80 % target with the new page, because some of them have not come to it yet when a window ends.
_WOULD_COMPLETE_OLD = 0.67
_WOULD_COMPLETE_NEW = 0.90
_UPLOADS_AVATAR = 0.1
_THINKS_SECONDS = (0.2, 1.0)
# Nobody saves a profile at every look. The longer the pause, the more of the traffic are looks, in which the fault
# lies; but whoever looks again within a paced plan's window (20 s at --pace 60480) without saving counts as one who did
# not. With these numbers somewhat over a third of the requests are savings.
_SAVES_AGAIN_AFTER_SECONDS = 12.0
# Activity falls with rank r as (r + 50)^-0.9: the busiest user makes some 0.5 % of the requests, so that one person
# cannot decide what a stage of 5 % looks like, and the quietest comes about once a minute at 100 requests/s.
_RANK_OFFSET, _EXPONENT = 50, 0.9


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to make: `user`, HTTP method and path."""

    user: str
    method: str
    path: str


class Population:
    """Users `u0001`, `u0002`, ... of very different activity. Times are seconds on any one clock."""

    def __init__(self, users: int, seed: int) -> None:
        self._chance = random.Random(seed)
        self._names = [f"u{number:04d}" for number in range(1, users + 1)]
        self._chance.shuffle(self._names)
        self._activity = list(itertools.accumulate((rank + _RANK_OFFSET) ** -_EXPONENT for rank in range(1, users + 1)))
        self._keenness = {name: self._chance.random() for name in self._names}
        self._saves_again_at: dict[str, float] = {}
        self._due: list[tuple[float, str, str]] = []

    def pause(self, rate: float) -> float:
        """Returns the seconds until the next arrival of a Poisson process of `rate` per second."""
        return self._chance.expovariate(rate)

    def next_visit(self, now: float) -> Visit:
        """Returns what the next arrival does: save a profile if somebody is about to, otherwise look at one."""
        if self._due and self._due[0][0] <= now:
            _, user, step = heapq.heappop(self._due)
            return Visit(user, "POST", f"/profile/{user}/{step}")
        user = self._chance.choices(self._names, cum_weights=self._activity)[0]
        return Visit(user, "GET", f"/profile/{user}")

    def saw(self, visit: Visit, variant: str, now: float) -> None:
        """Takes note that the visitor was shown a page of that variant, which may lead to a saved profile."""
        if visit.method != "GET" or now < self._saves_again_at.get(visit.user, now):
            return
        if self._keenness[visit.user] >= (_WOULD_COMPLETE_NEW if variant == NEW else _WOULD_COMPLETE_OLD):
            return
        self._saves_again_at[visit.user] = now + _SAVES_AGAIN_AFTER_SECONDS
        saves_at = now + self._chance.uniform(*_THINKS_SECONDS)
        heapq.heappush(self._due, (saves_at, visit.user, "complete"))
        if self._chance.random() < _UPLOADS_AVATAR:
            heapq.heappush(self._due, (saves_at + self._chance.uniform(*_THINKS_SECONDS), visit.user, "avatar"))
