"""Which member of an event's data is its value, and what stays a label."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tminus.errors import IngestError
from tminus.telemetry import Event, decode_events

ORDER = {"order": "amount"}


def decoded(data: dict[str, Any], members: dict[str, str] | None = None) -> Event:
    tree = {"specversion": "1.0", "id": "1", "source": "s", "type": "order", "data": data}
    [event] = decode_events(json.dumps(tree).encode(), "application/json", 0.0, members or {})
    return event


@pytest.mark.parametrize(
    ("data", "members", "value", "labels"),
    [
        ({"amount": 12.5, "country": "DE"}, ORDER, 12.5, {"_value": "amount", "country": "DE"}),
        ({"amount": 3}, ORDER, 3.0, {"_value": "amount"}),
        ({"amount": -3}, ORDER, -3.0, {"_value": "amount"}),
        ({"amount": 12.5, "value": 7}, ORDER, 12.5, {"_value": "amount", "value": "7"}),
        ({"amount": 12.5, "value": 7}, {}, 7.0, {"_value": "value", "amount": "12.5"}),
        ({"amount": 12.5}, {"refund": "amount"}, None, {"amount": "12.5"}),
        ({"amount": "12.5"}, ORDER, None, {"amount": "12.5"}),
        ({"amount": True}, ORDER, None, {"amount": "true"}),
        ({"amount": None}, ORDER, None, {}),
        ({"status": 500}, ORDER, None, {"status": "500"}),
        ({}, ORDER, None, {}),
    ],
)
def test_the_member_that_the_plan_names_is_the_value_and_no_label(data, members, value, labels):
    event = decoded(data, members)
    assert (event.value, dict(event.labels)) == (value, labels)


@pytest.mark.parametrize("amount", [2e15, -2e15, 10**40])
def test_a_number_too_large_to_be_added_up_is_refused_with_its_place(amount):
    with pytest.raises(IngestError, match=r"data\.amount is too large") as refused:
        decoded({"amount": amount}, ORDER)
    assert refused.value.status == 400
