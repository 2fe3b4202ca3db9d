from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tminus.errors import UsageError
from tminus.guards.experiment import (
    Comparison,
    Goal,
    Moments,
    Proportion,
    Verdict,
    VerdictKind,
    compare_means,
    compare_proportions,
    shared,
    verdict,
)

SEEN = Comparison(0.011, -0.003, 0.025, 0.0157, -0.004, 0.0351, 0.701, 0.712, 50_000, 50_000, False, 0.0)


def test_not_worse_is_said_with_all_its_figures() -> None:
    said = verdict(SEEN, Goal.MORE, margin=0.02, noun="retention", arm="B")
    assert said.kind is VerdictKind.NOT_WORSE
    assert said.users_needed == 0
    assert said.sentence == (
        "B's retention is 71.2 % against 70.1 % (+1.6 %, between -0.4 % and +3.5 % with 95 % confidence): "
        "not worse by more than 2 %"
    )


@pytest.mark.parametrize(
    ("low", "high", "goal", "margin", "kind"),
    [
        (0.01, 0.03, Goal.MORE, 0.02, "better"),
        (0.01, 0.03, Goal.FEWER, 0.0, "worse"),
        (0.01, 0.03, Goal.FEWER, 0.05, "not-worse"),
        (0.01, 0.03, Goal.FEWER, 0.02, "undecided"),
        (0.021, 0.03, Goal.FEWER, 0.02, "worse"),
        (-0.03, -0.01, Goal.FEWER, 0.02, "better"),
        (-0.03, 0.01, Goal.MORE, 0.0, "undecided"),
        (-0.03, 0.01, Goal.MORE, 0.02, "undecided"),
        (-0.01, 0.03, Goal.MORE, 0.02, "not-worse"),
        (0.0, 0.03, Goal.MORE, 0.0, "undecided"),
        (-0.03, -0.021, Goal.MORE, 0.02, "worse"),
    ],
)
def test_the_interval_the_goal_and_the_margin_decide(
    low: float, high: float, goal: Goal, margin: float, kind: str
) -> None:
    seen = replace(SEEN, low=low, high=high, relative_low=low, relative_high=high)
    assert verdict(seen, goal, margin=margin).kind == kind


def test_a_doubt_about_the_sample_is_the_verdict_whatever_the_interval_says() -> None:
    said = verdict(SEEN, Goal.MORE, margin=0.02, doubt="6.1 % have the new variant, 5 % should")
    assert (said.kind, said.sentence, said.users_needed) == (
        VerdictKind.INCONCLUSIVE,
        "6.1 % have the new variant, 5 % should",
        None,
    )


def test_an_arm_without_users_is_said() -> None:
    said = verdict(compare_proportions(Proportion(5, 1), Proportion(0, 0)), Goal.MORE, arm="green")
    assert (said.kind, said.sentence) == (VerdictKind.UNDECIDED, "no users of green counted yet")
    said = verdict(compare_proportions(Proportion(0, 0), Proportion(5, 1)), Goal.MORE, arm="green")
    assert said.sentence == "no users of the control counted yet"


def test_a_mean_of_few_users_says_from_when_on_it_is_judged() -> None:
    said = verdict(compare_means(Moments.of([1.0] * 30), Moments.of([1.0] * 20)), Goal.MORE)
    assert said.kind is VerdictKind.UNDECIDED
    assert said.sentence == "20 users in the smaller arm, a mean is judged from 200 on"


def test_a_mean_is_said_in_its_unit() -> None:
    slower = compare_means(Moments.of([280.0, 320.0] * 2000), Moments.of([330.0, 370.0] * 2000))
    said = verdict(slower, Goal.FEWER, margin=0.05, noun="load time", arm="big", unit="ms")
    assert said.kind is VerdictKind.WORSE
    assert said.sentence.startswith("big's load time is 350 ms against 300 ms (+16.7 %, between +16")
    assert said.sentence.endswith("with 95 % confidence): worse by more than 5 %")


def test_a_control_without_hits_is_said_in_points() -> None:
    said = verdict(compare_proportions(Proportion(2000, 0), Proportion(2000, 100)), Goal.MORE, noun="sales")
    assert said.kind is VerdictKind.BETTER
    assert said.sentence.startswith("B's sales is 5.0 % against 0.0 % (a difference between +")
    assert " points with 95 % confidence): better" in said.sentence


def test_small_shares_keep_two_figures_and_nothing_has_no_sign() -> None:
    said = verdict(replace(SEEN, control_value=0.00012, treatment_value=0.000123, relative=-0.0001), Goal.MORE)
    assert said.sentence.startswith("B's value is 0.012 % against 0.012 % (0.0 %, between -0.4 %")


@pytest.mark.parametrize(
    ("goal", "margin", "rates"),
    [
        (Goal.MORE, 0.02, (0.70, 0.70)),
        (Goal.MORE, 0.0, (0.70, 0.73)),
        (Goal.FEWER, 0.02, (0.70, 0.70)),
        (Goal.MORE, 0.02, (0.70, 0.66)),
        (Goal.FEWER, 0.10, (0.05, 0.05)),
    ],
)
@pytest.mark.parametrize("users", [1000, 4000])
def test_about_as_many_more_as_are_said_to_be_needed_decide_it(
    goal: Goal, margin: float, rates: tuple[float, float], users: int
) -> None:
    def said(size: int) -> Verdict:
        arms = [Proportion(size, round(size * rate)) for rate in rates]
        return verdict(compare_proportions(*arms), goal, margin=margin)

    now = said(users)
    assert now.kind is VerdictKind.UNDECIDED
    assert now.users_needed is not None
    needed = users + now.users_needed
    assert said(round(1.15 * needed)).kind is not VerdictKind.UNDECIDED
    assert said(round(0.85 * needed)).kind is VerdictKind.UNDECIDED


def test_no_difference_at_all_is_never_decided_without_a_margin() -> None:
    said = verdict(compare_proportions(Proportion(1000, 700), Proportion(1000, 700)), Goal.MORE)
    assert said.users_needed is None
    assert said.sentence.endswith("undecided, and more users would hardly decide it at this difference")


def test_an_undecided_verdict_says_about_how_many_users_decide_it() -> None:
    said = verdict(compare_proportions(Proportion(4000, 2800), Proportion(4000, 2800)), Goal.MORE, margin=0.02)
    assert said.sentence.endswith("undecided; at this difference about 20,000 more users of B decide it")


@pytest.mark.parametrize("margin", [-0.01, 1.0, math.nan])
def test_a_margin_that_is_none_is_refused(margin: float) -> None:
    with pytest.raises(UsageError, match="the margin is"):
        verdict(SEEN, Goal.MORE, margin=margin)


def test_comparisons_share_one_alpha() -> None:
    assert shared(0.05, 4) == 0.0125
    for alpha, count in ((0.05, 0), (0.0, 2), (1.0, 2)):
        with pytest.raises(UsageError):
            shared(alpha, count)


def test_about_as_many_more_as_are_said_to_be_needed_decide_means_too() -> None:
    def said(size: int) -> Verdict:
        arms = [Moments.of([1.0, 3.0, 8.0, 0.0] * (size // 4)) for _ in range(2)]
        return verdict(compare_means(*arms), Goal.MORE, margin=0.05)

    now = said(1000)
    assert now.users_needed is not None
    needed = 1000 + now.users_needed
    assert said(round(1.05 * needed)).kind is VerdictKind.NOT_WORSE
    assert said(round(0.95 * needed)).kind is VerdictKind.UNDECIDED
