"""The ingest endpoints behind a real server, with the official exporter and with senders of the worse kind."""

from __future__ import annotations

import gzip
import json
import socket
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import psutil
import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource

from support.serving import served
from tminus.errors import StoreError
from tminus.ingest import IngestApp
from tminus.plan.selector import Selector, parse_selector
from tminus.telemetry import TelemetryStore

PROTOBUF = {"content-type": "application/x-protobuf"}
JSON = {"content-type": "application/json"}
MIB = 2**20


@dataclass
class Site:
    """A running server and what stands behind it."""

    store: TelemetryStore
    url: str = ""
    port: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)

    def authorise(self, headers):
        return (401, "no token") if headers.get("authorization") == "Bearer wrong" else None


@contextmanager
def serving(store: TelemetryStore) -> Iterator[Site]:
    site = Site(store)
    app = IngestApp(store, authorise=site.authorise, clock=time.time)
    with served(app) as site.url:
        site.port = int(site.url.rpartition(":")[2])
        yield site


@pytest.fixture
def site() -> Iterator[Site]:
    store = TelemetryStore(None, clock=time.time)
    with serving(store) as site:
        yield site
    store.close()


def metrics_json(*points: dict) -> dict:
    data = [{"timeUnixNano": str(time.time_ns()), "asInt": "1", **point} for point in points]
    total = {"aggregationTemporality": 1, "isMonotonic": True, "dataPoints": data}
    return {"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "n", "sum": total}]}]}]}


def event(number: int = 1, **changes) -> dict:
    return {"specversion": "1.0", "id": str(number), "source": "s", "type": "opened", "subject": "u", **changes}


def count(site: Site, text: str) -> float:
    site.store.flush()
    return site.store.count(parse_selector(text), 0, time.time() + 60).value


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
@pytest.mark.parametrize("temporality", [AggregationTemporality.DELTA, AggregationTemporality.CUMULATIVE])
def test_the_official_exporter_is_counted_right(site, compression, temporality):
    exporter = OTLPMetricExporter(
        f"{site.url}/v1/metrics",
        compression=compression,
        preferred_temporality={Counter: temporality, Histogram: temporality},
    )
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=3_600_000)
    provider = MeterProvider([reader], Resource.create({"service.name": "shop"}))
    meter = provider.get_meter("test")
    requests, duration = meter.create_counter("requests"), meter.create_histogram("duration", unit="s")
    for round_number in range(3):
        for number in range(10):
            requests.add(1, {"code": 500 if number == 0 else 200})
            duration.record(0.1 * number * 1000)
        if round_number == 1:
            requests.add(5, {"code": 503})
        assert provider.force_flush()
    provider.shutdown()
    assert count(site, 'requests{service.name="shop"}') == 35
    assert count(site, 'requests{code=~"5.."}') == 8
    median = site.store.quantile(Selector("duration"), 0.5, 0, time.time() + 60)
    assert median.count == 30
    assert median.low <= 400 <= median.high


def test_the_answer_comes_in_the_encoding_of_the_request_and_counts_refused_points(site):
    request = metrics_json({}, {"timeUnixNano": "0"}, {"timeUnixNano": "1"})
    answer = httpx.post(f"{site.url}/v1/metrics", json=request)
    assert answer.status_code == 200
    assert answer.json()["partialSuccess"]["rejectedDataPoints"] == "2"
    assert count(site, "n") == 1
    answer = httpx.post(f"{site.url}/v1/metrics", content=b"", headers=PROTOBUF)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-protobuf"
    assert not ExportMetricsServiceResponse.FromString(answer.content).HasField("partial_success")


def test_events_are_accepted_alone_and_in_batches(site):
    answer = httpx.post(f"{site.url}/v1/events", json=event())
    assert (answer.status_code, answer.content) == (202, b"")
    batch = gzip.compress(json.dumps([event(1), event(2), event(3)]).encode())
    headers = {"content-type": "application/cloudevents-batch+json", "content-encoding": "gzip"}
    assert httpx.post(f"{site.url}/v1/events", content=batch, headers=headers).status_code == 202
    assert count(site, "opened") == 3


def test_a_large_batch_is_taken_as_well(site):
    batch = [event(number, data={"note": "x" * 100}) for number in range(20_000)]
    for content, headers in (
        (json.dumps(batch).encode(), JSON),
        (gzip.compress(json.dumps(batch).encode()), {**JSON, "content-encoding": "gzip"}),
    ):
        assert httpx.post(f"{site.url}/v1/events", content=content, headers=headers).status_code == 202
    assert count(site, "opened") == 20_000


@pytest.mark.parametrize("content", [b"garbage \x00\xff", b"{", b"[" * 50_000, b'{"resourceMetrics": 5}'])
def test_garbage_is_answered_with_400_in_the_form_of_the_protocol(site, content):
    as_json = httpx.post(f"{site.url}/v1/metrics", content=content, headers=JSON)
    assert (as_json.status_code, as_json.json()["code"]) == (400, 3)
    as_protobuf = httpx.post(f"{site.url}/v1/metrics", content=b"\xff" + content, headers=PROTOBUF)
    assert (as_protobuf.status_code, as_protobuf.headers["content-type"]) == (400, "application/x-protobuf")
    # google.rpc.Status: field 1 is the code, field 2 the message.
    assert as_protobuf.content[:3] == b"\x08\x03\x12"
    as_event = httpx.post(f"{site.url}/v1/events", content=content, headers=JSON)
    assert (as_event.status_code, as_event.headers["content-type"]) == (400, "application/problem+json")
    assert as_event.json()["title"]


