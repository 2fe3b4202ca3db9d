"""Launches that anything may happen to: whatever people say, sources measure and actions come to, these things hold.

A walk is a list of moves on a real engine, its log in memory; only the source and the performer are played by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from support.engines import LAUNCH, Rig
from support.launches import ratio
from tminus.core import commands
from tminus.core import events as e
from tminus.core.decide import decide
from tminus.core.evolve import evolve, fold
from tminus.core.state import State, Status
from tminus.core.assessment import Measurement
from tminus.errors import UsageError
from tminus.guards import Counts

PLAN = """
phases:
  - id: prepare
    steps: [ { run: ./deploy, once: true }, { flag: cart, to: 10% }, { notify: lead } ]
    tasks:
      - { id: backup, do: Back up, owner: lead }
      - { id: probe, do: Look, proof: { http: "https://page.example/health" } }
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
ABORT: Move = (tell, (commands.abort, ()))
walks = st.lists(MOVES, min_size=5, max_size=40)
walking = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def walk(moves: list[Move]) -> Rig:
    """The launch after these moves."""
    rig = Rig(PLAN)
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
