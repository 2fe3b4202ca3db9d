"""Steps that failed for good wait for a person; in a rehearsal there may be one who settles them."""

from __future__ import annotations

from msgspec.structs import replace

from tminus.core import events as e
from tminus.core.facts import Facts
from tminus.core.state import Status
from tminus.plan.reading import read_plan_text
from tminus.rehearsal.pacing import Pace, next_look
from tminus.rehearsal.people import People, Person
from tminus.rehearsal.performing import ActionFault, ScriptedDispatcher
from tminus.rehearsal.planworld import PlanWorld
from tminus.rehearsal.run import Rehearsal, Stay, play
from tminus.store import MemoryEventLog

PLAN = read_plan_text(
    "tminus: 1\ntitle: Steps\nphases:\n  - { id: build, steps: [{ run: ./build.sh }, { run: ./ship.sh }] }\n"
)
STEP = "step:build:1:1"


def played(times: float, mender: Person | None) -> Rehearsal:
    log = MemoryEventLog()
    sends = ScriptedDispatcher(log, (ActionFault(STEP, times),))
    stay = Stay(patience=5 * 86_400.0)
    return play(PLAN, PlanWorld(PLAN), people=People(mender=mender), dispatcher=sends, log=log, stay=stay)


def settled(went: Rehearsal) -> list[tuple[str, str]]:
    return [(one.event.key, one.event.outcome) for one in went.records if isinstance(one.event, e.ActionSettled)]


def test_without_anybody_who_mends_the_launch_waits_for_good() -> None:
    went = played(float("inf"), None)
    assert (went.state.status, settled(went)) == (Status.RUNNING, [])


def test_what_fails_for_good_is_tried_again_once_and_then_done_by_hand() -> None:
    went = played(float("inf"), Person(3600.0))
    assert went.state.status is Status.COMPLETED
    assert settled(went) == [(STEP, "again"), (STEP, "done")]
    assert 2 * 3600 <= went.seconds <= 2 * 3600 + 300


def test_what_succeeds_when_it_is_tried_again_needs_no_second_word() -> None:
    went = played(5.0, Person(3600.0))
    assert went.state.status is Status.COMPLETED
    assert settled(went) == [(STEP, "again")]


def test_who_is_away_mends_nothing() -> None:
    assert played(float("inf"), Person(absent=True)).state.status is Status.RUNNING


def test_looks_come_closely_again_after_an_alert() -> None:
    """Looks six hours apart made an alert of a minute one of six hours."""
    went = played(1.0, None)
    outline, state, begun = went.outline, went.state, went.records[0].at
    now = begun + 10 * 86_400.0

    def step(alerts: dict[str, float]) -> float:
        return next_look(Pace(), outline, replace(state, alerts=alerts), Facts(), (), now, None, float("inf")) - now

    assert step({}) == Pace().coarse
    assert step({"no data": now - 60.0}) == 24.0
