"""Evaluations as the embedded telemetry has them: counted by T-minus, its edges and its providers (exposing/)."""

from __future__ import annotations

from collections import defaultdict

from tminus.exposing.names import COUNTER, EVENT, KEY, VARIANT
from tminus.metrics.embedded_arms import arms_of, told_by_the_source, used
from tminus.metrics.selecting import of_flag
from tminus.plan.checks_metrics import KEPT_SECONDS
from tminus.plan.selector import Matcher, Selector
from tminus.ports import FOLLOWED_SECONDS, Feed, Followed
from tminus.telemetry import Growth, TelemetryFile, TelemetryStore

_COUNTED = Selector(COUNTER)
_REPORTED_SECONDS = 30.0  # a sample is dated when it is reported, and what it led to may have come before


class EmbeddedExposureSource:
    """An `ExposureSource` over the telemetry store, or over the file of one that is not running."""

    def __init__(self, store: TelemetryStore | TelemetryFile) -> None:
        self._store = store
        self._heard = False

    def answers(self, since: float) -> dict[str, dict[str, int]] | None:
        """Increments of the counter summed over all who report it. See `ExposureSource.answers`."""
        grown = self._grown(since)
        self._heard = self._heard or bool(grown) or bool(self._grown(0.0))
        if not self._heard:
            return None
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for one in grown:
            labels = dict(one.labels)
            by_variant, variant = found[labels.get(KEY, "")], labels.get(VARIANT, "")
            by_variant[variant] = by_variant.get(variant, 0) + round(one.value)
        return dict(found)

    def newest(self) -> dict[str, float]:
        """By the arrival of reports, which come every ten seconds. See `ExposureSource.newest`."""
        found: dict[str, float] = {}
        for one in self._grown(0.0):
            flag = dict(one.labels).get(KEY, "")
            found[flag] = max(one.newest, found.get(flag, 0.0))
        return found

    def kept_since(self, now: float) -> float:
        """When the file was begun, or its retention ago. See `ExposureSource.kept_since`."""
        with told_by_the_source():
            return max(self._store.watched_since, now - KEPT_SECONDS)

    def followed(self, feed: Feed, start: float, end: float) -> list[Followed]:
        """From the sampled events, whose subject is the targeting key. See `ExposureSource.followed`."""
        selector, exposure = used(feed), feed.exposure
        if selector is None:
            return []
        given = Selector(EVENT, (Matcher(KEY, "=", exposure.flag),))
        around = (_REPORTED_SECONDS, FOLLOWED_SECONDS)
        with told_by_the_source():
            found = self._store.pursued(
                given, of_flag(selector, exposure), split=arms_of(exposure), start=start, end=end, around=around
            )
        return [Followed(one.subject, one.arm == 0, one.found) for one in found]

    def _grown(self, since: float) -> list[Growth]:
        with told_by_the_source():
            return self._store.growth(_COUNTED, since)
