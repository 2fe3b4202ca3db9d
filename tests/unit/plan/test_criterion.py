"""Criteria: the grammar, and errors that name the token and the fix."""

from __future__ import annotations

import pytest

from tminus.plan.criterion import Arm, Change, Comparator, parse_criterion
from tminus.plan.quantity import Dimension


def test_a_criterion_reads_with_all_its_parts() -> None:
    criterion = parse_criterion("canary api_response p95 < 500ms over 24h for 2m")
    assert (criterion.metric, criterion.aggregate, criterion.arm) == ("api_response", "p95", Arm.CANARY)
    assert (criterion.comparator, criterion.target.value, criterion.target.dimension) == ("<", 0.5, Dimension.TIME)
    assert criterion.window is not None
    assert criterion.hold_for is not None
    assert (criterion.window.seconds, criterion.hold_for.seconds) == (86400, 120)
    assert str(criterion) == "canary api_response p95 < 500ms over 24h for 2m"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("<", "<"), ("<=", "<="), ("≤", "<="), (">", ">"), (">=", ">="), ("≥", ">="), ("=", "="), ("==", "=")],
)
def test_every_spelling_of_a_comparator_is_known(written: str, meant: str) -> None:
    assert parse_criterion(f"x {written} 1%").comparator == meant
    assert parse_criterion(f"x{written}1%").comparator == meant


@pytest.mark.parametrize("aggregate", ["p50", "p95", "p99", "p99.9", "mean", "max", "min", "sum", "count"])
def test_every_aggregate_is_known(aggregate: str) -> None:
    assert parse_criterion(f"x {aggregate} < 3s").aggregate == aggregate


def test_the_median_is_the_fiftieth_percentile() -> None:
    assert parse_criterion("x median < 3s").aggregate == "p50"


def test_zero_asks_for_none_at_all() -> None:
    criterion = parse_criterion("zero canary critical_bugs over 7d")
    assert (criterion.comparator, criterion.target.value, criterion.arm) == (Comparator.AT_MOST, 0, Arm.CANARY)


def test_a_metric_may_be_called_canary_or_control() -> None:
    assert parse_criterion("canary < 1%").metric == "canary"
    assert parse_criterion("control >= 2").metric == "control"


@pytest.mark.parametrize(
    ("text", "comparator", "change", "amount"),
    [
        ("x +15% vs baseline", ">=", Change.RELATIVE, 0.15),
        ("x -20% vs baseline", "<=", Change.RELATIVE, -0.2),
        ("x +5pp vs baseline", ">=", Change.POINTS, 0.05),
        ("x <= +10% vs. baseline over 1d", "<=", Change.RELATIVE, 0.1),
    ],
)
def test_a_change_is_held_against_the_baseline(text: str, comparator: str, change: Change, amount: float) -> None:
    criterion = parse_criterion(text)
    assert (criterion.comparator, criterion.change) == (comparator, change)
    assert criterion.target.value == pytest.approx(amount)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("items 8..12", 8, 12), ("items = 8..12", 8, 12), ("rate 1..2%", 0.01, 0.02), ("bet $25..50", 25, 50),
        ("items in 8..12", 8, 12), ("wait 100..250ms", 0.1, 0.25),
    ],
)  # fmt: skip
def test_a_range_has_both_ends_in_one_unit(text: str, low: float, high: float) -> None:
    criterion = parse_criterion(text)
    assert criterion.comparator is Comparator.WITHIN
    assert criterion.upper is not None
    assert [criterion.target.value, criterion.upper.value] == pytest.approx([low, high])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x =< 1%", "`=<` is no comparator: write <="),
        ("x => 1%", "`=>` is no comparator: write >="),
        ("x != 1%", "say what must hold"),
        ("x avg < 1s", "`avg` is no aggregate: write mean"),
        ("x p100 < 1s", "`p100` is no aggregate: write max"),
        ("x 95th < 1s", "write p95"),
        ("x meen < 1s", "write mean"),
        ("error rate < 1%", "error_rate"),
        ("p95 x < 3s", "write x p95 < 3s"),
        ("x below 3s", "write x < VALUE"),
        ("x 500ms", "before `500ms` a comparator is missing"),
        ("x <", "after `<` comes a value"),
        ("x", "compared with nothing"),
        ("", "a criterion is missing"),
        ("< 1%", "starts with the name of a metric"),
        ("x < 5 parsecs", "parsecs is no unit of time"),
        ("x < 1% for 2", "after `for`: 2 has no unit"),
        ("x < 1% over", "after `over` comes a duration"),
        ("x < 1% for 1m for 2m", "`for` stands twice"),
        ("x +15%", r"write \+15% vs baseline"),
        ("x +15% vs control", "`vs control` is not possible"),
        ("x vs baseline", "`vs` needs a change"),
        ("x < baseline", "has no change"),
        ("no bugs", "write zero bugs"),
        ("zero bugs < 3", "comes nothing more"),
        ("x 12..8", r"write 8\.\.12"),
        ("x 1s..2%", "one unit"),
        ("x < 1..2", "do not go together"),
    ],
)
def test_an_error_names_the_token_and_the_fix(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        parse_criterion(text)
    assert "\n" not in str(caught.value)


def test_the_key_is_the_same_however_the_criterion_is_spelled() -> None:
    assert parse_criterion("x  <=  0.1%  for 2m").key == parse_criterion("x ≤ 0.1 % for 120s").key
    assert parse_criterion("canary x p95 < 500ms").key == "canary:x.p95<0.5"


def test_criteria_that_ask_different_things_have_different_keys() -> None:
    texts = [
        "x < 1%", "x <= 1%", "canary x < 1%", "x p95 < 1%", "x < 1% over 1h", "x < 1% for 1h", "x 1..2%",
        "x >= +1% vs baseline", "x >= +1pp vs baseline", "x >= 1%",
    ]  # fmt: skip
    keys = [parse_criterion(text).key for text in texts] + [parse_criterion("x < 1%", point=True).key]
    assert len(set(keys)) == len(keys)
