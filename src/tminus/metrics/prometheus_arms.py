"""The guards' food from a Prometheus: what counters grew by, by arm and place, a delay behind the present.

A position is a moment in whole Unix seconds. Everything up to it has been counted and will not be asked again, so it
stays `DELAY_SECONDS` behind the clock: by then Prometheus has scraped what happened before. Samples that are stored
later still (remote writes after an outage) are not counted: that is lost evidence, of both arms alike.

Prometheus knows no users, so errors come in the bursts they come in; guards allow for those by their burst factor.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tminus.errors import SourceError
from tminus.guards import Counts
from tminus.metrics.increments import GAP_SECONDS, Key, Samples, increments, whole
from tminus.metrics.prometheus import asked
from tminus.metrics.selecting import COUNTRY_LABELS, FLAG_LABEL, VARIANT_LABEL
from tminus.plan.model import Metric, MetricKind
from tminus.plan.selector import Matcher, Selector
from tminus.ports import EVERYWHERE, Exposure, Feed, ForwardArmSource

DELAY_SECONDS = 15
_LONGEST_SECONDS = 3600  # at once; after an absence of days the answer would fill the memory of either side
_FLAG, _VARIANT, *_COUNTRIES = (label.replace(".", "_") for label in (FLAG_LABEL, VARIANT_LABEL, *COUNTRY_LABELS))
_CANARY, _CONTROL = 0, 1


class PrometheusArmSource(ForwardArmSource):
    """An `ArmSource` over raw samples of counters: ratios, and counts with their traffic."""

    def __init__(
        self,
        url: str,
        name: str,
        clock: Callable[[], float],
        timeout_seconds: float = 5.0,
        delay_seconds: int = DELAY_SECONDS,
    ) -> None:
        self._client = httpx.Client(base_url=url.rstrip("/"), timeout=timeout_seconds)
        self._name, self._clock, self._delay = name, clock, delay_seconds

    def arms(self, feed: Feed, after: int | None) -> tuple[int, dict[str, tuple[Counts, ...]]]:
        """What the counters grew by since; see `ArmSource.arms`."""
        newest = int(self._clock()) - self._delay
        if after is None or after >= newest:
            return (newest if after is None else after), {EVERYWHERE: (Counts(0, 0, 0, 0),)}
        top = min(newest, after + _LONGEST_SECONDS)
        total, hits = (self._samples(_of_flag(one, feed.exposure), after, top) for one in _counters(feed.metric, feed))
        grown = increments([*total, *hits], max(after, feed.exposure.since), top)
        return top, _by_place(feed, grown, {one.key for one in hits})

    def close(self) -> None:
        """Ask no more."""
        self._client.close()

    def _samples(self, selector: Selector, after: int, top: int) -> list[Samples]:
        span = top - after + GAP_SECONDS
        answer: dict[str, Any] = asked(self._client, self._name, f"{selector}[{span:.0f}s]", top)
        try:
            return [_read(one) for one in answer["data"]["result"]]
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            raise SourceError(f"{self._name} answered something that is no list of samples") from None


def _read(series: dict[str, Any]) -> Samples:
    return Samples(
        tuple(sorted((str(name), str(value)) for name, value in series["metric"].items())),
        tuple((float(at), float(value)) for at, value in series["values"]),
    )


def _counters(metric: Metric, feed: Feed) -> tuple[Selector, Selector]:
    """Whose growth the units are, and whose the hits."""
    hits = metric.bad or metric.good if metric.kind is MetricKind.RATIO else metric.count
    traffic = metric if metric.kind is MetricKind.RATIO else feed.traffic
    if hits is None:
        raise SourceError("a guard cannot count this kind of metric in Prometheus", retryable=False)
    if traffic is None or traffic.total is None:
        hint = "name a metric with total: as its traffic"
        raise SourceError("nothing says among how many units this count happens", hint=hint, retryable=False)
    return traffic.total, hits


def _of_flag(selector: Selector, exposure: Exposure) -> Selector:
    """All variants, since whether a series is new shows by the others of its target."""
    return Selector(selector.name, (*selector.matchers, Matcher(_FLAG, "=~", f"({re.escape(exposure.flag)})?")))


@dataclass(slots=True)
class _Sums:
    units: int = 0
    hits: int = 0


def _by_place(
    feed: Feed, grown: Mapping[Key, list[tuple[float, float]]], hits: set[Key]
) -> dict[str, tuple[Counts, ...]]:
    exposure = feed.exposure
    sums: dict[str, tuple[_Sums, _Sums]] = defaultdict(lambda: (_Sums(), _Sums()))
    _ = sums[EVERYWHERE]  # always among the places
    for key, growth in grown.items():
        labels = dict(key)
        variant = labels.get(_VARIANT, "")
        country = next((labels[name] for name in _COUNTRIES if labels.get(name)), "").upper()
        elsewhere = country and exposure.countries is not None and country not in exposure.countries
        if elsewhere or variant not in (exposure.canary, *exposure.control):
            continue
        count = sum(whole(at, more) for at, more in growth)
        places = [name for name, countries in feed.places.items() if country in countries]
        for place in (EVERYWHERE, *places) if count else ():
            arm = sums[place][_CANARY if variant == exposure.canary else _CONTROL]
            # A hit that is not in the total is a unit of its own, as in the embedded telemetry (telemetry/arms.py).
            arm.units += count
            arm.hits += count if key in hits else 0
    return {
        place: (Counts(control.units, control.hits, canary.units, canary.hits),)
        for place, (canary, control) in sums.items()
    }
