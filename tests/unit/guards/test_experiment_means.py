from __future__ import annotations

import math

import numpy as np
import pytest

from tminus.errors import UsageError
from tminus.guards.experiment import Moments, compare_means
from tminus.guards.experiment_means import FIRST_LOOK, TUNED_FOR, boundary


def drawn(level: float, seed: int, users: int = 4000, slope: float = 0.0, covered: float = 1.0) -> Moments:
    rng = np.random.default_rng(seed)
    before = rng.normal(5.0, 1.0, users)
    values = level + slope * (before - 5) + rng.normal(0.0, 1.0, users)
    known = rng.random(users) < covered
    return Moments.of(list(values), [x if one else None for x, one in zip(before, known, strict=True)])


def test_moments_are_sums_and_add_up_user_by_user() -> None:
    whole = Moments.of([1.0, 2.0, 4.0], [3.0, None, 5.0])
    assert whole == Moments(3, 7.0, 21.0, 8.0, 34.0, 23.0, 2)
    assert Moments.of([1.0, 2.0], [3.0, None]) + Moments.of([4.0], [5.0]) == whole


def test_the_boundary_is_that_of_the_paper_and_least_where_it_is_tuned_in_standard_errors() -> None:
    squared = (-2 * math.log(0.05) + math.log(-2 * math.log(0.05) + 1)) / TUNED_FOR
    users = 1000
    spent = users * squared
    radius = math.sqrt(2 * (spent + 1) / (users**2 * squared) * math.log(math.sqrt(spent + 1) / 0.05))
    assert boundary(users, 0.05) == pytest.approx(radius * math.sqrt(users))
    widths = {times: boundary(round(TUNED_FOR * times), 0.05) for times in (0.5, 1, 2)}
    assert min(widths, key=widths.__getitem__) == 1


def test_without_a_covariate_it_is_welchs_difference_with_a_wider_interval() -> None:
    control, treatment = Moments.of([1.0, 3.0] * 500), Moments.of([2.0, 6.0] * 400)
    one = compare_means(control, treatment)
    error = math.sqrt(1000 / 999 / 1000 + 4 * 800 / 799 / 800)
    assert (one.difference, one.control_value, one.treatment_value) == (2.0, 2.0, 4.0)
    assert one.high - one.difference == pytest.approx(boundary(1800, 0.05) * error)
    assert (one.variance_reduction, one.asymptotic) == (0.0, True)


def test_a_covariate_that_explains_the_outcome_narrows_the_interval() -> None:
    plain = compare_means(drawn(3.0, 1, slope=3.0, covered=0.0), drawn(3.1, 2, slope=3.0, covered=0.0))
    better = compare_means(drawn(3.0, 1, slope=3.0), drawn(3.1, 2, slope=3.0))
    assert better.variance_reduction == pytest.approx(0.9, abs=0.01)
    assert better.high - better.low == pytest.approx((plain.high - plain.low) * math.sqrt(0.1), rel=0.05)
    assert better.treatment_value - better.control_value == pytest.approx(better.difference)


def test_a_covariate_brings_the_difference_nearer_to_the_truth() -> None:
    errors = {0.0: 0.0, 1.0: 0.0}
    for seed in range(0, 60, 2):
        for covered in errors:
            one = compare_means(*(drawn(3.0, seed + i, users=500, slope=3.0, covered=covered) for i in (0, 1)))
            errors[covered] += one.difference**2
    assert errors[1.0] < 0.25 * errors[0.0]


def test_the_effect_itself_does_not_bend_the_slope() -> None:
    small, large = (compare_means(drawn(3.0, 1, slope=3.0), drawn(level, 2, slope=3.0)) for level in (3.1, 103.1))
    assert large.difference == pytest.approx(small.difference + 100, rel=1e-6)


def test_a_covariate_in_one_arm_only_is_not_used() -> None:
    one = compare_means(drawn(3.0, 1, slope=3.0), drawn(3.1, 2, slope=3.0, covered=0.0))
    assert one.variance_reduction == 0.0


def test_users_without_a_covariate_count_as_nothing_before_and_do_no_harm() -> None:
    half = compare_means(drawn(3.0, 1, slope=3.0, covered=0.5), drawn(3.1, 2, slope=3.0, covered=0.5))
    assert 0 <= half.variance_reduction < 0.9
    assert half.low < 0.1 < half.high


def test_a_covariate_that_is_the_same_for_all_changes_nothing() -> None:
    values = [float(i % 7) for i in range(1000)]
    plain = compare_means(Moments.of(values), Moments.of(values))
    same = compare_means(Moments.of(values, [0.1] * 1000), Moments.of(values, [0.1] * 1000))
    assert (same.low, same.high) == pytest.approx((plain.low, plain.high), rel=1e-6)


def test_too_few_users_for_a_central_limit_theorem_leave_no_limits() -> None:
    few = Moments.of([1.0, 2.0] * (FIRST_LOOK // 2 - 1))
    for control in (few, Moments.of([]), Moments.of([1.0])):
        one = compare_means(control, few)
        assert (one.low, one.high, one.relative_low, one.relative_high) == (-math.inf, math.inf, -math.inf, math.inf)


def test_a_control_mean_that_may_be_zero_leaves_the_ratio_open() -> None:
    one = compare_means(drawn(0.01, 1), drawn(1.0, 2))
    assert (one.relative_low, one.relative_high) == (-math.inf, math.inf)
    assert 0.8 < one.low < one.high < 1.2


def test_a_negative_mean_is_compared_by_its_size() -> None:
    one = compare_means(drawn(-10.0, 1), drawn(-9.0, 2))
    assert one.relative_low < 0.1 < one.relative_high
    assert one.relative_low > 0.08


def test_ratio_and_difference_agree_on_which_arm_is_ahead() -> None:
    for level in np.linspace(2.8, 3.2, 21):
        one = compare_means(drawn(3.0, 1, slope=1.0), drawn(float(level), 2, slope=1.0))
        assert (one.low > 0, one.high < 0) == (one.relative_low > 0, one.relative_high < 0)


@pytest.mark.parametrize(
    "sums", [(1, math.nan, 1.0), (1, 1.0, math.inf), (1, 1.0, -1.0), (-1, 0.0, 0.0), (1, 1.0, 1.0, 0.0, 0.0, 0.0, 2)]
)
def test_sums_that_no_users_have_are_refused(sums: tuple[float, ...]) -> None:
    with pytest.raises(UsageError, match="cannot have these sums"):
        Moments(*sums)  # type: ignore[arg-type]
