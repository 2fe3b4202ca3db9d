"""A plan at another pace: what is waited for shrinks, what is measured does not, and the words stay."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tminus.errors import UsageError
from tminus.plan.model import Plan
from tminus.plan.pace import paced
from tminus.plan.quantity import Duration
from tminus.plan.reading import read_plan, read_plan_text

TEXT = """\
tminus: 1
title: Paced
roles: { lead: { reach: env:LEAD } }
metrics:
  error_rate: { source: events, bad: 'request{error="true"}', total: request, window: 24h, fresh: 5m }
  share: { source: events, of: opened, did: completed, within: 1w }
flags: { page: {} }
phases:
  - id: release
    starts: +3d
    lasts: 1w..2w
    tasks: [{ do: Check, estimate: 2h, proof: { holds: [error_rate < 1% over 24h for 2m] } }]
    rollout: { flag: page, stages: [{ to: 100%, for: 1w, exit: [error_rate < 1% over 5s] }], guards: [error_rate] }
    exit: [share >= 80% over 1w]
rollback: { when: [error_rate > 1% for 2m], within: 5m }
alerts: [{ when: error_rate > 0.5%, for: 5m }]
watching: { every: 1s, silence: 5m }
"""


@pytest.fixture
def fast() -> Plan:
    return paced(read_plan_text(TEXT), 10_000)


def seconds(duration: object) -> float:
    assert isinstance(duration, Duration)
    return duration.seconds


def test_waits_are_divided_by_the_pace(fast: Plan) -> None:
    [phase] = fast.phases
    assert phase.rollout is not None
    assert phase.lasts is not None
    assert seconds(phase.rollout.stages[0].for_) == pytest.approx(60.48)
    assert seconds(phase.starts) == pytest.approx(25.92)
    assert (phase.lasts.shortest.seconds, phase.lasts.longest.seconds) == (60.48, 120.96)


def test_a_hold_is_never_shorter_than_ten_seconds(fast: Plan) -> None:
    assert seconds(fast.rollback.when[0].hold_for) == 10
    assert seconds(fast.alerts[0].for_) == 10


def test_a_window_is_never_shorter_than_ten_seconds_nor_longer_than_it_was(fast: Plan) -> None:
    [phase] = fast.phases
    assert phase.rollout is not None
    assert seconds(phase.exit[0].window) == pytest.approx(60.48)
    assert seconds(fast.metrics["error_rate"].window) == 10
    assert seconds(fast.metrics["error_rate"].fresh) == 10
    assert seconds(fast.watching.silence) == 10
    assert seconds(phase.rollout.stages[0].exit[0].window) == 5
    assert phase.tasks[0].proof is not None
    assert seconds(phase.tasks[0].proof.holds[0].window) == 10
    assert seconds(fast.metrics["share"].within) == pytest.approx(60.48)


def test_promises_in_real_time_stay_as_they_are(fast: Plan) -> None:
    assert seconds(fast.rollback.within) == 300
    assert seconds(fast.watching.every) == 1
    assert seconds(fast.phases[0].tasks[0].estimate) == 7200


def test_people_go_on_reading_the_words_of_the_plan(fast: Plan) -> None:
    rollout = fast.phases[0].rollout
    assert rollout is not None
    assert str(rollout.stages[0].for_) == "1w"
    assert str(fast.phases[0].lasts) == "1w..2w"
    assert str(fast.rollback.when[0]) == "error_rate > 1% for 2m"


def test_everything_that_is_no_wait_is_the_same() -> None:
    example = read_plan([Path(__file__).parents[3] / "examples" / "profile-enhancement" / "plan.yaml"])
    assert paced(example, 1) == example
    fast = paced(example, 30_000)
    for name in ("title", "roles", "flags", "cohorts", "environments", "later", "timezone"):
        assert getattr(fast, name) == getattr(example, name)
    assert [phase.tasks[0].do for phase in fast.phases] == [phase.tasks[0].do for phase in example.phases]


@pytest.mark.parametrize("pace", [0, -1, 0.5, math.nan, math.inf])
def test_a_pace_below_real_time_is_refused(pace: float) -> None:
    with pytest.raises(UsageError, match="pace"):
        paced(read_plan_text(TEXT), pace)


def test_a_stages_offset_is_divided_and_the_age_of_a_proof_is_not() -> None:
    text = TEXT.replace("to: 100%, for", "to: 100%, starts: +1w, for").replace(
        "proof: { holds", "proof: { age: 2w, holds"
    )
    fast = paced(read_plan_text(text + "kpis: [{ that: error_rate < 1% over 24h }]\n"), 10_000)
    [phase] = fast.phases
    assert phase.rollout is not None
    assert seconds(phase.rollout.stages[0].starts) == pytest.approx(60.48)
    assert phase.tasks[0].proof is not None
    assert seconds(phase.tasks[0].proof.age) == 14 * 86400
    assert seconds(fast.kpis[0].that.window) == 10


@pytest.mark.parametrize(
    ("said", "expected"),
    [("", 86_400 / 3600), ("evidence: { within: 48h },", 48.0), ("evidence: { margin: 2 },", 24.0)],
)
def test_people_are_asked_about_a_stage_without_evidence_at_the_same_pace(said: str, expected: float) -> None:
    text = TEXT.replace("rollout: { flag: page,", f"rollout: {{ flag: page, {said}")
    [phase] = paced(read_plan_text(text), 3600).phases
    assert phase.rollout is not None
    assert phase.rollout.evidence is not None
    assert seconds(phase.rollout.evidence.within) == pytest.approx(expected)
    assert phase.rollout.evidence.needed is None


def test_what_a_stage_says_of_its_own_evidence_is_paced_too() -> None:
    text = TEXT.replace("for: 1w,", "for: 1w, evidence: { within: 1h },")
    [phase] = paced(read_plan_text(text), 3600).phases
    assert phase.rollout is not None
    asked = phase.rollout.stages[0].evidence
    assert asked is not None
    assert seconds(asked.within) == 10
    assert asked.model_fields_set == {"within"}
