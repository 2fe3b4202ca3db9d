"""Whether users who were given a variant are then seen with it in telemetry, canary and control alike (guards/lost.py)."""

from __future__ import annotations

from dataclasses import dataclass, field

from tminus.guards.lost import Arrivals, lost_arm
from tminus.ports import FOLLOWED_SECONDS, ExposureSource, Feed

_EVERY_SECONDS = 30.0
_LATE_SECONDS = 30.0  # for reports and telemetry to come in
_MOST_USERS = 50_000  # that are kept to count each once; then it is counted afresh


@dataclass
class Following:
    """The users sampled since the share was last changed. A restart reads them anew from the telemetry. `trouble` says in
    words that the canary gets lost; empty while it does not, or while too little is known.

    Once it was lost it is counted afresh, else a fault that was mended would hold the launch until as many new users came
    as had been lost. It is found again when as many as that took are seen no less than half as often as control's.
    """

    trouble: str = ""
    _since: float = -1.0
    _until: float = 0.0
    _due: float = 0.0
    _enough: int = 0  # of the canary's users, before a loss is over
    _users: set[int] = field(default_factory=set)
    _arms: dict[bool, Arrivals] = field(default_factory=dict)

    def look(self, source: ExposureSource, feed: Feed, now: float) -> None:
        """Count those whose time to be seen is over, since the share had settled: `feed.exposure.since`. Raises SourceError."""
        since = feed.exposure.since
        if since != self._since:
            self._since, self._until, self._due = since, since, 0.0
            self.trouble = ""
            self._afresh()
        ripe = now - FOLLOWED_SECONDS - _LATE_SECONDS
        if now < self._due or ripe <= self._until:
            return
        self._due = now + _EVERY_SECONDS
        for one in source.followed(feed, self._until, ripe):
            if one.user not in self._users:
                self._users.add(one.user)
                arm = self._arms[one.canary]
                self._arms[one.canary] = Arrivals(arm.given + 1, arm.seen + one.seen)
        self._until = ripe
        self._judge()

    def _judge(self) -> None:
        canary, control = self._arms[True], self._arms[False]
        found = lost_arm(canary, control)
        if found.lost:
            self.trouble, self._enough = found.sentence, canary.given
        elif canary.given >= self._enough and not found.log_evidence:
            self.trouble = ""
        if found.lost or len(self._users) >= _MOST_USERS:
            self._afresh()

    def _afresh(self) -> None:
        self._users = set()
        self._arms = {True: Arrivals(), False: Arrivals()}
