"""Playing a script: one launch from a seed, with the rules of every launch watched."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tminus.plan.timeline import timeline
from tminus.rehearsal.checking import Ended, Finding, check_launch
from tminus.rehearsal.run import LAUNCH, Rehearsal, Stay, play
from tminus.rehearsal.script import Script
from tminus.store import MemoryEventLog


class RuleBroken(AssertionError):
    """A rehearsal broke a rule that holds for every launch: a bug of T-minus, with what to type to see it again."""


@dataclass(frozen=True)
class Played:
    """One launch, and what its users felt. `hurt` counts failed requests that the old version would not have had, `touched`
    requests of the new version while something of it was wrong, `wrong_at` is when that began (Unix seconds)."""

    script: Script
    seed: int
    went: Rehearsal
    hurt: float
    touched: float
    wrong_at: float | None


def play_script(script: Script, seed: int, command: str = "tminus rehearse PLAN") -> Played:
    """One launch. Raises `RuleBroken` with seed and command where a checker found something."""
    log = MemoryEventLog()
    dispatcher, world, people = script.dispatcher(log), script.world(seed), script.people(seed)
    went = play(
        script.plan, world, people=people, dispatcher=dispatcher, log=log, start=script.start, stay=_stay(script)
    )
    try:
        check_launch(Ended(went.outline, LAUNCH, went.log, went.state, dispatcher.received))
    except Finding as found:
        again = f"{command} --scenario {script.name} --seed {seed}"
        raise RuleBroken(f"{script.name}, seed {seed}: {found}; see it again with: {again}") from found
    return Played(script, seed, went, world.excess, world.touched, world.wrong_since)


def _stay(script: Script) -> Stay:
    """A launch is not over before the last scheduled change of its flags."""
    usual, changes = Stay(), timeline(script.plan, script.start).changes
    last = changes[-1].at.earliest if changes else script.start
    return replace(usual, lasts=usual.lasts + max(last - script.start, 0.0))
