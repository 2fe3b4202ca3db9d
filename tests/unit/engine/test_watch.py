from __future__ import annotations

import pytest

from support.engines import HandSource, Rig
from support.launches import HOUR, MINUTE, T0, ratio
from tminus.core import commands
from tminus.core.assessment import Measurement, Outcome
from tminus.core.events import GuardCheckpointed, RollbackStarted, StagePromoted
from tminus.core.state import Status
from tminus.guards import Counts

STAGES = "stages: [{ id: few, to: 5%, for: 1h }, { id: all, to: 100%, for: 1h }]"
GUARDED = f"phases: [{{ id: release, rollout: {{ flag: page, guards: [errors], {STAGES} }} }}]"
HEALTHY, BROKEN = Counts(950, 1, 50, 0), Counts(950, 1, 50, 25)


def tell(rig: Rig, command: object, *words: object) -> None:
    rig.ledger.command(lambda state: command(rig.outline, state, *words), "ann")  # type: ignore[operator]


def times(source: HandSource) -> list[float]:
    return [at - T0 for at, _ in source.asked]


@pytest.mark.parametrize(
    ("window", "expected"),
    [("1m", [0, 1, 2, 3, 4, 5, 6]), ("6m", [0, 3, 6]), ("1h", [0])],
)
def test_a_criterion_is_measured_as_often_as_its_window_asks(window: str, expected: list[int]) -> None:
    rig = Rig(f"phases: [{{ id: only, exit: [delay p95 < 1s over {window}] }}]")
    rig.step()
    rig.source.asked.clear()
    rig.watch.forget()
    for second in range(7):
        rig.watch.facts(rig.ledger.state, T0 + second)
    assert times(rig.source) == expected


def test_between_two_measurements_the_last_one_stands() -> None:
    rig = Rig("phases: [{ id: only, exit: [delay p95 < 1s over 1h] }]")
    rig.step()  # the phase opens; what it has to show is measured from the next step on
    rig.source.found["p95"] = Measurement(0.5)
    rig.step(1)
    rig.source.found["p95"] = Measurement(9.0)
    rig.step(1)
    assert [one.value for one in rig.engine.facts.criteria.values()] == [0.5]


def test_a_metric_without_a_source_is_never_measured() -> None:
    rig = Rig("phases: [{ id: only, exit: [mood >= 90%] }]")
    rig.step()
    (found,) = rig.watch.facts(rig.ledger.state, T0).criteria.values()
    assert (found.outcome, rig.source.asked) == (Outcome.UNKNOWN, [])


def test_an_arms_window_reaches_back_to_the_start_of_the_rollout_and_no_further() -> None:
    rig = Rig(
        f"phases: [{{ id: release, rollout: {{ flag: page, {STAGES} }}, exit: [canary delay p95 < 1s over 1h] }}]"
    )
    for _ in range(3):
        rig.step(10 * MINUTE)
    assert [question.window for _, question in rig.source.asked[-2:]] == [10 * MINUTE, 20 * MINUTE]


def test_what_is_asked_of_everybody_keeps_its_window() -> None:
    rig = Rig(f"phases: [{{ id: release, rollout: {{ flag: page, {STAGES} }}, exit: [delay p95 < 1s over 1h] }}]")
    rig.step(MINUTE)
    rig.step(MINUTE)
    assert {question.window for _, question in rig.source.asked} == {HOUR}


TRIGGERED = f"""
phases: [{{ id: release, rollout: {{ flag: page, {STAGES} }} }}]
rollback: {{ when: [errors > 1% over 10m] }}
"""


def test_after_a_restart_of_the_rollout_the_window_begins_anew() -> None:
    rig = Rig(TRIGGERED)
    for _ in range(3):
        rig.step(10 * MINUTE)
    tell(rig, commands.rollback, "ann")
    rig.step(MINUTE)
    tell(rig, commands.resume)
    rig.step(MINUTE)
    rig.source.asked.clear()
    rig.step(MINUTE)
    assert [question.window for _, question in rig.source.asked] == [MINUTE]


def test_errors_of_the_release_that_was_rolled_back_do_not_roll_back_the_mended_one() -> None:
    rig = Rig(TRIGGERED)
    rig.step()
    rig.source.found[None] = ratio(500, 1000)
    rig.step(MINUTE)
    tell(rig, commands.resume)
    rig.step(1)  # the source still says so: its window has not moved past the bad release
    assert (rig.ledger.state.stage, rig.ledger.state.rollbacks) == ("few", 1)


