"""Whatever bytes come in, the decoders answer with rows or with an IngestError, never with anything else."""

from __future__ import annotations

import contextlib
import json

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from tminus.errors import IngestError
from tminus.telemetry import Event, Kind, Point, decode_events, decode_metrics

NUMBERS = st.one_of(st.integers(), st.floats(), st.integers().map(str))
KEYS = st.sampled_from(
    [
        *(
            "resourceMetrics",
            "scopeMetrics",
            "metrics",
            "resource",
            "attributes",
            "key",
            "value",
            "name",
            "sum",
            "gauge",
        ),
        *("histogram", "exponentialHistogram", "summary", "dataPoints", "timeUnixNano", "asInt", "asDouble", "count"),
        *("bucketCounts", "explicitBounds", "aggregationTemporality", "isMonotonic", "positive", "offset", "scale"),
        *("exemplars", "stringValue", "kvlistValue", "specversion", "id", "source", "type", "subject", "time", "data"),
    ]
)
TREES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.text(max_size=5), st.just("1.0"), st.just("2026-01-12T09:00:00Z")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=5)),
    max_leaves=20,
)


def check(decode) -> None:
    with contextlib.suppress(IngestError):
        assert all(isinstance(row, Event | Point) for row in decode())


@given(body=st.binary(max_size=200))
def test_any_bytes_are_rows_or_a_refusal(body):
    check(lambda: decode_metrics(body, "application/x-protobuf").points)
    check(lambda: decode_metrics(body, "application/json").points)
    check(lambda: decode_events(body, "application/json", 0.0))


@given(tree=TREES)
def test_any_json_is_rows_or_a_refusal(tree):
    body = json.dumps(tree).encode()
    check(lambda: decode_metrics(body, "application/json").points)
    check(lambda: decode_events(body, "application/json", 0.0))


@given(members=st.dictionaries(KEYS, TREES, max_size=4))
def test_any_change_to_an_event_is_a_row_or_a_refusal(members):
    whole = {"specversion": "1.0", "id": "1", "source": "s", "type": "opened"}
    check(lambda: decode_events(json.dumps({**whole, **members}).encode(), "application/json", 0.0))


@given(
    kind=st.sampled_from(["gauge", "sum", "histogram", "exponentialHistogram"]),
    members=st.dictionaries(KEYS, TREES, max_size=4),
)
def test_any_data_point_is_a_row_or_a_refusal(kind, members):
    data = {"dataPoints": [{"timeUnixNano": "1", **members}], "aggregationTemporality": 1}
    if kind == "gauge":
        del data["aggregationTemporality"]
    tree = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "n", kind: data}]}]}]}
    check(lambda: decode_metrics(json.dumps(tree).encode(), "application/json").points)


@given(
    scale=st.integers(-(2**31), 2**31 - 1),
    offsets=st.tuples(st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1)),
    counts=st.lists(st.integers(0, 2**64 - 1), max_size=20),
    zero=st.integers(0, 5),
)
def test_an_exponential_histogram_keeps_all_its_counts_or_is_refused(scale, offsets, counts, zero):
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="n")
    metric.exponential_histogram.aggregation_temporality = 1
    point = metric.exponential_histogram.data_points.add(time_unix_nano=1, scale=scale, zero_count=zero)
    for side, offset in zip((point.positive, point.negative), offsets, strict=True):
        side.offset = offset
        side.bucket_counts.extend(counts)
    whole = 2 * sum(counts) + zero
    point.count = whole % 2**64
    decoded = decode_metrics(request.SerializeToString(), "application/x-protobuf")
    assert len(decoded.points) + decoded.refused == 1
    for found in decoded.points:
        assert found.kind is Kind.HISTOGRAM
        assert found.buckets is not None
        assert found.buckets.total == whole
