"""Launches that anything may happen to: whatever people say, sources measure and actions come to, these things hold.

A walk is a list of moves on a real engine, its log in memory; only the source and the performer are played by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from support.engines import LAUNCH, Rig
from support.launches import outline, ratio
from tminus.core import commands
from tminus.core import events as e
from tminus.core.assessment import Measurement
from tminus.core.decide import decide
from tminus.core.evolve import evolve, fold
from tminus.core.state import State, Status
from tminus.engine.ledger import start_launch
from tminus.errors import UsageError
from tminus.guards import Counts

PLAN = """
phases:
  - id: prepare
    steps: [ { run: ./deploy, once: true }, { flag: cart, to: 10% }, { notify: lead } ]
    tasks:
      - { id: backup, do: Back up, owner: lead }
      - { id: probe, do: Look, proof: { http: { url: "https://page.example/health" } } }
  - id: release
    steps: [ { call: "https://page.example/warm" } ]
    tasks: [ { id: trained, do: Train, by: rollout, proof: { sign-off: support } } ]
    rollout:
      flag: page
      guards: [errors]
      stages:
        - { id: few, to: 5%, cohorts: [staff], for: 1m }
        - { id: some, to: 40%, for: 1m, exit: [errors < 1%], go: [lead] }
        - { id: all, to: 100%, for: 1m }
    exit: [delay p95 < 1s for 1m, mood > 50%]
    go: [product]
  - id: shop
    rollout: { flag: cart, stages: [ { id: half, to: 50%, for: 1m }, { id: whole, to: 100%, for: 1m } ] }
rollback:
  when: [errors > 20%, delay p95 > 3s for 1m]
  within: 5m
  do: [ { flag: page, to: off }, { run: ./undo }, { status: degraded }, { notify: lead } ]
alerts:
  - { id: slow, when: delay p95 > 2s, for: 1m, severity: high, notify: [lead, support] }
