"""Bad weather for a launch of any plan, made from a seed: what goes wrong with the release, its instruments, its people and
its actions, and with T-minus itself while it records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from random import Random

from tminus.core.boxes import signers
from tminus.plan.model import Plan
from tminus.plan.naming import all_tasks
from tminus.ports import EventLog, Job, Result
from tminus.rehearsal import choosing
from tminus.rehearsal.faults import Crash, Faults
from tminus.rehearsal.incidents import Outage, Regression
from tminus.rehearsal.moments import Moment
from tminus.rehearsal.people import Person
from tminus.rehearsal.performing import ActionFault, ScriptedDispatcher
from tminus.rehearsal.scenario_files import find_scenario
from tminus.rehearsal.script import Script, script_of

_HOUR = 3600.0


def stormy(plan: Plan, seed: int) -> Script:
    """A launch of the plan in which a few things go wrong, at moments that the seed decides."""
    random, calm = Random(seed), script_of(*find_scenario("healthy"), plan)
    return replace(
        calm,
        name=f"storm {seed}",
        regressions=tuple(_regressions(random, calm)),
        outages=tuple(_outages(random, plan)),
        crashes=tuple(_moment(random, plan) for _ in range(random.randrange(4))),
        faults=tuple(_action_faults(random, plan)),
        each={role: _person(random) for role in _roles(plan) if random.random() < 0.2},
        mender=_person(random) if random.random() < 0.9 else None,
    )


def faults_of(seed: int) -> Faults:
    """How T-minus itself fares: it dies before, after and while it records, finds no space, and is overtaken."""
    random = Random(f"faults {seed}")
    crash, full, duplicate = (random.choice([0.0, 0.01, 0.05]) for _ in range(3))
    return Faults(random, crash, full, duplicate=duplicate, race=random.choice([0.0, 0.05, 0.2]))


class StormyDispatcher(ScriptedDispatcher):
    """As its base; the process may die right after it sent a job off, and a result may come twice."""

    def __init__(self, log: EventLog, failing: Sequence[ActionFault], faults: Faults) -> None:
        super().__init__(log, failing)
        self._weather = faults
        self._again: list[Result] = []

    def submit(self, job: Job) -> None:
        """Do it, or fail. Raises `Crash`."""
        super().submit(job)
        if self._weather.strikes(self._weather.crash):
            raise Crash("after a submit")

    def finished(self) -> list[Result]:
        """What was submitted since, and now and then something once more."""
        results = super().finished()
        again, self._again = self._again, [one for one in results if self._weather.strikes(self._weather.duplicate)]
        return [*again, *results]


def _regressions(random: Random, calm: Script) -> list[Regression]:
    measured = [name for name, metric in calm.plan.metrics.items() if metric.kind]
    found: list[Regression] = []
    for _ in range(random.choice([0, 0, 1, 2]) if measured else 0):
        name = random.choice(measured if random.random() < 0.4 else _watched(calm.plan) or measured)
        times, begins = random.choice([1.1, 3.0, 30.0]), _moment(random, calm.plan)
        worst = choosing.worse(name, calm.plan, calm.usual[name], times)
        lasts, ramp = random.choice([_HOUR, 24 * _HOUR, inf]), random.choice([0.0, 12 * _HOUR])
        everybody = random.random() < 0.3
        found.append(Regression(name, worst, begins.stage, begins.after, lasts, everybody, begins.phase, "", ramp))
    return found


def _watched(plan: Plan) -> list[str]:
    """What guards and triggers look at."""
    names = {name for phase in plan.phases if phase.rollout for name in phase.rollout.guards}
    return sorted(names | {one.metric for one in plan.rollback.when if plan.metrics[one.metric].kind})


def _outages(random: Random, plan: Plan) -> list[Outage]:
    sources = sorted({metric.source for metric in plan.metrics.values() if metric.source})
    return [
        Outage(random.choice(sources), _moment(random, plan), random.choice([60.0, 2 * _HOUR]), random.random() < 0.5)
        for _ in range(random.randrange(3) if sources else 0)
    ]


def _action_faults(random: Random, plan: Plan) -> list[ActionFault]:
    every = [f"rollback:1:{number}" for number in range(1, len(plan.rollback.do) + 1)]
    every += [f"step:{phase.id}:1:{n}" for phase in plan.phases for n in range(1, len(phase.steps) + 1)]
    return [ActionFault(key, random.choice([1.0, 3.0, inf])) for key in every if random.random() < 0.2]


def _moment(random: Random, plan: Plan) -> Moment:
    stages = [one.id or "" for phase in plan.phases if phase.rollout for one in phase.rollout.stages]
    after = random.choice([0.0, 60.0, _HOUR, 30 * _HOUR])
    if stages and random.random() < 0.8:
        return Moment(stage=random.choice(stages), after=after)
    return Moment(phase=random.choice(plan.phases).id, after=after)


def _person(random: Random) -> Person:
    return Person(
        random.choice([60.0, 2 * _HOUR, 50 * _HOUR]), absent=random.random() < 0.1, office=random.random() < 0.5
    )


def _roles(plan: Plan) -> list[str]:
    asked = {role for phase in plan.phases for task in all_tasks(phase.tasks) for role in signers(task)}
    return sorted(asked | set(plan.roles))