def test_a_long_message_in_a_protobuf_status_has_a_whole_length(site):
    from google.rpc.status_pb2 import Status

    headers = {"content-type": "application/x-protobuf", "content-encoding": "x" * 300}
    answer = httpx.post(f"{site.url}/v1/metrics", content=b"", headers=headers)
    assert answer.status_code == 415
    status = Status.FromString(answer.content)
    assert status.code == 3
    assert "x" * 300 in status.message


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/v1/metrics", {}, 405),
        ("POST", "/v1/traces", PROTOBUF, 404),
        ("POST", "/v1/metrics", {"content-type": "text/plain"}, 415),
        ("POST", "/v1/metrics", {}, 415),
        ("POST", "/v1/events", {"content-type": "application/x-protobuf"}, 415),
        ("POST", "/v1/events", {**JSON, "content-encoding": "br"}, 415),
        ("POST", "/v1/events", {**JSON, "content-encoding": "gzip"}, 400),
        ("POST", "/v1/metrics", {**JSON, "authorization": "Bearer wrong"}, 401),
    ],
)
def test_what_is_not_possible_is_refused_with_its_status(site, method, path, headers, status):
    assert httpx.request(method, f"{site.url}{path}", content=b"{}", headers=headers).status_code == status


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"{}")[:-9], gzip.compress(b"{}") + b"rest", gzip.compress(b"x") * 1000, b"\x1f\x8b"],
    ids=["cut off", "with a tail", "many members", "head alone"],
)
def test_broken_gzip_is_refused_with_400(site, content):
    headers = {**JSON, "content-encoding": "gzip"}
    assert httpx.post(f"{site.url}/v1/metrics", content=content, headers=headers).status_code == 400


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """A gibibyte of zeros in a mebibyte of gzip."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([*(packer.compress(bytes(MIB)) for _ in range(1024)), packer.flush()])


@pytest.mark.parametrize("path", ["/v1/metrics", "/v1/events"])
def test_a_gzip_bomb_is_refused_in_bounded_memory(site, bomb, path):
    before = psutil.Process().memory_info().rss
    answer = httpx.post(f"{site.url}{path}", content=bomb, headers={**JSON, "content-encoding": "gzip"}, timeout=60)
    assert answer.status_code == 413
    assert psutil.Process().memory_info().rss - before < 400 * MIB


def sent_until_refused(site: Site, head: bytes, chunk: bytes, chunks: int) -> tuple[int, bytes]:
    """Bytes sent before the server closed or answered, and its answer."""
    sent, answer = 0, b""
    with socket.create_connection(("127.0.0.1", site.port), timeout=30) as connection:
        connection.sendall(head)
        try:
            for _ in range(chunks):
                connection.sendall(chunk)
                sent += len(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            while more := connection.recv(65536):
                answer += more
        except ConnectionResetError:
            pass
    return sent, answer


def test_a_body_of_100_mb_is_refused_by_its_declared_length_without_being_read(site):
    head = (
        b"POST /v1/metrics HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\ncontent-length: 100000000\r\n\r\n"
    )
    sent, answer = sent_until_refused(site, head, bytes(65536), 0)
    assert (sent, answer.split(b"\r\n")[0]) == (0, b"HTTP/1.1 413 Request Entity Too Large")


def test_a_body_without_a_length_is_refused_when_it_grows_too_long(site):
    head = (
        b"POST /v1/events HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    )
    chunk = b"100000\r\n" + bytes(MIB) + b"\r\n"
    sent, _ = sent_until_refused(site, head, chunk, 100)
    assert sent < 40 * MIB


def test_an_ordinary_client_that_sends_100_mb_is_told_413(site):
    answer = httpx.post(f"{site.url}/v1/metrics", content=bytes(100_000_000), headers=PROTOBUF, timeout=60)
    assert answer.status_code == 413


def test_a_sender_that_goes_away_in_the_middle_leaves_the_server_well(site):
    with socket.create_connection(("127.0.0.1", site.port)) as connection:
        connection.sendall(b"POST /v1/events HTTP/1.1\r\nhost: t\r\ncontent-length: 50\r\n\r\n{")
    assert httpx.post(f"{site.url}/v1/events", json=event()).status_code == 202


def test_a_full_queue_is_answered_with_503_and_a_time_to_retry():
    with serving(TelemetryStore(None, clock=time.time, capacity=2)) as site:
        # Without its database the store keeps what it has and the queue stays full, as on a full disk.
        site.store._database.close()
        assert httpx.post(f"{site.url}/v1/events", json=[event(1), event(2)]).status_code == 202
        answer = httpx.post(f"{site.url}/v1/events", json=event(3))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        with pytest.raises(StoreError, match="2 rows of telemetry were not written"):
            site.store.close()
