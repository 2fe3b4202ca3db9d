"""What a storm has found, as the few events that matter: seeds stop meaning the same when the storms change."""

from __future__ import annotations

from example_storm import storm
from storm import LAUNCH, OUTLINE

from tminus.core import commands
from tminus.core import events as e
from tminus.core.advance import Blocker
from tminus.engine import Ledger
from tminus.engine.ledger import start_launch
from tminus.rehearsal.clock import VirtualClock
from tminus.rehearsal.people import open_questions_of
from tminus.rehearsal.run import START
from tminus.store import MemoryEventLog


def test_resume_after_a_rollback_during_the_preparations_does_not_skip_what_is_left_of_them() -> None:
    """Seeds 14, 123 and 333 of the first storms: users got the new page past failed steps, boxes and the lead's go."""
    log, clock = MemoryEventLog(), VirtualClock(START)
    start_launch(log, LAUNCH, e.LaunchStarted(title="Storm", plan={}), "lead", clock.now())
    ledger = Ledger(log, LAUNCH, OUTLINE, clock)
    ledger.record([e.PhaseStarted(phase="prepare")], "tminus")
    ledger.command(lambda now: commands.rollback(OUTLINE, now, "lead"), "lead")
    ledger.record([e.RollbackCompleted(seconds=1.0)], "tminus")
    state = ledger.command(lambda now: commands.resume(OUTLINE, now), "lead")
    assert (state.phase, state.phases_done) == ("prepare", ())


def test_resume_after_a_rollback_of_the_rollout_begins_at_its_first_stage() -> None:
    log, clock = MemoryEventLog(), VirtualClock(START)
    start_launch(log, LAUNCH, e.LaunchStarted(title="Storm", plan={}), "lead", clock.now())
    ledger = Ledger(log, LAUNCH, OUTLINE, clock)
    before = [e.PhaseStarted(phase="prepare"), e.PhaseCompleted(phase="prepare"), e.PhaseStarted(phase="rollout")]
    ledger.record([*before, e.StageStarted(phase="rollout", stage="five", flag="new-page", share=0.05)], "tminus")
    ledger.command(lambda now: commands.rollback(OUTLINE, now, "lead"), "lead")
    ledger.record([e.RollbackCompleted(seconds=1.0)], "tminus")
    state = ledger.command(lambda now: commands.resume(OUTLINE, now), "lead")
    assert (state.phase, state.phases_done, state.stages_done) == ("rollout", ("prepare",), ())


def test_two_metrics_that_wait_for_one_word_ask_for_it_once() -> None:
    """repz, seed 34: a stage whose evidence two guards lacked was vouched for twice, and the second time was refused."""
    waiting = [
        Blocker(f"evidence:monday:{name}", "evidence", f"{name} is not shown", roles=("lead",)) for name in ("a", "b")
    ]
    assert open_questions_of(waiting) == [("evidence:monday", "lead", "sign")]
    storm("repz", 34)


def test_a_stage_of_one_region_is_promoted_though_guards_of_other_regions_have_counted_nothing() -> None:
    """repz, seed 1: the rule about evidence asked for canary data of regions that the stage does not reach."""
    storm("repz", 1)
