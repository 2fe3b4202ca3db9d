"""OTLP metrics (protobuf and JSON) into points.

Kinds: a monotonic sum is a counter; a sum that may fall is a gauge when cumulative (a level) and a counter of net
changes when delta; a gauge is a gauge; histograms are histograms. Summaries are refused: their quantiles cannot be merged.

Exponential histograms are turned into explicit bounds, at most eight buckets to a doubling (scale 3, 9 % wide), which
is exact because coarser buckets are unions of finer ones. Values within the zero threshold count as 0.

Labels are the data point's attributes as text, with the resource's `service.name`. The rest of the resource, and the
scope, only tell senders apart (`Point.stream`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from google.protobuf import json_format
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    DataPointFlags,
    ExponentialHistogramDataPoint,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
)

from tminus.errors import IngestError
from tminus.telemetry.batch import digest
from tminus.telemetry.exponential import explicit
from tminus.telemetry.model import Buckets, Kind, Labels, Point, labels_of

PROTOBUF = "application/x-protobuf"
JSON = "application/json"

_MAX_BUCKETS = 1000
_TEMPORALITIES = {
    AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE: True,
    AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA: False,
}
DataPoint = NumberDataPoint | HistogramDataPoint | ExponentialHistogramDataPoint


@dataclass(frozen=True, slots=True)
class DecodedMetrics:
    """The points of one request, and how many of its data points were refused, with the reason of the first."""

    points: list[Point]
    refused: int = 0
    reason: str = ""


def decode_metrics(body: bytes, content_type: str) -> DecodedMetrics:
    """Read an ExportMetricsServiceRequest. Raises IngestError: 415 for the type, 400 for a body that is not one.

    A data point that makes no sense by itself is refused alone; the others of the request count.
    """
    essence = content_type.partition(";")[0].strip().lower()
    if essence == PROTOBUF:
        request = _from_protobuf(body)
    elif essence == JSON:
        request = _from_json(body)
    else:
        raise IngestError(f"cannot read {essence or 'an unnamed type'}", status=415, hint=f"send {PROTOBUF} or {JSON}")
    points: list[Point] = []
    refused, reason = 0, ""
    for source, metric in _metrics(request):
        for data_point in _data_points(metric):
            try:
                if not data_point.flags & DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK:
                    points.append(_point(source, metric, data_point))
            except IngestError as error:
                refused, reason = refused + 1, reason or str(error)
    return DecodedMetrics(points, refused, reason)


def _from_protobuf(body: bytes) -> ExportMetricsServiceRequest:
    try:
        return ExportMetricsServiceRequest.FromString(body)
    except DecodeError:
        raise IngestError("the body is not an ExportMetricsServiceRequest in protobuf") from None


def _from_json(body: bytes) -> ExportMetricsServiceRequest:
    try:
        tree = msgspec.json.decode(body)
        if not isinstance(tree, dict):
            raise TypeError("not an object")
        _drop_exemplars(tree)
        return json_format.ParseDict(tree, ExportMetricsServiceRequest(), ignore_unknown_fields=True)
    except (json_format.ParseError, ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        why = " ".join(str(error).split())[:200]
        raise IngestError(f"the body is not an ExportMetricsServiceRequest in JSON: {why}") from None


def _drop_exemplars(tree: Any) -> None:
    """Exemplars are not kept, and their ids are in hex, where protobuf's own JSON would have base64."""
    if isinstance(tree, dict):
        tree.pop("exemplars", None)
    for branch in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        if isinstance(branch, dict | list):
            _drop_exemplars(branch)


@dataclass(frozen=True, slots=True)
class _Source:
    service: str
    stream: int


