"""What comes in (points and events) and what a question to the store gives back.

Times are Unix seconds (UTC) as floats, windows are (start, end]: a row at `end` belongs to the window, one at `start` does not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tminus.errors import IngestError

Labels = tuple[tuple[str, str], ...]

VALUE_LABEL = "_value"  # of an event with a value: which member of its data that was
LARGEST_VALUE = 1e15  # the squares of such values still add up


class Kind(StrEnum):
    """What the rows of a series mean, and so which questions they can answer."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    EVENT = "event"


def labels_of(pairs: Mapping[str, str]) -> Labels:
    """Labels in their one canonical order, so that the same labels are always the same series."""
    return tuple(sorted(pairs.items()))


@dataclass(frozen=True, slots=True)
class Buckets:
    """Counts per bucket. `counts[i]` lies in (bounds[i-1], bounds[i]]; the last one is everything above the last bound."""

    bounds: tuple[float, ...]
    counts: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.counts) != len(self.bounds) + 1:
            raise IngestError(
                f"a histogram has {len(self.bounds)} bounds and {len(self.counts)} counts: one more is due"
            )
        if any(not math.isfinite(bound) for bound in self.bounds):
            raise IngestError("a histogram's bounds must be finite numbers")
        if any(low >= high for low, high in zip(self.bounds, self.bounds[1:], strict=False)):
            raise IngestError("a histogram's bounds must rise strictly")
        if min(self.counts) < 0 or sum(self.counts) >= 2**53:
            raise IngestError("a histogram's counts must be between 0 and 2**53")

    @property
    def total(self) -> int:
        """How many observations there are in all buckets together."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Point:
    """One reading of one metric series.

    `value` is the number of a counter or gauge, and the sum of the observations of a histogram (NaN when the sender
    gives none). `cumulative` values count since `started_at` (0 = unknown); others are increments since the point
    before. `stream` tells senders with equal labels apart (two replicas), so that their running totals never mix.
    """

    name: str
    kind: Kind
    at: float
    value: float
    labels: Labels = ()
    cumulative: bool = False
    started_at: float = 0.0
    stream: int = 0
    buckets: Buckets | None = None

    def __post_init__(self) -> None:
        check_text(self.name, self.labels)
        if not self.name:
            raise IngestError("a point has no metric name")
        if not (math.isfinite(self.at) and math.isfinite(self.started_at)):
            raise IngestError(f"{self.name}: a time is not a finite number")
        if (self.kind is Kind.HISTOGRAM) != (self.buckets is not None):
            raise IngestError(f"{self.name}: buckets belong to histograms, and only to them")
        unsummed = self.kind is Kind.HISTOGRAM and math.isnan(self.value)
        if not (math.isfinite(self.value) or unsummed):
            raise IngestError(f"{self.name}: the value is not a finite number")


@dataclass(frozen=True, slots=True)
class Event:
    """Something a unit did. `type` is the event's name, `subject` the unit ("" = nobody), (`source`, `id`) its identity.

    `dated` is False when the sender gave no time and `at` is the moment of arrival: a redelivery then has another `at`.
    `value` is the one number that it carries, such as an amount; the label VALUE_LABEL then names the member it was.
    """

    id: str
    source: str
    type: str
    at: float
    subject: str = ""
    labels: Labels = ()
    dated: bool = True
    value: float | None = None

    def __post_init__(self) -> None:
        check_text(self.type, self.labels)
        check_text(f"{self.id}{self.source}{self.subject}", ())
        if not (self.id and self.source and self.type):
            raise IngestError("an event needs an id, a source and a type")
        if not math.isfinite(self.at):
            raise IngestError(f"event {self.id}: the time is not a finite number")
        if self.value is not None and not abs(self.value) <= LARGEST_VALUE:
            raise IngestError(f"event {self.id}: the value is not a number between -1e15 and 1e15")


def check_text(name: str, labels: Labels) -> None:
    """Refuse text that the database cannot hold (lone surrogates): later it would block the whole batch around it."""
    for text in (name, *(part for pair in labels for part in pair)):
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                raise IngestError(f"{name!a}: a name or label holds text that is not valid Unicode") from None


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over a window. `newest` is the time of the newest row in it; None means no data, which is not zero."""

    value: float
    newest: float | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A gauge's value over a window; None without data. `rows` is how many readings went into it."""

    value: float | None
    rows: int
    newest: float | None


@dataclass(frozen=True, slots=True)
class Quantile:
    """An estimated quantile, in the metric's own unit, with the interval [low, high] that surely holds the true one.

    `high` is infinite when the quantile lies above the last bucket bound: `value` is then that bound, and the truth is
    at least that. A criterion `p95 < x` with x above `low` and below `high` is not decided by this data.
    """

    value: float | None
    low: float | None
    high: float | None
    count: int
    newest: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """Of `of` subjects that did the first thing, `did` did the second within the time allowed."""

    did: int
    of: int
    newest: float | None


@dataclass(frozen=True, slots=True)
class Growth:
    """What one counter grew by among some rows, and when the newest of them arrived, to some seconds."""

    labels: Labels
    value: float
    newest: float


@dataclass(frozen=True, slots=True)
class Pursued:
    """A subject with a row of the first kind: in which arm, and whether a row of the second kind there is near it in time."""

    subject: int
    arm: int
    found: bool


@dataclass(frozen=True, slots=True)
class Split:
    """How series are told apart: arm number i is those whose `label` has one of the values `arms[i]`."""

    label: str
    arms: tuple[frozenset[str], ...]

    def arm(self, labels: Labels) -> int | None:
        """The number of the arm that a series belongs to; None for one that belongs to none."""
        value = next((value for name, value in labels if name == self.label), "")
        return next((number for number, values in enumerate(self.arms) if value in values), None)


@dataclass(frozen=True, slots=True)
class Tally:
    """What one series brought: new units of this arm, and how many hits for each rung asked about."""

    arm: int
    labels: Labels
    units: int
    hits: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ArmBatch:
    """What arrived up to `cursor`, by series. Pass `cursor` to the next call."""

    cursor: int
    tallies: tuple[Tally, ...] = ()

    def sums(self, arm: int) -> tuple[int, ...]:
        """(units, hits of each rung) of one arm over all its series; empty when nothing arrived."""
        rows = [(tally.units, *tally.hits) for tally in self.tallies if tally.arm == arm]
        return tuple(map(sum, zip(*rows, strict=True)))


@dataclass(frozen=True, slots=True)
class Met:
    """Subjects met for the first time, by arm; and how many have now been met in more than one."""

    cursor: int
    by_arm: tuple[int, ...]
    both: int = 0


@dataclass(frozen=True, slots=True)
class Series:
    """One name with one set of labels, interned as an integer."""

    id: int
    name: str
    kind: Kind
    labels: Labels


@dataclass(frozen=True, slots=True)
class Health:
    """How the store is doing. `error` is the one line of why the newest batch cannot be written, "" when all is well.

    `queued` counts rows accepted and not yet committed. The other counters run since the store was opened:
    `duplicates` redelivered events and repeated points, `dropped_time` rows older than the retention or from the
    future, `dropped_series` rows of series beyond `max_series`.
    """

    ok: bool
    error: str
    queued: int
    capacity: int
    cursor: int
    series: int
    duplicates: int
    dropped_time: int
    dropped_series: int
    committed_at: float | None
