"""Several metrics under one alpha."""

from __future__ import annotations

from math import log

import pytest

from tminus.errors import UsageError
from tminus.guards import GuardReading, combine, threshold


def said(log_evidence: float) -> GuardReading:
    return GuardReading(log_evidence, log_evidence, None, 100, 0, 100, 0, 0.0)


def test_the_threshold_is_one_over_alpha_in_logs() -> None:
    assert threshold(0.01) == pytest.approx(log(100))
    with pytest.raises(UsageError, match="alpha"):
        threshold(0.0)


def test_equal_weights_give_the_mean_of_the_evidence() -> None:
    assert combine({"errors": said(log(300.0)), "latency": said(log(2.0))}) == pytest.approx(log(151.0))


def test_given_weights_are_used() -> None:
    readings = {"errors": said(log(300.0)), "latency": said(log(2.0))}
    assert combine(readings, {"errors": 0.9, "latency": 0.1}) == pytest.approx(log(270.2))
    assert combine(readings, {"errors": 0.0, "latency": 1.0}) == pytest.approx(log(2.0))


def test_one_metric_that_screams_is_not_lost_in_overflow() -> None:
    assert combine({"errors": said(5e9), "latency": said(-5e9)}) == pytest.approx(5e9 - log(2))


def test_without_metrics_there_is_no_evidence() -> None:
    assert combine({}) == 0.0


@pytest.mark.parametrize(
    "weights",
    [{"errors": 1.0}, {"errors": 0.5, "pages": 0.5}, {"errors": 0.9, "latency": 0.9}, {"errors": 1.5, "latency": -0.5}],
)
def test_weights_that_do_not_fit_the_metrics_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="weights"):
        combine({"errors": said(1.0), "latency": said(1.0)}, weights)
