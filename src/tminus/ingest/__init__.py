"""The doors telemetry comes in by: OTLP/HTTP metrics and CloudEvents, as raw ASGI."""

from tminus.ingest.app import IngestApp

__all__ = ["IngestApp"]
