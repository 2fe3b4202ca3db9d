"""Walks as in test_launch_walks, of a launch in which the features meet: scheduled changes, flags kept of earlier launches,
a banner that going back puts up, ends that go back first. What is served live is what the log says, whatever happens."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from property.test_launch_walks import (
    COMMANDS,
    GOOD,
    LAUNCH,
    MOVES,
    Move,
    changes,
    go_well,
    rises,
    tell,
    told,
    walking,
)
from support.engines import Rig
from support.launches import HEAD
from tminus.app.serving import ServedFlags
from tminus.app.viewing import build_view, feed
from tminus.core import commands
from tminus.core import events as e
from tminus.core.acting import exposing
from tminus.core.evolve import evolve, fold
from tminus.core.exposure import flag_definition
from tminus.core.outline import Outline
from tminus.core.state import State, Status
from tminus.engine.ledger import start_launch
from tminus.flags import compile_flags
from tminus.plan.reading import read_plan_text

FLAGS = """cart: {}, warning: {}, menu: { requires: [page] }, winter: { changes: [
  { at: 2026-01-12T09:01, to: 20% }, { at: 2026-01-12T09:03, to: on }, { at: 2026-01-12T09:06, to: 10%, regions: [swiss] },
  { at: 2026-01-12T09:12, to: off }, { at: 2026-01-12T10:00, to: on } ] }"""
PLAN = """
regions: { swiss: { title: Switzerland, countries: [CH] } }
phases:
  - id: prepare
    steps: [ { run: ./deploy, once: true }, { flag: warning, to: off } ]
    tasks: [ { id: backup, do: Back up, owner: lead } ]
  - id: release
    rollout:
      flag: page
      guards: [errors]
      stages:
        - { id: few, to: 5%, cohorts: [staff], for: 1m }
        - { id: some, to: 40%, for: 1m, features: [cart], go: [lead] }
        - { id: all, to: 100%, for: 1m }
rollback:
  when: [errors > 20%, delay p95 > 3s for 1m]
  do: [ { flag: page, to: off }, { run: ./undo, once: true }, { flag: warning, to: on }, { status: degraded } ]
