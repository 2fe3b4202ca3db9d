"""Deterministic CBOR, against the examples of RFC 8949, appendix A."""

from __future__ import annotations

from typing import Any

import pytest

from tminus.flags.cbor import encode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "00"),
        (10, "0a"),
        (23, "17"),
        (24, "1818"),
        (1000, "1903e8"),
        (1000000, "1a000f4240"),
        (1000000000000, "1b000000e8d4a51000"),
        (18446744073709551615, "1bffffffffffffffff"),
        (-1, "20"),
        (-100, "3863"),
        (-1000, "3903e7"),
        (1.1, "fb3ff199999999999a"),
        (1.5, "f93e00"),
        (3.4028234663852886e38, "fa7f7fffff"),
        (1.0e300, "fb7e37e43c8800759c"),
        (5.960464477539063e-8, "f90001"),
        (0.00006103515625, "f90400"),
        (-4.1, "fbc010666666666666"),
        (False, "f4"),
        (None, "f6"),
        ("", "60"),
        ("IETF", "6449455446"),
        ("ü", "62c3bc"),
        ([], "80"),
        ([1, [2, 3], [4, 5]], "8301820203820405"),
        ({}, "a0"),
        ({"b": [2, 3], "a": 1}, "a26161016162820203"),
    ],
)
def test_the_bytes_are_those_of_the_standards_examples(value: Any, expected: str) -> None:
    assert encode(value).hex() == expected


@pytest.mark.parametrize(("one", "same"), [(1.0, 1), (-2.0, -2), (-0.0, 0), (2.0**63, 2**63), (10**20, 1e20)])
def test_a_number_is_the_same_however_it_is_written(one: float, same: float) -> None:
    assert encode(one) == encode(same)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400])
def test_a_number_that_json_has_not_has_no_bytes(value: float) -> None:
    with pytest.raises(ValueError, match="NaN"):
        encode(value)


def test_what_is_no_json_has_no_bytes() -> None:
    with pytest.raises(TypeError, match="set"):
        encode({1})
