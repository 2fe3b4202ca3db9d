from __future__ import annotations

import pytest

from support.engines import LAUNCH, Rig
from support.launches import HOUR, MINUTE, T0, kinds
from tminus.core import commands
from tminus.core.events import (
    ActionFailed,
    ActionInDoubt,
    ActionRequested,
    ActionSettled,
    ActionStarted,
    ActionSucceeded,
    LaunchCompleted,
    LaunchHeld,
    StagePromoted,
    StageStarted,
)
from tminus.core.evolve import fold
from tminus.core.state import ActionPhase, Status
from tminus.engine.engine import retry_delay
from tminus.errors import StoreError

STEP = "step:only:1:1"
RUN = "phases: [{ id: only, steps: [{ run: ./deploy }] }]"
ONCE = "phases: [{ id: only, steps: [{ run: ./migrate, once: true }] }]"


def phase(rig: Rig, key: str = STEP) -> ActionPhase:
    return rig.ledger.state.actions[key].phase


def test_an_action_is_announced_before_it_is_performed_and_its_result_recorded_once() -> None:
    rig = Rig(RUN)
    rig.step()
    announced = [one.event for one in rig.log.read(LAUNCH)][-1]
    assert announced == ActionStarted(key=STEP, attempt=1, worker="first", until=T0 + 65.0, title="run ./deploy")
    rig.dispatcher.end(STEP)
    for _ in range(3):
        rig.step(1)
    assert rig.events(ActionSucceeded) == [
        ActionSucceeded(key=STEP, attempt=1, seconds=1.5, output="done", title="run ./deploy")
    ]
    assert (rig.dispatcher.deeds(), rig.ledger.state.status) == ([(STEP, 1)], Status.COMPLETED)


def test_a_job_under_way_is_not_started_again() -> None:
    rig = Rig(RUN)
    for _ in range(5):
        rig.step(HOUR)
    assert rig.dispatcher.deeds() == [(STEP, 1)]


def test_an_error_worth_another_try_is_tried_again_after_growing_delays() -> None:
    rig = Rig(RUN)
    rig.step()
    tried = []
    for attempt in range(1, 6):
        rig.dispatcher.end(STEP, "busy", retryable=True)
        rig.step()
        failed = rig.clock.now()
        while len(rig.dispatcher.deeds()) == attempt and rig.clock.now() < failed + 100:
            rig.step(1)
        tried.append(rig.clock.now() - failed)
    assert tried == [2, 4, 8, 16, 100]
    assert [one.final for one in rig.events(ActionFailed)] == [False] * 4 + [True]
    assert [retry_delay(attempt) for attempt in (1, 5, 6, 50)] == [2, 32, 60, 60]


def test_an_error_that_will_stay_is_not_tried_again() -> None:
    rig = Rig(RUN)
    rig.step()
    rig.dispatcher.end(STEP, "no such file")
    rig.step(HOUR)
    assert (phase(rig), rig.dispatcher.deeds()) == (ActionPhase.FAILED, [(STEP, 1)])


def test_what_a_person_wants_tried_again_is_tried_once_more() -> None:
    rig = Rig(RUN)
    rig.step()
    rig.dispatcher.end(STEP, "no such file")
    rig.step()
    rig.ledger.command(lambda state: commands.settle(rig.outline, state, STEP, "again"), "ann")
    rig.step()
    assert rig.dispatcher.deeds() == [(STEP, 1), (STEP, 2)]


def test_an_action_under_way_when_the_process_died_is_done_again_under_its_key() -> None:
    rig = Rig(RUN)
    rig.step()
    rig.restart()
    rig.step()
    assert rig.dispatcher.deeds() == [(STEP, 2)]


def test_an_action_that_must_not_happen_twice_is_in_doubt_after_a_restart_and_pages() -> None:
    rig = Rig(ONCE)
    rig.step()
    rig.restart()
    rig.step()
    rig.step(HOUR)
    assert (phase(rig), rig.dispatcher.deeds(), len(rig.events(ActionInDoubt))) == (ActionPhase.IN_DOUBT, [], 1)
    assert len(rig.events(ActionRequested, f"doubt:{STEP}:1:lead")) == 1


def test_an_action_in_doubt_goes_on_as_the_person_says() -> None:
    for outcome, deeds in (("done", []), ("again", [(STEP, 2)])):
        rig = Rig(ONCE)
        rig.step()
        rig.restart()
        rig.step()
        rig.ledger.record([ActionSettled(key=STEP, outcome=outcome)], "ann")
        rig.step()
        assert rig.dispatcher.deeds() == deeds


def test_another_controllers_attempt_is_left_alone_until_its_lease_is_over() -> None:
    rig = Rig(RUN, sole=False)
    rig.step()
    rig.restart()
    rig.step(64)
    early = rig.dispatcher.deeds()
    rig.step(1)
    assert (early, rig.dispatcher.deeds()) == ([], [(STEP, 2)])


def test_a_late_result_of_an_attempt_that_was_taken_over_counts_for_nothing() -> None:
    rig = Rig(RUN, sole=False)
    rig.step()
    first, slow = rig.engine, rig.dispatcher
    rig.restart()
    rig.step(65)
    slow.end(STEP, "too late")
    first.step(rig.clock.now())
    assert (rig.events(ActionFailed), rig.ledger.catch_up().actions[STEP].attempt) == ([], 2)


