"""Reports to a controller or edge over HTTP: counts as OTLP metrics, samples as CloudEvents."""

from __future__ import annotations

import os
import socket
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tminus.errors import SourceError
from tminus.exposing.names import COUNTER, EVENT, attributes
from tminus.exposing.report import Sample
from tminus.held import MOST_SAMPLES, Counts
from tminus.tls import verifying

_CUMULATIVE = 2
_CLOUDEVENTS = "application/cloudevents-batch+json"
# Some 500 bytes each: a request stays well under the megabyte that an edge takes at once.
_MOST_IN_A_REQUEST = 500
_Item = TypeVar("_Item")


class HttpSink:
    """Sends to `/v1/metrics` and `/v1/events` of a controller or edge.

    `service` names who evaluated, `clock()` is Unix seconds, `authorities` a PEM file of CAs (None: the system's).
    """

    def __init__(
        self,
        url: str,
        token: str,
        service: str,
        clock: Callable[[], float],
        authorities: Path | str | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(timeout=5.0, headers=headers, verify=verifying(url, authorities))
        self._service = service
        self._clock = clock
        self._started_at = clock()
        # Replicas of a service have the same labels: this tells their running totals apart.
        self._instance = f"{socket.gethostname()}:{os.getpid()}:{self._started_at:.3f}"
        self._made = 0
        self._events: deque[dict[str, Any]] = deque(maxlen=MOST_SAMPLES)

    def send(self, counts: Counts, samples: Sequence[Sample]) -> None:
        """Send both. Raises SourceError when they are not taken.

        Samples then wait for the next call, a thousand of them at most, the oldest fall out. An event keeps its id, by
        which a controller that had taken it after all knows it again.
        """
        self._events.extend(self._event(*sample) for sample in samples)
        for some in _parts(list(counts.items())):
            self._post("/v1/metrics", "application/json", self._metrics(dict(some)))
        for events in _parts(list(self._events)):
            self._post("/v1/events", _CLOUDEVENTS, events)
            for _ in events:
                self._events.popleft()

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
        self._made += 1
        event = {
            "specversion": "1.0",
            "id": str(self._made),
            "source": f"{self._service}/{self._instance}",
            "type": EVENT,
            "time": datetime.fromtimestamp(self._clock(), UTC).isoformat(),
            "data": attributes(key, variant, reason),
        }
        # A service may have any text for a key, half a surrogate pair too, which no JSON can carry.
        subject = targeting_key.encode(errors="replace").decode()
        return {**event, "subject": subject} if subject else event


def _parts(items: list[_Item]) -> Iterator[list[_Item]]:
    for start in range(0, len(items), _MOST_IN_A_REQUEST):
        yield items[start : start + _MOST_IN_A_REQUEST]


def _attributes(pairs: dict[str, str]) -> list[dict[str, Any]]:
    return [{"key": name, "value": {"stringValue": text}} for name, text in pairs.items()]


def _nanoseconds(seconds: float) -> str:
    return str(int(seconds * 1e9))
