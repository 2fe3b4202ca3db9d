"""OpenTelemetry's names for evaluations (semantic conventions, feature flags in events).

https://opentelemetry.io/docs/specs/semconv/feature-flags/feature-flags-events/
"""

from __future__ import annotations

# The event is the convention's. It has no metric, so the counter is ours and carries the event's attributes.
EVENT = "feature_flag.evaluation"
COUNTER = "feature_flag.evaluations"
PROVIDER = "tminus"

KEY = "feature_flag.key"
VARIANT = "feature_flag.result.variant"
REASON = "feature_flag.result.reason"
PROVIDER_NAME = "feature_flag.provider.name"


def attributes(key: str, variant: str | None, reason: str) -> dict[str, str]:
    """The attributes of one answer; without a variant the caller's own default was given."""
    found = {KEY: key, REASON: reason.lower(), PROVIDER_NAME: PROVIDER}
    return found if variant is None else {**found, VARIANT: variant}
