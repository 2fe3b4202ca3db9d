"""CloudEvents bodies into events."""

from __future__ import annotations

import json

import pytest

from tminus.errors import IngestError
from tminus.telemetry import Event, decode_events

SINGLE, BATCH, PLAIN = "application/cloudevents+json", "application/cloudevents-batch+json", "application/json"
NOW = 1_800_000_000.0


def event(**changes) -> dict:
    members = {"specversion": "1.0", "id": "1", "source": "/shop", "type": "opened", "subject": "u1"}
    return {name: value for name, value in {**members, **changes}.items() if value is not None}


def decode(tree, content_type=PLAIN):
    return decode_events(json.dumps(tree).encode(), content_type, NOW)


def test_an_event_is_read_with_its_time_and_labels():
    data = {"region": "US", "paid": True, "items": 3, "price": 2.5, "coupon": None}
    [found] = decode(event(time="2026-01-12T09:00:00.5+01:00", data=data), SINGLE)
    labels = (("items", "3"), ("paid", "true"), ("price", "2.5"), ("region", "US"))
    assert found == Event("1", "/shop", "opened", 1768204800.5, "u1", labels, dated=True)


def test_an_event_without_a_time_is_of_now_and_without_a_subject_of_nobody():
    assert decode(event(subject=None)) == [Event("1", "/shop", "opened", NOW, "", (), dated=False)]


@pytest.mark.parametrize("content_type", [BATCH, PLAIN, BATCH + "; charset=utf-8"])
def test_a_batch_is_read_in_order(content_type):
    assert [found.id for found in decode([event(id="1"), event(id="2")], content_type)] == ["1", "2"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"id": ""}, "id is missing"),
        ({"source": None}, "source is missing"),
        ({"type": 5}, "type must be text"),
        ({"subject": ["u1"]}, "subject must be text"),
        ({"time": "yesterday"}, "RFC 3339"),
        ({"time": "2026-01-12T09:00:00"}, "offset"),
        ({"time": 5}, "RFC 3339"),
        ({"data": {"cart": {"items": 3}}}, "data.cart is not a plain value"),
        ({"data": "text"}, "flat object"),
        ({"data_base64": "AAAA"}, "flat object"),
        ({"data": {str(number): 1 for number in range(65)}}, "at most 64"),
    ],
)
def test_a_wrong_event_is_refused_by_its_place_in_the_batch(changes, message):
    with pytest.raises(IngestError, match=message) as refused:
        decode([event(), event(**changes)])
    assert refused.value.status == 400
    assert str(refused.value).startswith("event 1")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", PLAIN),
        (b"{", PLAIN),
        (b"[" * 100_000, PLAIN),
        (b"5", PLAIN),
        (b"[5]", PLAIN),
        (b"\xff\xfe", PLAIN),
        (b'"\\ud800"', PLAIN),
        (b"[]", SINGLE),
        (b"{}", BATCH),
        (b'{"specversion": "1.0", "id": "\xff"}', PLAIN),
        (json.dumps(event(time="0001-01-01T00:00:00+14:00")).encode(), PLAIN),
    ],
)
def test_garbage_is_refused_with_400(body, content_type):
    with pytest.raises(IngestError) as refused:
        decode_events(body, content_type, NOW)
    assert refused.value.status == 400


def test_another_content_type_is_refused_with_415():
    with pytest.raises(IngestError) as refused:
        decode_events(b"{}", "text/plain", NOW)
    assert refused.value.status == 415
