"""What holds for comparisons of any arms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tminus.guards.experiment import Goal, Moments, Proportion, compare_means, compare_proportions, verdict
from tminus.guards.experiment_proportions import log_evidence
from tminus.guards.sample import sample_ratio


@st.composite
def proportions(draw: st.DrawFn, most: int = 10**7) -> Proportion:
    users = draw(st.integers(0, most))
    return Proportion(users, draw(st.integers(0, users)))


shares = st.floats(0.01, 0.99)
rates = st.floats(0.0, 1.0)
values = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12).map(lambda few: few * 200)


@given(proportions(), proportions(), shares)
def test_what_was_seen_lies_within_the_intervals(control: Proportion, treatment: Proportion, share: float) -> None:
    one = compare_proportions(control, treatment, share=share)
    assert -1 <= one.low <= one.difference <= one.high <= 1
    assert -1 <= one.relative_low <= one.relative_high
    if control.hits:
        assert one.relative_low <= one.relative <= one.relative_high


@settings(max_examples=40)
@given(proportions(), proportions(), shares)
def test_counting_those_who_did_not_turns_the_difference_round(
    control: Proportion, treatment: Proportion, share: float
) -> None:
    one = compare_proportions(control, treatment, share=share)
    others = [Proportion(arm.users, arm.users - arm.hits) for arm in (control, treatment)]
    turned = compare_proportions(*others, share=share)
    assert (turned.low, turned.high) == pytest.approx((-one.high, -one.low), abs=2e-3 * (one.high - one.low) + 1e-9)


@given(proportions(10**6), proportions(10**6), st.lists(st.tuples(rates, rates), min_size=2, max_size=2), shares)
def test_the_evidence_is_log_convex_so_that_its_set_has_no_holes(
    control: Proportion, treatment: Proportion, ends: list[tuple[float, float]], share: float
) -> None:
    (a, b), (c, d) = ends
    along = np.linspace(0, 1, 9)
    logs = log_evidence((a + along * (c - a), b + along * (d - b)), control, treatment, share)
    assert np.isfinite(logs).all()
    assert (logs <= logs[0] + along * (logs[-1] - logs[0]) + 1e-6 * (1 + np.abs(logs).max())).all()


@given(proportions(), proportions(), shares)
def test_the_observed_rates_are_never_refuted(control: Proportion, treatment: Proportion, share: float) -> None:
    observed = np.array([control.rate]), np.array([treatment.rate])
    assert log_evidence(observed, control, treatment, share)[0] < 1e-6


@given(proportions(), proportions(), st.sampled_from(Goal), st.floats(0.0, 0.5))
def test_every_verdict_has_a_sentence_and_no_infinite_figure(
    control: Proportion, treatment: Proportion, goal: Goal, margin: float
) -> None:
    said = verdict(compare_proportions(control, treatment), goal, margin=margin)
    assert said.sentence
    assert "inf" not in said.sentence
    assert "nan" not in said.sentence


@given(values, values, st.randoms(use_true_random=False))
def test_means_are_finite_and_their_order_does_not_matter(first: list[float], second: list[float], order) -> None:  # type: ignore[no-untyped-def]
    control, treatment = Moments.of(first, first), Moments.of(second, second[::-1])
    one = compare_means(control, treatment)
    assert one.low <= one.difference <= one.high
    assert math.isfinite(one.low)
    assert one.relative_low <= one.relative_high
    pairs = list(zip(second, second[::-1], strict=True))
    order.shuffle(pairs)
    assert compare_means(control, Moments.of(*map(list, zip(*pairs, strict=True)))) == one


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 10**9)), st.lists(st.floats(0.01, 100), min_size=4))
def test_sample_evidence_is_finite_and_every_share_is_told(seen: dict[str, int], weights: list[float]) -> None:
    found = sample_ratio(seen, dict(zip("abcd", weights, strict=False)))
    assert math.isfinite(found.log_evidence)
    assert set(found.shares) == set("abcd")
    assert sum(found.expected.values()) == pytest.approx(1)
