"""Experiments from the embedded telemetry: each kind of metric, per user, by the arm that the flag gave."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tminus.metrics.outcomes import EmbeddedOutcomeSource
from tminus.plan.model import Metric
from tminus.plan.selector import parse_selector
from tminus.ports import OutcomeQuestion
from tminus.telemetry import Event, TelemetryStore, labels_of

NOW, DAY = 1_800_000_000.0, 86_400.0


@pytest.fixture
def store() -> Iterator[TelemetryStore]:
    one = TelemetryStore(None, clock=lambda: NOW)
    yield one
    one.close()


def send(store: TelemetryStore, type: str, subject: str, at: float = 0.0, arm: str = "", flag: str = "button") -> None:
    shown = {"feature_flag.key": flag, "feature_flag.result.variant": arm} if arm else {}
    shown = {key: value for key, value in shown.items() if value}
    store.offer([Event(f"{type}{subject}{at}", "t", type, NOW + at - 100, subject, labels_of(shown))])


def ask(store: TelemetryStore, metric: dict[str, object], met: str = "", since: float = NOW - 100):
    store.flush()
    asked = OutcomeQuestion(
        Metric.model_validate({"source": "events", **metric}),
        "button",
        ("plain", "green"),
        since,
        parse_selector(met) if met else None,
    )
    return EmbeddedOutcomeSource(store).outcomes(asked, NOW)


@pytest.mark.parametrize(
    ("metric", "met", "expected"),
    [
        ({"of": "opened", "did": "bought"}, "", {"plain": (2, 1), "green": (1, 1)}),
        ({"bad": "failed", "total": "opened"}, "", {"plain": (2, 1), "green": (1, 0)}),
        ({"unique": "bought"}, "opened", {"plain": (2, 1), "green": (1, 1)}),
        ({"of": "basket", "did": "bought"}, "opened", {"green": (1, 1)}),
    ],
)
def test_users_and_hits_of_each_kind_of_metric(store, metric, met, expected):
    for user, arm in (("a", "plain"), ("b", "plain"), ("c", "green")):
        send(store, "opened", user, 1, arm)
    send(store, "opened", "d", 1, "outside")
    send(store, "failed", "a", 2)
    send(store, "basket", "c", 2)
    for user in "acd":
        send(store, "bought", user, 3)
    found = ask(store, metric, met)
    assert {name: (arm.users, arm.hits) for name, arm in found.arms.items()} == expected
    assert (found.error, found.source) == ("", "events")


def test_a_count_has_its_sums_and_what_users_did_before(store):
    send(store, "bought", "a", -50)
    send(store, "opened", "a", 1, "green")
    for at in (2, 3, 4):
        send(store, "bought", "a", at)
    send(store, "opened", "b", 1, "green")
    moments = ask(store, {"count": "bought"}, "opened").arms["green"].moments
    assert (moments.users, moments.total, moments.squares) == (2, 3, 9)
    assert (moments.before, moments.before_squares, moments.product, moments.covered) == (1, 1, 3, 2)


def test_where_nobody_did_anything_before_there_is_no_covariate(store):
    send(store, "opened", "a", 1, "green")
    assert ask(store, {"count": "bought"}, "opened").arms["green"].moments.covered == 0


def test_events_of_another_flag_show_no_arm_and_those_that_name_none_do(store):
    send(store, "opened", "a", 1, "green", flag="other")
    send(store, "opened", "b", 1, "green", flag="")
    assert ask(store, {"of": "opened", "did": "bought"}).met == 1


def test_an_experiment_older_than_the_telemetry_is_not_measured(store):
    found = ask(store, {"of": "opened", "did": "bought"}, since=NOW - 16 * DAY)
    assert "telemetry sent here is kept for" in found.error


def test_a_metric_that_counts_nobody_is_an_error_and_no_exception(store):
    assert "per user" in ask(store, {"gauge": "depth"}).error
