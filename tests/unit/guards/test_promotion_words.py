"""What a stage says about what it has shown."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from tminus.guards.model import Counts, Harm
from tminus.guards.promotion import PromotionReading, PromotionSettings, begin, earn, promotion, seconds_left, sentence

READING = PromotionReading(False, 1.0, 3.0, 1.64, 100, 1, 900, 9, margin=1.5, beta=0.05)


def test_the_bound_what_is_asked_for_and_the_time_are_one_sentence() -> None:
    assert sentence(READING, 700.0) == (
        "in error rate the canary is at most 1.7 times as bad as the control, with 95 % confidence; "
        "1.5 times is asked for, about 12 min more"
    )


@pytest.mark.parametrize(
    ("upper", "said"), [(1.02, "1.1"), (1.5, "1.5"), (1.501, "1.6"), (9.91, "10"), (34.2, "35"), (100.0, "100")]
)
def test_a_bound_is_rounded_up_so_that_it_is_not_promised_to_be_smaller(upper: float, said: str) -> None:
    assert f"at most {said} times" in sentence(replace(READING, upper=upper), None)


@pytest.mark.parametrize(
    ("seconds", "said"), [(8.2, "9 s"), (89.0, "89 s"), (90.0, "2 min"), (5400.0, "2 h"), (2e5, "3 d"), (0.0, "0 s")]
)
def test_the_time_left_is_said_in_one_unit(seconds: float, said: str) -> None:
    assert sentence(READING, seconds).endswith(f"about {said} more")


def test_where_nothing_is_shown_nothing_is_claimed() -> None:
    assert sentence(replace(READING, upper=inf), None, "crash rate") == (
        "nothing is shown yet of the canary's crash rate; at most 1.5 times as bad as the control is asked for, "
        "how long that takes cannot be said yet"
    )


def test_what_is_shown_was_asked_for() -> None:
    assert sentence(replace(READING, shown=True, by="control", upper=1.5), 0.0) == (
        "in error rate the canary is at most 1.5 times as bad as the control, with 95 % confidence; 1.5 times was asked for"
    )


def test_successes_are_said_as_what_is_left_of_them() -> None:
    few = replace(READING, harm=Harm.FEWER, margin=1.25, upper=1.7)
    assert sentence(few, 60.0, "conversion") == (
        "of conversion the canary has at least 58 % of what the control has, with 95 % confidence; "
        "80 % is asked for, about 60 s more"
    )


def test_a_ceiling_says_itself() -> None:
    settings = PromotionSettings(2.0, ceiling=0.003)
    state = earn(settings, begin(settings), Counts(16_000, 0, 4_000, 0))
    assert sentence(promotion(settings, state), seconds_left(settings, state, 60.0)) == (
        "in error rate the canary is below 0.3 %, with 95 % confidence; 2 times or a rate below 0.3 % was asked for"
    )
    assert "above 0.3 %" in sentence(replace(READING, harm=Harm.FEWER, ceiling=0.003), None)
