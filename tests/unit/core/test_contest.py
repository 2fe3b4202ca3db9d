"""An arm held against its control: claims that are true, false or open, and samples that cannot be compared."""

from __future__ import annotations

import math

import pytest

from tminus.core.assess import assess_claim
from tminus.core.assessment import Outcome
from tminus.core.contest import ArmOutcome, Contest, Outcomes, Shown, contests
from tminus.guards.experiment import Moments
from tminus.plan.criterion import parse_criterion
from tminus.plan.experiments import Experiment
from tminus.plan.model import Metric

RETENTION = Metric.model_validate({"source": "events", "of": "opened", "did": "returned", "within": "1h"})
ORDERS = Metric.model_validate({"title": "Orders", "source": "events", "count": "bought"})
ERRORS = Metric.model_validate({"source": "events", "bad": "failed", "total": "opened"})
PLENTY = 20_000


def experiment(**more: object) -> Experiment:
    given = {"flag": "button", "arms": {"plain": "50%", "green": "50%"}, "to": "20%", "metrics": {"retention": "more"}}
    return Experiment.model_validate({**given, **more})


def arm(users: int, hits: int) -> ArmOutcome:
    return ArmOutcome(users, hits, Moments(users, hits, hits))


def seen(control: ArmOutcome, green: ArmOutcome, both: int = 0) -> Outcomes:
    users = control.users + green.users
    return Outcomes({"plain": control, "green": green}, met=users, both=both, newest=0.0, source="events")


def contest(found: Outcomes, metric: Metric = RETENTION, of: Experiment | None = None) -> Contest:
    of = of or experiment()
    (one,) = contests("button", of, next(iter(of.metrics)), metric, found, began=0.0, at=60.0)
    return one


def rates(control: float, green: float, users: int = PLENTY) -> Outcomes:
    return seen(arm(users, round(users * control)), arm(users, round(users * green)))


@pytest.mark.parametrize(
    ("control", "green", "claim", "shown"),
    [
        (0.5, 0.6, "better", Shown.TRUE),
        (0.6, 0.5, "better", Shown.FALSE),
        (0.5, 0.502, "better", Shown.OPEN),
        (0.5, 0.6, "not worse", Shown.TRUE),
        (0.6, 0.5, "not worse", Shown.FALSE),
        (0.5, 0.498, "not worse", Shown.OPEN),
        (0.6, 0.5, "worse", Shown.TRUE),
        (0.5, 0.6, "worse", Shown.FALSE),
    ],
)
def test_a_claim_is_true_false_or_open(control: float, green: float, claim: str, shown: Shown) -> None:
    text = f"variant green of button is {claim} on retention"
    found = parse_criterion(text).claim
    assert found is not None
    assert contest(rates(control, green)).finding(found).shown is shown


@pytest.mark.parametrize(
    ("claim", "shown"),
    [
        ("better on retention by 10%", Shown.TRUE),
        ("better on retention by 30%", Shown.FALSE),
        ("better on retention by 20%", Shown.OPEN),
        ("not worse on retention by 1%", Shown.TRUE),
        ("worse on retention by 10%", Shown.FALSE),
    ],
)
def test_a_claim_says_by_how_much(claim: str, shown: Shown) -> None:
    found = parse_criterion(f"variant green of button is {claim}").claim
    assert found is not None
    assert contest(rates(0.5, 0.6)).finding(found).shown is shown


def test_fewer_may_be_better() -> None:
    fewer = experiment(metrics={"errors": "fewer"})
    claim = parse_criterion("variant green of button is better on errors by 5%").claim
    assert claim is not None
    assert contest(rates(0.5, 0.4), ERRORS, fewer).finding(claim).shown is Shown.TRUE
    assert contest(rates(0.4, 0.5), ERRORS, fewer).finding(claim).shown is Shown.FALSE
    assert "share of users with errors" in contest(rates(0.5, 0.4), ERRORS, fewer).verdict().sentence


