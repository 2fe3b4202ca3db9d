"""What `tminus check` says of metrics that sum the values of events, beyond the examples of docs/checks.md."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tminus.plan.checks_metrics import dimension_of, members
from tminus.plan.model import Metric, MetricKind, Plan
from tminus.plan.quantity import Dimension

SUM = "source: events, sum: paid, value: amount, unit: $"


def metrics(**bodies: str) -> str:
    inside = "\n".join(f"  {name}: {{ {body} }}" for name, body in bodies.items())
    return f'sources: {{ prom: {{ prometheus: "http://p" }} }}\nmetrics:\n{inside}\n'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (SUM, []),
        (f"{SUM}, per: user", []),
        (f"{SUM}, per: user, of: visited", []),
        (f"{SUM}, per: hour", ["mixed-metric"]),
        (f"{SUM}, of: visited", ["incomplete-metric"]),
        (f"{SUM}, per: user, of: visited, did: bought", ["mixed-metric"]),
        (f"{SUM}, count: paid", ["mixed-metric"]),
        (f"{SUM}, total: visited", ["incomplete-metric"]),
        ("source: events, sum: paid", ["incomplete-metric"]),
        ("source: events, value: amount", ["incomplete-metric"]),
        ("sum: paid, value: amount", ["no-source"]),
        ("source: prom, sum: paid, value: amount", ["incomplete-metric"]),
        (f"{SUM}, baseline: $20", []),
        (f"{SUM}, baseline: 20", ["wrong-unit"]),
    ],
)
def test_a_sum_says_what_it_adds_up_and_over_what(
    codes: Callable[[str], list[str]], body: str, expected: list[str]
) -> None:
    assert codes(metrics(revenue=body)) == expected


def test_of_each_type_of_event_one_member_is_kept(codes: Callable[[str], list[str]]) -> None:
    same = "source: events, sum: 'paid{country=\"DE\"}', value: amount, per: user"
    assert codes(metrics(revenue=SUM, german=same)) == []
    assert codes(metrics(revenue=SUM, items="source: events, sum: paid, value: items")) == ["two-values"]


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("revenue > $100 over 1d", []),
        ("canary revenue > 1,000 USD", []),
        ("canary revenue > €1,000", ["wrong-unit"]),
        ("revenue > 100", ["wrong-unit"]),
        ("revenue sum > $100", ["illegal-aggregate"]),
        ("revenue >= -5% vs baseline", ["no-baseline"]),
    ],
)
def test_a_criterion_on_money_is_written_in_money(
    codes: Callable[[str], list[str]], criterion: str, expected: list[str]
) -> None:
    alert = f"alerts: [{{ when: '{criterion}', notify: [lead] }}]\n"
    assert codes(metrics(revenue=SUM) + alert) == expected


@pytest.mark.parametrize(
    ("body", "met", "expected"),
    [
        (SUM, "", ["not-per-user"]),
        (SUM, ", met: visited", []),
        (f"{SUM}, per: user, of: visited", "", []),
    ],
)
def test_an_experiment_on_money_knows_among_whom(
    codes: Callable[[str], list[str]], body: str, met: str, expected: list[str]
) -> None:
    arms = "arms: { on: 50%, off: 50% }, to: 100%"
    experiment = (
        f"flags: {{ shop: {{}} }}\nexperiments: {{ e: {{ flag: shop, {arms}, metrics: {{ revenue: more }}{met} }} }}\n"
    )
    assert codes(metrics(revenue=body) + experiment) == expected


def test_money_is_no_guard(codes: Callable[[str], list[str]]) -> None:
    rollout = "rollout: { flag: shop, guards: [revenue], stages: [{ to: 5%, for: 1d }] }"
    phases = f"flags: {{ shop: {{}} }}\nphases: [{{ id: release, {rollout} }}]\n"
    assert "guard-kind" in codes(metrics(revenue=SUM) + phases)


def test_kind_dimension_and_kept_members_follow_from_the_keys() -> None:
    metric = Metric.model_validate({"source": "events", "sum": "paid", "value": "amount", "of": "visited", "unit": "€"})
    assert (metric.kind, dimension_of(metric)) == (MetricKind.SUM, Dimension.MONEY)
    plan = Plan.model_validate({"tminus": 1, "title": "t", "metrics": {"m": metric}, "phases": [{"id": "a"}]})
    assert members(plan) == {"paid": "amount"}


@pytest.mark.parametrize("target", ["25 USD", "$25", "€25"])
def test_a_metric_without_a_unit_is_in_whatever_its_target_says(codes: Callable[[str], list[str]], target: str) -> None:
    alert = f"alerts: [{{ when: 'revenue > {target}', notify: [lead] }}]\n"
    assert codes(metrics(revenue="source: events, sum: paid, value: amount, baseline: $20") + alert) == []