def _metrics(request: ExportMetricsServiceRequest) -> Iterator[tuple[_Source, Metric]]:
    for resource_metrics in request.resource_metrics:
        resource = _attributes(resource_metrics.resource.attributes)
        for scope_metrics in resource_metrics.scope_metrics:
            scope = scope_metrics.scope
            identity = (*(text for pair in sorted(resource.items()) for text in pair), scope.name, scope.version)
            source = _Source(resource.get("service.name", ""), digest(*identity))
            for metric in scope_metrics.metrics:
                yield source, metric


def _data_points(metric: Metric) -> Iterable[Any]:
    kind = metric.WhichOneof("data")
    return getattr(metric, kind).data_points if kind else ()


def _point(source: _Source, metric: Metric, data_point: Any) -> Point:
    kind = metric.WhichOneof("data")
    if kind == "summary":
        raise IngestError(f"{metric.name}: summaries cannot be merged", hint="export a histogram instead")
    cumulative = False if kind == "gauge" else _is_cumulative(metric.name, getattr(metric, str(kind)))
    if not data_point.time_unix_nano:
        raise IngestError(f"{metric.name}: a data point has no time")
    buckets: Buckets | None = None
    if kind in ("gauge", "sum"):
        level = kind == "gauge" or (cumulative and not metric.sum.is_monotonic)
        point_kind, cumulative = (Kind.GAUGE, False) if level else (Kind.COUNTER, cumulative)
        value = _number(metric.name, data_point)
    else:
        point_kind = Kind.HISTOGRAM
        value = data_point.sum if data_point.HasField("sum") else float("nan")
        buckets = _explicit(metric.name, data_point) if kind == "histogram" else explicit(metric.name, data_point)
        if buckets.total != data_point.count:
            raise IngestError(f"{metric.name}: the buckets hold {buckets.total}, the count says {data_point.count}")
    return Point(
        name=metric.name,
        kind=point_kind,
        at=data_point.time_unix_nano / 1e9,
        value=value,
        labels=_labels(source, data_point),
        cumulative=cumulative,
        started_at=data_point.start_time_unix_nano / 1e9,
        stream=source.stream,
        buckets=buckets,
    )


def _is_cumulative(name: str, data: Any) -> bool:
    if data.aggregation_temporality not in _TEMPORALITIES:
        raise IngestError(f"{name}: the temporality is neither delta nor cumulative")
    return _TEMPORALITIES[data.aggregation_temporality]


def _number(name: str, data_point: NumberDataPoint) -> float:
    field = data_point.WhichOneof("value")
    if field is None:
        raise IngestError(f"{name}: a data point has no value")
    return float(getattr(data_point, field))


def _explicit(name: str, data_point: HistogramDataPoint) -> Buckets:
    if len(data_point.bucket_counts) > _MAX_BUCKETS:
        raise IngestError(f"{name}: {len(data_point.bucket_counts)} buckets", hint=f"at most {_MAX_BUCKETS}")
    if not data_point.bucket_counts and not data_point.explicit_bounds:
        return Buckets((), (data_point.count,))
    return Buckets(tuple(data_point.explicit_bounds), tuple(data_point.bucket_counts))


def _labels(source: _Source, data_point: DataPoint) -> Labels:
    labels = _attributes(data_point.attributes)
    if source.service:
        labels.setdefault("service.name", source.service)
    return labels_of(labels)


def _attributes(attributes: Iterable[KeyValue]) -> dict[str, str]:
    return {pair.key: _text(pair.value) for pair in attributes}


def _text(value: AnyValue) -> str:
    """An attribute as a label: text as it is, true and false in lower case, lists and maps as JSON."""
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return value.string_value
    if kind == "bool_value":
        return "true" if value.bool_value else "false"
    if kind in ("int_value", "double_value"):
        return str(getattr(value, kind))
    if kind == "bytes_value":
        return value.bytes_value.hex()
    return msgspec.json.encode(_plain(value)).decode() if kind else ""


def _plain(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_plain(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return {pair.key: _plain(pair.value) for pair in value.kvlist_value.values}
    return getattr(value, kind) if kind else None
