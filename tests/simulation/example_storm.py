"""A launch of one of the example plans in bad weather, from a seed.

python tests/simulation/example_storm.py PLAN SEED     tells it, event by event
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

from tminus.plan.model import Plan
from tminus.plan.reading import read_plan
from tminus.rehearsal import Rehearsal
from tminus.rehearsal.checking import Ended, check_launch
from tminus.rehearsal.pacing import Pace
from tminus.rehearsal.run import LAUNCH, play
from tminus.rehearsal.telling import tell
from tminus.rehearsal.weather import StormyDispatcher, faults_of, stormy
from tminus.store import MemoryEventLog

PACE = Pace(120.0, 24 * 3600.0)  # wider than usual: here many launches matter, not the minute in which one is noticed
EXAMPLES = Path(__file__).parents[2] / "examples"
# How many seeds of each are played: fewer of those that take longer.
SEEDS = {"dojopool": 780, "repz": 160, "profile-enhancement": 400, "scalemate": 500, "rally-connect": 160}
NAMES = tuple(SEEDS)


@cache
def plan_of(name: str) -> Plan:
    """An example, with the overlay that binds it to its sources."""
    return read_plan(
        [path for path in (EXAMPLES / name / "plan.yaml", EXAMPLES / name / "monitoring.yaml") if path.exists()]
    )


def storm(name: str, seed: int, checked: bool = True) -> Rehearsal:
    """Play it. Raises `Finding` where a rule of every launch is broken."""
    script, faults, log = stormy(plan_of(name), seed), faults_of(seed), MemoryEventLog()
    dispatcher = StormyDispatcher(log, script.faults, faults)
    went = play(
        script.plan,
        script.world(seed),
        people=script.people(seed),
        dispatcher=dispatcher,
        log=log,
        start=script.start,
        faults=faults,
        pace=PACE,
    )
    if checked:
        check_launch(Ended(went.outline, LAUNCH, log, went.state, dispatcher.received))
    return went


def command(name: str, seed: int) -> str:
    """What to type to see it again."""
    return f"python tests/simulation/example_storm.py {name} {seed}"


if __name__ == "__main__":
    told = storm(sys.argv[1], int(sys.argv[2]), checked=False)
    for line in tell(told.records, told.outline):
        print(f"{line.at:.0f} {line.mark} {line.text}")
    print(told.state.status.value)
    storm(sys.argv[1], int(sys.argv[2]))
