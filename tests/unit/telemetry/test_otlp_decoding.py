"""OTLP bodies into points."""

from __future__ import annotations

import json
import math

import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from tminus.errors import IngestError
from tminus.telemetry import Buckets, Kind, decode_metrics

PROTOBUF, JSON = "application/x-protobuf", "application/json; charset=utf-8"
T = "1800000000500000000"
S = "1800000000000000000"


def body(*metrics: dict) -> dict:
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}
    return {"resourceMetrics": [{"resource": resource, "scopeMetrics": [{"metrics": list(metrics)}]}]}


def in_both_encodings(tree: dict):
    message = json_format.ParseDict(tree, ExportMetricsServiceRequest())
    return [decode_metrics(message.SerializeToString(), PROTOBUF), decode_metrics(json.dumps(tree).encode(), JSON)]


def total(temporality=2, monotonic=True, **point) -> dict:
    data = {"timeUnixNano": T, "startTimeUnixNano": S, "asInt": "7", **point}
    return {"name": "n", "sum": {"aggregationTemporality": temporality, "isMonotonic": monotonic, "dataPoints": [data]}}


@pytest.mark.parametrize("which", [0, 1], ids=["protobuf", "json"])
def test_a_sum_becomes_a_counter_with_its_labels(which):
    attributes = [
        {"key": "code", "value": {"intValue": "200"}},
        {"key": "ok", "value": {"boolValue": True}},
        {"key": "tags", "value": {"arrayValue": {"values": [{"stringValue": "a"}, {"intValue": "1"}]}}},
    ]
    [point] = in_both_encodings(body(total(attributes=attributes)))[which].points
    assert (point.name, point.kind, point.value, point.cumulative) == ("n", Kind.COUNTER, 7.0, True)
    assert (point.at, point.started_at) == (1_800_000_000.5, 1_800_000_000.0)
    assert point.labels == (("code", "200"), ("ok", "true"), ("service.name", "shop"), ("tags", '["a",1]'))


def test_levels_are_gauges_and_net_changes_are_counters():
    gauge = {"name": "g", "gauge": {"dataPoints": [{"timeUnixNano": T, "asDouble": 1.5}]}}
    points = in_both_encodings(body(gauge, total(2, monotonic=False), total(1, monotonic=False)))[1].points
    assert [(point.kind, point.cumulative) for point in points] == [
        (Kind.GAUGE, False),
        (Kind.GAUGE, False),
        (Kind.COUNTER, False),
    ]


def test_a_histogram_keeps_its_buckets():
    data = {"timeUnixNano": T, "count": "3", "sum": 2.5, "explicitBounds": [1, 2], "bucketCounts": ["1", "2", "0"]}
    metric = {"name": "h", "histogram": {"aggregationTemporality": 1, "dataPoints": [data]}}
    for decoded in in_both_encodings(body(metric)):
        [point] = decoded.points
        assert (point.kind, point.value, point.buckets) == (Kind.HISTOGRAM, 2.5, Buckets((1.0, 2.0), (1, 2, 0)))


def exponential(scale, positive, negative=(), zero=0, offset=0) -> dict:
    data = {
        "timeUnixNano": T,
        "count": str(sum(positive) + sum(negative) + zero),
        "scale": scale,
        "zeroCount": str(zero),
        "positive": {"offset": offset, "bucketCounts": [str(n) for n in positive]},
        "negative": {"offset": offset, "bucketCounts": [str(n) for n in negative]},
    }
    return {"name": "e", "exponentialHistogram": {"aggregationTemporality": 1, "dataPoints": [data]}}


@pytest.mark.parametrize("scale", [20, 5, 3, 0, -2])
@pytest.mark.parametrize("sign", [1, -1])
def test_an_exponential_histogram_keeps_each_count_where_its_values_are(scale, sign):
    base = 2.0 ** (2.0**-scale)
    index = math.ceil(math.log(3.0, base)) - 1
    counts = {"positive": [5], "zero": 2} if sign > 0 else {"positive": [], "negative": [5], "zero": 2}
    [point] = in_both_encodings(body(exponential(scale, offset=index, **counts)))[1].points
    assert point.buckets is not None
    bounds = (-math.inf, *point.buckets.bounds, math.inf)
    filled = [(bounds[i], bounds[i + 1], n) for i, n in enumerate(point.buckets.counts) if n]
    [(low, high, _)] = [part for part in filled if part[2] == 5]
    assert low < sign * 3.0 <= high
    assert any(low < 0.0 <= high for low, high, n in filled if n == 2)
    assert math.isnan(point.value)


@pytest.mark.parametrize(
    ("metric", "reason"),
    [
        (total(0), "temporality"),
        (total(timeUnixNano="0"), "no time"),
        (total(asInt=None, asDouble="NaN"), "finite"),
        (total(asInt=None), "no value"),
        ({"name": "s", "summary": {"dataPoints": [{"timeUnixNano": T}]}}, "summaries"),
        ({**total(), "name": ""}, "no metric name"),
        (exponential(0, [1], offset=2_000_000_000), "beyond"),
        (exponential(-40, [1]), "out of range"),
        (exponential(0, [1] * 1001), "at most"),
    ],
)
def test_a_senseless_data_point_is_refused_alone_with_the_reason(metric, reason):
    for decoded in in_both_encodings(body(metric, total())):
        assert (len(decoded.points), decoded.refused) == (1, 1)
        assert reason in decoded.reason


@pytest.mark.parametrize(
    "data",
    [
        {"count": "3", "explicitBounds": [1, 2], "bucketCounts": ["1", "2"]},
        {"count": "9", "explicitBounds": [1], "bucketCounts": ["1", "2"]},
        {"count": "3", "explicitBounds": [2, 1], "bucketCounts": ["1", "2", "0"]},
        {"count": "3", "explicitBounds": ["NaN"], "bucketCounts": ["1", "2"]},
    ],
)
def test_a_histogram_that_contradicts_itself_is_refused(data):
    metric = {"name": "h", "histogram": {"aggregationTemporality": 1, "dataPoints": [{"timeUnixNano": T, **data}]}}
    for decoded in in_both_encodings(body(metric)):
        assert (decoded.points, decoded.refused) == ([], 1)


def test_points_flagged_as_not_recorded_are_passed_over():
    assert in_both_encodings(body(total(flags=1)))[0].points == []


def test_senders_that_differ_only_in_their_resource_are_told_apart():
    def tree(instance):
        found = body(total())
        found["resourceMetrics"][0]["resource"]["attributes"].append(
            {"key": "service.instance.id", "value": {"stringValue": instance}}
        )
        return json.dumps(found).encode()

    first, second = (decode_metrics(tree(instance), JSON).points[0] for instance in "ab")
    assert first.labels == second.labels
    assert first.stream != second.stream


def test_hex_ids_of_exemplars_do_no_harm():
    exemplar = {"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b17", "asInt": "1"}
    assert len(decode_metrics(json.dumps(body(total(exemplars=[exemplar]))).encode(), JSON).points) == 1


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\x13garbage",
        b"{",
        b"[]",
        b"[" * 100_000,
        b'{"resourceMetrics": 5}',
        b'{"resourceMetrics": [5]}',
        b'"\\ud800"',
    ],
)
def test_garbage_is_refused_with_400(garbage):
    for content_type in (PROTOBUF, JSON):
        with pytest.raises(IngestError) as refused:
            decode_metrics(garbage, content_type)
        assert refused.value.status == 400


def test_another_content_type_is_refused_with_415():
    with pytest.raises(IngestError) as refused:
        decode_metrics(b"", "text/plain")
    assert refused.value.status == 415
