"""What the environment says: where the flags, the metrics and the events go, and which release this is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The service's settings. An empty address switches that part off; the pages are served all the same."""

    ofrep_url: str = ""
    ofrep_token: str = ""
    otlp_endpoint: str = ""
    events_url: str = ""
    events_token: str = ""
    release: str = "dev"
    fault_rate: float = 0.0
    base_error_rate: float = 0.0002

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Reads OFREP_URL, OFREP_TOKEN, OTEL_EXPORTER_OTLP_ENDPOINT, EVENTS_URL, EVENTS_TOKEN, RELEASE, FAULT_RATE
        and BASE_ERROR_RATE. Exits with one line when a rate is not a number from 0 to 1.

        The remaining OTEL_* variables are read by the OpenTelemetry SDK itself.
        """
        return cls(
            ofrep_url=environment.get("OFREP_URL", ""),
            ofrep_token=environment.get("OFREP_TOKEN", ""),
            otlp_endpoint=environment.get("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
            events_url=environment.get("EVENTS_URL", ""),
            events_token=environment.get("EVENTS_TOKEN", ""),
            release=environment.get("RELEASE", "dev"),
            fault_rate=_rate(environment, "FAULT_RATE", 0.0),
            base_error_rate=_rate(environment, "BASE_ERROR_RATE", 0.0002),
        )


def _rate(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name, "")
    if not text:
        return default
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0.0 <= rate <= 1.0:
        raise SystemExit(f"{name} is {text!r}: write a fraction from 0 to 1, such as 0.05")
    return rate
