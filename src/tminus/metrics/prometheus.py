"""Metrics from Prometheus, or anything that speaks its query API (VictoriaMetrics, Thanos, Mimir)."""

from __future__ import annotations

import math
import re

import httpx

from tminus.core.assessment import Measurement
from tminus.errors import SourceError
from tminus.metrics.selecting import FLAG_LABEL, VARIANT_LABEL
from tminus.plan.criterion import Arm
from tminus.plan.model import MetricKind
from tminus.plan.selector import Matcher, Selector
from tminus.ports import Question

_FLAG = FLAG_LABEL.replace(".", "_")
_VARIANT = VARIANT_LABEL.replace(".", "_")


class PrometheusMetricSource:
    """A `MetricSource` by instant queries (prometheus.io/docs/prometheus/latest/querying/api)."""

    def __init__(self, url: str, name: str, timeout_seconds: float = 5.0) -> None:
        self._client = httpx.Client(base_url=url.rstrip("/"), timeout=timeout_seconds)
        self._name = name

    def measure(self, question: Question, now: float) -> Measurement:
        """The value at `now`, with counts where it is a proportion."""
        try:
            return self._measure(question, now)
        except SourceError as error:
            return Measurement(None, source=self._name, error=str(error))

    def _measure(self, question: Question, now: float) -> Measurement:
        metric = question.metric
        if metric.kind is MetricKind.RATIO:
            total = self._ask(_increase(_of_arm(metric.total, question), question.window), now)
            if not total:
                return Measurement(None, source=self._name, error="no data in the window")
            # Prometheus has no series for what never happened: no answer to "how many bad ones" means none.
            hits = self._ask(_increase(_of_arm(metric.bad or metric.good, question), question.window), now) or 0.0
            return Measurement(hits / total, hits=hits, total=total, newest=now, source=self._name)
        value = self._ask(_query(question), now)
        if value is None:
            return Measurement(None, source=self._name, error="the query has no result")
        return Measurement(value, newest=now, source=self._name)

    def _ask(self, query: str, now: float) -> float | None:
        return _single(asked(self._client, self._name, query, now), self._name)


def asked(client: httpx.Client, name: str, query: str, now: float) -> dict[str, object]:
    """What the server `name` answers to an instant query, whole. Raises `SourceError` when it does not, or refuses."""
    try:
        response = client.get("/api/v1/query", params={"query": query, "time": f"{now:.3f}"})
        answer = response.json()
    except httpx.TimeoutException:
        raise SourceError(f"{name} did not answer in time") from None
    except (httpx.HTTPError, ValueError) as error:
        raise SourceError(f"{name} cannot be asked: {type(error).__name__}: {error}") from None
    if not isinstance(answer, dict) or answer.get("status") != "success":
        detail = answer.get("error", f"HTTP {response.status_code}") if isinstance(answer, dict) else "no JSON object"
        raise SourceError(f"{name} refused the query: {detail}", hint=query[:200], retryable=False)
    return answer


def _single(answer: dict[str, object], name: str) -> float | None:
    data = answer.get("data")
    result = data.get("result") if isinstance(data, dict) else None
    if not isinstance(result, list):
        raise SourceError(f"{name} answered without a result")
    if not result:
        return None
    if isinstance(data, dict) and data.get("resultType") == "vector":
        if len(result) > 1:
            raise SourceError(f"the query gives {len(result)} series", hint="wrap it in sum() so that there is one")
        result = result[0].get("value", [])
    try:
        value = float(result[1])
    except (IndexError, TypeError, ValueError):
        raise SourceError(f"{name} answered something that is not a number") from None
    return value if math.isfinite(value) else None


def _query(question: Question) -> str:
    metric, window = question.metric, question.window
    match metric.kind:
        case MetricKind.COUNT:
            return _increase(_of_arm(metric.count, question), window)
        case MetricKind.RATE:
            return f"sum(rate({_of_arm(metric.count, question)}[{window:.0f}s]))"
        case MetricKind.GAUGE:
            return f"sum({_of_arm(metric.gauge, question)})"
        case MetricKind.DISTRIBUTION:
            return _histogram(question)
        case MetricKind.VALUE:
            return (metric.query or "").replace("$window", f"{window:.0f}s")
    raise SourceError("Prometheus cannot answer this kind of metric", hint="give a query instead", retryable=False)


def _histogram(question: Question) -> str:
    selector, window = _of_arm(question.metric.histogram, question), question.window
    aggregate = question.aggregate or "mean"
    parts = {suffix: Selector(selector.name + suffix, selector.matchers) for suffix in ("_sum", "_count", "_bucket")}
    if aggregate == "mean":
        return f"{_increase(parts['_sum'], window)} / {_increase(parts['_count'], window)}"
    quantile = 0.5 if aggregate == "median" else float(aggregate.removeprefix("p")) / 100
    return f"histogram_quantile({quantile:g}, sum by (le) (increase({parts['_bucket']}[{window:.0f}s])))"


def _increase(selector: Selector, window: float) -> str:
    return f"sum(increase({selector}[{window:.0f}s]))"


def _of_arm(selector: Selector | None, question: Question) -> Selector:
    assert selector is not None
    if question.arm is Arm.ALL or question.exposure is None:
        return selector
    exposure = question.exposure
    of_flag = Matcher(_FLAG, "=~", f"({re.escape(exposure.flag)})?")  # or of a service that names no flag
    arm = Matcher(_VARIANT, "=~", "|".join(re.escape(variant) for variant in exposure.variants(question.arm)))
    return Selector(selector.name, (*selector.matchers, of_flag, arm))
