"""Durations and quantities: what people write, what it means, and how it is said back."""

from __future__ import annotations

import pytest

from tminus.plan.quantity import (
    Dimension,
    format_duration,
    format_percent,
    format_quantity,
    parse_duration,
    parse_quantity,
    parse_span,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2m", 120), ("1w", 604800), ("90s", 90), ("1h30m", 5400), ("250ms", 0.25), ("2 weeks", 1209600),
        ("1d", 86400), ("4 h 10 min", 15000), ("1.5h", 5400), ("1,000ms", 1), ("0s", 0), (" 10 seconds ", 10),
    ],
)  # fmt: skip
def test_a_duration_reads_as_its_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text).seconds == pytest.approx(seconds)


def test_a_duration_keeps_the_words_of_the_plan() -> None:
    assert str(parse_duration("2 weeks")) == "2 weeks"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("5", "write 5s, 5m, 5h or 5d"),
        ("-2m", "negative"),
        ("2 months", "write days or weeks"),
        ("3 fortnights", "fortnights is no unit of time"),
        ("soon", "write one such as 90s"),
        ("", "a duration is missing"),
        ("2m later", "is no duration"),
        ("9" * 400 + "s", "century"),
        ("1e9s", "is no unit of time"),
    ],
)
def test_what_is_no_duration_is_refused_in_one_line(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        parse_duration(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_a_span_has_two_ends_or_one() -> None:
    assert (parse_span("1w..2w").shortest.seconds, parse_span("1w..2w").longest.seconds) == (604800, 1209600)
    assert parse_span("2w").shortest == parse_span("2w").longest
    assert (str(parse_span("1w..2w")), str(parse_span("2w"))) == ("1w..2w", "2w")


def test_a_span_that_ends_before_it_starts_is_turned_round() -> None:
    with pytest.raises(ValueError, match=r"write 1w\.\.2w"):
        parse_span("2w..1w")


@pytest.mark.parametrize(
    ("text", "value", "dimension"),
    [
        ("99.9%", 0.999, Dimension.RATIO), ("0.1 %", 0.001, Dimension.RATIO), ("500ms", 0.5, Dimension.TIME),
        ("2s", 2, Dimension.TIME), ("3 minutes", 180, Dimension.TIME), ("50/day", 50 / 86400, Dimension.RATE),
        ("50 per day", 50 / 86400, Dimension.RATE), ("100/s", 100, Dimension.RATE), ("1k/min", 1000 / 60, Dimension.RATE),
        ("$25", 25, Dimension.MONEY), ("€10k", 10_000, Dimension.MONEY), ("25 CHF", 25, Dimension.MONEY),
        ("-$1,200.50", -1200.5, Dimension.MONEY), ("4.5/5", 4.5, Dimension.SCORE), ("4 of 5", 4, Dimension.SCORE),
        ("1,000", 1000, Dimension.COUNT), ("30", 30, Dimension.COUNT), ("2M", 2e6, Dimension.COUNT),
        ("-3", -3, Dimension.COUNT),
    ],
)  # fmt: skip
def test_a_quantity_reads_in_base_units(text: str, value: float, dimension: Dimension) -> None:
    quantity = parse_quantity(text)
    assert quantity.value == pytest.approx(value)
    assert quantity.dimension is dimension
    assert str(quantity) == text


def test_a_quantity_remembers_its_scale_and_its_currency() -> None:
    assert parse_quantity("4.5/5").scale == 5
    assert parse_quantity("€10k").currency == "€"


def test_a_tenth_of_a_percent_is_the_same_float_as_a_thousandth() -> None:
    assert parse_quantity("0.1%").value == 0.001


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fast", "is no value"), ("", "is no value"), ("6/5", "outside its scale of 0 to 5"), ("0/0", "outside"),
        ("50/fortnight", "no known unit of time"), ("5 parsecs", "is no unit of time"), ("1,00", "is no value"),
        ("9" * 400, "too large"), ("1..2", "is no value"),
    ],
)  # fmt: skip
def test_what_is_no_quantity_is_refused_in_one_line(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_quantity(text)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.31, "310 ms"), (0, "0 s"), (0.0005, "0.5 ms"), (0.9999, "1 s"), (1.5, "1.5 s"), (59.99, "1 min"), (90, "1 min 30 s"),
        (15000, "4 h 10 min"), (3599.9, "1 h"), (86400, "1 d"), (604800, "1 w"), (8 * 86400, "1 w 1 d"), (-90, "-1 min 30 s"),
    ],
)  # fmt: skip
def test_a_duration_is_said_in_its_two_largest_units(seconds: float, said: str) -> None:
    assert format_duration(seconds) == said


@pytest.mark.parametrize(
    ("value", "dimension", "said"),
    [
        (0.0012, Dimension.RATIO, "0.12 %"), (0.9995, Dimension.RATIO, "99.95 %"), (1.0, Dimension.RATIO, "100 %"),
        (0.123456, Dimension.RATIO, "12.3 %"), (0.31, Dimension.TIME, "310 ms"), (50 / 86400, Dimension.RATE, "50/day"),
        (100, Dimension.RATE, "100/s"), (1234567, Dimension.COUNT, "1,234,567"), (0, Dimension.COUNT, "0"),
        (float("nan"), Dimension.RATIO, "nan"), (0.0000012, Dimension.RATIO, "0.00012 %"), (4.5, Dimension.SCORE, "4.5"),
    ],
)  # fmt: skip
def test_a_quantity_is_said_as_people_read_it(value: float, dimension: Dimension, said: str) -> None:
    assert format_quantity(value, dimension) == said


def test_a_share_keeps_what_matters() -> None:
    assert [format_percent(share) for share in (0.15, 0.005, 1.0, 0.0)] == ["15 %", "0.5 %", "100 %", "0 %"]
    assert [format_percent(share) for share in (1 / 3, 0.9995)] == ["33.3 %", "99.95 %"]


def test_money_and_scores_are_said_with_their_currency_and_scale() -> None:
    assert format_quantity(-25, Dimension.MONEY, currency="$") == "-$25"
    assert format_quantity(25, Dimension.MONEY, currency="CHF") == "25 CHF"
    assert format_quantity(4.5, Dimension.SCORE, scale=5) == "4.5/5"
