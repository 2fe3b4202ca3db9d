"""Sums and means of what events are worth, as a criterion and an experiment get them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tminus.core.assessment import Measurement
from tminus.metrics.embedded import EmbeddedMetricSource
from tminus.metrics.outcomes import EmbeddedOutcomeSource
from tminus.plan.criterion import Arm
from tminus.plan.model import Metric
from tminus.plan.selector import parse_selector
from tminus.ports import Exposure, OutcomeQuestion, Question
from tminus.telemetry import Event, TelemetryStore, labels_of
from tminus.telemetry.model import VALUE_LABEL

NOW = 1_800_000_000.0
REVENUE = {"source": "events", "sum": "paid", "value": "amount", "unit": "$"}


@pytest.fixture
def store() -> Iterator[TelemetryStore]:
    one = TelemetryStore(None, clock=lambda: NOW)
    yield one
    one.close()


def send(store: TelemetryStore, type: str, user: str, variant: str, amount: float | None = None, at: float = 9) -> None:
    labels = {"feature_flag.key": "shop", "feature_flag.result.variant": variant} if variant else {}
    labels |= {} if amount is None else {VALUE_LABEL: "amount"}
    store.offer([Event(f"{type}{user}{at}{amount}", "t", type, NOW - at, user, labels_of(labels), value=amount)])


def measured(store: TelemetryStore, metric: dict[str, str], arm: Arm = Arm.ALL) -> Measurement:
    store.flush()
    exposure = Exposure("shop", "on", ("off",))
    question = Question(Metric.model_validate(metric), None, arm, 60.0, exposure)
    return EmbeddedMetricSource(store, "events").measure(question, NOW)


def some_orders(store: TelemetryStore) -> None:
    for user, variant in (("a", "on"), ("b", "on"), ("c", "off"), ("d", "off")):
        send(store, "visited", user, variant)
    send(store, "paid", "a", "on", 30.0)
    send(store, "paid", "a", "on", 10.0)
    send(store, "paid", "c", "off", 8.0)
    send(store, "paid", "c", "off", 500.0, at=61)


@pytest.mark.parametrize(("arm", "total", "mean", "visitor"), [
    (Arm.ALL, 48.0, 24.0, 12.0), (Arm.CANARY, 40.0, 40.0, 20.0), (Arm.CONTROL, 8.0, 8.0, 4.0),
])  # fmt: skip
def test_a_sum_is_of_the_window_and_a_mean_of_its_users_in_each_arm(store, arm, total, mean, visitor):
    some_orders(store)
    assert measured(store, REVENUE, arm).value == total
    assert measured(store, {**REVENUE, "per": "user"}, arm).value == mean
    assert measured(store, {**REVENUE, "per": "user", "of": "visited"}, arm).value == visitor


def test_no_orders_are_a_sum_of_nothing_and_no_mean(store):
    send(store, "visited", "a", "on")
    assert (measured(store, REVENUE).value, measured(store, REVENUE).error) == (0.0, "")
    assert measured(store, {**REVENUE, "per": "user"}).error == "no users in the window"
    assert measured(store, {**REVENUE, "per": "user", "of": "visited"}).value == 0.0


def test_values_have_their_unit(store):
    send(store, "paid", "a", "", 1500.0)
    assert measured(store, {**REVENUE, "unit": "ms"}).value == 1.5


@pytest.mark.parametrize(("more", "met"), [({}, "visited"), ({"of": "visited", "per": "user"}, "")])
def test_an_experiment_has_the_sums_of_every_user_who_met_it(store, more, met):
    some_orders(store)
    store.flush()
    asked = OutcomeQuestion(
        Metric.model_validate({**REVENUE, **more}),
        "shop",
        ("off", "on"),
        NOW - 50,
        parse_selector(met) if met else None,
    )
    found = EmbeddedOutcomeSource(store).outcomes(asked, NOW)
    sums = {name: (arm.users, arm.hits, arm.moments.total, arm.moments.squares) for name, arm in found.arms.items()}
    assert sums == {"on": (2, 1, 40.0, 1600.0), "off": (2, 1, 8.0, 64.0)}
    assert found.arms["off"].moments.before == 500.0
