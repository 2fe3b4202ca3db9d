"""Sources that are asked in the background, at the pace at which the engine asks."""

from __future__ import annotations

import threading

import pytest

from tminus.core.assessment import Measurement
from tminus.core.contest import Outcomes
from tminus.metrics.patient import PatientMetricSource, PatientOutcomeSource
from tminus.plan.criterion import Arm
from tminus.plan.model import Metric
from tminus.ports import OutcomeQuestion, Question

ERRORS = Metric.model_validate({"source": "prom", "bad": "failed", "total": "request"})


class Far:
    """Answers with the window it was asked about, and says when it has."""

    def __init__(self) -> None:
        self.answered = threading.Semaphore(0)

    def measure(self, question: Question, now: float) -> Measurement:
        self.answered.release()
        return Measurement(question.window)


@pytest.fixture
def far() -> Far:
    return Far()


def answers(far: Far, questions: list[tuple[Question, float]]) -> list[Measurement]:
    source, found = PatientMetricSource(far, workers=1), []
    for question, now in questions:
        found.append(source.measure(question, now))
        assert far.answered.acquire(timeout=10)
        source._pool.submit(lambda: None).result()  # the one worker has kept the answer
    source.close()
    return found


def test_while_a_rollout_is_young_and_its_window_grows_the_last_answer_counts(far: Far) -> None:
    grows = [(Question(ERRORS, None, Arm.ALL, 60.0 + n, topic="errors since 0"), 1000.0 + n) for n in range(3)]
    assert [one.value for one in answers(far, grows)] == [None, 60.0, 61.0]


def test_what_was_measured_of_the_release_before_is_no_answer_about_this_one(far: Far) -> None:
    two = [(Question(ERRORS, None, Arm.ALL, 60.0, topic=f"errors since {at}"), 1000.0) for at in (0, 900)]
    assert [one.value for one in answers(far, two)] == [None, None]


def test_a_long_window_that_is_asked_for_every_half_a_minute_is_measured(far: Far) -> None:
    asked = [(Question(ERRORS, None, Arm.ALL, 86_400.0), 1000.0 + 30.5 * n) for n in range(3)]
    assert [one.value for one in answers(far, asked)] == [None, 86_400.0, 86_400.0]


def test_an_answer_from_minutes_ago_is_none(far: Far) -> None:
    late = answers(far, [(Question(ERRORS, None, Arm.ALL, 60.0), at) for at in (1000.0, 1100.0)])
    assert "has not answered" in late[1].error


class Many:
    """Users who take their time to be counted; the first answer is there when the test says so."""

    def __init__(self) -> None:
        self.ready = threading.Event()

    def outcomes(self, question: OutcomeQuestion, now: float) -> Outcomes:
        assert self.ready.wait(10)
        return Outcomes({}, met=int(now), both=0, newest=now, source="events")


def test_an_experiment_with_many_users_keeps_nobody_waiting_and_its_last_answer_stands() -> None:
    many, asked = Many(), OutcomeQuestion(ERRORS, "page", ("on", "off"), 0.0, None)
    source = PatientOutcomeSource(many, wait_seconds=0.0)
    assert source.outcomes(asked, 1.0).error == "asked, no answer yet"
    assert "ten minutes" in source.outcomes(asked, 700.0).error
    many.ready.set()
    source._asking[next(iter(source._asking))][1].result(10)
    assert source.outcomes(asked, 701.0).met == 1
    many.ready.clear()
    assert source.outcomes(asked, 702.0).met == 1
    many.ready.set()
    source.close()