"""
OUTLINE = outline(PLAN)
PEOPLE = ("lead", "product", "support")
MEASUREMENTS = ((None, ratio(1, 10_000)), (None, ratio(2, 100)), (None, ratio(500, 1000)), (None, ratio(0, 0)))
DELAYS = tuple(("p95", Measurement(value, source="app")) for value in (0.2, 2.5, 4.0, None))
TICKS = (Counts(950, 1, 50, 0), Counts(950, 1, 50, 40), Counts(950, 0, 0, 0))
SIGNED = ("backup", "probe", "trained", "attest:phase:release:mood > 50%")
STEPS = ("step:prepare:1:1", "step:prepare:2:1", "step:release:1:1", "rollback:1:2", "probe-http:probe")

Move = tuple[Callable[..., None], Any]


def wait(rig: Rig, seconds: float) -> None:
    rig.step(seconds)


def measure(rig: Rig, found: tuple[str | None, Measurement]) -> None:
    rig.source.found[found[0]] = found[1]


def count(rig: Rig, tick: Counts) -> None:
    rig.source.ticks.append(tick)


def end(rig: Rig, ending: tuple[int, str, bool]) -> None:
    """An action that is under way ends."""
    number, error, retryable = ending
    running = sorted(rig.dispatcher.running())
    # One that has ended already and was not fetched yet cannot end again.
    if running:
        rig.dispatcher.end(running[number % len(running)], error, retryable=retryable)
        rig.step()


def restart(rig: Rig, worker: str) -> None:
    rig.restart(worker)


def tell(rig: Rig, said: tuple[Callable[..., Any], tuple[str, ...]]) -> None:
    """Somebody says something, which may make no sense now."""
    command, words = said
    with suppress(UsageError):
        rig.ledger.command(lambda state: command(rig.outline, state, *words), "ann")


def go_well(rig: Rig, seconds: float) -> None:
    """Everything comes as it should: without such stretches few walks would get as far as the second stage."""
    rig.source.found |= {None: ratio(1, 10_000), "p95": Measurement(0.2, source="app")}
    rig.source.ticks.append(Counts(950, 1, 50, 0))
    for key in sorted(rig.dispatcher.running()):
        rig.dispatcher.end(key)
    for key in rig.ledger.state.actions:
        tell(rig, (commands.settle, (key, "done")))
    for role in PEOPLE:
        tell(rig, (commands.go, (role,)))
        for box in SIGNED:
            tell(rig, (commands.sign, (box, role)))
    rig.step(seconds)


def told(command: Callable[..., Any], *words: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return st.tuples(st.just(command), st.tuples(*map(st.sampled_from, words)))


COMMANDS = st.one_of(
    told(commands.go, PEOPLE),
    told(commands.sign, SIGNED, PEOPLE),
    told(commands.hold, ("ann",)),
    told(commands.resume),
    told(commands.resume),
    told(commands.rollback, ("ann",)),
    told(commands.kill, ("page", "cart")),
    told(commands.restore, ("page", "cart")),
    told(commands.settle, STEPS, ("done", "again")),
)
MOVES: st.SearchStrategy[Move] = st.one_of(
    st.tuples(st.just(wait), st.sampled_from((0.0, 1.0, 31.0, 61.0, 400.0))),
    *[st.tuples(st.just(go_well), st.sampled_from((1.0, 61.0)))] * 4,
    st.tuples(st.just(measure), st.sampled_from(MEASUREMENTS + DELAYS)),
    st.tuples(st.just(count), st.sampled_from(TICKS)),
    st.tuples(st.just(end), st.tuples(st.integers(0, 3), st.sampled_from(("", "", "broken")), st.booleans())),
    st.tuples(st.just(restart), st.sampled_from(("second", "third"))),
    *[st.tuples(st.just(tell), COMMANDS)] * 2,
)
ABORT: Move = (tell, (commands.abort, ("ann",)))
GOOD: Move = (go_well, 61.0)
walks = st.builds(lambda good, rest: [GOOD] * good + rest, st.integers(0, 8), st.lists(MOVES, min_size=15, max_size=50))
walking = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class Walker(Rig):
    """A rig that reads the plan once for all walks: reading takes longer than walking."""

    def __post_init__(self) -> None:
        self.outline = OUTLINE
        start_launch(self.log, LAUNCH, e.LaunchStarted(title="Page", plan={}), "ann", self.clock.now())
        self.restart(self.worker)


def walk(moves: list[Move]) -> Rig:
    """The launch after these moves."""
    rig = Walker(PLAN)
    rig.step()
    for move, what in moves:
        move(rig, what)
    rig.step()
    assert rig.engine.trouble == ""
    return rig


def changes(rig: Rig) -> Iterator[tuple[State, e.Recorded, State]]:
    """Each event, with the states before and after it."""
    state = State(launch=LAUNCH)
    for one in rig.log.read(LAUNCH):
        before, state = state, evolve(state, one)
        yield before, one, state


def exposed(state: State) -> dict[str, tuple[float, frozenset[str]]]:
    """flag -> (share, cohorts) that have the new variant."""
    return {
        key: (state.share_of(key), frozenset() if flag.killed_by else frozenset(flag.cohorts))
        for key, flag in state.flags.items()
    }


def rises(before: State, after: State) -> bool:
    known = exposed(before)
    for key, (share, cohorts) in exposed(after).items():
        had, those = known.get(key, (0.0, frozenset()))
        if share > had or not cohorts <= those:
            return True
    return False


@walking
@given(walks)
def test_what_the_engine_knows_is_what_its_log_says(moves: list[Move]) -> None:
    rig = walk(moves)
    assert fold(rig.log.read(LAUNCH), State(launch=LAUNCH)) == rig.ledger.state
    assert rig.log.verify(LAUNCH) == rig.ledger.state.seq


@walking
@given(walks, st.data())
def test_a_log_folded_in_two_parts_is_the_log_folded_whole(moves: list[Move], data: st.DataObject) -> None:
    log = walk(moves).log.read(LAUNCH)
    cut = data.draw(st.integers(0, len(log)))
    assert fold(log[cut:], fold(log[:cut])) == fold(log)


@walking
@given(walks)
def test_every_event_of_a_launch_reads_back_to_the_same_bytes(moves: list[Move]) -> None:
    for one in walk(moves).log.read(LAUNCH):
        body = e.encode(one.event)
        assert e.decode(body) == one.event
        assert e.encode(e.decode(body)) == body


@walking
@given(walks)
def test_an_abort_said_twice_ends_every_launch_that_has_not_ended_and_leaves_nobody_in(moves: list[Move]) -> None:
    rig = walk(moves)
    assume(not rig.ledger.state.status.ended)
    for _ in range(2):
        move, what = ABORT
        move(rig, what)
    for move, what in [*moves, (wait, 7200.0)]:
        move(rig, what)
        assert rig.ledger.state.status is Status.ABORTED
        assert not rig.ledger.state.exposing


@walking
@given(walks)
def test_an_abort_takes_everybody_out_at_once_and_ends_when_its_actions_have(moves: list[Move]) -> None:
    rig = walk(moves)
    assume(not rig.ledger.state.status.ended)
    move, what = ABORT
    move(rig, what)
    assert not rig.ledger.state.exposing
    for _ in range(8):
        go_well(rig, 61.0)
        assert not rig.ledger.state.exposing
        assert rig.ledger.state.status in (Status.ROLLING_BACK, Status.ABORTED)
    assert rig.ledger.state.status is Status.ABORTED


@walking
@given(walks)
def test_nobody_gets_the_new_variant_during_a_hold_a_rollback_or_after_the_end(moves: list[Move]) -> None:
    held = False
    for before, one, after in changes(walk(moves)):
        # A kill switch that somebody puts back gives what there was; it is the one way up while a person holds.
        if (held or before.status is not Status.RUNNING) and not isinstance(one.event, e.FlagRestored):
            assert not rises(before, after), one.event
        held = isinstance(one.event, e.LaunchHeld) or (
            held and not isinstance(one.event, e.LaunchResumed | e.RolloutRestarted)
        )


@walking
@given(walks)
def test_stages_come_one_at_a_time_and_each_once_a_run_in_the_order_of_the_plan(moves: list[Move]) -> None:
    rig = walk(moves)
    started: dict[int, list[str]] = {}
    active = ""
    for before, one, _ in changes(rig):
        match one.event:
            case e.StageStarted(stage=stage):
                assert not active
                active = stage
                started.setdefault(before.run, []).append(stage)
            case e.StagePromoted(stage=stage):
                assert stage == active
                active = ""
            case e.RollbackStarted() | e.LaunchAborted():
                active = ""
    for stages in started.values():
        assert stages == list(rig.outline.stages)[: len(stages)]


@walking
@given(walks)
def test_a_stage_is_left_only_after_its_bake_time_and_with_every_go_it_asks_for(moves: list[Move]) -> None:
    rig = walk(moves)
    for before, one, _ in changes(rig):
        if isinstance(one.event, e.StagePromoted):
            stage = rig.outline.stages[one.event.stage].stage
            assert one.at - before.stage_started_at >= stage.for_.seconds
            assert set(stage.go) <= set(before.gates.get(f"stage:{one.event.stage}", {}))
            assert not before.held_by


@walking
@given(walks)
def test_looking_again_at_the_same_moment_soon_adds_nothing(moves: list[Move]) -> None:
    rig = walk(moves)
    lengths = []
    for _ in range(4):
        rig.step()
        lengths.append(rig.ledger.state.seq)
        assert (
            decide(rig.outline, rig.ledger.state, rig.engine.facts, rig.clock.now()) == () or rig.dispatcher.running()
        )
    # What an action's beginning does to a hold is written at the next look; then there is nothing left to say.
    assert lengths[-1] == lengths[-2]


@walking
@given(walks)
def test_nothing_is_asked_for_twice_and_what_is_once_begins_once_unless_somebody_says_again(moves: list[Move]) -> None:
    asked: Counter[str] = Counter()
    allowed: Counter[str] = Counter()
    for before, one, _ in changes(walk(moves)):
        match one.event:
            case e.ActionRequested(key=key) if not key.startswith("probe-"):
                asked[key] += 1
                allowed[key] += 1
            case e.ActionSettled(key=key, outcome="again"):
                allowed[key] += 1
            case e.ActionStarted(key=key) if before.actions[key].request.once:
                allowed[key] -= 1
                assert allowed[key] >= 0
    assert all(count == 1 for count in asked.values())
