"""Arms compared by what their users paid: means, in their unit, never as a share."""

from __future__ import annotations

import pytest

from tminus.core.contest import ArmOutcome, Contest, Outcomes, Shown, contests
from tminus.guards.experiment import Moments, compare_means
from tminus.plan.criterion import parse_criterion
from tminus.plan.experiments import Experiment
from tminus.plan.model import Metric

SUM = {"source": "events", "sum": "paid", "value": "amount", "unit": "$"}
SHOP = Experiment.model_validate(
    {
        "flag": "shop",
        "arms": {"old": "50%", "new": "50%"},
        "to": "100%",
        "met": "visited",
        "metrics": {"revenue": "more"},
    }
)


def paid(amounts: list[float]) -> ArmOutcome:
    return ArmOutcome(len(amounts), sum(amount != 0 for amount in amounts), Moments.of(amounts))


def contest(old: list[float], new: list[float], **more: str) -> Contest:
    found = Outcomes({"old": paid(old), "new": paid(new)}, met=len(old) + len(new))
    metric = Metric.model_validate({**SUM, **more})
    (one,) = contests("shop", SHOP, "revenue", metric, found, began=0.0, at=60.0)
    return one


def test_users_who_pay_more_in_one_arm_are_shown_in_their_unit() -> None:
    old, new = [0.0, 20.0, 40.0, 0.0] * 500, [0.0, 30.0, 60.0, 0.0] * 500
    one = contest(old, new)
    assert one.comparison == compare_means(Moments.of(old), Moments.of(new), alpha=0.05)
    assert one.comparison.asymptotic
    assert one.verdict().sentence.startswith("new's revenue per user is 22.5 $ against 15 $ (+50.0 %, between +")
    assert one.hits == (1_000, 1_000)


@pytest.mark.parametrize(("rise", "shown"), [(1.5, Shown.TRUE), (0.6, Shown.FALSE), (1.001, Shown.OPEN)])
def test_a_gate_on_money_is_true_false_or_open(rise: float, shown: Shown) -> None:
    old = [0.0, 20.0, 40.0, 0.0] * 500
    claim = parse_criterion("variant new of shop is better on revenue").claim
    assert claim is not None
    assert contest(old, [rise * amount for amount in old]).finding(claim).shown is shown


@pytest.mark.parametrize(
    ("title", "noun"),
    [("Revenue", "revenue per user"), ("Revenue per user", "revenue per user"), ("", "revenue per user")],
)
def test_per_user_is_said_once(title: str, noun: str) -> None:
    assert contest([1.0], [1.0], title=title, per="user").noun == noun


def test_large_amounts_are_written_out() -> None:
    old, new = [10_000.0, 14_690.0] * 400, [20_000.0, 24_690.0] * 400
    assert "is 22,345 $ against 12,345 $" in contest(old, new).verdict().sentence