def test_a_count_is_compared_by_its_mean_per_user() -> None:
    control, green = (ArmOutcome(PLENTY, 9000, Moments(PLENTY, total, total * 2.0)) for total in (10_000, 12_000))
    found = contest(seen(control, green), ORDERS, experiment(metrics={"retention": "more"}))
    assert found.comparison is not None
    assert (found.comparison.control_value, found.comparison.asymptotic) == (0.5, True)
    assert "orders per user" in found.verdict().sentence


def test_arms_that_are_not_seen_as_planned_are_compared_by_nobody() -> None:
    claim = parse_criterion("variant green of button is better on retention").claim
    assert claim is not None
    skewed = contest(seen(arm(10_000, 5000), arm(12_000, 7200))).finding(claim)
    assert (skewed.shown, skewed.needed) == (Shown.OPEN, None)
    assert "sample ratio mismatch" in skewed.sentence
    mixed = contest(seen(arm(10_000, 5000), arm(10_000, 6000), both=900)).finding(claim)
    assert (mixed.shown, mixed.needed) == (Shown.OPEN, None)
    assert "multiple exposure" in mixed.sentence


def test_all_arms_and_metrics_of_an_experiment_share_its_alpha() -> None:
    many = experiment(metrics={"retention": "more", "orders": "more", "errors": "fewer"})
    alone, among = contest(rates(0.5, 0.5)), contest(rates(0.5, 0.5), RETENTION, many)
    assert alone.comparison is not None
    assert among.comparison is not None
    assert among.comparison.high > alone.comparison.high


def assessed(
    found: Contest | None, words: str = "is better on retention", **metric: str
) -> tuple[Outcome, str, object]:
    criterion = parse_criterion(f"variant green of button {words}")
    kept = Metric.model_validate({"source": "events", "of": "opened", "did": "returned", **metric})
    one = assess_claim(criterion, kept, found, 60.0)
    return one.outcome, one.sentence, one


def test_before_it_has_begun_an_experiment_is_not_measured() -> None:
    outcome, sentence, _ = assessed(None)
    assert outcome is Outcome.UNKNOWN
    assert sentence == "could not measure whether green's retention is better: the experiment button has not begun"


def test_what_a_source_cannot_answer_is_neither_true_nor_false() -> None:
    outcome, sentence, _ = assessed(contest(Outcomes(error="the disk is full")))
    assert (outcome, sentence) == (
        Outcome.UNKNOWN,
        "could not measure whether green's retention is better: the disk is full",
    )


def test_an_assessment_keeps_counts_and_interval_for_the_log() -> None:
    outcome, sentence, one = assessed(contest(rates(0.5, 0.6)))
    evidence = one.evidence()  # type: ignore[attr-defined]
    assert outcome is Outcome.HOLDS
    assert "60.0 % against 50.0 %" in sentence
    assert evidence["contest"]["users"] == [PLENTY, PLENTY]
    assert evidence["contest"]["hits"] == [10_000, 12_000]
    low, high = evidence["contest"]["difference"][1:]
    assert low < 0.1 < high


def test_an_open_claim_says_about_how_many_users_are_missing() -> None:
    outcome, sentence, one = assessed(contest(rates(0.5, 0.51, 2_000)))
    assert outcome is Outcome.INCONCLUSIVE
    assert one.needed > 1000  # type: ignore[attr-defined]
    assert "more users of green" in sentence


def test_data_older_than_the_metric_allows_is_no_data() -> None:
    old = Outcomes(rates(0.5, 0.6).arms, met=2 * PLENTY, newest=-600.0)
    assert assessed(contest(old), fresh="5m")[0] is Outcome.UNKNOWN
    assert assessed(contest(old))[0] is Outcome.HOLDS


def test_an_arm_without_users_shows_nothing() -> None:
    outcome, sentence, one = assessed(contest(seen(arm(0, 0), arm(0, 0))))
    assert outcome is Outcome.INCONCLUSIVE
    assert "no users" in sentence
    assert all(value is None or math.isfinite(value) for value in one.evidence()["contest"]["difference"])  # type: ignore[attr-defined]