"""
OUTLINE = Outline(read_plan_text(HEAD.replace("cart: {}", FLAGS) + PLAN))
_ON: dict[str, Any] = {"state": "ENABLED", "variants": {"on": True, "off": False}, "defaultVariant": "on"}
KEPT = {
    "old": e.KeptFlag(launch="page-0", since=1.0, definition=_ON, default="off", brought="on", share=1.0),
    "trim": e.KeptFlag(launch="page-0", since=1.0, definition=_ON, default="off", brought="on", follows=("old",)),
    "leaf": e.KeptFlag(
        launch="page-0", since=1.0, definition=_ON, default="off", brought="on", requires={"trim": "on"}
    ),
    "tied": e.KeptFlag(
        launch="page-0", since=1.0, definition=_ON, default="off", brought="on", requires={"page": "on"}
    ),
    "shut": e.KeptFlag(launch="page-0", since=1.0, definition=_ON, default="off", brought="on", killed_by="bob"),
}
SWITCHES = ("page", "winter", "warning", *KEPT)
STEERING = st.one_of(
    told(commands.kill, SWITCHES),
    told(commands.restore, SWITCHES),
    told(commands.drop, tuple(KEPT)),
    told(commands.abort, ("ann",)),
    told(commands.settle, ("step:prepare:1:1", "rollback:1:2", "rollback:2:2"), ("done", "again")),
    COMMANDS,
)
moves = st.one_of(MOVES, st.tuples(st.just(tell), STEERING))
walks = st.builds(lambda good, rest: [GOOD] * good + rest, st.integers(0, 4), st.lists(moves, min_size=10, max_size=40))


class Meeting(Rig):
    """A rig whose launch keeps flags of another one, and serves."""

    def __post_init__(self) -> None:
        self.outline = OUTLINE
        started = e.LaunchStarted(title="Page", plan={}, kept=KEPT)
        start_launch(self.log, LAUNCH, started, "ann", self.clock.now())
        self.restart(self.worker)

    def restart(self, worker: str = "second") -> None:
        super().restart(worker)
        self.served = ServedFlags()
        self.served.follow(self.outline, self.ledger.state)
        self.ledger.listen(self.served.heard)


def walk(steps: list[Move]) -> Meeting:
    rig = Meeting("")
    rig.step()
    for move, what in steps:
        move(rig, what)
        assert rig.engine.trouble == ""
    rig.step()
    return rig


@walking
@given(walks)
def test_what_is_served_live_is_what_the_log_says_after_every_event(steps: list[Move]) -> None:
    rig = walk(steps)
    log = rig.log.read(LAUNCH)
    again = fold([_read_back(one) for one in log], State(launch=LAUNCH))
    assert again == rig.ledger.state
    document = flag_definition(rig.outline, again)
    assert rig.served.definition == document
    # Compiled bit by bit on the way, it is the same as compiled at once.
    whole = compile_flags(document)
    assert rig.served.flag_set.revision == whole.revision
    for key in document["flags"]:
        for context in ({}, {"targetingKey": "ann"}, {"targetingKey": "u7", "country": "CH"}):
            assert rig.served.current().evaluate(key, context) == whole.evaluate(key, context)


def _read_back(one: e.Recorded) -> e.Recorded:
    return msgspec.structs.replace(one, event=e.decode(e.encode(one.event)))


@walking
@given(walks)
def test_every_screen_can_show_every_state(steps: list[Move]) -> None:
    rig = walk(steps)
    log = rig.log.read(LAUNCH)
    assert len(feed(rig.outline, log)) <= len(log)
    state = State(launch=LAUNCH)
    for one in log:
        state = evolve(state, one)
        view = build_view(rig.outline, state, rig.engine.facts, one.at, [])
        assert view.launch == LAUNCH


@walking
@given(walks)
def test_nothing_rises_in_a_hold_in_a_rollback_or_after_the_end_but_what_going_back_sets_itself(
    steps: list[Move],
) -> None:
    held = False
    for before, one, after in changes(walk(steps)):
        own = isinstance(one.event, e.FlagSet) and one.event.flag in OUTLINE.fallbacks
        if (held or before.status is not Status.RUNNING) and not isinstance(one.event, e.FlagRestored) and not own:
            assert not rises(before, after), one.event
        held = isinstance(one.event, e.LaunchHeld) or (
            held and not isinstance(one.event, e.LaunchResumed | e.RolloutRestarted)
        )


@walking
@given(walks)
def test_an_abort_ends_everything_that_the_launch_brought_and_nothing_else(steps: list[Move]) -> None:
    rig = walk(steps)
    before = rig.ledger.state
    for _ in range(2):
        tell(rig, (commands.abort, ("ann",)))
    state = rig.ledger.state
    assert state.status.ended
    if before.status is Status.COMPLETED:
        return
    assert not exposing(rig.outline, state)
    document = flag_definition(rig.outline, state)
    assert state.kept == before.kept
    free = [key for key in before.kept if key not in ("tied",)]
    assert {key: document["flags"][key] for key in free} == {
        key: flag_definition(rig.outline, before)["flags"][key] for key in free
    }
    go_well(rig, 4000.0)
    assert flag_definition(rig.outline, rig.ledger.state) == document


@walking
@given(walks)
def test_the_steps_of_a_flag_change_come_in_order_and_none_twice_but_after_a_rollback(steps: list[Move]) -> None:
    newest = 0
    for before, one, _ in changes(walk(steps)):
        if isinstance(one.event, e.FlagSet) and one.event.change:
            assert one.event.change > newest or (before.run > 1 and one.event.change == newest)
            newest = one.event.change


@walking
@given(walks)
def test_dropping_or_ending_never_gives_a_kept_flag_to_anybody(steps: list[Move]) -> None:
    for before, one, after in changes(walk(steps)):
        if not isinstance(one.event, e.FlagDropped | e.LaunchAborted | e.RollbackStarted | e.LaunchCompleted):
            continue
        had, has = (compile_flags(flag_definition(OUTLINE, state)) for state in (before, after))
        for key in after.kept:
            assert has.evaluate(key, {"targetingKey": "ann"}).variant in (
                "off",
                had.evaluate(key, {"targetingKey": "ann"}).variant,
            )
