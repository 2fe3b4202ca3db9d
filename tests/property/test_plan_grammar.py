"""The grammar of values and criteria, for any value: what is written reads back, and nothing crashes."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tminus.plan.criterion import parse_criterion
from tminus.plan.quantity import (
    Dimension,
    format_duration,
    format_quantity,
    parse_duration,
    parse_quantity,
    parse_span,
)
from tminus.plan.selector import parse_selector

_NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,12}", fullmatch=True).filter(
    lambda name: name not in ("canary", "control", "zero", "no", "none", "never", "over", "for", "count", "sum")
)
_TOKENS = st.sampled_from(
    [
        *("error_rate", "canary", "control", "zero", "p95", "mean", "<", "<=", "=<", ">", ">=", "=", ".."),
        *("1%", "500ms", "$25", "50/day", "+15%", "vs", "baseline", "over", "for", "2m", "1w", "-5pp", "4.5/5"),
    ]
)


@given(st.floats(min_value=1e-3, max_value=3e8))
def test_a_duration_said_back_reads_within_a_unit_of_what_it_was(seconds: float) -> None:
    assert parse_duration(format_duration(seconds)).seconds == pytest.approx(seconds, rel=0.08)


@given(st.floats(min_value=1e-6, max_value=1e6), st.sampled_from([Dimension.RATIO, Dimension.TIME, Dimension.RATE]))
def test_a_quantity_said_back_reads_as_nearly_the_same(value: float, dimension: Dimension) -> None:
    found = parse_quantity(format_quantity(value, dimension))
    assert found.dimension is dimension
    # `1 w 1 d` is rounded to whole days: up to half a day of a week.
    assert found.value == pytest.approx(value, rel=0.08)


@given(st.integers(0, 10**9), st.sampled_from(["ms", "s", "m", "h"]))
def test_a_span_of_one_length_equals_that_length(count: int, unit: str) -> None:
    text = f"{count % 10_000}{unit}"
    assert parse_span(text).shortest == parse_duration(text)


@given(
    _NAMES,
    st.sampled_from(["", "p50 ", "p99.9 ", "mean "]),
    st.sampled_from(["<", "<=", ">", ">=", "="]),
    st.sampled_from(["0.1%", "500ms", "50/day", "$25", "4.5/5", "1,000"]),
    st.sampled_from(["", " over 24h"]),
    st.sampled_from(["", " for 2m"]),
    st.sampled_from(["", "canary ", "control "]),
)
def test_every_well_formed_criterion_reads_and_keeps_its_text(
    name: str, aggregate: str, comparator: str, value: str, over: str, lasts: str, arm: str
) -> None:
    text = f"{arm}{name} {aggregate}{comparator} {value}{over}{lasts}"
    criterion = parse_criterion(text)
    assert (criterion.text, criterion.metric, criterion.comparator) == (text, name, comparator)
    assert criterion.key == parse_criterion(criterion.text).key
    assert (criterion.aggregate or "") == aggregate.strip()


@given(st.one_of(st.text(max_size=60), st.lists(_TOKENS, max_size=9).map(" ".join)))
def test_any_text_reads_or_is_refused_in_one_short_line(text: str) -> None:
    for parse in (parse_criterion, parse_duration, parse_quantity, parse_span, parse_selector):
        with contextlib.suppress(ValueError):
            parse(text)