@pytest.mark.parametrize("room", range(4))
def test_a_full_disk_in_the_middle_loses_nothing_and_does_nothing_twice(room: int) -> None:
    rig = Rig(RUN)
    rig.step()
    rig.dispatcher.end(STEP)
    rig.log.room = room
    rig.step(1)
    rig.step(1)
    full = rig.engine.trouble
    rig.log.room = None
    rig.step(1)
    assert ("no space left" in full) is (room < 3)
    assert (rig.engine.trouble, rig.dispatcher.deeds()) == ("", [(STEP, 1)])
    assert [len(rig.events(kind)) for kind in (ActionSucceeded, LaunchCompleted)] == [1, 1]


def test_nothing_is_performed_that_could_not_be_announced() -> None:
    rig = Rig(RUN)
    rig.log.room = 2  # the phase and the request, but not the start
    rig.step()
    assert (rig.dispatcher.jobs, rig.engine.trouble != "") == ([], True)
    rig.log.room = None
    rig.step()
    assert rig.dispatcher.deeds() == [(STEP, 1)]


class Rival:
    """Records something between the engine's look and its own append, once."""

    def __init__(self, rig: Rig) -> None:
        self._append, self._log, self.done = rig.log.append, rig.log, False

    def __call__(self, launch: str, after: int, events: object, *, actor: str, at: float) -> object:
        if not self.done:
            self.done = True
            self._append(launch, self._log.head(launch), [LaunchHeld()], actor="ben", at=at)
        return self._append(launch, after, events, actor=actor, at=at)  # type: ignore[arg-type]


def test_somebody_elses_event_in_between_is_no_trouble_and_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(RUN)
    monkeypatch.setattr(rig.log, "append", Rival(rig))
    rig.step()
    quiet = rig.engine.trouble
    rig.step()
    assert (quiet, rig.ledger.state.held_by, rig.dispatcher.jobs) == ("", "ben", [])


def test_a_log_that_cannot_be_read_holds_the_launch_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(RUN)

    def refuse(launch: str) -> int:
        raise StoreError("the database is locked")

    monkeypatch.setattr(rig.log, "head", refuse)
    rig.step()
    assert (rig.engine.trouble, rig.dispatcher.jobs) == ("the database is locked", [])


def test_two_controllers_promote_a_stage_once() -> None:
    rig = Rig(sole=False)
    first = rig.engine
    rig.restart()
    for _ in range(200):
        rig.clock.advance(MINUTE)
        first.step(rig.clock.now())
        rig.engine.step(rig.clock.now())
    assert [one.stage for one in rig.events(StageStarted)] == ["few", "all"]
    assert [one.stage for one in rig.events(StagePromoted)] == ["few", "all"]


@pytest.mark.parametrize("command", ["abort", "rollback"])
def test_a_step_that_waits_for_another_try_is_dropped_when_the_launch_turns_back(command: str) -> None:
    rig = Rig(RUN)
    rig.step()
    rig.dispatcher.end(STEP, "busy", retryable=True)
    rig.step()
    rig.ledger.command(lambda state: getattr(commands, command)(rig.outline, state, "ann"), "ann")
    for _ in range(10):
        rig.step(MINUTE)
    assert rig.dispatcher.deeds() == [(STEP, 1)]


def test_an_action_that_is_tried_again_has_all_its_attempts_again() -> None:
    rig = Rig("phases: [{ id: only, steps: [{ run: ./deploy }] }]")
    key, pauses = "step:only:1:1", []
    for _ in range(2):
        for _ in range(5):
            rig.step(MINUTE)
            rig.dispatcher.end(key, "busy", retryable=True)
            rig.step()
            pauses.append(rig.ledger.state.actions[key].retry_at - rig.clock.now())
        assert rig.ledger.state.actions[key].phase is ActionPhase.FAILED
        rig.ledger.command(lambda state: commands.settle(rig.outline, state, key, "again"), "ann")
    assert [attempt for _, attempt in rig.dispatcher.deeds()] == list(range(1, 11))
    assert pauses[:4] == pauses[5:9] == [2.0, 4.0, 8.0, 16.0]


def test_people_are_still_told_what_was_asked_for_before_the_launch_ended() -> None:
    rig = Rig("phases: [{ id: only, steps: [{ notify: lead, message: done }] }]")
    rig.log.room = 3
    rig.step()
    rig.log.room = None
    rig.step()
    rig.step()
    assert (rig.ledger.state.status, [job.spec["body"] for job in rig.dispatcher.jobs]) == (Status.COMPLETED, ["done"])


def test_a_launch_that_has_ended_is_left_alone() -> None:
    rig = Rig()
    rig.ledger.command(lambda state: commands.abort(rig.outline, state, "ann"), "ann")
    head = rig.log.head(LAUNCH)
    rig.step(HOUR)
    assert (rig.log.head(LAUNCH), rig.source.asked) == (head, [])


def test_a_restart_at_any_moment_changes_nothing_of_what_is_recorded() -> None:
    steady, shaky = Rig(), Rig()
    for _ in range(150):
        steady.step(MINUTE)
        shaky.step(MINUTE)
        shaky.restart()
    logs = [[(one.at, one.event) for one in rig.log.read(LAUNCH)] for rig in (steady, shaky)]
    assert logs[0] == logs[1]
    assert fold(shaky.log.read(LAUNCH)) == shaky.ledger.state
    assert kinds([event for _, event in logs[0]])[-1] == "LaunchCompleted"
