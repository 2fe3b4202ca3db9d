"""What the application under launch reports: OTLP metrics and CloudEvents, decoded, stored and asked about."""

from tminus.telemetry.cloudevents import decode_events
from tminus.telemetry.model import (
    ArmBatch,
    Buckets,
    Event,
    Growth,
    Health,
    Kind,
    Labels,
    Met,
    Point,
    Pursued,
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
from tminus.telemetry.store import TelemetryFile, TelemetryStore

__all__ = [
    "ArmBatch",
    "ArmOutcomes",
    "ArmSums",
    "Buckets",
    "DecodedMetrics",
    "Event",
    "Growth",
    "Health",
    "Kind",
    "Labels",
    "Met",
    "Point",
    "Pursued",
    "Quantile",
    "Reading",
    "Series",
    "Share",
    "Split",
    "Tally",
    "TelemetryFile",
    "TelemetryStore",
    "Total",
    "decode_events",
    "decode_metrics",
    "labels_of",
]