def test_the_guards_see_every_unit_once_also_when_a_look_fails() -> None:
    rig = Rig(GUARDED)
    rig.step()
    rig.step(1)
    rig.source.ticks.append(HEALTHY)
    rig.step(1)
    rig.source.ticks.append(HEALTHY)
    rig.source.broken = True
    rig.step(1)
    assert rig.watch.trouble == {"app": "the source is down"}
    rig.source.broken = False
    rig.source.ticks.append(HEALTHY)
    rig.step(1)
    assert rig.engine.facts.guards["errors"].canary_units == 150


def test_a_source_that_is_down_holds_the_launch_and_never_rolls_back() -> None:
    rig = Rig(GUARDED)
    rig.step()
    rig.source.broken = True
    for _ in range(5):
        rig.step(HOUR)
    assert (rig.events(StagePromoted), rig.events(RollbackStarted), rig.ledger.state.stage) == ([], [], "few")
    assert rig.ledger.state.hold[0]["kind"] == "silence"


def test_guards_go_on_after_a_restart_as_if_there_had_been_none() -> None:
    rigs = Rig(GUARDED), Rig(GUARDED)
    for number in range(40):
        for rig in rigs:
            rig.source.ticks.append(Counts(950, 1 + number % 3, 50, int(number % 20 == 9)))
        for rig in rigs:
            rig.step(20)
        if number % 7 == 3:
            rigs[1].restart()
    one, other = (rig.engine.facts.guards["errors"] for rig in rigs)
    assert (one.canary_units, one.canary_hits) == (other.canary_units, other.canary_hits)
    # Ticks between a checkpoint and the crash arrive as one: the evidence then differs a little, the counts never.
    assert one.log_evidence == pytest.approx(other.log_evidence, abs=0.5)


def test_a_checkpoint_alone_continues_the_evidence_exactly() -> None:
    rig = Rig(GUARDED)
    for _ in range(
        32
    ):  # the first checkpoint comes with the second step, the next 300 s later: with the last step here
        rig.source.ticks.append(Counts(950, 2, 50, 0))
        rig.step(10)
    last = rig.events(GuardCheckpointed)[-1]
    before = rig.engine.facts.guards["errors"]
    rig.restart()
    rig.step()
    after = rig.engine.facts.guards["errors"]
    assert last.cursor["errors"] == len(rig.source.ticks)
    assert after == before


def test_the_evidence_against_a_release_is_not_kept_for_the_next_one() -> None:
    rig = Rig(GUARDED)
    rig.step()
    rig.step(1)
    for _ in range(20):
        rig.source.ticks.append(BROKEN)
        rig.step(1)
    assert (rig.ledger.state.status, rig.ledger.state.checkpoint_guards) == (Status.ROLLED_BACK, {})
    tell(rig, commands.resume)
    rig.restart()
    for _ in range(20):
        rig.source.ticks.append(HEALTHY)
        rig.step(1)
    assert (rig.ledger.state.status, rig.ledger.state.rollbacks) == (Status.RUNNING, 1)


def test_a_restart_after_a_long_pause_is_no_silence() -> None:
    rig = Rig(GUARDED)
    rig.step()
    rig.source.ticks.append(HEALTHY)
    rig.step(1)
    rig.step(1)
    rig.clock.advance(30 * MINUTE)
    rig.restart()
    rig.step()
    assert rig.ledger.state.alerts == {}
    rig.step(6 * MINUTE)
    assert len(rig.ledger.state.alerts) == 1


def test_the_guards_of_one_flag_say_nothing_of_the_next() -> None:
    rig = Rig(f"""
phases:
  - {{ id: first, rollout: {{ flag: page, guards: [errors], stages: [{{ to: 100%, for: 1m }}] }} }}
  - {{ id: then, rollout: {{ flag: cart, guards: [errors], {STAGES} }} }}
""")
    while rig.ledger.state.phase != "then":
        rig.source.ticks.append(HEALTHY)
        rig.step(10)
    assert rig.ledger.state.checkpoint_guards == {}
    for _ in range(3):
        rig.source.ticks.append(HEALTHY)
        rig.step(1)
    assert rig.engine.facts.guards["errors"].canary_units == 100


def test_the_guards_watch_a_stage_for_a_cohort_alone() -> None:
    rig = Rig(GUARDED.replace("to: 5%", "to: 0%, cohorts: [staff]"))
    for _ in range(3):
        rig.source.ticks.append(HEALTHY)
        rig.step(1)
    assert rig.engine.facts.guards["errors"].canary_units > 0
    for _ in range(6):
        rig.source.ticks.append(BROKEN)
        rig.step(10)
    assert len(rig.events(RollbackStarted)) == 1
