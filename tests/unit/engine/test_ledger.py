from __future__ import annotations

import threading

import pytest

from support.engines import LAUNCH, RefusingLog
from support.launches import T0, outline
from tminus.core import commands
from tminus.core.events import FlagKilled, LaunchHeld, LaunchResumed, LaunchStarted
from tminus.core.evolve import fold
from tminus.engine import Ledger
from tminus.engine.ledger import start_launch
from tminus.errors import Conflict, StoreError, UsageError
from tminus.rehearsal.clock import VirtualClock

OUTLINE = outline()


@pytest.fixture
def log() -> RefusingLog:
    log = RefusingLog()
    start_launch(log, LAUNCH, LaunchStarted(title="Page", plan={}), "ann", T0)
    return log


def ledger(log: RefusingLog) -> Ledger:
    return Ledger(log, LAUNCH, OUTLINE, VirtualClock(T0))


def test_a_name_is_taken_once(log: RefusingLog) -> None:
    with pytest.raises(UsageError, match="there is a launch page-1 already"):
        start_launch(log, LAUNCH, LaunchStarted(title="Page", plan={}), "ben", T0)


def test_the_second_to_record_lost_the_race_and_finds_the_other_ones_event(log: RefusingLog) -> None:
    first, second = ledger(log), ledger(log)
    first.record([LaunchHeld()], "ann")
    with pytest.raises(Conflict):
        second.record([LaunchHeld()], "ben")
    assert (second.catch_up(), second.state.held_by) == (first.state, "ann")


def test_a_decision_on_an_older_state_is_not_recorded(log: RefusingLog) -> None:
    one = ledger(log)
    decided_on = one.state
    one.record([FlagKilled(flag="page")], "ann")
    with pytest.raises(Conflict):
        one.record([LaunchHeld()], "tminus", decided_on)
    assert log.head(LAUNCH) == 2


def test_a_command_is_decided_on_the_newest_state(log: RefusingLog) -> None:
    first, second = ledger(log), ledger(log)
    first.record([LaunchHeld()], "ann")
    with pytest.raises(UsageError, match="ann holds the launch already"):
        second.command(lambda state: commands.hold(OUTLINE, state, "ben"), "ben")


def test_of_many_who_command_at_once_nobody_is_lost(log: RefusingLog) -> None:
    both, start = (ledger(log), ledger(log)), threading.Barrier(4)

    def flip(one: Ledger) -> None:
        start.wait()
        for _ in range(10):
            one.command(lambda state: [LaunchResumed() if state.held_by else LaunchHeld()], "ann")

    threads = [threading.Thread(target=flip, args=(both[n % 2],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kinds = [type(one.event) for one in log.read(LAUNCH)[1:]]
    assert kinds == [LaunchHeld, LaunchResumed] * 20


def test_listeners_hear_each_batch_once_in_order_with_the_state_after_it(log: RefusingLog) -> None:
    heard: list[tuple[str, int, list[int]]] = []
    one, other = ledger(log), ledger(log)
    one.listen(lambda state, events: heard.append(("first", state.seq, [e.seq for e in events])))
    one.listen(lambda state, events: heard.append(("second", state.seq, [e.seq for e in events])))
    one.record([LaunchHeld(), LaunchResumed()], "ann")
    other.catch_up()
    other.record([LaunchHeld()], "ben")
    one.catch_up()
    one.catch_up()
    assert heard == [("first", 3, [2, 3]), ("second", 3, [2, 3]), ("first", 4, [4]), ("second", 4, [4])]


def test_what_could_not_be_written_did_not_happen(log: RefusingLog) -> None:
    one, heard = ledger(log), []
    one.listen(lambda state, events: heard.append(events))
    log.room = 0
    before = one.state
    with pytest.raises(StoreError):
        one.record([LaunchHeld()], "ann")
    assert (one.state, heard) == (before, [])


def test_a_ledger_opened_later_has_the_same_state(log: RefusingLog) -> None:
    one = ledger(log)
    one.record([LaunchHeld(reason="lunch"), FlagKilled(flag="page")], "ann")
    assert ledger(log).state == one.state == fold(log.read(LAUNCH))
