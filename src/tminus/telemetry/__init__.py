"""What the application under launch reports: OTLP metrics and CloudEvents, decoded, stored and asked about."""

from tminus.telemetry.cloudevents import decode_events
from tminus.telemetry.model import (
    ArmBatch,
    Buckets,
    Event,
    Health,
    Kind,
    Labels,
    Met,
    Point,
    Quantile,
    Reading,
    Series,
    Share,
    Split,
    Tally,
    Total,
    labels_of,
)
from tminus.telemetry.otlp import DecodedMetrics, decode_metrics
from tminus.telemetry.outcomes import ArmOutcomes, ArmSums
from tminus.telemetry.store import TelemetryStore

__all__ = [
    "ArmBatch",
    "ArmOutcomes",
    "ArmSums",
    "Buckets",
    "DecodedMetrics",
    "Event",
    "Health",
    "Kind",
    "Labels",
    "Met",
    "Point",
    "Quantile",
    "Reading",
    "Series",
    "Share",
    "Split",
    "Tally",
    "TelemetryStore",
    "Total",
    "decode_events",
    "decode_metrics",
    "labels_of",
]
