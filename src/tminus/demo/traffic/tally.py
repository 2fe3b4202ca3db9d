"""What the users got: counts, failures and latencies by variant, in bounded memory."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

from .population import NEW

_STEP = math.log(1.05)
_MOST_TIMES_KEPT = 10_000
UNKNOWN = "unknown"
"""The variant of an answer that names none: a proxy's error page, a request that timed out."""


@dataclass(slots=True)
class Latencies:
    """A histogram with buckets 5 % apart: a quantile is at most 5 % too high, whatever the run's length."""

    _buckets: Counter[int] = field(default_factory=Counter)
    _count: int = 0

    def add(self, seconds: float) -> None:
        """Counts one latency."""
        self._buckets[math.ceil(math.log(max(seconds, 1e-6)) / _STEP)] += 1
        self._count += 1

    def quantile_ms(self, q: float) -> float | None:
        """Returns the upper bound in milliseconds of the bucket that holds quantile `q`; None without data."""
        left = q * self._count
        for bucket in sorted(self._buckets):
            left -= self._buckets[bucket]
            if left <= 0:
                return round(1000 * math.exp(bucket * _STEP), 2)
        return None


@dataclass(slots=True)
class VariantTally:
    """Answers of one variant."""

    requests: int = 0
    failed: int = 0
    latencies: Latencies = field(default_factory=Latencies)

    def add(self, seconds: float, *, failed: bool) -> None:
        """Counts one answer."""
        self.requests += 1
        self.failed += failed
        self.latencies.add(seconds)

    def report(self) -> dict[str, object]:
        """Returns counts, and p50 and p95 in milliseconds."""
        latencies = self.latencies
        return {
            "requests": self.requests,
            "failed": self.failed,
            "p50_ms": latencies.quantile_ms(0.5),
            "p95_ms": latencies.quantile_ms(0.95),
        }


@dataclass(slots=True)
class Tally:
    """Everything the report says. Times are Unix seconds."""

    started: float
    unreachable: int = 0
    not_sent: int = 0
    by_variant: dict[str, VariantTally] = field(default_factory=dict)
    all: VariantTally = field(default_factory=VariantTally)
    users: set[str] = field(default_factory=set)
    last_seen_new: float | None = None
    first_failure_new: float | None = None
    failed_new_times: list[float] = field(default_factory=list)

    def answered(self, user: str, variant: str, seconds: float, at: float, *, failed: bool) -> None:
        """Counts an answer that arrived, or a request that got none in time (`failed`, variant unknown)."""
        self.users.add(user)
        self.all.add(seconds, failed=failed)
        self.by_variant.setdefault(variant or UNKNOWN, VariantTally()).add(seconds, failed=failed)
        if variant != NEW:
            return
        self.last_seen_new = at
        if failed:
            self.first_failure_new = at if self.first_failure_new is None else self.first_failure_new
            if len(self.failed_new_times) < _MOST_TIMES_KEPT:
                self.failed_new_times.append(at)

    def report(self, now: float) -> dict[str, object]:
        """Returns the report as JSON types.

        `requests` are all that were sent: answered, timed out or unreachable. `failed` are answers of 500 and
        above, time-outs and answers that broke off. `unreachable` are refused connections and those closed before
        an answer began, as in a restart of the service; `not_sent` stayed at home because too many were under way.
        """
        return {
            "started": self.started,
            "updated": now,
            "requests": self.all.requests + self.unreachable,
            "unreachable": self.unreachable,
            "not_sent": self.not_sent,
            "distinct_users": len(self.users),
            "last_seen_new": self.last_seen_new,
            "first_failure_new": self.first_failure_new,
            "failed_new_times": self.failed_new_times,
            "by_variant": {variant: tally.report() for variant, tally in self.by_variant.items()},
        } | {name: value for name, value in self.all.report().items() if name != "requests"}
