"""Reports to a controller over HTTP: counts as OTLP metrics, samples as CloudEvents."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

from tminus.errors import SourceError
from tminus.exposing.names import COUNTER, EVENT, attributes
from tminus.exposing.report import Sample
from tminus.held import Counts

_CUMULATIVE = 2
_CLOUDEVENTS = "application/cloudevents-batch+json"


class HttpSink:
    """Sends to `/v1/metrics` and `/v1/events` of a controller. `service` names who evaluated, `clock()` is Unix seconds."""

    def __init__(self, url: str, token: str, service: str, clock: Callable[[], float]) -> None:
        self._url = url.rstrip("/")
        self._client = httpx.Client(timeout=5.0, headers={"authorization": f"Bearer {token}"} if token else {})
        self._service = service
        self._clock = clock
        self._started_at = clock()
        # Replicas of a service have the same labels: this tells their running totals apart.
        self._instance = f"{socket.gethostname()}:{os.getpid()}:{self._started_at:.3f}"
        self._sent = 0

    def send(self, counts: Counts, samples: Sequence[Sample]) -> None:
        """Send both. Raises SourceError when the controller does not take them."""
        if counts:
            self._post("/v1/metrics", "application/json", self._metrics(counts))
        if samples:
            self._post("/v1/events", _CLOUDEVENTS, [self._event(*sample) for sample in samples])

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def _post(self, path: str, content_type: str, body: Any) -> None:
        try:
            answer = self._client.post(self._url + path, json=body, headers={"content-type": content_type})
        except (httpx.HTTPError, RuntimeError) as error:
            raise SourceError(f"{self._url} takes no reports: {error or type(error).__name__}") from None
        if answer.status_code >= 300:
            raise SourceError(f"{self._url} takes no reports: it answers {answer.status_code}")

    def _metrics(self, counts: Counts) -> dict[str, Any]:
        points = [
            {
                "attributes": _attributes(attributes(*key)),
                "startTimeUnixNano": _nanoseconds(self._started_at),
                "timeUnixNano": _nanoseconds(self._clock()),
                "asInt": str(times),
            }
            for key, times in counts.items()
        ]
        total = {"aggregationTemporality": _CUMULATIVE, "isMonotonic": True, "dataPoints": points}
        metric = {"name": COUNTER, "unit": "{evaluation}", "sum": total}
        resource = _attributes({"service.name": self._service, "service.instance.id": self._instance})
        scope = {"scope": {"name": "tminus"}, "metrics": [metric]}
        return {"resourceMetrics": [{"resource": {"attributes": resource}, "scopeMetrics": [scope]}]}

    def _event(self, key: str, variant: str | None, reason: str, targeting_key: str) -> dict[str, Any]:
        self._sent += 1
        event = {
            "specversion": "1.0",
            "id": str(self._sent),
            "source": f"{self._service}/{self._instance}",
            "type": EVENT,
            "time": datetime.fromtimestamp(self._clock(), UTC).isoformat(),
            "data": attributes(key, variant, reason),
        }
        return {**event, "subject": targeting_key} if targeting_key else event


def _attributes(pairs: dict[str, str]) -> list[dict[str, Any]]:
    return [{"key": name, "value": {"stringValue": text}} for name, text in pairs.items()]


def _nanoseconds(seconds: float) -> str:
    return str(int(seconds * 1e9))
