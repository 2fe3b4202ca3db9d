"""Request durations as an OpenTelemetry histogram, exported as OTLP over HTTP."""

from __future__ import annotations

import uuid

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource

from .flags import FLAG

_BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)


class RequestMetrics:
    """`http.server.request.duration` in seconds, by method, route, status and flag variant.

    Names follow the OpenTelemetry semantic conventions for HTTP servers and for feature flags.
    """

    def __init__(self, otlp_endpoint: str, release: str) -> None:
        readers: list[MetricReader] = []
        if otlp_endpoint:
            # Endpoint, headers, interval and temporality come from the standard OTEL_* variables.
            readers.append(PeriodicExportingMetricReader(OTLPMetricExporter()))
        resource = Resource.create(
            {"service.name": "profile", "service.version": release, "service.instance.id": str(uuid.uuid4())}
        )
        self._provider = MeterProvider(metric_readers=readers, resource=resource, shutdown_on_exit=False)
        self._duration = self._provider.get_meter("profile", release).create_histogram(
            "http.server.request.duration",
            unit="s",
            description="Duration of HTTP server requests.",
            explicit_bucket_boundaries_advisory=_BUCKETS_SECONDS,
        )

    def record(self, seconds: float, *, method: str, route: str, status: int, variant: str, error_type: str) -> None:
        """Records one answered request; `error_type` is the exception's name, empty for a good answer."""
        attributes: dict[str, str | int] = {
            "http.request.method": method,
            "http.route": route,
            "http.response.status_code": status,
            "feature_flag.key": FLAG,
            "feature_flag.result.variant": variant,
        }
        if error_type:
            attributes["error.type"] = error_type
        self._duration.record(seconds, attributes)

    def close(self) -> None:
        """Sends what is left and stops; blocks for as long as the receiver needs, 2 s at most."""
        self._provider.shutdown(timeout_millis=2000)
