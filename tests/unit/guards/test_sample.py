from __future__ import annotations

import math

import pytest

from tminus.errors import UsageError
from tminus.guards.sample import multiple_exposure, sample_ratio

PLANNED = {"old": 95.0, "new": 5.0}


def test_a_mismatch_names_the_variant_that_is_furthest_off() -> None:
    found = sample_ratio({"old": 45_269, "new": 2941}, PLANNED)
    assert found.mismatch
    assert found.sentence == (
        "6.1 % of 48,210 users seen have new, 5 % should: the comparison is inconclusive (sample ratio mismatch)"
    )
    assert found.shares["new"] == pytest.approx(0.061, abs=1e-4)
    assert found.expected == {"old": 0.95, "new": 0.05}


def test_shares_as_planned_are_no_mismatch() -> None:
    found = sample_ratio({"old": 45_799, "new": 2411}, PLANNED)
    assert not found.mismatch
    assert found.log_evidence < 0
    assert found.sentence == "5.001 % of 48,210 users seen have new, 5 % should"


def test_a_variant_that_nobody_should_have_is_a_mismatch_at_once() -> None:
    found = sample_ratio({"old": 95, "new": 5, "ghost": 1}, PLANNED)
    assert found.mismatch
    assert found.sentence.startswith("1.0 % of 101 users seen have ghost, 0 % should")


def test_a_variant_with_a_share_of_nothing_may_be_named_and_must_not_be_seen() -> None:
    assert not sample_ratio({"old": 0, "new": 9000}, {"old": 0, "new": 1}).mismatch
    found = sample_ratio({"old": 2, "new": 9000}, {"old": 0, "new": 1})
    assert found.mismatch
    assert "have old, 0 % should" in found.sentence


def test_a_variant_that_nobody_has_is_found_from_totals() -> None:
    assert not sample_ratio({"old": 50}, PLANNED).mismatch
    assert sample_ratio({"old": 1000}, PLANNED).mismatch
    assert sample_ratio({"old": 10**9}, PLANNED).log_evidence == 700


def test_no_users_are_no_evidence() -> None:
    found = sample_ratio({}, PLANNED)
    assert (found.log_evidence, found.mismatch, found.sentence) == (0.0, False, "no users seen yet")
    assert found.shares == {"old": 0, "new": 0}


def test_three_arms_are_held_against_their_shares_together() -> None:
    planned = {"plain": 50, "green": 25, "big": 25}
    assert not sample_ratio({"plain": 5020, "green": 2480, "big": 2500}, planned).mismatch
    assert sample_ratio({"plain": 5000, "green": 2250, "big": 2750}, planned).mismatch


def test_the_bet_on_the_next_user_is_fair() -> None:
    seen = {"old": 30, "new": 4}
    now = math.exp(sample_ratio(seen, PLANNED).log_evidence)
    after = sum(
        share * math.exp(sample_ratio({**seen, name: seen[name] + 1}, PLANNED).log_evidence)
        for name, share in (("old", 0.95), ("new", 0.05))
    )
    assert after == pytest.approx(now, rel=1e-9)


@pytest.mark.parametrize("expected", [{}, {"old": 0.0, "new": 0.0}, {"old": -1.0, "new": 2.0}, {"old": math.nan}])
def test_expected_shares_that_are_none_are_refused(expected: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="users are expected in shares"):
        sample_ratio({"old": 1}, expected)


def test_counts_below_nothing_and_alphas_that_are_no_chance_are_refused() -> None:
    with pytest.raises(UsageError, match="cannot be counted"):
        sample_ratio({"old": -1}, PLANNED)
    with pytest.raises(UsageError, match="alpha is"):
        sample_ratio({"old": 1}, PLANNED, alpha=0.0)


def test_users_who_met_two_variants_are_a_mismatch_when_surely_more_than_allowed() -> None:
    found = multiple_exposure(30, 1000)
    assert (found.mismatch, found.share) == (True, 0.03)
    assert found.sentence == (
        "3 % of 1,000 users met more than one variant, at most 0.5 % may: "
        "the comparison is inconclusive (multiple exposure)"
    )


def test_a_few_users_who_met_two_variants_are_allowed() -> None:
    found = multiple_exposure(7, 1000)
    assert not found.mismatch
    assert found.sentence == "0.7 % of 1,000 users met more than one variant, at most 0.5 % may"
    assert multiple_exposure(0, 0).sentence == "no users seen yet"


def expected_exposure_alarms(rate: float, users: int, alpha: float) -> float:
    return sum(
        math.comb(users, both) * rate**both * (1 - rate) ** (users - both)
        for both in range(users + 1)
        if multiple_exposure(both, users, allowed=0.1, alpha=alpha).mismatch
    )


def test_the_chance_of_a_false_alarm_at_what_is_allowed_is_within_alpha() -> None:
    chances = [expected_exposure_alarms(rate, 200, 0.05) for rate in (0.1, 0.05, 0.2)]
    assert 0 < chances[1] < chances[0] <= 0.05
    assert chances[2] > 0.5


@pytest.mark.parametrize(("both", "total", "allowed"), [(2, 1, 0.1), (-1, 1, 0.1), (0, 1, 0.0), (0, 1, 1.0)])
def test_exposure_counts_that_cannot_be_are_refused(both: int, total: int, allowed: float) -> None:
    with pytest.raises(UsageError):
        multiple_exposure(both, total, allowed)
